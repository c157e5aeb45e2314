//! Rows that SQL writes into a large site: what an INSERT costs, and how fast a running Postern reads the texts.

use std::time::Instant;

use crate::{
    database::{Database, Queue},
    postern::Site,
    report::{Bound, Report},
};

/// The number of pages that are inserted, at most half as many as there are.
const ROWS: usize = 20_000;
/// The bounds: the milliseconds of a row, and the pages a second whose links are read.
const ROW: f64 = 0.5;
const LINKS: f64 = 3000.0;

/// Inserts pages of 300 words in one transaction into a site that has `pages`, and starts Postern, which reads them.
pub(crate) fn run(
    part: &'static str,
    name: &str,
    site: &Site,
    pages: usize,
    key: &str,
    report: &mut Report,
) -> Result<(), String> {
    let rows = ROWS.min(pages / 2);
    let mut database = site.database()?;
    let begun = Instant::now();
    database.run(&insert(&database, pages + 1, pages + rows, key))?;
    let each = begun.elapsed().as_secs_f64() * 1e3 / rows as f64;
    let note = format!("{rows} rows in one transaction, scattered keys, the connection's defaults");
    let label = format!("{name}, INSERT of a page of 300 words by SQL, a row");
    report.add(part, label, (each, "ms"), Some(ROW), note);

    let begun = Instant::now();
    let _postern = site.start()?;
    database.wait_until_read(Queue::Links)?;
    let rate = rows as f64 / begun.elapsed().as_secs_f64();
    let label = format!("{name}, links of those pages, read by the running server");
    report.add_bound(
        part,
        label,
        (rate, "pages/s"),
        Some(Bound::AtLeast(LINKS)),
        "while it reads them for the search, too",
    );
    database.wait_until_read(Queue::Search)?;
    let rate = rows as f64 / begun.elapsed().as_secs_f64();
    report.add(part, format!("{name}, words of those pages, read for the search"), (rate, "pages/s"), None, "");
    Ok(())
}

/// The statement that inserts the pages with the numbers from `first` to `last`, each with the key that an expression of `n` makes.
fn insert(database: &Database, first: usize, last: usize, key: &str) -> String {
    let words = "'Ten words that SQL writes of page ' || n || ', and [more](/welcome). '";
    let (numbers, body) = match database {
        Database::Sqlite(_) => (
            format!(
                "WITH RECURSIVE number (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM number WHERE n < {last})"
            ),
            format!("replace(hex(zeroblob(30)), '00', {words})"),
        ),
        Database::Postgres(_) => (
            format!("WITH number (n) AS (SELECT generate_series({first}, {last})::bigint)"),
            format!("repeat({words}, 30)"),
        ),
    };
    format!(
        "BEGIN;
         {numbers} INSERT INTO pages (id, path, title, summary, body, private)
             SELECT {key}, 's' || (n / 10 * 10 % 100) || '/by-sql-' || n, 'Page ' || n, 'What it is about.', {body},
                    n % 2 = 0
             FROM number;
         COMMIT;"
    )
}
