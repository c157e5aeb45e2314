//! The changes of two editors to one text, merged by line over the text that both of them began with.

use std::{ops::Range, time::Duration};

use similar::{DiffOp, DiffTag, TextDiff};

/// The time limit for each of the two diffs; after it, a longer diff is merged.
const TIMEOUT: Duration = Duration::from_millis(500);
/// The maximum number of lines of two texts together, without equal ones at their beginnings and ends, for which the
/// shortest diff is computed. Beyond it, everything between those ends counts as changed.
const MAX_COMPARED_LINES: usize = 20_000;

/// The result of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Merge {
    /// The merged text; where both changed the same lines, it has mine.
    pub(super) text: String,
    /// The places where both changed the same lines.
    pub(super) conflicts: Vec<Conflict>,
}

/// A place where both editors changed the same lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    /// The number of its first line in the merged text, from 1.
    pub(super) line: usize,
    /// My lines; none where I deleted them.
    pub(super) mine: Vec<String>,
    /// Their lines; none where they deleted them.
    pub(super) theirs: Vec<String>,
}

/// Merges two texts that were made from `base`. Lines that only one editor changed are taken from that editor, and
/// lines that both changed in the same way are taken once. Changes of neighbouring lines are no conflict: a list of
/// tasks is often edited in this way.
pub(super) fn over(base: &str, mine: &str, theirs: &str) -> Merge {
    // Line breaks at the end are no lines: a program that adds one or takes it away would change the last line.
    let end = merged_end([base, mine, theirs].map(|text| text.len() - text.trim_end_matches('\n').len()));
    let [base, mine, theirs] =
        [base, mine, theirs].map(|text| text.trim_end_matches('\n').split('\n').collect::<Vec<_>>());
    let (ours, others) = (edits(&base, &mine), edits(&base, &theirs));
    let mut all: Vec<&Edit> = ours.iter().chain(&others).collect();
    all.sort_by_key(|edit| (edit.old.start, edit.old.end));
    let mut merged = Merged::default();
    let mut at = 0;
    let mut rest = all.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut place = first.old.clone();
        while let Some(next) = rest.next_if(|next| overlap(&place, &next.old)) {
            place.end = place.end.max(next.old.end);
        }
        merged.lines.extend(&base[at..place.start]);
        at = place.end;
        let [mine, theirs] =
            [(&ours, &mine), (&others, &theirs)].map(|(edits, side)| changed(&base, side, edits, &place));
        match (mine, theirs) {
            (Some(mine), Some(theirs)) if mine != theirs => merged.conflict(mine, &theirs),
            (Some(lines), _) | (None, Some(lines)) => merged.lines.extend(lines),
            (None, None) => {}
        }
    }
    merged.lines.extend(&base[at..]);
    let merge = merged.finish();
    Merge { text: merge.text + &"\n".repeat(end), ..merge }
}

/// The number of line breaks at the end: that of the text that changed it, or the greater one.
fn merged_end([base, mine, theirs]: [usize; 3]) -> usize {
    match (mine == base, theirs == base) {
        (true, _) => theirs,
        (_, true) => mine,
        (false, false) => mine.max(theirs),
    }
}

/// The differences between two texts whose common base is not known: each is a conflict, and the text is mine.
pub(super) fn apart(mine: &str, theirs: &str) -> Merge {
    let [mine, theirs] = [mine, theirs].map(|text| text.split('\n').collect::<Vec<_>>());
    let mut merged = Merged::default();
    let mut at = 0;
    for edit in edits(&theirs, &mine) {
        merged.lines.extend(&theirs[at..edit.old.start]);
        merged.conflict(mine[edit.new].to_vec(), &theirs[edit.old.clone()]);
        at = edit.old.end;
    }
    merged.lines.extend(&theirs[at..]);
    merged.finish()
}

/// The merged lines so far.
#[derive(Default)]
struct Merged<'a> {
    lines: Vec<&'a str>,
    conflicts: Vec<Conflict>,
}

