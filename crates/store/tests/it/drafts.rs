//! Drafts, pending changes, dates and ends, and what each command does to them.

use chrono::TimeDelta;
use domain::{
    Version,
    access::Visitor,
    draft::{Draft, DraftInput, DraftLock, FormId},
    page::{Page, PageContent, PageId, PageInput, PagePath},
    zone::Zone,
};
use store::{
    Error, Paging, Store,
    admin_list::{self, PageFilter, PageState},
    drafts::{self, DraftKind, SavedBy},
    lists::{self, VisiblePages},
    old_paths, pages, revisions, schedule, trash,
};

use crate::{
    commands,
    database::{admin, content, noon, on_both, on_each, sql, undo},
};

const ALL: Paging = Paging { number: 1, size: 50 };

fn typed(path: &str, title: &str, body: &str) -> DraftInput {
    PageInput { path: path.into(), title: title.into(), body: body.into(), ..PageInput::default() }.into()
}

/// The lock of a form that shows a version of a draft.
fn form(number: i64, draft: i64) -> DraftLock {
    DraftLock { draft: Version(draft), form: FormId(number) }
}

fn insert(store: &Store, at: &str) -> Page {
    store.write(|conn| commands::insert(conn, admin().editor(), &content(at), noon())).unwrap()
}

fn save(store: &Store, page: PageId, held: DraftLock, typed: &DraftInput) -> store::Result<Draft> {
    store.write(|conn| commands::save_draft(conn, admin().editor(), Some(page), Version(1), held, typed, noon()))
}

fn new(store: &Store, held: DraftLock, typed: &DraftInput) -> Draft {
    store
        .write(|conn| commands::save_draft(conn, admin().editor(), None, domain::Version(0), held, typed, noon()))
        .unwrap()
}

fn publish(store: &Store, page: PageId, from: i64, held: DraftLock, content: &PageContent) -> store::Result<Page> {
    store.write(|conn| commands::publish(conn, admin().editor(), page, Version(from), held, content, noon()))
}

fn kept(store: &Store, page: PageId) -> Option<Draft> {
    store.read(|conn| drafts::get(conn, admin().editor(), page)).unwrap()
}

fn listed(store: &Store) -> Vec<(String, DraftKind)> {
    let table = store.read(|conn| drafts::list(conn, admin().editor(), None, ALL)).unwrap();
    assert_eq!(table.total, table.rows.len() as u64);
    table.rows.into_iter().map(|row| (row.title, row.kind)).collect()
}

fn found(store: &Store, at: &str) -> Option<Page> {
    store.read(|conn| pages::find(conn, &PagePath::parse(at).unwrap())).unwrap()
}

fn discard(store: &Store, draft: &Draft) -> store::Result<bool> {
    store.write(|conn| commands::discard(conn, admin().editor(), draft.page, draft.version, noon()))
}

fn trail(store: &Store) -> Vec<String> {
    let filter = store::audit::AuditFilter::default();
    let table = store.read(|conn| store::audit::list(conn, &admin(), &filter, ALL)).unwrap();
    table.rows.into_iter().map(|entry| entry.detail).collect()
}

#[test]
fn a_draft_is_what_was_typed_however_wrong_and_is_no_page() {
    on_both(|store| {
        let odd = DraftInput {
            page: PageInput { published: "soon".into(), show_title: true, ..typed("Not A Path!", "\0", "a\0b").page },
            note: "n\n".repeat(200),
            move_below: false,
        };
        let draft = new(store, form(1, 0), &odd);
        assert_eq!(kept(store, draft.page).unwrap(), draft);
        assert_eq!((draft.typed, draft.version, draft.based_on), (odd, Version(1), Version(0)));
        let scope = VisiblePages::listed(&crate::database::member(domain::user::Role::Admin), noon());
        assert!(store.read(|conn| lists::list(conn, &scope, 50)).unwrap().is_empty());
        assert_eq!(listed(store), [(String::new(), DraftKind::Page)]);
    });
}

