//! The commands beside `serve`: for the operator, who is at the machine and needs no password.

mod group;
mod health;
mod import;
mod page;
mod user;

use store::Store;

use crate::config::{Command, Config};

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
        Some(Command::Migrate { check: true }) => check_migrations(config),
        Some(Command::Migrate { check: false }) => migrate(config),
        Some(Command::CheckConfig) => health::check_config(config),
        Some(Command::Healthcheck) => health::healthcheck(&config.serve),
    }
}

/// A command that has ended has taken effect: servers that run on the database have had the time to hear of it.
fn let_servers_hear((): &()) {
    std::thread::sleep(store::feed::DELIVERED_WITHIN);
}

/// Opens a database that is there and up to date: a command that only looks or changes makes no file by mistake.
fn open(config: &Config) -> Result<Store, String> {
    let store = open_existing(config)?;
    match &store.pending().map_err(|error| error.to_string())?[..] {
        [] => Ok(store),
        pending => Err(format!("the database is not up to date ({} pending): run `postern migrate`", pending.len())),
    }
}

/// Opens a database, and makes and migrates it if it is new: for commands that make something.
fn open_or_create(config: &Config) -> Result<Store, String> {
    let store = connect(config)?;
    store.migrate().map_err(|error| error.to_string())?;
    Ok(store)
}

fn open_existing(config: &Config) -> Result<Store, String> {
    if let Some(file) = config.database()?.missing_file() {
        return Err(format!("there is no database file {}: run `postern` once, or set DATABASE_URL", file.display()));
    }
    connect(config)
}

fn connect(config: &Config) -> Result<Store, String> {
    Store::open(&config.database()?, 1).map_err(|error| error.to_string())
}

fn migrate(config: &Config) -> Result<(), String> {
    let applied = connect(config)?.migrate().map_err(|error| error.to_string())?;
    for migration in &applied {
        println!("applied {migration}");
    }
    println!("The database is up to date.");
    Ok(())
}

fn check_migrations(config: &Config) -> Result<(), String> {
    let pending = open_existing(config)?.pending().map_err(|error| error.to_string())?;
    for migration in &pending {
        println!("pending {migration}");
    }
    match pending.len() {
        0 => {
            println!("The database is up to date.");
            Ok(())
        }
        count => Err(format!("{count} migrations are pending: run `postern migrate`")),
    }
}
