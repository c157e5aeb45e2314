//! Changes that users make to their own accounts.

use diesel::prelude::*;
use domain::{
    Timestamp,
    audit::Action,
    password::PasswordHash,
    user::{Theme, UserId},
    visitor::Member,
};

use super::{audit::audit_user, failed_sign_ins, invitations};
use crate::{Conn, Result, schema::users};

/// Changes the password of the acting user. Returns false when the account is gone or its hash is no longer `proven`.
pub fn change_own_password(
    conn: &mut Conn,
    member: &Member,
    proven: &PasswordHash,
    hash: &PasswordHash,
    now: Timestamp,
) -> Result<bool> {
    let changed = diesel::update(users::table.find(member.id.0).filter(users::password_hash.eq(proven.reveal())))
        .set((users::password_hash.eq(hash.reveal()), users::version.eq(users::version + 1)))
        .execute(conn)?
        > 0;
    if changed {
        invitations::end(conn, member.id, now)?;
        failed_sign_ins::forget(conn, &member.name)?;
        let detail = "by its user".into();
        audit_user(conn, member.name.as_str(), Action::PasswordSet, member.name.as_str(), detail, now)?;
    }
    Ok(changed)
}

/// Replaces a hash by a stronger one of the same password. Returns false when the password was changed meanwhile.
pub fn rehash(conn: &mut Conn, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool> {
    let changed = diesel::update(users::table.find(id.0).filter(users::password_hash.eq(old.reveal())))
        .set(users::password_hash.eq(new.reveal()))
        .execute(conn)?;
    Ok(changed > 0)
}

/// Stores the colour theme of a user.
pub fn set_theme(conn: &mut Conn, id: UserId, theme: Theme) -> Result<()> {
    diesel::update(users::table.find(id.0)).set(users::theme.eq(theme.as_str())).execute(conn)?;
    Ok(())
}
