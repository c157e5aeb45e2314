//! The surfaces of the site: what it answers, and the requests that ask for it. Each route belongs to one; a test compares them
//! with the table of routes.

mod addresses;
mod around;
mod ask;
mod links;
mod lists;
mod panel;

use super::{plan::Plan, visitors::Identity};
pub(super) use ask::Ask;
use ask::PAGE;

/// A part of the site.
pub(super) struct Surface {
    /// The name, for the report.
    pub(super) name: &'static str,
    /// The routes, as the table of routes writes them.
    pub(super) routes: &'static [&'static str],
    /// The requests of the visitor with a number.
    pub(super) asks: fn(&Plan, &Identity, usize) -> Vec<Ask>,
}

/// All surfaces, in the order of the report.
pub(super) const ALL: [Surface; 16] = [
    Surface { name: "pages", routes: &[PAGE], asks: addresses::pages },
    Surface { name: "spellings of paths", routes: &[PAGE], asks: addresses::spellings },
    Surface { name: "old paths", routes: &[PAGE], asks: addresses::old_paths },
    Surface { name: "files", routes: &[PAGE], asks: addresses::files },
    Surface { name: "methods", routes: &[PAGE], asks: addresses::methods },
    Surface { name: "around readable pages", routes: &[PAGE], asks: around::pages },
    Surface { name: "errors", routes: &[PAGE], asks: around::errors },
    Surface { name: "lists", routes: &[PAGE, lists::SITEMAP], asks: lists::lists },
    Surface { name: "search", routes: &[lists::SEARCH], asks: lists::search },
    Surface { name: "feeds", routes: &[lists::FEED, lists::SECTION_FEED], asks: lists::feeds },
    Surface { name: "sitemap", routes: &[lists::SITEMAP_XML, around::ROBOTS], asks: lists::sitemap },
    Surface { name: "guard", routes: &[links::GUARD], asks: links::guard },
    Surface { name: "share links", routes: &[links::SHARE], asks: links::shares },
    Surface {
        name: "sign-in",
        routes: &["/login", "/logout", "/signed-in.css", links::JOIN, "/join (nothing there)"],
        asks: links::sign_in,
    },
    Surface { name: "account and panel", routes: panel::ROUTES, asks: panel::panel },
    Surface { name: "style sheets and health", routes: around::SITE, asks: around::site },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_given_once() {
        for (number, surface) in ALL.iter().enumerate() {
            assert!(surface.name.len() <= 24 && !surface.routes.is_empty(), "{}", surface.name);
            assert!(ALL[..number].iter().all(|other| other.name != surface.name), "{}", surface.name);
        }
    }
}
