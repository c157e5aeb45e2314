//! The list of pages, and what is done with many of them at once.

use actix_web::web::Data;
use domain::{
    Timestamp,
    page::{PageId, Visibility},
    zone::Zone,
};
use serde::Serialize;
use store::{
    drafts,
    pages::{self, PageColumn, PageFilter, PageRow, PageSort, PageState, Span},
};

use super::PAGES;
use crate::{
    App,
    admin::{
        Done, Outcome, Panel,
        bulk::{Action, Choice, Chosen, Item},
        table::{TableView, dates},
    },
    answer::Answer,
    auth::extract::Editor,
    clock,
    error::Error,
    form::Form,
    lists::login_href,
    query::QueryString,
    view,
};

const ACTIONS: [Choice; 4] = [
    Choice {
        value: "make-private",
        label: "Make private",
        question: "Only those who are signed in will read these pages:",
        danger: false,
    },
    Choice { value: "make-public", label: "Make public", question: "Everybody will read these pages:", danger: false },
    Choice {
        value: "unpublish",
        label: "Unpublish",
        question: "These pages become drafts, which only editors see. They keep their history, and can be published again:",
        danger: false,
    },
    Choice {
        value: "delete",
        label: "Delete",
        question: "These pages go to the trash, from where they can be brought back for a while:",
        danger: true,
    },
];

/// The words and labels of the filter by state.
const STATES: [(&str, &str, PageState); 4] = [
    ("published", "Published", PageState::Published),
    ("scheduled", "Scheduled", PageState::Scheduled),
    ("changes", "Changes wait", PageState::Waiting),
    ("over", "No longer published", PageState::Over),
];

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<Row>,
    actions: [Choice; 4],
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    path: String,
    href: String,
    edit_href: String,
    private: bool,
    show_title: bool,
    published: String,
    published_iso: String,
    updated: String,
    updated_iso: String,
    future: bool,
    /// When it ends or ended, if it does.
    ends: String,
    over: bool,
    waits: bool,
}

impl Row {
    fn new(row: PageRow, back: &str, zone: Zone, waiting: &[PageId]) -> Row {
        let now = clock::now();
        Row {
            waits: waiting.contains(&row.id),
            ends: row.unpublish_at.map(|end| view::moment(end, zone)).unwrap_or_default(),
            over: row.unpublish_at.is_some_and(|end| end <= now),
            id: row.id.0.to_string(),
            title: row.title,
            path: row.path.to_string(),
            href: login_href(&row.path.href()),
            edit_href: PAGES.href(row.id.0, "", back),
            private: row.visibility.is_private(),
            show_title: row.show_title,
            published: view::date(row.published_at, zone),
            published_iso: view::iso(row.published_at),
            updated: view::moment(row.updated_at, zone),
            updated_iso: view::iso(row.updated_at),
            future: row.published_at > now,
        }
    }
}

