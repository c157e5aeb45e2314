//! Users as administrators handle them: every function asks for the proof, every change leaves its audit entry, and the
//! last active administrator stays.

use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp, Version,
    access::Admin,
    audit::{Action, user_changes},
    password::PasswordHash,
    user::{Role, Theme, User, UserContent, UserId},
};

use super::{Record, note, store_password, with_groups};
use crate::{
    Conn, Error, Paging, Result, Table,
    conn::MultiBackend,
    id,
    pages::pattern,
    schema::{fold, users},
};

/// Which users the panel lists; empty and `None` mean all.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Part of the name.
    pub query: String,
    /// Those of a role.
    pub role: Option<Role>,
    /// Active or disabled ones.
    pub active: Option<bool>,
}

impl UserFilter {
    fn rows(&self) -> users::BoxedQuery<'static, MultiBackend> {
        let mut rows = users::table.into_boxed();
        for word in self.query.split_whitespace().take(8) {
            rows = rows.filter(fold(users::name).like(pattern(word)).escape('\\'));
        }
        if let Some(role) = self.role {
            rows = rows.filter(users::role.eq(role.as_str()));
        }
        if let Some(active) = self.active {
            rows = rows.filter(users::active.eq(active));
        }
        rows
    }

    fn count(&self, conn: &mut Conn) -> Result<u64> {
        let count: i64 = self.rows().select(count_star()).first(conn)?;
        Ok(count.unsigned_abs())
    }
}

/// What the panel's list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserColumn {
    /// The name, in any case.
    Name,
    /// The role.
    Role,
    /// Disabled ones first.
    Active,
    /// When it was made.
    Created,
    /// The last sign-in; those who never did come first.
    LastSignIn,
}

/// A column and a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserSort {
    /// The column; equal rows stand in the order of their names.
    pub by: UserColumn,
    /// From the end.
    pub descending: bool,
}

/// The users that match, sorted.
///
/// # Errors
/// When the database fails.
pub fn every(conn: &mut Conn, _: &Admin, filter: &UserFilter, sort: UserSort, paging: Paging) -> Result<Table<User>> {
    let rows = filter.rows();
    // The two databases disagree on where NULL stands.
    let never = users::last_sign_in_at.is_null();
    let sorted = match (sort.by, sort.descending) {
        (UserColumn::Name, false) => rows.order(fold(users::name).asc()),
        (UserColumn::Name, true) => rows.order(fold(users::name).desc()),
        (UserColumn::Role, false) => rows.order(users::role.asc()),
        (UserColumn::Role, true) => rows.order(users::role.desc()),
        (UserColumn::Active, false) => rows.order(users::active.asc()),
        (UserColumn::Active, true) => rows.order(users::active.desc()),
        (UserColumn::Created, false) => rows.order(users::created_at.asc()),
        (UserColumn::Created, true) => rows.order(users::created_at.desc()),
        (UserColumn::LastSignIn, false) => rows.order((never.desc(), users::last_sign_in_at.asc())),
        (UserColumn::LastSignIn, true) => rows.order((never.asc(), users::last_sign_in_at.desc())),
    };
    let records: Vec<Record> = sorted
        .then_order_by(users::name.asc())
        .limit(paging.limit())
        .offset(paging.offset())
        .select(Record::as_select())
        .load(conn)?;
    let rows = with_groups(conn, records)?;
    Ok(Table { rows, total: filter.count(conn)? })
}

/// How many users each choice of a filter would list, the other filters as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCounts {
    /// Of any role.
    pub any_role: u64,
    /// Of each role, in the order of `Role::ALL`.
    pub roles: Vec<u64>,
    /// Active and disabled ones.
    pub any_state: u64,
    /// Active ones.
    pub active: u64,
    /// Disabled ones.
    pub disabled: u64,
}

