//! The footer of the site, which is Markdown.

use std::sync::{PoisonError, RwLock};

use crate::markdown::{self, SafeHtml};

/// The footer as HTML. The last one is kept, because every page has it.
pub(super) fn html(footer: &str) -> SafeHtml {
    static LAST: RwLock<Option<(String, SafeHtml)>> = RwLock::new(None);
    if let Some((known, html)) = &*LAST.read().unwrap_or_else(PoisonError::into_inner)
        && known == footer
    {
        return html.clone();
    }
    let html = markdown::render_footer(footer);
    *LAST.write().unwrap_or_else(PoisonError::into_inner) = Some((footer.to_owned(), html.clone()));
    html
}
