//! The form of an undo, in the message after an action.

use domain::{bulk_action::BulkActionId, page::PageId};
use serde::Serialize;

use super::sections::PAGES;

/// The value of the field `action` with which a bulk action is undone. No list offers it for its rows.
pub(super) const UNDO: &str = "undo";

/// A hidden field of a form.
#[derive(Serialize)]
pub(super) struct Hidden {
    name: &'static str,
    value: String,
}

impl Hidden {
    pub(super) fn new(name: &'static str, value: impl Into<String>) -> Hidden {
        Hidden { name, value: value.into() }
    }
}

/// The form that undoes an action.
#[derive(Serialize)]
pub(super) struct UndoForm {
    address: String,
    fields: Vec<Hidden>,
}

impl UndoForm {
    /// For an action on one page, as [`super::done::Done::word`] names it. It returns to the list in the state `back`, or to the
    /// form of the page if it `stays` there.
    pub(super) fn of_page(page: PageId, what: &'static str, version: i64, back: String, stays: bool) -> UndoForm {
        let mut fields = vec![Hidden::new("what", what), Hidden::new("version", version.to_string())];
        fields.push(Hidden::new("back", back));
        fields.extend(stays.then(|| Hidden::new("stays", "on")));
        UndoForm { address: format!("{}/undo", PAGES.form_href(page.0)), fields }
    }

    /// For a bulk action.
    pub(super) fn of_bulk_action(action: BulkActionId, back: String) -> UndoForm {
        let fields = vec![Hidden::new("action", UNDO), Hidden::new("bulk", action.word()), Hidden::new("back", back)];
        UndoForm { address: format!("{}/actions", PAGES.rows), fields }
    }
}
