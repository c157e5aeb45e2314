//! Addresses in rendered HTML, for a page that is shown at an address other than its own.

use ammonia::Url;
use domain::page::PagePath;

use super::{
    SafeHtml,
    tags::{Part, decoded, parts, push_escaped},
};

/// The placeholder for the address of the site, against which the addresses of a page are resolved.
const NOWHERE: &str = "http://site.invalid";

/// The paths on this site to which links and pictures of a page lead; none comes twice in a row.
pub fn local_paths(html: &SafeHtml, page: &PagePath) -> Vec<String> {
    let mut paths = Vec::new();
    let Some(base) = base(page) else { return paths };
    for part in parts(&html.0) {
        let Part::Open(tag) = part else { continue };
        for (name, value) in &tag.attributes {
            for address in addresses(name, &decoded(value)) {
                if let Some(local) = local(&base, address)
                    && paths.last().is_none_or(|last| last != local.path())
                {
                    paths.push(local.path().to_owned());
                }
            }
        }
    }
    paths
}

/// The HTML with other addresses for those of this site: what `moved` returns for their path, with query and fragment;
/// where it returns `None`, the address on this site, which no longer depends on where the page is shown. Addresses on
/// other sites and of places in the text stay. The query `?draft` is for editors, and is left out of the path that
/// `moved` gets.
pub fn relocated(html: &SafeHtml, page: &PagePath, moved: impl Fn(&str) -> Option<String>) -> SafeHtml {
    let Some(base) = base(page) else { return html.clone() };
    let relocate = |address: &str| {
        let local = local(&base, address)?;
        let to = moved(local.path());
        let query = local.query().filter(|query| !(to.is_some() && *query == "draft"));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let fragment = local.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
        Some(format!("{}{query}{fragment}", to.as_deref().unwrap_or(local.path())))
    };
    let mut written = String::with_capacity(html.0.len() + html.0.len() / 4);
    for part in parts(&html.0) {
        match part {
            Part::Text(text) => written.push_str(text),
            Part::Comment => {}
            Part::Close(_, close) => written.push_str(close),
            Part::Open(tag) => {
                let has_address = |(name, _): &(std::borrow::Cow<'_, str>, &str)| is_address(name);
                if !tag.attributes.iter().any(has_address) {
                    written.push_str(tag.written);
                    continue;
                }
                written.push('<');
                written.push_str(&tag.name);
                for (name, value) in &tag.attributes {
                    written.push_str(&format!(" {name}=\""));
                    match is_address(name) {
                        true => push_escaped(&mut written, &replaced(name, &decoded(value), relocate)),
                        false => written.push_str(value),
                    }
                    written.push('"');
                }
                written.push('>');
            }
        }
    }
    SafeHtml(written)
}

/// The value of an attribute with other addresses.
fn replaced(name: &str, value: &str, relocate: impl Fn(&str) -> Option<String>) -> String {
    if name != "srcset" {
        return relocate(value).unwrap_or_else(|| value.to_owned());
    }
    let candidate = |candidate: &str| {
        let candidate = candidate.trim();
        let (address, width) = candidate.split_once(' ').unwrap_or((candidate, ""));
        let address = relocate(address).unwrap_or_else(|| address.to_owned());
        format!("{address} {width}").trim_end().to_owned()
    };
    value.split(',').map(candidate).collect::<Vec<_>>().join(", ")
}

/// The addresses in the value of an attribute.
fn addresses<'a>(name: &str, value: &'a str) -> Vec<&'a str> {
    match name {
        "srcset" => value.split(',').filter_map(|candidate| candidate.split_whitespace().next()).collect(),
        _ if is_address(name) => vec![value],
        _ => Vec::new(),
    }
}

fn is_address(name: &str) -> bool {
    matches!(name, "href" | "src" | "srcset")
}

fn base(page: &PagePath) -> Option<Url> {
    Url::parse(&format!("{NOWHERE}{}", page.href())).ok()
}

/// The address on this site that an address on a page leads to; `None` for a place in the text and for another site.
fn local(base: &Url, address: &str) -> Option<Url> {
    if address.is_empty() || address.starts_with('#') {
        return None;
    }
    base.join(address).ok().filter(|joined| joined.origin() == base.origin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::render;

    fn page() -> PagePath {
        PagePath::parse("clients/acme").unwrap()
    }

    fn moved(path: &str) -> Option<String> {
        path.strip_prefix("/clients/acme").map(|rest| format!("/s/x{rest}"))
    }

    #[test]
    fn what_is_within_reach_moves_and_everything_else_leads_to_the_site() {
        let check = |markdown: &str, expected: &str| {
            let html = relocated(&render(markdown), &page(), moved);
            assert!(html.as_str().contains(expected), "{markdown}: {}", html.as_str());
        };
        check("[a](/clients/acme/brief?x=1&y=2#z)", "href=\"/s/x/brief?x=1&amp;y=2#z\"");
        check("[a](acme/brief)", "href=\"/s/x/brief\"");
        check("[a](beta)", "href=\"/clients/beta\"");
        check("[a](./beta#b)", "href=\"/clients/beta#b\"");
        check("[a](../hello)", "href=\"/hello\"");
        check("[a](/clients/acme)", "href=\"/s/x\"");
        check("[a](#here)\n\n# here", "href=\"#here\"");
        check("[a](https://other.test/clients/acme)", "href=\"https://other.test/clients/acme\"");
        check("[a](//other.test/clients/acme)", "other.test/clients/acme\"");
        check("[a](mailto:x@example.org)", "href=\"mailto:x@example.org\"");
        check("![a](/clients/acme/b.png \"t > u\")", "src=\"/s/x/b.png\"");
        check("![a](/b.png)", "src=\"/b.png\"");
        check("`<a href=\"/clients/acme\">`", "&lt;a href=\"/clients/acme\"&gt;");
    }

    #[test]
    fn pictures_in_several_widths_move_as_a_whole() {
        let html = SafeHtml(
            "<img src=\"/clients/acme/a.jpg?draft\" srcset=\"/clients/acme/a.jpg?w=480 480w, /clients/acme/a.jpg 900w\">"
                .into(),
        );
        assert_eq!(
            relocated(&html, &page(), moved).as_str(),
            "<img src=\"/s/x/a.jpg\" srcset=\"/s/x/a.jpg?w=480 480w, /s/x/a.jpg 900w\">"
        );
        assert_eq!(local_paths(&html, &page()), ["/clients/acme/a.jpg"]);
    }

    #[test]
    fn local_paths_are_those_of_this_site() {
        let html = render("[a](acme/brief) [b](https://x.org/y) [c](#z) ![d](/p.png) [e](/clients/acme)");
        assert_eq!(local_paths(&html, &page()), ["/clients/acme/brief", "/p.png", "/clients/acme"]);
    }
}
