//! `postern audit` finds nothing on generated sites, and finds each leak that a test plants.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Command as Program, Stdio},
    sync::atomic::AtomicBool,
};

use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    middleware::{Next, from_fn},
};
use chrono::TimeDelta;
use domain::{
    Version,
    access::Admin,
    audience::AudienceInput,
    draft::{DraftInput, DraftLock, FormId},
    navigation::{Branch, Entry, Front, Navigation, Target},
    page::{PageContent, PageId, PageInput},
    site::Site as Settings,
    user::Role,
};
use proptest::{
    prelude::*,
    sample::{Index, select},
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use store::writing::{Command, SaveDraft, Selection, Unpublish};
use web::{
    clock,
    leak_check::{self, Line, Local, Options, Report},
    routes::application,
};

use crate::{
    access::routes,
    files::add_sized,
    postgres::Database,
    server::{Server, finish, postern, run, text},
    site::{Site, chosen, draft, public, signed_in},
};

const PATHS: [&str; 10] =
    ["", "vault", "vault/gold", "vault/gold/bars", "vault-b", "team", "team/notes", "news", "news/a", "news/a/b"];

/// A change of a generated site.
#[derive(Clone, Debug)]
enum SiteChange {
    /// A path, an audience, show the title, list the pages below, the offset of the date, and the days until the end.
    Put(usize, AudienceInput, bool, bool, i64, Option<i64>),
    Draft(Index),
    NewDraft(usize),
    Move(Index, usize),
    Delete(Index),
    Unpublish(Index),
    File(Index, bool),
}

fn audience() -> impl Strategy<Value = AudienceInput> {
    prop_oneof![
        3 => Just(AudienceInput::default()),
        2 => Just(public()),
        3 => Just(signed_in()),
        2 => Just(chosen("ann", &[])),
        1 => Just(chosen("", &["Staff"])),
    ]
}

fn change() -> impl Strategy<Value = SiteChange> {
    let put = (0..PATHS.len(), audience(), any::<bool>(), any::<bool>(), select(vec![-2, -2, -2, 1]));
    let end = prop::option::weighted(0.2, select(vec![1, 9]));
    prop_oneof![
        9 => (put, end).prop_map(|((path, audience, title, list, date), end)| SiteChange::Put(path, audience, title, list, date, end)),
        2 => any::<Index>().prop_map(SiteChange::Draft),
        1 => (0..PATHS.len()).prop_map(SiteChange::NewDraft),
        2 => (any::<Index>(), 0..PATHS.len()).prop_map(|(page, path)| SiteChange::Move(page, path)),
        1 => any::<Index>().prop_map(SiteChange::Delete),
        1 => any::<Index>().prop_map(SiteChange::Unpublish),
        4 => (any::<Index>(), any::<bool>()).prop_map(|(page, at_once)| SiteChange::File(page, at_once)),
    ]
}

/// Words that differ for each number.
fn words(number: usize, count: usize) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "ko", "li", "mu", "ne", "po", "ra", "si", "tu", "ve"];
    let word = |number: usize| {
        format!("{number:04}").bytes().map(|digit| SYLLABLES[usize::from(digit - b'0')]).collect::<String>()
    };
    (0..count).map(|n| word(number * 40 + n)).collect::<Vec<_>>().join(" ")
}

struct Generated<'a> {
    site: &'a Site,
    paths: Vec<String>,
    number: usize,
}

