//! The footer of the site, which is Markdown.

use super::last::Last;
use crate::{
    language::Language,
    markdown::{self, SafeHtml},
};

/// The footer as HTML. The last one is cached, because every page has it.
pub(super) fn html(language: Language, footer: &str) -> SafeHtml {
    static LAST: Last<(Language, String), SafeHtml> = Last::new();
    LAST.get_or_make(
        |(known_language, known)| (*known_language, known.as_str()) == (language, footer),
        || ((language, footer.to_owned()), markdown::render_footer(language, footer)),
    )
}
