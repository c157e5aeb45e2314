//! Full-text search: the results, their visibility and their order for any writer, the same on both databases.

use diesel::{RunQueryDsl, sql_query};
use domain::{access::Visitor, audience::Audience, page::PageContent, search::Query, user::Role};
use store::{
    Paging, Store,
    admin_list::{self, PageColumn, PageFilter, PageSort},
    search,
    writing::search::catch_up,
};

use crate::database::{admin, content, member, noon, on_both, put, sql};

const ALL: Paging = Paging { number: 1, size: 1000 };

fn page(path: &str, title: &str, body: &str) -> PageContent {
    PageContent { title: title.into(), body: body.into(), ..content(path) }
}

fn fill(store: &Store, site: &[PageContent]) {
    store.write(|conn| site.iter().try_for_each(|page| put(conn, page))).unwrap();
}

/// The paths of the results, the best first, and whether there are more.
fn found_by(store: &Store, visitor: &Visitor, typed: &str, paging: Paging) -> (Vec<String>, bool) {
    let Ok(query) = Query::parse(typed) else { return (Vec::new(), false) };
    let slice = store.read(|conn| search::list(conn, visitor, noon(), &query, paging)).unwrap();
    (slice.rows.iter().map(|found| found.teaser.path.as_str().to_owned()).collect(), slice.more)
}

fn found(store: &Store, typed: &str) -> String {
    let mut paths = found_by(store, &Visitor::Anonymous, typed, ALL).0;
    paths.sort();
    paths.join(" ")
}

#[test]
fn every_word_is_found_in_any_case_and_spelling_and_every_sign_is_text() {
    on_both(|store| {
        fill(
            store,
            &[
                page("a", "Äpfel und BIRNEN", "100 % pure, snake_case, back\\slash"),
                page("b", "Birnen", "100 percent of a crème brûlée"),
                page("c", "ΟΔΌΣ", "The street at https://example.org/long/way?to=it, costs -5 or 3.14."),
                PageContent { summary: "An old oak".into(), ..page("d", "Ending in old", "oak and beech; ЁЛКА") },
                page("e", "日本 の 木材", "cafe\u{301} Ångström v2"),
                page("f", "Straße in Łódź", "oﬃce hy\u{ad}phen\u{200b}ation **w**ord 東京の木材店です ภาษาไทยง่าย"),
            ],
        );
        for (typed, expected) in [
            ("birnen", "a b"),
            ("äPFEL", "a"),
            ("apfel", "a"),
            ("BIR", "a b"),
            ("birnen percent", "b"),
            ("birne oak", ""),
            ("irnen", ""),
            ("100 %", "a b"),
            ("snake_case", "a"),
            ("snake", "a"),
            ("case_snake", ""),
            ("back\\slash", "a"),
            ("BRULEE", "b"),
            ("crème-brûlée", "b"),
            ("οδόσ", "c"),
            ("οδός", "c"),
            ("example.org", "c"),
            ("way", "c"),
            ("5", "c"),
            ("3.14", "c"),
            ("an", "d"),
            ("a", "b"),
            ("\"old oak\"", "d"),
            ("\"oak old\"", ""),
            ("\"oak oak\"", ""),
            ("\"old an\"", ""),
            ("\"birne\"", ""),
            ("oak -beech", ""),
            ("birnen -pure", "b"),
            ("birnen -pur", "a b"),
            ("birnen -\"100 percent\"", "a"),
            ("birnen -100", ""),
            ("ёлк", "d"),
            ("日本", "e"),
            ("木", "e f"),
            ("café", "e"),
            ("angstrom", "e"),
            ("v2", "e"),
            ("strasse", "f"),
            ("LODZ", "f"),
            ("office", "f"),
            ("hyphenation", "f"),
            ("word", "f"),
            ("木材店", "f"),
            ("材", "e f"),
            ("材店", "f"),
            ("店木", ""),
            ("ไทย", "f"),
            ("birnen --elm", ""),
            ("office --hyphenation", "f"),
            ("office -材", ""),
        ] {
            assert_eq!(found(store, typed), expected, "{typed:?}");
        }
    });
}

#[test]
fn nothing_that_is_typed_is_a_syntax_error() {
    on_both(|store| {
        fill(store, &[page("a", "One", "and NEAR oak, or NOT title")]);
        let parts = [
            "\"",
            "'",
            "''",
            "*",
            "^",
            "(",
            ")",
            "{",
            "}",
            "+",
            "-",
            ":",
            "|",
            "&",
            "!",
            "<->",
            ":*",
            "\\",
            "\\'",
            "%",
            "_",
            "\0",
            "\n",
            ";",
            "--",
            "NEAR(a b, 2)",
            "NEAR/2",
            "AND",
            "OR",
            "NOT",
            "title:",
            "{title} :",
            "- title",
            "rank",
            "path : a",
            "a*b",
            "' OR 1=1 --",
            "$1",
            "\u{202e}",
            "\u{feff}",
            "\u{301}",
            "e\u{301}",
            "🙂",
            "ﬁ",
            "İ",
            "ẞ",
            "x\u{0}y",
            "=",
            "²",
            "٣",
            "क्षि",
        ];
        for first in parts {
            for second in ["", "oak", first, "\"", "-", "*", "🙂 oak", "\u{301}"] {
                for typed in [format!("{first}{second}"), format!("{second} {first}"), format!("oak -{first}{second}")]
                {
                    let Ok(query) = Query::parse(&typed) else { continue };
                    let slice = store.read(|conn| search::list(conn, &Visitor::Anonymous, noon(), &query, ALL));
                    assert!(slice.is_ok(), "{typed:?}: {slice:?}");
                    let filter = PageFilter { query: typed.clone(), ..PageFilter::default() };
                    let counted = store.read(|conn| admin_list::counts(conn, admin().editor(), &filter, &[]));
                    assert!(counted.is_ok(), "{typed:?}: {counted:?}");
                }
            }
        }
        assert_eq!(found(store, "near AND oak NOT title"), "a", "the words of query languages are words");
    });
}

