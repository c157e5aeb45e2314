//! What a stranger learns from the time of an answer: refusals in turn, on both databases, as ratios of their medians.

use tokio::runtime::Runtime;

use crate::{
    client::{Client, Login},
    database::Cluster,
    load::{PROVEN, runtime},
    options::Options,
    postern::{PASSWORD, Site, hash, login},
    report::Report,
    stats::median,
};

const PART: &str = "timing";
/// How far the medians of answers that must not be told apart may differ, as a ratio.
const BOUND: f64 = 1.25;
/// The bytes of the text of a long page.
const LONG: usize = 500_000;

/// Requests whose answers take the same time, whatever is at their paths.
struct Alike {
    what: &'static str,
    status: u16,
    paths: &'static [&'static str],
    signed_in: bool,
}

const ALIKE: [Alike; 3] = [
    Alike {
        what: "404 for a stranger: unknown, scheduled, ended, old path of a private page",
        status: 404,
        paths: &["/unknown", "/scheduled", "/ended", "/old"],
        signed_in: false,
    },
    Alike {
        what: "401 for a stranger: short, long, for chosen readers",
        status: 401,
        paths: &["/short", "/long", "/chosen-short", "/chosen-long"],
        signed_in: false,
    },
    Alike {
        what: "403 for a user who is not a reader: short, long",
        status: 403,
        paths: &["/chosen-short", "/chosen-long"],
        signed_in: true,
    },
];

/// The answers of a site that hides which pages exist.
const HIDDEN: Alike = Alike {
    what: "401 for a stranger where pages are hidden: unknown, scheduled, ended, old path, private",
    status: 401,
    paths: &["/unknown", "/scheduled", "/ended", "/old", "/short", "/long", "/chosen-short", "/chosen-long"],
    signed_in: false,
};

/// Times the answers on a SQLite file and on a PostgreSQL server.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    measure("SQLite", options, &Site::new(options, "timing-sqlite")?, report)?;
    let cluster = Cluster::start()?;
    measure("PostgreSQL", options, &Site::on(options, "timing-postgres", cluster.url())?, report)
}

fn measure(name: &str, options: &Options, site: &Site, report: &mut Report) -> Result<(), String> {
    prepare(site)?;
    let postern = site.start()?;
    let runtime = runtime()?;
    let reader = login("reader");
    let mut client = Client::new(PROVEN, postern.to);
    for alike in &ALIKE {
        let login: Option<&Login> = alike.signed_in.then_some(&reader);
        let times = compare(alike, login, &runtime, &mut client, options.tries)?;
        add(report, format!("{name}, {}", alike.what), alike.paths, &times);
    }
    let times = beside_a_save(site, &runtime, &mut client, options.tries)?;
    let what = format!("{name}, a public page after a save of its private neighbour, and without one");
    add(report, what, &["/section/open after a save", "/section/open"], &times);
    site.database()?.run("UPDATE site SET hides_pages = TRUE")?;
    // More than the feed takes.
    std::thread::sleep(std::time::Duration::from_millis(60));
    // What a reader leaves in memory must not be told either.
    for path in ["/short", "/long"] {
        runtime.block_on(client.get(path, Some(&reader)))?;
    }
    let times = compare(&HIDDEN, None, &runtime, &mut client, options.tries)?;
    add(report, format!("{name}, {}", HIDDEN.what), HIDDEN.paths, &times);
    Ok(())
}

/// Times requests for all paths in turn; the result has the milliseconds for each path.
fn compare(
    alike: &Alike,
    login: Option<&Login>,
    runtime: &Runtime,
    client: &mut Client,
    tries: usize,
) -> Result<Vec<Vec<f64>>, String> {
    let mut times = vec![Vec::new(); alike.paths.len()];
    // The first requests connect, sign in and warm up.
    for n in 0..tries + 5 {
        // Each round begins with another path: the threads and connections of a server take turns, too.
        for step in 0..alike.paths.len() {
            let at = (step + n) % alike.paths.len();
            let path = alike.paths[at];
            let answer = runtime.block_on(client.get(path, login))?;
            if answer.status != alike.status {
                return Err(format!("{path} was answered {}", answer.status));
            }
            if n >= 5 {
                times[at].push(answer.took.as_secs_f64() * 1e3);
            }
        }
    }
    Ok(times)
}

fn add(report: &mut Report, what: String, paths: &[&str], times: &[Vec<f64>]) {
    let medians: Vec<f64> = times.iter().map(|times| median(times)).collect();
    let [least, most] =
        [f64::min as fn(f64, f64) -> f64, f64::max].map(|pick| medians.iter().copied().fold(f64::NAN, pick));
    let note: Vec<String> = paths.iter().zip(&medians).map(|(path, median)| format!("{path} {median:.3} ms")).collect();
    report.add(PART, what, (most / least, ""), Some(BOUND), format!("{} each: {}", times[0].len(), note.join(", ")));
}

fn prepare(site: &Site) -> Result<(), String> {
    let long = "Some words. ".repeat(LONG / 12);
    let mut database = site.database()?;
    database.add_users(&["reader".to_owned(), "other".to_owned()], "reader", true, &hash(PASSWORD)?)?;
    for (path, private, text) in [
        ("scheduled", false, long.as_str()),
        ("ended", false, long.as_str()),
        ("moved", true, long.as_str()),
        ("short", true, "Some words."),
        ("long", true, long.as_str()),
        ("section/open", false, "Some words."),
        ("section/closed", true, "Some words."),
    ] {
        database.add_page(path, text, private)?;
    }
    database.run(
        "UPDATE pages SET published_at = '2100-01-01 00:00:00' WHERE path = 'scheduled';
         UPDATE pages SET unpublish_at = '2021-01-01 00:00:00', published_at = '2020-01-01 00:00:00' WHERE path = 'ended';
         INSERT INTO old_paths (path, page_id, left_at)
         SELECT 'old', id, '2020-01-01 00:00:00' FROM pages WHERE path = 'moved'",
    )?;
    site.put("chosen-short", &["--reader", "other"], "Some words.")?;
    site.put("chosen-long", &["--reader", "other"], &long)
}

/// Times a public page after its private neighbour was saved and the change has arrived, and after the same pause without a
/// save.
fn beside_a_save(site: &Site, runtime: &Runtime, client: &mut Client, tries: usize) -> Result<[Vec<f64>; 2], String> {
    let mut database = site.database()?;
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..tries {
        for (kind, times) in times.iter_mut().enumerate() {
            if kind == 0 {
                database.run(&format!("UPDATE pages SET body = 'Version {n}.' WHERE path = 'section/closed'"))?;
            }
            // More than the feed takes.
            std::thread::sleep(std::time::Duration::from_millis(60));
            let answer = runtime.block_on(client.get("/section/open", None))?;
            if answer.status != 200 {
                return Err(format!("/section/open was answered {}", answer.status));
            }
            times.push(answer.took.as_secs_f64() * 1e3);
        }
    }
    Ok(times)
}
