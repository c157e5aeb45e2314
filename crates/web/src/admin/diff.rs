//! The differences between two states of a page: fields, and lines of text with the changed words marked.

use std::time::Duration;

use domain::{page::PageInput, zone::Zone};
use serde::Serialize;
use similar::{ChangeTag, DiffTag, TextDiff};

use crate::clock;

/// The number of equal lines shown around a difference.
const CONTEXT: usize = 3;
/// The time limit for the shortest diff; after it, a longer diff is shown.
const TIMEOUT: Duration = Duration::from_millis(500);
/// The maximum number of lines of both texts together, without equal ones at their beginnings and ends, for which the
/// shortest diff is computed.
const MAX_COMPARED_LINES: usize = 20_000;
/// The maximum number of bytes of replaced lines in which changed words are marked.
const MAX_MARKED_BYTES: usize = 64 * 1024;
/// The maximum number of lines that are shown, and of bytes after which no further line is shown.
const MAX_SHOWN_LINES: usize = 2_000;
const MAX_SHOWN_BYTES: usize = 512 * 1024;

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
        ("Show title to everyone", tick(old.show_title), tick(new.show_title)),
        ("List subpages", tick(old.list_below), tick(new.list_below)),
        ("Read receipts", tick(old.receipts), tick(new.receipts)),
        ("Number in its section", old.placement.position.clone(), new.placement.position.clone()),
        ("Order of subpages", old.placement.children.clone(), new.placement.children.clone()),
        ("Leave out the list of headings", tick(old.placement.hides_contents), tick(new.placement.hides_contents)),
        ("Leave out the sidebar", tick(old.placement.hides_sidebar), tick(new.placement.hides_sidebar)),
        ("Language", language(old), language(new)),
        ("Publish date", moment(&old.published, old.zone), moment(&new.published, new.zone)),
        ("Unpublish date", moment(&old.unpublish, old.zone), moment(&new.unpublish, new.zone)),
    ]
    .into_iter()
    .filter(|(_, old, new)| old != new)
    .map(|(label, old, new)| Field { label, old, new })
    .collect()
}

fn language(draft: &PageInput) -> String {
    match draft.placement.language.as_str() {
        "" => "same as the parent page".to_owned(),
        tag => tag.to_owned(),
    }
}

/// The readers in words.
pub(super) fn readers(draft: &PageInput) -> String {
    draft.audience.check().map_or_else(|invalid| invalid.to_string(), |audience| audience.words())
}

/// A typed moment in one notation: browsers leave out seconds that are zero.
fn moment(typed: &str, zone: Zone) -> String {
    let read = zone.parse_moment(typed).ok().flatten();
    read.map_or_else(|| typed.to_owned(), |at| clock::second(at, zone))
}

impl Line {
    fn plain(kind: &'static str, text: &str) -> Line {
        let text = text.trim_end_matches(['\n', '\r']).to_owned();
        let parts = if text.is_empty() { Vec::new() } else { vec![Part { marked: false, text }] };
        Line { kind, parts }
    }

    fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.text.len()).sum()
    }
}

/// The lines of a diff, up to the limits of what is shown.
#[derive(Default)]
struct Shown {
    lines: Vec<Line>,
    bytes: usize,
    /// Whether lines are left out.
    is_cut: bool,
    /// Whether changed words are not marked everywhere.
    is_coarse: bool,
}

impl Shown {
    fn push(&mut self, line: Line) {
        if self.lines.len() >= MAX_SHOWN_LINES || self.bytes >= MAX_SHOWN_BYTES {
            self.is_cut = true;
            return;
        }
        self.bytes += line.bytes();
        self.lines.push(line);
    }

    /// The lines, with a line at the beginning for each limit that was reached.
    fn finish(mut self) -> Vec<Line> {
        let cut = "Not everything that differs is shown: the difference is too large.";
        let coarse = "Changed words are not marked everywhere: the difference is too large.";
        let notes = [(self.is_cut, cut), (self.is_coarse, coarse)];
        notes
            .iter()
            .filter(|(applies, _)| *applies)
            .for_each(|(_, note)| self.lines.insert(0, Line::plain("skip", note)));
        self.lines
    }
}

/// The diff of two texts by lines, with three equal lines around each difference and the changed words marked. The work
/// and the size of the result are bounded; a line says where that makes the diff coarser or incomplete.
pub(super) fn lines(old: &str, new: &str) -> Vec<Line> {
    match differing_lines(old, new) > MAX_COMPARED_LINES {
        true => coarse(old, new),
        false => fine(old, new),
    }
}

