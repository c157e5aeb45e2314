//! Links with which people set their own password. At most one of a user is open.

use diesel::prelude::*;
use domain::{
    Timestamp,
    access::Admin,
    audit::Action,
    invitation::{Invitation, InvitationId, LIFETIME},
    password::PasswordHash,
    secret::SecretHash,
    user::{UserId, Username},
};

use super::{audit::audit_user, failed_sign_ins};
use crate::{
    Conn, Error, Result,
    active::is_active,
    id, invitations as reading,
    schema::{invitations, users},
    users::get,
};

/// The newest link of a user that was known when another one was requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// This one, or none: the same form sent twice makes one link, and the one that was shown stays open.
    Latest(Option<InvitationId>),
    /// Any one.
    Any,
}

/// Makes a link for a user, which ends the one before it.
///
/// # Errors
/// [`Error::Stale`] when the user is gone or has a newer link than the one that is known, [`Error::Refused`] when the account
/// cannot sign in.
pub fn make(
    conn: &mut Conn,
    admin: &Admin,
    user: UserId,
    known: Known,
    secret: &SecretHash,
    now: Timestamp,
) -> Result<Invitation> {
    lock(conn, user)?;
    let account = get(conn, admin, user)?.ok_or(Error::Stale)?;
    if !account.is_active_at(now) {
        return Err(Error::Refused(format!("{} is disabled or has ended, and could not use a link.", account.name)));
    }
    if let Known::Latest(known) = known
        && reading::latest(conn, admin, user)?.map(|latest| latest.id) != known
    {
        return Err(Error::Stale);
    }
    end(conn, user, now)?;
    insert(conn, admin, user, secret, now)?;
    let detail = "a link to set a password was made".into();
    audit_user(conn, admin.actor(), Action::Changed, account.name.as_str(), detail, now)?;
    reading::find(conn, secret)?.ok_or(Error::Stale)
}

/// Adds the first link of a user.
pub(super) fn insert(conn: &mut Conn, admin: &Admin, user: UserId, secret: &SecretHash, now: Timestamp) -> Result<()> {
    diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(id::new()?),
            invitations::user_id.eq(user.0),
            invitations::secret_hash.eq(secret.to_hex()),
            invitations::made_at.eq(now.naive_utc()),
            invitations::made_by.eq(admin.actor()),
            invitations::ends_at.eq((now + LIFETIME).naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends the open links of a user; returns their number.
pub(super) fn end(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<usize> {
    let open = invitations::table
        .filter(invitations::user_id.eq(user.0))
        .filter(invitations::used_at.is_null())
        .filter(invitations::ended_at.is_null());
    Ok(diesel::update(open).set(invitations::ended_at.eq(Some(now.naive_utc()))).execute(conn)?)
}

/// Ends the open link of a user. Returns false when there was none.
pub fn revoke(conn: &mut Conn, admin: &Admin, user: UserId, now: Timestamp) -> Result<bool> {
    lock(conn, user)?;
    let Some(account) = get(conn, admin, user)? else { return Ok(false) };
    let ended = end(conn, user, now)? > 0;
    if ended {
        let detail = "the link to set a password was ended".into();
        audit_user(conn, admin.actor(), Action::Changed, account.name.as_str(), detail, now)?;
    }
    Ok(ended)
}

/// Sets the password of the user of a link, which is used up by this. `None` when the link cannot be used, for any reason.
///
/// # Errors
/// [`Error::Stale`] when another request was first with this link; the transaction must be rolled back.
pub fn redeem(
    conn: &mut Conn,
    secret: &SecretHash,
    password: &PasswordHash,
    now: Timestamp,
) -> Result<Option<Username>> {
    let Some(link) = reading::find(conn, secret)?.filter(|link| link.is_open_at(now)) else { return Ok(None) };
    // The user before the link, as every other change locks them.
    let changed = diesel::update(users::table.find(link.user.0).filter(is_active()))
        .set((users::password_hash.eq(password.reveal()), users::version.eq(users::version + 1)))
        .execute(conn)?;
    if changed == 0 {
        return Ok(None);
    }
    // The state is compared in the statement: of two transactions with the same link, one changes no row.
    let open = invitations::table
        .find(link.id.0)
        .filter(invitations::used_at.is_null())
        .filter(invitations::ended_at.is_null());
    if diesel::update(open).set(invitations::used_at.eq(Some(now.naive_utc()))).execute(conn)? == 0 {
        return Err(Error::Stale);
    }
    failed_sign_ins::forget(conn, &link.name)?;
    let detail = format!("with a link made by {}", link.made_by);
    audit_user(conn, link.name.as_str(), Action::PasswordSet, link.name.as_str(), detail, now)?;
    Ok(Some(link.name))
}

/// Locks the row of a user, so that two transactions do not both leave an open link.
pub(super) fn lock(conn: &mut Conn, user: UserId) -> Result<()> {
    diesel::update(users::table.find(user.0)).set(users::version.eq(users::version)).execute(conn)?;
    Ok(())
}
