//! A sentence whose language is not yet known.

use std::borrow::Cow;

use fluent_bundle::FluentValue;

/// The value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A text. The message contains it unchanged.
    Text(String),
    /// A number, which also chooses the plural form.
    Number(u64),
}

/// A sentence for a person, before the language of its page is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Sentence {
    /// A message of the reader's side.
    Message {
        /// The key of the message.
        key: &'static str,
        /// The names and the values of its arguments.
        arguments: Vec<(&'static str, Argument)>,
    },
    /// A sentence of the panel, which is English everywhere.
    English(Cow<'static, str>),
}

impl Sentence {
    /// The message with a key.
    pub fn new(key: &'static str) -> Sentence {
        Sentence::Message { key, arguments: Vec::new() }
    }

    /// Adds an argument.
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Sentence {
        if let Sentence::Message { arguments, .. } = &mut self {
            arguments.push((name, value.into()));
        }
        self
    }

    /// Whether the sentence is English in every language.
    pub fn is_english(&self) -> bool {
        matches!(self, Sentence::English(_))
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Argument {
        Argument::Text(text)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Argument {
        Argument::Text(text.to_owned())
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Argument {
        Argument::Number(number)
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Argument {
        Argument::Number(number.into())
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Argument {
        Argument::Number(number as u64)
    }
}

impl<'a> From<&'a Argument> for FluentValue<'a> {
    fn from(argument: &'a Argument) -> FluentValue<'a> {
        match argument {
            Argument::Text(text) => text.as_str().into(),
            Argument::Number(number) => number.into(),
        }
    }
}

impl From<&'static str> for Sentence {
    fn from(text: &'static str) -> Sentence {
        Sentence::English(text.into())
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Sentence {
        Sentence::English(text.into())
    }
}
