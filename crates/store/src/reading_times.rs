//! The minutes that texts take to read, for lists: a list would otherwise read 20 whole texts. A page that is read in a
//! minute has no row, because lists say nothing of it.

use std::collections::{BTreeMap, HashMap};

use diesel::{prelude::*, sql_query};
use domain::page::PageId;

use crate::{Conn, Result, columns::KEYS, schema::reading_times, visible::Teaser};

/// Sets the minutes of the teasers that their visitor may read.
pub(crate) fn set(conn: &mut Conn, teasers: &mut [Teaser]) -> Result<()> {
    let ids: Vec<i64> = teasers.iter().filter(|teaser| !teaser.locked).map(|teaser| teaser.id.0).collect();
    let known = of(conn, &ids)?;
    for teaser in teasers.iter_mut().filter(|teaser| !teaser.locked) {
        let minutes = known.get(&teaser.id.0).and_then(|minutes| u32::try_from(*minutes).ok());
        teaser.minutes = minutes.unwrap_or_default();
    }
    Ok(())
}

/// Keeps the minutes of some pages; returns the pages of which they changed.
pub(crate) fn write(conn: &mut Conn, minutes: &BTreeMap<i64, u32>) -> Result<Vec<i64>> {
    let ids: Vec<i64> = minutes.keys().copied().collect();
    let known = of(conn, &ids)?;
    let shown = |minutes: u32| (minutes > 1).then_some(i64::from(minutes));
    let changed: BTreeMap<i64, Option<i64>> = minutes
        .iter()
        .map(|(id, minutes)| (*id, shown(*minutes)))
        .filter(|(id, minutes)| known.get(id).copied() != *minutes)
        .collect();
    let ids: Vec<i64> = changed.keys().copied().collect();
    for ids in ids.chunks(KEYS) {
        diesel::delete(reading_times::table.filter(reading_times::page_id.eq_any(ids))).execute(conn)?;
    }
    // One statement for many pages: each costs a way to the server and back.
    let rows: Vec<String> =
        changed.iter().filter_map(|(id, minutes)| minutes.map(|minutes| format!("({id}, {minutes})"))).collect();
    for rows in rows.chunks(KEYS) {
        let insert = format!("INSERT INTO reading_times (page_id, minutes) VALUES {}", rows.join(", "));
        sql_query(insert).execute(conn)?;
    }
    Ok(ids)
}

/// Deletes the row of a page that is purged.
pub(crate) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(reading_times::table.find(page.0)).execute(conn)?;
    Ok(())
}

fn of(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, i64>> {
    let mut known = HashMap::new();
    for ids in ids.chunks(KEYS) {
        let rows: Vec<(i64, i64)> = reading_times::table
            .filter(reading_times::page_id.eq_any(ids))
            .select((reading_times::page_id, reading_times::minutes))
            .load(conn)?;
        known.extend(rows);
    }
    Ok(known)
}
