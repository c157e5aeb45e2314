//! Nobody gains access without consent: after any command on any generated site, a person can read a page that was
//! closed to them before only if the preview named the page and the command carried that confirmation, or the command
//! itself stated it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use chrono::{DateTime, TimeDelta};
use domain::{
    Timestamp, Version,
    access::{Admin, Editor, Member, Visitor},
    audience::{Audience, Chosen, Readers},
    bulk_action::BulkActionId,
    draft::{DraftInput, DraftLock, FormId},
    effective_access::AccessKind,
    file::FileName,
    group::{GroupContent, GroupName},
    page::{Page, PageContent, PageId, PageInput, PagePath},
    secret::SecretHash,
    share::{NewShare, OpenLinks, ShareId, Shows},
    user::{Role, UserContent, Username},
    zone::Zone,
};
use proptest::{
    prelude::*,
    sample::{Index, select, subsequence},
    test_runner::{Config, TestRunner},
};
use store::{
    Conn, Error, Paging, Store,
    admin_list::{self, PageFilter},
    drafts, groups, pages,
    readers::{self, Intention},
    shares::{self, ShareFilter},
    trash, users,
    writing::{
        self, AccessDiff, AddFile, AddGroup, AddUsers, ChangeFile, ChangeMemberships, Command, Consent, Delete,
        DeleteGroup, DiscardDrafts, DraftVersion, FileChange, Fingerprint, Move, Publish, PublishDrafts, Purge,
        PurgeFile, Republish, Restore, Revert, SaveDraft, Selection, SetAudience, SortSection, Undo, UndoBulk,
        Unpublish, UnpublishForm, UpdateGroup, new_page_id,
    },
};

use crate::{
    audiences::{GROUPS, PATHS, PEOPLE, audience, differing_listings},
    commands,
    database::{add, admin, content, hash, noon, on_both, sql},
    files,
};

const ALL: Paging = Paging { number: 1, size: 1000 };

