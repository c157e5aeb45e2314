//! The destinations in the header of the panel, each with the tabs of its pages.

use serde::Serialize;

use crate::auth::account::Account;

/// A part of a destination: the section of its pages, and its tab.
struct Part {
    section: &'static str,
    title: &'static str,
    href: &'static str,
    needs_admin: bool,
}

/// The title of each destination, and its parts. The link in the header leads to the first part that the account may
/// open.
static DESTINATIONS: [(&str, &[Part]); 4] = [
    ("Pages", &[Part { section: "pages", title: "Pages", href: "/admin/pages", needs_admin: false }]),
    (
        "People",
        &[
            Part { section: "users", title: "Users", href: "/admin/users", needs_admin: true },
            Part { section: "groups", title: "Groups", href: "/admin/groups", needs_admin: true },
            Part { section: "keys", title: "Keys", href: "/admin/keys", needs_admin: true },
        ],
    ),
    (
        "Site",
        &[
            Part { section: "site", title: "Settings", href: "/admin/site", needs_admin: true },
            Part {
                section: "navigation",
                title: "Menu and front page",
                href: "/admin/site/navigation",
                needs_admin: true,
            },
            Part { section: "look", title: "Look", href: "/admin/site/look", needs_admin: true },
        ],
    ),
    (
        "Activity",
        &[
            Part { section: "audit", title: "All activity", href: "/admin/audit", needs_admin: true },
            Part {
                section: "refused",
                title: "Failed sign-ins",
                href: "/admin/audit?action=refused",
                needs_admin: true,
            },
            Part { section: "shares", title: "Shared links", href: "/admin/shares", needs_admin: false },
            Part { section: "links", title: "Broken links", href: "/admin/links/broken", needs_admin: false },
        ],
    ),
];

/// A link in the header or to a tab.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Destination {
    title: &'static str,
    href: &'static str,
    is_current: bool,
}

/// The destinations that an account may open; the current one is that of `section`. A destination with one part has the title
/// of that part.
pub(super) fn of(account: &Account, section: &str) -> Vec<Destination> {
    let open = DESTINATIONS.iter().filter_map(|(title, parts)| {
        let parts = open_parts(parts, account);
        let (first, is_current) = (parts.first()?, parts.iter().any(|part| part.section == section));
        let title = if parts.len() == 1 { first.title } else { *title };
        Some(Destination { title, href: first.href, is_current })
    });
    open.collect()
}

/// The tabs of the destination of `section`; none if it has only one part.
pub(super) fn tabs(account: &Account, section: &str) -> Vec<Destination> {
    let parts = DESTINATIONS.iter().find(|(_, parts)| parts.iter().any(|part| part.section == section));
    let parts = parts.map_or(Vec::new(), |(_, parts)| open_parts(parts, account));
    if parts.len() < 2 {
        return Vec::new();
    }
    let tab = |part: &Part| Destination { title: part.title, href: part.href, is_current: part.section == section };
    parts.into_iter().map(tab).collect()
}

fn open_parts(parts: &'static [Part], account: &Account) -> Vec<&'static Part> {
    let is_admin = account.member.role.may_administer();
    parts.iter().filter(|part| is_admin || !part.needs_admin).collect()
}
