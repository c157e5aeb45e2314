//! The headings of a text and the ids in it, to which links within the page can lead. The ids of headings are the same
//! as on GitHub.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use finl_unicode::categories::CharacterCategories;

use super::tags::{Part, Tag, decoded, parts};

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its level, from 1 to 6.
    pub level: u8,
    /// Its id; empty if its text has no character that an id can have.
    pub id: String,
    /// Its text on one line.
    pub text: String,
}

/// The headings and ids of a text that the sanitiser has cleaned.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) headings: Vec<Heading>,
    ids: HashSet<String>,
    /// Ids by their folded form, without regard to case and to the variation selectors of emoji.
    folded: HashMap<String, String>,
}

/// The level of an element that is a heading.
pub(super) fn level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

impl Outline {
    /// Reads the outline of HTML.
    pub(super) fn of(html: &str) -> Outline {
        let (mut headings, mut others) = (Vec::new(), Vec::new());
        let mut reading = Reading::default();
        for part in parts(html) {
            if let Part::Open(tag) = &part {
                others.extend(tag.get("id").map(|id| decoded(id).into_owned()));
            }
            headings.extend(reading.read(part));
        }
        let mut outline = Outline { headings, ..Outline::default() };
        let mut slugs = Slugs::default();
        // Headings get none of the ids of footnotes.
        for id in others.iter().filter(|id| id.starts_with("fn-") || id.starts_with("fnref-")) {
            slugs.taken.insert(id.clone(), 0);
        }
        for heading in &mut outline.headings {
            heading.id = slugs.next(&heading.text);
        }
        let ids: Vec<String> = outline.headings.iter().map(|heading| heading.id.clone()).chain(others).collect();
        for id in ids.into_iter().filter(|id| !id.is_empty()) {
            outline.folded.entry(folded(&id)).or_insert_with(|| id.clone());
            outline.ids.insert(id);
        }
        outline
    }

    /// The headings, with the levels that they have on a page, whose title has the first level.
    pub(super) fn lowered_headings(mut self) -> Vec<Heading> {
        let lowered_by = self.lowered_by();
        for heading in &mut self.headings {
            heading.level = (heading.level + lowered_by).min(6);
        }
        self.headings
    }

    /// The number of levels by which the headings of a page are lowered.
    pub(super) fn lowered_by(&self) -> u8 {
        u8::from(self.headings.iter().any(|heading| heading.level == 1))
    }

    /// The ids, in no order.
    pub(super) fn into_ids(self) -> Vec<String> {
        self.ids.into_iter().collect()
    }

    /// The id to which a fragment of this page leads: the fragment as it is written, decoded, or in another case.
    pub(super) fn find(&self, fragment: &str) -> Option<&str> {
        let exact = |fragment: &str| self.ids.get(fragment).map(String::as_str);
        let plain = domain::link::decoded(fragment);
        exact(fragment).or_else(|| exact(&plain)).or_else(|| self.folded.get(&folded(&plain)).map(String::as_str))
    }
}

fn folded(id: &str) -> String {
    id.chars().filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}')).flat_map(char::to_lowercase).collect()
}

/// Reads headings part by part.
#[derive(Default)]
struct Reading {
    heading: Option<Heading>,
    /// Headings within the heading, which have no ids.
    inner: usize,
    /// Whether the text of an emoji follows, whose name was read.
    skips: bool,
}

impl Reading {
    /// The heading that ends with this part.
    fn read(&mut self, part: Part<'_>) -> Option<Heading> {
        match (part, &mut self.heading) {
            (Part::Open(tag), None) => {
                let level = level(&tag.name)?;
                self.heading = Some(Heading { level, id: String::new(), text: String::new() });
                None
            }
            (Part::Open(tag), Some(_)) if level(&tag.name).is_some() => {
                self.inner += 1;
                None
            }
            (Part::Open(tag), Some(heading)) => {
                if let Some(name) = emoji(&tag) {
                    heading.text.push_str(name);
                    self.skips = true;
                }
                None
            }
            (Part::Text(text), Some(heading)) => {
                if !self.skips {
                    heading.text.push_str(&decoded(text));
                }
                None
            }
            (Part::Close(name, _), Some(_)) if level(&name).is_some() && self.inner > 0 => {
                self.inner -= 1;
                None
            }
            (Part::Close(name, _), Some(_)) if level(&name).is_some() => self.heading.take(),
            (Part::Close(..), Some(_)) => {
                self.skips = false;
                None
            }
            _ => None,
        }
    }
}

