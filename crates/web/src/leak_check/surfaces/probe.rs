//! A request of a surface.

use crate::leak_check::{client::Request, findings::Expect};

/// The route of pages and of their files.
pub(super) const PAGE: &str = "/{path:.*}";

/// A request, and the answer that it has to get.
#[derive(Clone, Debug)]
pub(in crate::leak_check) struct Probe {
    /// The route, as the table of routes writes it.
    pub(in crate::leak_check) route: &'static str,
    /// The request.
    pub(in crate::leak_check) request: Request,
    /// The answer that it has to get.
    pub(in crate::leak_check) expect: Expect,
    /// A request for an address that was made up, which has to get the same answer; with the number of the closed page.
    pub(in crate::leak_check) like: Option<(usize, Request)>,
}

impl Probe {
    /// A request that may get any answer that reveals nothing.
    pub(in crate::leak_check) fn any(route: &'static str, request: Request) -> Probe {
        Probe { route, request, expect: Expect::Anything, like: None }
    }

    /// A request that has to be refused.
    pub(in crate::leak_check) fn refused(route: &'static str, closed: usize, request: Request) -> Probe {
        Probe { expect: Expect::Refusal(closed), ..Probe::any(route, request) }
    }

    /// A request that has to be refused, unless the visitor finds something at its address.
    pub(in crate::leak_check) fn refused_unless(
        is_found: bool,
        route: &'static str,
        closed: usize,
        request: Request,
    ) -> Probe {
        if is_found { Probe::any(route, request) } else { Probe::refused(route, closed, request) }
    }

    /// The request, which has to be answered like another one.
    pub(in crate::leak_check) fn like(self, closed: usize, other: Request) -> Probe {
        Probe { like: Some((closed, other)), ..self }
    }
}
