//! The guard: the rate of nginx that asks Postern on each request, and the latency of its clients while others guess passwords.

use std::{path::PathBuf, process::Command, sync::Arc, time::Duration};

use crate::{
    client::{Login, Place},
    load::{Load, PROVEN},
    options::Options,
    postern::{PASSWORD, Site, ask, hash, login, markdown},
    process::{Account, Process, Room, free_address},
    report::{Bound, Report},
    siege::p99_bound,
    wrk::measure,
};

const PART: &str = "guard";
/// The name of the reader.
const READER: &str = "reader";
/// The connections of the measurement of the rate, and those that guess.
const CONNECTIONS: usize = 32;
const GUESSERS: usize = 64;
/// The least rate of proven clients, in requests per second.
const LEAST: f64 = 12_000.0;

/// Measures nginx with the guard beside nginx with bcrypt, and then under a flood.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "guard")?;
    site.put("secrets", &["--private"], &markdown())?;
    site.database()?.add_users(&[READER.to_owned()], "reader", true, &hash(PASSWORD)?)?;
    let postern = site.start_with(&[("POSTERN_TRUSTED_PROXIES", "127.0.0.1".to_owned())])?;
    let room = Room::new("nginx-guard", Account::named("nobody")?)?;
    for folder in ["guarded", "bcrypt"] {
        room.write(&format!("site/{folder}/page.html"), markdown())?;
    }
    room.write("bcrypt.htpasswd", format!("{READER}:{}\n", hash(PASSWORD)?))?;
    let to = free_address()?;
    let template = options.peers.join("nginx-guard.conf");
    let text = std::fs::read_to_string(&template).map_err(|error| format!("{}: {error}", template.display()))?;
    let text = text
        .replace("@DIR@", &room.dir.display().to_string())
        .replace("@PORT@", &to.port().to_string())
        .replace("@POSTERN@", &postern.to.to_string());
    let configuration = room.write("nginx.conf", text)?;
    let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].map(PathBuf::from).into_iter().find(|path| path.exists());
    let mut command: Command = room.command(program.ok_or("nginx is not installed")?);
    command.args(["-e", "error.log", "-p"]).arg(&room.dir).arg("-c").arg(configuration);
    let mut nginx = Process::start(command, &room, "nginx")?;
    nginx.wait_for(to)?;
    let [guarded, bcrypt] = ["/guarded/page.html", "/bcrypt/page.html"].map(|path| Place::new(to, path));
    let reader = login(READER);
    for place in [&guarded, &bcrypt] {
        for (login, status) in [(None, 401), (Some(&reader), 200)] {
            let answer = ask(place, login)?;
            if answer.status != status {
                return Err(format!("{} answers {}, not {status}", place.path, answer.status));
            }
        }
    }
    rates(options, &guarded, &bcrypt, &reader, report)?;
    flood(options, &guarded, &reader, report);
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
    let wrong = Arc::new(|n: u64| Some(Login::new(READER, &format!("wrong password {n}"))));
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
