//! The scope selects exactly the pages that the access rule allows after any changes: generated sites and changes, on
//! both databases.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use domain::{
    access::{Access, Holder, Listing, Member, Program, Visitor, decide, listing},
    audience::{Audience, Chosen, Readers},
    file::FileName,
    group::{Group, GroupContent, GroupName},
    navigation::{Branch, Entry, Navigation, Target},
    page::{Page, PageContent, PageId, PagePath},
    placement::{Order, Placement},
    search::Query,
    share::{Share, ShareId, Shows},
    user::{Role, User, Username},
};
use proptest::{
    prelude::*,
    sample::{Index, select, subsequence},
    test_runner::{Config, TestRunner},
};
use store::{
    Conn, Error, Paging, Store, files,
    lists::{self, Position, VisiblePages},
    navigation::{self, Destination},
    pages::{self, Located},
    readers, search,
    sections::{self, TopSection},
    writing::{AddFile, ChangeFile, Command, FileChange},
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, sql},
};

const ALL: Paging = Paging { number: 1, size: 1000 };
pub const PATHS: [&str; 9] = ["", "a", "a-b", "a/b", "a/b/c", "a/b/c/d", "b", "b/c", "b/c/d"];
pub const PEOPLE: [&str; 3] = ["ann", "bob", "cid"];
pub const GROUPS: [&str; 2] = ["Staff", "Team of Acme"];

/// A change of a site.
#[derive(Clone, Debug)]
enum Operation {
    /// A path, an audience, whether lists show the title, the offset of its date and the length of its publication, in
    /// microseconds.
    Insert(usize, Audience, bool, i64, Option<i64>),
    SetAudience(Index, Audience),
    Move(Index, usize),
    Delete(Index),
    Unpublish(Index),
    /// A change of `private` by SQL.
    SetPrivate(Index, bool),
    DeleteGroup(usize),
    DeleteUser(usize),
    /// A file is added to a page for its readers, or to its draft.
    AddFile(Index, bool),
    /// Readers lose the file of a page.
    RemoveFile(Index),
}

pub fn audience() -> impl Strategy<Value = Audience> {
    let names = (subsequence(PEOPLE.to_vec(), 0..=3), subsequence(GROUPS.to_vec(), 0..=2));
    let chosen = names.prop_map(|(people, groups)| {
        Audience::Chosen(Chosen {
            people: people.into_iter().map(|name| Username::parse(name).unwrap()).collect(),
            groups: groups.into_iter().map(|name| GroupName::parse(name).unwrap()).collect(),
        })
    });
    prop_oneof![
        4 => Just(Audience::Inherited),
        1 => Just(Audience::Public),
        2 => Just(Audience::SignedIn),
        3 => chosen,
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let offset = select(vec![-86_400_000_000, -1, 0, 1, 86_400_000_000]);
    let end = prop::option::weighted(0.3, select(vec![1, 2, 86_400_000_000, 90_000_000_000]));
    let insert = (0..PATHS.len(), audience(), any::<bool>(), offset, end)
        .prop_map(|(path, audience, title, offset, end)| Operation::Insert(path, audience, title, offset, end));
    prop_oneof![
        8 => insert,
        3 => (any::<Index>(), audience()).prop_map(|(page, audience)| Operation::SetAudience(page, audience)),
        2 => (any::<Index>(), 0..PATHS.len()).prop_map(|(page, path)| Operation::Move(page, path)),
        1 => any::<Index>().prop_map(Operation::Delete),
        1 => any::<Index>().prop_map(Operation::Unpublish),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(page, private)| Operation::SetPrivate(page, private)),
        1 => (0..GROUPS.len()).prop_map(Operation::DeleteGroup),
        1 => (0..PEOPLE.len()).prop_map(Operation::DeleteUser),
        4 => (any::<Index>(), any::<bool>()).prop_map(|(page, at_once)| Operation::AddFile(page, at_once)),
        1 => any::<Index>().prop_map(Operation::RemoveFile),
    ]
}

/// The expected state of a site: the audience that each author chose, without the result of inheritance.
#[derive(Default)]
struct Model {
    pages: BTreeMap<String, PageContent>,
    /// The words in the files that readers have, by the paths of their pages.
    files: BTreeMap<String, String>,
    people: BTreeMap<String, User>,
    groups: BTreeMap<String, Group>,
}

