//! Readable pages with their surroundings, error pages, and what is the same for everybody.

use super::{
    addresses::{below, unread},
    probe::{PAGE, Probe},
};
use crate::leak_check::{client::Request, closed::ClosedKind, plan::Plan, visitors::Identity};

/// The route of `robots.txt`.
pub(super) const ROBOTS: &str = "/robots.txt";

/// The routes of [`site`].
pub(super) const SITE: &[&str] =
    &["/healthz", "/readyz", "/favicon.ico", "/static/look/{file}", "/static/css/{file}", "/static/{hash}/{file:.+}"];

/// Readable pages, with the menu, the breadcrumbs, the sidebar, the pages before and after, and the head for link previews.
pub(super) fn pages(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    if !identity.goes_everywhere() {
        return Vec::new();
    }
    let private = plan.closed.iter().enumerate().filter(|(number, closed)| {
        matches!(closed.what, ClosedKind::Page(_)) && plan.readers[*number].contain(visitor)
    });
    let private = private.filter_map(|(_, closed)| closed.paths.first());
    let mut probes = Vec::new();
    for path in plan.open.iter().chain(private) {
        let request = Request::get(path.href());
        probes.push(Probe::any(PAGE, request.clone().with("accept", "text/html")));
        probes.push(Probe::any(PAGE, request.clone().by("HEAD")));
        probes.push(Probe::any(PAGE, Request::get(format!("{}?plain", path.href()))));
    }
    probes
}

/// Error pages: 400, 401, 403, 404, 405, and paths below those of closed pages.
pub(super) fn errors(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    if !identity.goes_everywhere() {
        return Vec::new();
    }
    let html = "text/html";
    let absent = format!("/{}", plan.made_up);
    let mut probes: Vec<Probe> = ["/", &absent, "/x.jpg", "/%ff", "/a//b"]
        .into_iter()
        .flat_map(|target| {
            let get = || Request::get(target);
            [get().with("accept", html), get(), get().by("POST")]
        })
        .map(|request| Probe::any(PAGE, request))
        .collect();
    for (number, _, path) in unread(plan, identity, visitor) {
        // Two lines of credentials get 400, and are not a failed sign-in; the header of the visitor is one of them.
        let mut twice = Request::get(path.href()).with("authorization", "Basic !");
        if identity.is_nobody() {
            twice = twice.with("authorization", "Basic !");
        }
        probes.push(Probe::refused_unless(plan.listed.has_something(path, visitor), PAGE, number, twice));
        let below = below(path, &plan.made_up);
        probes.push(Probe::any(PAGE, Request::get(below.clone()).with("accept", html)));
        probes.push(Probe::any(PAGE, Request::get(format!("{below}.jpg"))));
    }
    probes
}

/// What is the same for everybody: style sheets, scripts, pictures of the site and the state of the server.
pub(super) fn site(plan: &Plan, identity: &Identity, _: usize) -> Vec<Probe> {
    if !identity.is_nobody() {
        return Vec::new();
    }
    let fixed = [
        ("/healthz", "/healthz"),
        ("/readyz", "/readyz"),
        ("/favicon.ico", "/favicon.ico"),
        ("/static/look/{file}", "/static/look/0.css"),
        ("/static/css/{file}", "/static/css/0.css"),
        ("/static/{hash}/{file:.+}", "/static/0/site.css"),
    ];
    let mut probes: Vec<Probe> =
        fixed.into_iter().map(|(route, target)| Probe::any(route, Request::get(target))).collect();
    for target in &plan.statics {
        let route = match target.split('/').nth(2) {
            Some("look") => "/static/look/{file}",
            Some("css") => "/static/css/{file}",
            _ => "/static/{hash}/{file:.+}",
        };
        probes.push(Probe::any(route, Request::get(target.clone())));
    }
    probes
}
