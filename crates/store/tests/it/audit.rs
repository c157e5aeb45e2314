//! The audit trail: its entries, and that they cannot be changed.

use chrono::TimeDelta;
use domain::{
    access::{Editor, Visitor},
    audit::{Action, Entry, Subject},
    page::PageContent,
    user::Role,
};
use store::{
    Paging,
    audit::{self, AuditFilter, Suggested},
};

use crate::{
    commands,
    database::{add, admin, content, member, noon, on_both, sql},
};

const ALL: Paging = Paging { number: 1, size: 100 };

fn entry(n: i64) -> Entry {
    Entry {
        at: noon() + TimeDelta::seconds(n),
        actor: if n % 2 == 0 { "Ann".into() } else { "bob".into() },
        action: if n % 3 == 0 { Action::Deleted } else { Action::Changed },
        subject: Subject::Page,
        name: format!("/page-{n}"),
        detail: "text".into(),
    }
}

#[test]
fn every_change_writes_its_entry() {
    on_both(|store| {
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &content("a"), noon())).unwrap();
        let new = PageContent { title: "New".into(), ..content("a") };
        store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, &new, noon())).unwrap();
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        let ann = add(store, "ann", Role::Reader);
        store.write(|conn| store::writing::users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        let table = store.read(|conn| audit::list(conn, &admin(), &AuditFilter::default(), ALL)).unwrap();
        let mut found: Vec<_> = table.rows.iter().map(|entry| (entry.action.as_str(), entry.name.as_str())).collect();
        found.sort_unstable();
        let expected =
            [("changed", "/a"), ("created", "/a"), ("created", "ann"), ("deleted", "/a"), ("deleted", "ann")];
        assert_eq!(found, expected);
        assert!(table.rows.iter().all(|entry| entry.actor == "command line"));
        assert!(table.rows.iter().any(|entry| entry.detail.contains("“Title of a” → “New”")));
    });
}

#[test]
fn the_trail_is_append_only_in_the_database_itself() {
    on_both(|store| {
        store.write(|conn| store::writing::audit::insert(conn, &entry(1))).unwrap();
        for statement in ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"] {
            let error = sql(store, statement).unwrap_err().to_string();
            assert!(error.contains("append-only"), "{error}");
        }
        let table = store.read(|conn| audit::list(conn, &admin(), &AuditFilter::default(), ALL)).unwrap();
        assert_eq!(table.rows, [entry(1)]);
    });
}

#[test]
fn it_is_filtered_and_newest_first() {
    on_both(|store| {
        store.write(|conn| (0..7).try_for_each(|n| store::writing::audit::insert(conn, &entry(n)))).unwrap();
        let found = |filter: AuditFilter| {
            let table = store.read(|conn| audit::list(conn, &admin(), &filter, ALL)).unwrap();
            assert_eq!(table.total, table.rows.len() as u64);
            table.rows.iter().map(|entry| entry.name.trim_start_matches("/page-").to_owned()).collect::<String>()
        };
        assert_eq!(found(AuditFilter::default()), "6543210");
        assert_eq!(found(AuditFilter { actor: "aNN".into(), ..AuditFilter::default() }), "6420");
        assert_eq!(found(AuditFilter { action: Some(Action::Deleted), ..AuditFilter::default() }), "630");
        assert_eq!(found(AuditFilter { subject: Some(Subject::User), ..AuditFilter::default() }), "");
        assert_eq!(found(AuditFilter { since: Some(entry(5).at), ..AuditFilter::default() }), "65");
        let days = AuditFilter { since: Some(entry(2).at), before: Some(entry(5).at), ..AuditFilter::default() };
        assert_eq!(found(days), "432");
        assert_eq!(found(AuditFilter { name: "-3".into(), ..AuditFilter::default() }), "3");
    });
}