impl Model {
    fn start(store: &Store, members: &[Vec<&'static str>]) -> Model {
        for table in ["files", "pages", "drafts", "trash", "old_paths", "page_people", "page_groups", "groups", "users"]
        {
            sql(store, &format!("DELETE FROM {table}")).unwrap();
        }
        let people = PEOPLE.map(|name| (name.to_owned(), add(store, name, Role::Reader))).into();
        let groups = GROUPS.iter().zip(members).map(|(name, members)| {
            let members = members.iter().map(|name| Username::parse(name).unwrap()).collect();
            let content = GroupContent { name: GroupName::parse(name).unwrap(), members };
            let group = store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
            ((*name).to_owned(), group)
        });
        Model { people, groups: groups.collect(), ..Model::default() }
    }

    fn apply(&mut self, store: &Store, operation: &Operation) {
        let pick = |index: &Index| {
            let paths: Vec<&String> = self.pages.keys().collect();
            (!paths.is_empty()).then(|| (*index.get(&paths)).clone())
        };
        match operation {
            Operation::Insert(path, audience, show_title, offset, end) => {
                // Some pages have a number among those beside them.
                let position = (*path % 3 != 0).then(|| u32::try_from(PATHS.len() - path).unwrap());
                let path = PATHS[*path];
                let published_at = noon() + TimeDelta::microseconds(*offset);
                let page = PageContent {
                    audience: self.known(audience),
                    show_title: *show_title,
                    published_at,
                    placement: Placement { position, ..Placement::default() },
                    unpublish_at: end.map(|end| published_at + TimeDelta::microseconds(end)),
                    ..content(path)
                };
                let made = store.write(|conn| commands::insert(conn, admin().editor(), &page, noon()));
                match self.pages.contains_key(path) {
                    true => assert_eq!(made, Err(Error::Duplicate)),
                    false => {
                        made.unwrap();
                        self.pages.insert(path.to_owned(), page);
                    }
                }
            }
            Operation::SetAudience(index, audience) => {
                let (Some(path), audience) = (pick(index), self.known(audience)) else { return };
                let page = PageContent { audience, ..self.pages[&path].clone() };
                save(store, &path, &page).unwrap();
                self.pages.insert(path, page);
            }
            Operation::Move(index, to) => {
                let (Some(from), to) = (pick(index), PATHS[*to]) else { return };
                let page = PageContent { path: PagePath::parse(to).unwrap(), ..self.pages[&from].clone() };
                if from != to && self.pages.contains_key(to) {
                    assert_eq!(save(store, &from, &page), Err(Error::Duplicate));
                } else {
                    save(store, &from, &page).unwrap();
                    self.pages.remove(&from);
                    self.pages.insert(to.to_owned(), page);
                    if let Some(file) = self.files.remove(&from) {
                        self.files.insert(to.to_owned(), file);
                    }
                }
            }
            Operation::Delete(index) => {
                let Some(path) = pick(index) else { return };
                let id = find(store, &path).id;
                store.write(|conn| commands::delete(conn, admin().editor(), &[id], noon())).unwrap();
                self.pages.remove(&path);
                self.files.remove(&path);
            }
            Operation::Unpublish(index) => {
                let Some(path) = pick(index) else { return };
                let id = find(store, &path).id;
                store.write(|conn| commands::unpublish(conn, admin().editor(), &[id], noon())).unwrap();
                self.pages.remove(&path);
                self.files.remove(&path);
            }
            Operation::AddFile(index, at_once) => {
                let Some(path) = pick(index) else { return };
                let (page, name) = (find(store, &path).id, file_name());
                // What waits has other bytes than what readers have.
                let word = format!("{page:?} {}", if *at_once { "for readers" } else { "in the draft" });
                let content = crate::files::stored(store, &word);
                let (alt, replaces, at_once) = (String::new(), true, *at_once);
                run(store, Command::AddFile(AddFile { page, name, content, alt, replaces, at_once })).unwrap();
                if at_once {
                    self.files.insert(path, word);
                }
            }
            Operation::RemoveFile(index) => {
                let Some(path) = pick(index) else { return };
                let (page, name) = (find(store, &path).id, file_name());
                let change = FileChange::Remove { at_once: true };
                let removed = run(store, Command::ChangeFile(ChangeFile { page, name, change }));
                assert!(self.files.remove(&path).is_none() || removed.is_ok());
            }
            Operation::SetPrivate(index, private) => {
                let Some(path) = pick(index) else { return };
                let was = find(store, &path).readers.is_private();
                sql(store, &format!("UPDATE pages SET private = {private} WHERE path = '{path}'")).unwrap();
                if was != *private {
                    let audience = if *private { Audience::SignedIn } else { Audience::Public };
                    self.pages.entry(path).and_modify(|page| page.audience = audience);
                }
            }
            Operation::DeleteGroup(group) => {
                if let Some(group) = self.groups.remove(GROUPS[*group]) {
                    store.write(|conn| commands::delete_group(conn, &admin(), group.id, noon())).unwrap();
                    self.forget(|chosen| chosen.groups.retain(|name| *name != group.content.name));
                }
            }
            Operation::DeleteUser(user) => {
                if let Some(user) = self.people.remove(PEOPLE[*user]) {
                    store.write(|conn| store::writing::users::delete(conn, &admin(), &[user.id], noon())).unwrap();
                    self.forget(|chosen| chosen.people.retain(|name| *name != user.name));
                    for group in self.groups.values_mut() {
                        group.content.members.retain(|name| *name != user.name);
                    }
                }
            }
        }
    }

    fn forget(&mut self, forget: impl Fn(&mut Chosen)) {
        for page in self.pages.values_mut() {
            if let Audience::Chosen(chosen) = &mut page.audience {
                forget(chosen);
            }
        }
    }

    /// The audience without deleted people and groups.
    fn known(&self, audience: &Audience) -> Audience {
        let mut audience = audience.clone();
        if let Audience::Chosen(chosen) = &mut audience {
            chosen.people.retain(|name| self.people.contains_key(name.as_str()));
            chosen.groups.retain(|name| self.groups.contains_key(name.as_str()));
        }
        audience
    }

    /// The pages with the readers that the domain computes.
    fn expected(&self) -> Vec<Page> {
        let page = |content: &PageContent| {
            let above: Vec<&Audience> = content
                .path
                .above()
                .filter_map(|path| self.pages.get(path.as_str()).map(|page| &page.audience))
                .collect();
            let readers = match Audience::governing(&content.audience, above) {
                Audience::Inherited | Audience::Public => Readers::Everybody,
                Audience::SignedIn => Readers::SignedIn,
                Audience::Chosen(chosen) => Readers::Chosen {
                    people: chosen.people.iter().map(|name| self.people[name.as_str()].id).collect(),
                    groups: chosen.groups.iter().map(|name| self.groups[name.as_str()].id).collect(),
                },
            };
            Page {
                id: domain::page::PageId(0),
                content: content.clone(),
                readers,
                governor: None,
                created_at: noon(),
                updated_at: noon(),
                version: domain::Version::FIRST,
            }
        };
        self.pages.values().map(page).collect()
    }

    fn visitors(&self) -> Vec<Visitor> {
        let member = |user: &User, role| {
            let groups = self
                .groups
                .values()
                .filter(|group| group.content.members.contains(&user.name))
                .map(|group| group.id)
                .collect();
            Member { id: user.id, name: user.name.clone(), role, groups }
        };
        let readers = self.people.values().map(|user| member(user, Role::Reader));
        let editor = self.people.values().next().map(|user| member(user, Role::Editor));
        // App passwords of everyone, each with another limit.
        let limits = [None, Some("a"), Some("a/b"), Some("b/c"), Some("a-b")].map(|path| path.map(PagePath::parse));
        let programs = readers.clone().chain(editor.clone()).chain(editor.clone()).zip(limits.into_iter().cycle());
        let programs =
            programs.map(|(owner, limit)| Visitor::AppPassword(Program::of(owner, limit.map(Result::unwrap))));
        let programs: Vec<Visitor> = programs.collect();
        let people = readers.chain(editor).map(Visitor::SignedIn);
        [Visitor::Anonymous].into_iter().chain(people).chain(programs).collect()
    }
}

fn run(store: &Store, command: Command) -> store::Result<()> {
    store.write(|conn| commands::run(conn, admin().editor(), command, noon()).map(drop))
}

fn file_name() -> FileName {
    FileName::parse("plan.jpg").unwrap()
}

/// Compares what a visitor gets of the file at each path with the access rule of its page.
fn check_files(store: &Store, model: &Model, pages: &[Page], visitor: &Visitor) -> Result<(), TestCaseError> {
    for path in PATHS {
        // As for a request: the page at the path, its access, and the name after it.
        let given = |conn: &mut Conn| {
            let Located::Page(located) = pages::locate(conn, &PagePath::parse(path).unwrap())? else { return Ok(None) };
            Ok(match pages::access(conn, &located, visitor, noon())? {
                Access::Show => files::find(conn, located.id, &file_name())?,
                _ => None,
            })
        };
        let given = store.read(given).unwrap().map(|file| file.content.hash);
        let page = pages.iter().find(|page| page.content.path.as_str() == path);
        let may_read = page.is_some_and(|page| decide(page, visitor, noon()) == Access::Show);
        let expected = model.files.get(path).filter(|_| may_read);
        prop_assert_eq!(given.as_ref(), expected, "{} for {:?}", path, visitor);
    }
    Ok(())
}

fn find(store: &Store, path: &str) -> Page {
    let path = PagePath::parse(path).unwrap();
    store.read(|conn| pages::find(conn, &path)).unwrap().unwrap()
}

fn save(store: &Store, path: &str, content: &PageContent) -> store::Result<Page> {
    let page = find(store, path);
    store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, content, noon()))
}

