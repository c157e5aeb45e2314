//! The messages of all languages agree with each other and with the places that use them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;

use super::{Language, sentence::Sentence};

/// The messages of a language by key, as its file has them.
fn messages(language: Language) -> BTreeMap<String, String> {
    let mut messages = BTreeMap::new();
    let mut key = String::new();
    for line in language.source().lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(" =") {
            Some((name, rest)) if line.starts_with(|c: char| c.is_ascii_lowercase()) => {
                key = name.to_owned();
                assert!(messages.insert(key.clone(), rest.to_owned()).is_none(), "{language:?} has {name} twice");
            }
            _ if line.is_empty() => {}
            _ => messages.get_mut(&key).unwrap().push_str(&format!("\n{line}")),
        }
    }
    messages
}

/// The names of the arguments in a message.
fn arguments(message: &str) -> BTreeSet<String> {
    let names = message.split('$').skip(1);
    names
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect())
        .collect()
}

/// The names of the variants in a message, such as `one` and `other`.
fn variants(message: &str) -> BTreeSet<&str> {
    message.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(name, _)| name).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files below a folder with an extension, and their texts.
fn files(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// The templates of the reader's side, without comments.
fn templates() -> Vec<(PathBuf, String)> {
    let of_readers = files(&root().join("templates"), "html")
        .into_iter()
        .filter(|(path, _)| !path.iter().any(|part| part == "admin"));
    of_readers.map(|(path, text)| (path, without(&text, "{#", "#}"))).collect()
}

/// A text without the parts between two marks.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        kept.push_str(before);
        kept.push(' ');
        rest = after.split_once(to).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The parts of a text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from).skip(1).filter_map(|rest| rest.split_once(to)).map(|(part, _)| part).collect()
}

