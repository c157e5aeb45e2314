//! `postern audit`: asks a running site for everything it answers, as several visitors, and looks in the answers for pages that
//! these visitors may not read.
//!
//! What a visitor may read comes from the rule (`domain::access`) and the database, and not from the code that answers requests.
//! A closed page is recognised by clues: words that stand in nothing that the visitor may know, its path, and the names of its
//! files. Besides, the address of a closed page has to refuse, and where its existence is hidden, to refuse as an address that was
//! made up. See docs/decisions/0047.

mod client;
mod closed;
mod clues;
mod decoded;
mod findings;
mod guests;
mod known;
mod local;
mod plan;
mod report;
mod sample;
mod surfaces;
mod visitors;

use std::{
    collections::{BTreeMap, HashSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use store::Store;

pub use local::Local;
pub use report::{Leaked, Line, Scope, grouped};

use crate::clock;
use client::{Client, Failure, Request};
use closed::Closed;
use findings::{Finding, Leak, comparable, judge};
use guests::{Guests, Targets};
use known::Known;
use plan::Plan;
use sample::Sample;
use surfaces::{Ask, Surface};
use visitors::{Identity, READER};

/// How long the site may take to know the accounts that were just made.
const LEARNS_WITHIN: Duration = Duration::from_secs(10);

/// The options of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address of the site, without a path.
    pub base_url: String,
    /// The most pages of each kind that are looked for.
    pub pages: usize,
    /// The bcrypt cost of the passwords of the accounts that are made.
    pub bcrypt_cost: u32,
}

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// A line for each surface.
    pub lines: Vec<Line>,
    /// The number of requests for each route.
    pub routes: BTreeMap<&'static str, usize>,
}

impl Report {
    /// Whether anything leaked.
    pub fn has_leaks(&self) -> bool {
        self.lines.iter().any(|line| !line.leaks.is_empty())
    }

    /// Whether every request was answered.
    pub fn is_complete(&self) -> bool {
        self.lines.iter().all(|line| line.unanswered.is_empty())
    }
}

/// The routes that each surface has, as the table of routes writes them.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    surfaces::ALL.into_iter().map(|surface| (surface.name, surface.routes))
}

/// Runs the check of a site over its database. Each text is handed to `say` when it is known. `stopped` ends the run.
///
/// # Errors
/// One line with the cause: the site does not answer, it has another database, the database fails, or the run was stopped. The
/// accounts and keys of the run are removed.
pub fn run(
    store: &Store,
    options: &Options,
    stopped: &AtomicBool,
    mut say: impl FnMut(&str),
) -> Result<Report, String> {
    let client = Client::new(&options.base_url);
    let answer = client.send(&Request::get("/healthz"), &visitors::Key::Nothing);
    let answer = answer.map_err(|error| format!("no answer from {}: {error}", options.base_url))?;
    if answer.status != 200 {
        return Err(format!("{}/healthz answers {}: is Postern there?", options.base_url, answer.status));
    }
    let failed = |error: store::Error| error.to_string();
    let removed = Guests::remove_left(store).map_err(failed)?;
    let now = clock::now();
    let random = random()?;
    let sample = store.read(|conn| Sample::take(conn, options.pages, now, random)).map_err(failed)?;
    let targets = store.read(|conn| Ok(Targets { page: sample.section(now), draft: sample.draft(conn)? }));
    let (guests, identities, left_out) = Guests::make(store, options.bcrypt_cost, &targets.map_err(failed)?)?;
    prove(&client, &identities, stopped)?;
    let mut scope = scope(&sample, options, left_out, removed);
    let plan = Plan::make(store, sample, &identities, &client, now, format!("zq{random:016x}"))?;
    describe(&mut scope, &plan, &identities);
    say(&scope.introduction());
    let mut report = Report::default();
    for surface in surfaces::ALL {
        let mut run =
            Run { store, client: &client, plan: &plan, identities: &identities, stopped, routes: &mut report.routes };
        let line = run.surface(&surface)?;
        say(&line.text());
        report.lines.push(line);
    }
    guests.remove().map_err(failed)?;
    Ok(report)
}

fn random() -> Result<u64, String> {
    getrandom::u64().map_err(|error| format!("the system provides no randomness: {error}"))
}

