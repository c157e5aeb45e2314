//! Groups, as administrators handle them: every change asks for the proof and leaves its audit entry.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp, Version,
    access::{Admin, Editor},
    audit::{Action, Entry, Subject, group_changes},
    group::{Group, GroupContent, GroupId, GroupName},
    user::Username,
};

use crate::{
    Conn, Error, Paging, Result, Table, audit,
    error::readable,
    id,
    pages::readers::people_of,
    schema::{group_members, groups, page_groups, users},
};

/// A group in the panel's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Its key.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
    /// How many people are in it.
    pub members: u64,
    /// For how many pages it was chosen, those in the trash among them.
    pub pages: u64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = groups)]
struct Record {
    id: i64,
    name: String,
    created_at: NaiveDateTime,
    version: i64,
}

impl Record {
    fn load(self, conn: &mut Conn) -> Result<Group> {
        let members: Vec<String> = group_members::table
            .inner_join(users::table.on(users::id.eq(group_members::user_id)))
            .filter(group_members::group_id.eq(self.id))
            .order(users::name)
            .select(users::name)
            .load(conn)?;
        let members = members.iter().map(|name| Username::parse(name).map_err(odd)).collect::<Result<_>>()?;
        Ok(Group {
            id: GroupId(self.id),
            content: GroupContent { name: name_of(&self.name)?, members },
            created_at: self.created_at.and_utc(),
            version: Version(self.version),
        })
    }
}

fn name_of(name: &str) -> Result<GroupName> {
    GroupName::parse(name).map_err(odd)
}

fn odd(words: String) -> Error {
    Error::Schema(format!("in the table groups: {words}"))
}

/// The names of all groups, for those who choose readers.
///
/// # Errors
/// When the database fails.
pub fn names(conn: &mut Conn, _: &Editor) -> Result<Vec<GroupName>> {
    let names: Vec<String> = groups::table.order(groups::name).select(groups::name).load(conn)?;
    Ok(names.iter().filter_map(|name| readable(name_of(name))).collect())
}

/// The groups, in the order of their names.
///
/// # Errors
/// When the database fails.
pub fn every(conn: &mut Conn, _: &Admin, paging: Paging) -> Result<Table<GroupRow>> {
    let total: i64 = groups::table.select(count_star()).first(conn)?;
    let rows: Vec<(i64, String)> = groups::table
        .order(groups::name)
        .limit(paging.limit())
        .offset(paging.offset())
        .select((groups::id, groups::name))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let members: HashMap<i64, i64> = group_members::table
        .filter(group_members::group_id.eq_any(&ids))
        .group_by(group_members::group_id)
        .select((group_members::group_id, count_star()))
        .load(conn)?
        .into_iter()
        .collect();
    let pages: HashMap<i64, i64> = page_groups::table
        .filter(page_groups::group_id.eq_any(&ids))
        .group_by(page_groups::group_id)
        .select((page_groups::group_id, count_star()))
        .load(conn)?
        .into_iter()
        .collect();
    let count = |of: &HashMap<i64, i64>, id| of.get(&id).copied().unwrap_or(0).unsigned_abs();
    let row = |(id, name): (i64, String)| {
        let (members, pages) = (count(&members, id), count(&pages, id));
        Ok(GroupRow { id: GroupId(id), name: name_of(&name)?, members, pages })
    };
    Ok(Table { rows: rows.into_iter().filter_map(|of| readable(row(of))).collect(), total: total.unsigned_abs() })
}

/// A group by its key.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, _: &Admin, id: GroupId) -> Result<Option<Group>> {
    let record: Option<Record> = groups::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// A group by its name.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, _: &Admin, name: &GroupName) -> Result<Option<Group>> {
    let record: Option<Record> =
        groups::table.filter(groups::name.eq(name.as_str())).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// Makes a group.
///
/// # Errors
/// [`Error::Duplicate`] when the name is taken, [`Error::Refused`] when a member is no user.
pub fn insert(conn: &mut Conn, admin: &Admin, content: &GroupContent, now: Timestamp) -> Result<Group> {
    conn.lock_readers()?;
    let group = Group { id: GroupId(id::new()?), content: content.clone(), created_at: now, version: Version::FIRST };
    diesel::insert_into(groups::table)
        .values((
            groups::id.eq(group.id.0),
            groups::name.eq(content.name.as_str()),
            groups::created_at.eq(now.naive_utc()),
            groups::version.eq(group.version.0),
        ))
        .execute(conn)?;
    set_members(conn, group.id, &content.members)?;
    let detail = format!("{} members", content.members.len());
    note(conn, admin, Action::Created, &content.name, detail, now)?;
    Ok(group)
}

/// Saves a group over the version from which the content was made; one that is saved as it is stays as it is.
///
/// # Errors
/// [`Error::Stale`] when somebody saved or deleted it meanwhile, [`Error::Duplicate`] when the name is taken,
/// [`Error::Refused`] when a member is no user.
pub fn update(
    conn: &mut Conn,
    admin: &Admin,
    id: GroupId,
    from: Version,
    content: &GroupContent,
    now: Timestamp,
) -> Result<()> {
    conn.lock_readers()?;
    let old = get(conn, admin, id)?.filter(|old| old.version == from).ok_or(Error::Stale)?;
    if old.content == *content {
        return Ok(());
    }
    let saved = diesel::update(groups::table.find(id.0).filter(groups::version.eq(from.0)))
        .set((groups::name.eq(content.name.as_str()), groups::version.eq(from.next().0)))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    set_members(conn, id, &content.members)?;
    note(conn, admin, Action::Changed, &content.name, group_changes(&old.content, content), now)
}

/// Deletes a group; false when there is none. Who read a page because of it no longer does.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, admin: &Admin, id: GroupId, now: Timestamp) -> Result<bool> {
    conn.lock_readers()?;
    let Some(group) = get(conn, admin, id)? else { return Ok(false) };
    diesel::delete(groups::table.find(id.0)).execute(conn)?;
    let detail = format!("{} members", group.content.members.len());
    note(conn, admin, Action::Deleted, &group.content.name, detail, now)?;
    Ok(true)
}

/// Those who stay keep their row, so that nothing is told of them.
fn set_members(conn: &mut Conn, id: GroupId, members: &[Username]) -> Result<()> {
    let wanted = people_of(conn, members)?;
    if let Some(unknown) = members.iter().find(|name| wanted.iter().all(|(_, known)| known != name.as_str())) {
        return Err(Error::Refused(format!("There is no user {unknown}.")));
    }
    let wanted: BTreeSet<i64> = wanted.into_iter().map(|(user, _)| user).collect();
    let present: Vec<i64> =
        group_members::table.filter(group_members::group_id.eq(id.0)).select(group_members::user_id).load(conn)?;
    let present: BTreeSet<i64> = present.into_iter().collect();
    for user in present.difference(&wanted) {
        diesel::delete(group_members::table.find((id.0, *user))).execute(conn)?;
    }
    for user in wanted.difference(&present) {
        diesel::insert_into(group_members::table)
            .values((group_members::group_id.eq(id.0), group_members::user_id.eq(*user)))
            .execute(conn)?;
    }
    Ok(())
}

fn note(
    conn: &mut Conn,
    admin: &Admin,
    action: Action,
    name: &GroupName,
    detail: String,
    now: Timestamp,
) -> Result<()> {
    let (actor, name) = (admin.actor().to_owned(), name.to_string());
    audit::insert(conn, &Entry { at: now, actor, action, subject: Subject::Group, name, detail })
}