#[test]
fn a_draft_of_another_version_of_postern_is_read_as_far_as_it_goes() {
    on_both(|store| {
        let draft = new(store, form(1, 0), &typed("/a", "A", ""));
        let json = r#"{"page": {"title": "B", "colour": "red"}, "mood": 1}"#;
        sql(store, &format!("UPDATE drafts SET typed = '{json}'")).unwrap();
        let expected = DraftInput { move_below: true, ..typed("", "B", "") };
        assert_eq!(kept(store, draft.page).unwrap().typed, expected);
        sql(store, "UPDATE drafts SET typed = 'no JSON'").unwrap();
        let broken = store.read(|conn| drafts::get(conn, admin().editor(), draft.page));
        assert!(matches!(broken, Err(Error::Schema(_))), "{broken:?}");
        assert_eq!(listed(store).len(), 1, "the list goes on");
    });
}

#[test]
fn a_form_saves_over_what_it_holds_and_over_its_own_and_over_nobody_elses() {
    on_both(|store| {
        let draft = new(store, form(1, 0), &typed("/a", "A", "one"));
        let second = save(store, draft.page, form(2, 1), &typed("/a", "A", "two")).unwrap();
        assert_eq!(second.version, Version(2));
        // Version 1 is held by another form, whose text is not taken.
        assert_eq!(save(store, draft.page, form(1, 1), &typed("/a", "A", "late")).unwrap_err(), Error::Stale);
        assert_eq!(save(store, draft.page, form(0, 0), &typed("/a", "A", "none")).unwrap_err(), Error::Stale);
        // The answer to the second was lost: its form saves again.
        let third = save(store, draft.page, form(2, 1), &typed("/a", "A", "three")).unwrap();
        assert_eq!((third.version, kept(store, draft.page).unwrap().typed.page.body.as_str()), (Version(3), "three"));
        // So does the form of a new page, which makes one draft and not two.
        assert_eq!(new(store, form(2, 0), &typed("/a", "A", "four")).page, draft.page);
        assert_eq!(listed(store).len(), 1);
        assert_eq!(trail(store), ["a draft, “A”"], "saving it again floods no trail");
    });
}

#[test]
fn changes_wait_over_a_page_until_they_are_published() {
    on_both(|store| {
        let page = insert(store, "a");
        let waiting = save(store, page.id, form(1, 0), &typed("/a", "New", "new")).unwrap();
        assert_eq!(waiting.based_on, page.version);
        assert_eq!(found(store, "a").unwrap(), page, "readers have the old one");
        assert_eq!(listed(store), [("New".into(), DraftKind::Changes)]);
        let at = |path: &str| {
            store.read(|conn| drafts::find(conn, admin().editor(), &PagePath::parse(path).unwrap())).unwrap()
        };
        assert_eq!(at("a"), None, "there is a page");
        let others = store.read(|conn| drafts::pending(conn, admin().editor(), &[page.id, PageId(1)])).unwrap();
        assert_eq!(others, [page.id]);

        let content = PageContent { body: "new".into(), ..page.content.clone() };
        assert_eq!(publish(store, page.id, 1, form(9, 0), &content).unwrap_err(), Error::Stale, "it has not seen them");
        let saved = publish(store, page.id, 1, form(9, 1), &content).unwrap();
        assert_eq!((saved.version, saved.content.body.as_str()), (Version(2), "new"));
        assert_eq!(kept(store, page.id), None);
        assert_eq!(publish(store, page.id, 2, form(9, 1), &content).unwrap_err(), Error::Stale, "it is gone");
        assert_eq!(publish(store, page.id, 2, form(9, 0), &content), Ok(saved), "as it is already");
    });
}

#[test]
fn what_cannot_be_published_stays_a_draft() {
    on_both(|store| {
        insert(store, "taken");
        let draft = new(store, form(1, 0), &typed("/taken", "Mine", ""));
        assert_eq!(publish(store, draft.page, 0, form(1, 1), &content("taken")).unwrap_err(), Error::Duplicate);
        assert_eq!(kept(store, draft.page), Some(draft));
    });
}

