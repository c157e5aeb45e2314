//! The dashboard: the first steps of a new site, drafts, recent activity, totals, and what deserves attention.

use actix_web::web::Data;
use domain::access::Admin;
use serde::Serialize;
use store::{admin_list, audit, links, users};

use super::{
    failed_logins_chart::Chart,
    first_steps::FirstSteps,
    links::Row,
    panel::Panel,
    pending::Pending,
    trail::{self, Change},
};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{answer::Answer, error::Error, query::QueryString, view::Link},
    markdown,
};

/// The maximum number of changes shown.
const MAX_CHANGES: u32 = 10;
/// The maximum number of broken links shown; all of them have a page of their own.
const MAX_BROKEN_LINKS: u32 = 5;
/// The maximum number of pages whose links are examined.
const MAX_EXAMINED: u32 = 2_000;
/// The maximum number of users listed who never signed in.
const MAX_ABSENT: u32 = 5;

#[derive(Serialize)]
struct HomePage {
    #[serde(flatten)]
    panel: Panel,
    steps: Option<FirstSteps>,
    counts: Counts,
    pending: Pending,
    changes: Vec<Change>,
    broken_links: Vec<Row>,
    more_broken_links: bool,
    unread_links: bool,
    watch: Option<Watch>,
}

/// Failed and missing sign-ins, for administrators.
#[derive(Serialize)]
struct Watch {
    failed_logins: Chart,
    absent: Vec<Absent>,
    absent_total: String,
    more_absent: bool,
}

/// A user who never signed in.
#[derive(Serialize)]
struct Absent {
    #[serde(flatten)]
    user: Link,
    since: String,
    since_iso: String,
}

impl Watch {
    fn of(conn: &mut store::Conn, admin: &Admin) -> store::Result<Watch> {
        let now = clock::now();
        let zone = store::site::get(conn)?.time_zone;
        let failed = audit::failed_logins(conn, admin, Chart::since(now))?;
        let absent = users::never_signed_in(conn, admin, MAX_ABSENT)?;
        let absent_row = |user: domain::user::User| Absent {
            user: Link::new(format!("/admin/users/{}", user.id.0), user.name.to_string()),
            since: clock::date(user.created_at, zone),
            since_iso: clock::iso(user.created_at),
        };
        Ok(Watch {
            failed_logins: Chart::new(&failed, now),
            more_absent: absent.total.more || absent.total.counted > u64::from(MAX_ABSENT),
            absent_total: absent.total.to_string(),
            absent: absent.rows.into_iter().map(absent_row).collect(),
        })
    }
}

#[derive(Serialize)]
struct Counts {
    pages: String,
    everybody: String,
    signed_in: String,
    chosen: String,
    users: String,
}

/// GET `/admin/`.
pub async fn show(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let proof = editor.proof();
    let admin = Admin::of(&editor.account().visitor());
    let (site, (steps, (totals, users, changes, pending, broken, unread_links, watch))) = app
        .db
        .list_with_site(move |conn| {
            let users = admin.as_ref().map(|admin| users::count(conn, admin)).transpose()?;
            let watch = admin.as_ref().map(|admin| Watch::of(conn, admin)).transpose()?;
            let steps = admin.as_ref().map(|admin| FirstSteps::of(conn, admin)).transpose()?.flatten();
            let pending = Pending::find(conn, &proof)?;
            let broken = links::broken(conn, &proof, None, (MAX_BROKEN_LINKS + 1, MAX_EXAMINED), markdown::ids)?;
            let zone = store::site::get(conn)?.time_zone;
            let changes = audit::recent(conn, &proof, MAX_CHANGES)?;
            let changes = trail::rows(conn, &proof, changes, zone)?;
            let unread = links::has_unread(conn)?;
            let totals = admin_list::totals(conn, &proof)?;
            Ok((steps, (totals, users.unwrap_or_default(), changes, pending, broken, unread, watch)))
        })
        .await?;
    let page = HomePage {
        panel: Panel::new(&site, editor.account(), "home", "Dashboard", &[]).with_message(&query),
        steps,
        counts: Counts {
            pages: totals.all.to_string(),
            everybody: totals.everybody.to_string(),
            signed_in: totals.signed_in.to_string(),
            chosen: totals.chosen.to_string(),
            users: users.to_string(),
        },
        pending,
        changes,
        more_broken_links: broken.next.is_some() || broken.rows.len() > MAX_BROKEN_LINKS as usize,
        broken_links: broken.rows.into_iter().take(MAX_BROKEN_LINKS as usize).map(Row::from).collect(),
        unread_links,
        watch,
    };
    Ok(Answer::panel(app.view.render("admin/home.html", &page)?))
}
