//! The message after an action, with links and an undo.

use chrono::TimeDelta;
use domain::Timestamp;
use serde::Serialize;

use super::{items::Item, undo_form::UndoForm};
use crate::http::view::Link;

/// How long after an action its message is shown.
const SHOWN_FOR: TimeDelta = TimeDelta::seconds(60);

/// The message after an action.
#[derive(Serialize)]
pub(super) struct Notice {
    pub(super) words: String,
    pub(super) links: Vec<Link>,
    /// Pages to which the words refer, and the number of those that are not named.
    pub(super) pages: Vec<Item>,
    pub(super) more: usize,
    pub(super) undo: Option<UndoForm>,
}

/// Whether the message about an action at this moment is still shown.
pub(super) fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now - at < SHOWN_FOR
}
