//! Changes that administrators make to users. Every change adds its audit entry, and the last active administrator
//! without an end stays.

use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp, Version,
    access::Admin,
    audit::{Action, user_changes},
    password::PasswordHash,
    user::{Role, Theme, User, UserContent, UserId, Username},
};

use super::{audit::audit_user, failed_sign_ins, invitations, keys, present::require_present};
use crate::{
    Conn, Error, Result, id,
    schema::users,
    users::{get, get_many, lookalikes},
};

/// Adds a user whose name people can see and tell from all others.
///
/// # Errors
/// [`Error::Duplicate`] when the name is taken, [`Error::Confusing`] when it looks like another.
pub fn add(conn: &mut Conn, admin: &Admin, content: &UserContent, hash: &PasswordHash, now: Timestamp) -> Result<User> {
    check_new_name(conn, admin, &content.name, None)?;
    insert(conn, admin, content, hash, now)
}

/// Checks the new name of a user; `user` is the user who is renamed, if it exists already.
fn check_new_name(conn: &mut Conn, admin: &Admin, name: &Username, user: Option<UserId>) -> Result<()> {
    Username::parse_new(name.as_str()).map_err(Error::Confusing)?;
    lookalikes(conn, admin, user)?.check(name.as_str()).map_err(Error::Confusing)
}

/// Adds a user with any name.
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
        ends_at: content.ends_at,
        theme: Theme::System,
        password_hash: hash.clone(),
        groups: Vec::new(),
        created_at: now,
        last_sign_in_at: None,
        note: content.note.clone(),
        version: Version::FIRST,
    };
    diesel::insert_into(users::table)
        .values((
            users::id.eq(user.id.0),
            users::name.eq(user.name.as_str()),
            users::role.eq(user.role.as_str()),
            users::password_hash.eq(hash.reveal()),
            users::active.eq(user.active),
            users::ends_at.eq(user.ends_at.map(|end| end.naive_utc())),
            users::theme.eq(user.theme.as_str()),
            users::created_at.eq(now.naive_utc()),
            users::note.eq(&user.note),
            users::version.eq(user.version.0),
        ))
        .execute(conn)?;
    audit_user(conn, admin.actor(), Action::Created, user.name.as_str(), user.role.as_str().into(), now)?;
    Ok(user)
}

/// Saves a user over version `from`. A user that did not change keeps its version.
///
/// # Errors
/// [`Error::Stale`] when the user was saved or deleted meanwhile, [`Error::Duplicate`] when the name is taken,
/// [`Error::Confusing`] when a new name looks like another, [`Error::LastAdmin`] when no active administrator would be left.
pub fn update(
    conn: &mut Conn,
    admin: &Admin,
    id: UserId,
    from: Version,
    content: &UserContent,
    now: Timestamp,
) -> Result<User> {
    let admins = lock_admins(conn, admin)?;
    let old = get(conn, admin, id)?.filter(|old| old.version == from).ok_or(Error::Stale)?;
    if old.content() == *content {
        return Ok(old);
    }
    if old.name != content.name {
        check_new_name(conn, admin, &content.name, Some(id))?;
    }
    if old.active && !content.active {
        keys::end_all(conn, admin, &old, now)?;
    }
    let version = from.next();
    let saved = diesel::update(users::table.find(id.0).filter(users::version.eq(from.0)))
        .set((
            users::name.eq(content.name.as_str()),
            users::role.eq(content.role.as_str()),
            users::active.eq(content.active),
            users::ends_at.eq(content.ends_at.map(|end| end.naive_utc())),
            users::note.eq(&content.note),
            users::version.eq(version.0),
        ))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    require_admin(conn, admins)?;
    failed_sign_ins::forget(conn, &old.name)?;
    audit_user(conn, admin.actor(), Action::Changed, content.name.as_str(), user_changes(&old, content), now)?;
    let UserContent { name, role, active, ends_at, note } = content.clone();
    Ok(User { name, role, active, ends_at, note, version, ..old })
}

/// Enables or disables users; returns the number of users that changed.
///
/// # Errors
/// [`Error::LastAdmin`] when no active administrator would be left; the transaction must be rolled back.
pub fn set_active(conn: &mut Conn, admin: &Admin, ids: &[UserId], active: bool, now: Timestamp) -> Result<usize> {
    let admins = lock_admins(conn, admin)?;
    let mut changed = 0;
    for user in get_many(conn, admin, ids)?.iter().filter(|user| user.active != active) {
        match active {
            true => failed_sign_ins::forget(conn, &user.name)?,
            false => keys::end_all(conn, admin, user, now)?,
        };
        changed += diesel::update(users::table.find(user.id.0))
            .set((users::active.eq(active), users::version.eq(users::version + 1)))
            .execute(conn)?;
        let detail = if active { "enabled" } else { "disabled" };
        audit_user(conn, admin.actor(), Action::Changed, user.name.as_str(), detail.into(), now)?;
    }
    require_admin(conn, admins)?;
    Ok(changed)
}

