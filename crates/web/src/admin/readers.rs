//! The fieldset of a form for the readers of a page, and the sentence that says who can read it.

use domain::{
    audience::{Audience, AudienceInput, ReaderSet},
    group::GroupName,
};
use serde::Serialize;
use store::readers::AccessSummary;

/// The maximum number of people named.
const MAX_NAMED: usize = 20;

/// The fields for the readers of a page.
#[derive(Serialize)]
pub(super) struct Readers {
    kind: String,
    people: String,
    groups: Vec<GroupChoice>,
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
        count if count > MAX_NAMED => {
            format!("{count} people can read this: {} and {} more", names[..MAX_NAMED].join(", "), count - MAX_NAMED)
        }
        count => format!("{count} people can read this: {}", names.join(", ")),
    }
}
