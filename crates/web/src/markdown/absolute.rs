//! Absolute addresses in rendered HTML, for programs that show it elsewhere.

use ammonia::Url;

use super::SafeHtml;

/// The HTML with absolute addresses of links and pictures; `page` is the address of its page.
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
    // The sanitiser writes a quote in a value as `&quot;`.
    let address = [" href=\"", " src=\""].iter().find_map(|name| {
        let start = tag.find(name)? + name.len();
        let end = start + tag[start..].find('"')?;
        let joined = page.join(&tag[start..end].replace("&amp;", "&")).ok()?;
        Some((start, end, joined.as_str().replace('&', "&amp;").replace('"', "%22")))
    });
    match address {
        Some((start, end, address)) => {
            absolute.push_str(&tag[..start]);
            absolute.push_str(&address);
            absolute.push_str(&tag[end..]);
        }
        None => absolute.push_str(tag),
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
        check("![a](/b.png \"t > u\")", "src=\"https://example.org/b.png\"");
        check("![a](/b.png \"t > u\")", "title=\"t &gt; u\"");
        check("[a](https://other.test/x)", "href=\"https://other.test/x\"");
        check("[a](mailto:x@example.org)", "href=\"mailto:x@example.org\"");
        check("`<a href=\"/b\">` \" href=\"", "href=\"/b\"");
    }

    #[test]
    fn without_an_address_of_the_page_nothing_changes() {
        let html = render("[a](/b)");
        assert_eq!(absolute(&html, "no address"), html);
    }
}