#[test]
fn t44_a_search_finds_what_the_visitor_may_read_and_nothing_else() {
    on_both(|store| {
        let private = |path: &str| PageContent { audience: Audience::SignedIn, ..page(path, "Oak", "ocelot oak") };
        fill(
            store,
            &[
                page("public", "Oak", "ocelot"),
                private("private"),
                PageContent { show_title: true, ..private("locked") },
                PageContent { published_at: noon() + chrono::TimeDelta::seconds(1), ..page("later", "Oak", "ocelot") },
            ],
        );
        let seen = |visitor: &Visitor, typed: &str| {
            let (mut paths, _) = found_by(store, visitor, typed, ALL);
            paths.sort();
            paths.join(" ")
        };
        for typed in ["oak", "ocelot", "oce", "\"ocelot\"", "oak -elm"] {
            assert_eq!(seen(&Visitor::Anonymous, typed), "public", "{typed}");
            for role in Role::ALL {
                assert_eq!(seen(&member(role), typed), "locked private public", "{typed}");
            }
        }
        let one = Paging { number: 1, size: 1 };
        assert_eq!(found_by(store, &Visitor::Anonymous, "oak", one), (vec!["public".to_owned()], false));
        assert!(found_by(store, &member(Role::Reader), "oak", one).1);
    });
}

#[test]
fn titles_stand_before_summaries_and_those_before_texts() {
    on_both(|store| {
        let filler = "word ".repeat(100);
        fill(
            store,
            &[
                page("text", "One", &format!("{filler} oak")),
                page("often", "Two", &format!("{filler} oak oak oak oak")),
                PageContent { summary: "oak".into(), ..page("summary", "Three", &filler) },
                page("title", "An oak", &filler),
            ],
        );
        let (paths, more) = found_by(store, &Visitor::Anonymous, "oak", ALL);
        assert_eq!(
            (paths.as_slice(), more),
            (["title", "summary", "often", "text"].map(str::to_owned).as_slice(), false)
        );
        let part = |number| found_by(store, &Visitor::Anonymous, "oak", Paging { number, size: 3 });
        assert_eq!((part(1).0.len(), part(1).1), (3, true));
        assert_eq!(part(2), (vec!["text".to_owned()], false));
    });
}

#[test]
fn the_index_follows_whoever_writes() {
    on_both(|store| {
        fill(store, &[page("a", "One", "ocelot"), page("b", "Two", "badger")]);
        sql(store, "UPDATE pages SET body = 'lynx' WHERE path = 'a'").unwrap();
        assert_eq!((found(store, "ocelot"), found(store, "lynx")), (String::new(), "a".into()));
        sql(
            store,
            "INSERT INTO pages (id, path, title, published_at) VALUES (7, 'c', 'Marten', '2020-01-01 00:00:00')",
        )
        .unwrap();
        sql(store, "UPDATE pages SET id = 8 WHERE id = 7").unwrap();
        assert_eq!(found(store, "marten"), "c");
        sql(store, "UPDATE pages SET private = TRUE WHERE id = 8").unwrap();
        assert_eq!(found(store, "marten"), "");
        sql(store, "DELETE FROM pages WHERE path = 'a'").unwrap();
        assert_eq!((found(store, "lynx"), found(store, "badger")), (String::new(), "b".into()));
        let refused = sql(store, "UPDATE pages SET body = 'otter', version = 0 WHERE path = 'b'");
        assert!(refused.is_err());
        assert_eq!((found(store, "otter"), found(store, "badger")), (String::new(), "b".into()));
    });
}

