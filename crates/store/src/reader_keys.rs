//! Chosen readers as revisions and drafts keep them: by key, with the name that each had. A name alone is no identity:
//! another person may take it later.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    Timestamp,
    audience::{Audience, AudienceInput, Chosen},
    group::GroupName,
    user::Username,
};

use crate::{
    Conn, Result, access,
    columns::KEYS,
    schema::{groups, users},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Person,
    Group,
}

/// One line of the column `readers`: `u17 ann` or `g4 Staff`. Rows of earlier versions hold `ann` and `group Staff`.
struct Line {
    kind: Kind,
    key: Option<i64>,
    name: String,
}

impl Line {
    fn parse(line: &str) -> Line {
        let keyed = line.split_once(' ').and_then(|(key, name)| {
            let kind = match key.as_bytes().first()? {
                b'u' => Kind::Person,
                b'g' => Kind::Group,
                _ => return None,
            };
            Some(Line { kind, key: Some(key.get(1..)?.parse().ok()?), name: name.to_owned() })
        });
        let by_name = || match line.strip_prefix("group ") {
            Some(name) => Line { kind: Kind::Group, key: None, name: name.to_owned() },
            None => Line { kind: Kind::Person, key: None, name: line.to_owned() },
        };
        keyed.unwrap_or_else(by_name)
    }

    /// Whether this line has the name of another line with another key.
    fn has_name_of(&self, other: &Line) -> bool {
        self.kind == other.kind && self.name == other.name && other.key.is_some() && self.key != other.key
    }

    /// The line as it is stored.
    fn written(&self) -> String {
        let name = &self.name;
        match (self.kind, self.key) {
            (Kind::Person, Some(key)) => format!("u{key} {name}"),
            (Kind::Group, Some(key)) => format!("g{key} {name}"),
            (Kind::Person, None) => name.clone(),
            (Kind::Group, None) => format!("group {name}"),
        }
    }

    /// The name for a message: `ann`, `the group Staff`.
    fn label(&self) -> String {
        match self.kind {
            Kind::Person => self.name.clone(),
            Kind::Group => format!("the group {}", self.name),
        }
    }
}

/// The current names of kept readers, by kind and by the name that they had; those who no longer exist are not in it.
struct Present(BTreeMap<(Kind, String), String>);

impl Present {
    /// Looks kept readers up by key; a line without a key by its name, if that
    /// account or group existed at `kept_at`; with `None`, if it exists now.
    fn of(conn: &mut Conn, lines: &[Line], kept_at: Option<Timestamp>) -> Result<Present> {
        let mut present = BTreeMap::new();
        for kind in [Kind::Person, Kind::Group] {
            let keys: Vec<i64> = lines.iter().filter(|line| line.kind == kind).filter_map(|line| line.key).collect();
            let by_key = names_by_key(conn, kind, &keys)?;
            let unkeyed = lines.iter().filter(|line| line.kind == kind && line.key.is_none());
            let names: Vec<&str> = unkeyed.map(|line| line.name.as_str()).collect();
            let by_name = existing_names(conn, kind, &names, kept_at)?;
            for line in lines.iter().filter(|line| line.kind == kind) {
                let name = match line.key {
                    Some(key) => by_key.get(&key).cloned(),
                    None => by_name.contains(&line.name).then(|| line.name.clone()),
                };
                if let Some(name) = name {
                    present.insert((kind, line.name.clone()), name);
                }
            }
        }
        Ok(Present(present))
    }

    fn name(&self, line: &Line) -> Option<&str> {
        self.0.get(&(line.kind, line.name.clone())).map(String::as_str)
    }
}

fn names_by_key(conn: &mut Conn, kind: Kind, keys: &[i64]) -> Result<HashMap<i64, String>> {
    let mut names = HashMap::new();
    for keys in keys.chunks(KEYS) {
        let rows: Vec<(i64, String)> = match kind {
            Kind::Person => users::table.filter(users::id.eq_any(keys)).select((users::id, users::name)).load(conn)?,
            Kind::Group => {
                groups::table.filter(groups::id.eq_any(keys)).select((groups::id, groups::name)).load(conn)?
            }
        };
        names.extend(rows);
    }
    Ok(names)
}

fn existing_names(conn: &mut Conn, kind: Kind, names: &[&str], kept_at: Option<Timestamp>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for names in names.chunks(KEYS) {
        let rows: Vec<(String, NaiveDateTime)> = match kind {
            Kind::Person => {
                users::table.filter(users::name.eq_any(names)).select((users::name, users::created_at)).load(conn)?
            }
            Kind::Group => groups::table
                .filter(groups::name.eq_any(names))
                .select((groups::name, groups::created_at))
                .load(conn)?,
        };
        let existed = |made: NaiveDateTime| kept_at.is_none_or(|kept| made <= kept.naive_utc());
        found.extend(rows.into_iter().filter(|(_, made)| existed(*made)).map(|(name, _)| name));
    }
    Ok(found)
}

