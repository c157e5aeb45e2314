//! What opens something in the name of an account without its password: the link to set a password, app passwords, and the shares
//! that the account made.

use domain::{Timestamp, access::Admin, user::User};

use super::{
    app_passwords::{self, Ended},
    invitations, shares,
};
use crate::{Conn, Result, shares as reading};

/// Ends all keys of a user, who is disabled or deleted; returns their number. Enabling the account again brings none back.
pub(super) fn end_all(conn: &mut Conn, admin: &Admin, user: &User, now: Timestamp) -> Result<usize> {
    let made = reading::open_of_user(conn, admin, user.id, now)?;
    let links = invitations::end(conn, user.id, now)?;
    let app_passwords = app_passwords::end_for(conn, admin, user, Ended::All, now)?;
    Ok(links + app_passwords + shares::end(conn, admin.editor(), &made, now)?)
}