/// A step in the history of a site.
#[derive(Clone, Debug)]
enum Step {
    PublishNew(usize, Audience, Timing),
    PublishAgain(Index, usize, Audience, bool),
    SaveDraft(Index, Audience, Timing),
    PublishDrafts(Vec<Index>),
    DiscardDraft(Index),
    SetAudience(Vec<Index>, Audience),
    SortSection(Index, Vec<(Index, Option<u32>)>),
    Move(Vec<Index>, usize),
    Unpublish(Vec<Index>),
    UnpublishForm(Index),
    Delete(Vec<Index>),
    Restore(Index, usize),
    Revert(Index, i64, bool, bool),
    Undo(Index),
    UndoBulk(Index),
    Republish(Index),
    Purge(Index),
    Members(usize, Vec<&'static str>),
    Memberships(usize, Vec<usize>, Vec<usize>),
    DeleteGroup(usize),
    AddGroup(usize, Vec<&'static str>),
    /// A user is deleted, and another one takes the name.
    Replace(usize),
    /// A user is deleted, and another one is added with the name and becomes a member of groups.
    Join(usize, Vec<usize>),
    SqlPrivate(Index, bool),
    /// Somebody makes a link to a page and its subpages.
    Share(Index),
    /// A file is added to a page or a draft, for readers at once or for the draft.
    AddFile(Index, &'static str, bool),
    ChangeFile(Index, &'static str, FileChange),
    PurgeFile(Index, &'static str),
}

/// The moment at which the database decides what is published; `noon` is before it.
fn right_now() -> Timestamp {
    SystemTime::now().into()
}

/// When readers have a page.
#[derive(Clone, Copy, Debug)]
enum Timing {
    Always,
    Earlier,
    Later,
}

impl Timing {
    fn of(self, content: PageContent) -> PageContent {
        let (published_at, unpublish_at) = match self {
            Timing::Always => (noon(), None),
            Timing::Earlier => (noon() - TimeDelta::days(2), Some(noon() - TimeDelta::days(1))),
            Timing::Later => (right_now() + TimeDelta::days(1000), None),
        };
        PageContent { published_at, unpublish_at, ..content }
    }
}

fn timing() -> impl Strategy<Value = Timing> {
    prop_oneof![4 => Just(Timing::Always), 1 => Just(Timing::Earlier), 1 => Just(Timing::Later)]
}

fn some_groups() -> impl Strategy<Value = Vec<usize>> {
    subsequence((0..GROUPS.len()).collect::<Vec<_>>(), 0..=GROUPS.len())
}

fn step() -> impl Strategy<Value = Step> {
    let one = any::<Index>;
    let some = || prop::collection::vec(any::<Index>(), 1..4);
    let path = || 0..PATHS.len();
    let people = || subsequence(PEOPLE.to_vec(), 0..=3);
    prop_oneof![
        8 => (path(), audience(), timing())
            .prop_map(|(path, audience, timing)| Step::PublishNew(path, audience, timing)),
        3 => (one(), path(), audience(), any::<bool>())
            .prop_map(|(page, path, audience, below)| Step::PublishAgain(page, path, audience, below)),
        2 => (one(), audience(), timing())
            .prop_map(|(page, audience, timing)| Step::SaveDraft(page, audience, timing)),
        3 => some().prop_map(Step::PublishDrafts),
        1 => one().prop_map(Step::DiscardDraft),
        3 => (some(), audience()).prop_map(|(pages, audience)| Step::SetAudience(pages, audience)),
        1 => (one(), prop::collection::vec((any::<Index>(), prop::option::of(1..9_u32)), 1..4))
            .prop_map(|(section, numbers)| Step::SortSection(section, numbers)),
        2 => (some(), path()).prop_map(|(pages, path)| Step::Move(pages, path)),
        2 => some().prop_map(Step::Unpublish),
        1 => one().prop_map(Step::UnpublishForm),
        3 => some().prop_map(Step::Delete),
        3 => (one(), path()).prop_map(|(page, path)| Step::Restore(page, path)),
        2 => (one(), 1..4_i64, any::<bool>(), any::<bool>())
            .prop_map(|(page, version, readers, dates)| Step::Revert(page, version, readers, dates)),
        2 => one().prop_map(Step::Undo),
        4 => one().prop_map(Step::UndoBulk),
        2 => one().prop_map(Step::Republish),
        1 => one().prop_map(Step::Purge),
        2 => (0..GROUPS.len(), people()).prop_map(|(group, people)| Step::Members(group, people)),
        2 => (0..PEOPLE.len(), some_groups(), some_groups())
            .prop_map(|(user, join, leave)| Step::Memberships(user, join, leave)),
        1 => (0..GROUPS.len()).prop_map(Step::DeleteGroup),
        1 => (0..GROUPS.len(), people()).prop_map(|(group, people)| Step::AddGroup(group, people)),
        1 => (0..PEOPLE.len()).prop_map(Step::Replace),
        2 => (0..PEOPLE.len(), subsequence(vec![0, 1], 0..=2)).prop_map(|(person, groups)| Step::Join(person, groups)),
        1 => (one(), any::<bool>()).prop_map(|(page, private)| Step::SqlPrivate(page, private)),
        3 => one().prop_map(Step::Share),
        3 => (one(), file_name(), any::<bool>()).prop_map(|(page, name, now)| Step::AddFile(page, name, now)),
        3 => (one(), file_name(), file_change()).prop_map(|(page, name, change)| Step::ChangeFile(page, name, change)),
        1 => (one(), file_name()).prop_map(|(page, name)| Step::PurgeFile(page, name)),
    ]
}

fn file_name() -> impl Strategy<Value = &'static str> {
    select(vec!["map.jpg", "plan.jpg"])
}

fn file_change() -> impl Strategy<Value = FileChange> {
    select(vec![
        FileChange::Remove { at_once: true },
        FileChange::Remove { at_once: false },
        FileChange::Keep,
        FileChange::Rename(FileName::parse("plan.jpg").unwrap()),
        FileChange::SetAlt("A plan".into()),
    ])
}

/// All published pages by path, wherever they have moved.
fn published(store: &Store) -> Vec<Page> {
    let find = |conn: &mut Conn| {
        let ids = admin_list::matching(conn, admin().editor(), &PageFilter::default())?;
        let mut pages = Vec::new();
        for id in ids {
            pages.extend(pages::get(conn, admin().editor(), id)?);
        }
        Ok(pages)
    };
    let mut pages: Vec<Page> = store.read(find).unwrap();
    pages.sort_by(|a, b| a.content.path.cmp(&b.content.path));
    pages
}

fn picked<T: Clone>(from: &[T], indices: &[Index]) -> Vec<T> {
    if from.is_empty() { Vec::new() } else { indices.iter().map(|index| index.get(from).clone()).collect() }
}

/// Keeps only the names of existing people and groups: the store refuses others, which other tests check.
fn existing(store: &Store, audience: &Audience) -> Audience {
    let Audience::Chosen(chosen) = audience else { return audience.clone() };
    let groups = store.read(|conn| groups::names(conn, admin().editor(), "", 1000)).unwrap();
    let people = chosen.people.clone();
    Audience::Chosen(Chosen {
        people,
        groups: chosen.groups.iter().filter(|name| groups.contains(name)).cloned().collect(),
    })
}

impl Step {
    /// The command of a step on a site; `None` if the site has nothing to apply it to.
    fn command(&self, store: &Store) -> Option<Command> {
        let by = admin();
        let (pages, by) = (published(store), by.editor().clone());
        let ids: Vec<PageId> = pages.iter().map(|page| page.id).collect();
        let all_drafts = store.read(|conn| drafts::list(conn, &by, None, ALL)).unwrap().rows;
        let all_drafts: Vec<PageId> = all_drafts.into_iter().map(|row| row.page).collect();
        let bin = store.read(|conn| trash::list(conn, &by, "", ALL)).unwrap().rows;
        let bin: Vec<PageId> = bin.into_iter().map(|row| row.id).collect();
        let group = |index: usize| {
            let name = GroupName::parse(GROUPS[index]).unwrap();
            store.read(|conn| groups::find(conn, &admin(), &name)).unwrap()
        };
        let members = |names: &[&str]| names.iter().map(|name| Username::parse(name).unwrap()).collect::<Vec<_>>();
        Some(match self {
            Step::PublishNew(path, audience, timing) => {
                let content = PageContent { audience: existing(store, audience), ..content(PATHS[*path]) };
                let content = timing.of(content);
                commands::publication(None, Version(0), None, &content)
            }
            Step::PublishAgain(index, path, audience, move_below) => {
                let page = picked(&pages, &[*index]).pop()?;
                let (path, audience) = (PagePath::parse(PATHS[*path]).unwrap(), existing(store, audience));
                let content = PageContent { path, audience, ..page.content };
                let (page, from, move_below) = (page.id, page.version, *move_below);
                Command::Publish(Publish { move_below, ..Publish::after(from, page, content) })
            }
            Step::SaveDraft(index, audience, timing) => {
                let page = picked(&pages, &[*index]).pop()?;
                let content = timing.of(PageContent { audience: existing(store, audience), ..page.content });
                let input = DraftInput::from(PageInput::of(&content, Zone::default()));
                let lock = store.read(|conn| drafts::get(conn, &by, page.id)).unwrap().map(|draft| draft.version);
                let lock = DraftLock { draft: lock.unwrap_or(Version(0)), ..DraftLock::default() };
                Command::SaveDraft(SaveDraft { page: Some(page.id), based_on: page.version, lock, input })
            }
            Step::PublishDrafts(indices) => {
                let pages = picked(&all_drafts, indices);
                Command::PublishDrafts(PublishDrafts { pages, zone: Zone::default(), now: noon(), seen: None })
            }
            Step::DiscardDraft(index) => {
                let page = picked(&all_drafts, &[*index]).pop()?;
                let draft = store.read(|conn| drafts::get(conn, &by, page)).unwrap()?;
                Command::DiscardDrafts(DiscardDrafts(vec![DraftVersion::from(&draft)]))
            }
            Step::SetAudience(indices, audience) => Command::SetAudience(SetAudience {
                pages: Selection::Pages(picked(&ids, indices)),
                audience: existing(store, audience),
            }),
            Step::SortSection(section, numbers) => Command::SortSection(SortSection {
                section: picked(&ids, &[*section]).pop()?,
                numbers: numbers.iter().map(|(page, number)| (*page.get(&ids), *number)).collect(),
            }),
            Step::Move(indices, under) => Command::Move(Move {
                pages: Selection::Pages(picked(&ids, indices)),
                under: PagePath::parse(PATHS[*under]).unwrap(),
            }),
            Step::Unpublish(indices) => Command::Unpublish(Unpublish(Selection::Pages(picked(&ids, indices)))),
            Step::UnpublishForm(index) => {
                let page = picked(&pages, &[*index]).pop()?;
                let input = PageInput::of(&page.content, Zone::default()).into();
                let (page, from, lock) = (page.id, page.version, DraftLock::default());
                Command::UnpublishForm(UnpublishForm { page, from, lock, input })
            }
            Step::Delete(indices) => Command::Delete(Delete(Selection::Pages(picked(&ids, indices)))),
            Step::Restore(index, path) => Command::Restore(Restore {
                page: picked(&bin, &[*index]).pop()?,
                path: PagePath::parse(PATHS[*path]).unwrap(),
            }),
            Step::Revert(index, version, readers, dates) => {
                let page = picked(&pages, &[*index]).pop()?;
                let (version, readers, dates) = (Version(*version), *readers, *dates);
                let draft = store.read(|conn| drafts::get(conn, &by, page.id)).unwrap().map(|draft| draft.version);
                let draft = draft.unwrap_or(Version(0));
                Command::Revert(Revert { page: page.id, version, draft, readers, dates })
            }
            Step::Undo(index) => {
                let page = picked(&pages, &[*index]).pop()?;
                Command::Undo(Undo { page: page.id, from: page.version })
            }
            Step::UndoBulk(index) => {
                let action = BulkActionId(picked(&bulk_actions(store), &[*index]).pop()?);
                Command::UndoBulk(UndoBulk { action, seen: None })
            }
            Step::Republish(index) => {
                let page = picked(&all_drafts, &[*index]).pop()?;
                let version = store.read(|conn| store::revisions::last(conn, &by, page)).unwrap()?;
                Command::Republish(Republish { page, version })
            }
            Step::Purge(index) => Command::Purge(Purge::Pages(picked(&bin, &[*index]))),
            Step::Members(index, people) => {
                let group = group(*index)?;
                let content = GroupContent { members: members(people), ..group.content };
                Command::UpdateGroup(UpdateGroup::new(&admin(), group.id, group.version, content))
            }
            Step::Memberships(user, join, leave) => {
                let name = Username::parse(PEOPLE[*user]).unwrap();
                let user = store.read(|conn| users::find(conn, &name)).unwrap()?;
                let keys = |groups: &[usize]| groups.iter().filter_map(|one| Some(group(*one)?.id)).collect();
                Command::ChangeMemberships(ChangeMemberships::new(&admin(), user.id, keys(join), keys(leave)))
            }
            Step::DeleteGroup(index) => Command::DeleteGroup(DeleteGroup::new(&admin(), group(*index)?.id)),
            Step::AddGroup(index, people) => {
                let content =
                    GroupContent { name: GroupName::parse(GROUPS[*index]).unwrap(), members: members(people) };
                Command::AddGroup(AddGroup::new(&admin(), content))
            }
            Step::Join(index, groups) => {
                let name = Username::parse(PEOPLE[*index]).unwrap();
                let user = UserContent::new(name, Role::Reader);
                let groups = groups.iter().map(|index| GroupName::parse(GROUPS[*index]).unwrap()).collect();
                let add = AddUsers::new(&admin(), vec![user], groups);
                Command::AddUsers(add.with_passwords(vec![hash("x")]))
            }
            Step::AddFile(page, name, at_once) => {
                let page = picked(&[&*ids, &*all_drafts, &*bin].concat(), &[*page]).pop()?;
                let (name, content) = (FileName::parse(name).unwrap(), files::stored(store, "bytes"));
                let (alt, replaces, at_once) = (String::new(), true, *at_once);
                Command::AddFile(AddFile { page, name, content, alt, replaces, at_once })
            }
            Step::ChangeFile(page, name, change) => {
                let page = picked(&[&*ids, &*all_drafts, &*bin].concat(), &[*page]).pop()?;
                let (name, change) = (FileName::parse(name).unwrap(), change.clone());
                Command::ChangeFile(ChangeFile { page, name, change })
            }
            Step::PurgeFile(page, name) => {
                let page = picked(&[&*ids, &*all_drafts, &*bin].concat(), &[*page]).pop()?;
                Command::PurgeFile(PurgeFile { page, name: FileName::parse(name).unwrap() })
            }
            Step::Replace(_) | Step::SqlPrivate(..) | Step::Share(_) => return None,
        })
    }

    /// Makes a change outside the commands.
    fn happen(&self, store: &Store) {
        match self {
            Step::Replace(index) => {
                remove(store, PEOPLE[*index]);
                add(store, PEOPLE[*index], Role::Reader);
            }
            Step::Join(index, _) => remove(store, PEOPLE[*index]),
            Step::SqlPrivate(index, private) => {
                let pages = published(store);
                if let Some(page) = picked(&pages, &[*index]).pop() {
                    let id = page.id.0;
                    sql(store, &format!("UPDATE pages SET private = {private} WHERE id = {id}")).unwrap();
                }
            }
            Step::Share(index) => {
                if let Some(page) = picked(&published(store), &[*index]).pop() {
                    // A page that everyone can read is refused.
                    let _ = share(store, page.id);
                }
            }
            _ => {}
        }
    }
}

/// Deletes a user, if there is one of this name.
fn remove(store: &Store, name: &str) {
    let name = Username::parse(name).unwrap();
    if let Some(user) = store.read(|conn| users::find(conn, &name)).unwrap() {
        store.write(|conn| writing::users::delete(conn, &admin(), &[user.id], noon())).unwrap();
    }
}

/// Makes a link to a page and its subpages that does not end during the tests.
fn share(store: &Store, page: PageId) -> store::Result<ShareId> {
    let ends_at = DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    let new = NewShare { page, label: "Acme".into(), shows: Shows::Section, ends_at };
    let secret = SecretHash(format!("{:032}", new_page_id().unwrap().0).into_bytes().try_into().unwrap());
    let make =
        |conn: &mut Conn| writing::shares::make(conn, admin().editor(), FormId::default(), &new, &secret, noon());
    store.write(make)
}

/// The readers of each page by the keys of accounts, so that a name that is taken again is another person; 0 is an
/// anonymous visitor, -1 any account, including later ones, and a smaller number the negative key of a link.
type Reading = BTreeMap<i64, BTreeSet<i64>>;

fn reading(store: &Store) -> Reading {
    let people: Vec<Member> = PEOPLE
        .iter()
        .filter_map(|name| {
            let name = Username::parse(name).unwrap();
            let user = store.read(|conn| users::find(conn, &name)).unwrap()?;
            Some(Member { id: user.id, name: user.name, role: user.role, groups: user.groups })
        })
        .collect();
    let readers = |page: &Page| {
        let everybody = match page.readers {
            Readers::Everybody => vec![0, -1],
            Readers::SignedIn => vec![-1],
            Readers::Chosen { .. } => Vec::new(),
        };
        people.iter().filter(|member| page.readers.include(member)).map(|member| member.id.0).chain(everybody).collect()
    };
    let readers_now = |page: &Page| match page.content.is_published(right_now()) {
        true => readers(page),
        false => BTreeSet::new(),
    };
    let pages = published(store);
    let mut reading: Reading = pages.iter().map(|page| (page.id.0, readers_now(page))).collect();
    let paths: Vec<PagePath> = pages.iter().map(|page| page.content.path.clone()).collect();
    let links = store.read(|conn| shares::list(conn, admin().editor(), &ShareFilter::default(), ALL)).unwrap();
    for share in links.rows.into_iter().map(|row| row.share) {
        let opened = store.read(|conn| match pages::holder(conn, &share)? {
            Some(holder) => pages::opened_by(conn, &holder, &paths, noon()),
            None => Ok(BTreeSet::new()),
        });
        let opened = opened.unwrap();
        for page in pages.iter().filter(|page| opened.contains(&page.content.path)) {
            reading.entry(page.id.0).or_default().insert(-share.id.0);
        }
    }
    reading
}

/// The pages that somebody can read now and could not before; an unpublished page counts with its last readers.
fn gains(before: &Reading, after: &Reading) -> BTreeSet<i64> {
    let nobody = BTreeSet::new();
    let gains = |page: &i64, readers: &BTreeSet<i64>| {
        let before = before.get(page).unwrap_or(&nobody);
        let is_new = |reader: i64| match reader {
            ..-1 => !before.contains(&0),
            -1 | 0 => true,
            _ => !before.contains(&-1),
        };
        readers.iter().any(|reader| !before.contains(reader) && is_new(*reader))
    };
    after.iter().filter(|(page, readers)| gains(page, readers)).map(|(page, _)| *page).collect()
}

fn preview(store: &Store, by: &Editor, command: &Command) -> store::Result<AccessDiff> {
    store.snapshot(|conn| writing::preview(conn, by, command))
}

fn run(store: &Store, command: &Command, consent: Consent) -> store::Result<()> {
    let (by, command) = (admin(), command.clone());
    let action = BulkActionId(new_page_id().unwrap().0);
    store.write(|conn| commands::run_in_bulk(conn, by.editor(), action, command, consent, noon()).map(drop))
}

/// The keys of the bulk actions that were done so far.
fn bulk_actions(store: &Store) -> Vec<i64> {
    #[derive(diesel::QueryableByName)]
    struct Key {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        id: i64,
    }
    let query = "SELECT DISTINCT id FROM bulk_actions JOIN bulk_pages ON bulk_id = id ORDER BY id";
    let keys: Vec<Key> = store.read(|conn| Ok(diesel::RunQueryDsl::load(diesel::sql_query(query), conn)?)).unwrap();
    keys.into_iter().map(|key| key.id).collect()
}

fn start(store: &Store) {
    for table in [
        "bulk_pages",
        "bulk_actions",
        "shares",
        "files",
        "pages",
        "drafts",
        "trash",
        "old_paths",
        "page_people",
        "page_groups",
        "groups",
        "users",
    ] {
        sql(store, &format!("DELETE FROM {table}")).unwrap();
    }
    PEOPLE.iter().for_each(|name| drop(add(store, name, Role::Reader)));
    for (group, member) in GROUPS.iter().zip(["ann", "bob"]) {
        let members = vec![Username::parse(member).unwrap()];
        let content = GroupContent { name: GroupName::parse(group).unwrap(), members };
        store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
    }
}

/// Checks the effect of one command without consent, and with consent to the changes that were shown.
fn check(store: &Store, command: &Command, last: &mut Reading) -> Result<(), TestCaseError> {
    let by = admin();
    let Ok(diff) = preview(store, by.editor(), command) else {
        prop_assert!(run(store, command, Consent::Any).is_err(), "{command:?}");
        return Ok(());
    };
    let named: BTreeSet<i64> =
        diff.changes().iter().filter(|change| change.added.is_some()).map(|change| change.page.0).collect();
    let stated: BTreeSet<i64> =
        diff.changes().iter().filter(|change| change.stated).map(|change| change.page.0).collect();
    let new = match command {
        // The form of a page that readers do not have says who can read it.
        Command::Publish(publish) if published(store).iter().all(|page| page.id != publish.page) => {
            Some(publish.page.0)
        }
        _ => None,
    };
    let is_about_files = matches!(command, Command::AddFile(_) | Command::ChangeFile(_) | Command::PurgeFile(_));
    prop_assert!(!is_about_files || diff.changes().is_empty(), "a file has the access of its page: {command:?}");
    let told = told(store, command);
    let (before, readers) = (last.clone(), reading(store));
    let mut current = last.clone();
    current.extend(readers.clone());

    let other = Consent::Shown(Fingerprint::sent("something else"));
    for consent in [Consent::Stated, other] {
        match run(store, command, consent) {
            Ok(()) => {
                let unasked = gains(&before, &reading(store));
                let unasked: BTreeSet<&i64> =
                    unasked.iter().filter(|page| !stated.contains(page) && Some(**page) != new).collect();
                prop_assert!(unasked.is_empty(), "{command:?} opened {unasked:?}");
                prop_assert!(!is_about_files || reading(store) == readers, "{command:?} changed access");
                prop_assert!(has_announced_access(store, told), "the form announced {told:?} for {command:?}");
                last.extend(reading(store));
                return Ok(());
            }
            Err(Error::Unconfirmed) => prop_assert_eq!(&reading(store), &subset(&current, &reading(store))),
            // Refused for another reason, as it is with any consent.
            Err(_) => return Ok(()),
        }
    }
    prop_assert!(!named.is_empty(), "{command:?} was refused without a reason");
    match run(store, command, Consent::Shown(diff.fingerprint().clone())) {
        Ok(()) => {
            let gained = gains(&before, &reading(store));
            let unnamed: BTreeSet<&i64> = gained.difference(&named).filter(|page| Some(**page) != new).collect();
            prop_assert!(unnamed.is_empty(), "{command:?} opened {unnamed:?}, and the preview named {named:?}");
            prop_assert!(has_announced_access(store, told), "the form announced {told:?} for {command:?}");
        }
        Err(error) => prop_assert!(error != Error::Unconfirmed, "{command:?}"),
    }
    last.extend(reading(store));
    Ok(())
}

/// The access that the form of a page announces for it, and the number of links.
fn told(store: &Store, command: &Command) -> Option<(PageId, AccessKind, usize)> {
    let Command::Publish(publish) = command else { return None };
    let PageContent { path, audience, .. } = publish.content.clone();
    let intention = Intention { page: Some(publish.page), path: Some(path), audience };
    let outlook = store.read(|conn| readers::outlook(conn, admin().editor(), &intention)).unwrap();
    let links = outlook.links.iter().map(|links| links.count).sum();
    Some((publish.page, outlook.after.unwrap().access, links))
}

/// Whether a page has the access that its form announced.
fn has_announced_access(store: &Store, told: Option<(PageId, AccessKind, usize)>) -> bool {
    let page = |(page, access, links): (PageId, AccessKind, usize)| {
        let opening = reading(store).get(&page.0).map_or(0, |readers| readers.range(..-1).count());
        let page = store.read(|conn| pages::get(conn, admin().editor(), page)).unwrap();
        page.is_some_and(|page| {
            let is_published = page.content.is_published(right_now());
            page.readers.kind() == access && (opening == links || !is_published)
        })
    };
    told.is_none_or(page)
}

fn subset(all: &Reading, of: &Reading) -> Reading {
    of.keys().map(|page| (*page, all[page].clone())).collect()
}

#[test]
fn nobody_gains_access_that_no_preview_named_and_no_command_stated() {
    on_both(|store| {
        let steps = prop::collection::vec(step(), 1..20);
        let mut runner = TestRunner::new(Config { cases: 50, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&steps, |steps| {
            start(store);
            let mut last = Reading::new();
            for step in &steps {
                step.happen(store);
                last.extend(reading(store));
                if let Some(command) = step.command(store) {
                    check(store, &command, &mut last)?;
                }
                prop_assert_eq!(differing_listings(store), 0);
            }
            Ok(())
        });
        outcome.unwrap();
    });
}

fn insert(store: &Store, at: &str, audience: Audience) -> Page {
    let content = PageContent { audience, ..content(at) };
    store.write(|conn| commands::insert(conn, admin().editor(), &content, noon())).unwrap()
}

fn delete(store: &Store, page: &Page) {
    store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
}

fn find(store: &Store, at: &str) -> Option<Page> {
    store.read(|conn| pages::find(conn, &PagePath::parse(at).unwrap())).unwrap()
}

/// Runs a command that needs a confirmation, first without it and then with it.
fn confirm(store: &Store, command: &Command, expected: &str) {
    let by = admin();
    assert_eq!(run(store, command, Consent::Stated), Err(Error::Unconfirmed));
    let diff = preview(store, by.editor(), command).unwrap();
    let words = |change: &writing::AccessChange| format!("{}: {}", change.path, change.added.as_deref().unwrap_or("-"));
    assert_eq!(diff.changes().iter().map(words).collect::<Vec<_>>().join("; "), expected);
    run(store, command, Consent::Shown(diff.fingerprint().clone())).unwrap();
}

#[test]
fn a_page_that_comes_back_after_its_private_parent_has_gone_opens_to_nobody_unasked() {
    on_both(|store| {
        let parent = insert(store, "team", Audience::SignedIn);
        let [trashed, elsewhere, unpublished] =
            ["team/a", "team/b", "team/c"].map(|at| insert(store, at, Audience::Inherited));
        delete(store, &trashed);
        delete(store, &elsewhere);
        store.write(|conn| commands::unpublish(conn, admin().editor(), &[unpublished.id], noon())).unwrap();
        delete(store, &parent);
        let restore =
            |page: &Page, path: &str| Command::Restore(Restore { page: page.id, path: PagePath::parse(path).unwrap() });
        confirm(store, &restore(&trashed, "team/a"), "/team/a: everyone, without a password");
        confirm(store, &restore(&elsewhere, "b"), "/b: everyone, without a password");
        let drafts = PublishDrafts { pages: vec![unpublished.id], zone: Zone::default(), now: noon(), seen: None };
        confirm(store, &Command::PublishDrafts(drafts), "/team/c: everyone, without a password");
        // With its readers as they were, it comes back without a question.
        delete(store, &find(store, "team/a").unwrap());
        run(store, &restore(&trashed, "team/a"), Consent::Stated).unwrap();
    });
}

#[test]
fn people_with_a_link_to_a_section_are_named_before_a_page_opens_to_them() {
    on_both(|store| {
        let ann = Chosen { people: vec![add(store, "ann", Role::Reader).name], groups: Vec::new() };
        let chosen = || Audience::Chosen(ann.clone());
        insert(store, "a", chosen());
        let b = insert(store, "b", chosen());
        let moved = insert(store, "a/x", Audience::Inherited);
        insert(store, "a/x/deep", Audience::Inherited);
        let own = insert(store, "b/own", chosen());
        insert(store, "b/own/y", Audience::Inherited);
        let trashed = insert(store, "b/t", Audience::Inherited);
        delete(store, &trashed);
        let link = share(store, b.id).unwrap();
        let to = |under: &str, page: &Page| {
            let (pages, under) = (Selection::one(page.id), PagePath::parse(under).unwrap());
            Command::Move(Move { pages, under })
        };
        let holders = "people who have the link to “/b” and its subpages";
        confirm(store, &to("b", &moved), &format!("/a/x: {holders}; /a/x/deep: {holders}"));
        let inherit = |page: &Page| {
            let (pages, audience) = (Selection::one(page.id), Audience::Inherited);
            Command::SetAudience(SetAudience { pages, audience })
        };
        confirm(store, &inherit(&own), &format!("/b/own: {holders}; /b/own/y: {holders}"));
        let path = PagePath::parse("b/t").unwrap();
        confirm(store, &Command::Restore(Restore { page: trashed.id, path }), &format!("/b/t: ann, {holders}"));

        // Another link is another effect than the one that was confirmed.
        run(store, &to("a", &find(store, "b/x").unwrap()), Consent::Stated).unwrap();
        let seen = preview(store, admin().editor(), &to("b", &moved)).unwrap();
        let second = share(store, b.id).unwrap();
        let shown = Consent::Shown(seen.fingerprint().clone());
        assert_eq!(run(store, &to("b", &moved), shown), Err(Error::Unconfirmed));
        let holders = "people who have one of 2 links to “/b” and its subpages";
        confirm(store, &to("b", &moved), &format!("/a/x: {holders}; /a/x/deep: {holders}"));
        let diff = preview(store, admin().editor(), &to("a", &moved)).unwrap();
        assert_eq!(diff.changes()[0].removed.as_deref(), Some(holders));
        assert!(!diff.needs_consent());

        // A new page says in its form who can read it, and a link that has ended opens nothing.
        let outlook = |at: &str, audience: Audience| {
            let intention = Intention { page: None, path: PagePath::parse(at).ok(), audience };
            store.read(|conn| readers::outlook(conn, admin().editor(), &intention)).unwrap()
        };
        let words = |at| outlook(at, Audience::Inherited).links.iter().map(OpenLinks::words).collect::<Vec<_>>();
        assert_eq!(words("b/new"), ["2 links to “/b” and its subpages open it"]);
        assert_eq!(words("b/x/new").len(), 1);
        assert!(words("a/new").is_empty() && outlook("b/new", chosen()).links.is_empty());
        let ended = store.write(|conn| writing::shares::end(conn, admin().editor(), &[link, second], noon()));
        assert_eq!(ended.unwrap(), 2);
        assert!(words("b/new").is_empty());
        run(store, &to("a", &moved), Consent::Stated).unwrap();
        run(store, &to("b", &moved), Consent::Stated).unwrap();
    });
}

#[test]
fn a_link_to_a_section_names_its_holders_where_it_comes_above_other_pages() {
    on_both(|store| {
        insert(store, "team", Audience::SignedIn);
        let shared = insert(store, "team/a", Audience::Inherited);
        insert(store, "team/a/b", Audience::Inherited);
        share(store, shared.id).unwrap();
        delete(store, &shared);
        let restore = |path: &str| Command::Restore(Restore { page: shared.id, path: PagePath::parse(path).unwrap() });
        let holders = "people who have the link to “/team/a” and its subpages";
        // Its own link is as old as its readers.
        confirm(store, &restore("team/a"), &format!("/team/a/b: {holders}"));
        let everyone = Command::SetAudience(SetAudience {
            pages: Selection::one(find(store, "team").unwrap().id),
            audience: Audience::Public,
        });
        let all = "everyone, without a password";
        confirm(store, &everyone, &format!("/team: {all}; /team/a: {all}; /team/a/b: {all}"));
        let back = Command::SetAudience(SetAudience {
            pages: Selection::one(find(store, "team").unwrap().id),
            audience: Audience::SignedIn,
        });
        run(store, &back, Consent::Stated).unwrap();
    });
}

#[test]
fn readers_who_joined_while_a_page_was_away_are_named_when_it_comes_back() {
    on_both(|store| {
        for name in ["ann", "bob"] {
            add(store, name, Role::Reader);
        }
        let name = GroupName::parse("Crew").unwrap();
        let content = GroupContent { name: name.clone(), members: vec![Username::parse("ann").unwrap()] };
        let group = store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
        let crew = || Audience::Chosen(Chosen { people: Vec::new(), groups: vec![name.clone()] });
        insert(store, "team", crew());
        let below = ["team/a", "team/b"].map(|at| insert(store, at, Audience::Inherited));
        let own = ["c", "d"].map(|at| insert(store, at, crew()));
        delete(store, &below[0]);
        delete(store, &own[0]);
        store.write(|conn| commands::unpublish(conn, admin().editor(), &[below[1].id, own[1].id], noon())).unwrap();
        let members = vec![Username::parse("ann").unwrap(), Username::parse("bob").unwrap()];
        let content = GroupContent { members, ..content };
        let join = Command::UpdateGroup(UpdateGroup::new(&admin(), group.id, group.version, content));
        confirm(store, &join, "/team: bob");
        let restore =
            |page: &Page, path: &str| Command::Restore(Restore { page: page.id, path: PagePath::parse(path).unwrap() });
        confirm(store, &restore(&below[0], "team/a"), "/team/a: ann, bob");
        confirm(store, &restore(&own[0], "c"), "/c: ann, bob");
        let pages = vec![below[1].id, own[1].id];
        let drafts = PublishDrafts { pages, zone: Zone::default(), now: noon(), seen: None };
        confirm(store, &Command::PublishDrafts(drafts), "/d: ann, bob; /team/b: ann, bob");
    });
}

#[test]
fn access_of_a_disabled_account_is_named_before_the_account_is_enabled() {
    on_both(|store| {
        add(store, "ann", Role::Reader);
        add(store, "bob", Role::Reader);
        sql(store, "UPDATE users SET active = FALSE WHERE name = 'bob'").unwrap();
        let people = |names: &[&str]| {
            let people = names.iter().map(|name| Username::parse(name).unwrap()).collect();
            Audience::Chosen(Chosen { people, groups: Vec::new() })
        };
        insert(store, "a", people(&["ann"]));
        insert(store, "b", people(&["ann", "bob"]));
        let page = insert(store, "a/x", Audience::Inherited);
        let (pages, under) = (Selection::Pages(vec![page.id]), PagePath::parse("b").unwrap());
        confirm(store, &Command::Move(Move { pages, under }), "/a/x: bob");
    });
}

#[test]
fn unstated_gains_come_before_all_other_changes() {
    on_both(|store| {
        let ann = Chosen { people: vec![add(store, "ann", Role::Reader).name], groups: Vec::new() };
        insert(store, "a", Audience::Public);
        insert(store, "a/x", Audience::Inherited);
        insert(store, "z", Audience::Chosen(ann));
        insert(store, "z/y", Audience::Inherited);
        insert(store, "z/y/x", Audience::Inherited);
        let page = |at: &str| find(store, at).unwrap().id;
        let pages = Selection::Pages(vec![page("a/x"), page("z/y")]);
        let command = Command::SetAudience(SetAudience { pages, audience: Audience::SignedIn });
        let diff = preview(store, admin().editor(), &command).unwrap();
        let order: Vec<String> = diff.changes().iter().map(|change| change.path.to_string()).collect();
        assert_eq!(order, ["/z/y", "/z/y/x", "/a/x"]);
    });
}

/// Saves the content as a draft of a page, and returns the command that publishes it from the list of drafts.
fn draft_to_publish(store: &Store, page: PageId, based_on: Version, content: &PageContent) -> Command {
    let input = PageInput::of(content, Zone::default()).into();
    let by = admin();
    let draft = store.read(|conn| drafts::get(conn, by.editor(), page)).unwrap();
    let lock = DraftLock { draft: draft.map_or(Version(0), |draft| draft.version), ..DraftLock::default() };
    let save = Command::SaveDraft(SaveDraft { page: Some(page), based_on, lock, input });
    run(store, &save, Consent::Stated).unwrap();
    Command::PublishDrafts(PublishDrafts { pages: vec![page], zone: Zone::default(), now: noon(), seen: None })
}

#[test]
fn dates_that_open_a_page_are_confirmed_unless_its_own_form_states_them() {
    on_both(|store| {
        let ended = Timing::Earlier.of(content("a"));
        let open = PageContent { unpublish_at: None, ..ended.clone() };
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &ended, noon())).unwrap();
        let publish =
            |from, content: &PageContent| Command::Publish(Publish::after(Version(from), page.id, content.clone()));
        run(store, &publish(1, &open), Consent::Stated).unwrap();
        run(store, &publish(2, &ended), Consent::Stated).unwrap();
        let drafts = draft_to_publish(store, page.id, Version(3), &open);
        confirm(store, &drafts, "/a: everyone, without a password");
        run(store, &publish(4, &ended), Consent::Stated).unwrap();
        let undo = Command::Undo(Undo { page: page.id, from: Version(5) });
        confirm(store, &undo, "/a: everyone, without a password");

        let scheduled = Timing::Later.of(content("b"));
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &scheduled, noon())).unwrap();
        let sooner = PageContent { published_at: noon(), ..scheduled.clone() };
        let other_text = PageContent { body: "Other text.".into(), ..scheduled };
        run(store, &draft_to_publish(store, page.id, Version(1), &other_text), Consent::Stated).unwrap();
        run(store, &Command::Unpublish(Unpublish(Selection::one(page.id))), Consent::Stated).unwrap();
        let drafts = draft_to_publish(store, page.id, Version(2), &sooner);
        confirm(store, &drafts, "/b: everyone, without a password");
    });
}

#[test]
fn a_page_that_was_deleted_before_its_date_is_restored_with_a_question_and_an_ended_one_without() {
    on_both(|store| {
        let now = right_now();
        let on = |days: i64| now + TimeDelta::days(days);
        let scheduled = PageContent { published_at: on(-1), ..content("a") };
        let ended = PageContent { published_at: on(-9), unpublish_at: Some(on(-8)), ..content("b") };
        let pages = [scheduled, ended]
            .map(|content| store.write(|conn| commands::insert(conn, admin().editor(), &content, on(-5))).unwrap().id);
        store.write(|conn| commands::delete(conn, admin().editor(), &pages, on(-2))).unwrap();
        let restore = |page, path: &str| Command::Restore(Restore { page, path: PagePath::parse(path).unwrap() });
        confirm(store, &restore(pages[0], "a"), "/a: everyone, without a password");
        run(store, &restore(pages[1], "b"), Consent::Stated).unwrap();
    });
}

#[test]
fn a_title_that_lists_begin_to_show_is_confirmed() {
    on_both(|store| {
        let page = insert(store, "a", Audience::SignedIn);
        let shown = PageContent { show_title: true, ..page.content };
        let drafts = draft_to_publish(store, page.id, Version(1), &shown);
        confirm(store, &drafts, "/a: everyone (the title only)");
        let other_text = PageContent { body: "Other text.".into(), ..shown };
        run(store, &draft_to_publish(store, page.id, Version(2), &other_text), Consent::Stated).unwrap();
        run(store, &Command::Unpublish(Unpublish(Selection::one(page.id))), Consent::Stated).unwrap();
        run(store, &Command::Republish(Republish { page: page.id, version: Version(3) }), Consent::Stated).unwrap();
    });
}

#[test]
fn a_draft_whose_page_moves_with_another_draft_is_left_out() {
    on_both(|store| {
        let (top, below) = (insert(store, "a", Audience::SignedIn), insert(store, "a/b", Audience::Inherited));
        for (page, to, move_below) in [(&top, "z", true), (&below, "a/c", false)] {
            let content = PageContent { path: PagePath::parse(to).unwrap(), ..page.content.clone() };
            let input = DraftInput { move_below, ..PageInput::of(&content, Zone::default()).into() };
            let (page, based_on, lock) = (Some(page.id), page.version, DraftLock::default());
            run(store, &Command::SaveDraft(SaveDraft { page, based_on, lock, input }), Consent::Stated).unwrap();
        }
        let drafts = PublishDrafts { pages: vec![top.id, below.id], zone: Zone::default(), now: noon(), seen: None };
        let sorted = store.snapshot(|conn| drafts.sort(conn, admin().editor())).unwrap();
        let left_out: Vec<PageId> = sorted.left_out.iter().map(|(draft, _)| draft.page).collect();
        assert_eq!(left_out, [below.id]);
        run(store, &Command::PublishDrafts(drafts), Consent::Stated).unwrap();
        assert!(find(store, "z/b").is_some() && find(store, "a/c").is_none());
    });
}

#[test]
fn an_old_version_comes_back_as_a_draft_and_brings_its_readers_and_its_dates_only_on_request() {
    on_both(|store| {
        let page = insert(store, "a", Audience::Public);
        let old = page.content.clone();
        let later = noon() + TimeDelta::days(1);
        let new = PageContent {
            title: "New".into(),
            audience: Audience::SignedIn,
            show_title: true,
            unpublish_at: Some(later),
            ..old.clone()
        };
        store.write(|conn| commands::update(conn, admin().editor(), page.id, Version(1), &new, noon())).unwrap();
        let revert = |draft, readers, dates| {
            let command = Revert { page: page.id, version: Version(1), draft: Version(draft), readers, dates };
            run(store, &Command::Revert(command), Consent::Stated)
        };
        let draft = || store.read(|conn| drafts::get(conn, admin().editor(), page.id)).unwrap().unwrap();
        let of = |content: &PageContent| PageInput::of(content, Zone::default());
        revert(0, false, false).unwrap();
        assert_eq!(draft().typed.page, of(&PageContent { title: old.title.clone(), ..new.clone() }));
        assert_eq!((draft().typed.note.as_str(), draft().based_on), ("as in version 1", Version(2)));
        assert_eq!(revert(0, false, false).unwrap_err(), Error::Stale, "it would replace a draft that nobody saw");
        revert(1, true, true).unwrap();
        assert_eq!(draft().typed.page, of(&old));
        assert_eq!(find(store, "a").unwrap().content, new, "nothing of it is online");
    });
}

#[test]
fn an_undo_that_gives_somebody_access_asks_and_any_other_does_not() {
    on_both(|store| {
        let page = insert(store, "a", Audience::SignedIn);
        let save = |from, audience: Audience| {
            let content = PageContent { title: "New".into(), audience, ..page.content.clone() };
            store.write(|conn| commands::update(conn, admin().editor(), page.id, Version(from), &content, noon()))
        };
        let undo = |from| Command::Undo(Undo { page: page.id, from: Version(from) });
        save(1, Audience::Public).unwrap();
        run(store, &undo(2), Consent::Stated).unwrap();
        let now = find(store, "a").unwrap();
        assert_eq!((now.content, now.version), (page.content.clone(), Version(3)), "an undo is a version");
        let draft = store.read(|conn| drafts::get(conn, admin().editor(), page.id)).unwrap().unwrap();
        assert_eq!((draft.typed.page.title.as_str(), draft.based_on), ("New", Version(3)), "and keeps what was undone");
        assert_eq!(run(store, &undo(2), Consent::Stated).unwrap_err(), Error::Stale);
        let chosen = Audience::Chosen(Chosen::default());
        save(3, chosen.clone()).unwrap();
        confirm(store, &undo(4), "/a: signed-in users");
        assert_eq!(find(store, "a").unwrap().content, page.content);
        let first = insert(store, "b", Audience::Public);
        let undo = Command::Undo(Undo { page: first.id, from: first.version });
        assert_eq!(run(store, &undo, Consent::Any).unwrap_err(), Error::Stale, "there is no version before");
    });
}

#[test]
fn an_undone_move_takes_along_what_moved_along() {
    on_both(|store| {
        for move_below in [true, false] {
            let (top, below) = (insert(store, "a", Audience::Public), insert(store, "a/b", Audience::Public));
            let content = PageContent { path: PagePath::parse("z").unwrap(), ..top.content.clone() };
            let (page, from) = (top.id, top.version);
            let publish = Publish { move_below, ..Publish::after(from, page, content) };
            run(store, &Command::Publish(publish), Consent::Stated).unwrap();
            run(store, &Command::Undo(Undo { page, from: Version(2) }), Consent::Stated).unwrap();
            let back = (find(store, "a").unwrap().id, find(store, "a/b").unwrap().id);
            assert_eq!(back, (top.id, below.id));
            assert!(find(store, "z").is_none() && find(store, "z/b").is_none());
            let both = Selection::Pages(vec![top.id, below.id]);
            run(store, &Command::Delete(Delete(both)), Consent::Stated).unwrap();
        }
    });
}

#[test]
fn an_unpublished_page_comes_back_as_it_was_and_keeps_another_draft() {
    on_both(|store| {
        let page = insert(store, "a", Audience::SignedIn);
        let unpublish = |typed: &str, version| {
            let content = PageContent { body: typed.into(), ..find(store, "a").unwrap().content };
            let input = PageInput::of(&content, Zone::default()).into();
            let (page, from, lock) = (page.id, Version(version), DraftLock::default());
            run(store, &Command::UnpublishForm(UnpublishForm { page, from, lock, input }), Consent::Stated).unwrap();
        };
        let republish = |version| {
            let command = Command::Republish(Republish { page: page.id, version: Version(version) });
            run(store, &command, Consent::Stated)
        };
        let draft = || store.read(|conn| drafts::get(conn, admin().editor(), page.id)).unwrap();
        unpublish(&page.content.body, 1);
        republish(1).unwrap();
        assert_eq!(find(store, "a").unwrap().content, page.content);
        assert_eq!(draft(), None);
        assert_eq!(republish(2).unwrap_err(), Error::Stale, "it is published");
        unpublish("Typed meanwhile.", 2);
        republish(2).unwrap();
        assert_eq!(find(store, "a").unwrap().content, page.content);
        let kept = draft().unwrap();
        assert_eq!((kept.typed.page.body.as_str(), kept.based_on), ("Typed meanwhile.", Version(3)));
    });
}

#[test]
fn a_name_that_somebody_else_took_opens_nothing() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let chosen = Audience::Chosen(Chosen { people: vec![ann.name.clone()], groups: Vec::new() });
        let page = insert(store, "a", chosen);
        let typed = PageInput::of(&page.content, Zone::default()).into();
        let save = |conn: &mut store::Conn| {
            commands::save_draft(
                conn,
                admin().editor(),
                Some(page.id),
                Version(1),
                DraftLock::default(),
                &typed,
                noon(),
            )
        };
        store.write(save).unwrap();
        let open = PageContent { audience: Audience::SignedIn, ..page.content.clone() };
        store.write(|conn| commands::update(conn, admin().editor(), page.id, Version(1), &open, noon())).unwrap();
        store.write(|conn| writing::users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        add(store, "ann", Role::Reader);

        let draft = store.read(|conn| drafts::get(conn, admin().editor(), page.id)).unwrap().unwrap();
        assert_eq!((draft.typed.page.audience.people.as_str(), draft.gone), ("", vec!["ann".to_owned()]));
        let revision = store.read(|conn| store::revisions::get(conn, admin().editor(), page.id, Version(1)));
        let revision = revision.unwrap().unwrap();
        assert_eq!(
            (revision.content.audience, revision.gone),
            (Audience::Chosen(Chosen::default()), vec!["ann".into()])
        );
        let revert = Revert { page: page.id, version: Version(1), draft: Version(1), readers: true, dates: false };
        let refused = run(store, &Command::Revert(revert), Consent::Any).unwrap_err();
        assert!(matches!(&refused, Error::Refused(words) if words.contains("ann no longer exists")), "{refused}");
    });
}

