//! The fieldset of a form for the readers of a page, and the sentence that says who can read it.

use domain::{
    audience::{Audience, AudienceInput},
    group::GroupName,
};
use serde::Serialize;
use store::{
    groups::OfferedGroups,
    readers::{AccessSummary, ReaderSummary},
};

/// The fields for the readers of a page.
#[derive(Serialize)]
pub(super) struct Readers {
    kind: String,
    people: String,
    groups: Vec<GroupChoice>,
    /// Whether there are other groups, for which the form has a field.
    more_groups: bool,
    /// The name in that field: one that no group has.
    other_group: String,
    /// A sentence about the current readers; empty for a new page.
    who: String,
    /// The title of the page from which the access is inherited; empty otherwise.
    through: String,
    through_href: String,
}

#[derive(Serialize)]
struct GroupChoice {
    name: String,
    chosen: bool,
}

impl Readers {
    pub(super) fn new(draft: &AudienceInput, offered: &OfferedGroups, who: Option<&AccessSummary>) -> Readers {
        let chosen: Vec<GroupName> = draft.groups.iter().filter_map(|name| GroupName::parse(name).ok()).collect();
        let is_offered = |name: &&GroupName| offered.names.contains(name);
        let suggests = offered.names.iter().any(|name| !chosen.contains(name));
        let other = chosen.iter().find(|name| !is_offered(name)).filter(|_| !suggests);
        let through = who.and_then(|who| who.through.as_ref());
        Readers {
            kind: if draft.kind.is_empty() { Audience::Inherited.as_str().into() } else { draft.kind.clone() },
            people: draft.people.clone(),
            groups: offered
                .names
                .iter()
                .map(|name| GroupChoice { name: name.to_string(), chosen: chosen.contains(name) })
                .collect(),
            more_groups: offered.more,
            other_group: other.map(GroupName::to_string).unwrap_or_default(),
            who: who.map_or(String::new(), |who| words(&who.readers)),
            through: through.map_or(String::new(), |(_, title)| title.clone()),
            through_href: through.map_or(String::new(), |(path, _)| path.href()),
        }
    }
}

/// `12 people can read this: ann, bob`, without a full stop.
fn words(readers: &ReaderSummary) -> String {
    let people = match readers {
        ReaderSummary::Everybody => return "Everybody can read this".into(),
        ReaderSummary::SignedIn => return "Anyone signed in can read this".into(),
        ReaderSummary::People(people) => people,
    };
    let names: Vec<&str> = people.names.iter().map(|name| name.as_str()).collect();
    let (count, names, more) = (people.count, names.join(", "), people.count.counted - names.len() as u64);
    match (count.counted, more) {
        (0, _) => "Nobody but editors can read this".into(),
        _ if names.is_empty() => format!("{count} people can read this"),
        (1, _) => format!("1 person can read this: {names}"),
        (_, 0) => format!("{count} people can read this: {names}"),
        (_, more) => format!("{count} people can read this: {names} and {more} more"),
    }
}
