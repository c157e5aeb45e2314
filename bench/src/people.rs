//! Many people sign in at once, for the first time.

use std::{
    net::Ipv4Addr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::task::LocalSet;

use crate::{
    client::{Client, sign_in},
    load::{Load, READER, runtime},
    options::Options,
    postern::{PASSWORD, Site, hash, login, one_bcrypt},
    postern_flood::p99_bound,
    report::Report,
};

const PART: &str = "people";
/// The time after which a sign-in is given up.
const MAX_WAIT: Duration = Duration::from_secs(600);

/// One person signs in many times, then many people from many addresses, then many from one.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let bcrypt = one_bcrypt()?.as_secs_f64();
    report.add(PART, "one bcrypt, cost 12", (1e3 * bcrypt, "ms"), None, "one thread, nothing else");
    let hash = hash(PASSWORD)?;
    let site = Site::new(options, "people")?;
    let mut database = site.database()?;
    let names: Vec<String> = (0..options.people).map(|n| format!("person-{n}")).collect();
    database.add_users(&names, "reader", true, &hash)?;
    database.add_page("notes", "Some notes.", false)?;
    database.add_page("secrets", "Some secrets.", true)?;
    drop(database);

    let same: Vec<_> = vec![(READER, names[0].clone()); 64];
    let (slowest, others) = crowd(&site, same, None)?;
    let name = "64 first requests with the same credentials: all answered";
    let note = format!("{:.2} × one bcrypt; {others} not let in", slowest / bcrypt);
    report.add(PART, name, (1e3 * slowest, "ms"), Some(2e3 * bcrypt), note);

    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let least = names.len() as f64 * bcrypt / (cores - 1).max(1) as f64;
    for (from, many) in [("as many addresses", true), ("one address", false)] {
        let address = |n: usize| Ipv4Addr::new(127, 0, 1, if many { n as u8 + 1 } else { 255 });
        let crowd_of = names.iter().enumerate().map(|(n, name)| (address(n), name.clone())).collect();
        let mut public = (0.0, 0.0, 0);
        let (slowest, others) = crowd(&site, crowd_of, Some(&mut public))?;
        let name = format!("{} people from {from}: all are in", names.len());
        let note = format!("{:.2} × the {least:.1} s of bcrypt alone; {others} not let in", slowest / least);
        report.add(PART, name, (slowest, "s"), Some(1.2 * least), note);
        let name = format!("{} people from {from}: public p99 meanwhile", names.len());
        let note = format!("idle {:.2} ms; {} not answered 200", public.0, public.2);
        report.add(PART, name, (public.1, "ms"), Some(p99_bound(public.0)), note);
    }
    Ok(())
}

/// Signs all people in at once at a Postern that has just started. Returns the seconds until the last one is in, and
/// the number of those who never are; sets `public` to the public page's p99 before and meanwhile, in milliseconds, and
/// the number of its responses other than 200.
fn crowd(
    site: &Site,
    people: Vec<(Ipv4Addr, String)>,
    public: Option<&mut (f64, f64, usize)>,
) -> Result<(f64, usize), String> {
    let postern = site.start()?;
    let probe = || Load::probe(READER, &postern.place("/notes"), None);
    let idle = probe().run_for(Duration::from_secs(1));
    let pressed = public.is_some().then(|| probe().start());
    let begun = Instant::now();
    let runtime = runtime()?;
    let to = postern.to;
    let times = LocalSet::new().block_on(&runtime, async move {
        let ready = Rc::new(tokio::sync::Semaphore::new(0));
        let sign_ins: Vec<_> = people
            .into_iter()
            .map(|(from, name)| {
                let ready = ready.clone();
                tokio::task::spawn_local(async move {
                    let mut client = Client::new(from, to);
                    let _connected = client.connect().await;
                    let _permit = ready.acquire().await;
                    sign_in(&mut client, "/secrets", &login(&name), MAX_WAIT).await
                })
            })
            .collect();
        ready.add_permits(sign_ins.len());
        let mut times = Vec::new();
        for sign_in in sign_ins {
            times.push(sign_in.await.ok().flatten());
        }
        times
    });
    let slowest = begun.elapsed().as_secs_f64();
    if let (Some(public), Some(pressed)) = (public, pressed) {
        let pressed = pressed.stop();
        *public = (idle.millis(99.0), pressed.millis(99.0), pressed.not_ok());
    }
    Ok((slowest, times.iter().filter(|time| time.is_none()).count()))
}
