//! The access that a command results in: computed from the rows that it may affect, without changing any of them.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap, HashSet},
};

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use domain::{
    audience::{Audience, Gain},
    effective_access::EffectiveAccess,
    page::{PageId, PagePath},
};
use sha2::{Digest, Sha256};

use super::{
    access_columns,
    access_diff::{AccessChange, AccessDiff, Fingerprint},
    affected::{Affected, DateEffect, Edit, OwnAccess},
    reader_sets::ReaderSets,
    shared_sections::{LinkChange, Own, SharedSections, Side},
};
use crate::{
    Conn, Result,
    access::{nearest, own_access},
    columns::KEYS,
    id,
};

/// The columns of a row that access depends on, named for a table alias.
const COLUMNS: &str = "page.id, page.path, page.title, page.audience, page.private, page.readers_from";

#[derive(Clone, Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    audience: String,
    #[diesel(sql_type = Bool)]
    private: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    readers_from: Option<i64>,
}

impl Row {
    fn effective(&self) -> EffectiveAccess {
        EffectiveAccess::from_columns(self.private, self.readers_from)
    }

    fn inherits(&self) -> bool {
        self.audience == Audience::Inherited.as_str()
    }
}

/// The access of the pages that a command affects, before and after.
#[derive(Default)]
pub(super) struct Plan {
    after: HashMap<PageId, EffectiveAccess>,
    /// The pages whose effective access changes, with the access after.
    changed: Vec<(PageId, EffectiveAccess)>,
    diff: AccessDiff,
    is_written: Cell<bool>,
}

impl Plan {
    /// Computes the access after a command.
    pub(super) fn new(conn: &mut Conn, affected: &Affected) -> Result<Plan> {
        if affected.is_empty() {
            return Ok(Plan::default());
        }
        let rows = conn.with_index_scans(|conn| rows(conn, affected))?;
        let edits: HashMap<i64, &Edit> = affected.edits.iter().map(|edit| (edit.page.0, edit)).collect();
        let above = paths_above(&rows, &affected.edits);
        let own_before = own_before(conn, &rows, &above)?;
        let own = own_after(own_before.clone(), &rows, &affected.edits);
        let paths: HashMap<i64, &str> = rows.iter().map(|(id, row)| (*id, row.path.as_str())).collect();
        let shared = match affected.edits.is_empty() {
            // The members of a group do not change what a link opens.
            true => SharedSections::default(),
            false => conn.with_index_scans(|conn| SharedSections::load(conn, &paths, &affected.edits, &above))?,
        };

        let (mut after, mut changed, mut compared) = (HashMap::new(), Vec::new(), Vec::new());
        for edit in &affected.edits {
            let Some((path, audience)) = &edit.to else { continue };
            let row = rows.get(&edit.page.0);
            let new = match audience {
                OwnAccess::Inherited => nearest(&own, path),
                OwnAccess::Everybody => EffectiveAccess::Everybody,
                OwnAccess::SignedIn => EffectiveAccess::SignedIn,
                OwnAccess::Chosen { .. } => EffectiveAccess::ChosenBy(edit.page),
                OwnAccess::Kept => match row {
                    Some(row) if !row.inherits() => row.effective(),
                    _ => nearest(&own, path),
                },
            };
            after.insert(edit.page, new);
            let old = row.map(Row::effective);
            if old != Some(new) {
                changed.push((edit.page, new));
            }
            let shown = edit.from.as_ref().unwrap_or(path).clone();
            // Chosen readers may have changed while the page was off the site, and no preview named the page then:
            // every reader of the restored page counts as a gain.
            let before = match edit.dates {
                DateEffect::Opens => None,
                DateEffect::None | DateEffect::Ended => old.or(edit.was.filter(|was| was.readers_from().is_none())),
            };
            let is_known = edit.stated || edit.dates == DateEffect::Ended;
            // Nobody loses access by a page that was not published, and its own form says who will read it.
            if before.is_some() || !is_known {
                let links = shared.change(
                    &Side { path: edit.from.as_ref(), access: before, own: &own_before },
                    &Side { path: Some(path), access: Some(new), own: &own },
                );
                let (page, title, stated) = (edit.page, &edit.title, edit.stated);
                let shows_title = edit.shows_title && new.is_private() && before != Some(EffectiveAccess::Everybody);
                compared.push(Compared { page, path: shown, title, before, new, links, shows_title, stated });
            }
        }
        for row in rows.values().filter(|row| !edits.contains_key(&row.id)) {
            // A path that no page can have was inserted by SQL; nobody can request it.
            let Ok(path) = PagePath::parse(&row.path) else { continue };
            let (page, old) = (PageId(row.id), row.effective());
            let new = if row.inherits() { nearest(&own, &path) } else { old };
            if old != new {
                changed.push((page, new));
            }
            let links = shared.change(
                &Side { path: Some(&path), access: Some(old), own: &own_before },
                &Side { path: Some(&path), access: Some(new), own: &own },
            );
            let (title, before) = (&row.title, Some(old));
            compared.push(Compared { page, path, title, before, new, links, shows_title: false, stated: false });
        }
        let diff = diff(conn, affected, &shared, compared)?;
        Ok(Plan { after, changed, diff, is_written: Cell::default() })
    }