fn parse(lines: &str) -> Vec<Line> {
    lines.lines().map(Line::parse).collect()
}

/// The lines to keep for an audience; there are none unless it chooses its readers.
pub(crate) fn keep_audience(conn: &mut Conn, audience: &Audience) -> Result<String> {
    audience.chosen().map_or(Ok(String::new()), |chosen| keep(conn, chosen))
}

/// The lines to keep for chosen readers; those who do not exist are left out.
fn keep(conn: &mut Conn, chosen: &Chosen) -> Result<String> {
    let (people, groups) = (access::people_named(conn, &chosen.people)?, access::groups_named(conn, &chosen.groups)?);
    let line = |kind| move |(key, name)| Line { kind, key: Some(key), name }.written();
    let lines = people.into_iter().map(line(Kind::Person)).chain(groups.into_iter().map(line(Kind::Group)));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// The chosen readers of kept lines under their current names, and labels of those who no longer exist.
pub(crate) fn restore(conn: &mut Conn, lines: &str, kept_at: Timestamp) -> Result<(Chosen, Vec<String>)> {
    let lines = parse(lines);
    let present = Present::of(conn, &lines, Some(kept_at))?;
    let (mut chosen, mut gone) = (Chosen::default(), Vec::new());
    for line in &lines {
        match (line.kind, present.name(line)) {
            // A name that was written by SQL and that no user can have reads nothing.
            (Kind::Person, Some(name)) => chosen.people.extend(Username::parse(name).ok()),
            (Kind::Group, Some(name)) => chosen.groups.extend(GroupName::parse(name).ok()),
            (_, None) => gone.push(line.label()),
        }
    }
    chosen.people.sort();
    chosen.groups.sort();
    Ok((chosen, gone))
}

/// The lines to keep for readers as a form holds them: of the names that were typed, those of users and groups that exist.
/// A name that was kept before stays with its key: if another account has the name since, the old one is gone.
pub(crate) fn keep_input(conn: &mut Conn, input: &AudienceInput, before: Option<&str>) -> Result<String> {
    let people: Vec<Username> = input.names().filter_map(|name| Username::parse(name).ok()).collect();
    let groups: Vec<GroupName> = input.groups.iter().filter_map(|name| GroupName::parse(name).ok()).collect();
    let (before, now) = (parse(before.unwrap_or_default()), parse(&keep(conn, &Chosen { people, groups })?));
    let kept = now.iter().map(|now| before.iter().find(|before| now.has_name_of(before)).unwrap_or(now).written());
    Ok(kept.collect::<Vec<_>>().join("\n"))
}

/// Whether one of the chosen names belongs to another account or group than when the lines were kept.
pub(crate) fn changed_hands(conn: &mut Conn, lines: &str, chosen: &Chosen) -> Result<bool> {
    let (before, now) = (parse(lines), parse(&keep(conn, chosen)?));
    Ok(now.iter().any(|now| before.iter().any(|before| now.has_name_of(before))))
}

/// Gives the readers of a draft their current names and takes out those who no longer exist; returns their labels.
pub(crate) fn restore_input(
    conn: &mut Conn,
    lines: Option<&str>,
    kept_at: Timestamp,
    input: &mut AudienceInput,
) -> Result<Vec<String>> {
    let lines = match lines {
        Some(lines) => parse(lines),
        None => unkeyed(conn, input)?,
    };
    let present = Present::of(conn, &lines, Some(kept_at))?;
    let mut gone = Vec::new();
    for line in &lines {
        let name = present.name(line);
        match line.kind {
            Kind::Person => input.rename_person(&line.name, name),
            Kind::Group => input.rename_group(&line.name, name),
        }
        if name.is_none() {
            gone.push(line.label());
        }
    }
    Ok(gone)
}

/// The lines of a draft that an earlier version saved, with names alone: the names that an account or a group has now. Any
/// other name opens nothing, and stays as it was typed.
fn unkeyed(conn: &mut Conn, input: &AudienceInput) -> Result<Vec<Line>> {
    let person = |name: &str| Line { kind: Kind::Person, key: None, name: name.to_owned() };
    let group = |name: &String| Line { kind: Kind::Group, key: None, name: name.clone() };
    let lines: Vec<Line> = input.names().map(person).chain(input.groups.iter().map(group)).collect();
    let present = Present::of(conn, &lines, None)?;
    Ok(lines.into_iter().filter(|line| present.name(line).is_some()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_key_unless_an_earlier_version_wrote_it() {
        let read = |line: &str| {
            let Line { kind, key, name } = Line::parse(line);
            (kind, key, name)
        };
        assert_eq!(read("u17 ann"), (Kind::Person, Some(17), "ann".into()));
        assert_eq!(read("g4 Team of Acme"), (Kind::Group, Some(4), "Team of Acme".into()));
        assert_eq!(read("ann"), (Kind::Person, None, "ann".into()));
        assert_eq!(read("group Staff"), (Kind::Group, None, "Staff".into()));
        assert_eq!(read("u17"), (Kind::Person, None, "u17".into()));
    }
}
