//! The part of a form that is about who reads a page, and its words.

use domain::{
    audience::{Audience, AudienceInput, ReaderSet},
    group::GroupName,
};
use serde::Serialize;
use store::readers::AccessSummary;

/// How many people are named one by one.
const MOST: usize = 20;

/// The part of the form that is about readers.
#[derive(Serialize)]
pub(super) struct Readers {
    kind: String,
    people: String,
    groups: Vec<GroupChoice>,
    /// Who reads the page as it stands, in words; empty for a new one.
    who: String,
    /// The page above through which they do.
    through: String,
    through_href: String,
}

#[derive(Serialize)]
struct GroupChoice {
    name: String,
    chosen: bool,
}

impl Readers {
    pub(super) fn new(draft: &AudienceInput, groups: &[GroupName], who: Option<&AccessSummary>) -> Readers {
        let through = who.and_then(|who| who.through.as_ref());
        Readers {
            kind: if draft.kind.is_empty() { Audience::Inherited.as_str().into() } else { draft.kind.clone() },
            people: draft.people.clone(),
            groups: groups
                .iter()
                .map(|name| GroupChoice {
                    name: name.to_string(),
                    chosen: draft.groups.iter().any(|chosen| chosen == name.as_str()),
                })
                .collect(),
            who: who.map_or(String::new(), |who| words(&who.readers)),
            through: through.map_or(String::new(), |(_, title)| title.clone()),
            through_href: through.map_or(String::new(), |(path, _)| path.href()),
        }
    }
}

/// `12 people can read this: ann, bob`, without a full stop.
fn words(crowd: &ReaderSet) -> String {
    let people = match crowd {
        ReaderSet::Everybody => return "Everybody can read this".into(),
        ReaderSet::SignedIn => return "Anyone signed in can read this".into(),
        ReaderSet::People(people) => people,
    };
    let names: Vec<&str> = people.iter().map(|name| name.as_str()).collect();
    match names.len() {
        0 => "Nobody but editors can read this".into(),
        1 => format!("1 person can read this: {}", names[0]),
        count if count > MOST => {
            format!("{count} people can read this: {} and {} more", names[..MOST].join(", "), count - MOST)
        }
        count => format!("{count} people can read this: {}", names.join(", ")),
    }
}