/// A row of a list: the path of its page, and whether it is locked.
type Row = (String, bool);

fn expected(pages: &[Page], visitor: &Visitor, wanted: &[Listing]) -> Vec<Row> {
    let mut rows: Vec<_> = pages
        .iter()
        .map(|page| (page, listing(page, visitor, noon())))
        .filter(|(_, listing)| wanted.contains(listing))
        .map(|(page, listing)| {
            (std::cmp::Reverse(page.content.published_at), page.content.path.clone(), listing == Listing::Locked)
        })
        .collect();
    rows.sort();
    rows.into_iter().map(|(_, path, locked)| (path.as_str().to_owned(), locked)).collect()
}

fn selected(store: &Store, query: impl FnOnce(&mut Conn) -> store::Result<Vec<lists::Teaser>>) -> Vec<Row> {
    let rows = store.read(query).unwrap();
    rows.into_iter().map(|row| (row.path.as_str().to_owned(), row.locked)).collect()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The number of rows that are in only one of `listings` and `page_listings`.
pub fn differing_listings(store: &Store) -> i64 {
    let columns = "principal, section, published_at, path, unpublish_at, page_id, title_key, position";
    let minus = |one: &str, other: &str| {
        format!("SELECT * FROM (SELECT {columns} FROM {one} EXCEPT SELECT {columns} FROM {other}) AS odd")
    };
    let (more, less) = (minus("listings", "page_listings"), minus("page_listings", "listings"));
    let query = format!("SELECT count(*) AS count FROM ({more} UNION ALL {less}) AS odd");
    store.read(|conn| Ok(sql_query(query).get_result::<Count>(conn)?)).unwrap().count
}

/// Puts every page into the menu.
fn keep_menu(store: &Store, pages: &[Page]) {
    let branch = |page: &Page| {
        let target = Target::Page(find(store, page.content.path.as_str()).id);
        Branch { entry: Entry { label: String::new(), target }, below: Vec::new() }
    };
    let old = store.read(|conn| navigation::get(conn, &admin())).unwrap();
    let new = Navigation { menu: pages.iter().map(branch).collect(), ..old.clone() };
    store.write(|conn| store::writing::navigation::update(conn, &admin(), old.version, &new, noon())).unwrap();
}

/// The paths of the menu as a visitor sees it, sorted.
fn menu(store: &Store, visible: &VisiblePages) -> Vec<Row> {
    let menu = store.read(|conn| navigation::menu(conn, visible)).unwrap();
    let path = |to: Destination| match to {
        Destination::Page(path) => (path.as_str().to_owned(), false),
        Destination::Address(address) => panic!("{address}"),
    };
    let mut rows: Vec<Row> = menu.entries.into_iter().map(|entry| path(entry.to)).collect();
    rows.sort();
    rows
}

/// The pages directly below a path in an order, as the domain lists them for a visitor.
fn expected_children(pages: &[Page], visitor: &Visitor, section: &str, order: Order) -> Vec<Row> {
    let is_child = |page: &&Page| page.content.path.ancestors().pop().is_some_and(|above| above.as_str() == section);
    let mut children: Vec<&Page> = pages.iter().filter(is_child).collect();
    children.sort_by_key(|page| {
        let PageContent { title, path, placement, .. } = &page.content;
        (placement.position.filter(|_| order == Order::Hand).unwrap_or(u32::MAX), title.to_lowercase(), path.clone())
    });
    if order == Order::Date {
        children.sort_by_key(|page| std::cmp::Reverse((page.content.published_at, page.content.path.clone())));
    }
    let row = |page: &Page| match listing(page, visitor, noon()) {
        Listing::Hidden => None,
        listing => Some((page.content.path.as_str().to_owned(), listing == Listing::Locked)),
    };
    children.into_iter().filter_map(row).collect()
}

/// Compares the menu, the sections with the pages before and after each, and the top sections with the access rule.
fn check_navigation(store: &Store, pages: &[Page], visitor: &Visitor) -> Result<(), TestCaseError> {
    let (readable, listed) = (VisiblePages::readable(visitor, noon()), VisiblePages::listed(visitor, noon()));
    let mut open = expected(pages, visitor, &[Listing::Open]);
    open.sort();
    prop_assert_eq!(menu(store, &readable), open.clone());
    for (section, order) in PATHS.iter().filter(|path| !path.is_empty()).flat_map(|path| Order::ALL.map(|o| (path, o)))
    {
        let path = PagePath::parse(section).unwrap();
        let rows = store.read(|conn| sections::children(conn, &listed, &path, order, 100)).unwrap();
        let rows: Vec<Row> = rows.into_iter().map(|row| (row.path.as_str().to_owned(), row.locked)).collect();
        let all = expected_children(pages, visitor, section, order);
        prop_assert_eq!(&rows, &all, "{} {:?}", section, order);
        let open: Vec<&Row> = all.iter().filter(|row| !row.1).collect();
        for (n, (own, _)) in open.iter().enumerate() {
            let page = find(store, own).id;
            let found = store.read(|conn| sections::neighbours(conn, &readable, &path, order, page)).unwrap();
            let name = |child: Option<sections::Child>| child.map(|child| child.path.as_str().to_owned());
            let beside = |n: Option<usize>| n.and_then(|n| open.get(n)).map(|row| row.0.clone());
            let wanted = (beside(n.checked_sub(1)), beside(Some(n + 1)));
            prop_assert_eq!((name(found.0), name(found.1)), wanted, "{} {:?}", own, order);
        }
    }
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for (first, _) in open.iter().filter_map(|(path, _)| path.split_once('/')) {
        *counts.entry(first.to_owned()).or_default() += 1;
    }
    let top = counts.into_iter().map(|(path, pages)| TopSection { path: PagePath::parse(&path).unwrap(), pages });
    prop_assert_eq!(store.read(|conn| sections::top(conn, &readable)).unwrap(), top.collect::<Vec<_>>());
    Ok(())
}

/// The pages with their keys and with the keys of the pages that govern them, as the domain finds them.
fn with_keys(store: &Store, pages: &[Page]) -> Vec<Page> {
    let ids: BTreeMap<&PagePath, PageId> =
        pages.iter().map(|page| (&page.content.path, find(store, page.content.path.as_str()).id)).collect();
    let is_own = |path: &PagePath| {
        pages.iter().any(|page| page.content.path == *path && page.content.audience != Audience::Inherited)
    };
    let keyed = |page: &Page| {
        let mut chain = std::iter::once(page.content.path.clone()).chain(page.content.path.above());
        let governor = chain.find(is_own).filter(|_| page.readers.is_private());
        Page { id: ids[&page.content.path], governor: governor.map(|path| ids[&path]), ..page.clone() }
    };
    pages.iter().map(keyed).collect()
}

/// Compares what the holder of a share of each page gets with the access rule.
fn check_shares(store: &Store, pages: &[Page]) -> Result<(), TestCaseError> {
    let pages = with_keys(store, pages);
    for (shared, shows) in pages.iter().flat_map(|page| [Shows::Page, Shows::Section].map(|shows| (page, shows))) {
        let share = Share {
            id: ShareId(1),
            page: shared.id,
            label: "Acme".into(),
            shows,
            made_at: noon(),
            made_by: "eve".into(),
            ends_at: noon(),
            ended_at: None,
            opened_at: None,
            is_suspended: false,
        };
        let holder = store.read(|conn| pages::holder(conn, &share)).unwrap().unwrap();
        let path = shared.content.path.clone();
        let rule = Holder { page: shared.id, path, governor: shared.governor, below: shows == Shows::Section };
        prop_assert_eq!(&holder, &rule);
        let visitor = Visitor::Holder(rule);
        let paths: Vec<PagePath> = pages.iter().map(|page| page.content.path.clone()).collect();
        let opened = store.read(|conn| pages::opened_by(conn, &holder, &paths, noon())).unwrap();
        for page in &pages {
            let expected = decide(page, &visitor, noon());
            let path = &page.content.path;
            let stored = find(store, path.as_str());
            prop_assert_eq!(stored.governor, page.governor, "{}", path);
            prop_assert_eq!(decide(&stored, &visitor, noon()), expected, "{} in {:?}", path, holder);
            let located = store.read(|conn| pages::outline(conn, page.id)).unwrap().unwrap();
            let access = store.read(|conn| pages::access(conn, &located, &visitor, noon())).unwrap();
            prop_assert_eq!(access, expected, "{} in {:?}", path, holder);
            let is_opened = expected == Access::Show && page.readers.is_private();
            prop_assert_eq!(opened.contains(path), is_opened, "{} in {:?}", path, holder);
            // The rule in other words: nothing between the shared page and this one has an audience of its own.
            let inherits = std::iter::once(path.clone())
                .chain(path.above())
                .take_while(|above| above.is_below(&holder.path))
                .all(|above| {
                    !pages.iter().any(|page| page.content.path == above && page.content.audience != Audience::Inherited)
                });
            let reaches = *path == holder.path || shows == Shows::Section && path.is_below(&holder.path);
            let words = reaches && inherits && page.readers.is_private() && page.content.is_published(noon());
            prop_assert_eq!(is_opened, words, "{} in {:?}", path, holder);
        }
        // Lists know no share.
        let titles = |visitor: &Visitor| {
            store.read(|conn| pages::titles(conn, &VisiblePages::listed(visitor, noon()), &paths)).unwrap()
        };
        prop_assert_eq!(titles(&visitor), titles(&Visitor::Anonymous));
    }
    Ok(())
}

#[test]
fn t44_a_scope_selects_exactly_what_the_access_rule_allows() {
    on_both(|store| {
        let members = prop::collection::vec(subsequence(PEOPLE.to_vec(), 0..=3), GROUPS.len());
        let operations = prop::collection::vec(operation(), 1..25);
        // Every page has it in its title.
        let query = Query::parse("title").unwrap();
        let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&(members, operations), |(members, operations)| {
            let mut model = Model::start(store, &members);
            for operation in &operations {
                model.apply(store, operation);
            }
            let pages = model.expected();
            for page in &pages {
                let stored = find(store, page.content.path.as_str());
                prop_assert_eq!(&stored.readers, &page.readers, "{}", &page.content.path);
                prop_assert_eq!(&stored.content, &page.content);
            }
            prop_assert_eq!(differing_listings(store), 0);
            let ids: Vec<_> = pages.iter().map(|page| find(store, page.content.path.as_str()).id).collect();
            keep_menu(store, &pages);
            check_shares(store, &pages)?;
            for visitor in model.visitors() {
                check_navigation(store, &pages, &visitor)?;
                check_files(store, &model, &pages, &visitor)?;
                let readable = VisiblePages::readable(&visitor, noon());
                let listed = VisiblePages::listed(&visitor, noon());
                let open = expected(&pages, &visitor, &[Listing::Open]);
                let all = expected(&pages, &visitor, &[Listing::Open, Listing::Locked]);
                prop_assert_eq!(selected(store, |conn| lists::list(conn, &readable, 1000)), open.clone());
                prop_assert_eq!(selected(store, |conn| lists::list(conn, &listed, 1000)), all.clone());
                for section in PATHS {
                    let path = PagePath::parse(section).unwrap();
                    let prefix = if section.is_empty() { String::new() } else { format!("{section}/") };
                    let lies_below = |row: &Row| row.0.starts_with(&prefix) && !row.0.is_empty();
                    let below: Vec<Row> = all.iter().filter(|row| lies_below(row)).cloned().collect();
                    let part = |conn: &mut Conn| lists::list_below(conn, &listed, &path, &Position::Newest, 1000);
                    prop_assert_eq!(selected(store, |conn| Ok(part(conn)?.unwrap().rows)), below);
                }
                let paths: Vec<PagePath> = PATHS.iter().map(|path| PagePath::parse(path).unwrap()).collect();
                let titles = store.read(|conn| pages::titles(conn, &readable, &paths)).unwrap();
                let mut titles: Vec<Row> =
                    titles.into_iter().map(|(path, _)| (path.as_str().to_owned(), false)).collect();
                titles.sort();
                let mut open = open;
                open.sort();
                prop_assert_eq!(&titles, &open);
                let found = store.read(|conn| search::list(conn, &visitor, noon(), &query, ALL)).unwrap();
                let mut found: Vec<Row> =
                    found.rows.into_iter().map(|row| (row.teaser.path.as_str().to_owned(), false)).collect();
                found.sort();
                prop_assert_eq!(&found, &open);
                // What a feed and a sitemap hold.
                let texts = store.read(|conn| lists::texts(conn, &readable, &ids, usize::MAX)).unwrap();
                let has_text = |page: &&Page| texts.contains_key(&find(store, page.content.path.as_str()).id);
                let mut found: Vec<Row> =
                    pages.iter().filter(has_text).map(|page| (page.content.path.as_str().to_owned(), false)).collect();
                found.sort();
                let has_receipts =
                    |row: &Row| pages.iter().any(|page| page.content.path.as_str() == row.0 && page.content.receipts);
                let without_receipts: Vec<Row> = open.iter().filter(|row| !has_receipts(row)).cloned().collect();
                prop_assert_eq!(found, without_receipts);
                let mut starts = store.read(|conn| lists::sitemap_starts(conn, &readable, 2)).unwrap();
                starts.insert(0, PagePath::root());
                let part = |from| store.read(|conn| lists::sitemap_part(conn, &readable, from, 2)).unwrap();
                let rows = starts.iter().flat_map(part);
                let mut found: Vec<Row> = rows.map(|row| (row.path.as_str().to_owned(), false)).collect();
                found.sort();
                prop_assert_eq!(found, open);
            }
            Ok(())
        });
        outcome.unwrap();
    });
}

