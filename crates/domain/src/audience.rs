//! Who may read a page: as its author says it, and what that comes to once the pages above have been asked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    group::{GroupName, joined, usernames},
    id::{GroupId, UserId},
    invalid::Invalid,
    user::Username,
    visitor::Member,
};

/// Who may read a page, as its author says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Whoever may read the nearest page above it; everybody, where there is none.
    #[default]
    Inherited,
    /// Everybody.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Some people and groups.
    Chosen(Chosen),
}

/// People and groups, by name; never empty when it was checked. Whoever is named and no longer there reads nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Sorted, each once.
    pub people: Vec<Username>,
    /// Sorted, each once.
    pub groups: Vec<GroupName>,
}

impl Audience {
    /// The word in the database, in forms and on the command line.
    pub fn as_str(&self) -> &'static str {
        match self {
            Audience::Inherited => "inherited",
            Audience::Public => "public",
            Audience::SignedIn => "signed-in",
            Audience::Chosen(_) => "chosen",
        }
    }

    /// The words that people read: `anyone signed in`, `ann, bob, the group Staff`.
    pub fn words(&self) -> String {
        match self {
            Audience::Inherited => "as the page above".into(),
            Audience::Public => "everybody".into(),
            Audience::SignedIn => "anyone signed in".into(),
            Audience::Chosen(chosen) => chosen.words(),
        }
    }

    /// The chosen people and groups; `None` unless some were chosen.
    pub fn chosen(&self) -> Option<&Chosen> {
        match self {
            Audience::Chosen(chosen) => Some(chosen),
            _ => None,
        }
    }

    /// The audience that governs a page: its own, or that of the nearest page above that has one of its own; everybody,
    /// where none has. `above` begins with the nearest.
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

/// An audience as it is typed: nothing is checked yet, nothing is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct AudienceInput {
    /// `inherited`, `public`, `signed-in` or `chosen`; empty is `inherited`.
    pub kind: String,
    /// Names of users, with commas or spaces between them; counts if some are chosen.
    pub people: String,
    /// Names of groups; count if some are chosen.
    pub groups: Vec<String>,
}

impl AudienceInput {
    /// The draft of an audience, as a form shows it.
    pub fn of(audience: &Audience) -> AudienceInput {
        let chosen = audience.chosen().cloned().unwrap_or_default();
        AudienceInput {
            kind: audience.as_str().into(),
            people: joined(&chosen.people),
            groups: chosen.groups.iter().map(GroupName::to_string).collect(),
        }
    }

    /// Checks it; that the people and groups exist, the store says.
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
                format!("Who reads a page is inherited, public, signed-in or chosen; this is {odd:?}."),
            )),
        }
    }

    /// The names of people as they were typed, one by one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.people.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|name| !name.is_empty())
    }

    /// Puts another name in the place of a person's, or takes the name out; any other text stays as it was typed.
    pub fn rename_person(&mut self, old: &str, new: Option<&str>) {
        if new == Some(old) || !self.names().any(|name| name == old) {
            return;
        }
        let names = self.names().filter_map(|name| if name == old { new } else { Some(name) });
        self.people = names.collect::<Vec<_>>().join(", ");
    }

    /// Puts another name in the place of a group's, or takes the group out.
    pub fn rename_group(&mut self, old: &str, new: Option<&str>) {
        let name = |name: &String| if name == old { new.map(str::to_owned) } else { Some(name.clone()) };
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
            return Err(Invalid::one("people", "Choose at least one person or group, or somebody else as readers."));
        }
        Ok(Chosen { people, groups })
    }
}

/// Who may read a page besides those who may edit it: an audience with inheritance resolved and names as keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everybody.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// These people, and the members of these groups.
    Chosen {
        /// People.
        people: BTreeSet<UserId>,
        /// Groups.
        groups: BTreeSet<GroupId>,
    },
}

impl Readers {
    /// Whether the page asks for credentials.
    pub fn is_private(&self) -> bool {
        *self != Readers::Everybody
    }

    /// Whether a member is among them, whatever their role.
    pub fn include(&self, member: &Member) -> bool {
        match self {
            Readers::Everybody | Readers::SignedIn => true,
            Readers::Chosen { people, groups } => {
                people.contains(&member.id) || member.groups.iter().any(|group| groups.contains(group))
            }
        }
    }
}

/// Those who may read a page besides its editors, by name and with groups opened: for saying what a change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReaderSet {
    /// Everybody.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// These people.
    People(BTreeSet<Username>),
}

impl ReaderSet {
    /// Who reads a page after a change and did not before, in words; `None` when nobody does.
    pub fn added(before: &ReaderSet, after: &ReaderSet) -> Option<String> {
        match (before, after) {
            (ReaderSet::Everybody, _) | (ReaderSet::SignedIn, ReaderSet::SignedIn | ReaderSet::People(_)) => None,
            (_, ReaderSet::Everybody) => Some("everybody, without a password".into()),
            (ReaderSet::People(_), ReaderSet::SignedIn) => Some("anyone signed in".into()),
            (ReaderSet::People(before), ReaderSet::People(after)) => names(after.difference(before)),
        }
    }

    /// Who read a page before a change and no longer does, in words; `None` when all still do.
    pub fn removed(before: &ReaderSet, after: &ReaderSet) -> Option<String> {
        let but = |crowd: &str, people: &BTreeSet<Username>| match names(people.iter()) {
            Some(names) => Some(format!("{crowd} but {names}")),
            None => Some(crowd.to_owned()),
        };
        match (before, after) {
            (_, ReaderSet::Everybody) | (ReaderSet::SignedIn | ReaderSet::People(_), ReaderSet::SignedIn) => None,
            (ReaderSet::Everybody, ReaderSet::SignedIn) => Some("whoever is not signed in".into()),
            (ReaderSet::Everybody, ReaderSet::People(people)) => but("everybody", people),
            (ReaderSet::SignedIn, ReaderSet::People(people)) => but("anyone signed in", people),
            (ReaderSet::People(before), ReaderSet::People(after)) => names(before.difference(after)),
        }
    }
}

/// Names as a sentence lists them, the first ten and how many more; `None` without any.
fn names<'a>(people: impl Iterator<Item = &'a Username>) -> Option<String> {
    const MOST: usize = 10;
    let people: Vec<&str> = people.map(Username::as_str).collect();
    let shown = people[..people.len().min(MOST)].join(", ");
    match people.len() {
        0 => None,
        count if count > MOST => Some(format!("{shown} and {} more", count - MOST)),
        _ => Some(shown),
    }
}
