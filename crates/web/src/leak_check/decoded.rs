//! The text of an answer, however it is written: without tags, and with entities, percent signs and escapes of JSON decoded.

use std::collections::BTreeSet;

use domain::search::folded;

/// The elements within a sentence: a word may continue after their tags.
const INLINE: [&str; 14] =
    ["a", "abbr", "b", "code", "em", "i", "mark", "q", "s", "small", "span", "strong", "u", "wbr"];

/// The text of an answer, in the forms that are compared.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// The words: first those of the whole text with its tags, then those of the text without tags.
    pub(super) words: [Vec<String>; 2],
    /// The paths of addresses, without the address of the site, and the names of files.
    pub(super) paths: BTreeSet<String>,
}

impl Decoded {
    /// Decodes a text with tags, of a site with an address.
    pub(super) fn of(text: &str, base_url: &str) -> Decoded {
        let whole = decode_twice(text);
        let untagged = decode_twice(&without_tags(text));
        Decoded { paths: paths(&whole, base_url, true), words: [folded(&whole), folded(&untagged)] }
    }

    /// Decodes a text without tags, such as a header.
    pub(super) fn of_plain(text: &str, base_url: &str) -> Decoded {
        let whole = decode_twice(text);
        Decoded { paths: paths(&whole, base_url, false), words: [folded(&whole), Vec::new()] }
    }
}

/// The text without tags, with a space in the place of those that end a sentence.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        let tag = rest[at + 1..].trim_start_matches('/');
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?'));
        let Some(end) = rest[at..].find('>').filter(|_| is_tag) else {
            plain.push(' ');
            rest = &rest[at + 1..];
            continue;
        };
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        if !INLINE.contains(&name.to_ascii_lowercase().as_str()) {
            plain.push(' ');
        }
        rest = &rest[at + end + 1..];
    }
    plain.push_str(rest);
    plain
}

/// An address in an attribute may be encoded for the attribute and for the address.
fn decode_twice(text: &str) -> String {
    decode(&decode(text))
}

/// Decodes entities, percent-encoded bytes and escapes of JSON.
fn decode(text: &str) -> String {
    let mut decoded: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '%', '\\']) {
        decoded.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let found = match rest.as_bytes()[0] {
            b'&' => entity(rest).map(|(c, length)| (c.to_string().into_bytes(), length)),
            b'%' => percent(rest).map(|byte| (vec![byte], 3)),
            _ => json(rest).map(|(c, length)| (c.to_string().into_bytes(), length)),
        };
        let (bytes, length) = found.unwrap_or_else(|| (vec![rest.as_bytes()[0]], 1));
        decoded.extend(bytes);
        rest = &rest[length..];
    }
    decoded.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The character of an entity at the beginning of a text, and the bytes of the entity.
fn entity(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 8] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("shy", '\u{ad}'),
        ("sol", '/'),
    ];
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hexadecimal.unwrap_or_else(|| number.parse()).ok()?)?
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((c, end + 1))
}

