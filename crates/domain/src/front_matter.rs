//! Front matter: the fields that Jekyll, Hugo, Obsidian and others keep in YAML or TOML at the top of a Markdown file.

use crate::{
    language::LanguageTag,
    page::{PageInput, SUMMARY_CHARS},
    text::LINE_CHARS,
};

/// The most bytes in front matter.
const MAX_BYTES: usize = 16 * 1024;
/// The most fields that the message about the front matter names as left out.
const MAX_NAMED: usize = 12;

const TITLE: [&str; 1] = ["title"];
const SUMMARY: [&str; 4] = ["summary", "description", "excerpt", "abstract"];
const LANGUAGE: [&str; 3] = ["lang", "language", "locale"];
const DATE: [&str; 6] = ["date", "publishdate", "published", "pubdate", "pubdatetime", "created"];

/// The fields of front matter that a page has too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// The title on one line, at most 200 characters.
    pub title: Option<String>,
    /// The summary on one line, at most 500 characters.
    pub summary: Option<String>,
    /// The date, as [`crate::zone::Zone::parse_moment`] reads it.
    pub date: Option<String>,
    /// The tag of the language, as [`LanguageTag::parse`] reads it.
    pub language: Option<String>,
    /// The names of the other fields, and of those whose values a page cannot have.
    pub left_out: Vec<String>,
}

/// Splits a text into its front matter and the rest; `None` if it has none. A horizontal rule at the top of a text is not front
/// matter: each line up to the closing one has to be a field, a part of one, or a comment.
pub fn split(text: &str) -> Option<(FrontMatter, &str)> {
    let inner = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (first, rest) = inner.split_once('\n')?;
    let syntax = match first.trim_end() {
        "---" => Syntax::Yaml,
        "+++" => Syntax::Toml,
        _ => return None,
    };
    let mut lines = Vec::new();
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        let line = line.trim_end();
        if syntax.closes(line) {
            let fields = syntax.fields(&lines)?;
            return Some((FrontMatter::of(fields), rest[at..].trim_start_matches(['\n', '\r'])));
        }
        if at > MAX_BYTES {
            return None;
        }
        lines.push(line);
    }
    None
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Yaml,
    Toml,
}

impl Syntax {
    fn closes(self, line: &str) -> bool {
        match self {
            Syntax::Yaml => line == "---" || line == "...",
            Syntax::Toml => line == "+++",
        }
    }

    /// The fields of the top level, with their values as written; `None` if a line does not belong to front matter.
    fn fields(self, lines: &[&str]) -> Option<Vec<(String, String)>> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut in_table = false;
        for line in lines {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let is_part = match self {
                Syntax::Yaml => line.starts_with([' ', '\t']) || trimmed.starts_with("- ") || trimmed == "-",
                Syntax::Toml => line.starts_with([' ', '\t', ']', '}', '"', '\'']),
            };
            if is_part {
                let (_, value) = fields.last_mut().filter(|_| !in_table)?;
                value.push('\n');
                value.push_str(trimmed);
                continue;
            }
            if self == Syntax::Toml && trimmed.starts_with('[') {
                // A table counts as one field.
                in_table = true;
                fields.push((trimmed.trim_matches(['[', ']']).to_owned(), String::new()));
                continue;
            }
            let (name, value) = self.field(trimmed)?;
            if !in_table {
                fields.push((name, value));
            }
        }
        (!fields.is_empty()).then_some(fields)
    }

    fn field(self, line: &str) -> Option<(String, String)> {
        let (name, value) = match self {
            Syntax::Yaml => {
                line.split_once(':').filter(|(_, value)| value.is_empty() || value.starts_with([' ', '\t']))?
            }
            Syntax::Toml => line.split_once('=')?,
        };
        let name = name.trim().trim_matches(['"', '\'']);
        let is_name = !name.is_empty()
            && name.chars().count() <= 60
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '@' | '/'));
        is_name.then(|| (name.to_owned(), value.trim().to_owned()))
    }
}

