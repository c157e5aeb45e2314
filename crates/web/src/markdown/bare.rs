//! Links whose text is their address. When a page is printed, the address of such a link is not repeated after it.

use super::SafeHtml;

/// The HTML with the class `address` on each link whose text is its address.
pub fn mark_bare_addresses(html: &SafeHtml) -> SafeHtml {
    const LINK: &str = "<a href=\"";
    let mut parts = html.0.split(LINK);
    let mut marked = parts.next().unwrap_or_default().to_owned();
    for link in parts {
        marked.push_str(LINK);
        // The sanitiser writes a quote in a value as `&quot;`, and `rel` after `href`.
        match (link.split_once('"'), link.split_once('>')) {
            (Some((address, _)), Some((attributes, rest))) if is_bare(address, rest) => {
                marked.push_str(attributes);
                marked.push_str(" class=\"address\">");
                marked.push_str(rest);
            }
            _ => marked.push_str(link),
        }
    }
    SafeHtml(marked)
}

fn is_bare(address: &str, rest: &str) -> bool {
    let text = rest.split("</a>").next().unwrap_or_default();
    !text.is_empty() && address.trim_end_matches('/').ends_with(text.trim_end_matches('/')) && {
        let scheme = &address[..address.rfind(text.trim_end_matches('/')).unwrap_or_default()];
        matches!(scheme, "" | "http://" | "https://" | "mailto:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::render;

    #[test]
    fn only_a_link_whose_text_is_its_address_is_marked() {
        let check = |markdown: &str, is_marked: bool| {
            let html = mark_bare_addresses(&render(markdown));
            assert_eq!(html.as_str().contains("class=\"address\">"), is_marked, "{}", html.as_str());
        };
        check("https://example.org/a?b=1&c=2", true);
        check("<https://example.org/>", true);
        check("www.example.org", true);
        check("[example.org](https://example.org/)", true);
        check("[A site](https://example.org)", false);
        check("[org](https://example.org)", false);
        check("`<a href=\"x\">x</a>`", false);
        check("[a](/b \"c > d\")", false);
    }
}