fn percent(text: &str) -> Option<u8> {
    let digits = text.get(1..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// The character of an escape of JSON at the beginning of a text, and the bytes of the escape.
fn json(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    match text.as_bytes().get(1)? {
        b'n' | b't' | b'r' | b'b' | b'f' => Some((' ', 2)),
        b'"' => Some(('"', 2)),
        b'/' => Some(('/', 2)),
        b'\\' => Some(('\\', 2)),
        b'u' => {
            let first = unit(0)?;
            match char::decode_utf16([first]).next()? {
                Ok(c) => Some((c, 6)),
                Err(_) => Some((char::decode_utf16([first, unit(6)?]).next()?.ok()?, 12)),
            }
        }
        _ => None,
    }
}

/// The paths in a decoded text: strings that begin with a slash, without a slash at the end, and strings with the form
/// of a file name.
fn paths(text: &str, base_url: &str, has_tags: bool) -> BTreeSet<String> {
    let host = base_url.split_once("://").map_or(base_url, |(_, host)| host);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    let mut paths = BTreeSet::new();
    let mut rest = text;
    while let Some(from) = rest.find(is_part) {
        // The end of an element, such as `</a>`, is no path.
        let is_tag = has_tags && rest[..from].ends_with('<');
        let length = rest[from..].find(|c| !is_part(c)).unwrap_or(rest.len() - from);
        let (mut token, after) = rest[from..].split_at(length);
        rest = after;
        if let Some((_, at_host)) = token.split_once("//") {
            // The port follows a colon.
            let port = host.split_once(':').map(|(_, port)| port);
            match (at_host.find('/'), port) {
                (Some(at), _) => token = &at_host[at..],
                (None, Some(port)) if rest.starts_with(':') && host.starts_with(at_host) => {
                    rest = rest[1..].strip_prefix(port).unwrap_or(rest);
                    continue;
                }
                (None, _) => continue,
            }
        }
        let token = token.trim_end_matches(['/', '.']);
        if (token.starts_with('/') && !is_tag && token.len() > 1) || token.contains('.') {
            paths.insert(token.to_owned());
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> [Vec<String>; 2] {
        Decoded::of(text, "http://site.test").words
    }

    fn has(text: &str, phrase: &str) -> bool {
        let phrase = folded(phrase);
        words(text).iter().any(|words| words.windows(phrase.len()).any(|window| window == phrase))
    }

    #[test]
    fn a_phrase_is_found_however_it_is_written() {
        for text in [
            "The Treasure’s under the Oak &amp; the ÉLM",
            "<p>the treasure&#8217;s <mark>under</mark> the <em>o</em>ak &amp; the &eacute;lm</p> under the oak &#38; the &#xE9;lm",
            "<a title=\"under the oak &amp;amp; the &#233;lm\">x</a>",
            "/login?next=%2Fx%3Fq%3Dunder+the%20oak+%26+the+%C3%A9lm",
            "/login?next=%252Fx%253Fq%253Dunder%2Bthe%2520oak%2B%C3%89lm under%20the%20oak%20the%20%C3%A9lm",
            r#"{"text":"under the \"oak\" \u0026 the \u00e9lm\n"}"#,
            "under the oak & the e\u{301}lm",
        ] {
            assert!(has(text, "under the oak the élm"), "{text}: {:?}", words(text));
        }
        assert!(!has("under the old oak", "under the oak"));
        assert!(!has("<p>under the</p><p>oakwood</p>", "under the oak"));
    }

    #[test]
    fn words_go_on_behind_tags_of_a_sentence_and_end_at_others() {
        assert!(words("<b>tre</b>asure").iter().any(|words| *words == ["treasure"]));
        assert_eq!(words("<p>one</p><p>two</p>")[1], ["one", "two"]);
        assert_eq!(words("a < b and c > d <")[1], ["a", "b", "and", "c", "d"]);
    }

    #[test]
    fn broken_escapes_are_text() {
        for text in ["%", "%4", "%zz", "&", "&;", "&#;", "&#x110000;", "\\", "\\u12", "\\ud800x", "%e9"] {
            assert!(decode(&format!("oak {text} elm")).ends_with(" elm"), "{text}");
        }
        assert_eq!(decode("\\ud83c\\udf33 &#127795;"), "🌳 🌳");
    }

    #[test]
    fn paths_are_those_of_addresses_of_any_form() {
        let found = |text: &str| Decoded::of(text, "http://127.0.0.1:8080").paths.into_iter().collect::<Vec<_>>();
        assert_eq!(found("<a href=\"/clients/acme\">x</a>"), ["/clients/acme"]);
        assert_eq!(found("<loc>http://127.0.0.1:8080/clients/acme/</loc>"), ["/clients/acme"]);
        assert_eq!(found("https://www.example.org/clients"), ["/clients"]);
        assert_eq!(found("/login?next=%2Fclients%2Facme"), ["/clients/acme", "/login"]);
        assert_eq!(found("{\"path\":\"\\/clients\"}"), ["/clients"]);
        let header = Decoded::of_plain("</clients>; rel=canonical", "http://127.0.0.1:8080");
        assert_eq!(header.paths.into_iter().collect::<Vec<_>>(), ["/clients"]);
        assert_eq!(found("attachment; filename=\"plan.jpg\""), ["plan.jpg"]);
        assert_eq!(found("</p></clients> text/html 1/2"), Vec::<String>::new());
    }
}
