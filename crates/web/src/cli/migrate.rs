//! `postern migrate`: applies the pending migrations, or lists them.

use super::database::{connect, open_existing};
use crate::config::Config;

/// Applies the pending migrations.
pub(super) fn migrate(config: &Config) -> Result<(), String> {
    let applied = connect(config, 1)?.migrate().map_err(|error| error.to_string())?;
    for migration in &applied {
        println!("applied {migration}");
    }
    println!("The database is up to date.");
    Ok(())
}

/// Lists the pending migrations; an error if there are any.
pub(super) fn check_migrations(config: &Config) -> Result<(), String> {
    let pending = open_existing(config, 1)?.pending().map_err(|error| error.to_string())?;
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
