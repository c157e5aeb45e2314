//! The frame of the list of pages: the tabs with their numbers, and the switch between list and tree.

use domain::{Timestamp, access::Editor as Proof, site::Site};
use serde::Serialize;
use store::{
    Conn, Count,
    admin_list::{self, PageFilter},
    drafts::{self, DraftFilter, DraftKind},
    trash,
};

use super::rows::Row;
use crate::{
    App,
    admin::{
        bulk::Choice,
        done,
        pages::filter::{ListState, PAGE_STATES},
        panel::Panel,
        sections::{PAGES, Section},
        table::{State, TableView},
    },
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        query::QueryString,
    },
};

/// The panel of a list, with the message after an action.
///
/// # Errors
/// When the database fails.
pub(super) async fn panel(
    app: &App,
    editor: &Editor,
    site: &Site,
    list: &Section,
    query: &QueryString,
) -> Result<Panel, Error> {
    let panel = Panel::new(site, editor.account(), list.name, "Pages", &list.above());
    let notice = done::notice(app, editor, query, done::Place::List).await?;
    Ok(panel.with_message(query).with_notice(notice))
}

/// The values of `admin/pages/list.html`.
#[derive(Serialize)]
pub(super) struct ListPage {
    #[serde(flatten)]
    pub(super) panel: Panel,
    #[serde(flatten)]
    pub(super) table: TableView,
    pub(super) states: Vec<StateTab>,
    pub(super) views: Views,
    /// Which columns the rows have: `pages`, `drafts` or `trash`.
    pub(super) kind: &'static str,
    /// A sentence about the rows; empty if they need none.
    pub(super) note: String,
    /// The sentence for a list without rows.
    pub(super) empty: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) actions: Vec<Choice>,
    pub(super) actions_href: String,
    /// The label of the checkbox for all pages that match; empty if the list has none.
    pub(super) all: String,
}

impl ListPage {
    pub(super) fn answer(&self, app: &App) -> Result<Outcome, Error> {
        Ok(Outcome::Page(Answer::panel(app.view.render("admin/pages/list.html", self)?)))
    }
}

/// A tab with a state and the number of its rows.
#[derive(Serialize)]
pub(super) struct StateTab {
    label: &'static str,
    href: String,
    count: String,
    is_current: bool,
}

/// The links to the list and to the tree.
#[derive(Serialize)]
pub(super) struct Views {
    list_href: String,
    tree_href: String,
    is_tree: bool,
}

impl Views {
    pub(super) fn of(state: &State) -> Views {
        Views {
            list_href: state.only(&["q", "state", "readers", "date", "from", "to", "sort"]),
            tree_href: format!("{}?below=%2F", PAGES.list),
            is_tree: !state.get("below").is_empty(),
        }
    }
}

/// The number of rows in each state.
pub(super) struct StateCounts {
    all: Count,
    /// In the order of [`PAGE_STATES`].
    pages: Vec<Count>,
    pub(super) drafts: Count,
    changes: Count,
    trash: Count,
}

impl StateCounts {
    /// The numbers for a search without filters.
    pub(super) fn of_search(conn: &mut Conn, proof: &Proof, words: &str, now: Timestamp) -> store::Result<StateCounts> {
        StateCounts::find(conn, proof, &PageFilter { query: words.to_owned(), ..PageFilter::default() }, now)
    }

    pub(super) fn find(
        conn: &mut Conn,
        proof: &Proof,
        filter: &PageFilter,
        now: Timestamp,
    ) -> store::Result<StateCounts> {
        let states = PAGE_STATES.map(|(_, state)| state);
        let (pages, counts) = admin_list::states(conn, proof, filter, &states, now)?;
        let mut drafts_of = |kind| {
            let filter = DraftFilter { kind: Some(kind), query: filter.query.clone() };
            drafts::count(conn, proof, filter)
        };
        let (drafts, changes) = (drafts_of(DraftKind::Page)?, drafts_of(DraftKind::Changes)?);
        let trash = trash::count(conn, proof, &filter.query)?;
        let all = if filter.takes_drafts() { pages.plus(drafts) } else { pages };
        Ok(StateCounts { all, pages: counts, drafts, changes, trash })
    }

    fn of(&self, state: ListState) -> Count {
        match state {
            ListState::All => self.all,
            ListState::Draft => self.drafts,
            ListState::Changes => self.changes,
            ListState::Trash => self.trash,
            ListState::Live | ListState::Scheduled | ListState::Ended => {
                let found = PAGE_STATES.iter().zip(&self.pages).find(|((known, _), _)| *known == state);
                found.map_or(Count::default(), |(_, count)| *count)
            }
        }
    }

    pub(super) fn tabs(&self, state: &State) -> Vec<StateTab> {
        let current = ListState::of(state);
        let is_tree = !state.get("below").is_empty();
        let tab = |choice: ListState| StateTab {
            label: choice.label(),
            href: tab_href(state, choice),
            count: self.of(choice).to_string(),
            is_current: choice == current && !is_tree,
        };
        ListState::ALL.into_iter().map(tab).collect()
    }
}

/// The address of another state of the list with the same search. Filters and sorting apply only to lists of published
/// pages.
fn tab_href(state: &State, choice: ListState) -> String {
    let kept: &[&str] =
        if choice.has_pages() { &["q", "state", "readers", "date", "from", "to", "sort"] } else { &["q", "state"] };
    state.with_only(kept, "state", choice.word())
}
