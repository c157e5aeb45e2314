//! Part C 4: the refusals of an unknown name, a wrong password and a disabled account take the same time.

use std::net::Ipv4Addr;

use crate::{
    client::{Client, Login},
    load::runtime,
    options::Options,
    postern::{PASSWORD, Site, hash},
    report::Report,
    stats::{median, percentile},
};

const KINDS: [&str; 3] = ["unknown name", "wrong password", "disabled account"];

/// Times refusals of the three kinds in turn, each with a new name and from a new address.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "refusals")?;
    let names = |kind: &str| (0..=options.tries).map(|n| format!("{kind}-{n}")).collect::<Vec<_>>();
    let hash = hash(PASSWORD)?;
    let mut database = site.database()?;
    database.add_users(&names("known"), "reader", true, &hash)?;
    database.add_users(&names("disabled"), "reader", false, &hash)?;
    database.add_page("secrets", "Some secrets.", true)?;
    drop(database);
    let postern = site.start()?;
    let runtime = runtime()?;
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    let mut others = 0;
    // The first refusal of each kind only warms up.
    for n in 0..=options.tries {
        let logins = [
            Login::new(&format!("nobody-{n}"), PASSWORD),
            Login::new(&format!("known-{n}"), "a wrong password"),
            Login::new(&format!("disabled-{n}"), PASSWORD),
        ];
        for (kind, login) in logins.iter().enumerate() {
            let at = 3 * n + kind;
            let from = Ipv4Addr::new(127, 20, (at / 250) as u8, (at % 250 + 1) as u8);
            let mut client = Client::new(from, postern.to);
            let answer = runtime.block_on(async {
                client.connect().await?;
                client.get("/secrets", Some(login)).await
            })?;
            match answer.status {
                401 if n > 0 => times[kind].push(answer.took.as_secs_f64() * 1e3),
                401 => {}
                _ => others += 1,
            }
        }
    }
    let medians = times.each_ref().map(|times| median(times));
    for (kind, (middle, times)) in KINDS.iter().zip(medians.iter().zip(&times)) {
        let note = format!("{} tries; p99 {:.0} ms", times.len(), percentile(times, 99.0));
        report.add("people", format!("refusal, {kind}: median"), (*middle, "ms"), None, note);
    }
    let [least, most] =
        [f64::min as fn(f64, f64) -> f64, f64::max].map(|pick| medians.into_iter().fold(f64::NAN, pick));
    let apart = 100.0 * (most / least - 1.0);
    let note = format!("{others} answers were not 401");
    report.add("people", "refusals: medians apart by", (apart, "%"), Some(5.0), note);
    Ok(())
}
