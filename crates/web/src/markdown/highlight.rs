//! Code in colours: classes for the stylesheet, within a budget, because the grammars' expressions are slow.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt::{self, Write},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use comrak::adapters::SyntaxHighlighterAdapter;
use syntect::{
    html::{ClassStyle, ClassedHTMLGenerator},
    parsing::SyntaxSet,
    util::LinesWithEndings,
};

/// The most bytes of code that are coloured in one page; the rest stays plain.
const BUDGET: usize = 32 * 1024;
/// The longest line, in bytes, that is coloured.
const LINE: usize = 1024;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Colours the fenced code of one page.
#[derive(Default)]
pub(super) struct Highlighter {
    spent: AtomicUsize,
}

impl Highlighter {
    fn coloured(&self, language: &str, code: &str) -> Option<String> {
        let syntax = SYNTAXES.find_syntax_by_token(language)?;
        if code.lines().any(|line| line.len() > LINE) {
            return None;
        }
        let spent = self.spent.fetch_add(code.len(), Ordering::Relaxed);
        if spent + code.len() > BUDGET {
            return None;
        }
        let style = ClassStyle::SpacedPrefixed { prefix: "hl-" };
        let mut html = ClassedHTMLGenerator::new_with_class_style(syntax, &SYNTAXES, style);
        for line in LinesWithEndings::from(code) {
            html.parse_html_for_line_which_includes_newline(line).ok()?;
        }
        Some(html.finalize())
    }
}

impl SyntaxHighlighterAdapter for Highlighter {
    fn write_highlighted(&self, output: &mut dyn Write, language: Option<&str>, code: &str) -> fmt::Result {
        let language = language.and_then(|info| info.split([',', ' ']).next()).filter(|word| !word.is_empty());
        match language.and_then(|language| self.coloured(language, code)) {
            Some(html) => output.write_str(&html),
            None => comrak::html::escape(output, code),
        }
    }

    fn write_pre_tag(&self, output: &mut dyn Write, _: HashMap<&'static str, Cow<'_, str>>) -> fmt::Result {
        output.write_str("<pre class=\"code\">")
    }

    fn write_code_tag(&self, output: &mut dyn Write, attributes: HashMap<&'static str, Cow<'_, str>>) -> fmt::Result {
        comrak::html::write_opening_tag(output, "code", attributes)
    }
}
