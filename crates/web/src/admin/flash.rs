//! Flash messages: the result of a form, shown on the page after it.

use actix_web::HttpResponse;

use crate::http::{query::QueryString, responses::see_other};

/// The result of a form. The address carries a word of this list and not the message itself, so that a link cannot make
/// the panel say anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flash {
    Saved,
    Created,
    Deleted,
    MadePrivate,
    MadePublic,
    MadeInherited,
    Enabled,
    Disabled,
    PasswordSet,
    Unlocked,
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

impl Flash {
    const ALL: [(Flash, &'static str, &'static str); 19] = [
        (Flash::Saved, "saved", "Saved."),
        (Flash::Created, "created", "Created."),
        (Flash::Deleted, "deleted", "Deleted"),
        (Flash::Restored, "restored", "Restored"),
        (Flash::Purged, "purged", "Deleted for good"),
        (Flash::MadePrivate, "made-private", "Made private"),
        (Flash::MadePublic, "made-public", "Made public"),
        (Flash::MadeInherited, "made-inherited", "Access inherited"),
        (Flash::Enabled, "enabled", "Enabled"),
        (Flash::Disabled, "disabled", "Disabled"),
        (Flash::PasswordSet, "password-set", "The password is set."),
        (Flash::Unlocked, "unlocked", "The wrong passwords are forgotten."),
        (Flash::DraftSaved, "draft-saved", "The draft is saved."),
        (Flash::Unpublished, "unpublished", "Unpublished"),
        (Flash::Discarded, "discarded", "The draft is discarded."),
        (Flash::Moved, "moved", "Moved"),
        (Flash::Published, "published", "Published"),
        (Flash::DraftsDiscarded, "drafts-discarded", "Drafts discarded"),
        (Flash::ReadersChosen, "readers-chosen", "Access changed"),
    ];

    /// The word of this result in an address.
    fn word(self) -> &'static str {
        Flash::ALL.iter().find(|(flash, ..)| *flash == self).map_or("", |(_, word, _)| word)
    }

    /// The message that an address names; empty without one.
    pub(super) fn message(query: &QueryString) -> String {
        let Some((flash, _, words)) = Flash::ALL.iter().find(|(_, word, _)| *word == query.get("done")) else {
            return String::new();
        };
        match query.get("count").parse::<u32>() {
            Ok(1) if *flash == Flash::ReadersChosen => "Access changed for 1 page.".into(),
            Ok(count) if *flash == Flash::ReadersChosen => format!("Access changed for {count} pages."),
            Ok(count) if !words.ends_with('.') => format!("{words}: {count}."),
            _ if words.ends_with('.') => (*words).into(),
            _ => format!("{words}."),
        }
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
