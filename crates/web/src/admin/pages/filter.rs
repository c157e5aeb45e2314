//! The filters of the page list, read from its address.

use domain::{Timestamp, effective_access::AccessKind, zone::Zone};
use store::admin_list::{PageFilter, PageState, Span};

use crate::admin::table::{State, dates};

/// The words and labels of the filter by state.
pub(super) const STATES: [(&str, &str, PageState); 4] = [
    ("published", "Published", PageState::Published),
    ("scheduled", "Scheduled", PageState::Scheduled),
    ("changes", "Pending changes", PageState::Pending),
    ("over", "Ended", PageState::Ended),
];

/// The filter of a list's state.
pub(super) fn filter(state: &State, now: Timestamp, zone: Zone) -> PageFilter {
    let spans = spans(now, zone);
    let chosen = spans.iter().find(|(word, ..)| *word == state.get("date"));
    let (since, before) = chosen.map_or((None, None), |(.., span)| *span);
    PageFilter {
        query: state.get("q").to_owned(),
        access: AccessKind::parse(state.get("readers")),
        since,
        before,
        state: STATES.iter().find(|(word, ..)| *word == state.get("state")).map(|(.., chosen)| (*chosen, now)),
    }
}

/// The filter by date: presets that end now, and the future.
pub(super) fn spans(now: Timestamp, zone: Zone) -> [(&'static str, &'static str, Span); 5] {
    let [today, week, month, year] =
        dates(now, zone).map(|(word, label, since)| (word, label, (Some(since), Some(now))));
    [("to-come", "Scheduled", (Some(now), None)), today, week, month, year]
}
