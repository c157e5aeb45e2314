//! Which database: a parsed `DATABASE_URL` that does not show its password.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Kind);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite(PathBuf),
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses a URL. `sqlite://postern.db` is relative to the working folder, `sqlite:///var/lib/postern.db` is not.
    ///
    /// # Errors
    /// One line that names what is understood; it does not repeat the URL, which may hold a password.
    pub fn parse(url: &str) -> Result<DatabaseUrl, String> {
        let understood = "write sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME";
        match url.split_once("://") {
            Some(("sqlite", file)) => {
                if file.is_empty() || file.ends_with('/') {
                    return Err(format!("a SQLite URL names a file: {understood}"));
                }
                if file.contains(['?', '\0']) || file == ":memory:" {
                    return Err(format!("a SQLite URL is a file without parameters: {understood}"));
                }
                Ok(DatabaseUrl(Kind::Sqlite(PathBuf::from(file))))
            }
            Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => {
                // libpq would repeat what it cannot read, and that may be the password.
                if !is_percent_encoded(rest) {
                    return Err("write spaces, % and other odd characters of the URL as %20, %25 and so on".into());
                }
                Ok(DatabaseUrl(Kind::Postgres(url.to_owned())))
            }
            Some((scheme @ ("postgres" | "postgresql"), _)) => Err(format!("{scheme}:// needs a host: {understood}")),
            Some((scheme, _)) => Err(format!("“{scheme}” is no database that Postern knows: {understood}")),
            None => Err(format!("this is no URL: {understood}")),
        }
    }

    /// The SQLite file, if it does not exist yet.
    pub fn missing_file(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Sqlite(file) if !file.exists() => Some(file),
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Kind::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether every byte may stand in a URL, and each % begins an escape.
fn is_percent_encoded(text: &str) -> bool {
    let escaped = |after: &str| after.get(..2).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    text.bytes().all(|b| b.is_ascii_graphic()) && text.split('%').skip(1).all(escaped)
}

/// The URL with its user, host and database, without its password and without parameters, which may hold one too.
fn without_password(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://".into() };
    // The last @: a password with one that is not percent-encoded is hidden whole.
    match rest.rsplit_once('@') {
        Some((credentials, place)) => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}