impl<'a> Merged<'a> {
    fn conflict(&mut self, mine: Vec<&'a str>, theirs: &[&'a str]) {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        self.conflicts.push(Conflict { line: self.lines.len() + 1, mine: owned(&mine), theirs: owned(theirs) });
        self.lines.extend(mine);
    }

    fn finish(self) -> Merge {
        Merge { text: self.lines.join("\n"), conflicts: self.conflicts }
    }
}

/// Lines in which a text differs from the base: a range of the base, and one of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    old: Range<usize>,
    new: Range<usize>,
}

/// The edits that lead from the base to a text, in order. No two of them touch.
fn edits(base: &[&str], side: &[&str]) -> Vec<Edit> {
    let before = base.iter().zip(side).take_while(|(old, new)| old == new).count();
    let rest = base.len().min(side.len()) - before;
    let after = base.iter().rev().zip(side.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let (old, new) = (before..base.len() - after, before..side.len() - after);
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    if old.len() + new.len() > MAX_COMPARED_LINES {
        return vec![Edit { old, new }];
    }
    let diff = TextDiff::configure().timeout(TIMEOUT).diff_slices(&base[old], &side[new]);
    let mut edits: Vec<Edit> = Vec::new();
    for op in diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal) {
        let Edit { old, new } = shifted(op, before);
        match edits.last_mut() {
            Some(last) if last.old.end == old.start => (last.old.end, last.new.end) = (old.end, new.end),
            _ => edits.push(Edit { old, new }),
        }
    }
    edits
}

fn shifted(op: &DiffOp, by: usize) -> Edit {
    let (old, new) = (op.old_range(), op.new_range());
    Edit { old: old.start + by..old.end + by, new: new.start + by..new.end + by }
}

/// Whether two edits change the same lines, or add lines at the same place.
fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    match one.is_empty() && other.is_empty() {
        true => one.start == other.start,
        false => one.start < other.end && other.start < one.end,
    }
}

