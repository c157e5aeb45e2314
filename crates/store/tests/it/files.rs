//! Files of pages: they wait in the draft, follow the versions of their page, and their bytes are stored once.

use chrono::TimeDelta;
use domain::{
    Version,
    draft::{DraftInput, DraftLock, FormId},
    file::{ContentId, FileName, PART_BYTES},
    page::{Page, PageId, PageInput},
    zone::Zone,
};
use store::{
    Error, Store, drafts, files,
    writing::{AddFile, ChangeFile, Command, FileChange, PurgeFile, Revert, Undo, contents},
};

use crate::{
    commands,
    database::{admin, content, noon, on_both},
};

fn name(name: &str) -> FileName {
    FileName::parse(name).unwrap()
}

/// Stores the bytes of a word.
fn stored(store: &Store, word: &str) -> ContentId {
    store
        .write(|conn| {
            let content = contents::begin(conn, noon())?;
            contents::add_parts(conn, content, 0, &[word.as_bytes().to_vec()])?;
            contents::finish(conn, content, word, None, noon())
        })
        .unwrap()
}

fn run(store: &Store, command: &Command) -> store::Result<()> {
    store.write(|conn| commands::run(conn, admin().editor(), command.clone(), noon())).map(drop)
}

fn add(store: &Store, page: PageId, file: &str, word: &str, at_once: bool) {
    let content = stored(store, word);
    let add = AddFile { page, name: name(file), content, alt: String::new(), replaces: true, at_once };
    run(store, &Command::AddFile(add)).unwrap();
}

fn change(store: &Store, page: PageId, file: &str, change: FileChange) -> store::Result<()> {
    run(store, &Command::ChangeFile(ChangeFile { page, name: name(file), change }))
}

/// The files that readers have, and those that they will have, as `name=word`.
fn seen(store: &Store, page: PageId) -> (String, String) {
    let words = |files: Vec<domain::file::File>| {
        let words: Vec<String> = files.iter().map(|file| format!("{}={}", file.name, file.content.hash)).collect();
        words.join(" ")
    };
    store
        .read(|conn| Ok((words(files::live(conn, page)?), words(files::drafted(conn, admin().editor(), page)?))))
        .unwrap()
}

fn is_seen(store: &Store, page: PageId, live: &str, drafted: &str) {
    assert_eq!(seen(store, page), (live.to_owned(), drafted.to_owned()));
}

fn page(store: &Store) -> Page {
    store.write(|conn| commands::insert(conn, admin().editor(), &content("plans"), noon())).unwrap()
}

fn find(store: &Store, page: PageId) -> Page {
    store.read(|conn| store::pages::get(conn, admin().editor(), page)).unwrap().unwrap()
}

/// Publishes the draft of a page with its text as it is.
fn publish(store: &Store, page: PageId) -> Page {
    let now = find(store, page);
    let draft = store.read(|conn| drafts::get(conn, admin().editor(), page)).unwrap().unwrap();
    let lock = DraftLock { draft: draft.version, form: FormId(0) };
    store
        .write(|conn| commands::publish(conn, admin().editor(), page, now.version, lock, &now.content, noon()))
        .unwrap()
}

#[test]
fn a_file_waits_until_its_page_is_published() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        add(store, id, "plan.jpg", "one", false);
        is_seen(store, id, "", "plan.jpg=one");
        assert_eq!(publish(store, id).version, Version(2));
        is_seen(store, id, "plan.jpg=one", "plan.jpg=one");
        add(store, id, "plan.jpg", "two", false);
        add(store, id, "map.jpg", "map", false);
        is_seen(store, id, "plan.jpg=one", "map.jpg=map plan.jpg=two");
        change(store, id, "map.jpg", FileChange::Rename(name("chart.jpg"))).unwrap();
        is_seen(store, id, "plan.jpg=one", "chart.jpg=map plan.jpg=two");
        publish(store, id);
        is_seen(store, id, "chart.jpg=map plan.jpg=two", "chart.jpg=map plan.jpg=two");
        change(store, id, "plan.jpg", FileChange::Remove { at_once: false }).unwrap();
        change(store, id, "chart.jpg", FileChange::Rename(name("map.jpg"))).unwrap();
        is_seen(store, id, "chart.jpg=map plan.jpg=two", "map.jpg=map");
        change(store, id, "plan.jpg", FileChange::Keep).unwrap();
        is_seen(store, id, "chart.jpg=map plan.jpg=two", "map.jpg=map plan.jpg=two");
        publish(store, id);
        is_seen(store, id, "map.jpg=map plan.jpg=two", "map.jpg=map plan.jpg=two");
    });
}