#[test]
fn an_open_form_gives_nothing_to_somebody_who_took_the_name_of_a_reader() {
    on_both(|store| {
        let people = |names: &[&str]| {
            let people = names.iter().map(|name| Username::parse(name).unwrap()).collect();
            Audience::Chosen(Chosen { people, groups: Vec::new() })
        };
        add(store, "ann", Role::Reader);
        add(store, "bob", Role::Reader);
        let page = insert(store, "a", people(&["ann", "bob"]));
        sql(store, "DELETE FROM users WHERE name = 'ann'").unwrap();
        add(store, "ann", Role::Reader);
        // A form that was opened before saves a draft, and then publishes.
        let input = DraftInput::from(PageInput::of(&page.content, Zone::default()));
        let (id, based_on, lock) = (Some(page.id), page.version, DraftLock::default());
        let save = Command::SaveDraft(SaveDraft { page: id, based_on, lock, input });
        confirm(store, &commands::publication(id, page.version, None, &page.content), "/a: ann");
        store
            .write(|conn| commands::set_audience(conn, admin().editor(), &[page.id], &people(&["bob"]), noon()))
            .unwrap();
        run(store, &save, Consent::Stated).unwrap();
        let draft = store.read(|conn| drafts::get(conn, admin().editor(), page.id)).unwrap().unwrap();
        assert_eq!(draft.gone, ["ann"]);
    });
}

