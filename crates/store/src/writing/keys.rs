//! Ending keys, which act in the name of an account without its password: links to set a password, app passwords, and the shares
//! that the account made.

use domain::{
    Timestamp,
    access::Admin,
    audit::Action,
    keys::{KeyCounts, KeyKind},
    user::{User, UserId},
};

use super::{
    app_passwords::{self, Ended},
    audit::audit_user,
    invitations,
    present::require_present,
    shares,
};
use crate::{Conn, Result, keys, shares as reading, users};

/// The most keys of a kind that the audit entry names.
const NAMED: usize = 20;

/// Ends all keys of a user, whose account stays active: one audit entry says which. Returns the number of each kind; `None`
/// when there is no such user.
///
/// # Errors
/// [`NotAllowed`](crate::Error::NotAllowed) when the acting account was disabled or lost its role.
pub fn end_of_user(conn: &mut Conn, admin: &Admin, user: UserId, now: Timestamp) -> Result<Option<KeyCounts>> {
    require_present(conn, admin.editor())?;
    invitations::lock(conn, user)?;
    let Some(account) = users::get(conn, admin, user)? else { return Ok(None) };
    let links = keys::of_user(conn, admin, user, now)?.links;
    invitations::end(conn, user, now)?;
    let app_passwords = app_passwords::end_valid(conn, user, now)?;
    let (shares, labels) = shares::end_made_by(conn, user, NAMED, now)?;
    let ended = KeyCounts { links, app_passwords: app_passwords.len(), shares };
    if ended.total() > 0 {
        let names: Vec<String> = app_passwords.iter().map(|name| format!("“{name}”")).collect();
        let detail = [(KeyKind::Link, &[][..]), (KeyKind::AppPassword, &names), (KeyKind::Share, &labels)]
            .into_iter()
            .filter(|(kind, _)| ended.of(*kind) > 0)
            .map(|(kind, names)| part(kind, ended.of(kind), names))
            .collect::<Vec<String>>();
        let detail = format!("all keys: {}", detail.join("; "));
        audit_user(conn, admin.actor(), Action::Ended, account.name.as_str(), detail, now)?;
    }
    Ok(Some(ended))
}

/// `2 app passwords “backup”, “cron”`; the first names and the number of the others.
fn part(kind: KeyKind, count: usize, names: &[String]) -> String {
    let shown = &names[..names.len().min(NAMED)];
    let others = if shown.is_empty() { 0 } else { count - shown.len() };
    let names = shown.iter().map(|name| format!(" {name}")).collect::<Vec<String>>().join(",");
    let others = if others > 0 { format!(" and {others} more") } else { String::new() };
    format!("{}{names}{others}", kind.counted(count))
}

/// Ends all keys of a user, who is disabled or deleted; returns their number. Enabling the account again restores none.
pub(super) fn end_all(conn: &mut Conn, admin: &Admin, user: &User, now: Timestamp) -> Result<usize> {
    let made = reading::open_of_user(conn, admin, user.id, now)?;
    let links = invitations::end(conn, user.id, now)?;
    let app_passwords = app_passwords::end_for(conn, admin, user, Ended::All, now)?;
    Ok(links + app_passwords + shares::end_checked(conn, admin.editor(), &made, now)?)
}
