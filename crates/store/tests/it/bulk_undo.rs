//! The undo of bulk actions: pages that have not changed since become as they were, and the others are named.

use domain::{
    access::{Editor, Member, Visitor},
    audience::{Audience, Chosen},
    bulk_action::BulkActionId,
    draft::{DraftInput, DraftLock},
    page::{Page, PageContent, PageId, PageInput, PagePath},
    user::{Role, UserContent, Username},
    zone::Zone,
};
use store::{
    Error, Store,
    bulk_actions::{self, StayingPage},
    drafts, pages, revisions, trash,
    writing::{
        self, BulkUndo, Command, Consent, Delete, Fingerprint, Move, Outcome, PublishDrafts, Run, Selection,
        SetAudience, UndoBulk, Unpublish, new_page_id,
    },
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, sql},
};

fn path(path: &str) -> PagePath {
    PagePath::parse(path).unwrap()
}

fn insert(store: &Store, at: &str, audience: Audience) -> Page {
    let content = PageContent { audience, ..content(at) };
    store.write(|conn| commands::insert(conn, admin().editor(), &content, noon())).unwrap()
}

fn find(store: &Store, at: &str) -> Option<Page> {
    store.read(|conn| pages::find(conn, &path(at))).unwrap()
}

fn change_text(store: &Store, at: &str) {
    let page = find(store, at).unwrap();
    let content = PageContent { body: "Changed since.".into(), ..page.content };
    store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, &content, noon())).unwrap();
}

fn all(pages: &[&Page]) -> Selection {
    Selection::Pages(pages.iter().map(|page| page.id).collect())
}

/// Runs a bulk action; returns its key.
fn act(store: &Store, command: Command) -> BulkActionId {
    let action = BulkActionId(new_page_id().unwrap().0);
    let by = admin();
    let run = |conn: &mut _| commands::run_in_bulk(conn, by.editor(), action, command.clone(), Consent::Any, noon());
    store.write(run).unwrap();
    action
}

fn undo(action: BulkActionId) -> Command {
    Command::UndoBulk(UndoBulk { action, seen: None })
}

fn run(store: &Store, command: &Command, consent: Consent) -> store::Result<usize> {
    let run = |conn: &mut _| commands::run_with(conn, admin().editor(), command.clone(), consent, noon());
    store.write(run).map(|outcome| outcome.count())
}

fn sort(store: &Store, action: BulkActionId) -> BulkUndo {
    store.snapshot(|conn| UndoBulk { action, seen: None }.sort(conn, admin().editor())).unwrap()
}

/// The reasons why pages stay, after an undo.
fn staying(store: &Store, action: BulkActionId) -> Vec<StayingPage> {
    let read = |conn: &mut _| {
        let by = admin();
        let action = bulk_actions::get(conn, by.editor(), action)?.unwrap();
        assert_eq!(action.undone_at, Some(noon()));
        bulk_actions::staying(conn, by.editor(), &action)
    };
    store.read(read).unwrap()
}

fn is_draft(store: &Store, page: PageId) -> bool {
    store.read(|conn| drafts::get(conn, admin().editor(), page)).unwrap().is_some()
}

#[test]
fn readers_come_back_as_each_page_had_them_and_leave_no_draft() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let chosen = Audience::Chosen(Chosen { people: vec![ann.name.clone()], groups: Vec::new() });
        let before = [
            insert(store, "a", Audience::SignedIn),
            insert(store, "a/b", Audience::Inherited),
            insert(store, "c", chosen.clone()),
            insert(store, "d", Audience::SignedIn),
        ];
        let pages = all(&before.each_ref());
        let action = act(store, Command::SetAudience(SetAudience { pages, audience: Audience::Public }));
        change_text(store, "d");
        // A reader who was renamed meanwhile is the same reader.
        let renamed = UserContent::new(Username::parse("anna").unwrap(), Role::Reader);
        store.write(|conn| writing::users::update(conn, &admin(), ann.id, ann.version, &renamed, noon())).unwrap();
        assert_eq!(run(store, &undo(action), Consent::Stated), Ok(3), "nobody gains access");
        let now = |at| find(store, at).unwrap();
        assert_eq!((now("a").content.audience, now("a").version.0), (Audience::SignedIn, 3));
        assert_eq!(now("a/b").content.audience, Audience::Inherited);
        assert_eq!(now("c").content.audience.chosen().unwrap().people[0].as_str(), "anna");
        assert_eq!(now("d").content.audience, Audience::Public, "it has changed since");
        assert!(before.iter().all(|page| !is_draft(store, page.id)));
        assert_eq!(staying(store, action), [StayingPage { page: before[3].id, why: "was changed since.".into() }]);
        assert_eq!(run(store, &undo(action), Consent::Any), Err(Error::Stale), "it is undone once");
    });
}

