//! The groups of one user.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{
    Version,
    access::{Admin, Editor},
    audit::{Action, Entry, Subject, group_changes},
    group::{Group, GroupContent, GroupId},
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
    columns::KEYS,
    groups,
    schema::{group_members, groups as table, users},
};

/// Adds a user to groups, and takes the user out of others. Groups that do not exist, and memberships that are already so, are
/// left out.
#[derive(Clone, Debug)]
pub struct ChangeMemberships {
    admin: Admin,
    user: UserId,
    join: Vec<GroupId>,
    leave: Vec<GroupId>,
}

impl ChangeMemberships {
    /// Adds this user to the groups in `join`, and takes the user out of those in `leave`.
    pub fn new(admin: &Admin, user: UserId, join: Vec<GroupId>, leave: Vec<GroupId>) -> ChangeMemberships {
        ChangeMemberships { admin: admin.clone(), user, join, leave }
    }

    /// Whether no group is named.
    pub fn is_empty(&self) -> bool {
        self.join.is_empty() && self.leave.is_empty()
    }

    fn name(&self, conn: &mut Conn) -> Result<Option<Username>> {
        let name: Option<String> = users::table.find(self.user.0).select(users::name).first(conn).optional()?;
        let invalid = |words| Error::Schema(format!("in the table users: {words}"));
        name.map(|name| Username::parse(&name).map_err(invalid)).transpose()
    }

    /// The groups that change, each with whether the user joins it.
    fn changes(&self, conn: &mut Conn) -> Result<Vec<(GroupId, bool)>> {
        let named: Vec<i64> = self.join.iter().chain(&self.leave).map(|group| group.0).collect();
        let (mut exist, mut member_of) = (BTreeSet::new(), BTreeSet::new());
        for named in named.chunks(KEYS) {
            exist.extend(table::table.filter(table::id.eq_any(named)).select(table::id).load::<i64>(conn)?);
            let own = group_members::table.filter(group_members::user_id.eq(self.user.0));
            let own = own.filter(group_members::group_id.eq_any(named)).select(group_members::group_id);
            member_of.extend(own.load::<i64>(conn)?);
        }
        let joins = self.join.iter().map(|group| (*group, true));
        let all: BTreeSet<(GroupId, bool)> = joins.chain(self.leave.iter().map(|group| (*group, false))).collect();
        Ok(all
            .into_iter()
            .filter(|(group, joins)| exist.contains(&group.0) && member_of.contains(&group.0) != *joins)
            .collect())
    }
}

impl Change for ChangeMemberships {
    fn affected(&self, conn: &mut Conn, _: &Editor) -> Result<Affected> {
        let mut changed = Vec::new();
        for (group, joins) in self.changes(conn)? {
            let members = group_members::table.filter(group_members::group_id.eq(group.0));
            let members: Vec<i64> = members.select(group_members::user_id).load(conn)?;
            let mut members: BTreeSet<UserId> = members.into_iter().map(UserId).collect();
            if joins {
                members.insert(self.user)
            } else {
                members.remove(&self.user)
            };
            changed.push((group, members));
        }
        Ok(Affected { groups: changed, ..Affected::default() })
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        conn.lock_readers()?;
        let Some(user) = self.name(conn)? else { return Err(Error::Stale) };
        let changes = self.changes(conn)?;
        for (group, joins) in &changes {
            let Some(Group { content: old, version, .. }) = groups::get(conn, &self.admin, *group)? else { continue };
            let row = (group_members::group_id.eq(group.0), group_members::user_id.eq(self.user.0));
            let mut members = old.members.clone();
            if *joins {
                diesel::insert_into(group_members::table).values(row).execute(conn)?;
                members.push(user.clone());
                members.sort();
            } else {
                diesel::delete(group_members::table.filter(row.0).filter(row.1)).execute(conn)?;
                members.retain(|member| *member != user);
            }
            let Version(next) = version.next();
            diesel::update(table::table.find(group.0)).set(table::version.eq(next)).execute(conn)?;
            let new = GroupContent { name: old.name.clone(), members };
            let (actor, name) = (self.admin.actor().to_owned(), new.name.to_string());
            let detail = group_changes(&old, &new);
            let entry = Entry { at: run.now, actor, action: Action::Changed, subject: Subject::Group, name, detail };
            audit::insert(conn, &entry)?;
        }
        Ok(Outcome::Count(changes.len()))
    }
}
