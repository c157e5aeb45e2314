//! The cost of changing the readers of a section with many pages while readers read and another editor saves: the time
//! of the preview, the time of the change, and the latency for others.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use domain::{
    Timestamp,
    access::Admin,
    audience::Audience,
    page::{Page, PageContent, PagePath},
};
use store::{
    DatabaseUrl, Store, admin_list, pages,
    writing::{self, Command, Consent, Publish, Run, Selection, SetAudience, TextFacts},
};

use crate::{
    client::{Client, Login},
    database::{Cluster, Database, Queue},
    load::runtime,
    options::Options,
    postern::{PASSWORD, Site, hash},
    report::Report,
    stats::{Tally, percentile},
};

const PART: &str = "access";
/// The bounds in milliseconds: a preview, a change, and a page and a save of others meanwhile.
const ASKING: f64 = 300.0;
const DOING: f64 = 2_000.0;
const PAGES: f64 = 50.0;
const SAVES: f64 = 500.0;

/// Changes the readers of a section by its page, and of its pages in bulk, on each database.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let sqlite = Site::new(options, "access-sqlite")?;
    let url = sqlite.url().to_owned();
    measure("SQLite", options, &sqlite, &url, report)?;
    let cluster = Cluster::start()?;
    let postgres = Site::on(options, "access-postgres", cluster.url())?;
    measure("PostgreSQL", options, &postgres, &cluster.url(), report)
}

fn measure(name: &str, options: &Options, site: &Site, url: &str, report: &mut Report) -> Result<(), String> {
    let mut database = site.database()?;
    let names = ["ann".to_owned()];
    database.add_users(&names, "reader", true, &hash(PASSWORD)?)?;
    database.add_page("open", "Some words.", false)?;
    database.add_page("closed", "Some words.", true)?;
    database.add_page("notes", "Some words.", false)?;
    fill(&mut database, options.section)?;
    let postern = site.start()?;
    database.wait_until_read(Queue::Search)?;
    let store = Store::open(&DatabaseUrl::parse(url)?, 4).map_err(|error| error.to_string())?;
    let section = find(&store, "team")?;
    let below = store.read(|conn| {
        let filter = admin_list::PageFilter { query: "member".into(), ..Default::default() };
        admin_list::matching(conn, Admin::command_line().editor(), &filter)
    });
    let below = below.map_err(|error| error.to_string())?;
    if below.len() != options.section {
        return Err(format!("{} pages below the section instead of {}", below.len(), options.section));
    }
    let by_form = [Audience::SignedIn, Audience::Public].map(|audience| form(&section, audience));
    let in_bulk = [Audience::SignedIn, Audience::Public].map(|audience| {
        let pages = Selection::Pages(below.to_vec());
        Command::SetAudience(SetAudience { pages, audience })
    });
    for (what, commands) in [("section by its form", by_form), ("pages in bulk", in_bulk)] {
        let label = |of: &str| format!("{name}, {of}, {} {what}", options.section);
        let outcome = meanwhile(&store, postern.to, || timed(&store, &commands))?;
        let Meanwhile { done: Timed { asking, doing }, public, private, saves } = outcome;
        report.add(PART, label("asking"), (asking, "ms"), Some(ASKING), "the slowest of 2");
        report.add(PART, label("doing"), (doing, "ms"), Some(DOING), "the slowest of 2");
        for (of, tally) in [("public page p99", &public), ("private page p99", &private)] {
            let note = format!("{} requests: {}", tally.count(), tally.describe());
            report.add(PART, label(of), (tally.millis(99.0), "ms"), Some(PAGES), note);
        }
        let note = format!("{} saves; median {:.0} ms", saves.len(), percentile(&saves, 50.0));
        report.add(PART, label("another's save, max"), (percentile(&saves, 100.0), "ms"), Some(SAVES), note);
    }
    Ok(())
}

/// The slowest preview and the slowest run, in milliseconds.
struct Timed {
    asking: f64,
    doing: f64,
}

/// Previews and runs each command in turn.
fn timed(store: &Store, commands: &[Command]) -> Result<Timed, String> {
    let by = Admin::command_line();
    let mut slowest = Timed { asking: 0.0, doing: 0.0 };
    for command in commands {
        let command = current(store, command)?;
        let begun = Instant::now();
        let diff =
            store.snapshot(|conn| writing::preview(conn, by.editor(), &command)).map_err(|error| error.to_string())?;
        slowest.asking = slowest.asking.max(millis(begun.elapsed()));
        let begun = Instant::now();
        run_command(store, &command, Consent::Shown(diff.fingerprint().clone()))?;
        slowest.doing = slowest.doing.max(millis(begun.elapsed()));
    }
    Ok(slowest)
}

/// The command based on the current version of its page.
fn current(store: &Store, command: &Command) -> Result<Command, String> {
    let Command::Publish(publish) = command else { return Ok(command.clone()) };
    let page = find(store, publish.content.path.as_str())?;
    Ok(Command::Publish(Publish { from: page.version, ..publish.clone() }))
}

