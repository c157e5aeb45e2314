//! Opens the database for a command.

use store::Store;

use crate::{config::Config, markdown};

/// Opens an existing, migrated database. A mistyped URL must not create a new file.
pub(super) fn open(config: &Config) -> Result<Store, String> {
    open_for(config, 1)
}

/// As [`open`], with a pool of at most `connections` connections.
pub(super) fn open_for(config: &Config, connections: u32) -> Result<Store, String> {
    let store = open_existing(config, connections)?;
    match &store.pending().map_err(|error| error.to_string())?[..] {
        [] => Ok(store),
        pending => Err(format!("the database is not up to date ({} pending): run `postern migrate`", pending.len())),
    }
}

/// Opens a database, creates it if it is missing, and migrates it: for commands that add something.
pub(super) fn open_or_create(config: &Config) -> Result<Store, String> {
    let store = connect(config, 1)?;
    store.migrate().map_err(|error| error.to_string())?;
    Ok(store)
}

pub(super) fn open_existing(config: &Config, connections: u32) -> Result<Store, String> {
    if let Some(file) = config.database()?.missing_file() {
        return Err(format!("there is no database file {}: run `postern` once, or set DATABASE_URL", file.display()));
    }
    connect(config, connections)
}

pub(super) fn connect(config: &Config, connections: u32) -> Result<Store, String> {
    let store = Store::open(&config.database()?, connections).map_err(|error| error.to_string())?;
    Ok(store.indexing(markdown::plain))
}