impl Generated<'_> {
    fn input(&mut self, path: &str) -> PageInput {
        self.number += 1;
        let link = self.paths.last().map_or(String::new(), |path| format!(" See [there](/{path})."));
        PageInput {
            title: words(self.number * 4, 3),
            summary: words(self.number * 4 + 1, 6),
            body: format!(
                "{}.\n\n## {}\n\n{}{link}",
                words(self.number * 4 + 2, 20),
                words(self.number * 4 + 3, 3),
                words(self.number * 4 + 3, 30)
            ),
            ..draft(path, "")
        }
    }

    fn pick(&self, index: &Index) -> Option<(String, domain::page::Page)> {
        let path = (!self.paths.is_empty()).then(|| index.get(&self.paths).clone())?;
        self.site.page(&path).map(|page| (path, page))
    }

    fn put(&mut self, path: &str, input: PageInput, date: i64, end: Option<i64>) {
        let content = input.check(clock::now()).unwrap();
        let published_at = clock::now() + TimeDelta::days(date);
        let unpublish_at = end.map(|days| published_at + TimeDelta::days(days));
        self.site.put_content(PageContent { published_at, unpublish_at, ..content });
        if !self.paths.iter().any(|known| known == path) {
            self.paths.push(path.to_owned());
        }
    }

    fn save_draft(&mut self, page: Option<&domain::page::Page>, path: &str) {
        let input = self.input(path);
        let based_on = page.map_or(Version(0), |page| page.version);
        let lock = DraftLock { draft: Version(0), form: FormId(i64::try_from(self.number).unwrap()) };
        let page = page.map(|page| page.id);
        self.site.run(Command::SaveDraft(SaveDraft { page, based_on, lock, input: DraftInput::from(input) }));
    }

    fn apply(&mut self, change: &SiteChange) {
        match change {
            SiteChange::Put(path, audience, show_title, list_below, date, end) => {
                let input = self.input(PATHS[*path]);
                let input =
                    PageInput { audience: audience.clone(), show_title: *show_title, list_below: *list_below, ..input };
                self.put(PATHS[*path], input, *date, *end);
            }
            SiteChange::Draft(page) => {
                let Some((path, page)) = self.pick(page) else { return };
                let drafted =
                    |conn: &mut store::Conn| store::drafts::get(conn, Admin::command_line().editor(), page.id);
                if self.site.store().read(drafted).unwrap().is_none() {
                    self.save_draft(Some(&page), &path);
                }
            }
            SiteChange::NewDraft(path) => self.save_draft(None, PATHS[*path]),
            SiteChange::Move(page, to) => {
                let Some((from, page)) = self.pick(page) else { return };
                if self.site.page(PATHS[*to]).is_none() {
                    self.site.move_page(&page, PATHS[*to]);
                    self.paths.retain(|path| *path != from);
                    self.paths.push(PATHS[*to].to_owned());
                }
            }
            SiteChange::Delete(page) => {
                let Some((path, page)) = self.pick(page) else { return };
                self.site.delete(page.id);
                self.paths.retain(|known| *known != path);
            }
            SiteChange::Unpublish(page) => {
                let Some((path, page)) = self.pick(page) else { return };
                self.site.run(Command::Unpublish(Unpublish(Selection::one(page.id))));
                self.paths.retain(|known| *known != path);
            }
            SiteChange::File(page, at_once) => {
                let Some((_, page)) = self.pick(page) else { return };
                let name = format!("{}.jpg", words(self.number * 4, 1));
                add_sized(self.site, page.id, &name, name.as_bytes(), (2000, 1000), *at_once);
            }
        }
    }
}

/// Makes a generated site; some have a menu of all pages, cards on the front page, or hide their pages.
fn fill(site: &Site, changes: &[SiteChange], number: usize) {
    site.group("Staff", &["eve"]);
    let mut generated = Generated { site, paths: Vec::new(), number: 0 };
    changes.iter().for_each(|change| generated.apply(change));
    let ids: Vec<PageId> = generated.paths.iter().filter_map(|path| site.page(path)).map(|page| page.id).collect();
    let entry = |page: &PageId| Branch {
        entry: Entry { label: String::new(), target: Target::Page(*page) },
        below: Vec::new(),
    };
    site.write(|conn, admin| {
        let old = store::navigation::get(conn, admin)?;
        let front = if number % 3 == 1 { Front::Cards } else { old.front };
        let menu = ids.iter().take(9).map(entry).collect();
        let new = Navigation { menu, front, ..old.clone() };
        store::writing::navigation::update(conn, admin, old.version, &new, clock::now())?;
        let old = store::site::get(conn)?;
        let new = Settings { hides_pages: number % 2 == 1, ..old.clone() };
        store::writing::site::update(conn, admin, old.version, &new, clock::now())
    });
}

