//! From a command to the file that does it.

use super::{args::Command, group, health, migrate, page, user};
use crate::config::Config;

/// Runs what the command line asks for.
///
/// # Errors
/// One line with the cause and the mend.
pub fn run(config: &Config) -> Result<(), String> {
    match &config.command {
        None | Some(Command::Serve) => crate::serve::run(config),
        Some(Command::User(command)) => user::run(config, command).inspect(let_servers_hear),
        Some(Command::Group(command)) => group::run(config, command).inspect(let_servers_hear),
        Some(Command::Page(command)) => page::run(config, command).inspect(let_servers_hear),
        Some(Command::Migrate { check: true }) => migrate::check_migrations(config),
        Some(Command::Migrate { check: false }) => migrate::migrate(config),
        Some(Command::CheckConfig) => health::check_config(config),
        Some(Command::Healthcheck) => health::healthcheck(&config.serve),
    }
}

/// A command that has ended has taken effect: servers that run on the database have had the time to hear of it.
fn let_servers_hear((): &()) {
    std::thread::sleep(store::feed::DELIVERED_WITHIN);
}
