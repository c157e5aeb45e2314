//! The panel and the account. The keys of a run open no panel: everything there is refused, whatever is named in the address.

use super::{addresses::unread, probe::Probe};
use crate::leak_check::{
    client::Request,
    closed::Closed,
    plan::Plan,
    visitors::{Identity, READER},
};

/// The number of closed pages with which each address of the panel is requested.
const NAMED: usize = 1;

/// The routes of the panel and of the account.
pub(super) const ROUTES: &[&str] = &[
    "/admin/users",
    "/admin/users/new",
    "/admin/users/add-many",
    "/admin/users/actions",
    "/admin/users/{id}",
    "/admin/users/{id}/unlock",
    "/admin/users/{id}/app-passwords",
    "/admin/users/{id}/link",
    "/admin/users/{id}/groups",
    "/admin/users/{id}/password",
    "/admin/users/{id}/delete",
    "/admin/users/{id}/keys",
    "/admin/keys",
    "/admin/groups",
    "/admin/groups/new",
    "/admin/groups/{id}",
    "/admin/groups/{id}/delete",
    "/admin/site",
    "/admin/site/first-steps",
    "/admin/site/time-zone",
    "/admin/site/look",
    "/admin/site/look/{picture}",
    "/admin/site/navigation",
    "/admin/audit",
    "/admin/audit/names",
    "/admin",
    "/admin/",
    "/admin/pages",
    "/admin/pages/new",
    "/admin/pages/actions",
    "/admin/pages/{id}",
    "/admin/pages/{id}/history",
    "/admin/pages/{id}/history/compare",
    "/admin/pages/{id}/history/{version}",
    "/admin/pages/{id}/order",
    "/admin/pages/{id}/receipts",
    "/admin/pages/{id}/shares",
    "/admin/pages/{id}/shares/{share}/end",
    "/admin/shares",
    "/admin/shares/actions",
    "/admin/pages/{id}/delete",
    "/admin/pages/{id}/undo",
    "/admin/jobs/{id}",
    "/admin/drafts",
    "/admin/drafts/actions",
    "/admin/drafts/{id}",
    "/admin/drafts/{id}/files",
    "/admin/drafts/{id}/files/{name}",
    "/admin/drafts/{id}/preview",
    "/admin/drafts/{id}/compare",
    "/admin/drafts/{id}/discard",
    "/admin/preview",
    "/admin/readers",
    "/admin/people",
    "/admin/view-as",
    "/admin/view-as/visitor{path:(/.*)?}",
    "/admin/view-as/signed-in{path:(/.*)?}",
    "/admin/view-as/user/{name}{path:(/.*)?}",
    "/admin/sections",
    "/admin/moment",
    "/admin/links",
    "/admin/links/broken",
    "/admin/trash",
    "/admin/trash/actions",
    "/admin/trash/{id}",
    "/account",
    "/account/theme",
    "/account/app-passwords",
    "/account/app-passwords/end",
];

/// Every address of the panel and of the account, with the keys and paths of closed pages.
pub(super) fn panel(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    if !identity.goes_everywhere() {
        return Vec::new();
    }
    // The account of a reader is the only thing that opens, with the password and not with an app password.
    let is_own = |route: &str| route.starts_with("/account") && identity.name == READER;
    let mut probes = Vec::new();
    for route in ROUTES {
        let mut targets: Vec<(Option<usize>, String)> = match route.contains('{') {
            true => {
                plan.unread(visitor).take(NAMED).map(|(number, closed)| (Some(number), filled(route, closed))).collect()
            }
            false => Vec::new(),
        };
        if targets.is_empty() {
            targets.push((None, filled(route, &Closed::default())));
        }
        for (number, target) in targets {
            let requests = [Request::get(target.clone()).with("accept", "text/html"), Request::get(target).by("POST")];
            for request in requests {
                probes.push(match number {
                    Some(number) if !is_own(route) => Probe::refused(route, number, request),
                    _ => Probe::any(route, request),
                });
            }
        }
    }
    for (number, _, path) in unread(plan, identity, visitor).take(NAMED) {
        let request = Request::get(format!("/admin/sections?below={}", path.href()));
        probes.push(Probe::refused("/admin/sections", number, request));
        let query = closed_title(plan, number);
        probes.push(Probe::refused("/admin/links", number, Request::get(format!("/admin/links?{query}"))));
        probes.push(Probe::refused("/admin/pages", number, Request::get(format!("/admin/pages?{query}"))));
    }
    probes
}

fn closed_title(plan: &Plan, number: usize) -> String {
    crate::http::query::encode(&[("q", &plan.closed[number].title.join(" "))])
}

/// The address of a route about a closed page.
fn filled(route: &str, closed: &Closed) -> String {
    let path = closed.paths.first().map_or_else(|| "/".to_owned(), |path| path.href());
    let name = closed.files.first().map_or("plan.jpg", String::as_str);
    route
        .replace("{path:(/.*)?}", &path)
        .replace("{id}", &closed.id.0.to_string())
        .replace("{version}", "1")
        .replace("{share}", "1")
        .replace("{picture}", "logo")
        .replace("/user/{name}", "/user/admin")
        .replace("{name}", name)
}
