//! The title of a draft in lists, and the address of its form.

use domain::page::PageId;

/// The title of a draft, or a substitute if it has none.
pub(in crate::admin) fn title(typed: String) -> String {
    if typed.trim().is_empty() { "Untitled".into() } else { typed }
}

pub(in crate::admin) fn form_href(page: PageId) -> String {
    format!("/admin/pages/{}", page.0)
}
