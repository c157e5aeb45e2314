//! Groups and their members.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::Bool,
};
use domain::{
    Version,
    access::{Admin, Editor, Member},
    group::{Group, GroupContent, GroupId, GroupName},
    lookalike::Lookalikes,
    user::{UserId, Username},
};

use crate::{
    Conn, Error, Result, Table,
    access::groups_named,
    columns::pattern,
    conn::MultiBackend,
    error::skip_unreadable,
    order::Order,
    paging::{Count, Window},
    schema::{fold, group_members, groups, page_groups, users},
};

/// In the order of their names.
const ORDER: Order = Order { table: "groups", key: "id", columns: &[("name", false)], reversed: false };

/// The number of groups that a form offers besides those that were chosen.
const OFFERED: i64 = 50;
/// The number of groups that a form suggests for a name that no group has.
const SUGGESTED: i64 = 20;

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

/// A group as its form shows it: of a large group, only some of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupOutline {
    /// The key of the group.
    pub id: GroupId,
    /// The name of the group.
    pub name: GroupName,
    /// The version of the group.
    pub version: Version,
    /// The number of its members.
    pub members: u64,
    /// The names of all members, or of some of a large group.
    pub named: Vec<Username>,
}

impl From<&Group> for GroupOutline {
    fn from(group: &Group) -> GroupOutline {
        let GroupContent { name, members } = group.content.clone();
        GroupOutline { id: group.id, name, version: group.version, members: members.len() as u64, named: members }
    }
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

/// The groups that a form offers, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferedGroups {
    /// The names.
    pub names: Vec<GroupName>,
    /// Whether there are other groups.
    pub more: bool,
}

/// The groups that a form offers to an editor who chooses readers: all groups, if there are at most 50. Otherwise the groups that
/// `typed` names, and for a name that no group has, up to 20 groups whose names contain it.
pub fn offered(conn: &mut Conn, _: &Editor, typed: &[String]) -> Result<OfferedGroups> {
    let first = groups::table.order(groups::name).select(groups::name).limit(OFFERED + 1);
    let all: Vec<String> = first.load(conn)?;
    let more = all.len() as i64 > OFFERED;
    let mut names: BTreeSet<String> = if more { BTreeSet::new() } else { all.into_iter().collect() };
    if more {
        let typed: Vec<GroupName> = typed.iter().filter_map(|name| GroupName::parse(name).ok()).collect();
        names.extend(groups_named(conn, &typed)?.into_iter().map(|(_, name)| name));
        // A form has one field for a name; a script that sends many gets no suggestions for each.
        let unknown: Vec<&GroupName> = typed.iter().filter(|name| !names.contains(name.as_str())).take(1).collect();
        for name in unknown {
            let similar: Vec<String> = groups::table
                .filter(fold(groups::name).like(pattern(name.as_str())).escape('\\'))
                .order(groups::name)
                .limit(SUGGESTED)
                .select(groups::name)
                .load(conn)?;
            names.extend(similar);
        }
    }
    let names = names.iter().filter_map(|name| skip_unreadable(name_of(name))).collect();
    Ok(OfferedGroups { names, more })
}

/// The names of all groups except one, to compare a new name with.
pub fn lookalikes(conn: &mut Conn, _: &Admin, except: Option<GroupId>) -> Result<Lookalikes> {
    let mut others = groups::table.select(groups::name).into_boxed();
    if let Some(group) = except {
        others = others.filter(groups::id.ne(group.0));
    }
    let names: Vec<String> = others.load(conn)?;
    Ok(names.iter().map(String::as_str).collect())
}

/// The names of at most `limit` groups whose names contain a text, in their order.
pub fn names(conn: &mut Conn, _: &Editor, text: &str, limit: u32) -> Result<Vec<GroupName>> {
    let mut rows = groups::table.order(groups::name).select(groups::name).limit(i64::from(limit)).into_boxed();
    if !text.is_empty() {
        rows = rows.filter(fold(groups::name).like(pattern(text)).escape('\\'));
    }
    let names: Vec<String> = rows.load(conn)?;
    Ok(names.iter().filter_map(|name| skip_unreadable(name_of(name))).collect())
}

/// The groups that a user's form shows as checkboxes: the first `limit` by name, and whether there are others.
pub fn first(conn: &mut Conn, _: &Admin, limit: u32) -> Result<(Vec<(GroupId, GroupName)>, bool)> {
    let rows = groups::table.order(groups::name).select((groups::id, groups::name)).limit(i64::from(limit) + 1);
    let mut rows: Vec<(i64, String)> = rows.load(conn)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    Ok((named(rows), more))
}