/// The name of the emoji that an element contains.
fn emoji<'a>(tag: &Tag<'a>) -> Option<&'a str> {
    (tag.name == "span" && tag.get("class") == Some("emoji")).then(|| tag.get("title")).flatten()
}

/// Makes the ids of headings as GitHub does: letters in lower case, marks, digits, hyphens and underscores stay, spaces become
/// hyphens, and a repeated id gets a number.
#[derive(Default)]
struct Slugs {
    /// The ids, and the last number that was appended to them.
    taken: HashMap<String, usize>,
}

impl Slugs {
    fn next(&mut self, text: &str) -> String {
        let slug: String =
            text.to_lowercase().chars().filter(|c| is_kept(*c)).map(|c| if c == ' ' { '-' } else { c }).collect();
        let Some(mut number) = self.taken.get(&slug).copied() else {
            self.taken.insert(slug.clone(), 0);
            return slug;
        };
        loop {
            number += 1;
            let numbered = format!("{slug}-{number}");
            if !self.taken.contains_key(&numbered) {
                self.taken.insert(slug, number);
                self.taken.insert(numbered.clone(), 0);
                return numbered;
            }
        }
    }
}

fn is_kept(c: char) -> bool {
    matches!(c, ' ' | '-') || c.is_alphabetic() || c.is_mark() || c.is_number_decimal() || c.is_punctuation_connector()
}

/// A text on one line, of at most 200 characters.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(200).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(html: &str) -> Vec<String> {
        Outline::of(html).headings.into_iter().map(|heading| heading.id).collect()
    }

    #[test]
    fn ids_of_headings_are_githubs() {
        for (heading, id) in [
            ("Install", "install"),
            ("What's new, in 2.0?", "whats-new-in-20"),
            ("Größe &amp; Maß", "größe--maß"),
            ("ÄÖÜ", "äöü"),
            ("安装 指南", "安装-指南"),
            ("설치", "설치"),
            ("はじめに（概要）", "はじめに概要"),
            ("हिन्दी", "हिन्दी"),
            ("🚀 Launch", "-launch"),
            ("⚙️ Setup", "\u{fe0f}-setup"),
            ("<span class=\"emoji\" title=\"rocket\">🚀</span> Launch", "rocket-launch"),
            ("snake_case - and kebab-case", "snake_case---and-kebab-case"),
            ("<code>a.b()</code>", "ab"),
            ("a\u{a0}b", "ab"),
            ("x² and ½", "x-and-"),
            ("Foo ", "foo-"),
            ("\n  <img src=\"/a\"> Two\nlines\n", "---twolines"),
            ("C++ &lt;T&gt;", "c-t"),
            ("1. First", "1-first"),
            ("…", ""),
        ] {
            assert_eq!(ids(&format!("<h2>{heading}</h2>")), [id], "{heading}");
        }
    }

    #[test]
    fn repeated_headings_are_numbered() {
        let of = |texts: &[&str]| ids(&texts.iter().map(|text| format!("<h2>{text}</h2>")).collect::<String>());
        assert_eq!(of(&["A", "a", "A!"]), ["a", "a-1", "a-2"]);
        assert_eq!(of(&["a", "a-1", "a", "a"]), ["a", "a-1", "a-2", "a-3"]);
        assert_eq!(of(&["a", "a", "a-1"]), ["a", "a-1", "a-1-1"]);
        assert_eq!(of(&["!", "?"]), ["", "-1"]);
    }

    #[test]
    fn a_fragment_finds_an_id_in_another_spelling() {
        let outline =
            Outline::of("<h2>Größe</h2><h2>⚙️ Setup</h2><p><a id=\"OldName\"></a></p><li id=\"fn-%C3%BC\"></li>");
        for (fragment, id) in [
            ("größe", Some("größe")),
            ("gr%C3%B6%C3%9Fe", Some("größe")),
            ("Größe", Some("größe")),
            ("-setup", Some("\u{fe0f}-setup")),
            ("oldname", Some("OldName")),
            ("fn-%C3%BC", Some("fn-%C3%BC")),
            ("other", None),
            ("", None),
        ] {
            assert_eq!(outline.find(fragment), id, "{fragment}");
        }
    }

    #[test]
    fn a_heading_keeps_clear_of_footnotes() {
        assert_eq!(ids("<h2>fn-1</h2><ol><li id=\"fn-1\"></li></ol>"), ["fn-1-1"]);
        assert_eq!(ids("<a id=\"install\"></a><h2>Install</h2>"), ["install"]);
    }
}
