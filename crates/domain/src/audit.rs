//! The audit trail: one entry for each event, stored as text so that it outlives the users and pages that it names.

use crate::{
    Timestamp,
    group::GroupContent,
    language::LanguageTag,
    navigation::{Entry as MenuEntry, Front, Navigation, Target},
    page::{PageContent, PageId, PagePath},
    share::Shows,
    site::Site,
    user::{User, UserContent, Username},
};

/// The kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A page, user or group was created.
    Created,
    /// A page, user, group or the site was changed.
    Changed,
    /// A user or group was deleted, or a page was moved to the trash.
    Deleted,
    /// A page was restored from the trash.
    Restored,
    /// A page was deleted for good.
    Purged,
    /// A password was set.
    PasswordSet,
    /// A user signed in.
    SignedIn,
    /// Sign-ins were refused: one entry counts those of a minute.
    Refused,
    /// A share, or all keys of a user, were ended before their time.
    Ended,
}

impl Action {
    /// All actions, in the order of the filter.
    pub const ALL: [Action; 9] = [
        Action::Created,
        Action::Changed,
        Action::Deleted,
        Action::Restored,
        Action::Purged,
        Action::PasswordSet,
        Action::SignedIn,
        Action::Refused,
        Action::Ended,
    ];

    /// The word for the action in the database and in addresses.
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
            Action::Ended => "ended",
        }
    }

    /// The words for the action in the panel.
    pub fn label(self) -> &'static str {
        match self {
            Action::Created => "Created",
            Action::Changed => "Changed",
            Action::Deleted => "Deleted",
            Action::Restored => "Restored",
            Action::Purged => "Deleted for good",
            Action::PasswordSet => "Password set",
            Action::SignedIn => "Signed in",
            Action::Refused => "Sign-ins refused",
            Action::Ended => "Ended",
        }
    }

    /// Parses the word in the database; anything else is `None`.
    pub fn parse(action: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|known| known.as_str() == action)
    }
}

/// The kind of object that an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A page; its name in the trail is its path.
    Page,
    /// A user; its name in the trail is the user's name.
    User,
    /// A group; its name in the trail is the group's name.
    Group,
    /// The settings of the site.
    Site,
    /// A share; its name in the trail is the path of its page.
    Share,
}

impl Subject {
    /// All kinds, in the order of the filter.
    pub const ALL: [Subject; 5] = [Subject::Page, Subject::User, Subject::Group, Subject::Site, Subject::Share];

    /// The word for the kind in the database, in addresses and in the panel.
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Page => "page",
            Subject::User => "user",
            Subject::Group => "group",
            Subject::Site => "site",
            Subject::Share => "link",
        }
    }

    /// Parses the word in the database; anything else is `None`.
    pub fn parse(subject: &str) -> Option<Subject> {
        Subject::ALL.into_iter().find(|known| known.as_str() == subject)
    }
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The moment of the event.
    pub at: Timestamp,
    /// The acting user's name, `command line` or `Postern itself`.
    pub actor: String,
    /// The kind of event.
    pub action: Action,
    /// The kind of object that the event concerns.
    pub subject: Subject,
    /// The path of the page, or the name of the user or group: at most 200 characters.
    pub name: String,
    /// The change in words; it never holds a password, a hash or the text of a page.
    pub detail: String,
}

impl Entry {
    /// The number of events that the entry counts: refused sign-ins share an entry, whose detail begins with their
    /// number.
    pub fn count(&self) -> u64 {
        let number = self.detail.split(' ').next().and_then(|number| number.parse().ok());
        number.filter(|_| self.action == Action::Refused).unwrap_or(1)
    }
}

/// The difference between two states of a page, in words: `title “Old” → “New”; text`.
pub fn page_changes(old: &PageContent, new: &PageContent) -> String {
    let mut changes = Changes::default();
    changes.quoted("path", &old.path.href(), &new.path.href());
    changes.quoted("title", &old.title, &new.title);
    changes.named("summary", old.summary != new.summary);
    changes.named("text", old.body != new.body);
    changes.quoted("who reads it", &old.audience.words(), &new.audience.words());
    changes.switched("show title in lists", old.show_title, new.show_title);
    changes.switched("list pages below", old.list_below, new.list_below);
    changes.switched("read receipts", old.receipts, new.receipts);
    let number =
        |content: &PageContent| content.placement.position.map_or("none".to_owned(), |number| number.to_string());
    changes.quoted("number in its section", &number(old), &number(new));
    changes.quoted("order of the pages below", old.placement.children.as_str(), new.placement.children.as_str());
    changes.switched("contents", !old.placement.hides_contents, !new.placement.hides_contents);
    changes.switched("sidebar", !old.placement.hides_sidebar, !new.placement.hides_sidebar);
    let language = |content: &PageContent| {
        content.placement.language.as_ref().map_or("that of the page above".to_owned(), LanguageTag::to_string)
    };
    changes.quoted("language", &language(old), &language(new));
    changes.timed("date", Some(old.published_at), Some(new.published_at));
    changes.timed("end", old.unpublish_at, new.unpublish_at);
    changes.words()
}