#[test]
fn a_draft_keeps_its_key_when_it_is_published() {
    on_both(|store| {
        let draft = new(store, form(1, 0), &typed("/a", "A", ""));
        let at = PagePath::parse("a").unwrap();
        let by_path = store.read(|conn| drafts::find(conn, admin().editor(), &at)).unwrap();
        assert_eq!(by_path, Some(draft.clone()));
        let new = |held| store.write(|conn| commands::publish_new(conn, admin().editor(), held, &content("a"), noon()));
        let page = new(form(1, 0)).unwrap();
        assert_eq!((page.id, page.version), (draft.page, Version(1)));
        assert!(listed(store).is_empty());
        assert_eq!(new(form(2, 0)).unwrap_err(), Error::Duplicate);
    });
}

#[test]
fn an_unpublished_page_is_a_draft_and_comes_back_with_its_history_and_old_paths() {
    on_both(|store| {
        let first = insert(store, "old");
        let moved = PageContent { path: PagePath::parse("new").unwrap(), ..first.content.clone() };
        publish(store, first.id, 1, DraftLock::default(), &moved).unwrap();
        let unpublish = || store.write(|conn| commands::unpublish(conn, admin().editor(), &[first.id], noon()));
        assert_eq!(unpublish(), Ok(1));
        assert_eq!(unpublish(), Ok(0));
        assert_eq!((found(store, "new"), found(store, "old")), (None, None));
        let target = |path: &str| {
            let path = PagePath::parse(path).unwrap();
            store.read(|conn| old_paths::target(conn, &path)).unwrap()
        };
        assert_eq!(target("old"), None);
        let draft = kept(store, first.id).unwrap();
        assert_eq!(draft.typed.page, PageInput::of(&moved, Zone::default()));

        let back = publish(store, first.id, 0, form(5, 1), &moved).unwrap();
        assert_eq!((back.id, back.version, back.created_at), (first.id, Version(3), first.created_at));
        assert_eq!(target("old").unwrap().id, first.id);
        let history = store.read(|conn| revisions::list(conn, admin().editor(), first.id, ALL)).unwrap();
        assert_eq!(history.rows[0].detail, "published again");
        assert_eq!(history.total, 3);
    });
}

#[test]
fn a_discarded_draft_is_gone_and_what_was_published_once_is_in_the_trash() {
    on_both(|store| {
        let draft = new(store, form(1, 0), &typed("/a", "A", ""));
        let older = Draft { version: Version(7), ..draft.clone() };
        assert_eq!(discard(store, &older).unwrap_err(), Error::Stale);
        assert_eq!((discard(store, &draft), discard(store, &draft)), (Ok(true), Ok(false)));
        let bin = || store.read(|conn| trash::list(conn, admin().editor(), "", ALL)).unwrap().rows;
        assert!(bin().is_empty());

        let page = insert(store, "b");
        let waiting = save(store, page.id, form(2, 0), &typed("/b", "B", "")).unwrap();
        assert_eq!(discard(store, &waiting), Ok(true));
        assert_eq!((found(store, "b"), bin().len()), (Some(page.clone()), 0), "the page stays");

        store.write(|conn| commands::unpublish(conn, admin().editor(), &[page.id], noon())).unwrap();
        assert_eq!(discard(store, &kept(store, page.id).unwrap()), Ok(true));
        assert_eq!(bin()[0].id, page.id);
        let to = &page.content.path;
        assert_eq!(store.write(|conn| commands::restore(conn, admin().editor(), page.id, to, noon())), Ok(true));
        assert_eq!(found(store, "b").unwrap().content, page.content);
    });
}

#[test]
fn changes_of_a_deleted_page_wait_with_it_in_the_trash() {
    on_both(|store| {
        let page = insert(store, "a");
        save(store, page.id, form(1, 0), &typed("/a", "New", "")).unwrap();
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        assert_eq!((kept(store, page.id), listed(store).len()), (None, 0));
        assert_eq!(save(store, page.id, form(1, 1), &typed("/a", "Newer", "")).unwrap_err(), Error::Stale);
        assert_eq!(publish(store, page.id, 1, form(1, 1), &page.content).unwrap_err(), Error::Stale);
        let to = &page.content.path;
        store.write(|conn| commands::restore(conn, admin().editor(), page.id, to, noon())).unwrap();
        assert_eq!(listed(store), [("New".into(), DraftKind::Changes)]);
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        store.write(|conn| commands::purge(conn, admin().editor(), &[page.id], noon())).unwrap();
        assert!(sql(store, "INSERT INTO drafts SELECT * FROM drafts").is_ok_and(|count| count == 0), "none is left");
    });
}