impl FrontMatter {
    fn of(fields: Vec<(String, String)>) -> FrontMatter {
        let mut front_matter = FrontMatter::default();
        // The first known name counts, in the order of the names.
        let take = |names: &[&str], read: fn(&str) -> Option<String>| {
            names.iter().find_map(|known| {
                fields
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(known))
                    .and_then(|(name, value)| read(value).map(|value| (name.clone(), value)))
            })
        };
        let taken = [take(&TITLE, line), take(&SUMMARY, line), take(&DATE, date), take(&LANGUAGE, language)];
        let is_taken = |name: &String| taken.iter().flatten().any(|(taken, _)| taken == name);
        front_matter.left_out =
            fields.iter().map(|(name, _)| name).filter(|name| !is_taken(name)).take(MAX_NAMED).cloned().collect();
        let [title, summary, date, language] = taken.map(|field| field.map(|(_, value)| value));
        front_matter.title = title.map(|title| title.chars().take(LINE_CHARS).collect());
        front_matter.summary = summary.map(|summary| summary.chars().take(SUMMARY_CHARS).collect());
        front_matter.date = date;
        front_matter.language = language;
        front_matter
    }
}

/// A value on one line: without quotes, and without the marks of a block; `None` for a list, a map and an empty value.
fn line(value: &str) -> Option<String> {
    let value = value.trim();
    let (first, block) = value.split_once('\n').unwrap_or((value, ""));
    let value = if first.starts_with(['>', '|']) { block } else { value };
    let value = value.strip_prefix("\"\"\"").and_then(|value| value.strip_suffix("\"\"\"")).unwrap_or(value);
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let value = if let Some(inner) = quoted('"') {
        inner.replace("\\\"", "\"").replace("\\n", " ").replace("\\\\", "\\")
    } else if let Some(inner) = quoted('\'') {
        inner.replace("''", "'")
    } else if value.starts_with(['[', '{', '&', '*', '!', '-']) {
        return None;
    } else {
        value.split(" #").next().unwrap_or_default().to_owned()
    };
    let words: Vec<&str> = value.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    (!line.is_empty() && line != "null" && line != "~").then_some(line)
}

/// A language tag; POSIX writes `pt_BR` for `pt-BR`.
fn language(value: &str) -> Option<String> {
    LanguageTag::parse(&line(value)?.replace('_', "-")).ok().map(|tag| tag.to_string())
}

/// A date, with the offset of a time as RFC 3339 writes it.
fn date(value: &str) -> Option<String> {
    let value = line(value)?;
    let starts_as_date = |value: &str| {
        let day = value.get(..10).unwrap_or_default();
        day.char_indices().all(|(at, c)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() })
            && day.len() == 10
    };
    if !starts_as_date(&value) {
        return None;
    }
    let (day, time) = value.split_at(10);
    // Jekyll writes 2026-03-01 10:00:00 +0100.
    let time = time.replace(" +", "+").replace(" -", "-").replace(" Z", "Z").replace(" UTC", "Z");
    let time = match time.rfind(['+', '-']).filter(|at| time.len() == at + 5 && time.is_char_boundary(at + 3)) {
        Some(at) => format!("{}:{}", &time[..at + 3], &time[at + 3..]),
        None => time,
    };
    Some(format!("{day}{time}"))
}

