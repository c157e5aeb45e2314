//! The links of a text, extracted with the same parser.

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};
use domain::{
    link::{self, Target},
    page::PagePath,
};

use store::writing::TextFacts;

use super::{
    file_names::named,
    minutes, parse, plain,
    tags::{Part, decoded, parts},
};

/// The addresses of the links in a text, as they are written.
pub fn links(markdown: &str) -> Vec<String> {
    let arena = Arena::new();
    let Some((document, _)) = parse(&arena, markdown) else { return Vec::new() };
    document.descendants().flat_map(addresses).collect()
}

fn addresses<'a>(node: &'a AstNode<'a>) -> Vec<String> {
    let of_html = |html: &str| {
        let address = |part| match part {
            Part::Open(tag) if tag.name == "a" => tag.get("href").map(|address| decoded(address).into_owned()),
            _ => None,
        };
        parts(html).filter_map(address).collect()
    };
    match node.data().value {
        NodeValue::Link(ref link) => vec![link.url.clone()],
        NodeValue::HtmlInline(ref html) => of_html(html),
        NodeValue::HtmlBlock(ref block) => of_html(&block.literal),
        _ => Vec::new(),
    }
}

/// What the store keeps of a text, given the path of its page.
pub fn facts(path: &PagePath, markdown: &str) -> TextFacts {
    let minutes = u32::try_from(minutes(&plain(markdown))).unwrap_or(u32::MAX);
    TextFacts { targets: targets(path, markdown), minutes }
}

/// The pages and headings to which a text links, given the path of its own page.
pub fn targets(from: &PagePath, markdown: &str) -> Vec<Target> {
    // A file of the page is no page.
    let is_page = |address: &&String| named(address).is_none();
    links(markdown).iter().filter(is_page).filter_map(|address| link::target(from, address)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_link_is_found() {
        let text = "[a](/a) [b] [c][d] <https://x.org/> www.y.org ![i](/i.png) `[no](/no)` \\[no](/no)\n\n[b]: /b \"B\"\n\
                    [d]: d?e#f\n\n- [in *list*](/l)\n\n# [in heading](/h)\n\n| [in table](/t) |\n| --- |\n\n\
                    <p><a href=\"/p?a&amp;b\">x</a></p>\n\n<A HREF=/q>x</A>\n";
        let expected = ["/a", "/b", "d?e#f", "https://x.org/", "http://www.y.org", "/l", "/h", "/t", "/p?a&b", "/q"];
        assert_eq!(links(text), expected);
    }
}