/// Counts for the filters beside the list.
///
/// # Errors
/// When the database fails.
pub fn counts(conn: &mut Conn, _: &Admin, filter: &UserFilter) -> Result<UserCounts> {
    let mut count = |role, active| UserFilter { role, active, ..filter.clone() }.count(conn);
    Ok(UserCounts {
        any_role: count(None, filter.active)?,
        roles: Role::ALL.into_iter().map(|role| count(Some(role), filter.active)).collect::<Result<_>>()?,
        any_state: count(filter.role, None)?,
        active: count(filter.role, Some(true))?,
        disabled: count(filter.role, Some(false))?,
    })
}

/// The users who may sign in and never did, those who could for longest first.
///
/// # Errors
/// When the database fails.
pub fn never_signed_in(conn: &mut Conn, _: &Admin, limit: u32) -> Result<Table<User>> {
    let rows = || users::table.filter(users::active).filter(users::last_sign_in_at.is_null());
    let total: i64 = rows().select(count_star()).first(conn)?;
    let records: Vec<Record> = rows()
        .order((users::created_at.asc(), users::name.asc()))
        .limit(i64::from(limit))
        .select(Record::as_select())
        .load(conn)?;
    let rows = with_groups(conn, records)?;
    Ok(Table { rows, total: total.unsigned_abs() })
}

/// How many users there are.
///
/// # Errors
/// When the database fails.
pub fn total(conn: &mut Conn, _: &Admin) -> Result<u64> {
    UserFilter::default().count(conn)
}

/// A user by its key.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, _: &Admin, id: UserId) -> Result<Option<User>> {
    let record: Option<Record> = users::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    Ok(with_groups(conn, record.into_iter().collect())?.into_iter().next())
}

/// Those of the users that exist, in the order of their names.
///
/// # Errors
/// When the database fails.
pub fn some(conn: &mut Conn, _: &Admin, ids: &[UserId]) -> Result<Vec<User>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let records: Vec<Record> =
        users::table.filter(users::id.eq_any(ids)).order(users::name).select(Record::as_select()).load(conn)?;
    with_groups(conn, records)
}

/// Makes a user.
///
/// # Errors
/// [`Error::Duplicate`] when the name is taken.
pub fn insert(
    conn: &mut Conn,
    admin: &Admin,
    content: &UserContent,
    hash: &PasswordHash,
    now: Timestamp,
) -> Result<User> {
    let user = User {
        id: UserId(id::new()?),
        name: content.name.clone(),
        role: content.role,
        active: content.active,
        theme: Theme::System,
        password_hash: hash.clone(),
        groups: Vec::new(),
        created_at: now,
        last_sign_in_at: None,
        version: Version::FIRST,
    };
    diesel::insert_into(users::table)
        .values((
            users::id.eq(user.id.0),
            users::name.eq(user.name.as_str()),
            users::role.eq(user.role.as_str()),
            users::password_hash.eq(hash.reveal()),
            users::active.eq(user.active),
            users::theme.eq(user.theme.as_str()),
            users::created_at.eq(now.naive_utc()),
            users::version.eq(user.version.0),
        ))
        .execute(conn)?;
    note(conn, admin.actor(), Action::Created, user.name.as_str(), user.role.as_str().into(), now)?;
    Ok(user)
}

/// Saves a user over the version from which the content was made; one that is saved as it is stays as it is.
///
/// # Errors
/// [`Error::Stale`] when somebody saved or deleted it meanwhile, [`Error::Duplicate`] when the name is taken,
/// [`Error::LastAdmin`].
pub fn update(
    conn: &mut Conn,
    admin: &Admin,
    id: UserId,
    from: Version,
    content: &UserContent,
    now: Timestamp,
) -> Result<User> {
    let admins = lock_admins(conn)?;
    let old = get(conn, admin, id)?.filter(|old| old.version == from).ok_or(Error::Stale)?;
    if (&old.name, old.role, old.active) == (&content.name, content.role, content.active) {
        return Ok(old);
    }
    let version = from.next();
    let saved = diesel::update(users::table.find(id.0).filter(users::version.eq(from.0)))
        .set((
            users::name.eq(content.name.as_str()),
            users::role.eq(content.role.as_str()),
            users::active.eq(content.active),
            users::version.eq(version.0),
        ))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    require_admin(conn, admins)?;
    note(conn, admin.actor(), Action::Changed, content.name.as_str(), user_changes(&old, content), now)?;
    let UserContent { name, role, active } = content.clone();
    Ok(User { name, role, active, version, ..old })
}

