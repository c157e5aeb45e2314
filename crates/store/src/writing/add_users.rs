//! Adding users, one or many, as members of groups: all of them or none.

use std::collections::BTreeSet;

use domain::{
    access::{Admin, Editor},
    group::{GroupId, GroupName},
    password::PasswordHash,
    user::{UserContent, UserId, Username},
};
use sha2::{Digest, Sha256};

use super::{
    affected::Affected,
    change::{Change, Outcome, Run},
    groups::{add_members, members_of},
    plan::Plan,
    users,
};
use crate::{Conn, Error, Result, access::groups_named, users::name_obstacles};

/// Adds users, who become members of some groups. Its preview needs no passwords.
#[derive(Clone, Debug)]
pub struct AddUsers {
    admin: Admin,
    users: Vec<UserContent>,
    groups: Vec<GroupName>,
    hashes: Vec<PasswordHash>,
}

impl AddUsers {
    /// Adds these users as members of these groups.
    pub fn new(admin: &Admin, users: Vec<UserContent>, groups: Vec<GroupName>) -> AddUsers {
        AddUsers { admin: admin.clone(), users, groups, hashes: Vec::new() }
    }

    /// The same users with their passwords, in the same order.
    #[must_use]
    pub fn with_passwords(self, hashes: Vec<PasswordHash>) -> AddUsers {
        AddUsers { hashes, ..self }
    }

    /// The keys of the groups.
    ///
    /// # Errors
    /// [`Error::Refused`] with the name of a group that does not exist.
    fn group_keys(&self, conn: &mut Conn) -> Result<Vec<GroupId>> {
        let found = groups_named(conn, &self.groups)?;
        if let Some(unknown) = self.groups.iter().find(|name| found.iter().all(|(_, known)| known != name.as_str())) {
            return Err(Error::Refused(format!("There is no group {unknown}.")));
        }
        let keys: BTreeSet<i64> = found.into_iter().map(|(group, _)| group).collect();
        Ok(keys.into_iter().map(GroupId).collect())
    }
}

impl Change for AddUsers {
    fn affected(&self, conn: &mut Conn, _: &Editor) -> Result<Affected> {
        let newcomers: Vec<(UserId, Username)> =
            self.users.iter().map(|user| (stand_in(&user.name), user.name.clone())).collect();
        let mut groups = Vec::new();
        for group in self.group_keys(conn)? {
            let mut members = members_of(conn, group)?;
            members.extend(newcomers.iter().map(|(user, _)| *user));
            groups.push((group, members));
        }
        Ok(Affected { groups, newcomers, ..Affected::default() })
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        if self.hashes.len() != self.users.len() {
            return Err(Error::Refused("A user needs a password.".into()));
        }
        let names: Vec<Username> = self.users.iter().map(|user| user.name.clone()).collect();
        if let Some(obstacle) = name_obstacles(conn, &self.admin, &names)?.into_iter().flatten().next() {
            return Err(Error::Confusing(obstacle));
        }
        let mut added = Vec::new();
        for (user, hash) in self.users.iter().zip(&self.hashes) {
            added.push((users::insert(conn, &self.admin, user, hash, run.now)?.id, user.name.clone()));
        }
        for group in self.group_keys(conn)? {
            add_members(conn, run, &self.admin, group, &added)?;
        }
        Ok(Outcome::Count(added.len()))
    }
}

/// The key under which a plan has somebody who is no user yet. It comes from the name, so that the question and the answer to
/// it have the same fingerprint; no user has a negative key.
fn stand_in(name: &Username) -> UserId {
    let digest = Sha256::digest(name.as_str());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    UserId(-1 - (i64::from_be_bytes(bytes) & i64::MAX))
}
