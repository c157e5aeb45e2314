//! The fields of two editors' forms, merged over the version with which both began.

use domain::{
    audience::AudienceInput,
    page::{PageContent, PageInput},
    placement::PlacementInput,
    zone::Zone,
};
use serde::Serialize;

use crate::admin::{
    diff,
    merge::{self, Merge},
};

/// The version with which both editors began.
#[derive(Clone, Debug)]
pub(super) struct Base {
    page: PageInput,
    /// Whether the receipts and the place in the section are known: the history does not keep them.
    has_options: bool,
}

impl Base {
    /// A version of the history.
    pub(super) fn of_revision(content: &PageContent, zone: Zone) -> Base {
        Base { page: PageInput::of(content, zone), has_options: false }
    }

    /// All fields of a form.
    pub(super) fn of_form(page: PageInput) -> Base {
        Base { page, has_options: true }
    }
}

/// The words for the editor who saved the other version.
#[derive(Clone, Debug, Serialize)]
pub(super) struct OtherEditor {
    /// `edith`, the subject of a sentence.
    pub(super) who: String,
    /// `edith’s`, before a noun.
    pub(super) whose: String,
}

impl OtherEditor {
    /// The words for the editor with a name, addressed to the editor `me`. The name is empty if it is not known.
    pub(super) fn new(name: &str, me: &str) -> OtherEditor {
        let (who, whose) = match name {
            "" => ("Somebody".into(), "the other".into()),
            name if name == me => ("Another window of yours".into(), "your other".into()),
            name => (name.into(), format!("{name}’s")),
        };
        OtherEditor { who, whose }
    }
}

/// The result of merging two versions of a page.
#[derive(Debug)]
pub(super) struct Merged {
    /// The merged fields: mine where both editors changed the same, and the other editor's readers where they changed them.
    pub(super) page: PageInput,
    /// The text, with its conflicts.
    pub(super) text: Merge,
    /// The fields that both changed, theirs and mine.
    pub(super) fields: Vec<diff::Field>,
    /// A change of readers by the other editor.
    pub(super) readers: Option<ReadersChange>,
}

/// A change of readers by the other editor, in words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct ReadersChange {
    /// The readers before; empty if they are not known.
    was: String,
    theirs: String,
    mine: String,
}

impl Merged {
    /// Merges a form with the version that somebody else saved. Without a base, all differences are conflicts.
    pub(super) fn of(base: Option<Base>, mine: PageInput, theirs: PageInput) -> Merged {
        let (mut mine, mut theirs) = (normal(mine), normal(theirs));
        let has_options = base.as_ref().is_some_and(|base| base.has_options);
        let base = base.map(|base| normal(base.page));
        let text = match &base {
            Some(base) => merge::over(&base.body, &mine.body, &theirs.body),
            None => merge::apart(&mine.body, &theirs.body),
        };
        let base = base.as_ref();
        let readers = merge_readers(base, &mut mine, &mut theirs);
        settle(base.map(|base| &base.title), &mut mine.title, &mut theirs.title);
        settle(base.map(|base| &base.path), &mut mine.path, &mut theirs.path);
        settle(base.map(|base| &base.summary), &mut mine.summary, &mut theirs.summary);
        settle(base.map(|base| &base.show_title), &mut mine.show_title, &mut theirs.show_title);
        settle(base.map(|base| &base.list_below), &mut mine.list_below, &mut theirs.list_below);
        settle(base.map(|base| &base.published), &mut mine.published, &mut theirs.published);
        settle(base.map(|base| &base.unpublish), &mut mine.unpublish, &mut theirs.unpublish);
        let base = base.filter(|_| has_options);
        settle(base.map(|base| &base.receipts), &mut mine.receipts, &mut theirs.receipts);
        let (place, other) = (&mut mine.placement, &mut theirs.placement);
        let base = base.map(|base| &base.placement);
        settle(base.map(|base| &base.position), &mut place.position, &mut other.position);
        settle(base.map(|base| &base.children), &mut place.children, &mut other.children);
        settle(base.map(|base| &base.hides_contents), &mut place.hides_contents, &mut other.hides_contents);
        settle(base.map(|base| &base.hides_sidebar), &mut place.hides_sidebar, &mut other.hides_sidebar);
        settle(base.map(|base| &base.language), &mut place.language, &mut other.language);
        let fields = diff::fields(&theirs, &mine);
        mine.body.clone_from(&text.text);
        Merged { page: mine, text, fields, readers }
    }

    /// Whether nothing is left to decide.
    pub(super) fn is_clean(&self) -> bool {
        self.text.conflicts.is_empty() && self.fields.is_empty() && self.readers.is_none()
    }
}

