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

/// The addresses of the links and pictures in a text, as they are written.
fn addresses(markdown: &str) -> Vec<Written> {
    let arena = Arena::new();
    let Some((document, _)) = parse(&arena, markdown) else { return Vec::new() };
    document.descendants().flat_map(of_node).collect()
}

/// An address as it is written.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    Link(String),
    Picture(String),
}

fn of_node<'a>(node: &'a AstNode<'a>) -> Vec<Written> {
    let of_html = |html: &str| {
        let address = |part| match part {
            Part::Open(tag) if tag.name == "a" => Some(Written::Link(decoded(tag.get("href")?).into_owned())),
            Part::Open(tag) if tag.name == "img" => Some(Written::Picture(decoded(tag.get("src")?).into_owned())),
            _ => None,
        };
        parts(html).filter_map(address).collect()
    };
    match node.data().value {
        NodeValue::Link(ref link) => vec![Written::Link(link.url.clone())],
        NodeValue::Image(ref link) => vec![Written::Picture(link.url.clone())],
        NodeValue::HtmlInline(ref html) => of_html(html),
        NodeValue::HtmlBlock(ref block) => of_html(&block.literal),
        _ => Vec::new(),
    }
}

/// The facts about a text that the store keeps; `path` is the path of its page.
pub fn facts(path: &PagePath, markdown: &str) -> TextFacts {
    let minutes = u32::try_from(minutes(&plain(markdown))).unwrap_or(u32::MAX);
    TextFacts { targets: targets(path, markdown), minutes }
}

/// The pages, headings and files of other pages to which a text links or whose pictures it names; `from` is the path of
/// its page.
pub fn targets(from: &PagePath, markdown: &str) -> Vec<Target> {
    let target = |written: Written| {
        let (address, is_picture) = match &written {
            Written::Link(address) => (address, false),
            Written::Picture(address) => (address, true),
        };
        // A name without a path is a file of the page itself.
        let target = if named(address).is_none() { link::target(from, address) } else { None }?;
        let is_own_file = target.file.is_some() && target.path == from.as_str();
        let is_page = target.file.is_none();
        (!(is_own_file || is_picture && is_page)).then_some(target)
    };
    addresses(markdown).into_iter().filter_map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_link_is_found() {
        let text = "[a](/a) [b] [c][d] <https://x.org/> www.y.org ![i](/i.png) `[no](/no)` \\[no](/no)\n\n[b]: /b \"B\"\n\
                    [d]: d?e#f\n\n- [in *list*](/l)\n\n# [in heading](/h)\n\n| [in table](/t) |\n| --- |\n\n\
                    <p><a href=\"/p?a&amp;b\">x</a></p>\n\n<A HREF=/q>x</A><img src=/r.png>\n";
        let expected =
            ["/a", "/b", "d?e#f", "https://x.org/", "http://www.y.org", "", "/l", "/h", "/t", "/p?a&b", "/q", ""];
        let found = addresses(text);
        let links: Vec<&str> = found
            .iter()
            .map(|written| if let Written::Link(address) = written { address.as_str() } else { "" })
            .collect();
        assert_eq!(links, expected);
        let pictures: Vec<&Written> = found.iter().filter(|written| matches!(written, Written::Picture(_))).collect();
        assert_eq!(pictures, [&Written::Picture("/i.png".into()), &Written::Picture("/r.png".into())]);
    }

    #[test]
    fn files_of_other_pages_are_targets_and_own_ones_are_not() {
        let text = "![a](plan.jpg) [b](terms.pdf) ![c](/x/plan.jpg) [d](../z.pdf#p) ![e](/own/here/plan.jpg) ![f](/page) \
                    ![g](https://x.org/plan.jpg) <img src=\"y/plan.jpg\">";
        let found = targets(&PagePath::parse("own/here").unwrap(), text);
        assert_eq!(found.iter().map(Target::href).collect::<Vec<_>>(), ["/x/plan.jpg", "/z.pdf", "/own/y/plan.jpg"]);
    }
}
