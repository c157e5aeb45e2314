//! The panel's home: how much there is, what was done last, and what somebody should look at.

use actix_web::web::Data;
use domain::{
    access::Admin,
    audit::{Entry, Subject},
    zone::Zone,
};
use serde::Serialize;
use store::{admin_list, audit, links, users};

use super::{links::Row, panel::Panel, refusals::Chart, waiting::Waiting};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{answer::Answer, error::Error, view::Link},
    site::lists::login_href,
};

/// How many changes are shown.
const CHANGES: u32 = 10;
/// How many broken links are shown; the rest have a page of their own.
const BROKEN_LINKS: u32 = 5;
/// How many of those who never signed in are named.
const ABSENT: u32 = 5;

#[derive(Serialize)]
struct HomePage {
    #[serde(flatten)]
    panel: Panel,
    counts: Counts,
    waiting: Waiting,
    changes: Vec<Change>,
    broken_links: Vec<Row>,
    more_broken_links: bool,
    unread_links: bool,
    watch: Option<Watch>,
}

/// What administrators see of those who sign in.
#[derive(Serialize)]
struct Watch {
    refusals: Chart,
    absent: Vec<Absent>,
    absent_total: u64,
}

/// Somebody who never signed in.
#[derive(Serialize)]
struct Absent {
    #[serde(flatten)]
    user: Link,
    since: String,
    since_iso: String,
}

impl Watch {
    fn of(conn: &mut store::Conn, admin: &Admin) -> store::Result<Watch> {
        let (now, zone) = (clock::now(), store::site::get(conn)?.time_zone);
        let refusals = audit::failed_logins(conn, admin, Chart::since(now))?;
        let absent = users::never_signed_in(conn, admin, ABSENT)?;
        let absent_row = |user: domain::user::User| Absent {
            user: Link::new(format!("/admin/users/{}", user.id.0), user.name.to_string()),
            since: clock::date(user.created_at, zone),
            since_iso: clock::iso(user.created_at),
        };
        Ok(Watch {
            refusals: Chart::new(&refusals, now),
            absent: absent.rows.into_iter().map(absent_row).collect(),
            absent_total: absent.total,
        })
    }
}

#[derive(Serialize)]
struct Counts {
    pages: u64,
    everybody: u64,
    signed_in: u64,
    chosen: u64,
    users: u64,
}

/// One entry of the audit trail as it is shown.
#[derive(Serialize)]
pub(super) struct Change {
    when: String,
    when_iso: String,
    actor: String,
    label: &'static str,
    subject: &'static str,
    name: String,
    href: String,
    detail: String,
}

impl Change {
    /// An entry as people in a zone read it.
    pub(super) fn new(entry: Entry, zone: Zone) -> Change {
        // A page's name in the trail is its address, whether it is still there or not.
        let href = if entry.subject == Subject::Page { login_href(&entry.name) } else { String::new() };
        Change {
            when: clock::moment(entry.at, zone),
            when_iso: clock::iso(entry.at),
            actor: entry.actor,
            label: entry.action.label(),
            subject: entry.subject.as_str(),
            name: entry.name,
            href,
            detail: entry.detail,
        }
    }
}

/// GET `/admin/`.
pub async fn show(app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let proof = editor.proof();
    let admin = Admin::of(&editor.account().visitor());
    let (site, (totals, users, changes, waiting, broken, unread_links, watch)) = app
        .db
        .read_with_site(move |conn| {
            let users = admin.as_ref().map(|admin| users::count(conn, admin)).transpose()?;
            let watch = admin.as_ref().map(|admin| Watch::of(conn, admin)).transpose()?;
            let waiting = Waiting::find(conn, &proof)?;
            let broken = links::broken(conn, &proof, BROKEN_LINKS + 1)?;
            let changes = audit::recent(conn, &proof, CHANGES)?;
            let unread = links::unread(conn)? > 0;
            Ok((admin_list::totals(conn, &proof)?, users.unwrap_or(0), changes, waiting, broken, unread, watch))
        })
        .await?;
    let admin_list::PageTotals { everybody, signed_in, chosen } = totals;
    let page = HomePage {
        panel: Panel::new(&site, editor.account(), "home", "Administration", &[]),
        counts: Counts { pages: everybody + signed_in + chosen, everybody, signed_in, chosen, users },
        waiting,
        changes: changes.into_iter().map(|entry| Change::new(entry, site.time_zone)).collect(),
        more_broken_links: broken.len() > BROKEN_LINKS as usize,
        broken_links: broken.into_iter().take(BROKEN_LINKS as usize).map(Row::from).collect(),
        unread_links,
        watch,
    };
    Ok(Answer::panel(app.view.render("admin/home.html", &page)?))
}
