//! Runs commands of the store for the operator.

use domain::access::Admin;
use store::{
    Store,
    writing::{self, AccessDiff, Command, Consent, Outcome},
};

use super::waiting::announced;
use crate::db::run_command;

/// The maximum number of pages that a message names.
const MAX_NAMED_PAGES: usize = 20;

/// Runs a command in its own transaction. It waits for other changes as long as they take, and says so.
pub(super) fn run(store: &Store, command: &Command, consent: Consent) -> store::Result<Outcome> {
    let by = Admin::command_line();
    announced(|| store.write(|conn| run_command(conn, by.editor(), command, consent.clone(), &mut |_| {})))
}

/// Runs commands in one transaction, as [`run`] does with one.
pub(super) fn run_all(store: &Store, commands: &[Command], consent: Consent) -> store::Result<()> {
    let by = Admin::command_line();
    announced(|| {
        store.write(|conn| {
            let mut run = |command| run_command(conn, by.editor(), command, consent.clone(), &mut |_| {}).map(drop);
            commands.iter().try_for_each(&mut run)
        })
    })
}

/// Runs a command; `yes` is the option `--yes`. Returns `None` if somebody else changed the page meanwhile.
///
/// # Errors
/// A sentence that names who would gain access, if anybody would and `yes` is false.
pub(super) fn run_with_consent(store: &Store, command: &Command, yes: bool) -> Result<Option<Outcome>, String> {
    let consent = if yes { Consent::Any } else { Consent::Stated };
    match run(store, command, consent) {
        Ok(outcome) => Ok(Some(outcome)),
        Err(store::Error::Stale) => Ok(None),
        Err(store::Error::Unconfirmed) => {
            match store.snapshot(|conn| writing::preview(conn, Admin::command_line().editor(), command)) {
                Ok(diff) => Err(gains_message(&diff)),
                Err(error) => Err(error.to_string()),
            }
        }
        Err(error) => Err(error.to_string()),
    }
}

fn gains_message(diff: &AccessDiff) -> String {
    let gains = diff.changes().iter().filter(|change| change.is_unstated_gain()).filter_map(|change| {
        let who = change.added.as_ref()?;
        Some(format!("{} by {who}", change.path))
    });
    let gains: Vec<String> = gains.collect();
    let shown = gains.iter().take(MAX_NAMED_PAGES).cloned().collect::<Vec<_>>().join("; ");
    let pages = if gains.len() == 1 { "page" } else { "pages" };
    format!("more people could then read {} {pages}: {shown}. To do it, add --yes", gains.len())
}
