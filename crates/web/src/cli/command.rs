//! Runs commands of the store for the operator.

use domain::access::Admin;
use store::{
    Store,
    writing::{self, AccessDiff, Command, Consent, Outcome},
};

use crate::db::run_command;

/// The maximum number of pages that a message names.
const MAX_NAMED_PAGES: usize = 20;

/// Runs a command in its own transaction.
pub(super) fn run(store: &Store, command: &Command, consent: Consent) -> store::Result<Outcome> {
    let by = Admin::command_line();
    store.write(|conn| run_command(conn, by.editor(), command, consent.clone(), &mut |_| {}))
}

/// Runs a command; `yes` is the option `--yes`.
///
/// # Errors
/// A sentence that names who would gain access, if anybody would and `yes` is false.
pub(super) fn run_with_consent(store: &Store, command: &Command, yes: bool) -> Result<Outcome, String> {
    let consent = if yes { Consent::Any } else { Consent::Stated };
    run(store, command, consent).map_err(|error| match error {
        store::Error::Unconfirmed => {
            match store.snapshot(|conn| writing::preview(conn, Admin::command_line().editor(), command)) {
                Ok(diff) => gains_message(&diff),
                Err(error) => error.to_string(),
            }
        }
        error => error.to_string(),
    })
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
