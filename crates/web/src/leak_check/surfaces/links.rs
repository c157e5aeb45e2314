//! The guard, share links, links to set a password, and the sign-in.

use super::{addresses::unread, probe::Probe};
use crate::{
    http::query::encode,
    leak_check::{
        client::Request,
        plan::Plan,
        visitors::{Identity, Key},
    },
};

pub(super) const GUARD: &str = "/postern/guard{path:(/.*)?}";
pub(super) const SHARE: &str = "/s/{path:.*}";
pub(super) const JOIN: &str = "/join/{secret}";

/// The guard of closed pages.
pub(super) fn guard(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes: Vec<Probe> = identity
        .goes_everywhere()
        .then(|| Probe::any(GUARD, Request::get(format!("/postern/guard/{}", plan.made_up))))
        .into_iter()
        .collect();
    for (number, _, path) in unread(plan, identity, visitor) {
        let request = Request::get(format!("/postern/guard{}", path.href()));
        for request in [request.clone(), request.by("HEAD")] {
            probes.push(Probe::refused_unless(plan.listed.has_page(path, visitor), GUARD, number, request));
        }
    }
    probes
}

/// Addresses below the link of a share: the shared page, and other pages and files by their paths below it and by their
/// whole paths.
pub(super) fn shares(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let Key::Share(secret, shared) = &identity.key else {
        let invented = format!("/s/{}", "A".repeat(30));
        let targets = [invented.clone(), format!("{invented}/{}", plan.made_up), "/s/".into(), "/s/x".into()];
        let targets = targets.into_iter().filter(|_| identity.goes_everywhere());
        return targets.map(|target| Probe::any(SHARE, Request::get(target))).collect();
    };
    let root = format!("/s/{secret}");
    let mut probes: Vec<Probe> = [
        Request::get(root.clone()).with("accept", "text/html"),
        Request::get(root.clone()),
        Request::get(root.clone()).by("HEAD"),
        Request::get(root.clone()).by("POST"),
        Request::get(format!("{root}/")),
        Request::get(format!("{root}/feed.xml")),
        Request::get(format!("{root}?draft")),
        Request::get(format!("{root}/{}", plan.made_up)),
        Request::get(format!("{root}/{}.jpg", plan.made_up)),
    ]
    .into_iter()
    .map(|request| Probe::any(SHARE, request))
    .collect();
    if let Some(draft) = identity.draft {
        let own = |name: &String| plan.closed.iter().any(|closed| closed.id == draft && closed.files.contains(name));
        for (number, closed) in plan.unread(visitor) {
            for name in closed.files.iter().filter(|name| !own(name)).take(2) {
                probes.push(Probe::refused(SHARE, number, Request::get(format!("{root}/{name}"))));
            }
        }
    }
    for (number, closed) in plan.unread(visitor) {
        for path in &closed.paths {
            let whole = format!("{root}{}", path.href());
            probes.push(Probe::any(SHARE, Request::get(whole.clone())));
            let below =
                path.as_str().strip_prefix(shared.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'));
            let Some(below) = below.map(|rest| rest.trim_start_matches('/')).filter(|_| !shared.is_root()) else {
                continue;
            };
            let address = if below.is_empty() { root.clone() } else { format!("{root}/{below}") };
            if !plan.listed.has_page(path, visitor) {
                probes.push(Probe::refused(SHARE, number, Request::get(address.clone())));
                probes.push(Probe::refused(SHARE, number, Request::get(format!("{address}?draft"))));
                probes.push(Probe::refused(SHARE, number, Request::get(format!("{root}/x/../{below}"))));
            }
            for name in closed.files.iter().take(2) {
                let request = Request::get(format!("{address}/{name}"));
                probes.push(Probe::refused(SHARE, number, request.clone()));
                probes.push(Probe::refused(SHARE, number, request.with("if-none-match", "*")));
            }
        }
    }
    probes
}

/// The sign-in that leads back to closed pages, the sign-out, and links to set a password.
pub(super) fn sign_in(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    if let Key::Join(secret) = &identity.key {
        let address = format!("/join/{secret}");
        let get = || Request::get(address.clone());
        let requests = [
            get().with("accept", "text/html"),
            get().by("HEAD"),
            get().by("DELETE"),
            Request::get(format!("{address}/x")),
        ];
        return requests.into_iter().map(|request| Probe::any(JOIN, request)).collect();
    }
    if !identity.goes_everywhere() {
        return Vec::new();
    }
    let invented = format!("/join/{}", "A".repeat(30));
    let mut probes = vec![
        Probe::any("/login", Request::get("/login")),
        Probe::any("/logout", Request::get("/logout")),
        Probe::any("/signed-in.css", Request::get("/signed-in.css")),
        Probe::any(JOIN, Request::get(invented.clone())),
        Probe::any(JOIN, Request::get(invented).by("POST")),
        Probe::any("/join (nothing there)", Request::get("/join")),
    ];
    for (_, _, path) in unread(plan, identity, visitor) {
        let query = encode(&[("next", &path.href())]);
        probes.push(Probe::any("/login", Request::get(format!("/login?{query}"))));
    }
    probes
}
