//! "View as": shows the site as a visitor or one of its users sees it. Only editors can use it, and they may read every page
//! anyway; answers are not cached, and nobody is signed in.

use std::sync::Arc;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    page::PagePath,
    password::PasswordHash,
    user::{Role, Theme, User, UserId, Username},
};
use serde::Serialize;
use store::users;

use super::{panel::Panel, request::segment};
use crate::{
    App,
    auth::{
        account::Account,
        extract::{Editor, MaybeReader},
    },
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        error_page,
        query::{QueryString, encode},
        responses::see_other,
        sheets,
        view::Link,
    },
    site::{
        list_query::ListQuery,
        lists, pages,
        resolve::{Resolved, Section},
    },
};

const ADDRESS: &str = "/admin/view-as";

#[derive(Serialize)]
struct ChoosePage {
    #[serde(flatten)]
    panel: Panel,
    /// The names of all active users, if they are few.
    names: Vec<String>,
    who: String,
    path: String,
    error: String,
    /// The active users whose names contain what was typed.
    similar: Vec<Link>,
}

/// The maximum number of names that the field suggests.
const MAX_NAMES: u32 = 50;
/// The maximum number of users who are offered for a part of a name.
const MAX_SIMILAR: u32 = 20;

/// The menu of people as whom an editor can view a page.
#[derive(Serialize)]
pub(super) struct ViewAs {
    links: Vec<Link>,
    /// The form that asks for any other user.
    other_href: String,
}

impl ViewAs {
    /// The menu for the page at a path; `readers` are people who are offered by name.
    pub(super) fn new(path: &PagePath, readers: &[Username]) -> ViewAs {
        let path = path.href();
        let links = [("visitor", "Visitor"), ("signed-in", "Signed-in user")];
        let links = links.map(|(who, label)| Link::new(format!("{ADDRESS}/{who}{path}"), label)).into_iter();
        let readers =
            readers.iter().map(|name| Link::new(format!("{}{path}", address_of(name.as_str())), name.to_string()));
        ViewAs { links: links.chain(readers).collect(), other_href: form_href(&path) }
    }
}

/// The address of the form that asks for a user, with a path.
pub(super) fn form_href(path: &str) -> String {
    format!("{ADDRESS}?{}", encode(&[("at", path)]))
}

