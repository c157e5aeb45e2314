//! The addresses of closed pages and of their files, in every form.

use domain::page::PagePath;

use super::probe::{PAGE, Probe};
use crate::leak_check::{
    client::Request,
    closed::{Closed, ClosedKind},
    plan::Plan,
    visitors::Identity,
};

/// The maximum number of closed pages whose paths each visitor requests in other spellings.
const MAX_SPELLED: usize = 25;
/// The maximum number of files of a page that are requested.
const MAX_FILES: usize = 3;

/// Other spellings of a path, which has no leading slash.
const SPELLINGS: [&str; 20] = [
    "//{path}",
    "/{path}/",
    "/./{path}",
    "/x/../{path}",
    "/%2e/{path}",
    "/{path}%2F",
    "/{path}%00",
    "/{path}%20",
    "/{path}.",
    "/{path};a=b",
    "/{path}.md",
    "/{path}.json",
    "/{path}.html",
    "/{path}/index.html",
    "/%5C{path}",
    "/{PATH}",
    "/{escaped}",
    "/{twice}",
    "/{path}%C2%AD",
    "/{path}?draft&plain&_method=GET",
];

/// The closed pages that a visitor may not read and that have a path, if the visitor asks at every address.
pub(super) fn unread<'a>(
    plan: &'a Plan,
    identity: &'a Identity,
    visitor: usize,
) -> impl Iterator<Item = (usize, &'a Closed, &'a PagePath)> {
    let unread = plan.unread(visitor).filter(|_| identity.goes_everywhere());
    unread.filter_map(|(number, closed)| Some((number, closed, closed.paths.first()?)))
}

/// The ways to request an address, each of which may be answered by different code.
fn ways(target: &str) -> [Request; 6] {
    let get = || Request::get(target);
    [
        get().with("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
        get(),
        get().by("HEAD"),
        get().with("if-none-match", "*"),
        get().with("range", "bytes=0-9"),
        get().with("accept", "application/json").with("accept-language", "de"),
    ]
}

/// The address of a page that was made up, beside another one.
fn made_up(plan: &Plan, path: &PagePath) -> String {
    below(&path.ancestors().pop().unwrap_or_else(PagePath::root), &plan.made_up)
}

pub(super) fn pages(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (number, closed, path) in unread(plan, identity, visitor) {
        let target = path.href();
        let is_found = plan.listed.has_something(path, visitor);
        probes.extend(ways(&target).map(|request| Probe::refused_unless(is_found, PAGE, number, request)));
        if !is_found && plan.is_hidden(closed) {
            let like = Request::get(made_up(plan, path));
            probes.push(Probe::refused(PAGE, number, Request::get(target)).like(number, like));
        }
    }
    probes
}

pub(super) fn spellings(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (number, _, path) in unread(plan, identity, visitor).take(MAX_SPELLED) {
        if plan.listed.has_something(path, visitor) {
            continue;
        }
        let path = path.as_str();
        let first = path.bytes().next().unwrap_or(b'/');
        for spelling in SPELLINGS {
            let target = spelling
                .replace("{path}", path)
                .replace("{PATH}", &path.to_uppercase())
                .replace("{escaped}", &format!("%{first:02X}{}", &path[1..]))
                .replace("{twice}", &format!("%25{first:02X}{}", &path[1..]));
            probes.push(Probe::refused(PAGE, number, Request::get(target)));
        }
    }
    probes
}

pub(super) fn old_paths(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (number, closed, path) in unread(plan, identity, visitor) {
        for old in closed.paths[1..].iter().filter(|old| !plan.listed.has_something(old, visitor) && *old != path) {
            let probe = Probe::refused(PAGE, number, Request::get(old.href()));
            probes.push(match plan.is_taken(old) {
                true => probe,
                false => probe.like(number, Request::get(made_up(plan, old))),
            });
            for name in closed.files.iter().take(1) {
                probes.push(Probe::refused(PAGE, number, Request::get(below(old, name))));
            }
        }
    }
    probes
}

/// The address of something below a page, such as its file.
pub(super) fn below(path: &PagePath, name: &str) -> String {
    format!("{}/{name}", path.href().trim_end_matches('/'))
}

pub(super) fn files(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (number, closed, path) in unread(plan, identity, visitor) {
        // Another page may be there now, with a file of the same name.
        if closed.what == ClosedKind::Deleted && plan.listed.has_page(path, visitor) {
            continue;
        }
        for name in closed.files.iter().take(MAX_FILES) {
            let target = below(path, name);
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            for request in ways(&target) {
                probes.push(Probe::refused(PAGE, number, request));
            }
            for query in ["?w=480", "?w=7", "?download", "?draft"] {
                let absent = format!("{}{query}", below(path, &format!("{}.{ending}", plan.made_up)));
                let probe = Probe::refused(PAGE, number, Request::get(format!("{target}{query}")));
                probes.push(probe.like(number, Request::get(absent)));
            }
        }
    }
    probes
}

pub(super) fn methods(plan: &Plan, identity: &Identity, visitor: usize) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (number, closed, path) in unread(plan, identity, visitor) {
        let target = path.href();
        let name = closed.files.first().map(|name| below(path, name));
        for target in std::iter::once(target).chain(name) {
            probes.push(Probe::any(PAGE, Request::get(target.clone()).by("OPTIONS")));
            for method in ["POST", "DELETE", "PROPFIND", "TRACE"] {
                probes.push(Probe::refused(PAGE, number, Request::get(target.clone()).by(method)));
            }
        }
    }
    probes
}
