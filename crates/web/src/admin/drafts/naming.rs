//! What a draft is called, and where it is typed.

use domain::page::PageId;

/// The title of a draft for those who have to find it.
pub(in crate::admin) fn title(typed: String) -> String {
    if typed.trim().is_empty() { "Without a title".into() } else { typed }
}

pub(super) fn form_href(page: PageId) -> String {
    format!("/admin/pages/{}", page.0)
}
