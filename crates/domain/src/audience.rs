//! The audience of a page as its author chose it, and its readers after inheritance.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    effective_access::AccessKind,
    group::{GroupName, joined, usernames},
    id::{GroupId, UserId},
    invalid::Invalid,
    member::Member,
    user::Username,
};

/// The audience of a page, as its author chose it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// The readers of the nearest page above that has an audience of its own; everyone if there is none.
    #[default]
    Inherited,
    /// Everyone, without credentials.
    Public,
    /// Every signed-in user.
    SignedIn,
    /// The chosen people and groups.
    Chosen(Chosen),
}

/// People and groups, by name; never empty once checked. A name whose user or group was deleted gives nobody access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The names of the chosen users, sorted and unique.
    pub people: Vec<Username>,
    /// The names of the chosen groups, sorted and unique.
    pub groups: Vec<GroupName>,
}

impl Audience {
    /// The word for the audience in the database, in forms and on the command line.
    pub fn as_str(&self) -> &'static str {
        match self {
            Audience::Inherited => "inherited",
            Audience::Public => "public",
            Audience::SignedIn => "signed-in",
            Audience::Chosen(_) => "chosen",
        }
    }

    /// The words for the audience in the panel: `signed-in users`, `ann, bob, the group Staff`.
    pub fn words(&self) -> String {
        match self {
            Audience::Inherited => "same as parent page".into(),
            Audience::Public => "everyone".into(),
            Audience::SignedIn => "signed-in users".into(),
            Audience::Chosen(chosen) => chosen.words(),
        }
    }

    /// The chosen people and groups; `None` for any other audience.
    pub fn chosen(&self) -> Option<&Chosen> {
        match self {
            Audience::Chosen(chosen) => Some(chosen),
            _ => None,
        }
    }

    /// The audience that governs a page: its own, or that of the nearest page above that has one of its own; everyone
    /// if none has. `above` begins with the nearest page. Only tests call it, as the oracle for the store's queries.
    pub fn governing<'a>(own: &'a Audience, above: impl IntoIterator<Item = &'a Audience>) -> &'a Audience {
        std::iter::once(own)
            .chain(above)
            .find(|audience| **audience != Audience::Inherited)
            .unwrap_or(&Audience::Public)
    }
}

impl Chosen {
    fn words(&self) -> String {
        let groups = self.groups.iter().map(|group| format!("the group {group}"));
        let words: Vec<_> = self.people.iter().map(Username::to_string).chain(groups).collect();
        if words.is_empty() { "nobody".into() } else { words.join(", ") }
    }
}

/// The input of the audience fields of a form, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct AudienceInput {
    /// `inherited`, `public`, `signed-in` or `chosen`; empty is `inherited`.
    pub kind: String,
    /// Names of users, separated by commas, semicolons or white space; ignored unless `kind` is `chosen`.
    pub people: String,
    /// Names of groups; ignored unless `kind` is `chosen`.
    pub groups: Vec<String>,
}

impl AudienceInput {
    /// The input that a form shows for an existing audience.
    pub fn of(audience: &Audience) -> AudienceInput {
        let chosen = audience.chosen().cloned().unwrap_or_default();
        AudienceInput {
            kind: audience.as_str().into(),
            people: joined(&chosen.people),
            groups: chosen.groups.iter().map(GroupName::to_string).collect(),
        }
    }

    /// Checks the input, but not that the people and groups exist: the store checks that.
    ///
    /// # Errors
    /// [`Invalid`] with a message for `audience`, `people` or `groups`.
    pub fn check(&self) -> Result<Audience, Invalid> {
        match self.kind.as_str() {
            "" | "inherited" => Ok(Audience::Inherited),
            "public" => Ok(Audience::Public),
            "signed-in" => Ok(Audience::SignedIn),
            "chosen" => self.check_chosen().map(Audience::Chosen),
            odd => Err(Invalid::one(
                "audience",
                format!("Who can read a page is inherited, public, signed-in or chosen; this is {odd:?}."),
            )),
        }
    }

    /// The names of people as they were typed, one by one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.people.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|name| !name.is_empty())
    }

    /// Replaces or removes the name of a person; all other text stays as it was typed.
    pub fn rename_person(&mut self, old: &str, new: Option<&str>) {
        let is_old = |typed: &str| Username::parse(typed).is_ok_and(|name| name.as_str() == old);
        if new == Some(old) || !self.names().any(is_old) {
            return;
        }
        let names = self.names().filter_map(|name| if is_old(name) { new } else { Some(name) });
        self.people = names.collect::<Vec<_>>().join(", ");
    }

    /// Replaces or removes the name of a group.
    pub fn rename_group(&mut self, old: &str, new: Option<&str>) {
        let name = |name: &String| if name.trim() == old { new.map(str::to_owned) } else { Some(name.clone()) };
        self.groups = self.groups.iter().filter_map(name).collect();
    }

    fn check_chosen(&self) -> Result<Chosen, Invalid> {
        let people = usernames(&self.people).map_err(|why| Invalid::one("people", why))?;
        let groups = self.groups.iter().filter(|name| !name.trim().is_empty());
        let mut groups = groups
            .map(|name| GroupName::parse(name).map_err(|why| Invalid::one("groups", format!("“{name}”: {why}"))))
            .collect::<Result<Vec<_>, _>>()?;
        groups.sort();
        groups.dedup();
        if people.is_empty() && groups.is_empty() {
            return Err(Invalid::one("people", "Choose at least one person or group, or other readers."));
        }
        Ok(Chosen { people, groups })
    }
}

