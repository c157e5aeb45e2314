//! The pages per second of each server, public and private, in turn.

use std::time::Duration;

use crate::{
    options::Options,
    peers::{SAME_FIELDS, Server, right},
    plot::grouped,
    postern::ask,
    report::{Bar, Bound, Report, Table, number},
    stats::median,
    wrk::{Measured, measure},
};

const PART: &str = "throughput";
/// The time that tells a slow hash on every request: beyond it, fewer connections send requests.
const SLOW: Duration = Duration::from_millis(20);

/// One page of one server, and its measurements in each round.
struct Lane<'a> {
    server: &'a Server,
    /// The index of the private page, which tells the scheme of its stored password; `None` for the public page.
    private: Option<usize>,
    connections: usize,
    rounds: Vec<Measured>,
}

/// Measures every server in turn, round by round.
pub(crate) fn run(options: &Options, servers: &[Server], report: &mut Report) -> Result<(), String> {
    let mut lanes = Vec::new();
    for server in servers {
        lanes.push(Lane { server, private: None, connections: 32, rounds: Vec::new() });
        for (at, (_, place)) in server.private.iter().enumerate() {
            let slow = ask(place, Some(&right()))?.took > SLOW;
            let connections = if slow { 4 } else { 32 };
            lanes.push(Lane { server, private: Some(at), connections, rounds: Vec::new() });
        }
    }
    for round in 1..=options.rounds {
        eprintln!("  round {round} of {}", options.rounds);
        for lane in &mut lanes {
            let (place, login) = match lane.private {
                Some(at) => (&lane.server.private[at].1, Some(right())),
                None => (&lane.server.public, None),
            };
            // A server with a slow hash needs at least 3 s for more than a few responses.
            let time = if lane.connections < 32 { options.time.max(Duration::from_secs(3)) } else { options.time };
            lane.rounds.push(measure(place, login.as_ref(), lane.connections, time)?);
        }
    }
    add_rows(&lanes, report);
    Ok(())
}

fn add_rows(lanes: &[Lane], report: &mut Report) {
    let lane = |server: &str, private: Option<usize>| {
        lanes.iter().find(|lane| lane.server.name == server && lane.private == private)
    };
    let rate = |server: &Server, private| {
        lane(server.name, private).map_or(f64::NAN, |lane| lane.median(|measured| measured.rate))
    };
    let Some(postern) = lanes.first().map(|lane| lane.server) else { return };
    let (our_public, our_private) = (rate(postern, None), rate(postern, Some(0)));
    let mut rows = Vec::new();
    for lane in lanes {
        let (ours, how) = match lane.private {
            Some(at) => (our_private, lane.server.private[at].0),
            None => (our_public, ""),
        };
        let own = lane.median(|measured| measured.rate);
        let failed: u64 = lane.rounds.iter().map(|measured| measured.failed).sum();
        rows.push(vec![
            lane.server.name.to_owned(),
            if how.is_empty() { "public".into() } else { format!("private, {how}") },
            grouped(own),
            format!("{}–{}", grouped(lane.least()), grouped(lane.most())),
            number(lane.median(|measured| measured.p50)),
            number(lane.median(|measured| measured.p99)),
            format!("{} ×", number(ours / own)),
            lane.connections.to_string(),
            failed.to_string(),
        ]);
    }
    rows.sort_by_key(|row| row[1] != "public");
    let head =
        &["server", "page", "requests/s", "least–most", "p50 ms", "p99 ms", "Postern is", "connections", "failed"];
    report.tables.push(Table { title: "Throughput", head, rows });
    report.add(PART, "Postern, public page", (our_public, "requests/s"), None, "");
    report.add(PART, "Postern, private page", (our_private, "requests/s"), None, "");
    let (public, private) = (lane(postern.name, None), lane(postern.name, Some(0)));
    let bare = lane(SAME_FIELDS, None);
    for (name, part, of, least) in [
        ("private page, of the public page's rate", private, public, 95.0),
        ("public page, of the bare server's rate with the same header fields", public, bare, 90.0),
        ("private page, of the bare server's rate with the same header fields", private, bare, 90.0),
    ] {
        let (Some(part), Some(of)) = (part, of) else { continue };
        let percent = 100.0 * part.ratio_to(of);
        report.add_bound(PART, name, (percent, "%"), Some(Bound::AtLeast(least)), "median of the rounds' ratios");
    }
    for lane in lanes {
        let server = lane.server;
        let (public, first) = (rate(server, None), lane.private.unwrap_or(0));
        match lane.private {
            Some(at) => report.bars.push(Bar {
                name: format!("{}, {}", server.name, short(server.private[at].0)),
                public: if first == 0 { public } else { f64::NAN },
                private: rate(server, Some(at)),
            }),
            None if server.private.is_empty() => {
                report.bars.push(Bar { name: server.name.to_owned(), public, private: f64::NAN });
            }
            None => {}
        }
    }
}

fn short(how: &str) -> &str {
    how.rsplit(", ").next().unwrap_or(how)
}

impl Lane<'_> {
    fn median(&self, of: impl Fn(&Measured) -> f64) -> f64 {
        median(&self.rounds.iter().map(of).collect::<Vec<_>>())
    }

    /// The ratio of the rates of two lanes. On a machine that does other work at times, rounds of one moment are compared.
    fn ratio_to(&self, other: &Lane<'_>) -> f64 {
        median(&self.rounds.iter().zip(&other.rounds).map(|(own, other)| own.rate / other.rate).collect::<Vec<_>>())
    }

    fn least(&self) -> f64 {
        self.rounds.iter().map(|measured| measured.rate).fold(f64::INFINITY, f64::min)
    }

    fn most(&self) -> f64 {
        self.rounds.iter().map(|measured| measured.rate).fold(0.0, f64::max)
    }
}
