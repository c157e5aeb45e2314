//! An app password: a random secret with which a program reads what its owner reads.

use std::fmt;

use chrono::{NaiveDate, TimeDelta};

pub use crate::id::AppPasswordId;
use crate::{Timestamp, page::PagePath, text};

/// The most app passwords of one user that have not been ended.
pub const MAX_APP_PASSWORDS: usize = 50;

/// The name by which its owner knows an app password: one line of 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppPasswordName(String);

impl AppPasswordName {
    /// The most characters in a name.
    pub const MAX: usize = 60;

    /// Parses a name.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<AppPasswordName, String> {
        match text::label(typed, AppPasswordName::MAX)? {
            name if name.is_empty() => Err("An app password needs a name.".into()),
            name => Ok(AppPasswordName(name)),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppPasswordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long an app password is valid: a number of days from its creation, or without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(Option<u32>);

impl Lifetime {
    /// The lifetimes that a form offers, in days, before the one without an end.
    pub const OFFERED: [u32; 3] = [30, 90, 365];
    /// The lifetime that a form proposes, in days.
    pub const PROPOSED: u32 = 90;
    /// The longest lifetime with an end, in days.
    const MAX: u32 = 3650;

    /// Parses a number of days from 1 to 3,650, or `none`.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Lifetime, String> {
        match typed.trim() {
            "none" => Ok(Lifetime(None)),
            days => match days.parse().ok().filter(|days| (1..=Lifetime::MAX).contains(days)) {
                Some(days) => Ok(Lifetime(Some(days))),
                None => Err(format!("A number of days from 1 to {}, or none for no end.", Lifetime::MAX)),
            },
        }
    }

    /// The end of an app password that is made now.
    pub fn end(self, now: Timestamp) -> Option<Timestamp> {
        self.0.map(|days| now + TimeDelta::days(days.into()))
    }
}

/// The path that limits an app password, as typed; `None` for all pages.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn limit(typed: &str) -> Result<Option<PagePath>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    PagePath::typed(typed).map(|path| Some(path).filter(|path| !path.is_root()))
}

/// The checked input of the form of a new app password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppPasswordContent {
    /// The name.
    pub name: AppPasswordName,
    /// The path of the page that it opens with the pages below; `None` for all pages.
    pub below: Option<PagePath>,
    /// The moment from which it opens nothing.
    pub ends_at: Option<Timestamp>,
}

/// An app password as stored in the database, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppPassword {
    /// The key.
    pub id: AppPasswordId,
    /// What its owner chose.
    pub content: AppPasswordContent,
    /// The moment at which it was made.
    pub made_at: Timestamp,
    /// The day of its last use in UTC; `None` before the first one.
    pub last_used_on: Option<NaiveDate>,
    /// The moment at which somebody ended it.
    pub ended_at: Option<Timestamp>,
}

impl AppPassword {
    /// Whether it opens something at a moment: nobody ended it, and its own end has not come.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.content.ends_at.is_none_or(|end| now < end)
    }
}
