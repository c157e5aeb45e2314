//! People and groups for a field that takes their names.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};
use domain::{access::Editor, group::GroupName, search::plain, user::Username};

use crate::{
    Conn, Error, Result, access,
    active::is_active,
    error::skip_unreadable,
    paging::Count,
    schema::{groups, users},
};

/// The most users, and the most groups, among which every part of a name is looked for. Of more, an index finds those whose
/// names begin with what was typed.
const FEW: i64 = 2_000;
/// The rows of an index that are compared with what was typed.
const RANGE: i64 = 50;

/// A user or a group that a field suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// A user with an active account.
    Person(Username),
    /// A group, and the number of its members with active accounts.
    Group(GroupName, Count),
}

/// At most `limit` groups and at most `limit` people whose names contain a text, those that begin with it first. Case and
/// accents do not count.
pub fn of(conn: &mut Conn, _: &Editor, text: &str, limit: usize) -> Result<Vec<Suggestion>> {
    let mut found = Vec::new();
    for (id, name) in groups_with(conn, text, limit)? {
        let members = access::count_active_members(conn, id)?;
        let invalid = |words| Error::Schema(format!("in the table groups: {words}"));
        let name = skip_unreadable(GroupName::parse(&name).map_err(invalid));
        found.extend(name.map(|name| Suggestion::Group(name, members)));
    }
    let people = people_with(conn, text, limit)?;
    let invalid = |words| Error::Schema(format!("in the table users: {words}"));
    let readable = |(_, name): (i64, String)| skip_unreadable(Username::parse(&name).map_err(invalid));
    found.extend(people.into_iter().filter_map(readable).map(Suggestion::Person));
    Ok(found)
}

fn people_with(conn: &mut Conn, text: &str, limit: usize) -> Result<Vec<(i64, String)>> {
    let rows =
        || users::table.filter(is_active()).order(sql::<Text>("lower(name), name")).select((users::id, users::name));
    let few: Vec<(i64, String)> = rows().limit(FEW + 1).load(conn)?;
    if few.len() as i64 <= FEW || text.trim().is_empty() {
        return Ok(best(few, text, limit));
    }
    let mut found = Vec::new();
    for from in beginnings(text) {
        let from = sql::<Bool>("lower(name) >= ").bind::<Text, _>(from);
        found.extend(rows().filter(from).limit(RANGE).load::<(i64, String)>(conn)?);
    }
    Ok(best(found, text, limit))
}

fn groups_with(conn: &mut Conn, text: &str, limit: usize) -> Result<Vec<(i64, String)>> {
    let rows = || groups::table.order(groups::name).select((groups::id, groups::name));
    let few: Vec<(i64, String)> = rows().limit(FEW + 1).load(conn)?;
    if few.len() as i64 <= FEW || text.trim().is_empty() {
        return Ok(best(few, text, limit));
    }
    let mut found = Vec::new();
    for from in beginnings(text) {
        found.extend(rows().filter(groups::name.ge(from)).limit(RANGE).load::<(i64, String)>(conn)?);
    }
    Ok(best(found, text, limit))
}

/// The texts from which names in an index begin with what was typed: `lower` of SQLite changes ASCII letters only.
fn beginnings(text: &str) -> Vec<String> {
    let typed = text.trim().replace('\0', "");
    let lower = typed.to_lowercase();
    let mut letters = lower.chars();
    let capital = letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect());
    let mut beginnings = vec![typed, lower, capital];
    beginnings.sort();
    beginnings.dedup();
    beginnings
}

/// The names with a text, those that begin with it first.
fn best(rows: Vec<(i64, String)>, text: &str, limit: usize) -> Vec<(i64, String)> {
    let wanted = plain(text.trim());
    let mut found: Vec<(usize, String, i64, String)> = Vec::new();
    for (id, name) in rows {
        let folded = plain(&name);
        let Some(at) = folded.find(&wanted) else { continue };
        found.push((at.min(1), folded, id, name));
    }
    found.sort();
    found.dedup();
    found.truncate(limit);
    found.into_iter().map(|(.., id, name)| (id, name)).collect()
}
