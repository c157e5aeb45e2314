//! The time zone of the site: people type and see moments in it, and the database stores them in UTC.

use std::fmt;

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike,
};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A zone of the IANA database, such as `Europe/Berlin`; UTC by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Tz);

impl Default for Zone {
    fn default() -> Zone {
        Zone(Tz::UTC)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Zone, String> {
        Zone::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name().into()
    }
}

impl Zone {
    /// Parses the name of a zone, in any case.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Zone, String> {
        Tz::from_str_insensitive(typed.trim())
            .map(Zone)
            .map_err(|_| "Write the name of a time zone, such as UTC, Europe/Berlin or America/New_York.".into())
    }

    /// The name of the zone in the IANA database.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The names of all zones in the IANA database.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// The local time in the zone at a moment.
    pub fn local(self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    /// The moment at which a day begins in the zone: later than midnight where clocks skip it, and the first midnight where
    /// they show it twice.
    pub fn midnight(self, date: NaiveDate) -> Timestamp {
        let midnight = date.and_time(NaiveTime::MIN);
        // Clocks may skip half an hour, or a whole day.
        let found = (0..=24 * 60)
            .find_map(|minutes| self.0.from_local_datetime(&(midnight + TimeDelta::minutes(minutes))).earliest());
        found.map_or_else(|| midnight.and_utc(), |at| at.to_utc())
    }

    /// The text of a moment in a form: `2026-03-01T09:30`, with seconds unless they are zero, and with the offset if clocks show
    /// that time twice.
    pub fn typed(self, at: Timestamp) -> String {
        let there = at.with_timezone(&self.0);
        let time = if there.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
        match self.0.from_local_datetime(&there.naive_local()) {
            LocalResult::Single(_) => there.format(time).to_string(),
            LocalResult::Ambiguous(..) | LocalResult::None => there.format(&format!("{time}%:z")).to_string(),
        }
    }

    /// Parses a date (`2026-03-01`), a local date and time (`2026-03-01T09:30`, `2026-03-01 09:30:00`) or a time with
    /// an offset (RFC 3339, also without seconds); `None` if nothing was typed. A date alone is the first moment of its day.
    ///
    /// # Errors
    /// A sentence for the person who typed it, also for years outside 1970 to 9999 and for a local time that clocks
    /// skip or show twice.
    pub fn parse_moment(self, typed: &str) -> Result<Option<Timestamp>, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let at = match (NaiveDate::parse_from_str(typed, "%Y-%m-%d"), parse_local(typed)) {
            (Ok(date), _) => {
                check_year(date.year())?;
                self.midnight(date)
            }
            (_, Some(local)) => {
                check_year(local.year())?;
                self.moment(local)?
            }
            (_, None) => parse_offset(typed).ok_or_else(|| self.how_to_write())?,
        };
        // Both databases store microseconds and no leap second, so the moment is cut to that.
        let at = Timestamp::from_timestamp_micros(at.timestamp_micros()).ok_or_else(|| self.how_to_write())?;
        check_year(at.year())?;
        Ok(Some(at))
    }

    fn moment(self, local: NaiveDateTime) -> Result<Timestamp, String> {
        let offset = |at: NaiveDateTime| self.0.offset_from_utc_datetime(&at).fix();
        let (what, first, second) = match self.0.from_local_datetime(&local) {
            LocalResult::Single(at) => return Ok(at.to_utc()),
            LocalResult::Ambiguous(first, second) => ("comes twice", first.offset().fix(), second.offset().fix()),
            LocalResult::None => ("is skipped", offset(local - TimeDelta::days(1)), offset(local + TimeDelta::days(1))),
        };
        Err(format!(
            "{shown} {what} in {self}, where clocks go from {first} to {second}. Add the offset: \
             {iso}{first} or {iso}{second}.",
            shown = local.format("%-d %b %Y, %H:%M"),
            iso = local.format("%Y-%m-%dT%H:%M:%S"),
        ))
    }

    fn how_to_write(self) -> String {
        format!("Write a date as 2026-03-01, or with a time in {self} as 2026-03-01T09:30.")
    }
}

/// The formats of a date and a time, with and without seconds.
const FORMATS: [&str; 4] = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];

fn parse_local(typed: &str) -> Option<NaiveDateTime> {
    FORMATS.iter().find_map(|format| NaiveDateTime::parse_from_str(typed, format).ok())
}

fn parse_offset(typed: &str) -> Option<Timestamp> {
    let typed = match typed.strip_suffix(['Z', 'z']) {
        Some(time) => format!("{time}+00:00"),
        None => typed.to_owned(),
    };
    let parsed = FORMATS.iter().find_map(|format| DateTime::parse_from_str(&typed, &format!("{format}%:z")).ok());
    parsed.or_else(|| DateTime::parse_from_rfc3339(&typed).ok()).map(|at| at.to_utc())
}

fn check_year(year: i32) -> Result<(), String> {
    match year {
        1970..=9999 => Ok(()),
        _ => Err(format!("The year has to be from 1970 to 9999; this is {year}.")),
    }
}
