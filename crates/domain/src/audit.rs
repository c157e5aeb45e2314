//! The audit trail: one entry for each thing that happened, kept as text so that it outlives whom it names.

use crate::{
    Timestamp,
    group::GroupContent,
    page::PageContent,
    site::Site,
    user::{User, UserContent, Username},
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Something was made.
    Created,
    /// Something was changed.
    Changed,
    /// Something was deleted; a page went to the trash.
    Deleted,
    /// A page was brought back from the trash.
    Restored,
    /// A page was deleted for good.
    Purged,
    /// A password was set.
    PasswordSet,
    /// Somebody signed in.
    SignedIn,
    /// Sign-ins were refused: one entry stands for all of a minute.
    Refused,
}

impl Action {
    /// Every action, in the order of the filter.
    pub const ALL: [Action; 8] = [
        Action::Created,
        Action::Changed,
        Action::Deleted,
        Action::Restored,
        Action::Purged,
        Action::PasswordSet,
        Action::SignedIn,
        Action::Refused,
    ];

    /// The word in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Changed => "changed",
            Action::Deleted => "deleted",
            Action::Restored => "restored",
            Action::Purged => "purged",
            Action::PasswordSet => "password-set",
            Action::SignedIn => "signed-in",
            Action::Refused => "refused",
        }
    }

    /// The words that people read.
    pub fn label(self) -> &'static str {
        match self {
            Action::Created => "Created",
            Action::Changed => "Changed",
            Action::Deleted => "Deleted",
            Action::Restored => "Brought back",
            Action::Purged => "Deleted for good",
            Action::PasswordSet => "Password set",
            Action::SignedIn => "Signed in",
            Action::Refused => "Sign-ins refused",
        }
    }

    /// Parses the word of the database; anything else is `None`.
    pub fn parse(action: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|known| known.as_str() == action)
    }
}

/// The kind of thing that it happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A page; its name is its path.
    Page,
    /// A user; its name is the user's.
    User,
    /// A group; its name is the group's.
    Group,
    /// The settings of the site.
    Site,
}

impl Subject {
    /// Every kind, in the order of the filter.
    pub const ALL: [Subject; 4] = [Subject::Page, Subject::User, Subject::Group, Subject::Site];

    /// The word in the database, in addresses, and for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Page => "page",
            Subject::User => "user",
            Subject::Group => "group",
            Subject::Site => "site",
        }
    }

    /// Parses the word of the database; anything else is `None`.
    pub fn parse(subject: &str) -> Option<Subject> {
        Subject::ALL.into_iter().find(|known| known.as_str() == subject)
    }
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who: a user's name, or `command line`.
    pub actor: String,
    /// What.
    pub action: Action,
    /// To what kind of thing.
    pub subject: Subject,
    /// To which: the address of a page, the name of a user. At most 200 characters.
    pub name: String,
    /// What changed, in words; never a password, a hash or a text.
    pub detail: String,
}

impl Entry {
    /// For how many happenings the entry stands: sign-ins that are refused are gathered, and their detail begins with
    /// their number.
    pub fn count(&self) -> u64 {
        let number = self.detail.split(' ').next().and_then(|number| number.parse().ok());
        number.filter(|_| self.action == Action::Refused).unwrap_or(1)
    }
}

/// What changed between two states of a page, in words: `title “Old” → “New”; text`.
pub fn page_changes(old: &PageContent, new: &PageContent) -> String {
    let mut changes = Changes::default();
    changes.quoted("path", &old.path.href(), &new.path.href());
    changes.quoted("title", &old.title, &new.title);
    changes.named("summary", old.summary != new.summary);
    changes.named("text", old.body != new.body);
    changes.quoted("who reads it", &old.audience.words(), &new.audience.words());
    changes.switched("show title in lists", old.show_title, new.show_title);
    changes.switched("list pages below", old.list_below, new.list_below);
    changes.switched("reading receipts", old.receipts, new.receipts);
    changes.timed("date", Some(old.published_at), Some(new.published_at));
    changes.timed("end", old.unpublish_at, new.unpublish_at);
    changes.words()
}

/// What changed between two states of a user, in words.
pub fn user_changes(old: &User, new: &UserContent) -> String {
    let mut changes = Changes::default();
    changes.quoted("name", old.name.as_str(), new.name.as_str());
    changes.quoted("role", old.role.as_str(), new.role.as_str());
    if old.active != new.active {
        changes.add(if new.active { "enabled" } else { "disabled" });
    }
    changes.words()
}

/// What changed between two states of a group, in words.
pub fn group_changes(old: &GroupContent, new: &GroupContent) -> String {
    let mut changes = Changes::default();
    changes.quoted("name", old.name.as_str(), new.name.as_str());
    let missing = |from: &GroupContent, of: &GroupContent| {
        of.members.iter().filter(|name| !from.members.contains(name)).map(Username::to_string).collect::<Vec<_>>()
    };
    for (word, names) in [("added", missing(old, new)), ("removed", missing(new, old))] {
        changes.named(&format!("{word} {}", names.join(", ")), !names.is_empty());
    }
    changes.words()
}

/// What changed between two states of the site's settings, in words.
pub fn site_changes(old: &Site, new: &Site) -> String {
    let mut changes = Changes::default();
    changes.quoted("title", &old.title, &new.title);
    changes.quoted("tagline", &old.tagline, &new.tagline);
    changes.quoted("language", &old.language, &new.language);
    changes.quoted("realm", old.realm.as_str(), new.realm.as_str());
    changes.quoted("time zone", old.time_zone.name(), new.time_zone.name());
    changes.named("refusal text", old.refusal != new.refusal);
    changes.named("footer", old.footer != new.footer);
    changes.words()
}

#[derive(Default)]
struct Changes(Vec<String>);

impl Changes {
    fn add(&mut self, words: &str) {
        self.0.push(words.to_owned());
    }

    fn named(&mut self, field: &str, changed: bool) {
        if changed {
            self.add(field);
        }
    }

    fn quoted(&mut self, field: &str, old: &str, new: &str) {
        if old != new {
            self.0.push(format!("{field} “{old}” → “{new}”"));
        }
    }

    /// The site's zone may change; what the trail says does not.
    fn timed(&mut self, field: &str, old: Option<Timestamp>, new: Option<Timestamp>) {
        let words = |at: Timestamp| at.format("%Y-%m-%d %H:%M UTC").to_string();
        if old != new {
            self.quoted(field, &old.map_or("never".into(), words), &new.map_or("never".into(), words));
        }
    }

    fn switched(&mut self, field: &str, old: bool, new: bool) {
        if old != new {
            self.0.push(format!("{field} {}", if new { "on" } else { "off" }));
        }
    }

    fn words(self) -> String {
        if self.0.is_empty() { "nothing".into() } else { self.0.join("; ") }
    }
}
