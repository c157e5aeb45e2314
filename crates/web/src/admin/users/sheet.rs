//! The sheet that new users need to sign in: a password or a link for each. It is shown once, to copy, print or
//! download.

use actix_web::HttpRequest;
use domain::{
    invitation::LIFETIME,
    site::Site,
    user::{UserId, Username},
};
use serde::Serialize;

use crate::{
    App,
    admin::{panel::Panel, request::site_address, sections::USERS},
    auth::{extract::Admin, secret::Secret},
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
    },
};

/// The passwords or links of new users.
#[derive(Serialize)]
pub(super) struct Sheet {
    site: String,
    address: String,
    slips: Vec<Slip>,
    /// Whether it has links; otherwise it has passwords.
    has_links: bool,
    /// The end of the links; empty for passwords.
    ends: String,
    /// All names and links as CSV; empty for passwords.
    csv: String,
}

/// The name of a user, the note about them, and their password or link.
#[derive(Serialize)]
pub(super) struct Slip {
    name: String,
    note: String,
    password: String,
    link: String,
}

impl Slip {
    pub(super) fn password(name: &Username, note: &str, password: String) -> Slip {
        Slip { name: name.to_string(), note: note.into(), password, link: String::new() }
    }

    pub(super) fn link(name: &Username, note: &str, secret: &Secret) -> Slip {
        // The sheet puts the address of the site before it.
        let link = format!("join/{}", secret.reveal());
        Slip { name: name.to_string(), note: note.into(), password: String::new(), link }
    }
}

impl Sheet {
    pub(super) fn new(app: &App, request: &HttpRequest, site: &Site, mut slips: Vec<Slip>) -> Sheet {
        let address = format!("{}/", site_address(app, request));
        for slip in slips.iter_mut().filter(|slip| !slip.link.is_empty()) {
            slip.link.insert_str(0, &address);
        }
        let has_links = slips.iter().any(|slip| !slip.link.is_empty());
        let csv = if has_links { csv(&slips) } else { String::new() };
        let now = clock::now();
        let ends = if has_links { clock::day(now + LIFETIME, now, site.time_zone) } else { String::new() };
        Sheet { site: site.title.clone(), address, slips, has_links, ends, csv }
    }
}

/// The names and links as CSV (RFC 4180), with the notes if there are any, and without a line end at the end.
fn csv(slips: &[Slip]) -> String {
    let has_notes = slips.iter().any(|slip| !slip.note.is_empty());
    let row = |name: &str, link: &str, note: &str| match has_notes {
        true => format!("{},{},{}", cell(name), cell(link), cell(note)),
        false => format!("{},{}", cell(name), cell(link)),
    };
    let rows = slips.iter().map(|slip| row(&slip.name, &slip.link, &slip.note));
    std::iter::once(row("name", "link", "note")).chain(rows).collect::<Vec<_>>().join("\n")
}

/// A cell. A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, unless an apostrophe
/// precedes it.
fn cell(text: &str) -> String {
    let apostrophe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{apostrophe}{}\"", text.replace('"', "\"\"")),
        false => format!("{apostrophe}{text}"),
    }
}

#[derive(Serialize)]
struct SheetPage {
    #[serde(flatten)]
    panel: Panel,
    sheet: Sheet,
    /// The users of one sheet belong to one list; a single user also has a form.
    edit_href: String,
    list_href: String,
}

/// The page with a sheet; `edit_href` is empty for several users.
pub(super) fn page(
    app: &App,
    panel: Panel,
    sheet: Sheet,
    edit_href: String,
    list_href: String,
) -> Result<Answer, Error> {
    let page = SheetPage { panel, sheet, edit_href, list_href };
    Ok(Answer::panel(app.view.render("admin/users/sheet.html", &page)?))
}

/// The page that shows a generated password or a link of one user, once.
pub(super) fn reveal(
    app: &App,
    request: &HttpRequest,
    admin: &Admin,
    site: &Site,
    (user, name): (UserId, &Username),
    slip: Slip,
    back: &str,
) -> Result<Outcome, Error> {
    let trail = USERS.trail_under(user.0, name.as_str(), back);
    let title = if slip.link.is_empty() { "New password of" } else { "Link for" };
    let panel = Panel::new(site, admin.account(), "users", format!("{title} {name}"), &trail);
    let sheet = Sheet::new(app, request, site, vec![slip]);
    page(app, panel, sheet, USERS.href(user.0, "", back), USERS.list_href(back)).map(Outcome::Page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_notes_if_there_are_any() {
        let slip = |name: &str, note: &str| Slip {
            name: name.into(),
            note: note.into(),
            password: String::new(),
            link: format!("https://x/{name}"),
        };
        let rows = csv(&[slip("ann", "=ann@example.org"), slip("bob", "")]);
        assert_eq!(rows, "name,link,note\nann,https://x/ann,'=ann@example.org\nbob,https://x/bob,");
        assert_eq!(csv(&[slip("bob", "")]), "name,link\nbob,https://x/bob");
    }

    #[test]
    fn a_cell_is_no_formula_and_keeps_its_quotes() {
        for (text, expected) in [
            ("ann", "ann"),
            ("@ann", "'@ann"),
            ("+49", "'+49"),
            ("-x", "'-x"),
            ("=1+1", "'=1+1"),
            ("a,b", "\"a,b\""),
            ("=\"x\"", "\"'=\"\"x\"\"\""),
            ("ann@example.org", "ann@example.org"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
