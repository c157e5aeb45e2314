//! The list of pages, and what is done with many of them at once.

use actix_web::web::Data;
use domain::{Timestamp, audience::Audience, page::PageId, zone::Zone};
use serde::Serialize;
use store::{
    drafts,
    pages::{self, PageColumn, PageFilter, PageRow, PageSort, PageState, Reach, Span},
};

use super::PAGES;
use crate::{
    App,
    admin::{
        Done, Outcome, Panel,
        bulk::{Action, Choice, Chosen, Item},
        effects::{effects_of_choosing, effects_of_deleting, effects_of_unpublishing},
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

const ACTIONS: [Choice; 5] = [
    Choice {
        value: "make-private",
        label: "Make private",
        question: "Only those who are signed in will read these pages:",
        danger: false,
    },
    Choice { value: "make-public", label: "Make public", question: "Everybody will read these pages:", danger: false },
    Choice {
        value: "make-inherited",
        label: "Read as the page above",
        question: "Whoever reads the page above will read these pages:",
        danger: false,
    },
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
    actions: [Choice; 5],
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    path: String,
    href: String,
    edit_href: String,
    readers: String,
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
    fn new(row: PageRow, people: Option<u64>, back: &str, zone: Zone, waiting: &[PageId]) -> Row {
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
            readers: reach(row.reach, people),
            private: row.reach != Reach::Everybody,
            show_title: row.show_title,
            published: view::date(row.published_at, zone),
            published_iso: view::iso(row.published_at),
            updated: view::moment(row.updated_at, zone),
            updated_iso: view::iso(row.updated_at),
            future: row.published_at > now,
        }
    }
}

/// Who reads a page, in a word or two.
fn reach(reach: Reach, people: Option<u64>) -> String {
    match (reach, people) {
        (Reach::Everybody, _) => "Everybody".into(),
        (Reach::SignedIn, _) => "Anyone signed in".into(),
        (Reach::Chosen, Some(1)) => "1 person".into(),
        (Reach::Chosen, people) => format!("{} people", people.unwrap_or(0)),
    }
}

/// GET `/admin/pages`.
pub async fn list(app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    const COLUMNS: [(&str, &str); 5] = [
        ("title", "Title"),
        ("path", "Path"),
        ("readers", "Who reads it"),
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
        reach: match state.get("readers") {
            "everybody" => Some(Reach::Everybody),
            "signed-in" => Some(Reach::SignedIn),
            "chosen" => Some(Reach::Chosen),
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
        "readers" => PageColumn::Reach,
        "published" => PageColumn::Published,
        _ => PageColumn::Updated,
    };
    let (proof, paging) = (editor.proof(), state.paging());
    let (site, (table, waiting, people, counts, (any_state, states))) = app
        .db
        .read_with_site(move |conn| {
            let table = pages::every(conn, &proof, &filter, PageSort { by, descending }, paging)?;
            let ids: Vec<PageId> = table.rows.iter().map(|row| row.id).collect();
            let waiting = drafts::waiting(conn, &proof, &ids)?;
            let people = pages::who_counts(conn, &proof, &ids)?;
            let counts = pages::counts(conn, &proof, &filter, &spans.map(|(.., span)| span))?;
            let states = pages::states(conn, &proof, &filter, &STATES.map(|(.., state)| state), now)?;
            Ok((table, waiting, people, counts, states))
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
            "readers",
            vec![
                ("", "All".into(), Some(counts.any_reach)),
                ("everybody", "Everybody".into(), Some(counts.everybody)),
                ("signed-in", "Anyone signed in".into(), Some(counts.signed_in)),
                ("chosen", "Chosen people and groups".into(), Some(counts.chosen)),
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
        rows: table
            .rows
            .into_iter()
            .map(|row| {
                let people = people.get(&row.id).copied();
                Row::new(row, people, &back, zone, &waiting)
            })
            .collect(),
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
        let (site, rows) = app
            .db
            .read_with_site({
                let ids = ids.clone();
                move |conn| pages::some(conn, &proof, &ids)
            })
            .await?;
        let items = rows.into_iter().map(item).collect();
        let effects = match (action.choice.value, audience(action.choice.value)) {
            (_, Some(audience)) => effects_of_choosing(&app, &editor, ids, audience).await?,
            ("unpublish", None) => effects_of_unpublishing(&app, &editor, ids).await?,
            (_, None) => effects_of_deleting(&app, &editor, ids).await?,
        };
        return action.ask(&app, editor.account(), &site, &PAGES, items, effects).map(Outcome::Page);
    }
    let value = action.choice.value;
    let change = move |conn: &mut store::Conn| match (value, audience(value)) {
        (_, Some(audience)) => pages::set_audience(conn, &proof, &ids, &audience, clock::now()),
        ("unpublish", None) => drafts::unpublish(conn, &proof, &ids, clock::now()),
        (_, None) => pages::delete(conn, &proof, &ids, clock::now()),
    };
    let count = app.db.write(change).await?;
    let done = match value {
        "delete" => Done::Deleted,
        "unpublish" => Done::Unpublished,
        "make-private" => Done::MadePrivate,
        "make-inherited" => Done::MadeInherited,
        _ => Done::MadePublic,
    };
    Ok(Outcome::Elsewhere(done.at(PAGES.list, &action.back, Some(count))))
}

/// The audience that an action gives; `None` for deleting.
fn audience(action: &str) -> Option<Audience> {
    match action {
        "make-private" => Some(Audience::SignedIn),
        "make-public" => Some(Audience::Public),
        "make-inherited" => Some(Audience::Inherited),
        _ => None,
    }
}

fn item(row: PageRow) -> Item {
    Item {
        id: row.id.0.to_string(),
        title: row.title,
        href: row.path.href(),
        note: if row.reach == Reach::Everybody { "public".into() } else { "private".into() },
    }
}
