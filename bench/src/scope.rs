//! The lists of a reader who may read little of a large site, on PostgreSQL: the first 20 of all pages and of a
//! section, each by one query of the store.

use std::time::Instant;

use domain::{
    Timestamp,
    access::{Member, Visitor},
    group::GroupId,
    page::PagePath,
    user::{Role, UserId, Username},
};
use store::{
    DatabaseUrl, Store,
    lists::{self, Position, VisiblePages},
};

use crate::{
    database::{Cluster, Database},
    options::Options,
    report::Report,
    stats::percentile,
};

const PART: &str = "scope";
/// The number of times that each list is read.
const TRIES: usize = 200;
/// The listed section; like the site, three tenths of its pages are not public.
const SECTION: &str = "s7";

/// Fills a site with pages in 100 sections and times the lists of members of 5 and of 50 groups. A fifth of the pages
/// are each for one of 100 groups.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let cluster = Cluster::start()?;
    let url = DatabaseUrl::parse(&cluster.url())?;
    let store = Store::open(&url, 1).map_err(|error| error.to_string())?;
    store.migrate().map_err(|error| error.to_string())?;
    fill(&cluster.url(), options.scope)?;
    let name = Username::parse("reader")?;
    let member = |groups| Visitor::SignedIn(Member { id: UserId(1), name: name.clone(), role: Role::Reader, groups });
    let (few, many) = (member((1..=5).map(GroupId).collect()), member((1..=50).map(GroupId).collect()));
    let section = PagePath::parse(SECTION)?;
    for (who, visitor) in [("nobody", &Visitor::Anonymous), ("in 5 groups", &few), ("in 50 groups", &many)] {
        for (what, section) in [("index", None), ("section", Some(&section))] {
            let times = times(&store, visitor, section)?;
            let note = format!(
                "p95 of {TRIES} among {} pages; median {:.2} ms, slowest {:.2} ms",
                options.scope,
                percentile(&times, 50.0),
                percentile(&times, 100.0)
            );
            let bound = (who == "in 5 groups").then_some(5.0);
            report.add(PART, format!("first 20 of the {what}, {who}"), (percentile(&times, 95.0), "ms"), bound, note);
        }
    }
    Ok(())
}

/// The milliseconds of each attempt.
fn times(store: &Store, visitor: &Visitor, section: Option<&PagePath>) -> Result<Vec<f64>, String> {
    let now: Timestamp = std::time::SystemTime::now().into();
    let scope = VisiblePages::listed(visitor, now);
    let root = PagePath::root();
    let mut times = Vec::new();
    for _ in 0..TRIES {
        let begun = Instant::now();
        let list = store.read(|conn| lists::list_below(conn, &scope, section.unwrap_or(&root), &Position::Newest, 20));
        let list = list.map_err(|error| error.to_string())?.ok_or("no list")?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        if list.rows.len() != 20 || !list.older {
            return Err(format!("a list of {} rows", list.rows.len()));
        }
    }
    Ok(times)
}

/// Public pages are the oldest, so that the lists of readers with little access have to pass over pages that they may
/// not read. The triggers would insert each page's listings one by one; the view inserts the same rows at once.
fn fill(url: &str, count: usize) -> Result<(), String> {
    let mut database = Database::open(url)?;
    database.run(&format!(
        "INSERT INTO users (id, name, role, password_hash) VALUES (1, 'reader', 'reader', '*');
         INSERT INTO groups (id, name) SELECT n, 'Group ' || n FROM generate_series(1, 100) n;
         ALTER TABLE pages DISABLE TRIGGER ALL;
         INSERT INTO pages (id, path, title, summary, body, audience, private, readers_from, settled, published_at)
         SELECT n, 's' || n / 10 % 100 || '/p' || n, 'Page ' || n, 'What it is about.', 'Some words.',
                CASE WHEN n % 10 < 2 THEN 'chosen' WHEN n % 10 = 2 THEN 'signed-in' ELSE 'public' END,
                n % 10 <= 2, CASE WHEN n % 10 < 2 THEN n END, 1,
                now() AT TIME ZONE 'utc' - interval '1 second' * CASE WHEN n % 10 <= 2 THEN n ELSE n + {count} END
         FROM generate_series(1, {count}) n;
         ALTER TABLE page_groups DISABLE TRIGGER USER;
         INSERT INTO page_groups SELECT n, 1 + n / 1000 % 100 FROM generate_series(1, {count}) n WHERE n % 10 < 2;
         TRUNCATE listings;
         INSERT INTO listings SELECT * FROM page_listings;
         ALTER TABLE page_groups ENABLE TRIGGER USER;
         ALTER TABLE pages ENABLE TRIGGER ALL;"
    ))?;
    // VACUUM cannot run in a transaction with the other statements.
    database.run("VACUUM ANALYZE pages")?;
    database.run("VACUUM ANALYZE listings")
}
