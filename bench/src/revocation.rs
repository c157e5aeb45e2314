//! The time until the responses of a running Postern show a change that another process committed.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use crate::{
    client::{Answer, Client, Login, sign_in},
    database::{Cluster, Database},
    load::runtime,
    options::Options,
    postern::{OTHER_PASSWORD, PASSWORD, Postern, Site, hash},
    report::Report,
    stats::percentile,
};

const PART: &str = "revocation";
const KINDS: [&str; 5] = ["password", "role", "disable, enable", "private, public", "text"];
/// The longest wait for a change; a slower one counts as this.
const MAX_WAIT: Duration = Duration::from_secs(15);

/// A site that is changed from outside, and its watcher.
struct Watched {
    database: Database,
    runtime: Runtime,
    hashes: [String; 2],
    /// The number of changes of each kind so far.
    made: [usize; 5],
    /// The number of visitors so far, each at another address.
    visitors: u32,
}

/// Watches changes on PostgreSQL with two processes, on PostgreSQL without the change feed, and on SQLite.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    match Cluster::start() {
        Ok(cluster) => on_postgres(options, &cluster, report)?,
        Err(error) => report.miss(format!("revocation on PostgreSQL: {error}")),
    }
    on_sqlite(options, report)
}

fn on_postgres(options: &Options, cluster: &Cluster, report: &mut Report) -> Result<(), String> {
    let site = Site::on(options, "on-postgres", cluster.url())?;
    let processes = [site.start()?, site.start()?];
    let mut watched = Watched::new(site.database()?)?;
    let times = watched.watch(options.changes, &processes)?;
    add_rows("PostgreSQL, two processes", &times, [100.0, 1000.0], report);

    let mut cut = Vec::new();
    for kind in 0..KINDS.len() {
        let login = watched.before(kind, processes[0].to)?;
        watched.database.run(
            "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name = 'postern changes';
             IF NOT FOUND THEN RAISE EXCEPTION 'nobody listens as postern changes'; END IF; END $$",
        )?;
        cut.push(watched.change(kind, login)?);
        // This waits until the processes listen again.
        std::thread::sleep(Duration::from_secs(if options.quick { 2 } else { 8 }));
    }
    let slowest = cut.iter().copied().fold(0.0, f64::max);
    let note = format!("{} changes, one of each kind", cut.len());
    report.add(PART, "PostgreSQL, LISTEN connections killed: max", (slowest, "ms"), Some(6000.0), note);
    Ok(())
}

fn on_sqlite(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "on-sqlite")?;
    let process = [site.start()?];
    let mut watched = Watched::new(site.database()?)?;
    let times = watched.watch((options.changes / 5).max(5), &process)?;
    add_rows("SQLite, SQL of another process", &times, [1000.0, 1000.0], report);

    let mut slowest: f64 = 0.0;
    let mut client = Client::new(Ipv4Addr::new(127, 30, 0, 1), process[0].to);
    for n in 0..10 {
        let (text, begun) = (format!("Written with the command line, {n} times."), Instant::now());
        site.put("text", &[], &text)?;
        slowest = slowest.max(watched.until(begun, &mut client, "/text", None, |answer| shows(answer, &text))?);
    }
    report.add(
        PART,
        "SQLite, the command line: max",
        (slowest, "ms"),
        Some(1000.0),
        "10 texts, from the command's start",
    );
    Ok(())
}

fn add_rows(name: &str, times: &[Vec<f64>; 5], [p99, max]: [f64; 2], report: &mut Report) {
    let all = times.concat();
    let note = format!("{} changes; p50 {:.2} ms", all.len(), percentile(&all, 50.0));
    report.add(PART, format!("{name}: p99"), (percentile(&all, 99.0), "ms"), Some(p99), note);
    let each = KINDS.iter().zip(times).map(|(kind, times)| format!("{kind} {:.1}", percentile(times, 100.0)));
    let note = format!("max of {} ms", each.collect::<Vec<_>>().join(", "));
    report.add(PART, format!("{name}: max"), (percentile(&all, 100.0), "ms"), Some(max), note);
}

impl Watched {
    fn new(mut database: Database) -> Result<Watched, String> {
        let hashes = [hash(PASSWORD)?, hash(OTHER_PASSWORD)?];
        let names = ["word", "rank", "access"].map(str::to_owned);
        database.add_users(&names, "reader", true, &hashes[0])?;
        database.add_page("secrets", "Some secrets.", true)?;
        database.add_page("switch", "Sometimes private.", false)?;
        database.add_page("text", "Written 0 times.", false)?;
        Ok(Watched { database, runtime: runtime()?, hashes, made: [0; 5], visitors: 0 })
    }

