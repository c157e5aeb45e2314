//! Absolute addresses in rendered HTML, for programs that show it elsewhere.

use ammonia::Url;

use super::SafeHtml;

/// Returns the HTML with absolute addresses of links and pictures; `page` is the address of its page.
pub fn absolute(html: &SafeHtml, page: &str) -> SafeHtml {
    let Ok(page) = Url::parse(page) else { return html.clone() };
    let mut absolute = String::with_capacity(html.0.len());
    let mut rest = html.0.as_str();
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        absolute.push_str(text);
        let (tag, after) = tag.split_at(tag_length(tag));
        push_tag(&mut absolute, tag, &page);
        rest = after;
    }
    absolute.push_str(rest);
    SafeHtml(absolute)
}

/// The length of the tag at the beginning of a text. A `>` in quotes does not end it.
fn tag_length(html: &str) -> usize {
    let mut is_quoted = false;
    let end = html.bytes().position(|byte| {
        is_quoted ^= byte == b'"';
        byte == b'>' && !is_quoted
    });
    end.map_or(html.len(), |end| end + 1)
}

fn push_tag(absolute: &mut String, tag: &str, page: &Url) {
    let mut rest = tag;
    while let Some((before, name, value, after)) = next_address(rest) {
        absolute.push_str(before);
        match name {
            SRCSET => {
                let pictures = value.split(", ").map(|picture| {
                    let (address, width) = picture.split_once(' ').unwrap_or((picture, ""));
                    let address = joined(page, address);
                    if width.is_empty() { address } else { format!("{address} {width}") }
                });
                absolute.push_str(&pictures.collect::<Vec<_>>().join(", "));
            }
            _ => absolute.push_str(&joined(page, value)),
        }
        rest = after;
    }
    absolute.push_str(rest);
}

const SRCSET: &str = " srcset=\"";

/// The next attribute of a tag that has addresses: the text before its value, its name, its value, and the rest.
fn next_address(tag: &str) -> Option<(&str, &'static str, &str, &str)> {
    let found =
        [" href=\"", " src=\"", SRCSET].into_iter().filter_map(|name| Some((tag.find(name)? + name.len(), name)));
    let (start, name) = found.min()?;
    // The sanitiser writes a quote in a value as `&quot;`.
    let end = start + tag[start..].find('"')?;
    Some((&tag[..start], name, &tag[start..end], &tag[end..]))
}

/// An address in HTML, resolved against the address of its page. One that cannot be resolved stays as it is.
fn joined(page: &Url, address: &str) -> String {
    match page.join(&address.replace("&amp;", "&")) {
        Ok(joined) => joined.as_str().replace('&', "&amp;").replace('"', "%22"),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::render;

    #[test]
    fn addresses_are_those_of_the_page() {
        let check = |markdown: &str, expected: &str| {
            let html = absolute(&render(markdown), "https://example.org/news/one");
            assert!(html.as_str().contains(expected), "{}", html.as_str());
        };
        check("[a](/b?x=1&y=2#z)", "href=\"https://example.org/b?x=1&amp;y=2#z\"");
        check("[a](two)", "href=\"https://example.org/news/two\"");
        check("[a](#here)", "href=\"https://example.org/news/one#here\"");
        check("x ![a](/b.png \"t > u\")", "src=\"https://example.org/b.png\"");
        check("x ![a](/b.png \"t > u\")", "title=\"t &gt; u\"");
        check(
            "![a](/b.png \"t > u\")",
            "src=\"https://example.org/b.png\" alt=\"a\"><figcaption>t &gt; u</figcaption>",
        );
        check("[a](https://other.test/x)", "href=\"https://other.test/x\"");
        check("[a](mailto:x@example.org)", "href=\"mailto:x@example.org\"");
        check("`<a href=\"/b\">` \" href=\"", "href=\"/b\"");
    }

    #[test]
    fn smaller_copies_of_a_picture_have_absolute_addresses() {
        let html = SafeHtml("<img src=\"/a.jpg\" alt=\"\" srcset=\"/a.jpg?w=480 480w, /a.jpg 2000w\">".into());
        assert_eq!(
            absolute(&html, "https://example.org/b").as_str(),
            "<img src=\"https://example.org/a.jpg\" alt=\"\" \
             srcset=\"https://example.org/a.jpg?w=480 480w, https://example.org/a.jpg 2000w\">"
        );
    }

    #[test]
    fn without_an_address_of_the_page_nothing_changes() {
        let html = render("[a](/b)");
        assert_eq!(absolute(&html, "no address"), html);
    }
}
