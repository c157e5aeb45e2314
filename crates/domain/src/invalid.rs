//! The errors of a form: a message for each field that its user has to fix.

use std::fmt;

/// The messages of a refused form, each under the name of its field. An `Invalid` that is returned as an error is never
/// empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid(Vec<(&'static str, String)>);

impl Invalid {
    /// An error with one message for one field.
    pub fn one(field: &'static str, message: impl Into<String>) -> Invalid {
        Invalid(vec![(field, message.into())])
    }

    /// Adds a message. A form shows only the first message of a field.
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push((field, message.into()));
    }

    /// Adds the messages of a part of the form.
    pub fn extend(&mut self, part: Invalid) {
        self.0.extend(part.0);
    }

    /// The value of a field that parsed; otherwise adds its message and returns `None`.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, impl Into<String>>) -> Option<T> {
        parsed.map_err(|message| self.add(field, message)).ok()
    }

    /// The first message of a field; `None` if it has none.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }

    /// All fields with their messages, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(field, message)| (*field, message.as_str()))
    }

    /// Whether there is no message.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (field, message)) in self.0.iter().enumerate() {
            let separator = if n == 0 { "" } else { "; " };
            write!(f, "{separator}{field}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}