/// The lines of a text at a place of the base; `None` if it has those of the base.
fn changed<'a>(base: &[&'a str], side: &[&'a str], edits: &[Edit], place: &Range<usize>) -> Option<Vec<&'a str>> {
    let within = |edit: &&Edit| match edit.old.is_empty() && place.is_empty() {
        true => edit.old == *place,
        // Lines that are added at the ends of the place are a place of their own.
        false => edit.old.start >= place.start && edit.old.end <= place.end && overlap(&edit.old, place),
    };
    let mut edits = edits.iter().filter(within).peekable();
    edits.peek()?;
    let (mut lines, mut at) = (Vec::new(), place.start);
    for edit in edits {
        lines.extend(&base[at..edit.old.start]);
        lines.extend(&side[edit.new.clone()]);
        at = edit.old.end;
    }
    lines.extend(&base[at..place.end]);
    Some(lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(base: &str, mine: &str, theirs: &str) -> String {
        let merge = over(base, mine, theirs);
        assert_eq!(merge.conflicts, [], "{base:?} {mine:?} {theirs:?}");
        merge.text
    }

    #[test]
    fn separate_lines_merge() {
        assert_eq!(clean("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n"), "A\nb\nC\n");
        // Neighbouring lines, and lines added beside a changed one.
        assert_eq!(clean("- [ ] a\n- [ ] b", "- [x] a\n- [ ] b", "- [ ] a\n- [x] b"), "- [x] a\n- [x] b");
        assert_eq!(clean("a\nb\nc", "a\nB\nc", "a\nb\nb2\nc"), "a\nB\nb2\nc");
        assert_eq!(clean("a\nb\nc", "a\nB\nc", "a\na2\nb\nc"), "a\na2\nB\nc");
        // A text without a line break at its end.
        assert_eq!(clean("a\nb\nc", "A\nb\nc", "a\nb\nc\nd"), "A\nb\nc\nd");
        assert_eq!(clean("a\nb\nc\n", "a\nb\nc", "A\nb\nc\n"), "A\nb\nc");
        assert_eq!(clean("a\nb\nc\n", "A\nb\nc", "a\nb\nC\n\n"), "A\nb\nC\n\n");
        // Both did the same, and more.
        assert_eq!(clean("a\nb\nc\nd", "a\nX\nc\nd", "a\nX\nc\nD"), "a\nX\nc\nD");
        assert_eq!(clean("a\nb\nc", "a\nc", "a\nc\nd"), "a\nc\nd");
        assert_eq!(clean("", "a", "a"), "a");
    }

    #[test]
    fn the_same_lines_are_a_conflict_with_my_lines_in_the_text() {
        let merge = over("one\ntwo\nthree\nfour", "ONE\ntwo\n3\nfour", "one\ntwo\nTHREE\nfour\nfive");
        assert_eq!(merge.text, "ONE\ntwo\n3\nfour\nfive");
        assert_eq!(merge.conflicts, [Conflict { line: 3, mine: vec!["3".into()], theirs: vec!["THREE".into()] }]);
        // Added at the same place.
        let merge = over("a\nz", "a\nb\nz", "a\nc\nz");
        assert_eq!((merge.text.as_str(), merge.conflicts.len()), ("a\nb\nz", 1));
        // One deletes what the other changes, or adds within it.
        assert_eq!(over("a\nb\nc", "a\nc", "a\nB\nc").conflicts.len(), 1);
        assert_eq!(over("a\nb\nc\nd", "a\nd", "a\nb\nx\nc\nd").conflicts.len(), 1);
    }

    #[test]
    fn without_a_common_beginning_every_difference_is_a_conflict() {
        let merge = apart("a\nb\nc\nmine", "a\nB\nc");
        assert_eq!(merge.text, "a\nb\nc\nmine");
        let shown: Vec<_> =
            merge.conflicts.iter().map(|one| (one.line, one.mine.concat(), one.theirs.concat())).collect();
        assert_eq!(shown, [(2, "b".into(), "B".into()), (4, "mine".into(), String::new())]);
        assert_eq!(apart("a\nb", "a\nb"), Merge { text: "a\nb".into(), conflicts: Vec::new() });
    }

    #[test]
    fn the_work_is_bounded() {
        let text = |word: &str| (0..60_000).map(|n| format!("{word} {n}\n")).collect::<String>();
        let (base, mine, theirs) = (text("a"), text("b"), text("c"));
        assert_eq!(over(&base, &mine, &theirs).conflicts.len(), 1);
        let merge = over(&base, &base.replacen("a 5\n", "x\n", 1), &base.replacen("a 59000\n", "y\n", 1));
        assert!(merge.conflicts.is_empty() && merge.text.contains("x\n") && merge.text.contains("\ny\n"));
    }

    /// A text of few different lines, so that edits meet.
    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec("[abc]?", 0..8).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn who_changed_nothing_gets_the_other_text(base in text(), other in text()) {
            prop_assert_eq!(clean(&base, &other, &base), other.clone());
            prop_assert_eq!(clean(&base, &base, &other), other.clone());
            prop_assert_eq!(clean(&base, &other, &other), other);
        }

        #[test]
        fn a_merge_is_the_same_from_both_sides(base in text(), mine in text(), theirs in text()) {
            let (one, other) = (over(&base, &mine, &theirs), over(&base, &theirs, &mine));
            let turned: Vec<_> =
                other.conflicts.iter().map(|place| (place.theirs.clone(), place.mine.clone())).collect();
            let places: Vec<_> = one.conflicts.iter().map(|place| (place.mine.clone(), place.theirs.clone())).collect();
            prop_assert_eq!(places, turned);
            if one.conflicts.is_empty() {
                prop_assert_eq!(one.text, other.text);
            }
        }

        #[test]
        fn every_line_of_a_merge_is_of_one_of_the_texts(base in text(), mine in text(), theirs in text()) {
            let merge = over(&base, &mine, &theirs);
            let known: Vec<&str> = [&base, &mine, &theirs].into_iter().flat_map(|text| text.split('\n')).collect();
            prop_assert!(merge.text.split('\n').all(|line| known.contains(&line)));
            for place in &merge.conflicts {
                prop_assert_ne!(&place.mine, &place.theirs);
            }
        }
    }
}