#[test]
fn a_list_says_how_many_read_a_page_who_first_and_through_which() {
    on_both(|store| {
        let names = ["ann", "bob", "cid", "dan", "eve"];
        let users = names.map(|name| add(store, name, Role::Reader));
        store.write(|conn| store::writing::users::set_active(conn, &admin(), &[users[0].id], false, noon())).unwrap();
        let people = users.iter().map(|user| user.name.clone()).collect();
        let audience = Audience::Chosen(Chosen { people, groups: Vec::new() });
        let pages = [PageContent { audience, ..content("a") }, content("a/b"), content("c")];
        let insert = |page| store.write(|conn| commands::insert(conn, admin().editor(), page, noon())).unwrap().id;
        let [a, below, open] = [insert(&pages[0]), insert(&pages[1]), insert(&pages[2])];
        let few = store.read(|conn| readers::previews(conn, admin().editor(), &[a, below, open])).unwrap();
        assert_eq!(few.get(&open), None);
        let names = users[1..4].iter().map(|user| user.name.clone()).collect();
        let people = readers::People { count: store::Count::exact(4), names };
        let expected = readers::ReaderPreview { people, through: None };
        assert_eq!(few[&a], expected);
        assert_eq!(few[&below], readers::ReaderPreview { through: Some("Title of a".into()), ..expected });
    });
}
