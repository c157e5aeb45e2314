//! Dispatches the commands.

use std::process::ExitCode;

use super::{audit, file, group, health, migrate, page, share, token, user};
use crate::config::{Config, args::Command};

/// Runs the command of the command line; returns its exit code, which says more than failure or success for some
/// commands.
///
/// # Errors
/// One line with the cause and the fix.
pub fn run(config: &Config) -> Result<ExitCode, String> {
    let done = match &config.command {
        Some(Command::Audit(options)) => return Ok(audit::run(config, options)),
        None | Some(Command::Serve(_)) => crate::serve::run(config),
        Some(Command::User(command)) => user::run(config, command).inspect(wait_for_delivery),
        Some(Command::Token(command)) => token::run(config, command).inspect(wait_for_delivery),
        Some(Command::Group(command)) => group::run(config, command).inspect(wait_for_delivery),
        Some(Command::Page(command)) => page::run(config, command).inspect(wait_for_delivery),
        Some(Command::File(command)) => file::run(config, command).inspect(wait_for_delivery),
        Some(Command::Share(share)) => share::run(config, share).inspect(wait_for_delivery),
        Some(Command::Migrate { check: true }) => migrate::check_migrations(config),
        Some(Command::Migrate { check: false }) => migrate::migrate(config),
        Some(Command::CheckConfig(_)) => health::check_config(config),
        Some(Command::Healthcheck { .. }) => health::healthcheck(&config.serve),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Waits until the change feed has delivered the change to running servers, so that it has taken effect when the
/// command ends.
fn wait_for_delivery((): &()) {
    std::thread::sleep(store::feed::DELIVERED_WITHIN);
}
