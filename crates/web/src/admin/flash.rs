//! What a form did, as the address after it says it.

use actix_web::HttpResponse;

use crate::http::{query::QueryString, responses::see_other};

/// What was done, as the address after a form says it: words would let a link put anything into our mouth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Saved,
    Created,
    Deleted,
    MadePrivate,
    MadePublic,
    MadeInherited,
    Enabled,
    Disabled,
    PasswordSet,
    Restored,
    Purged,
    DraftSaved,
    Unpublished,
    Discarded,
    Moved,
    ReadersChosen,
    Published,
    DraftsDiscarded,
}

impl Done {
    const ALL: [(Done, &'static str, &'static str); 18] = [
        (Done::Saved, "saved", "Saved."),
        (Done::Created, "created", "Created."),
        (Done::Deleted, "deleted", "Deleted"),
        (Done::Restored, "restored", "Brought back"),
        (Done::Purged, "purged", "Deleted for good"),
        (Done::MadePrivate, "made-private", "Made private"),
        (Done::MadePublic, "made-public", "Made public"),
        (Done::MadeInherited, "made-inherited", "Read as the page above"),
        (Done::Enabled, "enabled", "Enabled"),
        (Done::Disabled, "disabled", "Disabled"),
        (Done::PasswordSet, "password-set", "The password is set."),
        (Done::DraftSaved, "draft-saved", "The draft is saved."),
        (Done::Unpublished, "unpublished", "Unpublished"),
        (Done::Discarded, "discarded", "The draft is discarded."),
        (Done::Moved, "moved", "Moved"),
        (Done::Published, "published", "Published"),
        (Done::DraftsDiscarded, "drafts-discarded", "Drafts discarded"),
        (Done::ReadersChosen, "readers-chosen", "Given other readers"),
    ];

    fn word(self) -> &'static str {
        Done::ALL.iter().find(|(done, ..)| *done == self).map_or("", |(_, word, _)| word)
    }

    pub(super) fn message(query: &QueryString) -> String {
        let Some((.., words)) = Done::ALL.iter().find(|(_, word, _)| *word == query.get("done")) else {
            return String::new();
        };
        match query.get("count").parse::<u32>() {
            Ok(count) if !words.ends_with('.') => format!("{words}: {count}."),
            _ if words.ends_with('.') => (*words).into(),
            _ => format!("{words}."),
        }
    }

    /// The address of a list or a form that says so.
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
