//! The audit trail, with filters by user, action, subject and date.

use actix_web::web::Data;
use domain::audit::{Action, Subject};
use serde::Serialize;
use store::{
    Table,
    audit::{self, AuditFilter, Suggested},
};

use super::{
    panel::Panel,
    table::{State, TableView, capitalized, dates, since},
    trail::{self, Change},
};
use crate::{
    App,
    auth::extract::Admin,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        query::QueryString,
        view::Link,
    },
};

#[derive(Serialize)]
struct AuditPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<Change>,
    who: String,
    name: String,
}

/// The maximum number of names that a field suggests.
const MAX_OFFERED: usize = 10;

/// The fields of the address.
const FIELDS: &[&str] = &["who", "name", "action", "subject", "date", "from", "to"];

/// GET `/admin/audit`.
pub async fn list(app: Data<App>, admin: Admin, query: QueryString) -> Result<Outcome, Error> {
    let state = State::read("/admin/audit", FIELDS, &query);
    let (now, zone) = (clock::now(), app.db.site().await.time_zone);
    let (first, before) = state.span(zone);
    let filter = AuditFilter {
        actor: state.get("who").to_owned(),
        name: state.get("name").to_owned(),
        action: Action::parse(state.get("action")),
        subject: Subject::parse(state.get("subject")),
        since: since(state.get("date"), now, zone).max(first),
        before,
    };
    let (proof, window) = (admin.proof(), state.window());
    let read = move |conn: &mut store::Conn| {
        let Table { rows, total, previous, next } = audit::list(conn, &proof, &filter, window)?;
        let rows = trail::rows(conn, proof.editor(), rows, zone)?;
        Ok(Table { rows, total, previous, next })
    };
    let (site, table) = app.db.list_with_site(read).await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }

    let all = |label: &str| ("", label.to_owned(), None);
    let actions = Action::ALL.iter().map(|action| (action.as_str(), action.label().to_owned(), None));
    let subjects = Subject::ALL.iter().map(|subject| (subject.as_str(), capitalized(subject.as_str()), None));
    let moments = dates(now, zone).map(|(word, label, _)| (word, label.to_owned(), None));
    let filters = vec![
        state.filter("Action", "action", [all("Everything")].into_iter().chain(actions).collect()),
        state.filter("Subject", "subject", [all("Everything")].into_iter().chain(subjects).collect()),
        state.filter("When", "date", [all("Any time")].into_iter().chain(moments).collect()),
    ];
    let (section, title) = match state.get("action") {
        action if action == Action::Refused.as_str() => ("refused", "Failed sign-ins"),
        _ => ("audit", "Activity"),
    };
    let page = AuditPage {
        panel: Panel::new(&site, admin.account(), section, title, &[Link::new("/admin/", "Dashboard")]),
        table: state.view(&table, Vec::new(), filters).with_days(state.days("Activity")),
        who: state.get("who").to_owned(),
        name: state.get("name").to_owned(),
        rows: table.rows,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/audit.html", &page)?)))
}

/// GET `/admin/audit/names?of=who&q=`: names in the newest entries that contain a text, of those who acted or, with `of=name`, of
/// what was changed.
pub async fn names(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let which = if query.get("of") == "who" { Suggested::Actors } else { Suggested::Subjects };
    let (proof, text) = (admin.proof(), query.get("q").to_owned());
    let find = move |conn: &mut store::Conn| audit::suggestions(conn, &proof, which, &text, MAX_OFFERED);
    let (_, found) = app.db.list_with_site(find).await?;
    Answer::json(&found)
}
