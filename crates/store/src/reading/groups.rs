//! Groups and their members.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    Version,
    access::{Admin, Editor},
    group::{Group, GroupContent, GroupId, GroupName},
    user::Username,
};

use crate::{
    Conn, Error, Paging, Result, Table,
    error::skip_unreadable,
    schema::{group_members, groups, page_groups, users},
};

/// A group in the panel's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// The key of the group.
    pub id: GroupId,
    /// The name of the group.
    pub name: GroupName,
    /// The number of its members.
    pub members: u64,
    /// The number of pages for which it was chosen, including pages in the trash.
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
        let members = members.iter().map(|name| Username::parse(name).map_err(invalid)).collect::<Result<_>>()?;
        Ok(Group {
            id: GroupId(self.id),
            content: GroupContent { name: name_of(&self.name)?, members },
            created_at: self.created_at.and_utc(),
            version: Version(self.version),
        })
    }
}

fn name_of(name: &str) -> Result<GroupName> {
    GroupName::parse(name).map_err(invalid)
}

fn invalid(words: String) -> Error {
    Error::Schema(format!("in the table groups: {words}"))
}

/// The names of all groups, for editors who choose readers.
pub fn names(conn: &mut Conn, _: &Editor) -> Result<Vec<GroupName>> {
    let names: Vec<String> = groups::table.order(groups::name).select(groups::name).load(conn)?;
    Ok(names.iter().filter_map(|name| skip_unreadable(name_of(name))).collect())
}

/// One page of the groups, in the order of their names, and the total.
pub fn list(conn: &mut Conn, _: &Admin, paging: Paging) -> Result<Table<GroupRow>> {
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
    Ok(Table {
        rows: rows.into_iter().filter_map(|of| skip_unreadable(row(of))).collect(),
        total: total.unsigned_abs(),
    })
}

/// The group with a key.
pub fn get(conn: &mut Conn, _: &Admin, id: GroupId) -> Result<Option<Group>> {
    let record: Option<Record> = groups::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// The group with a name.
pub fn find(conn: &mut Conn, _: &Admin, name: &GroupName) -> Result<Option<Group>> {
    let record: Option<Record> =
        groups::table.filter(groups::name.eq(name.as_str())).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}
