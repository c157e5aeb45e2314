//! Files of pages: they wait in the draft, follow the versions of their page, and their bytes are stored once.

use chrono::TimeDelta;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use domain::{
    Version,
    draft::{DraftInput, DraftLock, FormId},
    file::{ContentId, FileName, MAX_FILES, PART_BYTES},
    page::{Page, PageContent, PageId, PageInput},
    zone::Zone,
};
use store::{
    Conn, Error, Store, drafts, files, pages,
    writing::{
        AddFile, ChangeFile, Command, FileChange, PurgeFile, Revert, Undo,
        contents::{self, Swept},
    },
};

use crate::{
    commands,
    database::{admin, content, noon, on_both},
};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn name(name: &str) -> FileName {
    FileName::parse(name).unwrap()
}

/// Stores the bytes of a word.
pub fn stored(store: &Store, word: &str) -> ContentId {
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
        let cover =
            |name: &str, is_cover| change(store, id, name, FileChange::SetCover { is_cover, at_once: false }).unwrap();
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
        let refused = change(store, id, "terms.pdf", FileChange::SetCover { is_cover: true, at_once: false });
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
        let sweep = |hours| swept(store, hours).contents;
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
        let sweep = |hours| swept(store, hours).contents;
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

/// Sweeps once, so many hours after noon.
fn swept(store: &Store, hours: i64) -> Swept {
    store.write(|conn| contents::sweep(conn, noon() + TimeDelta::hours(hours))).unwrap()
}

/// The number of stored parts, and of bytes that are counted.
fn parts_and_bytes(store: &Store) -> (i64, u64) {
    let count = |conn: &mut Conn| {
        let query = "SELECT count(*) AS count FROM content_parts";
        Ok((sql_query(query).get_result::<Count>(conn)?.count, files::stored_bytes(conn)?))
    };
    store.read(count).unwrap()
}

/// Stores 40 parts, of which the last one has ten bytes, as an upload that has a hash or none.
fn large(store: &Store, hash: Option<&str>) -> ContentId {
    let parts: Vec<Vec<u8>> = (0..40).map(|number| vec![7; if number < 39 { PART_BYTES } else { 10 }]).collect();
    let content = store.write(|conn| contents::begin(conn, noon())).unwrap();
    for (first, parts) in (0..).step_by(4).zip(parts.chunks(4)) {
        store.write(|conn| contents::add_parts(conn, content, first, parts)).unwrap();
    }
    match hash {
        Some(hash) => store.write(|conn| contents::finish(conn, content, hash, None, noon())).unwrap(),
        None => content,
    }
}

const PART: u64 = PART_BYTES as u64;
const LARGE: (i64, u64) = (40, 39 * PART + 10);

#[test]
fn a_sweep_deletes_four_mib_at_a_time() {
    on_both(|store| {
        for number in 0..10 {
            stored(store, &format!("word {number}"));
        }
        assert_eq!(swept(store, 23), Swept { contents: 0, is_done: true });
        assert_eq!(swept(store, 25), Swept { contents: 10, is_done: true });
        large(store, Some("large"));
        assert_eq!(parts_and_bytes(store), LARGE);
        let steps: Vec<_> = (0..4).map(|_| (swept(store, 25), parts_and_bytes(store))).collect();
        let step = |contents, is_done, parts: i64| (Swept { contents, is_done }, (parts, parts.unsigned_abs() * PART));
        assert_eq!(steps, [step(0, false, 24), step(0, false, 8), step(1, true, 0), step(0, true, 0)]);
    });
}

#[test]
fn bytes_that_are_being_swept_belong_to_no_file_and_no_upload_any_more() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        let film = |content| {
            let (name, alt) = (name("film.mp4"), String::new());
            run(store, &Command::AddFile(AddFile { page: id, name, content, alt, replaces: true, at_once: true }))
        };
        let old = large(store, Some("large"));
        assert!(!swept(store, 25).is_done);
        assert_eq!(film(old), Err(Error::Stale), "some of its bytes are gone");
        // The same bytes again are stored again, as a whole.
        let again = large(store, Some("large"));
        assert_ne!(again, old);
        film(again).unwrap();
        while !swept(store, 25).is_done {}
        assert_eq!(parts_and_bytes(store), LARGE);
        is_seen(store, id, "film.mp4=large", "film.mp4=large");
        let unfinished = large(store, None);
        assert!(!swept(store, 25).is_done);
        let more = |conn: &mut Conn| contents::add_parts(conn, unfinished, 40, &[vec![1]]);
        assert_eq!(store.write(more), Err(Error::Stale));
        while !swept(store, 25).is_done {}
        assert_eq!(parts_and_bytes(store), LARGE);
    });
}

#[test]
fn an_upload_goes_on_only_after_all_parts_before() {
    on_both(|store| {
        let content = store.write(|conn| contents::begin(conn, noon())).unwrap();
        let add = |first, parts: &[Vec<u8>]| store.write(|conn| contents::add_parts(conn, content, first, parts));
        assert_eq!(add(1, &[vec![1]]), Err(Error::Stale));
        add(0, &[vec![1; PART_BYTES]]).unwrap();
        assert_eq!(add(0, &[vec![1]]), Err(Error::Stale));
        add(1, &[vec![1]]).unwrap();
        assert_eq!(add(2, &[vec![1]]), Err(Error::Stale), "the part before is no whole one");
    });
}