/// Makes a field of both versions equal, unless both editors changed it in different ways.
fn settle<T: Clone + PartialEq>(base: Option<&T>, mine: &mut T, theirs: &mut T) {
    if base == Some(&*mine) {
        mine.clone_from(theirs);
    } else if base == Some(&*theirs) {
        theirs.clone_from(mine);
    }
}

/// My change of readers is kept. The other editor's is taken over and reported: a save must not undo it unnoticed.
fn merge_readers(base: Option<&PageInput>, mine: &mut PageInput, theirs: &mut PageInput) -> Option<ReadersChange> {
    let is_theirs_unchanged = base.is_some_and(|base| base.audience == theirs.audience);
    let change = (!is_theirs_unchanged && mine.audience != theirs.audience).then(|| ReadersChange {
        was: base.map(diff::readers).unwrap_or_default(),
        theirs: diff::readers(theirs),
        mine: diff::readers(mine),
    });
    match is_theirs_unchanged {
        true => theirs.audience.clone_from(&mine.audience),
        false => mine.audience.clone_from(&theirs.audience),
    }
    change
}

/// The input as a form shows it: browsers change line breaks, leave out seconds that are zero, and repeat the names of readers
/// in an order of their own.
fn normal(input: PageInput) -> PageInput {
    let moment = |typed: String| match input.zone.parse_moment(&typed) {
        Ok(Some(at)) => input.zone.typed(at),
        _ => typed,
    };
    let (published, unpublish) = (moment(input.published), moment(input.unpublish));
    let audience = input.audience.check().map_or(input.audience, |audience| AudienceInput::of(&audience));
    let path = match input.path.trim() {
        "" => String::new(),
        path => format!("/{}", path.trim_matches('/')),
    };
    let children = input.placement.check_children().map_or(input.placement.children, |order| order.as_str().into());
    let placement = PlacementInput { children, ..input.placement };
    PageInput { body: input.body.replace("\r\n", "\n"), audience, published, unpublish, path, placement, ..input }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(title: &str, body: &str) -> PageInput {
        PageInput { title: title.into(), path: "/a".into(), body: body.into(), ..PageInput::default() }
    }

    fn signed_in(page: PageInput) -> PageInput {
        let audience = AudienceInput { kind: "signed-in".into(), ..AudienceInput::default() };
        PageInput { audience, ..page }
    }

    fn merged(mine: PageInput, theirs: PageInput) -> Merged {
        Merged::of(Some(Base::of_form(page("Title", "one\ntwo\nthree"))), mine, theirs)
    }

    #[test]
    fn fields_and_lines_of_two_editors_merge() {
        let merged = merged(
            PageInput { path: "a/".into(), ..page("Title", "ONE\r\ntwo\r\nthree") },
            PageInput { list_below: true, ..page("Their title", "one\ntwo\nthree\nfour") },
        );
        assert!(merged.is_clean(), "{merged:?}");
        let PageInput { title, body, list_below, .. } = merged.page;
        assert_eq!((title.as_str(), body.as_str(), list_below), ("Their title", "ONE\ntwo\nthree\nfour", true));
    }

    #[test]
    fn what_both_changed_is_mine_and_is_told() {
        let merged = merged(page("Mine", "one\n2\nthree"), page("Theirs", "one\nTWO\nthree"));
        assert!(!merged.is_clean());
        assert_eq!((merged.page.title.as_str(), merged.page.body.as_str()), ("Mine", "one\n2\nthree"));
        assert_eq!((merged.fields.len(), merged.text.conflicts.len()), (1, 1));
    }

    #[test]
    fn a_change_of_readers_by_the_other_editor_is_never_undone_unseen() {
        let (same, changed) = (|| page("Title", "one\ntwo\nthree"), || signed_in(page("Title", "one\ntwo\nthree")));
        let theirs = merged(same(), changed());
        assert!(!theirs.is_clean() && theirs.readers.is_some());
        assert_eq!(theirs.page.audience.kind, "signed-in");
        // Mine alone is no conflict, and neither is the same change of both.
        let mine = merged(changed(), same());
        assert!(mine.is_clean());
        assert_eq!(mine.page.audience.kind, "signed-in");
        assert!(merged(changed(), changed()).is_clean());
        // Without a base nobody knows who changed them.
        let unknown = Merged::of(None, same(), changed());
        assert!(unknown.readers.is_some());
        assert_eq!(unknown.page.audience.kind, "signed-in");
    }

    #[test]
    fn options_that_the_history_does_not_keep_are_shown_where_they_differ() {
        let content = page("Title", "one").check(chrono::DateTime::UNIX_EPOCH).unwrap();
        let base = Base::of_revision(&content, Zone::default());
        let theirs = PageInput { receipts: true, ..PageInput::of(&content, Zone::default()) };
        let merged = Merged::of(Some(base), PageInput::of(&content, Zone::default()), theirs);
        assert_eq!(merged.fields.len(), 1);
    }
}