/// Sets the end of accounts, or removes it; returns the number of users that changed.
///
/// # Errors
/// [`Error::LastAdmin`] when no administrator without an end would be left; the transaction must be rolled back.
pub fn set_end(
    conn: &mut Conn,
    admin: &Admin,
    ids: &[UserId],
    ends_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<usize> {
    let admins = lock_admins(conn, admin)?;
    let mut changed = 0;
    for user in get_many(conn, admin, ids)?.iter().filter(|user| user.ends_at != ends_at) {
        changed += diesel::update(users::table.find(user.id.0))
            .set((users::ends_at.eq(ends_at.map(|end| end.naive_utc())), users::version.eq(users::version + 1)))
            .execute(conn)?;
        failed_sign_ins::forget(conn, &user.name)?;
        let detail = user_changes(user, &UserContent { ends_at, ..user.content() });
        audit_user(conn, admin.actor(), Action::Changed, user.name.as_str(), detail, now)?;
    }
    require_admin(conn, admins)?;
    Ok(changed)
}

/// Deletes users; returns the number of users that existed. The audit trail keeps their names.
///
/// # Errors
/// [`Error::LastAdmin`] when no active administrator would be left; the transaction must be rolled back.
pub fn delete(conn: &mut Conn, admin: &Admin, ids: &[UserId], now: Timestamp) -> Result<usize> {
    conn.lock_readers()?;
    let admins = lock_admins(conn, admin)?;
    let mut deleted = 0;
    for user in get_many(conn, admin, ids)? {
        keys::end_all(conn, admin, &user, now)?;
        let gone = diesel::delete(users::table.find(user.id.0)).execute(conn)?;
        if gone > 0 {
            audit_user(conn, admin.actor(), Action::Deleted, user.name.as_str(), user.role.as_str().into(), now)?;
        }
        deleted += gone;
    }
    require_admin(conn, admins)?;
    Ok(deleted)
}

/// Sets the password of a user that still has version `from`. Returns false when there is no such user.
///
/// # Errors
/// [`Error::Stale`] when the user was changed meanwhile, perhaps by the same form sent twice.
pub fn set_password_from(
    conn: &mut Conn,
    admin: &Admin,
    id: UserId,
    from: Version,
    hash: &PasswordHash,
    now: Timestamp,
) -> Result<bool> {
    let Some(user) = get(conn, admin, id)? else { return Ok(false) };
    // The version is compared in the statement: of two transactions with the same form, one changes no row.
    let changed = diesel::update(users::table.find(id.0).filter(users::version.eq(from.0)))
        .set((users::password_hash.eq(hash.reveal()), users::version.eq(from.next().0)))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    invitations::end(conn, id, now)?;
    failed_sign_ins::forget(conn, &user.name)?;
    let detail = "by an administrator".into();
    audit_user(conn, admin.actor(), Action::PasswordSet, user.name.as_str(), detail, now)?;
    Ok(true)
}

/// Sets the password of a user. Returns false when there is no such user.
pub fn set_password(conn: &mut Conn, admin: &Admin, id: UserId, hash: &PasswordHash, now: Timestamp) -> Result<bool> {
    let Some(user) = get(conn, admin, id)? else { return Ok(false) };
    let changed = store_password(conn, id, hash)?;
    if changed {
        invitations::end(conn, id, now)?;
        failed_sign_ins::forget(conn, &user.name)?;
        let detail = "by an administrator".into();
        audit_user(conn, admin.actor(), Action::PasswordSet, user.name.as_str(), detail, now)?;
    }
    Ok(changed)
}

/// Forgets the wrong passwords for a user, in all running instances at once. Returns false when there is no such user.
pub fn unlock(conn: &mut Conn, admin: &Admin, id: UserId, now: Timestamp) -> Result<bool> {
    let Some(user) = get(conn, admin, id)? else { return Ok(false) };
    failed_sign_ins::forget(conn, &user.name)?;
    // The row is written unchanged: the feed reports it to every instance, and each forgets its own count.
    diesel::update(users::table.find(id.0)).set(users::name.eq(users::name)).execute(conn)?;
    let detail = "wrong passwords forgotten".into();
    audit_user(conn, admin.actor(), Action::Changed, user.name.as_str(), detail, now)?;
    Ok(true)
}

/// Locks the rows of all active administrators without an end and counts them. A second transaction that removes one of
/// them waits, and then counts what the first one left: PostgreSQL at READ COMMITTED rereads locked rows.
///
/// # Errors
/// [`Error::NotAllowed`] when the acting account has ended, was disabled or lost its role.
fn lock_admins(conn: &mut Conn, by: &Admin) -> Result<usize> {
    require_present(conn, by.editor())?;
    let admins = users::table
        .filter(users::role.eq(Role::Admin.as_str()))
        .filter(users::active)
        .filter(users::ends_at.is_null());
    Ok(diesel::update(admins).set(users::version.eq(users::version)).execute(conn)?)
}

/// Refuses a transaction that leaves no active administrator where there was one before.
fn require_admin(conn: &mut Conn, before: usize) -> Result<()> {
    let admins = users::table
        .filter(users::role.eq(Role::Admin.as_str()))
        .filter(users::active)
        .filter(users::ends_at.is_null());
    let left: i64 = admins.select(count_star()).first(conn)?;
    if before > 0 && left == 0 { Err(Error::LastAdmin) } else { Ok(()) }
}

fn store_password(conn: &mut Conn, id: UserId, hash: &PasswordHash) -> Result<bool> {
    let changed = diesel::update(users::table.find(id.0))
        .set((users::password_hash.eq(hash.reveal()), users::version.eq(users::version + 1)))
        .execute(conn)?;
    Ok(changed > 0)
}
