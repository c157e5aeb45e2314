//! The words of the reader's side, in nine languages: messages of Project Fluent, one file for each language, embedded in the
//! binary. The panel is English.

pub mod sentence;
pub mod template;
#[cfg(test)]
mod tests;

use std::{fmt, sync::OnceLock};

use chrono::{Datelike, NaiveDateTime, Timelike};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use sentence::Sentence;

/// A language that has messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Arabic.
    Arabic,
    /// German.
    German,
    /// English. Languages without messages use its words.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Italian.
    Italian,
    /// Dutch.
    Dutch,
    /// Polish.
    Polish,
    /// Portuguese.
    Portuguese,
}

/// The messages of a language, or the reason why they cannot be read.
type Messages = Result<FluentBundle<FluentResource>, String>;

/// The messages of each language, in the order of [`Language::ALL`]; those of a language are parsed when it is first used.
static MESSAGES: [OnceLock<Messages>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];

impl Language {
    /// All languages, in the order of their tags.
    pub const ALL: [Language; 9] = [
        Language::Arabic,
        Language::German,
        Language::English,
        Language::Spanish,
        Language::French,
        Language::Italian,
        Language::Dutch,
        Language::Polish,
        Language::Portuguese,
    ];

    /// The language of a tag of BCP 47, without its region and script: `de-AT` is German. `None` for a language without messages.
    pub fn of(tag: &str) -> Option<Language> {
        let primary = tag.split('-').next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language in which a site or a page with this tag is answered: English, where it has no messages.
    pub fn for_words(tag: &str) -> Language {
        Language::of(tag).unwrap_or_default()
    }

    /// The tag of the language.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Arabic => "ar",
            Language::German => "de",
            Language::English => "en",
            Language::Spanish => "es",
            Language::French => "fr",
            Language::Italian => "it",
            Language::Dutch => "nl",
            Language::Polish => "pl",
            Language::Portuguese => "pt",
        }
    }

    /// The text of the messages.
    pub fn source(self) -> &'static str {
        match self {
            Language::Arabic => include_str!("../messages/ar/site.ftl"),
            Language::German => include_str!("../messages/de/site.ftl"),
            Language::English => include_str!("../messages/en/site.ftl"),
            Language::Spanish => include_str!("../messages/es/site.ftl"),
            Language::French => include_str!("../messages/fr/site.ftl"),
            Language::Italian => include_str!("../messages/it/site.ftl"),
            Language::Dutch => include_str!("../messages/nl/site.ftl"),
            Language::Polish => include_str!("../messages/pl/site.ftl"),
            Language::Portuguese => include_str!("../messages/pt/site.ftl"),
        }
    }

    /// The message with a key.
    ///
    /// # Errors
    /// The key that no message has, or the argument that is missing.
    pub fn message(self, key: &str, arguments: &FluentArgs<'_>) -> Result<String, String> {
        let messages = MESSAGES[self as usize].get_or_init(|| parse(self)).as_ref().map_err(Clone::clone)?;
        let message = messages.get_message(key).ok_or_else(|| format!("there is no message {key}"))?;
        let pattern = message.value().ok_or_else(|| format!("the message {key} is empty"))?;
        let mut errors = Vec::new();
        let text = messages.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(format!("the message {key}: {error}")),
        }
    }

    /// A sentence in this language.
    pub fn say(self, sentence: &Sentence) -> String {
        match sentence {
            Sentence::English(text) => text.clone().into_owned(),
            // Tests find every key and every argument in each language.
            Sentence::Message { key, arguments } => {
                let arguments = arguments.iter().map(|(name, value)| (*name, value)).collect();
                self.message(key, &arguments).unwrap_or_else(|_| (*key).to_owned())
            }
        }
    }

    /// A date: `24 November 2026`.
    pub fn date(self, local: NaiveDateTime) -> String {
        self.say(
            &Sentence::new("date")
                .with("day", local.day())
                .with("month", local.month())
                .with("year", local.year().to_string()),
        )
    }

    /// A date and time: `24 November 2026, 13:05`.
    pub fn moment(self, local: NaiveDateTime) -> String {
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        self.say(&Sentence::new("moment").with("date", self.date(local)).with("time", time))
    }
}

/// The sentence in English, for the log.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Language::English.say(self))
    }
}

fn parse(language: Language) -> Messages {
    let tag = language.tag();
    let (resource, errors) = match FluentResource::try_new(language.source().to_owned()) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, errors)) => (resource, errors),
    };
    if let Some(error) = errors.first() {
        return Err(format!("the messages of {tag}: {error}"));
    }
    let known = tag.parse().map_err(|error| format!("the tag {tag}: {error}"))?;
    let mut bundle = FluentBundle::new_concurrent(vec![known]);
    // The marks around an argument keep its direction apart from that of the sentence. Where both run from left to right, they
    // would only be copied along with it.
    bundle.set_use_isolating(language == Language::Arabic);
    match bundle.add_resource(resource) {
        Ok(()) => Ok(bundle),
        Err(errors) => Err(format!("the messages of {tag}: {errors:?}")),
    }
}
