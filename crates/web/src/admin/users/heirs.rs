//! The editor who gets the drafts of users who are disabled or deleted.

use domain::{
    access::Admin,
    user::{User, UserId, Username},
};
use store::{Conn, users, writing::drafts};

use crate::{clock, http::error::Error};

/// The maximum number of editors that are offered to get the drafts.
const MAX_OFFERED: u32 = 100;

/// The names of the editors who can have the drafts of users who leave: those who stay.
pub(super) fn heirs(conn: &mut Conn, admin: &Admin, leaving: &[&User]) -> store::Result<Vec<String>> {
    let stays = |name: &Username| leaving.iter().all(|user| user.name != *name);
    let editors = users::editor_names(conn, admin, MAX_OFFERED)?;
    Ok(editors.into_iter().filter(stays).map(|name| name.to_string()).collect())
}

/// The editor who was chosen; nobody if the drafts stay as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Heir(Option<Username>);

impl Heir {
    /// Parses the name in a form; empty for nobody.
    ///
    /// # Errors
    /// 422 for a name that no user can have.
    pub(super) fn parse(typed: &str) -> Result<Heir, Error> {
        let name = Some(typed.trim()).filter(|name| !name.is_empty()).map(Username::parse);
        Ok(Heir(name.transpose().map_err(|words| Error::Unprocessable(words.into()))?))
    }

    /// Makes a change by which users leave, and then hands their drafts over to the editor.
    ///
    /// # Errors
    /// Those of the change; [`store::Error::Refused`] when the editor cannot sign in, is not an editor, or is gone,
    /// perhaps by the same change.
    pub(super) fn take_over_after<T>(
        &self,
        conn: &mut Conn,
        admin: &Admin,
        leaving: &[UserId],
        change: impl FnOnce(&mut Conn) -> store::Result<T>,
    ) -> store::Result<T> {
        let Some(heir) = &self.0 else { return change(conn) };
        let leaving = users::get_many(conn, admin, leaving)?;
        let changed = change(conn)?;
        for user in &leaving {
            drafts::hand_over(conn, admin, user, heir, clock::now())?;
        }
        Ok(changed)
    }
}
