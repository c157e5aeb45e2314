//! Memory: the resident memory of Postern under mixed load with a full cache, and its growth when clients send or fetch
//! much at once.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::LocalSet,
};

use crate::{
    cgroup::Cgroup,
    client::{Client, Login},
    load::{ATTACKER, Load, PROVEN, READER, runtime},
    options::Options,
    postern::{PASSWORD, Postern, Site, hash, login},
    report::Report,
    stats::Tally,
};

const PART: &str = "memory";
/// The number of pages of the site: in all their versions they are several times the largest cache.
const PAGES: usize = 20_000;
/// The number of readers. The cache keeps a copy of each private page for each of them.
const READERS: usize = 20;
/// The number of connections of the mixed load.
const CONNECTIONS: usize = 16;
/// The sizes of the cache in MiB.
const LARGE: f64 = 64.0;
const SMALL: f64 = 16.0;
/// The memory of the control group in MiB in which the small cache is measured.
const GROUP: u64 = 128;
/// The most memory in MiB that others than the cache may take, and that the cache may take for each of its bytes.
const FIXED: f64 = 60.0;
const FACTOR: f64 = 1.3;
/// The bound in MiB for what clients send or fetch at once.
const GROWTH: f64 = 100.0;
/// A form with as much text as one may have.
const FORM_BYTES: usize = 4 << 20;

/// Runs the mixed load with each size of the cache, and then the clients that send or fetch much.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "memory")?;
    let hash = hash(PASSWORD)?;
    let mut database = site.database()?;
    let names: Vec<String> = (0..READERS).map(|n| format!("reader-{n}")).collect();
    database.add_users(&names, "reader", true, &hash)?;
    database.add_users(&["editor".to_owned()], "editor", true, &hash)?;
    database.fill(PAGES)?;
    database.add_page("large", &"Some words of a large page. ".repeat(36_000), false)?;
    drop(database);
    let start = |cache: f64| site.start_with(&[("POSTERN_PAGE_CACHE", cache.to_string())]);
    mixed(&site, &start(LARGE)?, LARGE, options.memory, report)?;
    match Cgroup::with_memory(GROUP << 20) {
        Ok(group) => {
            let postern = group.enter(|| start(SMALL)).map_err(|error| error.to_string())??;
            let tally = mixed(&site, &postern, SMALL, options.memory, report)?;
            let lost = tally.statuses.get(&0).copied().unwrap_or(0) as f64;
            let name = format!("mixed load, cache of {SMALL} MiB, in a control group of {GROUP} MiB: not answered");
            report.add(PART, name, (lost, ""), Some(0.0), format!("of {}", tally.count()));
            drop(postern);
        }
        Err(error) => {
            report.miss(format!("memory, a control group of {GROUP} MiB: {error}"));
            mixed(&site, &start(SMALL)?, SMALL, options.memory, report)?;
        }
    }
    let postern = start(0.0)?;
    unread(&postern, report)?;
    forms(&postern, report)
}

/// Requests of many kinds, while pages change; reports the highest resident memory of all seconds, and returns the answers.
fn mixed(site: &Site, postern: &Postern, cache: f64, time: Duration, report: &mut Report) -> Result<Tally, String> {
    let over = Arc::new(AtomicBool::new(false));
    let load = start_load(postern, over.clone());
    let mut database = site.database()?;
    let (begun, mut highest, mut changes) = (Instant::now(), 0.0_f64, 0);
    while begun.elapsed() < time {
        std::thread::sleep(Duration::from_secs(1));
        highest = highest.max(postern.resident());
        changes += 1;
        // An even number is a public page.
        let page = 2 * (changes % (PAGES / 2)) + 2;
        database.run(&format!("UPDATE pages SET title = 'Change {changes}' WHERE path = 'public-{page}'"))?;
    }
    over.store(true, Ordering::Release);
    let tally = load.join().map_err(|_| "the mixed load failed".to_owned())?;
    let note = format!(
        "the highest of {} s, at the end {:.1} MiB; {} requests: {}",
        time.as_secs(),
        postern.resident(),
        tally.count(),
        tally.describe()
    );
    let name = format!("mixed load, cache of {cache} MiB: resident");
    report.add(PART, name, (highest, "MiB"), Some(cache * FACTOR + FIXED), note);
    Ok(tally)
}

fn start_load(postern: &Postern, over: Arc<AtomicBool>) -> JoinHandle<Tally> {
    let to = postern.to;
    std::thread::spawn(move || {
        let Ok(runtime) = runtime() else { return Tally::default() };
        let asking = (0..CONNECTIONS as u64).map(|connection| {
            let over = over.clone();
            async move {
                let mut client = Client::new(Ipv4Addr::new(127, 0, 4, connection as u8 + 1), to);
                let (mut tally, mut random) = (Tally::default(), connection);
                while !over.load(Ordering::Acquire) {
                    // A linear congruential generator (Knuth's MMIX): each run sends the same requests.
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let (path, login) = request(random >> 33);
                    let begun = Instant::now();
                    match client.get(&path, login.as_ref()).await {
                        Ok(answer) => tally.add(answer.status, answer.took),
                        Err(_) => tally.add(0, begun.elapsed()),
                    }
                }
                tally
            }
        });
        let tasks = LocalSet::new();
        let running: Vec<_> = asking.map(|asking| tasks.spawn_local(asking)).collect();
        let mut all = Tally::default();
        tasks.block_on(&runtime, async {
            for connection in running {
                if let Ok(tally) = connection.await {
                    all.micros.extend(tally.micros);
                    tally
                        .statuses
                        .iter()
                        .for_each(|(status, count)| *all.statuses.entry(*status).or_default() += count);
                }
            }
        });
        all
    })
}