#[test]
fn a_reader_who_was_renamed_stays_a_reader_of_drafts_and_versions() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let chosen = Audience::Chosen(Chosen { people: vec![ann.name.clone()], groups: Vec::new() });
        let page = insert(store, "a", chosen);
        let content = domain::user::UserContent::new(Username::parse("anna").unwrap(), ann.role);
        store.write(|conn| writing::users::update(conn, &admin(), ann.id, ann.version, &content, noon())).unwrap();
        let revision = store.read(|conn| store::revisions::get(conn, admin().editor(), page.id, Version(1)));
        let audience = revision.unwrap().unwrap().content.audience;
        assert_eq!(audience.chosen().unwrap().people, [Username::parse("anna").unwrap()]);
    });
}

#[test]
fn the_members_of_a_group_are_previewed_as_its_deletion_is() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        add(store, "bob", Role::Reader);
        let name = GroupName::parse("Crew").unwrap();
        let crew = GroupContent { name: name.clone(), members: vec![ann.name] };
        let group = store.write(|conn| commands::add_group(conn, &admin(), &crew, noon())).unwrap();
        insert(store, "a", Audience::Chosen(Chosen { people: Vec::new(), groups: vec![name] }));
        let members = vec![Username::parse("bob").unwrap()];
        let content = GroupContent { members, ..crew };
        let update = Command::UpdateGroup(UpdateGroup::new(&admin(), group.id, group.version, content));
        let diff = preview(store, admin().editor(), &update).unwrap();
        assert_eq!(diff.changes()[0].removed.as_deref(), Some("ann"));
        confirm(store, &update, "/a: bob");
        let delete = Command::DeleteGroup(DeleteGroup::new(&admin(), group.id));
        let diff = preview(store, admin().editor(), &delete).unwrap();
        assert_eq!((diff.changes()[0].removed.as_deref(), diff.changes()[0].added.as_deref()), (Some("bob"), None));
        run(store, &delete, Consent::Stated).unwrap();
    });
}

