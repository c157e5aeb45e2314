//! The one list of pages: a tab for each state, filters, bulk actions, and the tree.

mod frame;
mod place;
mod rows;
mod tree;

use actix_web::web::Data;
use domain::{Timestamp, access::Editor as Proof, effective_access::AccessKind, page::PageId, zone::Zone};
use store::{
    Conn, Count, Table, Window,
    admin_list::{self, Listed, PageColumn, PageCounts, PageFilter, PageSort, Span},
    drafts::{self, DraftFilter, DraftKind, DraftRow},
    trash,
};

use super::{
    actions::ACTIONS,
    filter::{ListState, filter, spans},
};
use crate::{
    App,
    admin::{
        drafts::actions::ACTIONS as DRAFT_ACTIONS,
        sections::{DRAFTS, PAGES, TRASH},
        table::{Filter, State, capitalized},
        trash::ACTIONS as TRASH_ACTIONS,
    },
    auth::extract::Editor,
    clock,
    http::{answer::Outcome, error::Error, query::QueryString},
};
use frame::{ListPage, StateCounts, Views, panel};
use rows::{Known, Row};

/// The columns by which lists of pages are sorted.
const COLUMNS: [(&str, &str); 5] = [
    ("title", "Title"),
    ("path", "Path"),
    ("readers", "Who can read"),
    ("published", "Published"),
    ("updated", "Updated"),
];

/// GET `/admin/pages`.
pub async fn list(app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    let state = PAGES.state(&query);
    if !state.get("below").is_empty() {
        return tree::show(&app, &editor, &state, &query).await;
    }
    match ListState::of(&state) {
        ListState::Draft => of_drafts(&app, &editor, &state, &query, DraftKind::Page).await,
        ListState::Changes => of_drafts(&app, &editor, &state, &query, DraftKind::Changes).await,
        ListState::Trash => of_trash(&app, &editor, &state, &query).await,
        ListState::All | ListState::Live | ListState::Scheduled | ListState::Ended => {
            of_pages(&app, &editor, &state, &query).await
        }
    }
}

/// The rows of a list of pages, with further data about them.
struct Found {
    table: Table<Listed>,
    known: Known,
    counts: PageCounts,
    states: StateCounts,
}

impl Found {
    fn load(
        conn: &mut Conn,
        proof: &Proof,
        filter: &PageFilter,
        sort: PageSort,
        window: Window,
        spans: &[Span],
        now: Timestamp,
    ) -> store::Result<Found> {
        let filter = &filter.look_up(conn)?;
        let table = admin_list::list_all(conn, proof, filter, sort, window)?;
        let ids: Vec<PageId> = table.rows.iter().filter_map(page_id).collect();
        Ok(Found {
            known: Known::find(conn, proof, &ids)?,
            counts: admin_list::counts(conn, proof, filter, spans)?,
            states: StateCounts::find(conn, proof, filter, now)?,
            table,
        })
    }
}

fn page_id(row: &Listed) -> Option<PageId> {
    match row {
        Listed::Page(page) => Some(page.id),
        Listed::Draft(_) => None,
    }
}

async fn of_pages(app: &App, editor: &Editor, state: &State, query: &QueryString) -> Result<Outcome, Error> {
    let zone = app.db.site().await.time_zone;
    let now = clock::now();
    let (spans, filter) = (spans(now, zone), filter(state, now, zone));
    let (word, descending) = state.sorted(&COLUMNS.map(|(word, _)| word), ("updated", true));
    let by = match word {
        "title" => PageColumn::Title,
        "path" => PageColumn::Path,
        "readers" => PageColumn::Readers,
        "published" => PageColumn::Published,
        _ => PageColumn::Updated,
    };
    let (proof, window) = (editor.proof(), state.window());
    let read = move |conn: &mut Conn| {
        let spans = spans.map(|(.., span)| span);
        Found::load(conn, &proof, &filter, PageSort { by, descending }, window, &spans, now)
    };
    let (site, Found { table, known, counts, states }) = app.db.list_with_site(read).await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }
    let filters = filters(state, &counts, zone);
    let columns = state.columns(&COLUMNS, (word, descending));
    let back = state.back();
    let mut actions = ACTIONS.to_vec();
    let has_drafts = table.rows.iter().any(|row| matches!(row, Listed::Draft(_))) || !known.pending.is_empty();
    actions.extend(DRAFT_ACTIONS.iter().filter(|choice| has_drafts && choice.value == "publish"));
    let all = match (ListState::of(state), states.drafts.is_zero()) {
        (ListState::All, false) => "published pages",
        _ => "",
    };
    let page = ListPage {
        panel: panel(app, editor, &site, &PAGES, query).await?,
        all: all_label(counts.matching, all),
        table: state.view(&table, columns, filters).with_days(state.days("Published")),
        states: states.tabs(state),
        views: Views::of(state),
        kind: "pages",
        note: String::new(),
        empty: "No page matches.",
        rows: table.rows.into_iter().map(|row| Row::listed(row, &known, &back, zone)).collect(),
        actions,
        actions_href: format!("{}/actions", PAGES.rows),
    };
    page.answer(app)
}