/// Serves a site whose answers are changed by `plant`.
fn serve(site: &Site, plant: Option<Plant>) -> (Local, String) {
    let (listener, address): (TcpListener, _) = Local::bind().unwrap();
    let app = site.app.clone();
    let proxies = app.options.proxies.clone();
    let planted = move |request: ServiceRequest, next: Next<BoxBody>| async move {
        let sent = SentRequest {
            method: request.method().to_string(),
            uri: request.uri().to_string(),
            has_key: request.headers().contains_key("authorization"),
        };
        let answer = next.call(request).await?;
        Ok::<_, actix_web::Error>(match plant.and_then(|plant| plant(&sent)) {
            Some(planted) => planted.into(answer).await,
            None => answer,
        })
    };
    let served = move || application(app.clone()).wrap(from_fn(planted));
    (Local::serve_with(listener, &proxies, served).unwrap(), format!("http://{address}"))
}

fn audit(site: &Site, base_url: &str) -> Result<(Report, String), String> {
    let options = Options { base_url: base_url.into(), pages: 50, bcrypt_cost: 4 };
    let mut said = String::new();
    let report = leak_check::run(site.store(), &options, &AtomicBool::new(false), |text| said.push_str(text))?;
    Ok((report, said))
}

#[track_caller]
fn finds_nothing(site: &Site) -> Report {
    let (_local, base_url) = serve(site, None);
    let (report, said) = audit(site, &base_url).unwrap();
    assert!(!report.has_leaks() && report.is_complete(), "{said}");
    report
}

/// The accounts that are on a site.
fn accounts(site: &Site) -> usize {
    let filter = store::users::UserFilter::default();
    let sort = store::users::UserSort { by: store::users::UserColumn::Name, descending: false };
    let all = store::Paging { number: 1, size: 1000 };
    site.store().read(|conn| store::users::list(conn, &Admin::command_line(), &filter, sort, all)).unwrap().rows.len()
}

#[actix_web::test]
async fn an_audit_of_generated_sites_finds_nothing() {
    let seed = [7; 32];
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(prop::test_runner::RngAlgorithm::ChaCha, &seed));
    for number in 0..3 {
        let changes = prop::collection::vec(change(), 14..22).new_tree(&mut runner).unwrap().current();
        let check = |site: &Site| {
            fill(site, &changes, number);
            let before = accounts(site);
            let report = finds_nothing(site);
            assert_eq!(accounts(site), before);
            let may_be_none = ["old paths", "files"];
            let is_probed = |line: &Line| line.requests > 0 || may_be_none.contains(&line.surface);
            assert!(report.lines.iter().all(is_probed), "{report:?}");
        };
        check(&Site::new());
        if let Some(database) = Database::create("audit") {
            check(&Site::at(&database.url()));
        }
    }
}

#[test]
fn every_route_belongs_to_a_surface() {
    let surfaces: Vec<_> = leak_check::routes().collect();
    let has = |route: &str| surfaces.iter().any(|(_, routes)| routes.contains(&route));
    for route in routes().iter().map(String::as_str).chain(["/{path:.*}"]) {
        assert!(
            has(route),
            "no surface of `postern audit` asks for {route}: see crates/web/src/leak_check/surfaces.rs"
        );
    }
}

/// A request that reaches the server.
struct SentRequest {
    method: String,
    uri: String,
    has_key: bool,
}

impl SentRequest {
    fn is(&self, method: &str, uri: &str) -> bool {
        self.method == method && self.uri == uri
    }

