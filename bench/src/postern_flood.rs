//! Postern under four kinds of floods. Readers should not notice, and new users should get in.

use std::{
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    client::{Client, Login, Place, sign_in},
    load::{ATTACKER, Load, Logins, PROVEN, READER, runtime},
    options::Options,
    postern::{PASSWORD, Postern, Site, hash, login},
    report::Report,
    stats::{Tally, median},
};

const PART: &str = "flood";
/// The number of connections of a flood.
const CONNECTIONS: usize = 64;
/// The interval at which new users sign in.
const EVERY: Duration = Duration::from_secs(4);
/// The time after which a new user gives up.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// The account that floods with one name attack.
const TARGET: &str = "target";
const PAGES: [&str; 2] = ["/notes", "/secrets"];

/// The effects of a flood on its server and on other clients.
struct Effects {
    idle: [Tally; 2],
    pressed: [Tally; 2],
    flood: Tally,
    /// The memory before and after, in MiB.
    memory: [f64; 2],
    /// The seconds that new users took to sign in: from the flood's address, and from another one.
    newcomers: [Vec<f64>; 2],
    /// The response to the owner of the attacked account at an address where they never signed in.
    owner: String,
}

/// Floods Postern in four ways.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let hash = hash(PASSWORD)?;
    for (same, one) in [(true, true), (true, false), (false, true), (false, false)] {
        let password = if same { "the same password" } else { "new passwords" };
        let kind = format!("{password}, {}", if one { "one name" } else { "many names" });
        eprintln!("  {kind}");
        let logins: Logins = Arc::new(move |n| {
            let name = if one { TARGET.to_owned() } else { format!("name-{n}") };
            let password = if same { "wrong password".to_owned() } else { format!("wrong password {n}") };
            Some(Login::new(&name, &password))
        });
        // Each flood gets a new site, so that the state left by one does not affect the next.
        let site = Site::new(options, "flood")?;
        let mut names: Vec<String> = (0..1000).map(|n| format!("new-{n}")).collect();
        names.extend(["proven".to_owned(), TARGET.to_owned()]);
        let mut database = site.database()?;
        database.add_users(&names, "reader", true, &hash)?;
        database.add_page("notes", "Some notes.", false)?;
        database.add_page("secrets", "Some secrets.", true)?;
        drop(database);
        let effects = measure(&site.start()?, options.flood, logins, one)?;
        add_rows(&kind, &effects, report);
    }
    Ok(())
}

fn measure(postern: &Postern, time: Duration, logins: Logins, one: bool) -> Result<Effects, String> {
    let [public, private] = PAGES.map(|path| postern.place(path));
    let proven = login("proven");
    let runtime = runtime()?;
    let mut client = Client::new(PROVEN, postern.to);
    runtime
        .block_on(sign_in(&mut client, &private.path, &proven, MAX_WAIT))
        .ok_or("the proven client is not let in")?;
    let probes = || [Load::probe(READER, &public, None), Load::probe(PROVEN, &private, Some(proven.clone()))];
    let idle = both(probes(), Duration::from_secs(3));

    let before = postern.resident();
    let flood = Load::flood(&private, CONNECTIONS, logins).start();
    let running = probes().map(Load::start);
    let begun = Instant::now();
    let mut newcomers = [Vec::new(), Vec::new()];
    let mut number = 0;
    std::thread::sleep(Duration::from_millis(500));
    while begun.elapsed() < time {
        let round = Instant::now();
        number += 1;
        let elsewhere = Ipv4Addr::new(127, 0, 2, (number % 250 + 1) as u8);
        let names = [format!("new-{}", 2 * number), format!("new-{}", 2 * number + 1)].map(|name| login(&name));
        let mut clients = [ATTACKER, elsewhere].map(|from| Client::new(from, postern.to));
        let [here, there] = &mut clients;
        let (here, there) = runtime.block_on(async {
            tokio::join!(
                sign_in(here, &private.path, &names[0], MAX_WAIT),
                sign_in(there, &private.path, &names[1], MAX_WAIT)
            )
        });
        for (times, took) in newcomers.iter_mut().zip([here, there]) {
            times.push(took.map_or(f64::INFINITY, |took| took.as_secs_f64()));
        }
        std::thread::sleep(EVERY.saturating_sub(round.elapsed()).min(time.saturating_sub(begun.elapsed())));
    }
    let owner = if one { owner(postern, &private)? } else { String::new() };
    let flood = flood.stop();
    let pressed = running.map(|probe| probe.stop());
    Ok(Effects { idle, pressed, flood, memory: [before, postern.resident()], newcomers, owner })
}

/// The response to the owner of the attacked account at an address where they never signed in.
fn owner(postern: &Postern, private: &Place) -> Result<String, String> {
    let mut client = Client::new(Ipv4Addr::new(127, 0, 3, 1), postern.to);
    let answer = runtime()?.block_on(client.get(&private.path, Some(&login(TARGET))))?;
    let wait = answer.retry_after.map_or(String::new(), |wait| format!(", Retry-After {} s", wait.as_secs()));
    Ok(format!("; the account's owner, at a new address: {}{wait}", answer.status))
}

fn both(loads: [Load; 2], time: Duration) -> [Tally; 2] {
    let running = loads.map(Load::start);
    std::thread::sleep(time);
    running.map(|probe| probe.stop())
}

fn add_rows(kind: &str, effects: &Effects, report: &mut Report) {
    let Effects { idle, pressed, flood, memory, newcomers, owner } = effects;
    let others: usize = pressed.iter().map(Tally::not_ok).sum();
    let answered: usize = pressed.iter().map(Tally::count).sum();
    let note = format!("of {answered}; the flood was answered {}{owner}", flood.describe());
    report.add(PART, format!("{kind}: readers not answered 200"), (others as f64, ""), Some(0.0), note);
    for (who, (idle, pressed)) in ["public", "proven private"].iter().zip(idle.iter().zip(pressed)) {
        let at_rest = idle.millis(99.0);
        let name = format!("{kind}: {who} p99");
        let note = format!("idle {at_rest:.2} ms; p50 {:.2} ms", pressed.millis(50.0));
        report.add(PART, name, (pressed.millis(99.0), "ms"), Some(p99_bound(at_rest)), note);
    }
    let grown = (memory[1] - memory[0], "MiB");
    report.add(PART, format!("{kind}: growth of memory"), grown, Some(64.0), format!("from {:.1} MiB", memory[0]));
    for (from, times, bound) in [("the flood's address", &newcomers[0], 5.0), ("another address", &newcomers[1], 2.0)] {
        let slowest = times.iter().copied().fold(f64::NAN, f64::max);
        let note = format!("the slowest of {}; median {:.2} s", times.len(), median(times));
        report.add(PART, format!("{kind}: somebody new is in, from {from}"), (slowest, "s"), Some(bound), note);
    }
}

/// The bound of p99 under a flood, in milliseconds: three times the idle p99, and at least 20 ms.
pub(crate) fn p99_bound(idle: f64) -> f64 {
    (3.0 * idle).max(20.0)
}
