//! A parsed `DATABASE_URL`, whose `Debug` and `Display` show neither its user nor its password.

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

    /// Whether the URL holds a password.
    pub fn has_password(&self) -> bool {
        match &self.0 {
            Kind::Sqlite(_) => false,
            Kind::Postgres(url) => {
                let credentials = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
                credentials.is_some_and(|(credentials, _)| credentials.contains(':')) || url.contains("password=")
            }
        }
    }

    /// How to write the URL if its user or its password has characters that should be percent-encoded; `None` if it has none.
    pub fn hint(&self) -> Option<&'static str> {
        let Kind::Postgres(url) = &self.0 else { return None };
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let credentials = rest.rsplit_once('@').map_or("", |(credentials, _)| credentials);
        (is_ambiguous(rest) || credentials.contains(['?', '#', '[', ']'])).then_some(
            "in the user name and the password of the URL, write @ as %40, / as %2F, ? as %3F, # as %23 and : as %3A; a \
             host has a number as its port, and a parameter a value",
        )
    }

    /// The hint, if libpq would misread the URL.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match &self.0 {
            Kind::Postgres(url) if url.split_once("://").is_some_and(|(_, rest)| is_ambiguous(rest)) => self.hint(),
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
            Kind::Postgres(url) => f.write_str(&without_credentials(url)),
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

/// The URL with its hosts and database. Everything between `//` and the last `@` is hidden, and so are the parameters: both
/// may hold a password.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://".into() };
    if is_ambiguous(rest) {
        return format!("{scheme}://…");
    }
    let (hidden, place) = match rest.rsplit_once('@') {
        Some((_, place)) => ("…@", place),
        None => ("", rest),
    };
    format!("{scheme}://{hidden}{}", place.split(['?', '#']).next().unwrap_or_default())
}

/// Whether libpq would not find user, password, host and parameters where the operator meant them, because a `@` or a `/`
/// is not percent-encoded. It would repeat parts of the password in its message.
fn is_ambiguous(rest: &str) -> bool {
    // What comes before the first @ is the user and the password, if no / comes earlier.
    let place = match rest.split_once('@') {
        Some((credentials, place)) if !credentials.contains('/') => place,
        _ => rest,
    };
    let (location, parameters) = place.split_once('?').unwrap_or((place, ""));
    let hosts = location.split('/').next().unwrap_or_default();
    let is_port = |host: &str| match host.rsplit_once(':') {
        Some((before, port)) if !host.ends_with(']') => {
            port.bytes().all(|byte| byte.is_ascii_digit()) && (!before.contains(':') || before.ends_with(']'))
        }
        _ => true,
    };
    let has_odd_parameter = !parameters.is_empty() && parameters.split('&').any(|part| !part.contains('='));
    place.contains('@') || has_odd_parameter || !hosts.split(',').all(is_port)
}