#[test]
fn discarding_a_draft_drops_its_files_and_keeps_those_of_the_readers() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        add(store, id, "plan.jpg", "one", true);
        add(store, id, "plan.jpg", "two", false);
        add(store, id, "map.jpg", "map", false);
        let draft = store.read(|conn| drafts::get(conn, admin().editor(), id)).unwrap().unwrap();
        store.write(|conn| commands::discard(conn, admin().editor(), id, draft.version, noon())).unwrap();
        is_seen(store, id, "plan.jpg=one", "plan.jpg=one");
    });
}

#[test]
fn a_version_brings_its_files_back() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        add(store, id, "plan.jpg", "one", true);
        add(store, id, "plan.jpg", "two", true);
        change(store, id, "plan.jpg", FileChange::Remove { at_once: true }).unwrap();
        assert_eq!(find(store, id).version, Version(4));
        is_seen(store, id, "", "");
        let undo = Command::Undo(Undo { page: id, from: Version(4) });
        run(store, &undo).unwrap();
        is_seen(store, id, "plan.jpg=two", "plan.jpg=two");
        let revert = Revert { page: id, version: Version(2), draft: Version(0), readers: false, dates: false };
        run(store, &Command::Revert(revert)).unwrap();
        is_seen(store, id, "plan.jpg=two", "plan.jpg=one");
        publish(store, id);
        is_seen(store, id, "plan.jpg=one", "plan.jpg=one");
    });
}

#[test]
fn a_second_file_of_the_same_name_has_to_be_asked_for() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        add(store, id, "plan.jpg", "one", false);
        let content = stored(store, "two");
        let second =
            AddFile { page: id, name: name("plan.jpg"), content, alt: String::new(), replaces: false, at_once: false };
        assert_eq!(run(store, &Command::AddFile(second)), Err(Error::Duplicate));
        add(store, id, "map.jpg", "map", false);
        let rename = FileChange::Rename(name("map.jpg"));
        assert_eq!(change(store, id, "plan.jpg", rename), Err(Error::Duplicate));
        let rename = FileChange::Rename(name("plan.html"));
        assert!(matches!(change(store, id, "plan.jpg", rename), Err(Error::Refused(_))));
        is_seen(store, id, "", "map.jpg=map plan.jpg=one");
    });
}

/// The cover pictures that readers have, and that they will have.
fn covers(store: &Store, page: PageId) -> (Option<String>, Vec<String>) {
    store
        .read(|conn| {
            let live = files::covers(conn, &[page, PageId(-1)])?.remove(&page).map(|file| file.name.to_string());
            let drafted = files::drafted(conn, admin().editor(), page)?;
            let drafted = drafted.iter().filter(|file| file.is_cover).map(|file| file.name.to_string()).collect();
            Ok((live, drafted))
        })
        .unwrap()
}

#[test]
fn a_page_has_one_cover_and_a_version_brings_it_back() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        let cover = |name: &str, is_cover| change(store, id, name, FileChange::SetCover(is_cover)).unwrap();
        let is = |live: Option<&str>, drafted: &[&str]| {
            let drafted = drafted.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(covers(store, id), (live.map(str::to_owned), drafted));
        };
        add(store, id, "plan.jpg", "one", true);
        add(store, id, "map.png", "map", true);
        add(store, id, "terms.pdf", "pdf", true);
        cover("plan.jpg", true);
        is(None, &["plan.jpg"]);
        let with_plan = publish(store, id).version;
        is(Some("plan.jpg"), &["plan.jpg"]);
        // Another name and other bytes leave it the cover.
        change(store, id, "plan.jpg", FileChange::Rename(name("floor.jpg"))).unwrap();
        add(store, id, "floor.jpg", "two", false);
        is(Some("plan.jpg"), &["floor.jpg"]);
        publish(store, id);
        is(Some("floor.jpg"), &["floor.jpg"]);
        cover("map.png", true);
        is(Some("floor.jpg"), &["map.png"]);
        cover("floor.jpg", false);
        is(Some("floor.jpg"), &["map.png"]);
        publish(store, id);
        is(Some("map.png"), &["map.png"]);
        let refused = change(store, id, "terms.pdf", FileChange::SetCover(true));
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        // The draft of an earlier version has its cover, and only that.
        let revert = Revert { page: id, version: with_plan, draft: Version(0), readers: false, dates: false };
        run(store, &Command::Revert(revert)).unwrap();
        is(Some("map.png"), &["plan.jpg"]);
        publish(store, id);
        is(Some("plan.jpg"), &["plan.jpg"]);
        cover("plan.jpg", false);
        publish(store, id);
        is(None, &[]);
        change(store, id, "plan.jpg", FileChange::Remove { at_once: true }).unwrap();
        is(None, &[]);
    });
}

