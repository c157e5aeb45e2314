//! Lists, search, feeds and the sitemap.

use std::collections::BTreeSet;

use super::{
    addresses::unread,
    around::ROBOTS,
    probe::{PAGE, Probe},
};
use crate::{
    http::query::encode,
    leak_check::{client::Request, plan::Plan, visitors::Identity},
};

pub(super) const SITEMAP: &str = "/sitemap{path:(/.*)?}";
pub(super) const SITEMAP_XML: &str = "/sitemap.xml";
pub(super) const SEARCH: &str = "/search";
pub(super) const FEED: &str = "/feed.xml";
pub(super) const SECTION_FEED: &str = "/{section:.+}/feed.xml";

/// The number of words of a text that are searched for, the longest first.
const SEARCHED: usize = 3;

/// The paths above closed pages, without a slash at the end; the empty one is the front page.
fn sections(plan: &Plan, identity: &Identity, visitor: usize) -> BTreeSet<String> {
    let above = unread(plan, identity, visitor).flat_map(|(_, _, path)| path.ancestors());
    let above = above.map(|path| path.href().trim_end_matches('/').to_owned());
    above.chain(identity.goes_everywhere().then(String::new)).collect()
}

/// The front page, the lists of sections with every position that closed pages would have, and `/sitemap`.
pub(super) fn lists(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes = Vec::new();
    for section in sections(plan, identity, visitor) {
        let shown = if section.is_empty() { "/" } else { &section };
        probes.push(Probe::any(PAGE, Request::get(shown).with("accept", "text/html")));
        probes.push(Probe::any(PAGE, Request::get(shown).by("HEAD")));
        probes.push(Probe::any(SITEMAP, Request::get(format!("/sitemap{section}"))));
    }
    for (_, _, path) in unread(plan, identity, visitor) {
        let above = path.ancestors().pop().map_or_else(|| "/".to_owned(), |above| above.href());
        for (query, address) in [("older", "/"), ("newer", "/"), ("older", &above), ("newer", &above)] {
            probes.push(Probe::any(PAGE, Request::get(format!("{address}?{query}={}", path.href()))));
        }
        probes.push(Probe::any(SITEMAP, Request::get(format!("/sitemap{}", path.href().trim_end_matches('/')))));
        probes.push(Probe::any(SITEMAP, Request::get(format!("/sitemap?older={}", path.href()))));
    }
    probes
}

/// Searches for titles, words, paths and files of closed pages. The words of the search itself do not count as clues.
pub(super) fn search(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (_, closed, path) in unread(plan, identity, visitor) {
        let mut words: Vec<&String> = closed.text.iter().chain(&closed.summary).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        let title = closed.title.iter().take(8).cloned().collect::<Vec<_>>().join(" ");
        let words = words.into_iter().take(SEARCHED).cloned();
        let names = closed.files.iter().take(1).cloned();
        let queries = [title.clone(), format!("\"{title}\""), path.as_str().to_owned()];
        for query in queries.into_iter().chain(words).chain(names).filter(|query| !query.trim_matches('"').is_empty()) {
            probes.push(Probe::any(SEARCH, Request::get(format!("/search?{}", encode(&[("q", &query)])))));
        }
        probes.push(Probe::any(
            SEARCH,
            Request::get(format!("/search?{}&plain", encode(&[("q", &title), ("page", "2")]))),
        ));
    }
    probes
}

/// The feed of the site, and those of sections and of closed pages.
pub(super) fn feeds(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    if !identity.goes_everywhere() {
        return Vec::new();
    }
    let mut probes =
        vec![Probe::any(FEED, Request::get("/feed.xml")), Probe::any(FEED, Request::get("/feed.xml").by("HEAD"))];
    for section in sections(plan, identity, visitor).into_iter().filter(|section| !section.is_empty()) {
        probes.push(Probe::any(SECTION_FEED, Request::get(format!("{section}/feed.xml"))));
    }
    for (number, _, path) in unread(plan, identity, visitor).filter(|(_, _, path)| !path.is_root()) {
        for request in [
            Request::get(format!("{}/feed.xml", path.href())),
            Request::get(format!("{}/feed.xml", path.href())).with("if-none-match", "*"),
        ] {
            let is_found = plan.listed.has_something(path, visitor);
            probes.push(Probe::refused_unless(is_found, SECTION_FEED, number, request));
        }
    }
    // Without a closed page there is still the route.
    if let Some(path) = plan.open.iter().find(|path| !path.is_root()) {
        probes.push(Probe::any(SECTION_FEED, Request::get(format!("{}/feed.xml", path.href()))));
    }
    probes
}

/// The sitemap with its parts, and `robots.txt`.
pub(super) fn sitemap(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    if !identity.goes_everywhere() {
        return Vec::new();
    }
    let mut probes =
        vec![Probe::any(ROBOTS, Request::get("/robots.txt")), Probe::any(SITEMAP_XML, Request::get("/sitemap.xml"))];
    for part in &plan.parts {
        probes.push(Probe::any(SITEMAP_XML, Request::get(part.clone())));
    }
    for (_, _, path) in unread(plan, identity, visitor) {
        let query = encode(&[("from", &path.href())]);
        probes.push(Probe::any(SITEMAP_XML, Request::get(format!("/sitemap.xml?{query}"))));
    }
    probes
}
