//! The shares of all pages: the list, and ending several of them.

use actix_web::web::Data;
use domain::{share::ShareId, user::UserId};
use serde::Serialize;
use store::{
    Conn,
    shares::{self, Maker, ShareFilter, ShareRow},
    writing,
};

use super::{
    bulk::{Action, BulkForm, Choice, Needs, Question},
    flash::Flash,
    items::Item,
    pages::shares::Row,
    panel::Panel,
    sections::{PAGES, SHARES},
    table::TableView,
};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
    },
};

const ACTIONS: [Choice; 1] = [Choice {
    value: "end",
    label: "End…",
    verb: "End",
    nouns: ["link", "links"],
    after: "",
    address: "",
    question: "These links will open nothing from now on:",
    danger: true,
    needs: Needs::Rows,
}];

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<PageShare>,
    actions: [Choice; 1],
}

/// A share as a row, with its page.
#[derive(Serialize)]
struct PageShare {
    #[serde(flatten)]
    row: Row,
    /// The title and the path of the page; empty while it is in the trash.
    title: String,
    path: String,
    shares_href: String,
}

/// GET `/admin/shares`.
pub async fn list(app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    let state = SHARES.state(&query);
    let now = clock::now();
    let of = move |open: &str| match open {
        "yes" => Some((true, now)),
        "no" => Some((false, now)),
        _ => None,
    };
    let maker = match state.get("by") {
        "none" => Some(Maker::Nobody),
        key => key.parse().ok().map(|key| Maker::Account(UserId(key))),
    };
    let filter = ShareFilter { text: state.get("q").to_owned(), open: of(state.get("open")), maker };
    let (proof, window) = (editor.proof(), state.window());
    let (site, (table, counts)) = app
        .db
        .list_with_site(move |conn| {
            let counts = ["", "yes", "no"]
                .map(|word| shares::count_of(conn, &proof, &ShareFilter { open: of(word), ..filter.clone() }));
            let [any, open, ended] = counts;
            Ok((shares::list(conn, &proof, &filter, window)?, [any?, open?, ended?]))
        })
        .await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }
    let [any, open, ended] = counts;
    let choices =
        vec![("", "All".into(), Some(any)), ("yes", "Open".into(), Some(open)), ("no", "Ended".into(), Some(ended))];
    let mut filters = vec![state.filter("State", "open", choices)];
    if let Some(maker) = maker {
        let name = match (maker, table.rows.first()) {
            (Maker::Nobody, _) => "no account",
            (Maker::Account(_), Some(row)) => &row.share.made_by,
            (Maker::Account(_), None) => "one account",
        };
        filters.push(state.filter(
            "Made by",
            "by",
            vec![("", "All".into(), None), (state.get("by"), name.into(), None)],
        ));
    }
    let row = |ShareRow { share, page }: ShareRow| {
        let (path, title) = page.unwrap_or_default();
        PageShare {
            path: path.map(|path| path.href()).unwrap_or_default(),
            title,
            shares_href: format!("{}/shares", PAGES.form_href(share.page.0)),
            row: Row::new(share, now, site.time_zone),
        }
    };
    let page = ListPage {
        panel: Panel::new(&site, editor.account(), SHARES.name, "Activity", &SHARES.above()).with_message(&query),
        table: state.view(&table, Vec::new(), filters),
        rows: table.rows.into_iter().map(row).collect(),
        actions: ACTIONS,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/shares/list.html", &page)?)))
}

/// POST `/admin/shares/actions`: asks for confirmation; ends the links when it is confirmed.
pub async fn act(app: Data<App>, editor: Editor, Form(form): Form<BulkForm>) -> Result<Outcome, Error> {
    let action = Action::of(form, &SHARES, &ACTIONS)?;
    let ids: Vec<ShareId> = action.ids.iter().copied().map(ShareId).collect();
    let proof = editor.proof();
    if !action.confirmed {
        let (site, shares) = app.db.list_with_site(move |conn| shares::get_many(conn, &proof, &ids)).await?;
        let item = |share: domain::share::Share| Item {
            title: share.label,
            href: format!("{}/shares", PAGES.form_href(share.page.0)),
            note: format!("{}, made by {}", share.shows.label(), share.made_by),
        };
        let items = shares.into_iter().map(item).collect();
        return action
            .ask(&app, editor.account(), &site, &SHARES, Question { items, ..Question::default() })
            .map(Outcome::Page);
    }
    let end = move |conn: &mut Conn| writing::shares::end(conn, &proof, &ids, clock::now());
    let ended = app.db.revoke(end).await?;
    Ok(Outcome::Redirect(Flash::SharesEnded.at(SHARES.list, &action.back, Some(ended))))
}
