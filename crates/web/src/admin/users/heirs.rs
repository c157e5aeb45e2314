//! Who gets the drafts of users who are disabled or deleted.

use domain::{
    access::Admin,
    user::{User, Username},
};
use store::{Conn, users, writing::drafts};

use crate::{clock, http::error::Error};

/// The most editors among whom the one is chosen who gets the drafts.
const OFFERED: u32 = 100;

/// The names of the editors who can have the drafts of users who leave: those who stay.
pub(super) fn heirs(conn: &mut Conn, admin: &Admin, leaving: &[&User]) -> store::Result<Vec<String>> {
    let stays = |name: &Username| leaving.iter().all(|user| user.name != *name);
    let editors = users::editor_names(conn, admin, OFFERED)?;
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

    /// Makes the editor the one who saved the drafts of these users last, in the transaction in which they leave, after that.
    ///
    /// # Errors
    /// [`store::Error::Refused`] when the editor cannot sign in, is no editor, or is gone: perhaps in the same transaction.
    pub(super) fn take_over(&self, conn: &mut Conn, admin: &Admin, from: &[User]) -> store::Result<()> {
        let Some(heir) = &self.0 else { return Ok(()) };
        for user in from {
            drafts::hand_over(conn, admin, user, heir, clock::now())?;
        }
        Ok(())
    }
}
