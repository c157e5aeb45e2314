//! The states and filters of the page list, read from its address.

use domain::{Timestamp, effective_access::AccessKind, zone::Zone};
use store::admin_list::{PageFilter, PageState, Span};

use crate::admin::table::{State, dates};

/// A state of the list: the word in its address, and the label of its tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListState {
    /// Everything that is not in the trash.
    All,
    Live,
    /// Drafts of unpublished pages.
    Draft,
    /// Pending changes of published pages.
    Changes,
    Scheduled,
    Ended,
    Trash,
}

impl ListState {
    pub(super) const ALL: [ListState; 7] = [
        ListState::All,
        ListState::Live,
        ListState::Draft,
        ListState::Changes,
        ListState::Scheduled,
        ListState::Ended,
        ListState::Trash,
    ];

    /// The state of a list; that of all pages for any other word.
    pub(super) fn of(state: &State) -> ListState {
        let word = state.get("state");
        ListState::ALL.into_iter().find(|known| known.word() == word).unwrap_or(ListState::All)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            ListState::All => "",
            ListState::Live => "live",
            ListState::Draft => "draft",
            ListState::Changes => "changes",
            ListState::Scheduled => "scheduled",
            ListState::Ended => "ended",
            ListState::Trash => "trash",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            ListState::All => "All",
            ListState::Live => "Live",
            ListState::Draft => "Draft",
            ListState::Changes => "Changes",
            ListState::Scheduled => "Scheduled",
            ListState::Ended => "Ended",
            ListState::Trash => "Trash",
        }
    }

    /// The state of the pages, for a list of only published pages.
    fn of_pages(self) -> Option<PageState> {
        PAGE_STATES.into_iter().find(|(state, _)| *state == self).map(|(_, state)| state)
    }

    /// Whether the list has published pages, and not only drafts or the trash: it then has filters, sortable columns,
    /// and actions on all matching pages.
    pub(super) fn has_pages(self) -> bool {
        self == ListState::All || self.of_pages().is_some()
    }
}

/// The states of published pages.
pub(super) const PAGE_STATES: [(ListState, PageState); 3] = [
    (ListState::Live, PageState::Published),
    (ListState::Scheduled, PageState::Scheduled),
    (ListState::Ended, PageState::Ended),
];

/// The filter of a list's state.
pub(super) fn filter(state: &State, now: Timestamp, zone: Zone) -> PageFilter {
    let spans = spans(now, zone);
    let chosen = spans.iter().find(|(word, ..)| *word == state.get("date"));
    let ((since, before), (first, last)) = (chosen.map_or((None, None), |(.., span)| *span), state.span(zone));
    PageFilter {
        query: state.get("q").to_owned(),
        access: AccessKind::parse(state.get("readers")),
        since: since.max(first),
        before: match (before, last) {
            (Some(before), Some(last)) => Some(before.min(last)),
            (before, last) => before.or(last),
        },
        state: ListState::of(state).of_pages().map(|chosen| (chosen, now)),
        hits: None,
    }
}

/// The filter by date: presets that end now.
pub(super) fn spans(now: Timestamp, zone: Zone) -> [(&'static str, &'static str, Span); 4] {
    dates(now, zone).map(|(word, label, since)| (word, label, (Some(since), Some(now))))
}
