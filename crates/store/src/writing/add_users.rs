//! Adding users, one or many, as members of groups: all of them or none.

use std::collections::BTreeSet;

use domain::{
    access::{Admin, Editor},
    group::{GroupId, GroupName},
    password::PasswordHash,
    secret::SecretHash,
    user::{UserContent, UserId, Username},
};
use sha2::{Digest, Sha256};

use super::{
    affected::Affected,
    change::{Change, Outcome, Run},
    groups::{add_members, members_of},
    invitations,
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
    credentials: Vec<InitialCredential>,
}

/// How a new user signs in for the first time: with a password, or after setting one with a link.
#[derive(Clone, Debug)]
enum InitialCredential {
    Password(PasswordHash),
    Link(SecretHash),
}

impl AddUsers {
    /// Adds these users as members of these groups.
    pub fn new(admin: &Admin, users: Vec<UserContent>, groups: Vec<GroupName>) -> AddUsers {
        AddUsers { admin: admin.clone(), users, groups, credentials: Vec::new() }
    }

    /// The same users with their passwords, in the same order.
    #[must_use]
    pub fn with_passwords(self, hashes: Vec<PasswordHash>) -> AddUsers {
        AddUsers { credentials: hashes.into_iter().map(InitialCredential::Password).collect(), ..self }
    }

    /// The same users with links to set a password, in the same order. Nobody can sign in as one of them before the password is
    /// set.
    #[must_use]
    pub fn with_links(self, secrets: Vec<SecretHash>) -> AddUsers {
        AddUsers { credentials: secrets.into_iter().map(InitialCredential::Link).collect(), ..self }
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
            self.users.iter().map(|user| (placeholder_key(&user.name), user.name.clone())).collect();
        let mut groups = Vec::new();
        for group in self.group_keys(conn)? {
            let mut members = members_of(conn, group)?;
            members.extend(newcomers.iter().map(|(user, _)| *user));
            groups.push((group, members));
        }
        Ok(Affected { groups, newcomers, ..Affected::default() })
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        if self.credentials.len() != self.users.len() {
            return Err(Error::Refused("A user needs a password or a link.".into()));
        }
        let names: Vec<Username> = self.users.iter().map(|user| user.name.clone()).collect();
        if let Some(obstacle) = name_obstacles(conn, &self.admin, &names)?.into_iter().flatten().next() {
            return Err(Error::Confusing(obstacle));
        }
        let mut added = Vec::new();
        for (user, credential) in self.users.iter().zip(&self.credentials) {
            let none = PasswordHash::none();
            let (hash, link) = match credential {
                InitialCredential::Password(hash) => (hash, None),
                InitialCredential::Link(secret) => (&none, Some(secret)),
            };
            let id = users::insert(conn, &self.admin, user, hash, run.now)?.id;
            if let Some(secret) = link {
                invitations::insert(conn, &self.admin, id, secret, run.now)?;
            }
            added.push((id, user.name.clone()));
        }
        for group in self.group_keys(conn)? {
            add_members(conn, run, &self.admin, group, &added)?;
        }
        Ok(Outcome::Users(added.into_iter().map(|(user, _)| user).collect()))
    }
}

/// The key for a new user in a plan, before the row exists. It is derived from the name, so that the preview and the change
/// have the same fingerprint; no user has a negative key.
fn placeholder_key(name: &Username) -> UserId {
    let digest = Sha256::digest(name.as_str());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    UserId(-1 - (i64::from_be_bytes(bytes) & i64::MAX))
}
