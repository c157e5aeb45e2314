//! The readers of pages by name, before and after a command, for many pages at a time.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use domain::{
    audience::{Gain, ReaderSet},
    effective_access::EffectiveAccess,
    group::GroupId,
    page::PageId,
    user::{UserId, Username},
};
use sha2::{Digest, Sha256};

use super::affected::{Affected, OwnAccess};
use crate::{
    Conn, Error, Result,
    columns::KEYS,
    schema::{group_members, page_groups, page_people, users},
};

/// A set of readers by its number; equal sets have equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SetId(usize);

/// Everything that is needed to name the readers of some pages.
pub(super) struct ReaderSets {
    people: HashMap<i64, BTreeSet<i64>>,
    groups: HashMap<i64, BTreeSet<i64>>,
    members: HashMap<i64, BTreeSet<i64>>,
    names: HashMap<i64, Username>,
    /// Chosen readers that the command sets, by page.
    chosen: HashMap<i64, (BTreeSet<i64>, BTreeSet<i64>)>,
    /// Members that the command sets, by group.
    members_after: HashMap<i64, BTreeSet<i64>>,
    sets: Vec<(ReaderSet, [u8; 32])>,
    known: HashMap<Key, SetId>,
    words: HashMap<(SetId, SetId), (Option<String>, Option<String>)>,
}

/// A set of readers before names are looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Everybody,
    SignedIn,
    People(BTreeSet<i64>),
}

impl ReaderSets {
    /// Loads what is chosen for the pages that `access` names.
    pub(super) fn load(
        conn: &mut Conn,
        access: impl Iterator<Item = EffectiveAccess>,
        affected: &Affected,
    ) -> Result<ReaderSets> {
        let keys = |people: &BTreeSet<UserId>| people.iter().map(|user| user.0).collect::<BTreeSet<_>>();
        let chosen: HashMap<i64, (BTreeSet<i64>, BTreeSet<i64>)> = affected
            .edits
            .iter()
            .filter_map(|edit| match &edit.to {
                Some((_, OwnAccess::Chosen { people, groups })) => {
                    let groups = groups.iter().map(|group| group.0).collect();
                    Some((edit.page.0, (keys(people), groups)))
                }
                _ => None,
            })
            .collect();
        let members_after: HashMap<i64, BTreeSet<i64>> =
            affected.groups.iter().map(|(GroupId(group), members)| (*group, keys(members))).collect();
        let pages: HashSet<i64> = access.filter_map(|access| Some(access.readers_from()?.0)).collect();
        let pages: Vec<i64> = pages.into_iter().collect();

        let (people, groups) = (chosen_people(conn, &pages)?, chosen_groups(conn, &pages)?);
        let all_groups: BTreeSet<i64> =
            groups.values().chain(chosen.values().map(|(_, groups)| groups)).flatten().copied().collect();
        let members = group_members(conn, &all_groups.into_iter().collect::<Vec<_>>())?;
        let all_people: BTreeSet<i64> = people
            .values()
            .chain(members.values())
            .chain(members_after.values())
            .chain(chosen.values().map(|(people, _)| people))
            .flatten()
            .copied()
            .collect();
        let mut names = all_names(conn, &all_people.into_iter().collect::<Vec<_>>())?;
        names.extend(affected.newcomers.iter().map(|(user, name)| (user.0, name.clone())));
        let (sets, known, words) = (Vec::new(), HashMap::new(), HashMap::new());
        Ok(ReaderSets { people, groups, members, names, chosen, members_after, sets, known, words })
    }

    /// The readers before the command.
    pub(super) fn before(&mut self, access: EffectiveAccess) -> SetId {
        self.set(access, false)
    }

    /// The readers after the command.
    pub(super) fn after(&mut self, access: EffectiveAccess) -> SetId {
        self.set(access, true)
    }

    fn set(&mut self, access: EffectiveAccess, after: bool) -> SetId {
        let empty = BTreeSet::new();
        let key = match access {
            EffectiveAccess::Everybody => Key::Everybody,
            EffectiveAccess::SignedIn => Key::SignedIn,
            EffectiveAccess::ChosenBy(PageId(page)) => match self.chosen.get(&page).filter(|_| after) {
                Some((people, groups)) => self.opened(people, groups, after),
                None => {
                    let (people, groups) = (self.people.get(&page), self.groups.get(&page));
                    self.opened(people.unwrap_or(&empty), groups.unwrap_or(&empty), after)
                }
            },
        };
        self.intern(key)
    }