fn filters(state: &State, counts: &PageCounts, zone: Zone) -> Vec<Filter> {
    let kind = |kind: AccessKind, count| (kind.as_str(), capitalized(kind.label()), Some(count));
    let readers = vec![
        ("", "All".to_owned(), Some(counts.any_access)),
        kind(AccessKind::Everybody, counts.everybody),
        kind(AccessKind::SignedIn, counts.signed_in),
        kind(AccessKind::Chosen, counts.chosen),
    ];
    let spans = spans(clock::now(), zone);
    let dates =
        spans.iter().zip(&counts.spans).map(|((word, label, _), count)| (*word, (*label).to_owned(), Some(*count)));
    let dates = [("", "Any date".to_owned(), Some(counts.any_date))].into_iter().chain(dates);
    vec![state.filter("Who can read", "readers", readers), state.filter("Published", "date", dates.collect())]
}

async fn of_drafts(
    app: &App,
    editor: &Editor,
    state: &State,
    query: &QueryString,
    kind: DraftKind,
) -> Result<Outcome, Error> {
    let (proof, window, words) = (editor.proof(), state.window(), state.get("q").to_owned());
    let read = move |conn: &mut Conn| {
        let states = StateCounts::of_search(conn, &proof, &words, clock::now())?;
        let filter = DraftFilter { kind: Some(kind), query: words };
        Ok((drafts::list(conn, &proof, filter, window)?, states))
    };
    let (site, (table, states)): (_, (Table<DraftRow>, StateCounts)) = app.db.list_with_site(read).await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }
    let page = ListPage {
        panel: panel(app, editor, &site, &DRAFTS, query).await?,
        table: state.view(&table, Vec::new(), Vec::new()),
        states: states.tabs(state),
        views: Views::of(state),
        kind: "drafts",
        note: "Only editors can see drafts.".into(),
        empty: match kind {
            DraftKind::Page => "There are no drafts.",
            DraftKind::Changes => "There are no unpublished changes.",
        },
        rows: table.rows.into_iter().map(|draft| Row::draft(draft, site.time_zone)).collect(),
        actions: DRAFT_ACTIONS.to_vec(),
        actions_href: format!("{}/actions", DRAFTS.rows),
        all: String::new(),
    };
    page.answer(app)
}

async fn of_trash(app: &App, editor: &Editor, state: &State, query: &QueryString) -> Result<Outcome, Error> {
    let days = app.options.trash_days;
    let (proof, window, words) = (editor.proof(), state.window(), state.get("q").to_owned());
    let read = move |conn: &mut Conn| {
        let table = trash::list(conn, &proof, &words, window)?;
        Ok((table, StateCounts::of_search(conn, &proof, &words, clock::now())?))
    };
    let (site, (table, states)) = app.db.list_with_site(read).await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }
    let page = ListPage {
        panel: panel(app, editor, &site, &TRASH, query).await?,
        table: state.view(&table, Vec::new(), Vec::new()),
        states: states.tabs(state),
        views: Views::of(state),
        kind: "trash",
        note: format!(
            "Deleted pages are kept for {days} days with their history. Their paths are free for other pages."
        ),
        empty: "The trash is empty.",
        rows: table.rows.into_iter().map(|row| Row::deleted(row, days, site.time_zone)).collect(),
        actions: TRASH_ACTIONS.to_vec(),
        actions_href: format!("{}/actions", TRASH.rows),
        all: String::new(),
    };
    page.answer(app)
}

/// The label of the checkbox for all pages that match; empty if there is none.
fn all_label(total: Count, what: &str) -> String {
    let words = format!("Select all {total} {what}");
    if total.is_zero() { String::new() } else { words.trim_end().to_owned() }
}
