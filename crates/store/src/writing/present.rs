//! Whether the account that acts may still do so.

use diesel::prelude::*;
use domain::{access::Editor, user::Role};

use crate::{Conn, Error, Result, active::is_active, schema::users};

/// Refuses an account that has ended, or was disabled, deleted or given a lesser role, since its credentials were verified.
pub(super) fn require_present(conn: &mut Conn, by: &Editor) -> Result<()> {
    let Some(user) = by.user() else { return Ok(()) };
    let role: Option<String> =
        users::table.find(user.0).filter(is_active()).select(users::role).first(conn).optional()?;
    let role = role.and_then(|role| Role::parse(&role).ok());
    let allowed = role.is_some_and(|role| if by.is_admin() { role.may_administer() } else { role.may_edit() });
    if allowed { Ok(()) } else { Err(Error::NotAllowed) }
}
