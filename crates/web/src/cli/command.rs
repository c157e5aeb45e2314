//! Running a command of the store for the operator.

use domain::access::Admin;
use store::{
    Store,
    writing::{self, AccessDiff, Command, Consent, Outcome, Run},
};

use crate::{clock, markdown};

/// The most pages that a message names.
const MAX_NAMED: usize = 20;

/// Runs a command in a transaction of its own.
///
/// # Errors
/// The error of the command.
pub(super) fn run(store: &Store, command: &Command, consent: Consent) -> store::Result<Outcome> {
    let by = Admin::command_line();
    store.write(|conn| {
        let (now, links) = (clock::now(), markdown::targets as writing::LinkTargets);
        let mut run = Run { by: by.editor(), now, consent: consent.clone(), links, progress: &mut |_| {} };
        writing::run(conn, &mut run, command)
    })
}

/// Runs a command for an operator who may have said `--yes`.
///
/// # Errors
/// A sentence that names the people who would gain access, if the operator did not say so.
pub(super) fn run_unless_it_opens(store: &Store, command: &Command, yes: bool) -> Result<Outcome, String> {
    let consent = if yes { Consent::Any } else { Consent::Stated };
    run(store, command, consent).map_err(|error| match error {
        store::Error::Unconfirmed => {
            match store.snapshot(|conn| writing::preview(conn, Admin::command_line().editor(), command)) {
                Ok(diff) => opening(&diff),
                Err(error) => error.to_string(),
            }
        }
        error => error.to_string(),
    })
}

fn opening(diff: &AccessDiff) -> String {
    let gains = diff.changes().iter().filter(|change| !change.stated).filter_map(|change| {
        let who = change.added.as_ref()?;
        Some(format!("{} by {who}", change.path))
    });
    let gains: Vec<String> = gains.collect();
    let shown = gains.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join("; ");
    format!("{} pages could then be read by more people: {shown}. To do it, add --yes", gains.len())
}