#[test]
fn a_draft_of_a_new_page_has_files_too() {
    on_both(|store| {
        let input: DraftInput = PageInput::of(&content("new"), Zone::default()).into();
        let lock = DraftLock { draft: Version(0), form: FormId(7) };
        let draft = store
            .write(|conn| commands::save_draft(conn, admin().editor(), None, Version(0), lock, &input, noon()))
            .unwrap();
        add(store, draft.page, "plan.jpg", "one", false);
        let lock = DraftLock { draft: draft.version, form: FormId(7) };
        let page =
            store.write(|conn| commands::publish_new(conn, admin().editor(), lock, &content("new"), noon())).unwrap();
        is_seen(store, page.id, "plan.jpg=one", "plan.jpg=one");
        assert_eq!(
            run(
                store,
                &Command::AddFile(AddFile {
                    page: PageId(1),
                    name: name("plan.jpg"),
                    content: stored(store, "one"),
                    alt: String::new(),
                    replaces: false,
                    at_once: false,
                })
            ),
            Err(Error::Stale)
        );
    });
}

#[test]
fn bytes_are_stored_once_and_swept_a_day_after_their_last_file() {
    on_both(|store| {
        let first = page(store);
        let second = store.write(|conn| commands::insert(conn, admin().editor(), &content("other"), noon())).unwrap();
        add(store, first.id, "plan.jpg", "same", true);
        add(store, second.id, "copy.jpg", "same", true);
        let bytes = || store.read(files::stored_bytes).unwrap();
        assert_eq!(bytes(), 4);
        let unfinished = store
            .write(|conn| {
                let content = contents::begin(conn, noon())?;
                contents::add_parts(conn, content, 0, &[vec![1; 100]])?;
                Ok(content)
            })
            .unwrap();
        assert_eq!(bytes(), 104);
        let sweep = |hours| store.write(|conn| contents::sweep(conn, noon() + TimeDelta::hours(hours))).unwrap();
        assert_eq!((sweep(23), bytes()), (0, 104));
        assert_eq!((sweep(25), bytes()), (1, 4));
        assert_eq!(store.read(|conn| files::bytes(conn, unfinished, 0, 10)).unwrap(), None);
        run(store, &Command::PurgeFile(PurgeFile { page: first.id, name: name("plan.jpg") })).unwrap();
        assert_eq!(bytes(), 4);
        run(store, &Command::PurgeFile(PurgeFile { page: second.id, name: name("copy.jpg") })).unwrap();
        assert_eq!(bytes(), 0);
    });
}

#[test]
fn a_purged_page_leaves_no_file() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        add(store, id, "plan.jpg", "one", true);
        add(store, id, "plan.jpg", "two", true);
        store.write(|conn| commands::delete(conn, admin().editor(), &[id], noon())).unwrap();
        is_seen(store, id, "plan.jpg=two", "plan.jpg=two");
        store.write(|conn| commands::purge(conn, admin().editor(), &[id], noon())).unwrap();
        is_seen(store, id, "", "");
        let sweep = |hours| store.write(|conn| contents::sweep(conn, noon() + TimeDelta::hours(hours))).unwrap();
        assert_eq!(sweep(100), 0);
        assert_eq!(sweep(125), 2);
    });
}

#[test]
fn bytes_are_read_from_any_offset_within_a_part() {
    on_both(|store| {
        let (first, last) = (vec![1; PART_BYTES], vec![2; 10]);
        let content = store
            .write(|conn| {
                let content = contents::begin(conn, noon())?;
                contents::add_parts(conn, content, 0, &[first, last])?;
                contents::finish(conn, content, "hash", None, noon())
            })
            .unwrap();
        let end = PART_BYTES as u64;
        let read = |offset, length| store.read(|conn| files::bytes(conn, content, offset, length)).unwrap();
        assert_eq!(read(0, 3), Some(vec![1; 3]));
        assert_eq!(read(end - 2, 100), Some(vec![1; 2]));
        assert_eq!(read(end + 4, 3), Some(vec![2; 3]));
        assert_eq!(read(end + 8, u64::MAX), Some(vec![2; 2]));
        assert_eq!(read(end + 10, 1), Some(Vec::new()));
        assert_eq!(read(2 * end, 1), None);
    });
}

#[test]
fn a_sweep_deletes_a_few_contents_at_a_time() {
    on_both(|store| {
        for number in 0..10 {
            stored(store, &format!("word {number}"));
        }
        let sweep = |hours| store.write(|conn| contents::sweep(conn, noon() + TimeDelta::hours(hours))).unwrap();
        assert_eq!([sweep(23), sweep(25), sweep(25), sweep(25)], [0, 8, 2, 0]);
    });
}
