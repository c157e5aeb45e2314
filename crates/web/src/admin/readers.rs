//! The fieldset of a form for the readers of a page, and the lines that say who can read it now and after publishing.

use domain::{
    Timestamp,
    audience::{Audience, AudienceInput},
    effective_access::AccessKind,
    group::GroupName,
    share::OpenLinks,
    zone::Zone,
};
use serde::Serialize;
use store::{
    Count,
    groups::OfferedGroups,
    readers::{NamedReaders, Near, Outlook, Present},
};

use crate::clock;

/// The fields for the readers of a page.
#[derive(Serialize)]
pub(super) struct Readers {
    kind: String,
    people: String,
    groups: Vec<GroupChoice>,
    /// Whether there are other groups, for which the form has a field.
    more_groups: bool,
    /// The value of that field: a name that no group has.
    other_group: String,
    /// Who can read the page; `None` in a form for many pages.
    status: Option<Status>,
    /// The key of the page; empty for a new one.
    page: String,
}

#[derive(Serialize)]
struct GroupChoice {
    name: String,
    chosen: bool,
}

impl Readers {
    /// The fields of a form for many pages.
    pub(super) fn new(draft: &AudienceInput, offered: &OfferedGroups) -> Readers {
        let chosen: Vec<GroupName> = draft.groups.iter().filter_map(|name| GroupName::parse(name).ok()).collect();
        let is_offered = |name: &&GroupName| offered.names.contains(name);
        let suggests = offered.names.iter().any(|name| !chosen.contains(name));
        let other = chosen.iter().find(|name| !is_offered(name)).filter(|_| !suggests);
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
            status: None,
            page: String::new(),
        }
    }

    /// The fields of the form of one page.
    pub(super) fn of_page(self, status: Status, page: String) -> Readers {
        Readers { status: Some(status), page, ..self }
    }
}

/// Who can read a page now, and after its form is published.
#[derive(Serialize)]
pub(super) struct Status {
    now: Line,
    after: Line,
    /// The chosen people and groups that do not exist, in a sentence; empty if all exist.
    missing: String,
    /// The effect of publishing on other pages, in a sentence; empty if there is none.
    others: String,
    near: Option<Suggestion>,
}

/// One line: the readers, their dates, and the page above from which they are inherited.
#[derive(Default, Serialize)]
struct Line {
    who: String,
    note: String,
    through: String,
    through_href: String,
    /// The links that open the page, in a clause; empty if there are none.
    links: String,
}

/// The readers of pages nearby, with the values of the fields that choose them.
#[derive(Serialize)]
struct Suggestion {
    words: String,
    button: String,
    kind: &'static str,
    people: String,
    /// The names of groups, one a line.
    groups: String,
}

/// The dates of a form.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dates {
    pub(super) published_at: Option<Timestamp>,
    pub(super) unpublish_at: Option<Timestamp>,
}

impl Status {
    pub(super) fn new(outlook: &Outlook, dates: Dates, others: String, now: Timestamp, zone: Zone) -> Status {
        let moment = |at| clock::day(at, now, zone);
        let missing = outlook.missing.people.iter().map(|name| format!("There is no user {name}."));
        let missing = missing.chain(outlook.missing.groups.iter().map(|name| format!("There is no group {name}.")));
        Status {
            now: match &outlook.now {
                None => Line { who: EDITORS.into(), note: "not published".into(), ..Line::default() },
                Some(Present { published_at, .. }) if *published_at > now => {
                    Line { who: EDITORS.into(), note: format!("appears {}", moment(*published_at)), ..Line::default() }
                }
                Some(Present { unpublish_at: Some(end), .. }) if *end <= now => {
                    Line { who: EDITORS.into(), note: format!("ended {}", moment(*end)), ..Line::default() }
                }
                Some(Present { readers, links, unpublish_at, .. }) => {
                    let note = unpublish_at.map_or(String::new(), |end| format!("until {}", moment(end)));
                    Line { note, ..Line::of(readers, links) }
                }
            },
            after: match (&outlook.after, dates) {
                (_, Dates { unpublish_at: Some(end), .. }) if end <= now => {
                    Line { who: EDITORS.into(), note: format!("ended {}", moment(end)), ..Line::default() }
                }
                (None, _) => Line { who: "depends on the page path".into(), ..Line::default() },
                (Some(readers), Dates { published_at, unpublish_at }) => {
                    let from = published_at.filter(|at| *at > now).map(|at| format!("from {}", moment(at)));
                    let until = unpublish_at.map(|end| format!("until {}", moment(end)));
                    let note: Vec<String> = from.into_iter().chain(until).collect();
                    Line { note: note.join(", "), ..Line::of(readers, &outlook.links) }
                }
            },
            missing: missing.collect::<Vec<_>>().join(" "),
            others,
            near: outlook.near.as_ref().map(Suggestion::of),
        }
    }
}

