//! The surfaces of the site: what it answers, and the requests that ask for it. Each route belongs to one; a test compares them
//! with the table of routes.

mod addresses;
mod around;
mod links;
mod lists;
mod panel;
mod probe;

use super::{plan::Plan, visitors::Identity};
use probe::PAGE;
pub(super) use probe::Probe;

/// A part of the site.
pub(super) struct Surface {
    /// The name, for the report.
    pub(super) name: &'static str,
    /// The routes, as the table of routes writes them.
    pub(super) routes: &'static [&'static str],
    /// The requests of the visitor with a number.
    pub(super) probes: fn(&Plan, &Identity, usize) -> Vec<Probe>,
}

/// All surfaces, in the order of the report.
pub(super) const ALL: [Surface; 16] = [
    Surface { name: "pages", routes: &[PAGE], probes: addresses::pages },
    Surface { name: "spellings of paths", routes: &[PAGE], probes: addresses::spellings },
    Surface { name: "old paths", routes: &[PAGE], probes: addresses::old_paths },
    Surface { name: "files", routes: &[PAGE], probes: addresses::files },
    Surface { name: "methods", routes: &[PAGE], probes: addresses::methods },
    Surface { name: "around readable pages", routes: &[PAGE], probes: around::pages },
    Surface { name: "errors", routes: &[PAGE], probes: around::errors },
    Surface { name: "lists", routes: &[PAGE, lists::SITEMAP], probes: lists::lists },
    Surface { name: "search", routes: &[lists::SEARCH], probes: lists::search },
    Surface { name: "feeds", routes: &[lists::FEED, lists::SECTION_FEED], probes: lists::feeds },
    Surface { name: "sitemap", routes: &[lists::SITEMAP_XML, around::ROBOTS], probes: lists::sitemap },
    Surface { name: "guard", routes: &[links::GUARD], probes: links::guard },
    Surface { name: "share links", routes: &[links::SHARE], probes: links::shares },
    Surface {
        name: "sign-in",
        routes: &["/login", "/logout", "/signed-in.css", links::JOIN, "/join (nothing there)"],
        probes: links::sign_in,
    },
    Surface { name: "account and panel", routes: panel::ROUTES, probes: panel::panel },
    Surface { name: "style sheets and health", routes: around::SITE, probes: around::site },
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