fn run_command(store: &Store, command: &Command, consent: Consent) -> Result<(), String> {
    let (by, now) = (Admin::command_line(), Timestamp::from(std::time::SystemTime::now()));
    let change = |conn: &mut store::Conn| {
        let mut run = Run {
            by: by.editor(),
            now,
            consent,
            links: |_, _| TextFacts::default(),
            progress: &mut |_| {},
            takes_access: false,
        };
        writing::run(conn, &mut run, command).map(drop)
    };
    store.write(change).map_err(|error| error.to_string())
}

fn form(page: &Page, audience: Audience) -> Command {
    publish(page, PageContent { audience, ..page.content.clone() })
}

fn publish(page: &Page, content: PageContent) -> Command {
    Command::Publish(Publish::after(page.version, page.id, content))
}

/// The page at a path.
pub(crate) fn find(store: &Store, path: &str) -> Result<Page, String> {
    let path = PagePath::parse(path)?;
    let page = store.read(|conn| pages::find(conn, &path)).map_err(|error| error.to_string())?;
    page.ok_or_else(|| format!("there is no page {path}"))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The outcome of a change, and the latencies of others meanwhile.
struct Meanwhile<T> {
    done: T,
    public: Tally,
    private: Tally,
    /// The time of each save, in milliseconds.
    saves: Vec<f64>,
}

/// Runs a change while readers read two pages and an editor saves another page.
fn meanwhile<T>(
    store: &Store,
    to: SocketAddr,
    change: impl FnOnce() -> Result<T, String>,
) -> Result<Meanwhile<T>, String> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reading = |path: &'static str, login: Option<Login>| {
            let over = &over;
            scope.spawn(move || read(to, path, login, over))
        };
        let public = reading("/open", None);
        let private = reading("/closed", Some(Login::new("ann", PASSWORD)));
        let saving = scope.spawn(|| save(store, &over));
        // The first private page waits for bcrypt.
        thread::sleep(Duration::from_secs(1));
        let done = change();
        over.store(true, Ordering::Relaxed);
        let gone = |_| "a thread ended early".to_owned();
        let (public, private) = (public.join().map_err(gone)??, private.join().map_err(gone)??);
        Ok(Meanwhile { done: done?, public, private, saves: saving.join().map_err(gone)?? })
    })
}

/// Reads a page at most 100 times a second.
fn read(to: SocketAddr, path: &str, login: Option<Login>, over: &AtomicBool) -> Result<Tally, String> {
    let (mut client, runtime) = (Client::new(Ipv4Addr::LOCALHOST, to), runtime()?);
    runtime.block_on(client.get(path, login.as_ref()))?;
    let mut tally = Tally::default();
    while !over.load(Ordering::Relaxed) {
        let answer = runtime.block_on(client.get(path, login.as_ref()))?;
        tally.add(answer.status, answer.took);
        thread::sleep(Duration::from_millis(10));
    }
    Ok(tally)
}

/// Saves the text of the page `/notes` in a loop; returns the time of each save, in milliseconds.
pub(crate) fn save(store: &Store, over: &AtomicBool) -> Result<Vec<f64>, String> {
    let mut times = Vec::new();
    for n in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let page = find(store, "notes")?;
        let command = publish(&page, PageContent { body: format!("Saved {n} times."), ..page.content.clone() });
        let begun = Instant::now();
        run_command(store, &command, Consent::Stated)?;
        times.push(millis(begun.elapsed()));
        thread::sleep(Duration::from_millis(50));
    }
    Ok(times)
}

/// Adds a page `team` with `count` pages below that inherit from it, of about 1 KB each.
fn fill(database: &mut Database, count: usize) -> Result<(), String> {
    let page = |id: &str, path: &str| {
        format!(
            "SELECT {id}, {path}, 'Page ' || n, 'A member of the team.',
                    'Some *words* of page ' || n || '. ' || replace('{words}', 'x', 'and more of the same; '), 'inherited', 1
             FROM number",
            words = "x".repeat(40)
        )
    };
    let insert = "INSERT INTO pages (id, path, title, summary, body, audience, settled)";
    let rows = page("2000000000 + n", "'team/p' || n");
    let team = "VALUES (1999999999, 'team', 'Team', '', 'The team.', 'public', 1)";
    let fill = match database {
        Database::Sqlite(_) => format!(
            "BEGIN IMMEDIATE; {insert} {team};
             WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count})
             {insert} {rows}; DELETE FROM links_unread; COMMIT; ANALYZE;"
        ),
        Database::Postgres(_) => format!(
            "{insert} {team};
             WITH number (n) AS (SELECT generate_series(1, {count})) {insert} {rows};
             DELETE FROM links_unread;"
        ),
    };
    database.run(&fill)?;
    if matches!(database, Database::Postgres(_)) {
        database.run("VACUUM ANALYZE pages")?;
        database.run("VACUUM ANALYZE listings")?;
    }
    Ok(())
}
