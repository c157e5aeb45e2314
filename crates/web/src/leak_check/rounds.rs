//! The requests to a surface, and what is found in their answers.

use std::{
    collections::{BTreeMap, HashSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use domain::access::Admin;
use store::{Store, admin_list};

use super::{
    client::{Client, Failure, Request},
    closed::{Closed, What},
    clues::Clues,
    findings::{Finding, Leak, comparable, judge},
    known::{Known, Listed},
    plan::Plan,
    report::{Leaked, Line},
    surfaces::{Ask, Surface},
    visitors::Identity,
};
use crate::clock;

/// Why a run that was stopped has no report.
pub(super) const STOPPED: &str = "stopped; the accounts and keys of this run are removed";

/// The requests of all visitors to one surface.
pub(super) struct Round<'a> {
    pub(super) store: &'a Store,
    pub(super) client: &'a Client,
    pub(super) plan: &'a Plan,
    pub(super) identities: &'a [Identity],
    pub(super) stopped: &'a AtomicBool,
    pub(super) routes: &'a mut BTreeMap<&'static str, usize>,
}

/// A finding, and how it came about.
struct Found {
    visitor: usize,
    address: String,
    finding: Finding,
}

impl Round<'_> {
    /// Asks a surface as every visitor.
    ///
    /// # Errors
    /// One line with the cause, when the database fails or the run was stopped.
    pub(super) fn surface(&mut self, surface: &Surface) -> Result<Line, String> {
        let mut line = Line { surface: surface.name, ..Line::default() };
        let (mut found, mut pages) = (Vec::new(), HashSet::new());
        for (visitor, identity) in self.identities.iter().enumerate() {
            let asks = (surface.asks)(self.plan, identity, visitor);
            if !asks.is_empty() {
                pages.extend(self.plan.unread(visitor).map(|(number, _)| number));
            }
            for ask in asks {
                if self.stopped.load(Relaxed) {
                    return Err(STOPPED.into());
                }
                self.ask(&ask, identity, visitor, &mut line, &mut found);
            }
        }
        line.pages = pages.len();
        let found = if found.is_empty() { found } else { self.confirmed(found).map_err(|error| error.to_string())? };
        for Found { visitor, address, finding } in found {
            let visitor = self.identities[visitor].name;
            let page = self.plan.closed[finding.closed].name();
            let leak = Leaked { visitor, address, page, what: finding.leak.words() };
            // The same address was asked for in several ways.
            if !line.leaks.contains(&leak) {
                line.leaks.push(leak);
            }
        }
        Ok(line)
    }

    fn ask(&mut self, ask: &Ask, identity: &Identity, visitor: usize, line: &mut Line, found: &mut Vec<Found>) {
        let shown = |request: &Request| format!("{} {}", request.method, identity.shown(&request.target));
        let send = |request: &Request, line: &mut Line| {
            line.requests += 1;
            match self.client.send(request, &identity.key) {
                Ok(answer) => Some(answer),
                Err(Failure::Unsendable) => None,
                Err(failure) => {
                    line.unanswered.push(format!("{}: {failure}", shown(request)));
                    None
                }
            }
        };
        *self.routes.entry(ask.route).or_default() += 1;
        let Some(answer) = send(&ask.request, line) else { return };
        if answer.status >= 500 {
            line.unanswered.push(format!("{}: status {}", shown(&ask.request), answer.status));
        }
        let mut findings = judge(&self.plan.clues, visitor, &ask.request, ask.expect, &answer, self.client.base_url());
        if let Some((closed, other)) = &ask.like
            && let Some(absent) = send(other, line)
        {
            let addresses = [&*ask.request.target, &*other.target];
            if comparable(&answer, addresses) != comparable(&absent, addresses) {
                findings.push(Finding { closed: *closed, leak: Leak::Differs });
            }
        }
        let address = shown(&ask.request);
        found.extend(findings.into_iter().map(|finding| Found { visitor, address: address.clone(), finding }));
    }

    /// Leaves out what became readable, or known from elsewhere, while the run went on.
    fn confirmed(&self, found: Vec<Found>) -> store::Result<Vec<Found>> {
        let now = clock::now();
        let all = self.store.read(|conn| {
            admin_list::matching(conn, Admin::command_line().editor(), &admin_list::PageFilter::default())
        })?;
        let mut clues = Clues::of(&self.plan.closed);
        let mut listed = Listed::of(self.plan.closed.iter().flat_map(|closed| &closed.paths));
        let known = Known { store: self.store, identities: self.identities, base_url: self.client.base_url(), now };
        known.note(&mut clues, &mut listed, &all)?;
        let mut confirmed = Vec::new();
        for one in found {
            let closed = &self.plan.closed[one.finding.closed];
            let current = match closed.what {
                What::Page(_) => self.store.read(|conn| Closed::page(conn, closed.id))?,
                What::Draft => self.store.read(|conn| Closed::draft(conn, closed.id))?,
                What::Deleted => self.store.read(|conn| Closed::deleted(conn, closed.id))?,
            };
            let is_closed = current.is_some_and(|current| !self.identities[one.visitor].reads_closed(&current, now));
            let is_clue = match &one.finding.leak {
                Leak::Clue(kind, _) => clues.all().iter().any(|clue| {
                    clue.closed == one.finding.closed && clue.kind == *kind && !clue.known_to.contain(one.visitor)
                }),
                Leak::Opened(_) | Leak::Differs | Leak::Tagged => true,
            };
            if is_closed && is_clue {
                confirmed.push(one);
            }
        }
        Ok(confirmed)
    }
}
