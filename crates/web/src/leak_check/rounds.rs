//! The requests to a surface, and what is found in their answers.

use std::{
    collections::{BTreeMap, HashSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use domain::access::Admin;
use store::{Store, admin_list};

use super::{
    client::{Client, Failure, Request},
    closed::{Closed, ClosedKind},
    clues::Clues,
    findings::{Finding, Leak, comparable, judge},
    known::{Known, Listed},
    plan::Plan,
    report::{Leaked, Line},
    surfaces::{Probe, Surface},
    visitors::Identity,
};
use crate::clock;

/// The message of a run that was stopped.
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

/// A finding, with its visitor and its address.
struct Found {
    visitor: usize,
    address: String,
    finding: Finding,
}

impl Round<'_> {
    /// Sends the requests to a surface as every visitor.
    ///
    /// # Errors
    /// One line with the cause, when the database fails or the run was stopped.
    pub(super) fn surface(&mut self, surface: &Surface) -> Result<Line, String> {
        let mut line = Line { surface: surface.name, ..Line::default() };
        let (mut found, mut pages) = (Vec::new(), HashSet::new());
        for (visitor, identity) in self.identities.iter().enumerate() {
            let probes = (surface.probes)(self.plan, identity, visitor);
            if !probes.is_empty() {
                pages.extend(self.plan.unread(visitor).map(|(number, _)| number));
            }
            for probe in probes {
                if self.stopped.load(Relaxed) {
                    return Err(STOPPED.into());
                }
                self.probe(&probe, identity, visitor, &mut line, &mut found);
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

    fn probe(&mut self, probe: &Probe, identity: &Identity, visitor: usize, line: &mut Line, found: &mut Vec<Found>) {
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
        *self.routes.entry(probe.route).or_default() += 1;
        let Some(answer) = send(&probe.request, line) else { return };
        if answer.status >= 500 {
            line.unanswered.push(format!("{}: status {}", shown(&probe.request), answer.status));
        }
        let mut findings =
            judge(&self.plan.clues, visitor, &probe.request, probe.expect, &answer, self.client.base_url());
        if let Some((closed, other)) = &probe.like
            && let Some(absent) = send(other, line)
        {
            let addresses = [&*probe.request.target, &*other.target];
            if comparable(&answer, addresses) != comparable(&absent, addresses) {
                findings.push(Finding { closed: *closed, leak: Leak::Differs });
            }
        }
        let address = shown(&probe.request);
        found.extend(findings.into_iter().map(|finding| Found { visitor, address: address.clone(), finding }));
    }

    /// Leaves out findings about pages that became readable, and clues that became known from elsewhere, during the
    /// run.
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
                ClosedKind::Page(_) => self.store.read(|conn| Closed::page(conn, closed.id))?,
                ClosedKind::Draft => self.store.read(|conn| Closed::draft(conn, closed.id))?,
                ClosedKind::Deleted => self.store.read(|conn| Closed::deleted(conn, closed.id))?,
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