/// The calls of `t` in a template: the key, and the names of the arguments. A key that Rust chose has no quotes.
fn calls(template: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut calls = Vec::new();
    for call in template.split("t(key=").skip(1) {
        let mut depth = 1;
        let end = call.char_indices().find(|(_, c)| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let mut parts = call[..end.unwrap().0].split(',').map(str::trim);
        let key = parts.next().unwrap().to_owned();
        calls.push((key, parts.map(|part| part.split_once('=').unwrap().0.to_owned()).collect()));
    }
    calls
}

#[test]
fn every_language_has_every_message_with_the_same_arguments() {
    for language in Language::ALL {
        assert!(super::parse(language).is_ok(), "{language:?}");
    }
    let english = messages(Language::English);
    for language in Language::ALL {
        let theirs = messages(language);
        assert_eq!(theirs.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{language:?}");
        for (key, message) in &theirs {
            assert_eq!(arguments(message), arguments(&english[key]), "{language:?}: {key}");
            assert!(!message.trim().is_empty(), "{language:?}: {key}");
            // Templates put a message into HTML as it is.
            let is_plain = !message.replace("->", "").contains(['<', '>', '&', '"']);
            assert!(is_plain, "{language:?}: {key} has a character of HTML");
        }
    }
}

#[test]
fn a_count_has_each_plural_form_of_its_language() {
    // The categories of CLDR for whole numbers below a million.
    let categories = |language| match language {
        Language::Arabic => vec!["zero", "one", "two", "few", "many", "other"],
        Language::Polish => vec!["one", "few", "many", "other"],
        _ => vec!["one", "other"],
    };
    let counts: Vec<String> = messages(Language::English)
        .into_iter()
        .filter(|(_, text)| variants(text).contains("other"))
        .map(|(key, _)| key)
        .collect();
    assert!(counts.len() > 1, "{counts:?}");
    for language in Language::ALL {
        let messages = messages(language);
        for key in &counts {
            let expected: BTreeSet<&str> = categories(language).into_iter().collect();
            assert_eq!(variants(&messages[key]), expected, "{language:?}: {key}");
        }
    }
}

#[test]
fn a_number_takes_the_plural_form_of_its_language() {
    let seconds = |language: Language, seconds: u64| {
        language.say(&Sentence::new("account-too-many").with("seconds", seconds)).replace(['\u{2068}', '\u{2069}'], "")
    };
    let check = |language, count, end: &str| {
        let text = seconds(language, count);
        assert!(text.ends_with(end), "{language:?} {count}: {text}");
    };
    check(Language::English, 1, "in 1 second.");
    check(Language::English, 2, "in 2 seconds.");
    check(Language::Polish, 1, "za 1 sekundę.");
    check(Language::Polish, 3, "za 3 sekundy.");
    check(Language::Polish, 5, "za 5 sekund.");
    check(Language::Polish, 12, "za 12 sekund.");
    check(Language::Polish, 22, "za 22 sekundy.");
    check(Language::Arabic, 1, "بعد ثانية واحدة.");
    check(Language::Arabic, 2, "بعد ثانيتين.");
    check(Language::Arabic, 3, "بعد 3 ثوانٍ.");
    check(Language::Arabic, 11, "بعد 11 ثانية.");
    check(Language::Arabic, 100, "بعد 100 ثانية.");
}

#[test]
fn dates_have_the_long_form_of_cldr() {
    let date = |language: Language, month| {
        let date = NaiveDate::from_ymd_opt(2026, month, 1).unwrap().and_hms_opt(9, 5, 0).unwrap();
        language.date(date).replace(['\u{2068}', '\u{2069}'], "")
    };
    for (language, march, november) in [
        (Language::Arabic, "1 مارس 2026", "1 نوفمبر 2026"),
        (Language::German, "1. März 2026", "1. November 2026"),
        (Language::English, "1 March 2026", "1 November 2026"),
        (Language::Spanish, "1 de marzo de 2026", "1 de noviembre de 2026"),
        (Language::French, "1 mars 2026", "1 novembre 2026"),
        (Language::Italian, "1 marzo 2026", "1 novembre 2026"),
        (Language::Dutch, "1 maart 2026", "1 november 2026"),
        (Language::Polish, "1 marca 2026", "1 listopada 2026"),
        (Language::Portuguese, "1 de março de 2026", "1 de novembro de 2026"),
    ] {
        assert_eq!((date(language, 3).as_str(), date(language, 11).as_str()), (march, november));
        let names: BTreeSet<String> = (1..=12).map(|month| date(language, month)).collect();
        assert_eq!(names.len(), 12, "{language:?}: {names:?}");
        let moment = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(9, 5, 0).unwrap();
        assert!(language.moment(moment).contains("09:05"), "{}", language.moment(moment));
    }
}

#[test]
fn a_region_has_the_words_of_its_language_and_an_unknown_language_has_english_ones() {
    for (tag, language) in [("de", "de"), ("de-AT", "de"), ("pt-BR", "pt"), ("AR-eg", "ar"), ("nl", "nl")] {
        assert_eq!(Language::of(tag).map(Language::tag), Some(language));
    }
    for tag in ["ja", "zh-Hant", "deu", "", "d"] {
        assert_eq!((Language::of(tag), Language::for_words(tag)), (None, Language::English), "{tag}");
    }
}

#[test]
fn templates_and_code_use_each_message_and_no_other() {
    let english = messages(Language::English);
    let mut used = BTreeSet::from(["date".to_owned(), "moment".to_owned()]);
    for (path, template) in templates() {
        for (key, given) in calls(&template) {
            let Some(key) = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) else { continue };
            let message = english.get(key).unwrap_or_else(|| panic!("{}: there is no message {key}", path.display()));
            assert_eq!(arguments(message), given, "{}: {key}", path.display());
            used.insert(key.to_owned());
        }
    }
    let sources = files(&root().join("crates/web/src"), "rs")
        .into_iter()
        .filter(|(path, _)| !path.ends_with("language/tests.rs"));
    for (path, source) in sources {
        for rest in source.split("Sentence::new(").skip(1) {
            if let Some((key, _)) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                assert!(english.contains_key(key), "{}: there is no message {key}", path.display());
            }
        }
        let literals = source.split('"').filter(|literal| english.contains_key(*literal));
        used.extend(literals.map(str::to_owned));
    }
    let unused: Vec<&String> = english.keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn a_template_for_readers_has_no_words_of_its_own() {
    let has_word = |text: &str| text.chars().any(char::is_alphabetic);
    for (path, template) in templates() {
        let path = path.display();
        // What a component is given as a text.
        for call in between(&template, "{{ <", "/> }}") {
            for name in ["label", "help", "empty", "here", "caption", "text"] {
                for value in between(call, &format!(" {name}=\""), "\"") {
                    assert!(!has_word(value), "{path}: {name}=\"{value}\"");
                }
            }
        }
        let html = without(&without(&template, "{{", "}}"), "{%", "%}");
        for name in ["aria-label", "placeholder", "title", "alt", "content"] {
            for value in between(&html, &format!(" {name}=\""), "\"") {
                let technical = ["width=device-width, initial-scale=1", "light dark", "noindex"];
                assert!(!has_word(value) || technical.contains(&value), "{path}: {name}=\"{value}\"");
            }
        }
        let text = without(&html, "<", ">");
        assert!(!has_word(&text), "{path}: {:?}", text.split_whitespace().collect::<Vec<_>>());
    }
}