/// Proves that the site reads this database: it lets in somebody whose account was just made there.
fn prove(client: &Client, identities: &[Identity], stopped: &AtomicBool) -> Result<(), String> {
    let Some(reader) = identities.iter().find(|identity| identity.name == READER) else { return Ok(()) };
    let begun = Instant::now();
    loop {
        let answer = client.send(&Request::get("/login"), &reader.key);
        let answer = answer.map_err(|error| format!("no answer from {}/login: {error}", client.base_url()))?;
        match answer.status {
            303 => return Ok(()),
            403 => {
                return Err(format!(
                    "{} lets nobody sign in in the clear: give its https address, or leave --url out",
                    client.base_url()
                ));
            }
            _ if stopped.load(Relaxed) => return Err(STOPPED.into()),
            status if begun.elapsed() > LEARNS_WITHIN => {
                return Err(format!(
                    "{} does not know an account that was just made in this database (status {status}): the database is \
                     not that of this site",
                    client.base_url()
                ));
            }
            _ => thread::sleep(Duration::from_millis(100)),
        }
    }
}

const STOPPED: &str = "stopped; the accounts and keys of this run are removed";

fn scope(sample: &Sample, options: &Options, left_out: Vec<String>, removed: usize) -> Scope {
    use closed::What;
    let count = |is: fn(&What) -> bool| sample.closed.iter().filter(|closed| is(&closed.what)).count();
    let counts = [
        count(|what| matches!(what, What::Page(_))),
        count(|what| *what == What::Draft),
        count(|what| *what == What::Deleted),
    ];
    let [private, drafts, deleted] = sample.counts;
    Scope {
        base_url: options.base_url.clone(),
        pages: sample.all.len(),
        closed: [(counts[0], private), (counts[1], drafts.max(counts[1])), (counts[2], deleted)],
        open: (sample.open.len(), sample.open_count),
        left_out,
        removed,
        ..Scope::default()
    }
}

fn describe(scope: &mut Scope, plan: &Plan, identities: &[Identity]) {
    let unread = |visitor: usize| plan.unread(visitor).count();
    scope.visitors = identities.iter().enumerate().map(|(visitor, who)| (who.name, unread(visitor))).collect();
    let has_words = |closed: usize| {
        (0..identities.len()).all(|visitor| plan.readers[closed].contain(visitor) || plan.has_words(closed, visitor))
    };
    let without = plan.closed.iter().enumerate().filter(|(number, _)| !has_words(*number));
    scope.without_words = without.map(|(_, closed)| closed.name()).collect();
}

/// The run of one surface.
struct Run<'a> {
    store: &'a Store,
    client: &'a Client,
    plan: &'a Plan,
    identities: &'a [Identity],
    stopped: &'a AtomicBool,
    routes: &'a mut BTreeMap<&'static str, usize>,
}

/// A finding, and how it came about.
struct Found {
    visitor: usize,
    address: String,
    finding: Finding,
}

impl Run<'_> {
    fn surface(&mut self, surface: &Surface) -> Result<Line, String> {
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
        line.leaks = found
            .into_iter()
            .map(|Found { visitor, address, finding }| Leaked {
                visitor: self.identities[visitor].name,
                address,
                page: self.plan.closed[finding.closed].name(),
                what: finding.leak.words(),
            })
            .collect();
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
            store::admin_list::matching(
                conn,
                domain::access::Admin::command_line().editor(),
                &store::admin_list::PageFilter::default(),
            )
        })?;
        let mut clues = clues::Clues::of(&self.plan.closed);
        let mut listed = known::Listed::of(self.plan.closed.iter().flat_map(|closed| &closed.paths));
        let known = Known { store: self.store, identities: self.identities, base_url: self.client.base_url(), now };
        known.note(&mut clues, &mut listed, &all)?;
        let mut confirmed = Vec::new();
        for one in found {
            let closed = &self.plan.closed[one.finding.closed];
            let current = match closed.what {
                closed::What::Page(_) => self.store.read(|conn| Closed::page(conn, closed.id))?,
                closed::What::Draft => self.store.read(|conn| Closed::draft(conn, closed.id))?,
                closed::What::Deleted => self.store.read(|conn| Closed::deleted(conn, closed.id))?,
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