/// The path and the credentials of a request of the mixed load.
fn request(number: u64) -> (String, Option<Login>) {
    let reader = login(&format!("reader-{}", number / 7 % READERS as u64));
    let page = number / 1000 % (PAGES as u64 / 2);
    match number % 100 {
        0 => (format!("/search?q=page+{page}"), None),
        1 => ("/search?q=words".to_owned(), Some(reader)),
        2 => ("/feed.xml".to_owned(), None),
        3 => ("/".to_owned(), Some(reader)),
        4 => (format!("/nowhere-{page}"), None),
        5 => ("/large".to_owned(), None),
        6..=40 => (format!("/public-{}", 2 * page + 2), None),
        _ => (format!("/private-{}", 2 * page + 1), Some(reader)),
    }
}

/// 300 clients that ask for a page of 1 MB and read none of it, without a cache.
fn unread(postern: &Postern, report: &mut Report) -> Result<(), String> {
    let runtime = runtime()?;
    let before = postern.resident();
    let reader = Load::probe(READER, &postern.place("/public-2"), None).start();
    let growth = runtime.block_on(async {
        let mut held = Vec::new();
        for _ in 0..300 {
            let mut stream = connect_from(ATTACKER, postern.to).await.map_err(|error| error.to_string())?;
            let request = format!("GET /large HTTP/1.1\r\nHost: {}\r\n\r\n", postern.to);
            stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
            held.push(stream);
        }
        Ok::<f64, String>(growth(postern, before, Duration::from_secs(10)).await)
    })?;
    add_rows("300 clients that do not read a page of 1 MB", growth, &reader.stop(), report);
    Ok(())
}

/// 100 forms of 4 MiB at once.
fn forms(postern: &Postern, report: &mut Report) -> Result<(), String> {
    let runtime = runtime()?;
    let editor = login("editor");
    let mut client = Client::new(PROVEN, postern.to);
    let form = runtime.block_on(client.get("/admin/pages/new", Some(&editor)))?;
    let page = String::from_utf8_lossy(&form.body).into_owned();
    let token =
        page.split("name=\"form_token\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1)?.split('"').next());
    let token = token.ok_or("the form has no token")?;
    let start = format!("form_token={token}&title=x&body=");
    let body = Arc::new(format!("{start}{}", "a".repeat(FORM_BYTES - start.len())));
    let before = postern.resident();
    let reader = Load::probe(READER, &postern.place("/public-2"), None).start();
    let growth = LocalSet::new().block_on(&runtime, async {
        let (to, login) = (postern.to, editor.0.clone());
        let sending: Vec<_> = (0..100)
            .map(|_| {
                let (body, login) = (body.clone(), login.clone());
                tokio::task::spawn_local(async move {
                    let mut stream = connect_from(ATTACKER, to).await?;
                    let head = format!(
                        "POST /admin/preview HTTP/1.1\r\nHost: {to}\r\n{login}\r\nConnection: close\r\n\
                         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
                        body.len()
                    );
                    stream.write_all(head.as_bytes()).await?;
                    stream.write_all(body.as_bytes()).await?;
                    let mut answer = Vec::new();
                    stream.read_to_end(&mut answer).await
                })
            })
            .collect();
        let growth = growth(postern, before, Duration::from_secs(20)).await;
        sending.iter().for_each(tokio::task::JoinHandle::abort);
        growth
    });
    add_rows("100 forms of 4 MiB", growth, &reader.stop(), report);
    Ok(())
}

async fn connect_from(from: Ipv4Addr, to: std::net::SocketAddr) -> std::io::Result<TcpStream> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    socket.connect(to).await
}

/// The highest growth of resident memory within a time, in MiB.
async fn growth(postern: &Postern, before: f64, time: Duration) -> f64 {
    let (begun, mut highest) = (Instant::now(), 0.0_f64);
    while begun.elapsed() < time {
        tokio::time::sleep(Duration::from_millis(50)).await;
        highest = highest.max(postern.resident() - before);
    }
    highest
}

fn add_rows(what: &str, growth: f64, readers: &Tally, report: &mut Report) {
    report.add(PART, format!("{what}: growth"), (growth, "MiB"), Some(GROWTH), "the highest of a time, from rest");
    let note = format!("p99 {:.2} ms; {}", readers.millis(99.0), readers.describe());
    report.add(PART, format!("{what}: other readers not answered 200"), (readers.not_ok() as f64, ""), Some(0.0), note);
}
