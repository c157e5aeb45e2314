//! What is wrong with a form: a message for each field that has to be mended.

use std::fmt;

/// The messages of a form that was refused, each under the name of its field. Never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid(Vec<(&'static str, String)>);

impl Invalid {
    /// One message for one field.
    pub fn one(field: &'static str, message: impl Into<String>) -> Invalid {
        Invalid(vec![(field, message.into())])
    }

    /// Adds a message; the first one for a field is the one shown.
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push((field, message.into()));
    }

    /// Adds what is wrong with a part of the form.
    pub fn extend(&mut self, part: Invalid) {
        self.0.extend(part.0);
    }

    /// The value of a field that parsed, or `None` after noting its message.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|message| self.add(field, message)).ok()
    }

    /// The message of a field, if it has one.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }

    /// Every field with its message, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(field, message)| (*field, message.as_str()))
    }

    /// Whether nothing is wrong.
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