impl Line {
    fn of(readers: &NamedReaders, links: &[OpenLinks]) -> Line {
        let through = readers.through.as_ref();
        Line {
            who: words(readers),
            note: String::new(),
            through: through.map_or(String::new(), |(_, title)| title.clone()),
            through_href: through.map_or(String::new(), |(path, _)| path.href()),
            links: links.iter().map(OpenLinks::words).collect::<Vec<_>>().join(", "),
        }
    }
}

impl Suggestion {
    fn of(near: &Near) -> Suggestion {
        let who = words(&near.readers);
        let AudienceInput { people, groups, .. } = AudienceInput::of(&near.audience);
        let (words, button) = match (near.beside, &near.readers.through) {
            (Some(1), _) => (format!("The page beside it is for {who}."), format!("Use {}", short(&near.readers))),
            (Some(count), _) if count >= 200 => {
                (format!("Most pages beside it are for {who}."), format!("Use {}", short(&near.readers)))
            }
            (Some(count), _) => {
                (format!("{count} pages beside it are for {who}."), format!("Use {}", short(&near.readers)))
            }
            (None, Some((_, title))) => {
                (format!("Its parent page “{title}” is for {who}."), "Use the same as parent page".into())
            }
            (None, None) => (format!("Its parent page is for {who}."), "Use the same as parent page".into()),
        };
        Suggestion { words, button, kind: near.audience.as_str(), people, groups: groups.join("\n") }
    }
}

const EDITORS: &str = "editors only";

/// The readers in a sentence: `everyone`, `signed-in users`, `ann, bob and Board (3 people)`, `editors only`.
pub(super) fn words(readers: &NamedReaders) -> String {
    match readers.access {
        AccessKind::Everybody => "everyone".into(),
        AccessKind::SignedIn => "signed-in users".into(),
        AccessKind::Chosen => listed(parts(readers, |name, members| format!("{name} ({})", people(members)))),
    }
}

/// The readers on a button: as [`words`], without the numbers of members.
fn short(readers: &NamedReaders) -> String {
    match readers.access {
        AccessKind::Chosen => listed(parts(readers, |name, _| name.to_string())),
        _ => words(readers),
    }
}

fn parts(readers: &NamedReaders, group: impl Fn(&GroupName, Count) -> String) -> Vec<String> {
    let named = &readers.people;
    let mut parts: Vec<String> = named.names.iter().map(ToString::to_string).collect();
    let others = named.count.counted - named.names.len() as u64;
    match others {
        0 => {}
        _ if parts.is_empty() => parts.push(people(named.count)),
        others => parts.push(format!("{others} more")),
    }
    parts.extend(readers.groups.iter().map(|(name, members)| group(name, *members)));
    match readers.more_groups {
        0 => {}
        1 => parts.push("1 more group".into()),
        more => parts.push(format!("{more} more groups")),
    }
    parts
}

/// `1 person`, `1,000+ people`.
fn people(count: Count) -> String {
    if count == 1 { "1 person".into() } else { format!("{count} people") }
}

fn listed(mut parts: Vec<String>) -> String {
    match (parts.pop(), parts.is_empty()) {
        (None, _) => EDITORS.into(),
        (Some(only), true) => only,
        (Some(last), false) => format!("{} and {last}", parts.join(", ")),
    }
}