#[test]
fn an_undo_that_gives_somebody_access_asks_with_its_effect_and_holds_for_what_was_shown() {
    on_both(|store| {
        let by = admin();
        let pages = [insert(store, "a", Audience::Public), insert(store, "b", Audience::Public)];
        let below = insert(store, "a/x", Audience::Inherited);
        let selection = all(&pages.each_ref());
        let action = act(store, Command::SetAudience(SetAudience { pages: selection, audience: Audience::SignedIn }));
        let versions = || {
            [&pages[0], &pages[1], &below]
                .map(|page| store.read(|conn| revisions::last(conn, admin().editor(), page.id)).unwrap().unwrap().0)
        };
        assert_eq!(run(store, &undo(action), Consent::Stated), Err(Error::Unconfirmed));
        assert_eq!(versions(), [2, 2, 1], "nothing was written");
        let diff = store.snapshot(|conn| writing::preview(conn, by.editor(), &undo(action))).unwrap();
        let named: Vec<PageId> = diff.changes().iter().map(|change| change.page).collect();
        assert_eq!(named, [pages[0].id, below.id, pages[1].id]);
        assert!(diff.changes().iter().all(|change| change.is_unstated_gain()));
        // One page changes after the question: other pages would be undone than were shown.
        let seen = Some(sort(store, action).fingerprint());
        change_text(store, "b");
        let shown = Command::UndoBulk(UndoBulk { action, seen });
        let consent = Consent::Shown(diff.fingerprint().clone());
        assert_eq!(run(store, &shown, consent.clone()), Err(Error::Unconfirmed));
        assert_eq!(run(store, &undo(action), consent), Err(Error::Unconfirmed), "the effect is another one");
        let again = store.snapshot(|conn| writing::preview(conn, by.editor(), &undo(action))).unwrap();
        let seen = Some(sort(store, action).fingerprint());
        let shown = Command::UndoBulk(UndoBulk { action, seen });
        assert_eq!(run(store, &shown, Consent::Shown(again.fingerprint().clone())), Ok(1));
        assert!(!find(store, "a/x").unwrap().readers.is_private() && find(store, "b").unwrap().readers.is_private());
    });
}

#[test]
fn pages_move_back_with_those_that_moved_along_unless_their_path_is_taken() {
    on_both(|store| {
        insert(store, "v", Audience::SignedIn);
        // One of them takes the path that another one leaves.
        let [top, below, deep] = ["w/s", "w/s/t", "v/s/t"].map(|at| insert(store, at, Audience::Inherited));
        let lone = insert(store, "lone", Audience::Inherited);
        let command = Command::Move(Move { pages: all(&[&top, &deep, &lone]), under: path("v") });
        let action = act(store, command);
        assert_eq!(find(store, "v/t").unwrap().id, deep.id);
        assert_eq!(find(store, "v/s/t").unwrap().id, below.id);
        insert(store, "lone", Audience::Public);
        assert_eq!(run(store, &undo(action), Consent::Stated), Err(Error::Unconfirmed), "they inherit from v no more");
        assert_eq!(run(store, &undo(action), Consent::Any), Ok(3));
        let at = |path| find(store, path).unwrap().id;
        assert_eq!([at("w/s"), at("w/s/t"), at("v/s/t"), at("v/lone")], [top.id, below.id, deep.id, lone.id]);
        let why = "There is another page at /lone now.".to_owned();
        assert_eq!(staying(store, action), [StayingPage { page: lone.id, why }]);
        assert!(!is_draft(store, top.id));
    });
}

