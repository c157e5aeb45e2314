//! The footer of the site, which is Markdown.

use std::sync::{PoisonError, RwLock};

use crate::{
    language::Language,
    markdown::{self, SafeHtml},
};

/// The footer as HTML. The last one is kept, because every page has it.
pub(super) fn html(language: Language, footer: &str) -> SafeHtml {
    static LAST: RwLock<Option<(Language, String, SafeHtml)>> = RwLock::new(None);
    if let Some((known_language, known, html)) = &*LAST.read().unwrap_or_else(PoisonError::into_inner)
        && (*known_language, known.as_str()) == (language, footer)
    {
        return html.clone();
    }
    let html = markdown::render_footer(language, footer);
    *LAST.write().unwrap_or_else(PoisonError::into_inner) = Some((language, footer.to_owned(), html.clone()));
    html
}
