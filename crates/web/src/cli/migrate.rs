//! `postern migrate`

use super::database::{connect, open_existing};
use crate::config::Config;

/// Brings the database to this version's schema.
pub(super) fn migrate(config: &Config) -> Result<(), String> {
    let applied = connect(config)?.migrate().map_err(|error| error.to_string())?;
    for migration in &applied {
        println!("applied {migration}");
    }
    println!("The database is up to date.");
    Ok(())
}

/// Says which migrations are pending; an error if some are.
pub(super) fn check_migrations(config: &Config) -> Result<(), String> {
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
