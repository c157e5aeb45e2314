//! Who reads a page, as its form shows and asks it: the choice, its words, and what a change of it does to other pages.

use domain::{
    Version,
    audience::{Audience, AudienceDraft, Chosen, Crowd},
    group::GroupName,
    invalid::Invalid,
    page::{Page, PageContent},
    revision::Save,
};
use serde::Serialize;
use store::pages::{self, Touched, Who};

use crate::{App, admin::effects::Effects, auth::extract::Editor, clock, error::Error};

/// How many effects are told one by one.
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
    pub(super) fn new(draft: &AudienceDraft, groups: &[GroupName], who: Option<&Who>) -> Readers {
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
            who: who.map_or(String::new(), |who| words(&who.crowd)),
            through: through.map_or(String::new(), |(_, title)| title.clone()),
            through_href: through.map_or(String::new(), |(path, _)| path.href()),
        }
    }
}

/// `12 people can read this: ann, bob`, without a full stop.
pub(super) fn words(crowd: &Crowd) -> String {
    let people = match crowd {
        Crowd::Everybody => return "Everybody can read this".into(),
        Crowd::SignedIn => return "Anyone signed in can read this".into(),
        Crowd::People(people) => people,
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

/// What is wrong with an audience that names somebody who does not exist.
pub(super) async fn unknown(app: &App, audience: &Audience) -> Result<Option<Invalid>, Error> {
    let Some(chosen) = audience.chosen().cloned() else { return Ok(None) };
    let Chosen { people, groups } = app.db.read(move |conn| pages::missing(conn, &chosen)).await?;
    let mut invalid = Invalid::default();
    if let Some(person) = people.first() {
        invalid.add("people", format!("There is no user {person}."));
    }
    if let Some(group) = groups.first() {
        invalid.add("groups", format!("There is no group {group}."));
    }
    Ok((!invalid.is_empty()).then_some(invalid))
}

/// What a save of a page would do to who reads it and the pages below it; empty where it asks for no word beforehand:
/// where only the readers of the page itself were chosen anew.
pub(super) async fn effects(
    app: &App,
    editor: &Editor,
    page: &Page,
    from: Version,
    content: &PageContent,
    moves_below: bool,
) -> Result<Effects, Error> {
    let old = &page.content;
    let moved = old.path != content.path;
    if !moved && old.audience == content.audience {
        return Ok(Effects::default());
    }
    let (proof, id, new, old) = (editor.proof(), page.id, content.clone(), page.content.path.clone());
    let rehearsal = move |conn: &mut store::Conn| {
        if !moved && pages::below(conn, &proof, &old)? == 0 {
            return Ok(Vec::new());
        }
        let touched = Touched::Below(vec![old.clone(), new.path.clone()]);
        pages::effect(conn, &proof, &touched, |conn| {
            let now = clock::now();
            pages::update(conn, &proof, id, from, Save { content: &new, note: None }, now)?;
            if moves_below {
                pages::move_section(conn, &proof, &old, &new.path, now)?;
            }
            Ok(())
        })
    };
    match app.db.rehearse(rehearsal).await? {
        Ok(effects) => Ok(Effects::new(effects)),
        // It would not be saved; the save itself says why.
        Err(_) => Ok(Effects::default()),
    }
}