/// The readers of a page besides its editors: an audience with inheritance resolved and with keys instead of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everyone, without credentials.
    Everybody,
    /// Every signed-in user.
    SignedIn,
    /// Chosen people, and the members of chosen groups.
    Chosen {
        /// The keys of the chosen users.
        people: BTreeSet<UserId>,
        /// The keys of the chosen groups.
        groups: BTreeSet<GroupId>,
    },
}

impl Readers {
    /// Whether the page asks for credentials.
    pub fn is_private(&self) -> bool {
        *self != Readers::Everybody
    }

    /// The kind of access, without the readers.
    pub fn kind(&self) -> AccessKind {
        match self {
            Readers::Everybody => AccessKind::Everybody,
            Readers::SignedIn => AccessKind::SignedIn,
            Readers::Chosen { .. } => AccessKind::Chosen,
        }
    }

    /// Whether a member is among the readers, whatever their role.
    pub fn include(&self, member: &Member) -> bool {
        match self {
            Readers::Everybody | Readers::SignedIn => true,
            Readers::Chosen { people, groups } => {
                people.contains(&member.id) || member.groups.iter().any(|group| groups.contains(group))
            }
        }
    }
}

/// The readers of a page besides its editors, by name and with groups expanded, for the preview of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReaderSet {
    /// Everyone, without credentials.
    Everybody,
    /// Every signed-in user.
    SignedIn,
    /// The named users.
    People(BTreeSet<Username>),
}

impl ReaderSet {
    /// How many readers a page gains by a change.
    pub fn gain(before: &ReaderSet, after: &ReaderSet) -> Gain {
        match (before, after) {
            (ReaderSet::Everybody, _) | (ReaderSet::SignedIn, ReaderSet::SignedIn | ReaderSet::People(_)) => Gain::None,
            (_, ReaderSet::Everybody) => Gain::Everyone,
            (ReaderSet::People(_), ReaderSet::SignedIn) => Gain::SignedIn,
            (ReaderSet::People(before), ReaderSet::People(after)) => match after.difference(before).count() {
                0 => Gain::None,
                people => Gain::People(people),
            },
        }
    }

    /// The readers that a page gains by a change, in words; `None` if it gains none.
    pub fn added(before: &ReaderSet, after: &ReaderSet) -> Option<String> {
        match (before, after) {
            (ReaderSet::Everybody, _) | (ReaderSet::SignedIn, ReaderSet::SignedIn | ReaderSet::People(_)) => None,
            (_, ReaderSet::Everybody) => Some("everyone, without a password".into()),
            (ReaderSet::People(_), ReaderSet::SignedIn) => Some("signed-in users".into()),
            (ReaderSet::People(before), ReaderSet::People(after)) => names(after.difference(before)),
        }
    }

    /// The readers that a page loses by a change, in words; `None` if it loses none.
    pub fn removed(before: &ReaderSet, after: &ReaderSet) -> Option<String> {
        let but = |crowd: &str, people: &BTreeSet<Username>| match names(people.iter()) {
            Some(names) => Some(format!("{crowd} but {names}")),
            None => Some(crowd.to_owned()),
        };
        match (before, after) {
            (_, ReaderSet::Everybody) | (ReaderSet::SignedIn | ReaderSet::People(_), ReaderSet::SignedIn) => None,
            (ReaderSet::Everybody, ReaderSet::SignedIn) => Some("everyone who is not signed in".into()),
            (ReaderSet::Everybody, ReaderSet::People(people)) => but("everyone", people),
            (ReaderSet::SignedIn, ReaderSet::People(people)) => but("signed-in users", people),
            (ReaderSet::People(before), ReaderSet::People(after)) => names(before.difference(after)),
        }
    }
}

/// How many readers a page gains. The variants are in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gain {
    /// Nobody.
    None,
    /// This many people.
    People(usize),
    /// People who have links, whose number nobody knows.
    Holders,
    /// Every signed-in user.
    SignedIn,
    /// Everyone, without credentials.
    Everyone,
}

/// Names for a sentence: at most 10 of them and the number of the others; `None` if there are no names.
fn names<'a>(people: impl Iterator<Item = &'a Username>) -> Option<String> {
    const MAX_NAMED: usize = 10;
    let people: Vec<&str> = people.map(Username::as_str).collect();
    let shown = people[..people.len().min(MAX_NAMED)].join(", ");
    match people.len() {
        0 => None,
        count if count > MAX_NAMED => Some(format!("{shown} and {} more", count - MAX_NAMED)),
        _ => Some(shown),
    }
}