    fn begins(&self, method: &str, uri: &str) -> bool {
        self.method == method && self.uri.starts_with(uri)
    }
}

type Plant = fn(&SentRequest) -> Option<Planted>;

/// A leak that is added to an answer.
enum Planted {
    Header(&'static str, &'static str),
    Body(&'static str),
    Status(u16),
}

impl Planted {
    async fn into(self, mut answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        match self {
            Planted::Header(name, value) => {
                let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
                answer.headers_mut().insert(name, value);
                answer
            }
            Planted::Status(status) => {
                *answer.response_mut().status_mut() = StatusCode::from_u16(status).unwrap();
                answer
            }
            Planted::Body(text) => {
                let (request, answer) = answer.into_parts();
                let (answer, body) = answer.into_parts();
                let mut body = actix_web::body::to_bytes(body).await.unwrap_or_default().to_vec();
                body.extend_from_slice(text.as_bytes());
                ServiceResponse::new(request, answer.set_body(body).map_into_boxed_body())
            }
        }
    }
}

/// A site with a private page `/vault` that was at `/cellar` before and has a file, another one below it, a page for ann, a draft
/// and a deleted page.
fn with_secrets() -> Site {
    let site = Site::new();
    let vault = site.put(PageInput {
        title: "Treasure of the north".into(),
        summary: "Seventeen golden crowns lie there".into(),
        body: "Nobody except the gardener knows the cellar door".into(),
        audience: signed_in(),
        ..draft("cellar", "")
    });
    add_sized(&site, vault.id, "map.jpg", b"map", (2000, 1000), true);
    site.move_page(&site.page("cellar").unwrap(), "vault");
    site.put(PageInput { body: "Buried beneath the crooked willow tree".into(), ..draft("vault/gold", "Golden bars") });
    let body = "Whatever Annabel promised remains unspoken forever".into();
    site.put(PageInput { body, audience: chosen("ann", &[]), ..draft("annabel", "Promises to Annabel") });
    let (lock, input) = (
        DraftLock { draft: Version(0), form: FormId(7) },
        DraftInput::from(draft("tomorrow", "Tomorrow brings thunder")),
    );
    site.run(Command::SaveDraft(SaveDraft { page: None, based_on: Version(0), lock, input }));
    let gone = site.put(draft("gone", "Vanished without regret"));
    site.delete(gone.id);
    site
}

/// The leak that is planted in the answer to a request, if there is one for it.
fn plant(request: &SentRequest) -> Option<Planted> {
    let is_get = |uri: &str| request.is("GET", uri);
    Some(match request {
        _ if is_get("/annabel") && !request.has_key => Planted::Body("<i>Promises &#116;o <b>Annabel</b></i>"),
        _ if request.begins("GET", "/./vault") => Planted::Status(200),
        _ if is_get("/cellar") && !request.has_key => Planted::Header("location", "/vault"),
        _ if is_get("/vault/map.jpg?w=480") && !request.has_key => Planted::Status(404),
        _ if request.is("DELETE", "/vault") => Planted::Body("the gardener knows the cellar"),
        _ if is_get("/hello") => Planted::Header("link", "</vault/gold>; rel=next"),
        _ if is_get("/x.jpg") => Planted::Body("tomorrow%20brings%20thunder"),
        _ if is_get("/") => Planted::Body("<a href=\"/annabel\">…</a>"),
        _ if request.begins("GET", "/search?q=promises") => Planted::Body("<a href=\"/annabel\">promises</a>"),
        _ if is_get("/feed.xml") => Planted::Body("<title>Treasure of the nor\u{74}h</title>"),
        _ if is_get("/sitemap.xml") => Planted::Body("<loc>http://site.test/vault/gold</loc>"),
        _ if is_get("/postern/guard/annabel") => Planted::Status(204),
        _ if request.begins("GET", "/s/") => Planted::Header("x-page", "Vanished WITHOUT regret"),
        _ if is_get("/login") => Planted::Header("x-file", "attachment; filename=map.jpg"),
        _ if is_get("/account") => Planted::Body("{\"text\":\"Whatever \\u0041nnabel promised\\nremains\"}"),
        _ if is_get("/healthz") => Planted::Body("beneath the crooked willow"),
        _ => return None,
    })
}

#[actix_web::test]
async fn each_planted_leak_is_found_on_its_surface() {
    let site = with_secrets();
    let clean = finds_nothing(&site);
    let requests = |route: &str| clean.routes.get(route).copied().unwrap_or_default();
    for route in routes().iter().map(String::as_str).chain(["/{path:.*}"]) {
        assert!(requests(route) > 0, "{route} is not requested");
    }
    let (_local, base_url) = serve(&site, Some(plant));
    let (report, said) = audit(&site, &base_url).unwrap();
    assert!(report.has_leaks());
    let line = |surface: &str| -> Line {
        report.lines.iter().find(|line| line.surface == surface).unwrap_or_else(|| panic!("{surface}")).clone()
    };
    for (surface, address, what) in [
        ("pages", "GET /annabel", "its title in the body"),
        ("spellings of paths", "GET /./vault", "opened with status 200"),
        ("old paths", "GET /cellar", "its path in the header location"),
        ("files", "GET /vault/map.jpg?w=480", "told apart from an address that was made up"),
        ("methods", "DELETE /vault", "words of its text in the body"),
        ("around readable pages", "GET /hello", "its path in the header link"),
        ("errors", "GET /x.jpg", "its title in the body"),
        ("lists", "GET /", "its path in the body"),
        ("search", "GET /search?q=promises+to+annabel", "its path in the body"),
        ("feeds", "GET /feed.xml", "its title in the body"),
        ("sitemap", "GET /sitemap.xml", "its path in the body"),
        ("guard", "GET /postern/guard/annabel", "opened with status 204"),
        ("share links", "GET /s/[secret]", "its title in the header x-page"),
        ("sign-in", "GET /login", "the name of its file in the header x-file"),
        ("account and panel", "GET /account", "words of its text in the body"),
        ("style sheets and health", "GET /healthz", "words of its text in the body"),
    ] {
        let leaks = line(surface).leaks;
        assert!(leaks.iter().any(|leak| leak.address == address && leak.what == what), "{surface}: {leaks:#?}\n{said}");
    }
    assert_eq!(report.lines.len(), 16, "a surface without a planted leak");
    for secret in ["Treasure", "Promises", "thunder", "gardener", "willow", "regret"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[actix_web::test]
async fn a_word_that_everybody_may_know_is_not_a_leak() {
    let site = with_secrets();
    let body = "The treasure of the north is a film. Nobody except the gardener knows the cellar door; [see](/annabel) map.jpg.";
    site.put(PageInput { body: body.into(), ..draft("film", "A film") });
    site.put(PageInput { show_title: true, audience: signed_in(), ..draft("announced", "Announced soon enough") });
    finds_nothing(&site);
}

#[actix_web::test]
async fn an_audit_of_another_database_is_refused_and_leaves_nothing() {
    let (site, other) = (Site::new(), Site::new());
    let (_local, base_url) = serve(&site, None);
    let before = accounts(&other);
    let error = audit(&other, &base_url).map(drop).unwrap_err();
    assert!(error.contains("the database is not that of this site"), "{error}");
    assert_eq!(accounts(&other), before);
    let stopped = AtomicBool::new(true);
    let options = Options { base_url, pages: 50, bcrypt_cost: 4 };
    let error = leak_check::run(site.store(), &options, &stopped, |_| {}).map(drop).unwrap_err();
    assert!(error.contains("stopped"), "{error}");
    assert_eq!(accounts(&site), before);
}

#[actix_web::test]
async fn the_accounts_of_a_killed_audit_and_nothing_else_are_removed_by_the_next_one() {
    let site = with_secrets();
    let left = site.add_user("postern-audit-reader-left", Role::Reader, "open sesame");
    site.write(|conn, admin| {
        store::writing::users::set_end(conn, admin, &[left.id], Some(clock::now() + TimeDelta::hours(3)), clock::now())
    });
    site.add_user("postern-audit-not", Role::Reader, "open sesame");
    let before = accounts(&site);
    let (_local, base_url) = serve(&site, None);
    let (_, said) = audit(&site, &base_url).unwrap();
    assert!(said.contains("accounts that an earlier run left: 1"), "{said}");
    assert_eq!(accounts(&site), before - 1);
    let open = store::shares::ShareFilter { open: Some((true, clock::now())), ..Default::default() };
    let all = store::Paging { number: 1, size: 1000 };
    let list = |conn: &mut store::Conn| store::shares::list(conn, Admin::command_line().editor(), &open, all);
    assert!(site.store().read(list).unwrap().rows.is_empty());
}

#[actix_web::test]
async fn a_leak_ends_the_command_with_exit_code_1() {
    let site = with_secrets();
    let (_local, base_url) = serve(&site, Some(plant));
    let folder = tempfile::tempdir().unwrap();
    let mut command = postern(folder.path(), &["audit", "--url", &base_url]);
    command.env("DATABASE_URL", site.url());
    let output = finish(command, "");
    let (_, out, err) = text(&output);
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    let leak = "  GET /feed.xml\n      as nobody: page ";
    assert!(out.contains(leak) && out.contains(" (/vault): its title in the body\n"), "{out}");
}

#[test]
fn an_audit_that_is_interrupted_removes_its_accounts() {
    let server = Server::start();
    let mut command = postern(server.folder.path(), &["audit"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("pages  ")), "it ended before");
    let users = || text(&server.cli(&["user", "list"], "")).1;
    assert!(users().contains("postern-audit-reader-") && users().contains("postern-audit-editor-"), "{}", users());
    assert!(Program::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(!users().contains("postern-audit"), "{}", users());
    assert!(!text(&server.cli(&["share", "list"], "")).1.contains("\topen\t"));
}

#[test]
fn the_exit_code_says_what_was_found() {
    let server = Server::start();
    let page = |arguments: &[&str]| assert!(text(&server.cli(arguments, "Golden crowns lie in the cellar.")).0);
    page(&["page", "put", "vault", "--title", "Treasure of the north", "--private"]);
    let audit = |arguments: &[&str]| {
        let output = server.cli(&[&["audit"], arguments].concat(), "");
        let (_, out, err) = text(&output);
        (output.status.code(), out, err)
    };
    let url = format!("http://{}", server.address);
    for arguments in [&[][..], &["--url", &url, "--pages", "5"]] {
        let (code, out, err) = audit(arguments);
        assert_eq!(code, Some(0), "{out}{err}");
        assert!(out.contains("Nothing leaked in ") && out.contains("\nsearch "), "{out}");
    }
    let (code, _, err) = audit(&["--url", "http://127.0.0.1:1"]);
    assert_eq!((code, err.contains("no answer from http://127.0.0.1:1")), (Some(2), true), "{err}");
    let (code, _, err) = audit(&["--url", "https://127.0.0.1:1"]);
    assert_eq!(code, Some(2), "{err}");
    let other = Server::start();
    let (code, _, err) = audit(&["--url", &format!("http://{}", other.address)]);
    assert_eq!((code, err.contains("not that of this site")), (Some(2), true), "{err}");
    let empty = tempfile::tempdir().unwrap();
    let (_, _, err) = text(&run(empty.path(), &["audit"], ""));
    assert!(err.contains("there is no database file"), "{err}");
    assert!(!server.log().contains("panicked"));
}