/// A share in words: `“Acme review”: the page, until 2026-12-07 10:00 UTC`. Its secret is in none of its values.
pub fn share_words(label: &str, shows: Shows, ends_at: Timestamp) -> String {
    format!("“{label}”: {}, until {}", shows.label(), utc(ends_at))
}

/// The difference between two states of a user, in words.
pub fn user_changes(old: &User, new: &UserContent) -> String {
    let mut changes = Changes::default();
    changes.quoted("name", old.name.as_str(), new.name.as_str());
    changes.quoted("role", old.role.as_str(), new.role.as_str());
    if old.active != new.active {
        changes.add(if new.active { "enabled" } else { "disabled" });
    }
    changes.timed("end", old.ends_at, new.ends_at);
    // Not its text, which may be an address.
    changes.named("note", old.note != new.note);
    changes.words()
}

/// The difference between two states of a group, in words.
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

/// The difference between two states of the site's settings, in words.
pub fn site_changes(old: &Site, new: &Site) -> String {
    let mut changes = Changes::default();
    changes.quoted("title", &old.title, &new.title);
    changes.quoted("tagline", &old.tagline, &new.tagline);
    changes.quoted("language", &old.language, &new.language);
    changes.quoted("realm", old.realm.as_str(), new.realm.as_str());
    changes.quoted("time zone", old.time_zone.name(), new.time_zone.name());
    changes.named("refusal text", old.refusal != new.refusal);
    changes.named("footer", old.footer != new.footer);
    let accent = |site: &Site| site.look.accent.map_or("that of the look".into(), |accent| accent.to_string());
    changes.quoted("look", old.look.preset.as_str(), new.look.preset.as_str());
    changes.quoted("accent colour", &accent(old), &accent(new));
    changes.quoted("text face", old.look.typeface.as_str(), new.look.typeface.as_str());
    changes.quoted("width", old.look.width.as_str(), new.look.width.as_str());
    changes.named("own CSS", old.look.css != new.look.css);
    changes.named("contact line", old.contact != new.contact);
    let hides = |site: &Site| if site.hides_pages { "yes" } else { "no" };
    changes.quoted("hides which pages exist", hides(old), hides(new));
    changes.quoted("new pages begin as", old.new_pages.label(), new.new_pages.label());
    changes.quoted("who may share pages", old.sharers.label(), new.sharers.label());
    changes.words()
}

/// The difference between two states of the menu and the front page, in words; `paths` has the paths of their pages.
pub fn navigation_changes(old: &Navigation, new: &Navigation, paths: &[(PagePath, PageId)]) -> String {
    let page = |page: &PageId| {
        paths.iter().find(|(_, known)| known == page).map_or("a purged page".to_owned(), |(path, _)| path.href())
    };
    let front = |navigation: &Navigation| match &navigation.front {
        Front::Page(id) => page(id),
        other => other.as_str().to_owned(),
    };
    let entry = |entry: &MenuEntry| match &entry.target {
        Target::Page(id) => page(id),
        Target::Address(address) => address.clone(),
    };
    let menu = |navigation: &Navigation| {
        let words = navigation.menu.iter().map(|branch| {
            let below: Vec<String> = branch.below.iter().map(entry).collect();
            let own = entry(&branch.entry);
            if below.is_empty() { own } else { format!("{own} ({})", below.join(", ")) }
        });
        words.collect::<Vec<String>>().join(", ")
    };
    let mut changes = Changes::default();
    changes.quoted("front page", &front(old), &front(new));
    changes.quoted("menu", &menu(old), &menu(new));
    changes.named("labels of the menu", old.menu != new.menu && menu(old) == menu(new));
    changes.words()
}

/// A moment in UTC, because the site's time zone may change and an entry of the trail may not.
fn utc(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
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

    fn timed(&mut self, field: &str, old: Option<Timestamp>, new: Option<Timestamp>) {
        if old != new {
            self.quoted(field, &old.map_or("never".into(), utc), &new.map_or("never".into(), utc));
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
