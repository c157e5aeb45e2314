//! The bulk jobs of the last hour, as every instance shows them.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{Timestamp, user::UserId};

use crate::{Conn, Error, Result, schema::jobs};

/// The state of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs, or its instance died; then nothing was or will be committed.
    Running,
    /// Its change is committed, and its result is not known yet.
    Committed,
    /// It ended with a redirect to this address.
    Redirect(String),
    /// It ended with a page.
    Page {
        /// The HTTP status.
        status: u16,
        /// The page.
        html: String,
    },
    /// It failed, and nothing was changed; the reason.
    Failed(String),
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What it does, for its page.
    pub title: String,
    /// Its state.
    pub state: State,
    /// The number of pages that are done.
    pub done: u64,
    /// The number of pages in all; zero before it is known.
    pub total: u64,
    /// The last moment at which its instance was known to work for it.
    pub beat_at: Timestamp,
}

/// A job of a user.
pub fn get(conn: &mut Conn, id: i64, owner: UserId) -> Result<Option<Job>> {
    type Row = (String, String, i64, i64, i64, String, NaiveDateTime);
    let row: Option<Row> = jobs::table
        .find(id)
        .filter(jobs::user_id.eq(owner.0))
        .select((jobs::title, jobs::state, jobs::done, jobs::total, jobs::status, jobs::result, jobs::beat_at))
        .first(conn)
        .optional()?;
    let Some((title, state, done, total, status, result, beat_at)) = row else { return Ok(None) };
    let state = match state.as_str() {
        "running" => State::Running,
        "committed" => State::Committed,
        "redirect" => State::Redirect(result),
        "page" => State::Page { status: u16::try_from(status).unwrap_or(200), html: result },
        "failed" => State::Failed(result),
        other => return Err(Error::Schema(format!("the state {other:?} in the table jobs"))),
    };
    let count = |number| u64::try_from(number).unwrap_or(0);
    Ok(Some(Job { title, state, done: count(done), total: count(total), beat_at: beat_at.and_utc() }))
}