#[test]
fn t43_a_page_is_listed_until_its_end_and_what_comes_next_is_known() {
    on_both(|store| {
        let minutes = TimeDelta::minutes;
        let put = |path: &str, from, end: Option<i64>| {
            let published_at = noon() + minutes(from);
            let unpublish_at = end.map(|end| noon() + minutes(end));
            let page = PageContent { published_at, unpublish_at, ..content(path) };
            store.write(|conn| commands::insert(conn, admin().editor(), &page, noon())).unwrap()
        };
        put("always", -9, None);
        put("ends", -9, Some(2));
        put("over", -9, Some(-1));
        let later = put("later", 1, Some(3));
        save(store, later.id, form(1, 0), &typed("/later", "Later", "")).unwrap();
        let names = |offset| {
            let scope = VisiblePages::readable(&Visitor::Anonymous, noon() + minutes(offset));
            let rows = store.read(|conn| lists::list(conn, &scope, 50)).unwrap();
            let mut names: Vec<_> = rows.into_iter().map(|row| row.path.as_str().to_owned()).collect();
            names.sort();
            names.join(" ")
        };
        let next = |offset| {
            let next = store.read(|conn| pages::next_boundary(conn, noon() + minutes(offset))).unwrap();
            next.map(|at| (at - noon()).num_minutes())
        };
        assert_eq!((names(0).as_str(), next(0)), ("always ends", Some(1)));
        assert_eq!((names(1).as_str(), next(1)), ("always ends later", Some(2)));
        assert_eq!((names(2).as_str(), next(2)), ("always later", Some(3)));
        assert_eq!((names(3).as_str(), next(3)), ("always", None));

        let coming = store.read(|conn| schedule::upcoming(conn, admin().editor(), noon(), 2)).unwrap();
        let coming: Vec<_> = coming.iter().map(|it| (it.page.path.as_str(), it.ends)).collect();
        assert_eq!(coming, [("later", false), ("ends", true)]);
        let all = [PageState::Published, PageState::Scheduled, PageState::Ended];
        let states =
            store.read(|conn| admin_list::states(conn, admin().editor(), &PageFilter::default(), &all, noon()));
        assert_eq!(states, Ok((store::Count::exact(4), [2, 1, 1].map(store::Count::exact).to_vec())));
    });
}

#[test]
fn an_end_is_kept_by_history_and_by_the_trash() {
    on_both(|store| {
        let ends = PageContent { unpublish_at: Some(noon() + TimeDelta::days(1)), ..content("a") };
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &ends, noon())).unwrap();
        publish(store, page.id, 1, DraftLock::default(), &content("a")).unwrap();
        let old = store.read(|conn| revisions::get(conn, admin().editor(), page.id, Version(1))).unwrap().unwrap();
        assert_eq!(old.content, ends);
        publish(store, page.id, 2, DraftLock::default(), &ends).unwrap();
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        let to = &ends.path;
        store.write(|conn| commands::restore(conn, admin().editor(), page.id, to, noon())).unwrap();
        assert_eq!(found(store, "a").unwrap().content, ends);
        assert!(sql(store, "UPDATE pages SET unpublish_at = 'soon'").is_err());
    });
}

#[test]
fn a_site_that_was_there_before_has_pages_without_an_end_and_the_zone_utc() {
    on_each(|url| {
        let store = Store::open(url, 2).unwrap();
        store.migrate().unwrap();
        undo!(&store, url, "2026-11-26-000011_unused_index");
        undo!(&store, url, "2026-11-26-000010_reader_keys");
        undo!(&store, url, "2026-11-24-000007_drafts");
        sql(&store, "INSERT INTO pages (id, path, title, body, version) VALUES (7, 'old', 'Old', 'text', 4)").unwrap();
        assert_eq!(
            store.migrate().unwrap(),
            ["2026-11-24-000007_drafts", "2026-11-26-000010_reader_keys", "2026-11-26-000011_unused_index"]
        );
        assert_eq!(found(&store, "old").unwrap().content.unpublish_at, None);
        assert_eq!(store.read(store::site::get).unwrap().time_zone, Zone::default());
    });
}