#[test]
fn a_page_that_stays_keeps_its_path_from_a_page_that_would_come_back_to_it() {
    on_both(|store| {
        let [below, deep] = ["w/s/t", "v/s/t"].map(|at| insert(store, at, Audience::Public));
        let top = insert(store, "w/s", Audience::Public);
        let action = act(store, Command::Move(Move { pages: all(&[&top, &deep]), under: path("v") }));
        change_text(store, "v/s/t");
        let BulkUndo { ready, staying } = sort(store, action);
        let whys: Vec<(PageId, &str)> = staying.iter().map(|one| (one.page, one.why.as_str())).collect();
        assert_eq!(ready, [top.id]);
        assert!(whys.contains(&(below.id, "was changed since.")));
        assert!(whys.contains(&(deep.id, "There is another page at /v/s/t now.")));
        assert_eq!(run(store, &undo(action), Consent::Any), Ok(1));
    });
}

#[test]
fn unpublished_pages_are_published_again_as_they_were() {
    on_both(|store| {
        let [a, b, c] = ["a", "b", "c"].map(|at| insert(store, at, Audience::SignedIn));
        let action = act(store, Command::Unpublish(Unpublish(all(&[&a, &b, &c]))));
        // A draft that was saved since stays as changes; a page that was published again has changed.
        let content = PageContent { body: "Typed.".into(), ..a.content.clone() };
        let input = DraftInput::from(PageInput::of(&content, Zone::default()));
        let lock = DraftLock { draft: domain::Version(1), ..DraftLock::default() };
        let by = admin();
        let save = |conn: &mut _| {
            commands::save_draft(conn, by.editor(), Some(a.id), domain::Version(1), lock, &input, noon())
        };
        store.write(save).unwrap();
        store.write(|conn| commands::publish(conn, by.editor(), c.id, c.version, lock, &c.content, noon())).unwrap();
        assert_eq!(run(store, &undo(action), Consent::Stated), Ok(2), "signed-in users could read them before");
        assert_eq!(find(store, "a").unwrap().content, a.content);
        assert_eq!(find(store, "b").unwrap().content, b.content);
        assert!(is_draft(store, a.id) && !is_draft(store, b.id));
        assert_eq!(staying(store, action), [StayingPage { page: c.id, why: "was changed since.".into() }]);
    });
}

#[test]
fn published_drafts_are_drafts_again_and_changed_pages_have_their_version_before() {
    on_both(|store| {
        let by = admin();
        let old = insert(store, "old", Audience::SignedIn);
        let below = insert(store, "old/below", Audience::Inherited);
        let other = insert(store, "other", Audience::SignedIn);
        let sub = insert(store, "other/sub", Audience::Inherited);
        let save = |page: PageId, from, content: PageContent, move_below| {
            let input = DraftInput { move_below, ..PageInput::of(&content, Zone::default()).into() };
            let save = |conn: &mut _| {
                let lock = DraftLock::default();
                commands::save_draft(conn, by.editor(), Some(page), from, lock, &input, noon())
            };
            store.write(save).unwrap();
        };
        let change = |page: &Page, to: &str| {
            let content = PageContent { path: path(to), body: "New.".into(), ..page.content.clone() };
            save(page.id, page.version, content, true);
        };
        change(&old, "new");
        change(&other, "else");
        let input = DraftInput::from(PageInput::of(&content("fresh"), Zone::default()));
        let make = |conn: &mut _| {
            commands::save_draft(conn, by.editor(), None, domain::Version(0), DraftLock::default(), &input, noon())
        };
        let fresh = store.write(make).unwrap().page;
        let drafts = vec![old.id, other.id, fresh];
        let publish = PublishDrafts { pages: drafts, zone: Zone::default(), now: noon(), seen: None };
        let action = act(store, Command::PublishDrafts(publish));
        assert!(find(store, "fresh").is_some() && find(store, "new/below").is_some());
        assert_eq!(run(store, &undo(action), Consent::Stated), Ok(3));
        assert_eq!(find(store, "old").unwrap().content, old.content);
        assert_eq!(find(store, "old/below").unwrap().id, below.id);
        assert_eq!(find(store, "other/sub").unwrap().id, sub.id);
        assert!(find(store, "fresh").is_none() && is_draft(store, fresh) && is_draft(store, old.id));
    });
}