#[test]
fn an_editor_who_was_disabled_since_is_not_obeyed() {
    on_both(|store| {
        let eve = add(store, "eve", Role::Editor);
        let page = insert(store, "a", Audience::SignedIn);
        let member = Member { id: eve.id, name: eve.name.clone(), role: eve.role, groups: Vec::new() };
        let by = Editor::of(&Visitor::SignedIn(member)).unwrap();
        let delete = || store.write(|conn| commands::delete(conn, &by, &[page.id], noon()));
        let set = |active| {
            let set = |conn: &mut store::Conn| writing::users::set_active(conn, &admin(), &[eve.id], active, noon());
            store.write(set).unwrap();
        };
        set(false);
        assert_eq!(delete(), Err(Error::NotAllowed));
        set(true);
        assert_eq!(delete(), Ok(1));
    });
}

#[test]
fn a_question_writes_nothing_and_waits_for_no_writer() {
    on_both(|store| {
        let page = insert(store, "a", Audience::SignedIn);
        insert(store, "a/b", Audience::Inherited);
        let command = Command::SetAudience(SetAudience { pages: Selection::one(page.id), audience: Audience::Public });
        let by = admin();
        // Another connection holds the write lock of SQLite meanwhile.
        let diff = store.write(|_| preview(store, by.editor(), &command)).unwrap();
        assert_eq!(diff.changes().len(), 2);
        let refused = store
            .snapshot(|conn| commands::run(conn, Admin::command_line().editor(), command.clone(), noon()).map(drop));
        assert!(refused.is_err() || find(store, "a").unwrap().readers.is_private(), "a snapshot commits nothing");
        assert!(find(store, "a").unwrap().readers.is_private());
        assert!(new_page_id().unwrap() != new_page_id().unwrap());
    });
}

#[test]
fn a_command_says_whether_it_may_take_access_away() {
    on_both(|store| {
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &content("a"), noon())).unwrap();
        let takes = |command: Command| {
            let by = admin();
            let run = |conn: &mut store::Conn| {
                let progress = &mut |_| {};
                let (by, consent, links) = (by.editor(), Consent::Any, commands::links as _);
                let mut run = writing::Run { by, now: noon(), consent, links, progress, takes_access: false };
                writing::run(conn, &mut run, &command)?;
                Ok(run.takes_access)
            };
            store.write(run).unwrap()
        };
        let pages = || Selection::Pages(vec![page.id]);
        let audience = |audience| Command::SetAudience(SetAudience { pages: pages(), audience });
        takes(audience(Audience::Public));
        assert!(takes(audience(Audience::SignedIn)));
        assert!(takes(audience(Audience::Chosen(Chosen::default()))));
        assert!(!takes(audience(Audience::SignedIn)), "signed-in users gain it");
        assert!(!takes(commands::publication(None, Version(0), None, &content("b"))));
        assert!(takes(Command::Delete(Delete(pages()))));
    });
}
