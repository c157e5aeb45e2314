//! Advice to operators: which part of a database fails in an outage, and how to fix it.

use crate::{DatabaseUrl, Error, Outage, Unavailable, sqlite_files, url::Kind};

/// The error with the part that fails and the fix added to its words, if it is an outage with known advice.
pub(crate) fn explained(url: &DatabaseUrl, error: Error) -> Error {
    match error {
        Error::Unavailable(Unavailable { outage, words }) => {
            let words = match advice(url, outage) {
                Some(advice) => format!("{words}: {advice}"),
                None => words,
            };
            Error::Unavailable(Unavailable { outage, words })
        }
        error => error,
    }
}

/// The error of a database that cannot be opened.
pub(crate) fn unopened(url: &DatabaseUrl, cause: &str) -> Error {
    let outage = Outage::of_message(cause);
    let advice = outage
        .and_then(|outage| advice(url, outage))
        .unwrap_or_else(|| "check DATABASE_URL, that the database is there, and that it lets this user in".into());
    let words = format!("{url} cannot be opened: {cause}: {advice}");
    Error::Unavailable(Unavailable::new(outage.unwrap_or(Outage::Silent), words))
}

fn advice(url: &DatabaseUrl, outage: Outage) -> Option<String> {
    let sqlite = match url.kind() {
        Kind::Sqlite(file) => Some(file),
        Kind::Postgres(_) => None,
    };
    Some(match (outage, sqlite) {
        (Outage::Locked, _) => {
            "another transaction did not end in time; a bulk change, a migration or another program may run".into()
        }
        (Outage::Full, Some(file)) => format!("free space on the disk of {}", file.display()),
        (Outage::Full, None) => "free space on the disk of the database server".into(),
        (Outage::ReadOnly | Outage::NotPermitted, Some(file)) => sqlite_files::obstacle(file).unwrap_or_else(|| {
            format!("check the owner and the mode of {} and of its folder, and the limit of open files", file.display())
        }),
        (Outage::ReadOnly, None) => "the server takes no writes, because it is a standby or because \
                                     default_transaction_read_only is on: name the primary server in DATABASE_URL, or \
                                     turn the setting off"
            .into(),
        (Outage::TooManyConnections, _) => "raise max_connections of the server, or the limit of the role or of the \
                                            database, or run fewer instances: each opens up to 14 connections"
            .into(),
        (Outage::Damaged, _) => "check the disk, and restore a backup if the database is damaged".into(),
        (Outage::NotPermitted, None) | (Outage::TimedOut | Outage::Exhausted | Outage::Silent, _) => return None,
    })
}
