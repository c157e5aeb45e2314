//! Flash messages: the result of a form, shown on the page after it.

use actix_web::HttpResponse;

use domain::bulk_action::BulkActionId;

use crate::http::{
    query::{QueryString, encode},
    responses::see_other,
};

/// The result of a form. The address carries a word of this list and not the message itself, so that a link cannot make
/// the panel say anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flash {
    Saved,
    Created,
    Deleted,
    Trashed,
    Enabled,
    Disabled,
    PasswordSet,
    Unlocked,
    AppPasswordsEnded,
    LinkEnded,
    EndSet,
    Restored,
    Purged,
    DraftSaved,
    Unpublished,
    Discarded,
    Moved,
    ReadersChosen,
    Published,
    DraftsDiscarded,
    Unchanged,
    Uploaded,
    UploadedWithoutMetadata,
    UploadedWithoutPosition,
    UploadedUnchanged,
    FileInserted,
    FileCopied,
    CoverSet,
    CoverRemoved,
    FileChanged,
    FileLeaves,
    FileDeleted,
    FileKept,
    FilePurged,
    SharesEnded,
    KeysEnded,
}

impl Flash {
    const ALL: [(Flash, &'static str, &'static str); 36] = [
        (Flash::Saved, "saved", "Saved."),
        (Flash::Created, "created", "Created."),
        (Flash::Deleted, "deleted", "Deleted"),
        (Flash::Restored, "restored", "Restored"),
        (Flash::Purged, "purged", "Deleted for good"),
        (Flash::Trashed, "trashed", "Moved to the trash"),
        (Flash::Enabled, "enabled", "Enabled"),
        (Flash::Disabled, "disabled", "Disabled"),
        (Flash::PasswordSet, "password-set", "The password is set."),
        (Flash::Unlocked, "unlocked", "The wrong passwords are forgotten."),
        (Flash::AppPasswordsEnded, "app-passwords-ended", "Ended. This takes effect with the next request."),
        (Flash::LinkEnded, "link-ended", "The link has ended."),
        (Flash::EndSet, "end-set", "Changed the end of users"),
        (Flash::DraftSaved, "draft-saved", "The draft is saved."),
        (Flash::Unpublished, "unpublished", "Unpublished"),
        (Flash::Discarded, "discarded", "The draft is discarded."),
        (Flash::Moved, "moved", "Moved"),
        (Flash::Published, "published", "Published"),
        (Flash::DraftsDiscarded, "drafts-discarded", "Drafts discarded"),
        (Flash::Unchanged, "unchanged", "Nothing to publish: the page is as it was."),
        (Flash::ReadersChosen, "readers-chosen", "Access changed"),
        (Flash::Uploaded, "uploaded", "The file is in the draft."),
        (Flash::UploadedWithoutMetadata, "uploaded-without-metadata", "The file is in the draft. Metadata removed."),
        (
            Flash::UploadedWithoutPosition,
            "uploaded-without-position",
            "The file is in the draft. GPS position removed.",
        ),
        (
            Flash::UploadedUnchanged,
            "uploaded-unchanged",
            "The file is in the draft, with its metadata, which may say who took it, when and where.",
        ),
        (Flash::FileInserted, "file-inserted", "The file was added at the end of the text."),
        (Flash::FileCopied, "file-copied", "The file is copied to this page, and the text names the copy."),
        (Flash::CoverSet, "cover-set", "The picture is the cover of the draft."),
        (Flash::CoverRemoved, "cover-removed", "The draft has no cover."),
        (Flash::FileChanged, "file-changed", "The file is changed in the draft."),
        (Flash::FileLeaves, "file-leaves", "The file will be removed when you publish."),
        (Flash::FileDeleted, "file-deleted", "The file is deleted from the draft."),
        (Flash::FileKept, "file-kept", "The file stays."),
        (Flash::FilePurged, "file-purged", "The file is deleted for good, from all versions."),
        (Flash::SharesEnded, "shares-ended", "Links ended"),
        (Flash::KeysEnded, "keys-ended", "Ended keys"),
    ];

    /// The word of this result in an address.
    pub(super) fn word(self) -> &'static str {
        Flash::ALL.iter().find(|(flash, ..)| *flash == self).map_or("", |(_, word, _)| word)
    }

    /// The message that an address names; empty if it names none, and for an action on one page, whose message
    /// `done.rs` writes.
    pub(super) fn message(query: &QueryString) -> String {
        if query.has("of") {
            return String::new();
        }
        let Some((flash, _, words)) = Flash::ALL.iter().find(|(_, word, _)| *word == query.get("done")) else {
            return String::new();
        };
        let count = query.get("count").parse::<u32>();
        if let Some(message) = count.as_ref().ok().and_then(|count| flash.counted(*count)) {
            return message;
        }
        match count {
            Ok(count) if !words.ends_with('.') => format!("{words}: {count}."),
            _ if words.ends_with('.') => (*words).into(),
            _ => format!("{words}."),
        }
    }

    /// The message for a number of rows; `None` for results that have no words of their own for it.
    pub(super) fn counted(self, count: u32) -> Option<String> {
        let plural = if count == 1 { "" } else { "s" };
        let (verb, noun, after) = match self {
            Flash::Trashed => ("Moved", "page", " to the trash"),
            Flash::Purged => ("Deleted", "page", " for good"),
            Flash::Moved => ("Moved", "page", ""),
            Flash::ReadersChosen => ("Changed the readers of", "page", ""),
            Flash::Unpublished => ("Unpublished", "page", ""),
            Flash::Published => ("Published", "page", ""),
            Flash::DraftsDiscarded => ("Discarded", "draft", ""),
            Flash::SharesEnded => ("Ended", "link", ""),
            Flash::KeysEnded => ("Ended", "key", "; this takes effect with the next request"),
            Flash::Enabled => ("Enabled", "user", ""),
            Flash::Disabled => ("Disabled", "user", ""),
            Flash::EndSet => ("Changed the end of", "user", ""),
            _ => return None,
        };
        Some(format!("{verb} {count} {noun}{plural}{after}."))
    }

    /// The redirect to a list that shows the message about a number of rows; with an undo, if the bulk action can be undone.
    pub(super) fn of_many(
        self,
        address: &str,
        back: &str,
        count: usize,
        undoable: Option<BulkActionId>,
    ) -> HttpResponse {
        let bulk = undoable.map(|action| encode(&[("bulk", &action.word())]));
        let more: Vec<&str> = bulk.as_deref().into_iter().chain([back]).filter(|part| !part.is_empty()).collect();
        self.at(address, &more.join("&"), Some(count))
    }

    /// The result with a word.
    pub(super) fn parse(word: &str) -> Option<Flash> {
        Flash::ALL.iter().find(|(_, known, _)| *known == word).map(|(flash, ..)| *flash)
    }

    /// The redirect to a list or a form that shows the message.
    pub(super) fn at(self, address: &str, back: &str, count: Option<usize>) -> HttpResponse {
        let mut location = format!("{address}?done={}", self.word());
        if let Some(count) = count {
            location.push_str(&format!("&count={count}"));
        }
        if !back.is_empty() {
            location.push('&');
            location.push_str(back);
        }
        see_other(&location)
    }
}
