//! The links of a text: extracted with the same parser, and marked in the rendered HTML.

use comrak::{Arena, nodes::NodeValue};
use domain::{link, page::PagePath};

use super::{SafeHtml, parse, render};

/// The addresses of the links in a text, as they are written.
pub fn links(markdown: &str) -> Vec<String> {
    let arena = Arena::new();
    let Some((document, _)) = parse(&arena, markdown) else { return Vec::new() };
    let address = |node: &comrak::nodes::AstNode<'_>| match node.data().value {
        NodeValue::Link(ref link) => Some(link.url.clone()),
        _ => None,
    };
    document.descendants().filter_map(address).collect()
}

/// The paths of pages to which a text links, given the path of its own page.
pub fn targets(from: &PagePath, markdown: &str) -> Vec<String> {
    links(markdown).iter().filter_map(|address| link::target(from, address)).collect()
}

/// The message about a picture whose address was removed.
const NO_PICTURE: &str = "This picture is not shown: its address must be a path of this site or begin with https://.";

/// As [`render`], with a warning sign before each picture that browsers do not load, and before each link for which `problem`
/// returns a message. Messages contain no markup.
pub fn render_with_problems(markdown: &str, problem: impl Fn(&str) -> Option<&'static str>) -> SafeHtml {
    const LINK: &str = "<a href=\"";
    let SafeHtml(html) = render(markdown);
    let mut parts = html.split(LINK);
    let mut marked = parts.next().unwrap_or_default().to_owned();
    for link in parts {
        let address = link.split('"').next().unwrap_or_default().replace("&amp;", "&");
        match problem(&address) {
            Some(message) => {
                let warning = warning(message);
                marked.push_str(&format!("{warning}<a class=\"broken-link\" title=\"{message}\" href=\""));
                marked.push_str(&without_title(link));
            }
            None => {
                marked.push_str(LINK);
                marked.push_str(link);
            }
        }
    }
    SafeHtml(with_marked_pictures(&marked))
}

/// The HTML with a warning sign before each picture without an address. A `<` of the text itself is escaped, and so is a `"`
/// in an attribute.
fn with_marked_pictures(html: &str) -> String {
    const PICTURE: &str = "<img ";
    let mut parts = html.split(PICTURE);
    let mut marked = parts.next().unwrap_or_default().to_owned();
    for picture in parts {
        let attributes = picture.split("\">").next().unwrap_or_default();
        if !attributes.starts_with("src=\"") && !attributes.contains(" src=\"") {
            marked.push_str(&warning(NO_PICTURE));
        }
        marked.push_str(PICTURE);
        marked.push_str(picture);
    }
    marked
}

fn warning(message: &str) -> String {
    format!("<span class=\"fault\" title=\"{message}\">⚠<span class=\"visually-hidden\">{message}</span></span> ")
}

/// The rest of a link without its own title, because an element can have only one.
fn without_title(link: &str) -> String {
    let (tag, rest) = link.split_at(link.find('>').unwrap_or(link.len()));
    match tag.split_once(" title=\"").and_then(|(before, title)| Some((before, title.split_once('"')?.1))) {
        Some((before, after)) => format!("{before}{after}{rest}"),
        None => link.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_link_is_found() {
        let text = "[a](/a) [b] [c][d] <https://x.org/> www.y.org ![i](/i.png) `[no](/no)` \\[no](/no)\n\n[b]: /b \"B\"\n\
                    [d]: d?e#f\n\n- [in *list*](/l)\n\n# [in heading](/h)\n\n| [in table](/t) |\n| --- |\n";
        assert_eq!(links(text), ["/a", "/b", "d?e#f", "https://x.org/", "http://www.y.org", "/l", "/h", "/t"]);
    }

    #[test]
    fn a_picture_that_browsers_do_not_load_is_marked() {
        let check = |address: &str, is_shown: bool| {
            let text = format!("`<img alt=` ![a picture]({address} \"t\")");
            let SafeHtml(html) = render_with_problems(&text, |_| None);
            assert_eq!(html.contains(NO_PICTURE), !is_shown, "{html}");
            assert_eq!(html.contains("src="), is_shown, "{html}");
            assert!(html.contains("alt=\"a picture\""), "{html}");
        };
        for shown in
            ["/a.png", "a.png", "../a:b.png", "https://example.org/a.png", "HTTPS://example.org/a.png", "//cdn/a"]
        {
            check(shown, true);
        }
        for not_shown in ["http://example.org/a.png", "data:image/png;base64,AAAA", "ftp://example.org/a", "blob:x"] {
            check(not_shown, false);
        }
    }

    #[test]
    fn only_a_link_with_a_problem_is_marked() {
        let problem = |address: &str| (address == "/b?x&y").then_some("Broken.");
        let SafeHtml(html) = render_with_problems("[a](/a) [b](/b?x&y \"T > t\") `<a href=\"/b?x&y\">`", problem);
        assert_eq!(html.matches("broken-link").count(), 1, "{html}");
        assert_eq!(html.matches("Broken.").count(), 3, "{html}");
        assert!(html.contains("<a class=\"broken-link\" title=\"Broken.\" href=\"/b?x&amp;y\""), "{html}");
    }
}
