//! Changes of groups. The constructor of each requires an administrator.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{
    Version,
    access::{Admin, Editor},
    audit::{Action, Entry, Subject, group_changes},
    group::{Group, GroupContent, GroupId, GroupName},
    user::{UserId, Username},
};

use super::{
    affected::Affected,
    audit,
    change::{Change, Outcome, Run},
    plan::Plan,
};
use crate::{
    Conn, Error, Result,
    access::people_named,
    groups, id,
    schema::{group_members, groups as table},
};

/// Adds a group.
#[derive(Clone, Debug)]
pub struct AddGroup {
    admin: Admin,
    content: GroupContent,
}

/// Changes the name and the members of a group over the version from which they were edited.
#[derive(Clone, Debug)]
pub struct UpdateGroup {
    admin: Admin,
    group: GroupId,
    from: Version,
    content: GroupContent,
}

/// Deletes a group. People who read a page through it no longer do.
#[derive(Clone, Debug)]
pub struct DeleteGroup {
    admin: Admin,
    group: GroupId,
}

impl AddGroup {
    /// Adds a group with this name and these members.
    pub fn new(admin: &Admin, content: GroupContent) -> AddGroup {
        AddGroup { admin: admin.clone(), content }
    }
}

impl UpdateGroup {
    /// Saves this content over version `from`. A group that did not change keeps its version.
    pub fn new(admin: &Admin, group: GroupId, from: Version, content: GroupContent) -> UpdateGroup {
        UpdateGroup { admin: admin.clone(), group, from, content }
    }

    fn current(&self, conn: &mut Conn) -> Result<Group> {
        groups::get(conn, &self.admin, self.group)?.filter(|group| group.version == self.from).ok_or(Error::Stale)
    }
}

impl DeleteGroup {
    /// Deletes this group.
    pub fn new(admin: &Admin, group: GroupId) -> DeleteGroup {
        DeleteGroup { admin: admin.clone(), group }
    }
}

impl Change for AddGroup {
    /// No page has chosen the group yet.
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        conn.lock_readers()?;
        check_new_name(conn, &self.admin, &self.content.name, None)?;
        let group = GroupId(id::new()?);
        diesel::insert_into(table::table)
            .values((
                table::id.eq(group.0),
                table::name.eq(self.content.name.as_str()),
                table::created_at.eq(run.now.naive_utc()),
                table::version.eq(Version::FIRST.0),
            ))
            .execute(conn)?;
        set_members(conn, group, &self.content.members)?;
        let detail = format!("{} members", self.content.members.len());
        audit(conn, run, &self.admin, Action::Created, &self.content.name, detail)?;
        Ok(Outcome::Group(group))
    }
}

impl Change for UpdateGroup {
    fn affected(&self, conn: &mut Conn, _: &Editor) -> Result<Affected> {
        let current = self.current(conn)?;
        if current.content.members == self.content.members {
            return Ok(Affected::default());
        }
        let members = member_keys(conn, &self.content.members)?;
        Ok(Affected { groups: vec![(self.group, members)], ..Affected::default() })
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        let old = self.current(conn)?;
        if old.content == self.content {
            return Ok(Outcome::Group(self.group));
        }
        if old.content.name != self.content.name {
            check_new_name(conn, &self.admin, &self.content.name, Some(self.group))?;
        }
        let saved = diesel::update(table::table.find(self.group.0).filter(table::version.eq(self.from.0)))
            .set((table::name.eq(self.content.name.as_str()), table::version.eq(self.from.next().0)))
            .execute(conn)?;
        if saved == 0 {
            return Err(Error::Stale);
        }
        set_members(conn, self.group, &self.content.members)?;
        let changes = group_changes(&old.content, &self.content);
        audit(conn, run, &self.admin, Action::Changed, &self.content.name, changes)?;
        Ok(Outcome::Group(self.group))
    }
}

impl Change for DeleteGroup {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected { groups: vec![(self.group, BTreeSet::new())], ..Affected::default() })
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        let Some(group) = groups::get(conn, &self.admin, self.group)? else { return Ok(Outcome::Count(0)) };
        diesel::delete(table::table.find(self.group.0)).execute(conn)?;
        let detail = format!("{} members", group.content.members.len());
        audit(conn, run, &self.admin, Action::Deleted, &group.content.name, detail)?;
        Ok(Outcome::Count(1))
    }
}

/// Checks that people can tell the new name of a group from all others; `group` is the group that is renamed, if it exists
/// already.
///
/// # Errors
/// [`Error::Confusing`].
fn check_new_name(conn: &mut Conn, admin: &Admin, name: &GroupName, group: Option<GroupId>) -> Result<()> {
    groups::lookalikes(conn, admin, group)?.check(name.as_str()).map_err(Error::Confusing)
}

/// The members of a group by key.
pub(super) fn members_of(conn: &mut Conn, group: GroupId) -> Result<BTreeSet<UserId>> {
    let members: Vec<i64> =
        group_members::table.filter(group_members::group_id.eq(group.0)).select(group_members::user_id).load(conn)?;
    Ok(members.into_iter().map(UserId).collect())
}

/// Adds new members to a group, which gets a new version.
pub(super) fn add_members(
    conn: &mut Conn,
    run: &Run<'_>,
    admin: &Admin,
    group: GroupId,
    members: &[(UserId, Username)],
) -> Result<()> {
    diesel::update(table::table.find(group.0)).set(table::version.eq(table::version + 1)).execute(conn)?;
    for (user, _) in members {
        diesel::insert_into(group_members::table)
            .values((group_members::group_id.eq(group.0), group_members::user_id.eq(user.0)))
            .execute(conn)?;
    }
    let name: String = table::table.find(group.0).select(table::name).first(conn)?;
    let name = GroupName::parse(&name).map_err(|words| Error::Schema(format!("in the table groups: {words}")))?;
    let names: Vec<&str> = members.iter().map(|(_, name)| name.as_str()).collect();
    audit(conn, run, admin, Action::Changed, &name, format!("added {}", names.join(", ")))
}

/// The keys of all members.
///
/// # Errors
/// [`Error::Refused`] with the name of a member that does not exist.
fn member_keys(conn: &mut Conn, members: &[Username]) -> Result<BTreeSet<UserId>> {
    let found = people_named(conn, members)?;
    if let Some(unknown) = members.iter().find(|name| found.iter().all(|(_, known)| known != name.as_str())) {
        return Err(Error::Refused(format!("There is no user {unknown}.")));
    }
    Ok(found.into_iter().map(|(user, _)| UserId(user)).collect())
}

/// Members who stay keep their rows, so that the feed does not mention them.
fn set_members(conn: &mut Conn, group: GroupId, members: &[Username]) -> Result<()> {
    let wanted = member_keys(conn, members)?;
    let current = members_of(conn, group)?;
    for user in current.difference(&wanted) {
        diesel::delete(group_members::table.find((group.0, user.0))).execute(conn)?;
    }
    for user in wanted.difference(&current) {
        diesel::insert_into(group_members::table)
            .values((group_members::group_id.eq(group.0), group_members::user_id.eq(user.0)))
            .execute(conn)?;
    }
    Ok(())
}

fn audit(
    conn: &mut Conn,
    run: &Run<'_>,
    admin: &Admin,
    action: Action,
    name: &GroupName,
    detail: String,
) -> Result<()> {
    let (actor, name) = (admin.actor().to_owned(), name.to_string());
    audit::insert(conn, &Entry { at: run.now, actor, action, subject: Subject::Group, name, detail })
}
