//! The guard: the rate of nginx that asks Postern on each request, and the latency of its clients while others guess passwords.

use std::{sync::Arc, time::Duration};

use crate::{
    client::{Login, Place},
    load::{Load, PROVEN},
    options::Options,
    peers::{NAME, check, guarded_nginx, right},
    postern::{PASSWORD, Site, hash, markdown},
    postern_flood::p99_bound,
    report::{Bound, Report},
    wrk::measure,
};

const PART: &str = "guard";
/// The connections of the measurement of the rate, and those that guess.
const CONNECTIONS: usize = 32;
const GUESSERS: usize = 64;
/// The least rate of proven clients, in requests per second.
const LEAST: f64 = 12_000.0;

/// Measures nginx with the guard beside nginx with bcrypt, and then under a flood.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "guard")?;
    site.put("secrets", &["--private"], &markdown())?;
    site.database()?.add_users(&[NAME.to_owned()], "reader", true, &hash(PASSWORD)?)?;
    let postern = site.start_with(&[("POSTERN_TRUSTED_PROXIES", "127.0.0.1".to_owned())])?;
    let nginx = guarded_nginx(options, markdown().as_bytes(), postern.to)?;
    check(&nginx)?;
    let [(_, guarded), (_, bcrypt)] = &nginx.private[..] else { return Err("nginx has other pages".into()) };
    rates(options, guarded, bcrypt, &right(), report)?;
    flood(options, guarded, &right(), report);
    Ok(())
}

fn rates(
    options: &Options,
    guarded: &Place,
    bcrypt: &Place,
    reader: &Login,
    report: &mut Report,
) -> Result<(), String> {
    let own = measure(bcrypt, Some(reader), 4, options.time.max(Duration::from_secs(3)))?;
    let asked = measure(guarded, Some(reader), CONNECTIONS, options.time)?;
    let note = format!(
        "p50 {:.2} ms, p99 {:.2} ms, {} failed; nginx with bcrypt {:.1} requests/s",
        asked.p50, asked.p99, asked.failed, own.rate
    );
    let bound = Some(Bound::AtLeast(LEAST));
    report.add_bound(PART, "nginx with the guard, a proven client", (asked.rate, "requests/s"), bound, note);
    Ok(())
}

fn flood(options: &Options, guarded: &Place, reader: &Login, report: &mut Report) {
    let probe = || Load::probe(PROVEN, guarded, Some(reader.clone()));
    let _proven = probe().run_for(Duration::from_secs(1));
    let idle = probe().run_for(Duration::from_secs(3));
    let wrong = Arc::new(|n: u64| Some(Login::new(NAME, &format!("wrong password {n}"))));
    let flood = Load::flood(guarded, GUESSERS, wrong).start();
    std::thread::sleep(Duration::from_millis(500));
    let pressed = probe().run_for(options.flood.min(Duration::from_secs(15)));
    let flood = flood.stop();
    let at_rest = idle.millis(99.0);
    let note = format!("idle {at_rest:.2} ms; the flood was answered {}", flood.describe());
    report.add(
        PART,
        "a flood through nginx: p99 of a proven client",
        (pressed.millis(99.0), "ms"),
        Some(p99_bound(at_rest)),
        note,
    );
    let note = format!("of {}", pressed.count());
    report.add(PART, "a flood through nginx: not answered 200", (pressed.not_ok() as f64, ""), Some(0.0), note);
}
