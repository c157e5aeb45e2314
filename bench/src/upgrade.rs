//! The upgrade of a large site from the first schema to that of this version, while a reader reads a page.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use store::{DatabaseUrl, Store};

use crate::{database::Database, report::Report};

const SQLITE: &str = include_str!("../../migrations/sqlite/2026-11-24-000001_site/up.sql");
const POSTGRES: &str = include_str!("../../migrations/postgres/2026-11-24-000001_site/up.sql");
/// The version of these two, and the table in which Diesel keeps the versions of applied migrations.
const APPLIED: &str = "CREATE TABLE __diesel_schema_migrations (
         version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
     );
     INSERT INTO __diesel_schema_migrations (version) VALUES ('20261124000001');";
/// The bound for the time of the upgrade, in milliseconds for each page.
const EACH: f64 = 0.3;
const PAGE: &str = "SELECT title, body FROM pages WHERE path = 's0/p1'";

/// Fills an empty database with pages in the first schema, a third of them private, and applies all other migrations.
pub(crate) fn run(
    part: &'static str,
    name: &str,
    url: &str,
    pages: usize,
    key: &str,
    report: &mut Report,
) -> Result<(), String> {
    fill(&mut Database::open(url)?, pages, key)?;
    let store = Store::open(&DatabaseUrl::parse(url)?, 1).map_err(|error| error.to_string())?;
    let is_over = AtomicBool::new(false);
    let (upgraded, slowest) = thread::scope(|scope| {
        let reader = scope.spawn(|| slowest_read(url, &is_over));
        let begun = Instant::now();
        let applied = store.migrate().map_err(|error| error.to_string());
        let seconds = begun.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        (applied.map(|names| (names.len(), seconds)), reader.join())
    });
    let ((migrations, seconds), slowest) = (upgraded?, slowest.map_err(|_| "the reader ended early")??);
    let label = format!("{name}, upgrade of {pages} pages from the first schema, a page");
    let note = format!("{migrations} migrations in {seconds:.0} s; links and words are read afterwards");
    report.add(part, label, (seconds * 1e3 / pages as f64, "ms"), Some(EACH), note);
    let label = format!("{name}, a page read by SQL meanwhile, slowest");
    report.add(part, label, (slowest.as_secs_f64(), "s"), None, "100 times a second");
    Ok(())
}

fn fill(database: &mut Database, pages: usize, key: &str) -> Result<(), String> {
    let (before, schema, numbers, after) = match database {
        Database::Sqlite(_) => (
            // The keys are scattered, and with the usual 2 MB every insertion would read and write the file.
            "PRAGMA journal_mode = WAL; PRAGMA cache_size = -4000000;",
            SQLITE,
            format!("WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {pages})"),
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ),
        Database::Postgres(_) => {
            ("", POSTGRES, format!("WITH number (n) AS (SELECT generate_series(1, {pages})::bigint)"), "VACUUM ANALYZE")
        }
    };
    database.run(&format!(
        "{before} BEGIN; {schema} {APPLIED}
         {numbers} INSERT INTO pages (id, path, title, summary, body, private)
             SELECT {key}, 's' || (n / 10 * 10 % 100) || '/p' || n, 'Page ' || n, 'What it is about.',
                    'Some words that are everywhere, and [more](/s0/p1) of page ' || n || '.', n % 3 = 0
             FROM number;
         COMMIT"
    ))?;
    database.run(after)
}

/// Reads a page by SQL until the upgrade is over; returns the longest time.
fn slowest_read(url: &str, is_over: &AtomicBool) -> Result<Duration, String> {
    let mut database = Database::open(url)?;
    let mut slowest = Duration::ZERO;
    while !is_over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        database.run(PAGE)?;
        slowest = slowest.max(begun.elapsed());
        thread::sleep(Duration::from_millis(10));
    }
    Ok(slowest)
}
