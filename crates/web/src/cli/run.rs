//! Dispatches the commands.

use std::process::ExitCode;

use super::{audit, file, group, health, migrate, page, share, token, user};
use crate::{
    cache::generations::HOLDS_WITHIN,
    config::{
        Config,
        args::{Command, FileCommand, GroupCommand, PageCommand, ShareCommand, TokenCommand, UserCommand},
    },
};

/// Runs the command of the command line; returns its exit code, which says more than failure or success for some
/// commands.
///
/// # Errors
/// One line with the cause and the fix.
pub fn run(config: &Config) -> Result<ExitCode, String> {
    let done = match &config.command {
        Some(Command::Audit(options)) => return Ok(audit::run(config, options)),
        None | Some(Command::Serve(_)) => crate::serve::run(config),
        Some(Command::User(command)) => user::run(config, command),
        Some(Command::Token(command)) => token::run(config, command),
        Some(Command::Group(command)) => group::run(config, command),
        Some(Command::Page(command)) => page::run(config, command),
        Some(Command::File(command)) => file::run(config, command),
        Some(Command::Share(share)) => share::run(config, share),
        Some(Command::Migrate { check: true }) => migrate::check_migrations(config),
        Some(Command::Migrate { check: false }) => migrate::migrate(config),
        Some(Command::CheckConfig(_)) => health::check_config(config),
        Some(Command::Healthcheck { .. }) => health::healthcheck(&config.serve),
    };
    if done.is_ok() && config.command.as_ref().is_some_and(changes_something) {
        // When the command ends, its change holds for the next request to every server, also to one that was suspended meanwhile.
        std::thread::sleep(HOLDS_WITHIN);
    }
    done.map(|()| ExitCode::SUCCESS)
}

/// Whether running servers have to learn of what a command did.
fn changes_something(command: &Command) -> bool {
    match command {
        Command::User(command) => !matches!(command, UserCommand::List),
        Command::Token(command) => !matches!(command, TokenCommand::List { .. }),
        Command::Group(command) => !matches!(command, GroupCommand::List | GroupCommand::Show { .. }),
        Command::Page(command) => !matches!(command, PageCommand::List | PageCommand::Show { .. }),
        Command::File(command) => !matches!(command, FileCommand::List { .. } | FileCommand::Get { .. }),
        Command::Share(share) => !matches!(share.command, Some(ShareCommand::List)),
        _ => false,
    }
}
