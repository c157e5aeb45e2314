//! Bulk jobs: what their instance tells the others. Nothing here reports a change to the feed.

use chrono::TimeDelta;
use diesel::prelude::*;
use domain::{Timestamp, user::UserId};

use crate::{Conn, Result, jobs::State, schema::jobs};

/// How long a job is kept after the last sign of life from its instance.
const KEPT_FOR: TimeDelta = TimeDelta::hours(1);

/// Deletes the jobs that are older than an hour.
pub fn purge(conn: &mut Conn, now: Timestamp) -> Result<()> {
    diesel::delete(jobs::table.filter(jobs::beat_at.lt((now - KEPT_FOR).naive_utc()))).execute(conn)?;
    Ok(())
}

/// Adds a job that starts.
pub fn insert(conn: &mut Conn, id: i64, owner: UserId, title: &str, now: Timestamp) -> Result<()> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::user_id.eq(owner.0),
            jobs::title.eq(title),
            jobs::state.eq("running"),
            jobs::beat_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Stores the progress of a job, and that its instance works for it.
pub fn beat(conn: &mut Conn, id: i64, done: u64, total: u64, now: Timestamp) -> Result<()> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    diesel::update(jobs::table.find(id))
        .set((jobs::done.eq(number(done)), jobs::total.eq(number(total)), jobs::beat_at.eq(now.naive_utc())))
        .execute(conn)?;
    Ok(())
}

/// Marks a job as committed, in the transaction of its change.
pub fn commit(conn: &mut Conn, id: i64, now: Timestamp) -> Result<()> {
    let running = jobs::table.find(id).filter(jobs::state.eq("running"));
    diesel::update(running).set((jobs::state.eq("committed"), jobs::beat_at.eq(now.naive_utc()))).execute(conn)?;
    Ok(())
}

/// Stores the end of a job.
pub fn end(conn: &mut Conn, id: i64, end: &State, now: Timestamp) -> Result<()> {
    let (state, status, result) = match end {
        State::Running => ("running", 0, ""),
        State::Committed => ("committed", 0, ""),
        State::Redirect(location) => ("redirect", 0, location.as_str()),
        State::Page { status, html } => ("page", i64::from(*status), html.as_str()),
        State::Failed(why) => ("failed", 0, why.as_str()),
    };
    diesel::update(jobs::table.find(id))
        .set((
            jobs::state.eq(state),
            jobs::status.eq(status),
            jobs::result.eq(result),
            jobs::beat_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}
