//! The refusals of an unknown name, a wrong password and a disabled account take the same time, and so do those at
//! a private page and at an unknown path of a site that hides which pages exist.

use std::net::Ipv4Addr;

use crate::{
    client::{Client, Login},
    load::runtime,
    options::Options,
    postern::{PASSWORD, Site, hash},
    report::Report,
    stats::{median, percentile},
};

const KINDS: [&str; 5] = [
    "unknown name",
    "wrong password",
    "disabled account",
    "pages hidden, at a private page",
    "pages hidden, at an unknown path",
];
/// The number of kinds that are timed while pages are not hidden.
const OPEN: usize = 3;

/// Times refusals of the three kinds in turn, each with a new name and from a new address.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "refusals")?;
    let names = |kind: &str| (0..=2 * options.tries + 1).map(|n| format!("{kind}-{n}")).collect::<Vec<_>>();
    let hash = hash(PASSWORD)?;
    let mut database = site.database()?;
    database.add_users(&names("known"), "reader", true, &hash)?;
    database.add_users(&names("disabled"), "reader", false, &hash)?;
    database.add_page("secrets", "Some secrets.", true)?;
    let postern = site.start()?;
    let runtime = runtime()?;
    let mut times = [const { Vec::new() }; KINDS.len()];
    let (mut others, mut sent) = (0, 0);
    for hidden in [false, true] {
        if hidden {
            database.run("UPDATE site SET hides_pages = TRUE")?;
            // More than the feed takes.
            std::thread::sleep(std::time::Duration::from_millis(60));
        }
        // The first refusal of each kind only warms up.
        for n in 0..=options.tries {
            let wrong = |n: usize| Login::new(&format!("known-{n}"), "a wrong password");
            let tries = match hidden {
                false => vec![
                    (0, Login::new(&format!("nobody-{n}"), PASSWORD), "/secrets"),
                    (1, wrong(n), "/secrets"),
                    (2, Login::new(&format!("disabled-{n}"), PASSWORD), "/secrets"),
                ],
                // Names that were not tried before.
                true => vec![
                    (OPEN, wrong(options.tries + 1 + n), "/secrets"),
                    (OPEN + 1, Login::new(&format!("nobody-{}", options.tries + 1 + n), PASSWORD), "/nothing"),
                ],
            };
            for (kind, login, path) in tries {
                let from = Ipv4Addr::new(127, 20, (sent / 250) as u8, (sent % 250 + 1) as u8);
                sent += 1;
                let mut client = Client::new(from, postern.to);
                let answer = runtime.block_on(async {
                    client.connect().await?;
                    client.get(path, Some(&login)).await
                })?;
                match answer.status {
                    401 if n > 0 => times[kind].push(answer.took.as_secs_f64() * 1e3),
                    401 => {}
                    _ => others += 1,
                }
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
