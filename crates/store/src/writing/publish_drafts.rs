//! Publishing several drafts as they are. Drafts that cannot be published are named with the reason and left out.

use std::collections::{HashMap, HashSet};

use domain::{
    Timestamp,
    access::Editor,
    bulk_action::Effect,
    draft::{Draft, DraftLock, FormId},
    page::{PageId, PagePath},
    revision::Note,
    zone::Zone,
};

use super::{
    Fingerprint, Obstacle, Publish,
    affected::Affected,
    change::{Change, ChangedPage, Outcome, Run},
    plan::Plan,
};
use crate::{
    Conn, Error, Result,
    admin_list::{self, PageRow},
    drafts, page_row,
};

/// Publishes those of the drafts that can be published.
#[derive(Clone, Debug)]
pub struct PublishDrafts {
    /// The pages of the drafts.
    pub pages: Vec<PageId>,
    /// The time zone of the site.
    pub zone: Zone,
    /// The moment for drafts without a date.
    pub now: Timestamp,
    /// The fingerprint of the drafts that the user was shown; `None` for a preview.
    pub seen: Option<Fingerprint>,
}

/// Drafts that can be published, and drafts that cannot.
#[derive(Clone, Debug, Default)]
pub struct SortedDrafts {
    /// Drafts with the command that publishes each.
    pub ready: Vec<(Draft, Publish)>,
    /// Drafts with the reason why each cannot be published.
    pub left_out: Vec<(Draft, String)>,
}

impl SortedDrafts {
    /// The fingerprint of the drafts that can be published, in the versions that they have.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.ready.iter().flat_map(|(draft, _)| [draft.page.0, draft.version.0]))
    }
}

impl PublishDrafts {
    /// Checks each of the drafts.
    pub fn sort(&self, conn: &mut Conn, by: &Editor) -> Result<SortedDrafts> {
        let (mut sorted, mut paths) = (SortedDrafts::default(), HashSet::new());
        let found = drafts::get_many(conn, by, &self.pages)?;
        let moved = moved_sections(conn, by, &found)?;
        for draft in found {
            match self.check(conn, by, &draft)? {
                Ok(publish) if moved.contains(&publish.page) => {
                    let why = "Another of the selected drafts moves this page: publish that one first.";
                    sorted.left_out.push((draft, why.into()));
                }
                Ok(publish) if paths.insert(publish.content.path.clone()) => sorted.ready.push((draft, publish)),
                Ok(publish) => {
                    let why = format!("Another of the selected drafts has the path {}, too.", publish.content.path);
                    sorted.left_out.push((draft, why));
                }
                Err(why) => sorted.left_out.push((draft, why)),
            }
        }
        Ok(sorted)
    }

    fn check(&self, conn: &mut Conn, by: &Editor, draft: &Draft) -> Result<std::result::Result<Publish, String>> {
        let page = page_row::get(conn, draft.page)?;
        if page.as_ref().is_some_and(|page| page.version != draft.based_on) {
            return Ok(Err("was begun before somebody published another version of the page.".into()));
        }
        if !draft.gone.is_empty() {
            return Ok(Err(format!("Chosen readers no longer exist: {}.", draft.gone.join(", "))));
        }
        let input = draft.typed.page.clone().in_zone(self.zone);
        let content = match &page {
            Some(page) => input.check_over(&page.content),
            None => input.check(self.now),
        };
        let content = match content {
            Ok(content) => content,
            Err(invalid) => return Ok(Err(invalid.iter().map(|(_, message)| message).collect::<Vec<_>>().join(" "))),
        };
        let note = match Note::parse(&draft.typed.note) {
            Ok(note) => Some(note),
            Err(message) => return Ok(Err(message)),
        };
        let lock = Some(DraftLock { draft: draft.version, form: FormId(0) });
        let (page, from, move_below) = (draft.page, draft.based_on, draft.typed.move_below);
        let publish = Publish { lock, note, move_below, ..Publish::after(from, page, content) };
        match publish.obstacles(conn, by)?.first() {
            Some(obstacle) => Ok(Err(obstacle.to_string())),
            None => Ok(Ok(publish)),
        }
    }

    /// The drafts that are published.
    ///
    /// # Errors
    /// [`Error::Unconfirmed`] when they are other drafts, or other versions, than the user was shown.
    fn ready(&self, conn: &mut Conn, by: &Editor) -> Result<Vec<Publish>> {
        let sorted = self.sort(conn, by)?;
        match &self.seen {
            Some(seen) if *seen != sorted.fingerprint() => Err(Error::Unconfirmed),
            _ => Ok(sorted.ready.into_iter().map(|(_, publish)| publish).collect()),
        }
    }
}

/// The pages that move with another of the drafts. One command cannot move them twice.
fn moved_sections(conn: &mut Conn, by: &Editor, drafts: &[Draft]) -> Result<HashSet<PageId>> {
    if !drafts.iter().any(|draft| draft.typed.move_below) {
        return Ok(HashSet::new());
    }
    let ids: Vec<PageId> = drafts.iter().map(|draft| draft.page).collect();
    let pages = admin_list::get_many(conn, by, &ids)?;
    let moving = drafts.iter().filter(|draft| draft.typed.move_below);
    let targets: HashMap<PageId, Option<PagePath>> = moving.map(|draft| (draft.page, draft.typed.path())).collect();
    let moves = |page: &&PageRow| targets.get(&page.id).is_some_and(|to| to.as_ref() != Some(&page.path));
    let tops: Vec<&PagePath> = pages.iter().filter(moves).map(|page| &page.path).collect();
    let is_moved = |page: &&PageRow| tops.iter().any(|top| page.path.is_below(top));
    Ok(pages.iter().filter(is_moved).map(|page| page.id).collect())
}

impl Change for PublishDrafts {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let mut affected = Affected::default();
        for publish in self.ready(conn, by)? {
            // A list of drafts shows neither their audiences nor their dates.
            affected.edits.extend(publish.affected_unstated(conn)?.edits);
        }
        Ok(affected)
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let ready = self.ready(conn, run.by)?;
        let mut published = Vec::new();
        for publish in &ready {
            let effect = match publish.apply(conn, run, plan)? {
                Outcome::Page { is_new: true, .. } => Effect::Published,
                _ => Effect::Changed,
            };
            published.push(ChangedPage { page: publish.page, effect });
            (run.progress)(published.len());
        }
        Ok(Outcome::Pages(published))
    }
}

impl std::fmt::Display for Obstacle {
    /// A sentence for a list of drafts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Obstacle::MissingReaders(missing) => match (missing.people.first(), missing.groups.first()) {
                (Some(person), _) => write!(f, "There is no user {person}."),
                (None, Some(group)) => write!(f, "There is no group {group}."),
                (None, None) => Ok(()),
            },
            Obstacle::PathTaken(path) => write!(f, "There is another page at {path} already."),
            Obstacle::OldPath { path, title, .. } => {
                write!(f, "“{title}” is still found at {path}, where it lived before.")
            }
        }
    }
}
