//! The differences between two states of a page: fields, and lines of text with the changed words marked.

use std::time::Duration;

use domain::{page::PageInput, zone::Zone};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::clock;

/// The number of equal lines shown around a difference.
const CONTEXT: usize = 3;
/// The time limit for the shortest diff; after it, a longer diff is shown.
const TIMEOUT: Duration = Duration::from_millis(500);

/// A field other than the text that differs, with both values.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Field {
    label: &'static str,
    old: String,
    new: String,
}

/// A line of the diff.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    kind: &'static str,
    parts: Vec<Part>,
}

/// A part of a line, marked if it changed.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Part {
    marked: bool,
    text: String,
}

/// The fields that differ, without the text.
pub(super) fn fields(old: &PageInput, new: &PageInput) -> Vec<Field> {
    let tick = |ticked: bool| if ticked { "yes" } else { "no" }.to_owned();
    [
        ("Title", old.title.clone(), new.title.clone()),
        ("Path", old.path.clone(), new.path.clone()),
        ("Summary", old.summary.clone(), new.summary.clone()),
        ("Readers", readers(old), readers(new)),
        ("Show title in lists", tick(old.show_title), tick(new.show_title)),
        ("List subpages", tick(old.list_below), tick(new.list_below)),
        ("Read receipts", tick(old.receipts), tick(new.receipts)),
        ("Published", moment(&old.published, old.zone), moment(&new.published, new.zone)),
        ("Ends", moment(&old.unpublish, old.zone), moment(&new.unpublish, new.zone)),
    ]
    .into_iter()
    .filter(|(_, old, new)| old != new)
    .map(|(label, old, new)| Field { label, old, new })
    .collect()
}

fn readers(draft: &PageInput) -> String {
    draft.audience.check().map_or_else(|invalid| invalid.to_string(), |audience| audience.words())
}

/// A typed moment in one notation: browsers leave out seconds that are zero.
fn moment(typed: &str, zone: Zone) -> String {
    let read = zone.parse_moment(typed).ok().flatten();
    read.map_or_else(|| typed.to_owned(), |at| clock::second(at, zone))
}

/// The diff of two texts by lines, with three equal lines around each difference and the changed words marked.
pub(super) fn lines(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::configure().timeout(TIMEOUT).diff_lines(old, new);
    let mut lines = Vec::new();
    for (n, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n > 0 {
            lines.push(Line { kind: "skip", parts: vec![Part { marked: false, text: "…".into() }] });
        }
        for change in group.iter().flat_map(|op| diff.iter_inline_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => "same",
                ChangeTag::Delete => "removed",
                ChangeTag::Insert => "added",
            };
            let parts = change.iter_strings_lossy();
            let parts = parts.map(|(marked, text)| Part { marked, text: text.trim_end_matches('\n').to_owned() });
            lines.push(Line { kind, parts: parts.filter(|part| !part.text.is_empty()).collect() });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> Vec<(&'static str, String)> {
        let text = |part: &Part| if part.marked { format!("[{}]", part.text) } else { part.text.clone() };
        lines(old, new).iter().map(|line| (line.kind, line.parts.iter().map(text).collect())).collect()
    }

    #[test]
    fn a_diff_shows_removed_and_added_lines() {
        let expected = [("same", "a"), ("removed", "[b]"), ("added", "[B]"), ("same", "c")];
        assert_eq!(shown("a\nb\nc\n", "a\nB\nc\n"), expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn changed_words_in_a_line_are_marked() {
        let lines = shown("the quick brown fox\n", "the quick red fox\n");
        assert_eq!(lines[0], ("removed", "the quick [brown] fox".into()));
        assert_eq!(lines[1], ("added", "the quick [red] fox".into()));
    }

    #[test]
    fn a_date_in_another_notation_is_the_same_date() {
        let draft = |published: &str| PageInput { published: published.into(), ..PageInput::default() };
        assert!(fields(&draft("2026-11-01T00:00:00"), &draft("2026-11-01T00:00")).is_empty());
        let changes = fields(&draft("2026-11-01T00:00:00"), &draft("2026-11-01T00:01"));
        assert_eq!((changes.len(), changes[0].new.as_str()), (1, "1 Nov 2026, 00:01:00"));
    }
}