impl PageInput {
    /// Takes front matter out of the text: its title, summary, date and language fill in fields that are empty. Returns a message
    /// that says what was taken and what was left out; `None` if there is no front matter.
    pub fn take_front_matter(&mut self) -> Option<String> {
        let (front_matter, rest) = split(&self.body)?;
        let rest = rest.to_owned();
        let FrontMatter { title, summary, date, language, mut left_out } = front_matter;
        let date = match date {
            Some(date) if self.zone.parse_moment(&date).is_err() => {
                left_out.push("date".into());
                None
            }
            date => date,
        };
        let mut taken = Vec::new();
        let fields = [
            ("title", title, &mut self.title),
            ("summary", summary, &mut self.summary),
            ("date", date, &mut self.published),
            ("language", language, &mut self.placement.language),
        ];
        for (name, value, field) in fields {
            match value {
                Some(value) if field.trim().is_empty() => {
                    *field = value;
                    taken.push(name);
                }
                Some(_) => left_out.push(name.into()),
                None => {}
            }
        }
        self.body = rest;
        let taken = if taken.is_empty() { "nothing".to_owned() } else { taken.join(", ") };
        let mut told = format!("The text began with front matter. Taken from it: {taken}.");
        if !left_out.is_empty() {
            told.push_str(&format!(" Left out: {}.", left_out.join(", ")));
        }
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(FrontMatter, &str)> {
        split(text)
    }

    #[test]
    fn front_matter_of_several_programs_is_read() {
        let check = |text: &str, expected: [Option<&str>; 3], left_out: &[&str]| {
            let Some((found, rest)) = of(text) else { panic!("no front matter in {text}") };
            let values = [&found.title, &found.summary, &found.date].map(|value| value.as_deref());
            assert_eq!((values, rest), (expected, "Text\n"), "{text}");
            assert_eq!(found.left_out, left_out, "{text}");
        };
        check(
            "---\nlayout: post\ntitle:  \"Hello: \\\"world\\\"\"\ndate:   2026-03-01 10:00:00 +0100\ncategories: a b\n---\n\nText\n",
            [Some("Hello: \"world\""), None, Some("2026-03-01 10:00:00+01:00")],
            &["layout", "categories"],
        );
        check(
            "+++\ntitle = 'It''s'\ndate = 2026-03-01T09:30:00Z\ndraft = true\ntags = [\n  'a',\n]\n[params]\nauthor = 'x'\n+++\nText\n",
            [Some("It's"), None, Some("2026-03-01T09:30:00Z")],
            &["draft", "tags", "params"],
        );
        check(
            "---\ntags:\n  - one\n  - two\naliases: []\ncreated: 2026-03-01\n---\nText\n",
            [None, None, Some("2026-03-01")],
            &["tags", "aliases"],
        );
        check(
            "---\r\nTitle: Größe # a comment\r\ndescription: >-\r\n  Two\r\n  lines\r\n# remark\r\n...\r\nText\n",
            [Some("Größe"), Some("Two lines"), None],
            &[],
        );
        check("---\ntitle: a\nlang: pt_BR\nlanguage: de\n---\nText\n", [Some("a"), None, None], &["language"]);
        check("---\ntitle: a\nlang: german\n---\nText\n", [Some("a"), None, None], &["lang"]);
        check("\u{feff}---\npublished: false\ntitle: a\n---\nText\n", [Some("a"), None, None], &["published"]);
    }

    #[test]
    fn a_rule_is_no_front_matter() {
        for text in [
            "---\n\nText\n\n---\n",
            "---\nSome words\n---\n",
            "---\n# Heading\n---\n",
            "---\n- a\n---\n",
            "---\nhttp://example.org\n---\n",
            "---\ntitle: never closed\n",
            "----\ntitle: a\n----\n",
            " ---\ntitle: a\n---\n",
            "Text\n---\ntitle: a\n---\n",
            "---",
            "",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of(&format!("---\na: {}\n---\n", "b\nc: d".repeat(10_000))), None);
    }

    #[test]
    fn a_page_takes_what_its_form_left_empty() {
        let mut input = PageInput {
            title: "Typed".into(),
            body: "---\ntitle: Other\nsummary: S\nlang: de\ndate: 2026-02-30\nlayout: x\n---\nText".into(),
            ..PageInput::default()
        };
        let told = input.take_front_matter();
        assert_eq!(
            told.as_deref(),
            Some("The text began with front matter. Taken from it: summary, language. Left out: layout, date, title.")
        );
        assert_eq!((&*input.title, &*input.summary, &*input.published, &*input.body), ("Typed", "S", "", "Text"));
        assert_eq!(input.placement.language, "de");
        assert_eq!(input.take_front_matter(), None);
    }
}
