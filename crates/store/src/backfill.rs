//! Work that a migration leaves for later on PostgreSQL: rows that are computed from all rows of a large table, in batches
//! with one transaction each. The table `backfills` keeps the progress of each backfill, so that an interrupted one is
//! continued.

use std::time::{Duration, Instant};

use diesel::{
    QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Array, BigInt, Text},
};

use crate::{Conn, Deadline, Error, Result};

/// The number of pages in one transaction: saves wait for as long as it takes.
const AT_ONCE: i64 = 1000;
/// The time between two lines of the log.
const REPORT_INTERVAL: Duration = Duration::from_secs(5);
/// The most retries of a batch that was rolled back because of somebody's save.
const MAX_RETRIES: u32 = 10;

/// The backfill of the table `listings`.
pub(crate) const LISTINGS: &str = "listings";

#[derive(QueryableByName)]
struct Started {
    #[diesel(sql_type = Text)]
    name: String,
    /// The key of the last page that is done.
    #[diesel(sql_type = BigInt)]
    done_to: i64,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Records that a backfill has to be done, in the transaction of its migration.
pub(crate) fn start(conn: &mut Conn, name: &str) -> Result<()> {
    let insert = "INSERT INTO backfills (name, done_to) VALUES ($1, $2)";
    sql_query(insert).bind::<Text, _>(name).bind::<BigInt, _>(i64::MIN).execute(conn)?;
    Ok(())
}

/// The names of the backfills that are not finished.
pub(crate) fn unfinished(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(started(conn)?.into_iter().map(|started| started.name).collect())
}

fn started(conn: &mut Conn) -> Result<Vec<Started>> {
    match conn {
        Conn::Sqlite(_) => Ok(Vec::new()),
        Conn::Postgres(conn) => Ok(sql_query("SELECT name, done_to FROM backfills ORDER BY name").load(conn)?),
    }
}

/// Finishes every backfill. It takes seconds for each 100,000 pages, and readers and editors keep working meanwhile.
///
/// # Errors
/// [`Error::Schema`] for the backfill of a newer version.
pub(crate) fn finish(conn: &mut Conn) -> Result<()> {
    for Started { name, done_to } in started(conn)? {
        if name != LISTINGS {
            return Err(Error::Schema(format!("the database waits for a backfill of a newer Postern ({name})")));
        }
        fill_listings(conn, done_to)?;
    }
    Ok(())
}

fn fill_listings(conn: &mut Conn, mut done_to: i64) -> Result<()> {
    let (mut pages, mut retries, mut reported) = (0, 0, Instant::now());
    loop {
        match batch(conn, done_to) {
            Ok(Some(batch)) => {
                (done_to, retries) = (batch.done_to, 0);
                pages += batch.pages;
            }
            Ok(None) => return Ok(()),
            Err(Error::Unavailable(outage)) if retries < MAX_RETRIES => {
                log::warn!("a batch of the backfill of listings is tried again: {outage}");
                retries += 1;
            }
            Err(error) => return Err(error),
        }
        if reported.elapsed() >= REPORT_INTERVAL {
            log::info!("migrating the database: the lists of {pages} pages are made");
            reported = Instant::now();
        }
    }
}

struct Batch {
    done_to: i64,
    pages: usize,
}

/// Lists the next pages in one transaction; `None` when there are no more.
fn batch(conn: &mut Conn, after: i64) -> Result<Option<Batch>> {
    conn.begin_to_write(&Deadline::none())?;
    match list_pages(conn, after) {
        Ok(done) => conn.commit().map(|()| done),
        Err(error) => {
            conn.roll_back();
            Err(error)
        }
    }
}

fn list_pages(conn: &mut Conn, after: i64) -> Result<Option<Batch>> {
    conn.lock_readers()?;
    // The rows from which the lists are computed must not change before the end of this transaction.
    conn.batch_execute("LOCK TABLE page_people, page_groups IN SHARE MODE")?;
    let next = "SELECT id FROM pages WHERE id > $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE";
    let keys: Vec<Key> = sql_query(next).bind::<BigInt, _>(after).bind::<BigInt, _>(AT_ONCE).load(conn)?;
    let keys: Vec<i64> = keys.into_iter().map(|key| key.id).collect();
    let Conn::Postgres(conn) = conn else { return Ok(None) };
    let Some(done_to) = keys.last().copied() else {
        sql_query("DELETE FROM backfills WHERE name = $1").bind::<Text, _>(LISTINGS).execute(conn)?;
        return Ok(None);
    };
    // A page that was saved since the migration has its rows already.
    sql_query("DELETE FROM listings WHERE page_id = ANY($1)").bind::<Array<BigInt>, _>(&keys).execute(conn)?;
    // OFFSET 0: the views are quick for one page, and the planner would otherwise compute them for the whole table.
    sql_query(
        "INSERT INTO listings SELECT listing.* FROM unnest($1) AS one (key),
         LATERAL (SELECT * FROM page_listings WHERE page_id = one.key OFFSET 0) AS listing",
    )
    .bind::<Array<BigInt>, _>(&keys)
    .execute(conn)?;
    sql_query("UPDATE backfills SET done_to = $1 WHERE name = $2")
        .bind::<BigInt, _>(done_to)
        .bind::<Text, _>(LISTINGS)
        .execute(conn)?;
    Ok(Some(Batch { done_to, pages: keys.len() }))
}