fn fine(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::configure().timeout(TIMEOUT).diff_lines(old, new);
    let (mut shown, mut marked_bytes) = (Shown::default(), 0);
    for (n, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n > 0 {
            shown.push(Line::plain("skip", "…"));
        }
        for op in group {
            if shown.is_cut {
                return shown.finish();
            }
            if op.tag() == DiffTag::Replace {
                marked_bytes += diff.iter_changes(op).map(|change| change.value().len()).sum::<usize>();
            }
            match op.tag() == DiffTag::Replace && marked_bytes <= MAX_MARKED_BYTES {
                true => diff.iter_inline_changes(op).for_each(|change| {
                    let parts = change.iter_strings_lossy();
                    let parts =
                        parts.map(|(marked, text)| Part { marked, text: text.trim_end_matches('\n').to_owned() });
                    let parts = parts.filter(|part| !part.text.is_empty()).collect();
                    shown.push(Line { kind: kind(change.tag()), parts });
                }),
                false => {
                    shown.is_coarse |= op.tag() == DiffTag::Replace;
                    diff.iter_changes(op)
                        .for_each(|change| shown.push(Line::plain(kind(change.tag()), change.value())));
                }
            }
        }
    }
    shown.finish()
}

fn kind(tag: ChangeTag) -> &'static str {
    match tag {
        ChangeTag::Equal => "same",
        ChangeTag::Delete => "removed",
        ChangeTag::Insert => "added",
    }
}

/// One difference from the first line that differs to the last one. Each text gets half of what is shown.
fn coarse(old: &str, new: &str) -> Vec<Line> {
    let (before, after) = equal_lines(old, new);
    let mut shown = Shown { is_coarse: true, ..Shown::default() };
    old.lines()
        .take(before)
        .skip(before.saturating_sub(CONTEXT))
        .for_each(|line| shown.push(Line::plain("same", line)));
    for (kind, text) in [("removed", old), ("added", new)] {
        let differing = text.lines().count().saturating_sub(before + after);
        let mut bytes = 0;
        let part =
            text.lines().skip(before).take(differing.min(MAX_SHOWN_LINES / 2 - 2 * CONTEXT)).take_while(|line| {
                bytes += line.len();
                bytes <= MAX_SHOWN_BYTES / 2
            });
        let part: Vec<&str> = part.collect();
        part.iter().for_each(|line| shown.push(Line::plain(kind, line)));
        if part.len() < differing {
            shown.is_cut = true;
            shown.lines.push(Line::plain("skip", "…"));
        }
    }
    let end = old.lines().count() - after;
    old.lines().skip(end).take(after.min(CONTEXT)).for_each(|line| shown.push(Line::plain("same", line)));
    shown.finish()
}

/// The number of lines of both texts between their equal beginnings and ends.
fn differing_lines(old: &str, new: &str) -> usize {
    let (before, after) = equal_lines(old, new);
    old.lines().count() + new.lines().count() - 2 * (before + after)
}

/// The number of equal lines at the beginning of both texts, and at their end.
fn equal_lines(old: &str, new: &str) -> (usize, usize) {
    let before = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let rest = old.lines().count().min(new.lines().count()) - before;
    let after = old.lines().rev().zip(new.lines().rev()).take(rest).take_while(|(old, new)| old == new).count();
    (before, after)
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

    #[test]
    fn a_large_difference_is_shown_in_part_and_says_so() {
        let text = |word: &str, lines: usize| (0..lines).map(|n| format!("{word} {n}\n")).collect::<String>();
        let notes = |lines: &[(&'static str, String)]| {
            let notes = lines.iter().take_while(|(kind, text)| *kind == "skip" && text != "…");
            notes.map(|(_, text)| text.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let (coarse, cut) = ("Changed words are not marked everywhere", "Not everything that differs is shown");
        // Many words, few lines.
        let long = |word: &str| format!("a\n{}\nb\n", format!("{word} ").repeat(50_000));
        let lines = shown(&long("old"), &long("new"));
        assert_eq!(notes(&lines), [coarse]);
        assert_eq!(
            lines.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            ["skip", "same", "removed", "added", "same"]
        );
        // Many lines, within what is compared.
        let lines = shown(&text("old", 5_000), &text("new", 5_000));
        assert_eq!((notes(&lines), lines.len()), (vec![coarse.to_owned(), cut.to_owned()], MAX_SHOWN_LINES + 2));
        // More lines than are compared, between equal ones.
        let around = |middle: String| format!("first\n{middle}last\n");
        let lines = shown(&around(text("old", 60_000)), &around(text("new", 60_000)));
        assert_eq!(notes(&lines), [coarse, cut]);
        assert!(lines.len() <= MAX_SHOWN_LINES + 4, "{}", lines.len());
        for expected in [("same", "first"), ("removed", "old 0"), ("added", "new 0"), ("same", "last")] {
            assert!(lines.contains(&(expected.0, expected.1.to_owned())), "{expected:?}");
        }
        // One changed line among very many is an ordinary difference.
        let many = text("line", 60_000);
        let lines = shown(&many, &many.replacen("line 30000\n", "line x\n", 1));
        assert_eq!(lines.iter().filter(|(kind, _)| *kind != "same").count(), 2, "{lines:?}");
    }
}