/// GET `/admin/pages`.
pub async fn list(app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    const COLUMNS: [(&str, &str); 5] = [
        ("title", "Title"),
        ("path", "Path"),
        ("visibility", "Who reads it"),
        ("published", "Published"),
        ("updated", "Updated"),
    ];
    let state = PAGES.state(&query);
    let zone = app.db.site().await.time_zone;
    let now = clock::now();
    let spans = spans(now, zone);
    let chosen = spans.iter().find(|(word, ..)| *word == state.get("date"));
    let span = chosen.map_or((None, None), |(.., span)| *span);
    let filter = PageFilter {
        query: state.get("q").to_owned(),
        visibility: match state.get("visibility") {
            "public" => Some(Visibility::Public),
            "private" => Some(Visibility::Private),
            _ => None,
        },
        since: span.0,
        before: span.1,
        state: STATES.iter().find(|(word, ..)| *word == state.get("state")).map(|(.., chosen)| (*chosen, now)),
    };
    let (word, descending) = state.sorted(&COLUMNS.map(|(word, _)| word), ("updated", true));
    let by = match word {
        "title" => PageColumn::Title,
        "path" => PageColumn::Path,
        "visibility" => PageColumn::Visibility,
        "published" => PageColumn::Published,
        _ => PageColumn::Updated,
    };
    let (proof, paging) = (editor.proof(), state.paging());
    let (site, (table, waiting, counts, (any_state, states))) = app
        .db
        .read_with_site(move |conn| {
            let table = pages::every(conn, &proof, &filter, PageSort { by, descending }, paging)?;
            let ids: Vec<PageId> = table.rows.iter().map(|row| row.id).collect();
            let waiting = drafts::waiting(conn, &proof, &ids)?;
            let counts = pages::counts(conn, &proof, &filter, &spans.map(|(.., span)| span))?;
            Ok((table, waiting, counts, pages::states(conn, &proof, &filter, &STATES.map(|(.., state)| state), now)?))
        })
        .await?;
    if let Some(last) = state.last_page(table.total) {
        return Ok(Outcome::Elsewhere(last));
    }

    let dates =
        spans.iter().zip(&counts.spans).map(|((word, label, _), count)| (*word, (*label).to_owned(), Some(*count)));
    let states = STATES.iter().zip(states).map(|((word, label, _), count)| (*word, (*label).to_owned(), Some(count)));
    let filters = vec![
        state.filter(
            "State",
            "state",
            [("", "Any state".to_owned(), Some(any_state))].into_iter().chain(states).collect(),
        ),
        state.filter(
            "Who reads it",
            "visibility",
            vec![
                ("", "All".into(), Some(counts.any_visibility)),
                ("public", "Public".into(), Some(counts.public)),
                ("private", "Private".into(), Some(counts.private)),
            ],
        ),
        state.filter(
            "Published",
            "date",
            [("", "Any date".to_owned(), Some(counts.any_date))].into_iter().chain(dates).collect(),
        ),
    ];
    let columns = state.columns(&COLUMNS, (word, descending));
    let back = state.back();
    let page = ListPage {
        panel: Panel::new(&site, editor.account(), "pages", "Pages", &PAGES.above()).with_message(&query),
        table: state.view(table.total, table.rows.len(), columns, filters),
        rows: table.rows.into_iter().map(|row| Row::new(row, &back, zone, &waiting)).collect(),
        actions: ACTIONS,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/pages/list.html", &page)?)))
}

/// The filter by date: presets that end now, and what is to come.
fn spans(now: Timestamp, zone: Zone) -> [(&'static str, &'static str, Span); 5] {
    let [today, week, month, year] =
        dates(now, zone).map(|(word, label, since)| (word, label, (Some(since), Some(now))));
    [("to-come", "To come", (Some(now), None)), today, week, month, year]
}

/// POST `/admin/pages/actions`: asks, and does it when it is confirmed.
pub async fn act(app: Data<App>, editor: Editor, Form(chosen): Form<Chosen>) -> Result<Outcome, Error> {
    let action = Action::of(chosen, &PAGES, &ACTIONS)?;
    let ids: Vec<PageId> = action.ids.iter().copied().map(PageId).collect();
    let proof = editor.proof();
    if !action.confirmed {
        let (site, rows) = app.db.read_with_site(move |conn| pages::some(conn, &proof, &ids)).await?;
        let items = rows.into_iter().map(item).collect();
        return action.ask(&app, editor.account(), &site, &PAGES, items).map(Outcome::Page);
    }
    let value = action.choice.value;
    let change = move |conn: &mut store::Conn| match value {
        "delete" => pages::delete(conn, &proof, &ids, clock::now()),
        "unpublish" => drafts::unpublish(conn, &proof, &ids, clock::now()),
        value => {
            let visibility = Visibility::from_private(value == "make-private");
            pages::set_visibility(conn, &proof, &ids, visibility, clock::now())
        }
    };
    let count = app.db.write(change).await?;
    let done = match value {
        "delete" => Done::Deleted,
        "unpublish" => Done::Unpublished,
        "make-private" => Done::MadePrivate,
        _ => Done::MadePublic,
    };
    Ok(Outcome::Elsewhere(done.at(PAGES.list, &action.back, Some(count))))
}

fn item(row: PageRow) -> Item {
    Item {
        id: row.id.0.to_string(),
        title: row.title,
        href: row.path.href(),
        note: if row.visibility.is_private() { "private".into() } else { "public".into() },
    }
}