#[test]
fn a_large_upload_is_dropped_in_steps() {
    on_both(|store| {
        let content = large(store, None);
        let discard = || store.write(|conn| contents::discard(conn, content)).unwrap();
        let steps: Vec<_> = (0..3).map(|_| (discard(), parts_and_bytes(store).0)).collect();
        assert_eq!(steps, [(false, 24), (false, 8), (true, 0)]);
        assert!(discard(), "there is nothing");
        // Who does not go on leaves the rest to the next sweep.
        let content = large(store, None);
        assert!(!store.write(|conn| contents::discard(conn, content)).unwrap());
        while !swept(store, 0).is_done {}
        assert_eq!(parts_and_bytes(store), (0, 0));
        // One that has a hash is no upload any more.
        let whole = large(store, Some("whole"));
        store.write(|conn| contents::discard(conn, whole)).unwrap();
        assert_eq!(parts_and_bytes(store), LARGE);
    });
}

#[test]
fn a_large_file_is_deleted_for_good_at_once_and_its_bytes_in_steps() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        let both = ["first", "large"].map(|hash| large(store, Some(hash)));
        for content in both {
            let (name, alt) = (name("film.mp4"), String::new());
            let add = AddFile { page: id, name, content, alt, replaces: true, at_once: true };
            run(store, &Command::AddFile(add)).unwrap();
        }
        run(store, &Command::PurgeFile(PurgeFile { page: id, name: name("film.mp4") })).unwrap();
        is_seen(store, id, "", "");
        for content in both {
            assert!(!store.read(|conn| files::is_stored(conn, content)).unwrap());
        }
        assert_eq!(parts_and_bytes(store).0, 64, "of 80");
        while !swept(store, 0).is_done {}
        assert_eq!(parts_and_bytes(store), (0, 0));
    });
}

#[test]
fn a_file_that_is_added_at_once_leaves_the_one_that_waits_under_its_name() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        add(store, id, "plan.jpg", "one", true);
        add(store, id, "plan.jpg", "two", false);
        add(store, id, "plan.jpg", "three", true);
        is_seen(store, id, "plan.jpg=three", "plan.jpg=two");
        add(store, id, "map.jpg", "map", false);
        add(store, id, "map.jpg", "chart", true);
        is_seen(store, id, "map.jpg=chart plan.jpg=three", "map.jpg=map plan.jpg=two");
        publish(store, id);
        is_seen(store, id, "map.jpg=map plan.jpg=two", "map.jpg=map plan.jpg=two");
        let content = stored(store, "four");
        let add =
            AddFile { page: id, name: name("map.jpg"), content, alt: String::new(), replaces: false, at_once: true };
        assert_eq!(run(store, &Command::AddFile(add)), Err(Error::Duplicate));
    });
}

#[test]
fn a_file_that_is_removed_at_once_is_looked_for_first_and_leaves_with_the_one_that_waits() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        let remove = |file| change(store, id, file, FileChange::Remove { at_once: true });
        add(store, id, "plan.jpg", "one", true);
        add(store, id, "plan.jpg", "two", false);
        add(store, id, "map.jpg", "map", false);
        assert_eq!(remove("nope.jpg"), Err(Error::Stale));
        assert_eq!(find(store, id).version, Version(2), "nothing was removed");
        remove("map.jpg").unwrap();
        assert_eq!(find(store, id).version, Version(2), "readers did not have it");
        is_seen(store, id, "plan.jpg=one", "plan.jpg=two");
        remove("plan.jpg").unwrap();
        assert_eq!(find(store, id).version, Version(3));
        is_seen(store, id, "", "");
        publish(store, id);
        is_seen(store, id, "", "");
        assert_eq!(remove("plan.jpg"), Err(Error::Stale));
    });
}

#[test]
fn a_page_has_five_hundred_files_and_one_more_is_refused() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        let content = stored(store, "same");
        let add = |file: &str, at_once| {
            let add = AddFile { page: id, name: name(file), content, alt: String::new(), replaces: true, at_once };
            run(store, &Command::AddFile(add))
        };
        for number in 0..MAX_FILES {
            add(&format!("{number}.txt"), number < 10).unwrap();
        }
        assert!(matches!(add("more.txt", false), Err(Error::Refused(words)) if words.contains("at most 500 files")));
        add("7.txt", false).unwrap();
        publish(store, id);
        for at_once in [true, false] {
            assert!(matches!(add("more.txt", at_once), Err(Error::Refused(_))));
            add("8.txt", at_once).unwrap();
        }
        change(store, id, "9.txt", FileChange::Remove { at_once: false }).unwrap();
        assert!(
            matches!(add("more.txt", true), Err(Error::Refused(_))),
            "readers have it until the draft is published"
        );
        add("more.txt", false).unwrap();
        assert!(matches!(change(store, id, "9.txt", FileChange::Keep), Err(Error::Refused(_))));
        publish(store, id);
        change(store, id, "10.txt", FileChange::Remove { at_once: true }).unwrap();
        add("most.txt", true).unwrap();
        assert!(matches!(add("further.txt", true), Err(Error::Refused(_))));
    });
}