    /// The empty set: of a page that readers never had.
    pub(super) fn nobody(&mut self) -> SetId {
        self.intern(Key::People(BTreeSet::new()))
    }

    /// All people, with groups replaced by their members. Disabled accounts count: once they are enabled, they read too.
    fn opened(&self, people: &BTreeSet<i64>, groups: &BTreeSet<i64>, after: bool) -> Key {
        let members = |group: &i64| match self.members_after.get(group).filter(|_| after) {
            Some(members) => Some(members),
            None => self.members.get(group),
        };
        let all = people.iter().chain(groups.iter().filter_map(members).flatten());
        Key::People(all.filter(|user| self.names.contains_key(user)).copied().collect())
    }

    fn intern(&mut self, key: Key) -> SetId {
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let set = match &key {
            Key::Everybody => ReaderSet::Everybody,
            Key::SignedIn => ReaderSet::SignedIn,
            Key::People(people) => {
                ReaderSet::People(people.iter().filter_map(|user| self.names.get(user).cloned()).collect())
            }
        };
        let digest = Sha256::digest(format!("{key:?}")).into();
        let id = SetId(self.sets.len());
        self.sets.push((set, digest));
        self.known.insert(key, id);
        id
    }

    /// The readers who are added and removed between two sets, in words.
    pub(super) fn words(&mut self, before: SetId, after: SetId) -> (Option<String>, Option<String>) {
        let sets = &self.sets;
        let words = self.words.entry((before, after)).or_insert_with(|| {
            let (old, new) = (&sets[before.0].0, &sets[after.0].0);
            (ReaderSet::added(old, new), ReaderSet::removed(old, new))
        });
        words.clone()
    }

    /// How many readers are added between two sets.
    pub(super) fn gain(&self, before: SetId, after: SetId) -> Gain {
        ReaderSet::gain(&self.sets[before.0].0, &self.sets[after.0].0)
    }

    /// A digest of all members of a set.
    pub(super) fn digest(&self, set: SetId) -> &[u8; 32] {
        &self.sets[set.0].1
    }
}

fn collected(rows: impl IntoIterator<Item = (i64, i64)>, into: &mut HashMap<i64, BTreeSet<i64>>) {
    for (of, key) in rows {
        into.entry(of).or_default().insert(key);
    }
}

fn chosen_people(conn: &mut Conn, pages: &[i64]) -> Result<HashMap<i64, BTreeSet<i64>>> {
    let mut found = HashMap::new();
    for pages in pages.chunks(KEYS) {
        let rows: Vec<(i64, i64)> = page_people::table
            .filter(page_people::page_id.eq_any(pages))
            .select((page_people::page_id, page_people::user_id))
            .load(conn)?;
        collected(rows, &mut found);
    }
    Ok(found)
}

fn chosen_groups(conn: &mut Conn, pages: &[i64]) -> Result<HashMap<i64, BTreeSet<i64>>> {
    let mut found = HashMap::new();
    for pages in pages.chunks(KEYS) {
        let rows: Vec<(i64, i64)> = page_groups::table
            .filter(page_groups::page_id.eq_any(pages))
            .select((page_groups::page_id, page_groups::group_id))
            .load(conn)?;
        collected(rows, &mut found);
    }
    Ok(found)
}

fn group_members(conn: &mut Conn, groups: &[i64]) -> Result<HashMap<i64, BTreeSet<i64>>> {
    let mut found = HashMap::new();
    for groups in groups.chunks(KEYS) {
        let rows: Vec<(i64, i64)> = group_members::table
            .filter(group_members::group_id.eq_any(groups))
            .select((group_members::group_id, group_members::user_id))
            .load(conn)?;
        collected(rows, &mut found);
    }
    Ok(found)
}

fn all_names(conn: &mut Conn, people: &[i64]) -> Result<HashMap<i64, Username>> {
    let invalid = |words| Error::Schema(format!("a chosen reader: {words}"));
    let mut names = HashMap::new();
    for people in people.chunks(KEYS) {
        let rows: Vec<(i64, String)> =
            users::table.filter(users::id.eq_any(people)).select((users::id, users::name)).load(conn)?;
        for (id, name) in rows {
            names.insert(id, Username::parse(&name).map_err(invalid)?);
        }
    }
    Ok(names)
}