#[test]
fn a_row_that_replaces_another_is_found_by_its_own_words_only() {
    on_both(|store| {
        fill(store, &[page("b", "Two", "badger")]);
        let row = "(id, published_at, path, title, body) VALUES (7, '2020-01-01 00:00:00',";
        sql(store, &format!("INSERT INTO pages {row} 'a', 'One', 'ocelot')")).unwrap();
        // What PostgreSQL calls ON CONFLICT, SQLite knows too, and REPLACE besides.
        let upsert = format!("INSERT INTO pages {row} 'a', 'One', 'lynx') ON CONFLICT");
        sql(store, &format!("{upsert} DO NOTHING")).unwrap();
        assert_eq!((found(store, "ocelot"), found(store, "lynx")), ("a".into(), String::new()));
        sql(store, &format!("{upsert} (id) DO UPDATE SET body = excluded.body")).unwrap();
        assert_eq!((found(store, "ocelot"), found(store, "lynx")), (String::new(), "a".into()));
        if sql(store, &format!("INSERT OR REPLACE INTO pages {row} 'b', 'New', 'otter')")).is_ok() {
            assert_eq!(
                (found(store, "lynx"), found(store, "badger"), found(store, "otter")),
                (String::new(), String::new(), "b".into())
            );
        }
    });
}

#[test]
fn a_text_of_any_size_is_saved_and_found_by_its_beginning() {
    on_both(|store| {
        let many: String = (0..90_000).map(|n| format!("w{n:06x} ")).collect();
        let unbroken = "x".repeat(1 << 20);
        fill(store, &[page("many", "Many", &many), page("unbroken", "Unbroken", &unbroken)]);
        assert_eq!(found(store, "w000123"), "many");
        assert_eq!(found(store, "unbroken"), "unbroken");
    });
}

#[test]
fn the_panel_finds_texts_and_paths() {
    on_both(|store| {
        fill(store, &[page("clients/acme-corp", "A brief", "ocelot"), page("b", "Clients", "")]);
        let listed = |typed: &str| {
            let filter = PageFilter { query: typed.into(), ..PageFilter::default() };
            let sort = PageSort { by: PageColumn::Path, descending: false };
            let table = store.read(|conn| admin_list::list(conn, admin().editor(), &filter, sort, ALL)).unwrap();
            assert_eq!(table.total.counted as usize, table.rows.len());
            table.rows.iter().map(|row| row.path.as_str().to_owned()).collect::<Vec<_>>().join(" ")
        };
        for (typed, expected) in [
            ("", "b clients/acme-corp"),
            (" ", "b clients/acme-corp"),
            ("ocelot", "clients/acme-corp"),
            ("clients", "b clients/acme-corp"),
            ("/clients/acm", "clients/acme-corp"),
            ("clients -ocelot", "b clients/acme-corp"),
            ("acme", "clients/acme-corp"),
            ("%", ""),
            ("-ocelot", ""),
            ("acme -clients", ""),
            ("clients -acme", "b"),
        ] {
            assert_eq!(listed(typed), expected, "{typed:?}");
        }
        assert_eq!(found(store, "acme"), "", "readers are not told of paths");
    });
}

/// Runs SQL as psql does, outside the transactions of the application.
fn by_psql(store: &Store, statement: &str) {
    store.read(|conn| Ok(sql_query(statement).execute(conn)?)).unwrap();
}

#[test]
fn what_sql_writes_is_found_once_it_was_read_and_what_is_gone_is_gone_at_once() {
    on_both(|store| {
        let insert = "INSERT INTO pages (id, path, title, body, published_at)
                      VALUES (1, 'a', 'A', 'ocelot', '2020-01-01 00:00:00'), (2, 'b', 'B', 'ocelot', '2020-01-01 00:00:00')";
        by_psql(store, insert);
        assert_eq!(found(store, "ocelot"), "");
        assert!(!store.write(|conn| catch_up(conn, str::to_owned)).unwrap(), "no page is left");
        assert_eq!(found(store, "ocelot"), "a b");
        by_psql(store, "UPDATE pages SET body = 'margay' WHERE id = 1");
        assert_eq!(found(store, "ocelot"), "b");
        by_psql(store, "DELETE FROM pages WHERE id = 2");
        assert_eq!(found(store, "ocelot"), "");
        store.write(|conn| catch_up(conn, str::to_owned)).unwrap();
        assert_eq!(found(store, "margay"), "a");
        // A save reads a page that waits, and takes it from the queue.
        by_psql(store, "UPDATE pages SET body = 'serval' WHERE id = 1");
        sql(store, "UPDATE pages SET body = 'caracal' WHERE id = 1").unwrap();
        assert_eq!((found(store, "serval"), found(store, "caracal")), (String::new(), "a".into()));
        store.write(|conn| catch_up(conn, str::to_owned)).unwrap();
        assert_eq!(found(store, "caracal"), "a");
    });
}

#[test]
fn a_change_puts_the_shown_text_into_the_index() {
    on_both(|store| {
        let shown = |text: &str| text.split("<!--").next().unwrap_or_default().to_owned();
        let store = store.clone().indexing(shown);
        fill(&store, &[page("a", "A", "ocelot <!-- lynx")]);
        assert_eq!((found(&store, "ocelot"), found(&store, "lynx")), ("a".into(), String::new()));
        assert_eq!(found(&store, "\"ocelot lynx\""), "");
        sql(&store, "UPDATE pages SET body = 'puma <!-- lynx'").unwrap();
        store.write(|conn| catch_up(conn, shown)).unwrap();
        assert_eq!((found(&store, "puma"), found(&store, "lynx")), ("a".into(), String::new()));
    });
}
