//! Uncached responses take as long on a large site as on a small one.

use crate::{
    client::{Client, Login},
    load::{PROVEN, runtime},
    options::Options,
    postern::{PASSWORD, Postern, Site, hash, login},
    report::Report,
    stats::median,
};

const PART: &str = "size";
/// The number of pages of the small site.
const FEW: usize = 100;
/// The number of pages requested from each site.
const PAGES: usize = 90;
/// The number of times that the index changes.
const INDEXES: usize = 50;

/// A site of a given size, and its reader.
struct Sized {
    count: usize,
    site: Site,
    reader: Login,
}

/// Compares a small and a large site, by requests in turn.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let hash = hash(PASSWORD)?;
    let mut sites = Vec::new();
    for (count, name) in [(FEW, "small"), (options.pages, "large")] {
        let site = Site::new(options, name)?;
        let mut database = site.database()?;
        database.add_users(&["reader".to_owned()], "reader", true, &hash)?;
        // The example pages become older than the added ones, so that they stay off the first lists.
        database.run("UPDATE pages SET published_at = '2000-01-01 00:00:00'")?;
        database.fill(count)?;
        sites.push(Sized { count, site, reader: login("reader") });
    }
    let [small, large] = sites.as_slice() else { return Ok(()) };
    let postern = [small.site.start()?, large.site.start()?];
    let sites = [small, large];
    let times = pages(sites, &postern)?;
    for (kind, [small, large]) in ["public", "private"].iter().zip(times) {
        add_rows(&format!("{kind} page, first request"), options.pages, [&small, &large], 1.3, report);
    }
    let [small, large] = indexes(sites, &postern)?;
    add_rows("index after a change", options.pages, [&small, &large], 2.0, report);
    Ok(())
}

fn add_rows(what: &str, pages: usize, times: [&[f64]; 2], bound: f64, report: &mut Report) {
    let [small, large] = times.map(median);
    let note = format!("{large:.3} ms among {pages} pages, {small:.3} ms among {FEW}; medians of {}", times[0].len());
    report.add(PART, format!("{what}: ratio"), (large / small, ""), Some(bound), note);
}

/// Times the first requests for public and for private pages, each page once; returns milliseconds by kind and site.
fn pages(sites: [&Sized; 2], postern: &[Postern; 2]) -> Result<[[Vec<f64>; 2]; 2], String> {
    let runtime = runtime()?;
    let mut clients = postern.each_ref().map(|postern| Client::new(PROVEN, postern.to));
    let mut times = <[[Vec<f64>; 2]; 2]>::default();
    for (site, client) in sites.iter().zip(&mut clients) {
        // Requests for the two oldest pages, which are not measured, sign in, connect and warm up.
        for path in ["/private-1", "/public-2", "/private-1"] {
            expect(runtime.block_on(client.get(path, Some(&site.reader)))?.status, 200, path)?;
        }
    }
    for n in 0..PAGES {
        for at in 0..2 {
            let (site, client) = (sites[at], &mut clients[at]);
            // The numbers are spread over the whole site, each used once; odd ones are private.
            let number = 3 + (n * (site.count - 10) / PAGES);
            let (kind, path) = match n % 2 == 0 {
                true => (0, format!("/public-{}", number & !1)),
                false => (1, format!("/private-{}", number | 1)),
            };
            let login = (kind == 1).then_some(&site.reader);
            let answer = runtime.block_on(client.get(&path, login))?;
            expect(answer.status, 200, &path)?;
            times[kind][at].push(answer.took.as_secs_f64() * 1e3);
        }
    }
    Ok(times)
}

/// Times the first index that shows a change of its newest page; returns milliseconds by site.
fn indexes(sites: [&Sized; 2], postern: &[Postern; 2]) -> Result<[Vec<f64>; 2], String> {
    let runtime = runtime()?;
    let mut clients = postern.each_ref().map(|postern| Client::new(PROVEN, postern.to));
    let mut databases = [sites[0].site.database()?, sites[1].site.database()?];
    let mut times = <[Vec<f64>; 2]>::default();
    for n in 0..INDEXES {
        for at in 0..2 {
            let title = format!("Newest for the {n}. time");
            // Pages with even numbers are public; this is the newest page that everybody sees.
            let newest = sites[at].count & !1;
            databases[at].run(&format!("UPDATE pages SET title = '{title}' WHERE path = 'public-{newest}'"))?;
            loop {
                let answer = runtime.block_on(clients[at].get("/", None))?;
                expect(answer.status, 200, "/")?;
                if String::from_utf8_lossy(&answer.body).contains(&title) {
                    times[at].push(answer.took.as_secs_f64() * 1e3);
                    break;
                }
                if answer.sent.elapsed().as_secs() > 20 {
                    return Err("the index does not show the change".into());
                }
            }
        }
    }
    Ok(times)
}

fn expect(status: u16, wanted: u16, path: &str) -> Result<(), String> {
    if status == wanted { Ok(()) } else { Err(format!("{path} was answered {status}")) }
}
