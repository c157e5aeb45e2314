//! The audit trail, with filters by user, action, subject and date.

use actix_web::web::Data;
use domain::audit::{Action, Subject};
use serde::Serialize;
use store::audit::{self, AuditFilter};

use super::{
    home::Change,
    panel::Panel,
    table::{State, TableView, dates, since},
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

/// GET `/admin/audit`.
pub async fn list(app: Data<App>, admin: Admin, query: QueryString) -> Result<Outcome, Error> {
    let state = State::read("/admin/audit", &["who", "name", "action", "subject", "date"], &query);
    let (now, zone) = (clock::now(), app.db.site().await.time_zone);
    let filter = AuditFilter {
        actor: state.get("who").to_owned(),
        name: state.get("name").to_owned(),
        action: Action::parse(state.get("action")),
        subject: Subject::parse(state.get("subject")),
        since: since(state.get("date"), now, zone),
    };
    let (proof, window) = (admin.proof(), state.window());
    let (site, table) = app.db.list_with_site(move |conn| audit::list(conn, &proof, &filter, window)).await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }

    let all = |label: &str| ("", label.to_owned(), None);
    let actions = Action::ALL.iter().map(|action| (action.as_str(), action.label().to_owned(), None));
    let subjects = Subject::ALL.iter().map(|subject| (subject.as_str(), subject.as_str().to_owned(), None));
    let moments = dates(now, zone).map(|(word, label, _)| (word, label.to_owned(), None));
    let filters = vec![
        state.filter("Action", "action", [all("Everything")].into_iter().chain(actions).collect()),
        state.filter("Subject", "subject", [all("Everything")].into_iter().chain(subjects).collect()),
        state.filter("When", "date", [all("Any time")].into_iter().chain(moments).collect()),
    ];
    let page = AuditPage {
        panel: Panel::new(&site, admin.account(), "audit", "Audit trail", &[Link::new("/admin/", "Administration")]),
        table: state.view(&table, Vec::new(), filters),
        who: state.get("who").to_owned(),
        name: state.get("name").to_owned(),
        rows: table.rows.into_iter().map(|entry| Change::new(entry, zone)).collect(),
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/audit.html", &page)?)))
}