    /// The effective access after the command of a page that the command sets; `None` for any other page.
    pub(super) fn after(&self, page: PageId) -> Option<EffectiveAccess> {
        self.after.get(&page).copied()
    }

    /// The number of pages whose effective access changes.
    pub(super) fn changed(&self) -> usize {
        self.changed.len()
    }

    /// What the command does to access.
    pub(super) fn diff(&self) -> AccessDiff {
        self.diff.clone()
    }

    /// Writes the effective access of every page whose access changes, except of those that the command wrote itself. A command
    /// that consists of several changes calls it for each: the first call writes, and a page that is inserted after it gets its
    /// access when it is inserted.
    pub(super) fn write_inherited(&self, conn: &mut Conn, written: &[PageId]) -> Result<()> {
        if self.is_written.replace(true) {
            return Ok(());
        }
        let written: HashSet<&PageId> = written.iter().collect();
        let mut by_access: HashMap<EffectiveAccess, Vec<PageId>> = HashMap::new();
        for (page, access) in self.changed.iter().filter(|(page, _)| !written.contains(page)) {
            by_access.entry(*access).or_default().push(*page);
        }
        for (access, pages) in by_access {
            access_columns::write(conn, &pages, None, access, None)?;
        }
        Ok(())
    }
}

/// Who gains by a title that lists show.
const ONLY_TITLE: &str = "everyone (the title only)";

/// A page whose readers are compared.
struct Compared<'a> {
    page: PageId,
    path: PagePath,
    title: &'a str,
    before: Option<EffectiveAccess>,
    new: EffectiveAccess,
    links: LinkChange,
    shows_title: bool,
    stated: bool,
}

fn diff(
    conn: &mut Conn,
    affected: &Affected,
    shared: &SharedSections,
    mut compared: Vec<Compared<'_>>,
) -> Result<AccessDiff> {
    let sets_change: HashSet<PageId> = affected
        .edits
        .iter()
        .filter(|edit| matches!(edit.to, Some((_, OwnAccess::Chosen { .. }))))
        .map(|edit| edit.page)
        .collect();
    // Readers differ where the access differs, where other links open the page, where other readers are chosen, and where a group
    // changes.
    compared.retain(|page| {
        page.before != Some(page.new)
            || page.shows_title
            || !page.links.is_empty()
            || !affected.groups.is_empty()
            || page.new.readers_from().is_some_and(|from| sets_change.contains(&from))
    });
    compared.sort_by(|a, b| a.path.cmp(&b.path));
    let access = compared.iter().flat_map(|page| page.before.into_iter().chain([page.new]));
    let mut sets = ReaderSets::load(conn, access, affected)?;
    let (mut changes, mut hash) = (Vec::new(), Sha256::new());
    for Compared { page, path, title, before, new, links, shows_title, stated } in compared {
        let old_set = match before {
            Some(before) => sets.before(before),
            None => sets.nobody(),
        };
        let new_set = sets.after(new);
        let (added, removed) = sets.words(old_set, new_set);
        let (holders_added, holders_removed) = shared.words(&links);
        let gain = sets.gain(old_set, new_set).max(if holders_added.is_some() { Gain::Holders } else { Gain::None });
        let (mut added, removed) = (joined(added, holders_added), joined(removed, holders_removed));
        if shows_title {
            added = Some(added.map_or_else(|| ONLY_TITLE.to_owned(), |words| format!("{words}; {ONLY_TITLE}")));
        }
        if added.is_none() && removed.is_none() {
            continue;
        }
        hash.update(page.0.to_be_bytes());
        hash.update(sets.digest(old_set));
        hash.update(sets.digest(new_set));
        shared.hash(&links, &mut hash);
        hash.update([u8::from(shows_title)]);
        changes.push(AccessChange {
            page,
            path,
            title: title.to_owned(),
            before,
            after: new,
            gain,
            added,
            removed,
            stated,
        });
    }
    changes.sort_by_key(|change| !change.is_unstated_gain());
    let fingerprint = if changes.is_empty() { Fingerprint::default() } else { Fingerprint::finish(hash) };
    Ok(AccessDiff { changes, fingerprint })
}