/// The groups of a user, by name.
pub fn of_user(conn: &mut Conn, _: &Admin, user: UserId) -> Result<Vec<(GroupId, GroupName)>> {
    let rows: Vec<(i64, String)> = group_members::table
        .inner_join(groups::table.on(groups::id.eq(group_members::group_id)))
        .filter(group_members::user_id.eq(user.0))
        .order(groups::name)
        .select((groups::id, groups::name))
        .load(conn)?;
    Ok(named(rows))
}

/// Those of the named groups that exist, by name.
pub fn with_names(conn: &mut Conn, _: &Admin, names: &[GroupName]) -> Result<Vec<(GroupId, GroupName)>> {
    let mut rows = groups_named(conn, names)?;
    rows.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(named(rows))
}

fn named(rows: Vec<(i64, String)>) -> Vec<(GroupId, GroupName)> {
    let readable = |(id, name): (i64, String)| Some((GroupId(id), skip_unreadable(name_of(&name))?));
    rows.into_iter().filter_map(readable).collect()
}

/// One page of the groups whose names contain a text, in the order of their names, and the total.
pub fn list(conn: &mut Conn, _: &Admin, text: &str, window: impl Into<Window>) -> Result<Table<GroupRow>> {
    let named = || -> groups::BoxedQuery<'static, MultiBackend> {
        match text {
            "" => groups::table.into_boxed(),
            text => groups::table.filter(fold(groups::name).like(pattern(text)).escape('\\')).into_boxed(),
        }
    };
    let found: Vec<i64> = named().select(groups::id).limit(Count::LIMIT).load(conn)?;
    let total = Count::of_found(found.len());
    let table = ORDER.table(
        window.into(),
        total,
        |(id, _): &(i64, String)| *id,
        |range, order, limit, offset| {
            let rows = named().filter(sql::<Bool>(range)).order(sql::<Bool>(order));
            Ok(rows.limit(limit).offset(offset).select((groups::id, groups::name)).load(conn)?)
        },
    )?;
    let ids: Vec<i64> = table.rows.iter().map(|(id, _)| *id).collect();
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
    Ok(table.map(|of| skip_unreadable(row(of))))
}

/// The names of some groups by key.
pub fn names_of(conn: &mut Conn, _: &Admin, keys: &[GroupId]) -> Result<HashMap<GroupId, GroupName>> {
    let keys = keys.iter().map(|group| group.0);
    let rows: Vec<(i64, String)> =
        groups::table.filter(groups::id.eq_any(keys)).select((groups::id, groups::name)).load(conn)?;
    let named = |(id, name): (i64, String)| Some((GroupId(id), skip_unreadable(name_of(&name))?));
    Ok(rows.into_iter().filter_map(named).collect())
}

/// The names of the groups of a signed-in user, in their order.
pub fn names_of_member(conn: &mut Conn, member: &Member) -> Result<Vec<GroupName>> {
    let keys = member.groups.iter().map(|group| group.0);
    let names = groups::table.filter(groups::id.eq_any(keys)).select(groups::name).order(groups::name);
    let names: Vec<String> = names.load(conn)?;
    Ok(names.iter().filter_map(|name| skip_unreadable(name_of(name))).collect())
}

/// The group with a key.
pub fn get(conn: &mut Conn, _: &Admin, id: GroupId) -> Result<Option<Group>> {
    let record: Option<Record> = groups::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// The group with a key, with the names of all its members, if there are at most `most`, and otherwise of `few`: of a group of
/// 100,000 the names take several hundred milliseconds.
pub fn outline(conn: &mut Conn, _: &Admin, id: GroupId, most: u32, few: u32) -> Result<Option<GroupOutline>> {
    let record: Option<Record> = groups::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    let Some(record) = record else { return Ok(None) };
    let members: i64 = group_members::table.filter(group_members::group_id.eq(id.0)).count().get_result(conn)?;
    if members <= i64::from(most) {
        return Ok(Some((&record.load(conn)?).into()));
    }
    // Without an order: it would need the names of all members.
    let mut some: Vec<String> = group_members::table
        .inner_join(users::table.on(users::id.eq(group_members::user_id)))
        .filter(group_members::group_id.eq(id.0))
        .select(users::name)
        .limit(i64::from(few))
        .load(conn)?;
    some.sort_unstable();
    let named = some.iter().map(|name| Username::parse(name).map_err(invalid)).collect::<Result<_>>()?;
    let (name, version) = (name_of(&record.name)?, Version(record.version));
    Ok(Some(GroupOutline { id, name, version, members: members.unsigned_abs(), named }))
}

/// The group with a name.
pub fn find(conn: &mut Conn, _: &Admin, name: &GroupName) -> Result<Option<Group>> {
    let record: Option<Record> =
        groups::table.filter(groups::name.eq(name.as_str())).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}