#[test]
fn a_form_that_is_sent_again_finds_what_it_has_saved_itself() {
    on_both(|store| {
        let page = insert(store, "a");
        let text = |body: &str| PageContent { body: body.into(), ..content("a") };
        assert_eq!(publish(store, page.id, 1, form(7, 0), &text("one")).unwrap().version, Version(2));
        assert_eq!(publish(store, page.id, 1, form(7, 0), &text("one")).unwrap().version, Version(2));
        assert_eq!(publish(store, page.id, 1, form(7, 0), &text("two")).unwrap().version, Version(3));
        for other in [form(8, 0), form(0, 0)] {
            assert_eq!(publish(store, page.id, 1, other, &text("three")), Err(Error::Stale));
        }

        save(store, page.id, form(9, 0), &typed("a", "A", "pending")).unwrap();
        assert_eq!(publish(store, page.id, 3, form(9, 1), &text("three")).unwrap().version, Version(4));
        assert_eq!(kept(store, page.id), None);
        assert_eq!(publish(store, page.id, 3, form(9, 1), &text("three")).unwrap().version, Version(4));
        assert_eq!(publish(store, page.id, 4, form(10, 0), &text("four")).unwrap().version, Version(5));
        assert_eq!(publish(store, page.id, 3, form(9, 1), &text("three")), Err(Error::Stale), "somebody saved since");
    });
}

#[test]
fn the_form_of_a_new_page_finds_the_page_that_it_made() {
    on_both(|store| {
        let of_form =
            |form: i64| store.read(|conn| revisions::page_of_form(conn, admin().editor(), FormId(form))).unwrap();
        insert(store, "a");
        let made = store
            .write(|conn| commands::publish_new(conn, admin().editor(), form(7, 0), &content("b"), noon()))
            .unwrap();
        assert_eq!((of_form(7), of_form(8), of_form(0)), (Some(made.id), None, None));
        assert_eq!(publish(store, made.id, 0, form(7, 0), &content("b")).unwrap().version, Version(1));
        store.write(|conn| commands::delete(conn, admin().editor(), &[made.id], noon())).unwrap();
        assert_eq!(of_form(7), None);
    });
}

#[test]
fn a_form_that_has_unpublished_its_page_may_be_sent_again() {
    on_both(|store| {
        let page = insert(store, "a");
        let unpublish = |held: DraftLock| {
            let input = typed("a", "A", "off");
            store
                .write(|conn| commands::unpublish_as(conn, admin().editor(), page.id, Version(1), held, &input, noon()))
        };
        unpublish(form(7, 0)).unwrap();
        unpublish(form(7, 0)).unwrap();
        assert_eq!(kept(store, page.id).unwrap().typed.page.body, "off");
        assert!(unpublish(form(8, 0)).is_err());
    });
}

#[test]
fn the_drafts_of_somebody_are_told_from_those_of_others() {
    on_both(|store| {
        let page = insert(store, "live");
        save(store, page.id, form(1, 0), &typed("live", "Live", "New text.")).unwrap();
        for n in 2..6 {
            new(store, form(n, 0), &typed(&format!("draft-{n}"), &format!("Draft {n}"), "Text."));
        }
        sql(store, "UPDATE drafts SET saved_by = 'eve' WHERE title IN ('Live', 'Draft 2')").unwrap();
        let found = |by: SavedBy<'_>, limit| {
            let table = store.read(|conn| drafts::saved_by(conn, admin().editor(), by, limit)).unwrap();
            let mut rows: Vec<(String, DraftKind)> = table.rows.into_iter().map(|row| (row.title, row.kind)).collect();
            rows.sort_by(|one, other| one.0.cmp(&other.0));
            (table.total, rows)
        };
        let eve = vec![("Draft 2".to_owned(), DraftKind::Page), ("Live".to_owned(), DraftKind::Changes)];
        assert_eq!(found(SavedBy::User("eve"), 5), (store::Count::exact(2), eve));
        let (total, rows) = found(SavedBy::Others("eve"), 2);
        assert_eq!((total, rows.len()), (store::Count::exact(3), 2));
    });
}