#[test]
fn a_version_whose_files_are_too_many_with_those_of_now_does_not_come_back_and_nothing_is_half_done() {
    on_both(|store| {
        let first = page(store);
        let (id, content) = (first.id, stored(store, "same"));
        let by = admin();
        let fill = |prefix: &str, count: usize| {
            let fill = |conn: &mut store::Conn| {
                for number in 0..count {
                    let (name, alt) = (name(&format!("{prefix}{number}.txt")), String::new());
                    let add = AddFile { page: id, name, content, alt, replaces: true, at_once: false };
                    commands::run(conn, by.editor(), Command::AddFile(add), noon())?;
                }
                Ok(())
            };
            store.write(fill).unwrap();
            let now = find(store, id);
            let draft = store.read(|conn| drafts::get(conn, by.editor(), id)).unwrap().unwrap();
            let lock = DraftLock { draft: draft.version, form: FormId(0) };
            let content = PageContent { body: format!("Of {prefix}."), ..now.content };
            let publish =
                |conn: &mut store::Conn| commands::publish(conn, by.editor(), id, now.version, lock, &content, noon());
            store.write(publish).unwrap();
        };
        fill("a", 300);
        let full = store.read(|conn| pages::get(conn, by.editor(), id)).unwrap().unwrap().version;
        let leave = |conn: &mut store::Conn| {
            for number in 0..300 {
                let (name, change) = (name(&format!("a{number}.txt")), FileChange::Remove { at_once: false });
                commands::run(conn, by.editor(), Command::ChangeFile(ChangeFile { page: id, name, change }), noon())?;
            }
            Ok(())
        };
        store.write(leave).unwrap();
        fill("b", 300);
        let revert = Revert { page: id, version: full, draft: Version(0), readers: false, dates: false };
        let refused = run(store, &Command::Revert(revert));
        assert!(matches!(&refused, Err(Error::Refused(words)) if words.contains("at most 500 files")), "{refused:?}");
        assert_eq!(store.read(|conn| drafts::get(conn, by.editor(), id)).unwrap(), None);
        let count = |(live, drafted): (String, String)| (live.split(' ').count(), drafted.split(' ').count());
        assert_eq!(count(seen(store, id)), (300, 300));
        // An undo would leave what it undoes in the draft.
        let now = store.read(|conn| pages::get(conn, by.editor(), id)).unwrap().unwrap().version;
        let undone = run(store, &Command::Undo(Undo { page: id, from: now }));
        assert!(matches!(&undone, Err(Error::Refused(_))), "{undone:?}");
        assert_eq!(count(seen(store, id)), (300, 300));
    });
}

#[test]
fn a_cover_is_set_at_once_as_a_version_and_a_draft_keeps_its_choice() {
    on_both(|store| {
        let Page { id, .. } = page(store);
        let by = admin();
        for file in ["map.jpg", "plan.jpg", "notes.txt"] {
            add(store, id, file, file, true);
        }
        let set = |file: &str, is_cover| change(store, id, file, FileChange::SetCover { is_cover, at_once: true });
        let cover = || {
            let live = store.read(|conn| files::live(conn, id)).unwrap();
            live.into_iter().filter(|file| file.is_cover).map(|file| file.name.to_string()).collect::<Vec<_>>()
        };
        let version = || store.read(|conn| pages::get(conn, by.editor(), id)).unwrap().unwrap().version.0;
        let before = version();
        set("map.jpg", true).unwrap();
        set("map.jpg", true).unwrap();
        assert_eq!((cover(), version()), (vec!["map.jpg".to_owned()], before + 1), "the second changed nothing");
        set("plan.jpg", true).unwrap();
        assert_eq!(cover(), ["plan.jpg"]);
        let then = store.read(|conn| files::of_version(conn, by.editor(), id, Version(before + 1))).unwrap();
        assert!(then.iter().any(|file| file.is_cover && file.name.to_string() == "map.jpg"));
        assert!(matches!(set("notes.txt", true), Err(Error::Refused(_))));
        assert_eq!(set("gone.jpg", true), Err(Error::Stale));
        // A file that leaves with the draft still leaves.
        change(store, id, "plan.jpg", FileChange::Remove { at_once: false }).unwrap();
        set("plan.jpg", false).unwrap();
        assert_eq!(cover(), [""; 0]);
        assert!(store.read(|conn| files::live(conn, id)).unwrap().iter().any(|file| file.leaves));
        change(store, id, "plan.jpg", FileChange::Keep).unwrap();
        // What the draft chose is the only cover once it is published.
        change(store, id, "map.jpg", FileChange::SetCover { is_cover: true, at_once: false }).unwrap();
        set("plan.jpg", true).unwrap();
        publish(store, id);
        assert_eq!(cover(), ["map.jpg"]);
    });
}