/// GET `/admin/view-as`: asks for a user and a path; with `who` (empty for a visitor) and `path`, redirects to the view.
/// `at` is a path for the field.
pub async fn choose(app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    let (who, path) = (query.get("who").trim(), query.get("path").trim());
    let (proof, typed) = (editor.proof(), who.to_owned());
    let read = move |conn: &mut store::Conn| {
        let found = match Username::parse(&typed) {
            Ok(name) => users::find(conn, &name)?.filter(|user| user.is_active_at(clock::now())),
            Err(_) => None,
        };
        let similar = match (&found, typed.is_empty()) {
            (None, false) => users::active_names(conn, &proof, &typed, MAX_SIMILAR)?,
            _ => Vec::new(),
        };
        let mut names = users::active_names(conn, &proof, "", MAX_NAMES + 1)?;
        if names.len() > MAX_NAMES as usize {
            names.clear();
        }
        Ok((found.is_some(), similar, names))
    };
    let (site, (is_found, similar, names)) = app.db.list_with_site(read).await?;
    let target = PagePath::typed(path).map(|path| path.href());
    let error = match (&target, query.has("path")) {
        (Ok(target), true) if who.is_empty() => {
            return Ok(Outcome::Redirect(see_other(&format!("{ADDRESS}/visitor{target}"))));
        }
        (Ok(target), true) if is_found => {
            return Ok(Outcome::Redirect(see_other(&format!("{}{target}", address_of(who)))));
        }
        (Ok(_), true) if similar.is_empty() => format!("There is no active user {who}."),
        (Ok(_), true) => format!("There is no active user {who}. Choose one of those with similar names:"),
        (Err(words), true) => words.clone(),
        (_, false) => String::new(),
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ChoosePage {
        panel: Panel::new(&site, editor.account(), "view-as", "View as", &trail()),
        names: names.iter().map(Username::to_string).collect(),
        similar: similar
            .iter()
            .map(|name| {
                let query = encode(&[("who", name.as_str()), ("path", if path.is_empty() { "/" } else { path })]);
                Link::new(format!("{ADDRESS}?{query}"), name.to_string())
            })
            .collect(),
        who: who.to_owned(),
        path: if query.has("path") { path.to_owned() } else { query.get("at").to_owned() },
        error,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/view_as/choose.html", &page)?).with_status(status)))
}

fn trail() -> [Link; 1] {
    [Link::new("/admin/", "Dashboard")]
}

/// The address below which an editor sees the site as a user.
pub(super) fn address_of(name: &str) -> String {
    format!("{ADDRESS}/user/{}", encode(&[("", name)]).trim_start_matches('='))
}

/// GET `/admin/view-as/visitor/...`: the site as a visitor who is not signed in sees it.
pub async fn visitor(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Outcome, Error> {
    let view = Impersonation { base: format!("{ADDRESS}/visitor"), viewer: "a visitor".into(), account: None };
    view.at(&request, &app, &editor).await
}

/// GET `/admin/view-as/user/{name}/...`: the site as a user sees it.
pub async fn user(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Outcome, Error> {
    let name = Username::parse(&segment(&request, "name")).map_err(|_| Error::NotFound)?;
    let wanted = name.clone();
    let user = app.db.read(move |conn| users::find(conn, &wanted)).await?;
    let user = user.filter(|user| user.is_active_at(clock::now())).ok_or(Error::NotFound)?;
    let account = Arc::new(Account::of(&no_more_than(&editor, user)));
    Impersonation { base: address_of(name.as_str()), viewer: name.to_string(), account: Some(account) }
        .at(&request, &app, &editor)
        .await
}

/// GET `/admin/view-as/signed-in/...`: the site as a user sees it whom nobody has chosen as a reader.
pub async fn signed_in(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Outcome, Error> {
    let account = Arc::new(Account::of(&anybody()?));
    Impersonation { base: format!("{ADDRESS}/signed-in"), viewer: "a signed-in user".into(), account: Some(account) }
        .at(&request, &app, &editor)
        .await
}

/// A user who is in no group. The database has no user with this key.
fn anybody() -> Result<User, Error> {
    Ok(User {
        id: UserId(0),
        name: Username::parse("somebody").map_err(Error::Internal)?,
        role: Role::Reader,
        active: true,
        ends_at: None,
        theme: Theme::default(),
        password_hash: PasswordHash::none(),
        groups: Vec::new(),
        created_at: clock::now(),
        last_sign_in_at: None,
        note: String::new(),
        version: Version(0),
    })
}

/// The user, with at most the role of the editor who views the site as them.
fn no_more_than(editor: &Editor, user: User) -> User {
    let role = user.role.min(editor.account().member.role);
    User { role, ..user }
}

/// The site as another person sees it.
struct Impersonation {
    /// The address below which the view is served.
    base: String,
    viewer: String,
    account: Option<Arc<Account>>,
}

impl Impersonation {
    async fn at(self, request: &HttpRequest, app: &Data<App>, editor: &Editor) -> Result<Outcome, Error> {
        let path = request.match_info().query("path").trim_start_matches('/');
        let guest = MaybeReader::seen_by(editor, self.account.clone());
        let query = QueryString::of(request);
        let seen = match path {
            "search" => crate::site::search::show(app.clone(), query, guest).await.map(Outcome::Page),
            path => match (below_sitemap(path), PagePath::parse(path)) {
                (Some(below), _) => {
                    let hides_pages = app.db.site().await.hides_pages;
                    let list_query = ListQuery::of(&query);
                    let all =
                        Section::of_all(app, below, guest, list_query, clock::now(), (Error::NotFound, hides_pages));
                    lists::section(app, all).await
                }
                (None, Ok(path)) => self.page(app, guest, path, ListQuery::of(&query)).await,
                (None, Err(_)) => Err(Error::NotFound),
            },
        };
        let error = match seen {
            Ok(Outcome::Page(answer)) => {
                let words = format!("You see the site as <strong>{}</strong> sees it.", self.viewer);
                return self.framed(&answer, &words, path).map(Outcome::Page);
            }
            // To the beginning of the same list.
            Ok(Outcome::Redirect(_)) => return Ok(Outcome::Redirect(see_other(&format!("{}/{path}", self.base)))),
            Err(error) => error,
        };
        let what = match error {
            Error::Unauthorized => "is asked to sign in here (401) and sees nothing of the page",
            Error::Forbidden(_) => "cannot read this page (403)",
            Error::NotFound => "finds no page here (404)",
            error => return Err(error),
        };
        let site = app.db.site().await;
        let seen = error_page::seen_by(app, &error, &site, self.account.clone(), format!("/{path}"))?;
        let words = format!("You see what <strong>{0}</strong> sees: {0} {what}.", self.viewer);
        self.framed(&Answer::panel(seen), &words, path).map(Outcome::Page)
    }

    async fn page(
        &self,
        app: &Data<App>,
        guest: MaybeReader,
        path: PagePath,
        list_query: ListQuery,
    ) -> Result<Outcome, Error> {
        match Resolved::seen_by(app, guest.clone(), path, list_query.clone()).await? {
            Resolved::Finished(answer) => Ok(Outcome::Page(answer)),
            // Only an editor's own requests find drafts.
            Resolved::Draft(_) => Err(Error::NotFound),
            Resolved::Page(page) => pages::visible(app, *page).await,
            Resolved::Section(section) => lists::section(app, *section).await,
            Resolved::Moved(path) => Box::pin(self.page(app, guest.clone(), path, list_query)).await,
        }
    }

    /// The page with a bar that names the viewer, and with links that stay in the view. `words` are HTML.
    fn framed(&self, answer: &Answer, words: &str, path: &str) -> Result<Answer, Error> {
        // The site's own style sheet could hide the bar.
        let plain = sheets::without_own(answer);
        let answer = plain.as_ref().unwrap_or(answer);
        let html = std::str::from_utf8(answer.body()).map_err(|error| Error::Internal(error.to_string()))?;
        // User names and queries contain no character that HTML has to escape.
        let other = form_href(&format!("/{path}"));
        let bar = format!(
            "<aside class=\"view-as\" aria-label=\"View as\"><span>{words}</span> \
             <a href=\"{other}\">View as somebody else</a> <a href=\"/admin/\">Back to the panel</a></aside>"
        );
        Ok(Answer::panel(framed(html, &self.base, &bar)))
    }
}

/// Adds a bar above the header of a document, and puts `base` before the addresses of pages, lists and searches of the site.
/// Links and forms that would sign the editor in or out, or change the editor's account, do nothing.
fn framed(html: &str, base: &str, bar: &str) -> String {
    let mut framed = String::with_capacity(html.len() + 1024);
    let mut rest = html;
    if let Some(at) = rest.find("<header").or_else(|| rest.find("<main")) {
        framed.push_str(&rest[..at]);
        framed.push_str(bar);
        rest = &rest[at..];
    }
    // Text outside of tags may look like an attribute.
    let mut in_tag = false;
    while let Some((at, attribute)) = next_address(rest) {
        in_tag = rest[..at].rfind(['<', '>']).map_or(in_tag, |sign| rest[sign..].starts_with('<'));
        let start = at + attribute.len();
        let address = &rest[start..];
        let end = start + address.find('"').unwrap_or(address.len());
        let address = &rest[start..end];
        if in_tag && acts(address) {
            framed.push_str(&rest[..at]);
            framed.push_str(if attribute == ACTION {
                " inert action=\"#"
            } else {
                " aria-disabled=\"true\" role=\"link"
            });
        } else {
            framed.push_str(&rest[..start]);
            if in_tag && stays(address) {
                framed.push_str(base);
            }
            framed.push_str(address);
        }
        rest = &rest[end..];
        // The script of this link signs out without its address.
        if let Some(after) = rest.strip_prefix("\" data-sign-out") {
            framed.push('"');
            rest = after;
        }
    }
    framed.push_str(rest);
    framed
}

const HREF: &str = " href=\"";
const ACTION: &str = " action=\"";

/// Whether an address acts on the account of the editor who looks.
fn acts(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    matches!(path, "/login" | "/logout" | "/account" | "/account/theme")
}

/// The position of the next attribute with an address. Everything that people write is escaped or sanitised, so a quote
/// always ends an attribute.
fn next_address(html: &str) -> Option<(usize, &'static str)> {
    [HREF, ACTION].into_iter().filter_map(|name| html.find(name).map(|at| (at, name))).min()
}

/// Whether an address belongs to a page, a list or a search of the site.
fn stays(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    match path.strip_prefix('/') {
        Some("search") => true,
        Some(path) => below_sitemap(path).is_some() || PagePath::parse(path).is_ok(),
        None => false,
    }
}

/// The path of which an address below `/sitemap` lists the pages.
fn below_sitemap(path: &str) -> Option<PagePath> {
    let below = path.strip_prefix("sitemap")?;
    match below.strip_prefix('/') {
        None if below.is_empty() => Some(PagePath::root()),
        None => None,
        Some(below) => PagePath::parse(below).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_stay_in_the_view_and_others_lead_out_of_it() {
        let check = |link: &str, expected: &str| {
            let html = format!("<body class=\"x\"><header><a href=\"{link}\">x</a></body>");
            let expected = format!("<body class=\"x\">BAR<header><a href=\"{expected}\">x</a></body>");
            assert_eq!(framed(&html, "/base", "BAR"), expected);
        };
        check("/", "/base/");
        check("/clients/acme#top", "/base/clients/acme#top");
        check("/?older=/a", "/base/?older=/a");
        check("/sitemap/clients?older=/a", "/base/sitemap/clients?older=/a");
        for out in ["/admin/", "/static/1/site.css", "/feed.xml", "//evil", "https://x/", "#top"] {
            check(out, out);
        }
        let text =
            "<body><header><p class=\"x\">Write href=\"/x\" or <code>&lt;a href=\"/x\"&gt;</code>.</p> href=\"/x\"";
        assert_eq!(framed(text, "/base", ""), text);
        let form = "<body><main><form action=\"/search\"></form><form action=\"/account\"></form></body>";
        let expected = "<body>BAR<main><form action=\"/base/search\"></form><form inert action=\"#\"></form></body>";
        assert_eq!(framed(form, "/base", "BAR"), expected);
    }

    #[test]
    fn links_that_act_on_the_account_of_the_editor_do_nothing() {
        for address in ["/account", "/logout", "/login?next=%2F"] {
            let html = format!("<body><header><a href=\"{address}\" data-sign-out>x</a></body>");
            let expected = "<body><header><a aria-disabled=\"true\" role=\"link\">x</a></body>";
            assert_eq!(framed(&html, "/base", ""), expected);
        }
    }

    #[test]
    fn an_incomplete_document_is_not_damaged() {
        for html in ["", "text", "<header", "<a href=\"/x", " href=\""] {
            assert!(framed(html, "", "").len() <= html.len() + 1, "{html}");
        }
    }
}