    /// Makes changes of every kind in turn, and watches the processes in turn; returns milliseconds by kind.
    fn watch(&mut self, changes: usize, processes: &[Postern]) -> Result<[Vec<f64>; 5], String> {
        let mut times = <[Vec<f64>; 5]>::default();
        for n in 0..changes.div_ceil(KINDS.len()) {
            for (kind, times) in times.iter_mut().enumerate() {
                let to = processes[n % processes.len()].to;
                let client = self.before(kind, to)?;
                times.push(self.change(kind, client)?);
            }
        }
        Ok(times)
    }

    /// The credentials of the visitor who watches a kind.
    fn login(&self, kind: usize) -> Option<Login> {
        match kind {
            0 => Some(Login::new("word", [PASSWORD, OTHER_PASSWORD][self.made[0] % 2])),
            1 => Some(Login::new("rank", PASSWORD)),
            2 => Some(Login::new("access", PASSWORD)),
            _ => None,
        }
    }

    /// A visitor who has just been answered from the state before a change.
    fn before(&mut self, kind: usize, to: SocketAddr) -> Result<Client, String> {
        self.visitors += 1;
        let [_, _, high, low] = self.visitors.to_be_bytes();
        let mut client = Client::new(Ipv4Addr::new(127, 40, high, low.max(1)), to);
        let login = self.login(kind);
        match (kind, &login) {
            // Postern has verified and cached these credentials; it also caches the refusal of a disabled account.
            (0 | 1, Some(login)) | (2, Some(login)) if kind != 2 || self.made[2].is_multiple_of(2) => {
                let sign_in = sign_in(&mut client, "/secrets", login, MAX_WAIT);
                self.runtime
                    .block_on(sign_in)
                    .ok_or_else(|| format!("{}: not let in before the change", KINDS[kind]))?;
            }
            _ => {}
        }
        // The second response comes from the cache.
        for _ in 0..2 {
            self.runtime.block_on(client.get(path(kind), login.as_ref()))?;
        }
        Ok(client)
    }

    /// Makes a change, and repeats a request until the response shows it: returns the milliseconds from the commit to
    /// the sending of that request. The time of the response, which may cost a bcrypt, is not included.
    fn change(&mut self, kind: usize, mut client: Client) -> Result<f64, String> {
        let login = self.login(kind);
        self.made[kind] += 1;
        let made = self.made[kind];
        let odd = made % 2 == 1;
        let text = format!("Written {made} times.");
        let sql = match kind {
            0 => format!("UPDATE users SET password_hash = '{}' WHERE name = 'word'", self.hashes[made % 2]),
            1 => format!("UPDATE users SET role = '{}' WHERE name = 'rank'", if odd { "editor" } else { "reader" }),
            2 => format!("UPDATE users SET active = {} WHERE name = 'access'", !odd),
            3 => format!("UPDATE pages SET private = {odd} WHERE path = 'switch'"),
            _ => format!("UPDATE pages SET body = '{text}', version = version + 1 WHERE path = 'text'"),
        };
        self.database.run(&sql)?;
        self.until(Instant::now(), &mut client, path(kind), login.as_ref(), |answer| match kind {
            0 => answer.status != 200,
            1 => answer.status == if odd { 200 } else { 403 },
            2 => (answer.status != 200) == odd,
            3 => answer.status == if odd { 401 } else { 200 },
            _ => shows(answer, &text),
        })
    }

    /// Repeats a request in a tight loop until the response satisfies `is_new`; returns the milliseconds from the
    /// commit to the sending of that request.
    fn until(
        &self,
        committed: Instant,
        client: &mut Client,
        path: &str,
        login: Option<&Login>,
        is_new: impl Fn(&Answer) -> bool,
    ) -> Result<f64, String> {
        loop {
            let answer = self.runtime.block_on(client.get(path, login))?;
            let late = answer.sent.saturating_duration_since(committed);
            if is_new(&answer) || late > MAX_WAIT {
                return Ok(late.as_secs_f64() * 1e3);
            }
            if let (429 | 503, Some(wait)) = (answer.status, answer.retry_after) {
                std::thread::sleep(wait.min(Duration::from_secs(1)));
            }
        }
    }
}

fn path(kind: usize) -> &'static str {
    ["/secrets", "/admin/", "/secrets", "/switch", "/text"][kind]
}

fn shows(answer: &Answer, text: &str) -> bool {
    let text = text.as_bytes();
    answer.status == 200 && answer.body.windows(text.len()).any(|window| window == text)
}