#[test]
fn deleted_pages_come_back_from_the_trash() {
    on_both(|store| {
        let pages = ["a", "a/x", "b", "c"].map(|at| insert(store, at, Audience::SignedIn));
        let action = act(store, Command::Delete(Delete(all(&pages.each_ref()))));
        let taken = insert(store, "b", Audience::SignedIn);
        store.write(|conn| commands::purge(conn, admin().editor(), &[pages[3].id], noon())).unwrap();
        assert_eq!(run(store, &undo(action), Consent::Stated), Ok(2));
        assert_eq!(find(store, "a").unwrap().content, pages[0].content);
        assert_eq!((find(store, "a/x").unwrap().id, find(store, "b").unwrap().id), (pages[1].id, taken.id));
        let whys: Vec<String> = staying(store, action).into_iter().map(|one| one.why).collect();
        assert_eq!(whys.len(), 2);
        assert!(whys.contains(&"There is another page at /b now.".to_owned()), "{whys:?}");
        let left = store.read(|conn| trash::get_many(conn, admin().editor(), &[pages[2].id])).unwrap();
        assert_eq!(left.len(), 1);
    });
}

#[test]
fn a_page_whose_former_reader_is_gone_stays_as_it_is() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let chosen = Audience::Chosen(Chosen { people: vec![ann.name.clone()], groups: Vec::new() });
        let (a, b) = (insert(store, "a", chosen), insert(store, "b", Audience::SignedIn));
        let command = SetAudience { pages: all(&[&a, &b]), audience: Audience::Chosen(Chosen::default()) };
        let action = act(store, Command::SetAudience(command));
        store.write(|conn| writing::users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        add(store, "ann", Role::Reader);
        let BulkUndo { ready, staying } = sort(store, action);
        assert_eq!(ready, [b.id]);
        let why = "ann, who could read it, no longer exists.".to_owned();
        assert_eq!(staying, [StayingPage { page: a.id, why }]);
    });
}

#[test]
fn an_action_is_undone_by_who_did_it_and_is_forgotten_after_an_hour() {
    on_both(|store| {
        let page = insert(store, "a", Audience::SignedIn);
        let eve = add(store, "eve", Role::Editor);
        let member = Member { id: eve.id, name: eve.name.clone(), role: eve.role, groups: Vec::new() };
        let by = Editor::of(&Visitor::SignedIn(member)).unwrap();
        let action = BulkActionId(1);
        let command = Command::Delete(Delete(Selection::one(page.id)));
        let delete = |conn: &mut _| commands::run_in_bulk(conn, &by, action, command, Consent::Any, noon());
        store.write(delete).unwrap();
        assert_eq!(run(store, &undo(action), Consent::Any), Err(Error::Stale), "it is another editor's");
        let hers = |conn: &mut _| commands::run_with(conn, &by, undo(action), Consent::Any, noon());
        store.write(|conn| writing::users::set_active(conn, &admin(), &[eve.id], false, noon())).unwrap();
        assert_eq!(store.write(hers), Err(Error::NotAllowed));
        store.write(|conn| writing::users::set_active(conn, &admin(), &[eve.id], true, noon())).unwrap();
        let forget = |minutes| {
            let later = noon() + chrono::TimeDelta::minutes(minutes);
            store.write(|conn| writing::bulk_actions::purge(conn, later)).unwrap();
            store.read(|conn| bulk_actions::get(conn, &by, action)).unwrap().is_none()
        };
        assert!(!forget(59) && forget(61));
        assert_eq!(sql(store, "DELETE FROM bulk_pages").unwrap(), 0);
    });
}

#[test]
fn an_undo_of_very_many_pages_counts_them_as_it_goes() {
    on_both(|store| {
        let count = 1200;
        let make = |conn: &mut store::Conn| {
            (0..count)
                .map(|n| Ok(commands::insert(conn, admin().editor(), &content(&format!("n/{n:04}")), noon())?.id))
                .collect()
        };
        let ids: Vec<PageId> = store.write(make).unwrap();
        let action = act(store, Command::Delete(Delete(Selection::Pages(ids))));
        let seen = Some(sort(store, action).fingerprint());
        assert_ne!(seen, Some(Fingerprint::default()));
        let mut told = Vec::new();
        let (by, command) = (admin(), Command::UndoBulk(UndoBulk { action, seen }));
        let undo = |conn: &mut store::Conn| {
            let mut tell = |done| told.push(done);
            let (by, consent, links) = (by.editor(), Consent::Any, commands::links as _);
            let mut run = Run { by, now: noon(), consent, links, progress: &mut tell, takes_access: false };
            writing::run(conn, &mut run, &command)
        };
        assert_eq!(store.write(undo).unwrap(), Outcome::Count(count));
        assert_eq!(told, (1..=count).collect::<Vec<_>>());
    });
}
