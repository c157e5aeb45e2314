//! `postern audit`: asks a running site for everything it answers, as several visitors, and looks in the answers for pages that
//! these visitors may not read.
//!
//! What a visitor may read comes from the rule (`domain::access`) and the database, and not from the code that answers
//! requests. A closed page is recognised by clues: words that appear in nothing that the visitor may know, its path,
//! and the names of its files. In addition, the address of a closed page has to be refused, and where its existence is
//! hidden, in the same way as an address that was made up. See docs/decisions/0047.

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
mod rounds;
mod sample;
mod surfaces;
mod visitors;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use store::Store;

pub use local::Local;
pub use report::{Leaked, Line, Scope, grouped};

use crate::clock;
use client::{Client, Request};
use guests::{Guests, Targets};
use plan::Plan;
use rounds::{Round, STOPPED};
use sample::Sample;
use visitors::{Identity, READER};

/// The maximum time until the site knows accounts that were just created.
const LEARNS_WITHIN: Duration = Duration::from_secs(10);

/// The options of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address of the site, without a path.
    pub base_url: String,
    /// The maximum number of pages of each kind that are checked.
    pub pages: usize,
    /// The bcrypt cost of the passwords of the accounts that are made.
    pub bcrypt_cost: u32,
}

/// The result of a run.
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

/// Runs the check of a site over its database. `say` receives each part of the report as soon as it is known. `stopped`
/// ends the run.
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
    let answer = client.send(&Request::get("/"), &visitors::Key::Nothing);
    answer.map_err(|error| no_answer(&options.base_url, &error.to_string()))?;
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
        let mut round =
            Round { store, client: &client, plan: &plan, identities: &identities, stopped, routes: &mut report.routes };
        let line = round.surface(&surface)?;
        say(&line.text());
        report.lines.push(line);
    }
    guests.remove().map_err(failed)?;
    Ok(report)
}

fn no_answer(base_url: &str, why: &str) -> String {
    let hint = match why.contains("certificate") {
        true => ". The audit accepts certificates of authorities that browsers know: for another one, leave --url out",
        false => "",
    };
    format!("no answer from {base_url}: {why}{hint}")
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

fn scope(sample: &Sample, options: &Options, left_out: Vec<String>, removed: usize) -> Scope {
    use closed::ClosedKind;
    let count = |is: fn(&ClosedKind) -> bool| sample.closed.iter().filter(|closed| is(&closed.what)).count();
    let counts = [
        count(|what| matches!(what, ClosedKind::Page(_))),
        count(|what| *what == ClosedKind::Draft),
        count(|what| *what == ClosedKind::Deleted),
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