#[test]
fn long_names_and_details_are_cut() {
    on_both(|store| {
        let long = Entry { name: "é".repeat(5000), detail: "x".repeat(50_000), ..entry(1) };
        store.write(|conn| store::writing::audit::insert(conn, &long)).unwrap();
        let table = store.read(|conn| audit::list(conn, &admin(), &AuditFilter::default(), ALL)).unwrap();
        assert_eq!((table.rows[0].name.chars().count(), table.rows[0].detail.len()), (200, 2000));
    });
}

#[test]
fn an_editor_sees_the_last_changes_of_pages_only() {
    on_both(|store| {
        store
            .write(|conn| {
                store::writing::audit::insert(conn, &entry(1))?;
                store::writing::audit::insert(conn, &Entry { subject: Subject::User, ..entry(2) })?;
                store::writing::audit::insert(
                    conn,
                    &Entry { action: Action::SignedIn, subject: Subject::User, ..entry(3) },
                )
            })
            .unwrap();
        let recent = |visitor: &Visitor| {
            let editor = Editor::of(visitor).unwrap();
            store.read(|conn| audit::recent(conn, &editor, 10)).unwrap().len()
        };
        assert_eq!((recent(&member(Role::Editor)), recent(&member(Role::Admin))), (1, 2));
    });
}

#[test]
fn an_entry_of_the_trail_cannot_be_replaced() {
    on_both(|store| {
        add(store, "ann", Role::Reader);
        let replace = "INSERT OR REPLACE INTO audit SELECT id, at, 'nobody', action, subject, name, detail FROM audit";
        assert!(sql(store, replace).is_err());
    });
}

#[test]
fn refusals_are_counted_from_a_moment_on() {
    on_both(|store| {
        let refused = |minutes: i64, detail: &str| Entry {
            at: noon() - TimeDelta::minutes(minutes),
            actor: "nobody".into(),
            action: Action::Refused,
            subject: Subject::User,
            name: String::new(),
            detail: detail.into(),
        };
        let entries =
            [refused(5, "3 refused, the last from ::1: ann 3"), refused(10, "4 refused"), refused(61, "9 refused")];
        store
            .write(|conn| {
                entries.iter().chain([&entry(1)]).try_for_each(|entry| store::writing::audit::insert(conn, entry))
            })
            .unwrap();
        let since = noon() - TimeDelta::minutes(60);
        let found = store.read(|conn| audit::failed_logins(conn, &admin(), since)).unwrap();
        assert_eq!(found, [(entries[0].at, 3), (entries[1].at, 4)]);
    });
}

#[test]
fn names_are_suggested_and_lead_to_what_still_has_them() {
    on_both(|store| {
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &content("page-2"), noon())).unwrap();
        let ann = add(store, "Ann", Role::Editor);
        store.write(|conn| (0..3).try_for_each(|n| store::writing::audit::insert(conn, &entry(n)))).unwrap();
        let suggested = |which, text: &str, limit| {
            store.read(|conn| audit::suggestions(conn, &admin(), which, text, limit)).unwrap()
        };
        assert_eq!(suggested(Suggested::Actors, "", 9), ["Ann", "bob", "command line"]);
        assert_eq!(suggested(Suggested::Subjects, "", 3), ["/page-0", "/page-1", "/page-2"]);
        assert_eq!(suggested(Suggested::Subjects, " AN", 9), ["Ann"]);
        assert_eq!(suggested(Suggested::Subjects, "a", 2), ["Ann", "/page-0"], "a name that begins with it is first");
        let entries = store.read(|conn| audit::list(conn, &admin(), &AuditFilter::default(), ALL)).unwrap().rows;
        let named = store.read(|conn| audit::named(conn, admin().editor(), &entries)).unwrap();
        assert_eq!(named.pages, [("/page-2".to_owned(), page.id)].into());
        assert_eq!(named.users, [("Ann".to_owned(), ann.id)].into());
        let editor = Editor::of(&member(Role::Editor)).unwrap();
        let named = store.read(|conn| audit::named(conn, &editor, &entries)).unwrap();
        assert!(named.users.is_empty() && !named.pages.is_empty(), "users are for administrators");
    });
}