/// Enables or disables users; how many changed.
///
/// # Errors
/// [`Error::LastAdmin`], and then nothing may be committed.
pub fn set_active(conn: &mut Conn, admin: &Admin, ids: &[UserId], active: bool, now: Timestamp) -> Result<usize> {
    let admins = lock_admins(conn)?;
    let mut changed = 0;
    for user in some(conn, admin, ids)?.iter().filter(|user| user.active != active) {
        changed += diesel::update(users::table.find(user.id.0))
            .set((users::active.eq(active), users::version.eq(users::version + 1)))
            .execute(conn)?;
        let detail = if active { "enabled" } else { "disabled" };
        note(conn, admin.actor(), Action::Changed, user.name.as_str(), detail.into(), now)?;
    }
    require_admin(conn, admins)?;
    Ok(changed)
}

/// Deletes users; how many there were. The audit trail keeps their names.
///
/// # Errors
/// [`Error::LastAdmin`], and then nothing may be committed.
pub fn delete(conn: &mut Conn, admin: &Admin, ids: &[UserId], now: Timestamp) -> Result<usize> {
    conn.lock_readers()?;
    let admins = lock_admins(conn)?;
    let mut deleted = 0;
    for user in some(conn, admin, ids)? {
        let gone = diesel::delete(users::table.find(user.id.0)).execute(conn)?;
        if gone > 0 {
            note(conn, admin.actor(), Action::Deleted, user.name.as_str(), user.role.as_str().into(), now)?;
        }
        deleted += gone;
    }
    require_admin(conn, admins)?;
    Ok(deleted)
}

/// Sets the password of a user as they were in a version; false when there is no such user.
///
/// # Errors
/// [`Error::Stale`] when somebody changed them meanwhile, perhaps by the same form.
pub fn set_password_from(
    conn: &mut Conn,
    admin: &Admin,
    id: UserId,
    from: Version,
    hash: &PasswordHash,
    now: Timestamp,
) -> Result<bool> {
    match get(conn, admin, id)? {
        Some(user) if user.version != from => Err(Error::Stale),
        _ => set_password(conn, admin, id, hash, now),
    }
}

/// Sets a user's password; false when there is no such user.
///
/// # Errors
/// When the database fails.
pub fn set_password(conn: &mut Conn, admin: &Admin, id: UserId, hash: &PasswordHash, now: Timestamp) -> Result<bool> {
    let Some(user) = get(conn, admin, id)? else { return Ok(false) };
    let changed = store_password(conn, id, hash)?;
    if changed {
        let detail = "by an administrator".into();
        note(conn, admin.actor(), Action::PasswordSet, user.name.as_str(), detail, now)?;
    }
    Ok(changed)
}

/// Takes the rows of all active administrators for this transaction, and counts them: another one that wants to take
/// one of them away waits, and then sees what this one left (PostgreSQL at READ COMMITTED reads locked rows anew).
fn lock_admins(conn: &mut Conn) -> Result<usize> {
    let admins = users::table.filter(users::role.eq(Role::Admin.as_str())).filter(users::active);
    Ok(diesel::update(admins).set(users::version.eq(users::version)).execute(conn)?)
}

/// Refuses a transaction that leaves no active administrator where there was one.
fn require_admin(conn: &mut Conn, before: usize) -> Result<()> {
    let filter = UserFilter { role: Some(Role::Admin), active: Some(true), ..UserFilter::default() };
    if before > 0 && filter.count(conn)? == 0 { Err(Error::LastAdmin) } else { Ok(()) }
}
