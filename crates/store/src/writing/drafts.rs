//! Handing over the drafts of an account that is disabled or deleted.

use diesel::prelude::*;
use domain::{
    Timestamp,
    access::Admin,
    audit::Action,
    user::{User, Username},
};

use super::audit::audit_user;
use crate::{Conn, Error, Result, schema::drafts, users::find};

/// Sets another editor as the one who saved the drafts of a user last; returns the number of drafts. Every editor sees all
/// drafts, so nobody gains access.
///
/// # Errors
/// [`Error::Refused`] when there is no active editor of that name.
pub fn hand_over(conn: &mut Conn, admin: &Admin, from: &User, to: &Username, now: Timestamp) -> Result<usize> {
    let can_edit = |user: &User| user.role.may_edit() && user.is_active_at(now) && user.id != from.id;
    if !find(conn, to)?.as_ref().is_some_and(can_edit) {
        return Err(Error::Refused(format!("There is no other active editor {to}.")));
    }
    let theirs = drafts::table.filter(drafts::saved_by.eq(from.name.as_str()));
    let handed = diesel::update(theirs).set(drafts::saved_by.eq(to.as_str())).execute(conn)?;
    if handed > 0 {
        let detail = format!("drafts handed over to {to}: {handed}");
        audit_user(conn, admin.actor(), Action::Changed, from.name.as_str(), detail, now)?;
    }
    Ok(handed)
}