/// Readers of two kinds as one list.
fn joined(people: Option<String>, holders: Option<String>) -> Option<String> {
    match (people, holders) {
        (Some(people), Some(holders)) => Some(format!("{people}, {holders}")),
        (people, holders) => people.or(holders),
    }
}

/// The rows that a command may affect: the pages that it sets, the pages below their old and their new paths, and the pages
/// that a group reads.
fn rows(conn: &mut Conn, affected: &Affected) -> Result<BTreeMap<i64, Row>> {
    let mut rows = BTreeMap::new();
    let published: Vec<&Edit> = affected.edits.iter().filter(|edit| edit.from.is_some()).collect();
    for edits in published.chunks(KEYS) {
        let ids = id::list(edits.iter().map(|edit| edit.page.0));
        load(conn, &mut rows, &format!("SELECT {COLUMNS} FROM pages AS page WHERE page.id IN ({ids})"))?;
    }
    let old = published.iter().filter_map(|edit| edit.from.as_ref());
    let new = affected.edits.iter().filter_map(|edit| edit.to.as_ref().map(|(path, _)| path));
    let paths: HashSet<&PagePath> = old.chain(new).collect();
    let topmost: Vec<&PagePath> =
        paths.iter().filter(|path| !path.above().any(|above| paths.contains(&above))).copied().collect();
    for paths in topmost.chunks(KEYS) {
        if paths.iter().any(|path| path.is_root()) {
            load(conn, &mut rows, &format!("SELECT {COLUMNS} FROM pages AS page"))?;
            break;
        }
        // A path consists of letters, digits, hyphens and slashes: nothing in it has to be escaped.
        let values: Vec<String> = paths.iter().map(|path| format!("('{}')", path.as_str())).collect();
        let query = format!(
            "SELECT {COLUMNS} FROM (VALUES {}) AS top
             JOIN pages AS page ON page.path > top.column1 || '/' AND page.path < top.column1 || '0'",
            values.join(", ")
        );
        load(conn, &mut rows, &query)?;
    }
    if !affected.groups.is_empty() {
        let groups = id::list(affected.groups.iter().map(|(group, _)| group.0));
        let query = format!(
            "SELECT {COLUMNS} FROM pages AS page WHERE page.private AND page.readers_from IN
             (SELECT page_id FROM page_groups WHERE group_id IN ({groups}))"
        );
        load(conn, &mut rows, &query)?;
    }
    Ok(rows)
}

fn load(conn: &mut Conn, rows: &mut BTreeMap<i64, Row>, query: &str) -> Result<()> {
    let found: Vec<Row> = sql_query(query).load(conn)?;
    rows.extend(found.into_iter().map(|row| (row.id, row)));
    Ok(())
}

/// The paths above the affected pages, old and new ones, where no affected page is.
fn paths_above(rows: &BTreeMap<i64, Row>, edits: &[Edit]) -> HashSet<PagePath> {
    let targets = edits.iter().filter_map(|edit| edit.to.as_ref().map(|(path, _)| path.clone()));
    let paths: HashSet<PagePath> =
        rows.values().filter_map(|row| PagePath::parse(&row.path).ok()).chain(targets).collect();
    paths.iter().flat_map(PagePath::above).filter(|path| !paths.contains(path)).collect()
}

/// The pages with an audience of their own now, by path, among the affected pages and those above them.
fn own_before(conn: &mut Conn, rows: &BTreeMap<i64, Row>, above: &HashSet<PagePath>) -> Result<Own> {
    let mut own = own_access(conn, above.iter().map(PagePath::as_str))?;
    own.extend(rows.values().filter(|row| !row.inherits()).map(|row| (row.path.clone(), row.effective())));
    Ok(own)
}

/// The same after the command.
fn own_after(mut own: Own, rows: &BTreeMap<i64, Row>, edits: &[Edit]) -> Own {
    for edit in edits {
        if let Some(from) = &edit.from {
            own.remove(from.as_str());
        }
    }
    for edit in edits {
        let Some((path, audience)) = &edit.to else { continue };
        let access = match audience {
            OwnAccess::Inherited => None,
            OwnAccess::Everybody => Some(EffectiveAccess::Everybody),
            OwnAccess::SignedIn => Some(EffectiveAccess::SignedIn),
            OwnAccess::Chosen { .. } => Some(EffectiveAccess::ChosenBy(edit.page)),
            OwnAccess::Kept => rows.get(&edit.page.0).filter(|row| !row.inherits()).map(Row::effective),
        };
        own.extend(access.map(|access| (path.as_str().to_owned(), access)));
    }
    own
}
