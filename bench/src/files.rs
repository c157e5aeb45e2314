//! Files: a private picture and a large private file beside servers of files without a password, the memory for clients that read
//! slowly, and a page with pictures for somebody new.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    task::LocalSet,
};

use crate::{
    client::{Client, Login, Place},
    load::{ATTACKER, Load, READER, runtime},
    options::Options,
    peers::{FILM, PICTURE, Server, right},
    png::png,
    postern::{PASSWORD, Postern, Site, hash, login, one_bcrypt},
    report::{Bound, Report, Table, number},
    stats::median,
    wrk::measure,
};

const PART: &str = "files";
/// The servers that Postern is measured beside.
const BESIDE: [&str; 3] = ["nginx", "Caddy", "static-web-server"];
/// The least part of nginx's rate.
const LEAST: f64 = 50.0;
/// The clients that read slowly, and what each reads in a second.
const SLOW_CLIENTS: usize = 200;
const SLOW_BYTES: usize = 1024;
/// The most resident memory of Postern meanwhile, in MiB.
const RESIDENT: f64 = 96.0;
/// The pictures of the page that somebody new opens, and the connections of a browser.
const PICTURES: usize = 30;
const BROWSER: usize = 6;
/// The people who open it, one after the other.
const PEOPLE: usize = 5;

/// Measures the files of all servers in turn.
pub(crate) fn beside(options: &Options, servers: &[Server], report: &mut Report) -> Result<(), String> {
    let mut rows = Vec::new();
    for (what, file, connections) in [("picture of 100 KB", PICTURE, 32), ("file of 10 MiB", FILM, 4)] {
        let lanes: Vec<(&str, Place, Option<Login>)> = servers
            .iter()
            .filter_map(|server| match (server.name, server.private.first()) {
                ("Postern", Some((_, page))) => {
                    Some((server.name, Place::new(page.to, &format!("{}/{file}", page.path)), Some(right())))
                }
                (name, _) if BESIDE.contains(&name) => {
                    Some((name, Place::new(server.public.to, &format!("/{file}")), None))
                }
                _ => None,
            })
            .collect();
        let mut rates = vec![Vec::new(); lanes.len()];
        for _ in 0..options.rounds {
            for ((_, place, login), rates) in lanes.iter().zip(&mut rates) {
                let measured = measure(place, login.as_ref(), connections, options.time)?;
                if measured.failed > 0 {
                    return Err(format!("{}: {} requests failed", place.path, measured.failed));
                }
                rates.push(measured.rate);
            }
        }
        let rate = |name: &str| {
            let lane = lanes.iter().position(|(own, ..)| *own == name);
            lane.map_or(f64::NAN, |lane| median(&rates[lane]))
        };
        for (name, ..) in &lanes {
            let own = rate(name);
            let how = if *name == "Postern" { "private" } else { "no password" };
            rows.push(vec![(*name).into(), how.into(), what.into(), number(own), number(rate("Postern") / own)]);
        }
        let share = (100.0 * rate("Postern") / rate("nginx"), "%");
        let name = format!("private {what}, of nginx's rate without a password");
        report.add_bound(PART, name, share, Some(Bound::AtLeast(LEAST)), "ratio of medians, rounds in turn");
    }
    let head = &["server", "access", "file", "requests/s", "Postern is"];
    report.tables.push(Table { title: "Files", head, rows });
    Ok(())
}

/// The memory for clients that read slowly, and the time of a page with pictures for somebody new.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "files")?;
    let people: Vec<String> = (0..=PEOPLE).map(|n| format!("new-{n}")).collect();
    site.database()?.add_users(&people, "reader", true, &hash(PASSWORD)?)?;
    let text: String = (0..PICTURES).map(|n| format!("![A picture](picture-{n}.png)\n\n")).collect();
    site.put("album", &["--private"], &text)?;
    for n in 0..PICTURES {
        site.put_file(&format!("album/picture-{n}.png"), &png(320, n as u32))?;
    }
    site.put("public", &[], "Some words.")?;
    site.put_file("album/film.png", &png(3240, 1))?;
    let postern = site.start()?;
    slow(&postern, report)?;
    album(&postern, report)
}

/// Clients that read a large file slowly.
fn slow(postern: &Postern, report: &mut Report) -> Result<(), String> {
    let reader = login("new-0");
    let probe = || Load::probe(READER, &postern.place("/public"), None);
    let idle = probe().run_for(Duration::from_secs(3));
    let running = probe().start();
    let to = postern.to;
    let (highest, open) = LocalSet::new().block_on(&runtime()?, async {
        let clients: Vec<_> = (0..SLOW_CLIENTS)
            .map(|_| {
                let head = format!("GET /album/film.png HTTP/1.1\r\nHost: {to}\r\n{}\r\n\r\n", reader.0);
                tokio::task::spawn_local(read_slowly(to, head))
            })
            .collect();
        let (begun, mut highest) = (Instant::now(), 0.0_f64);
        while begun.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            highest = highest.max(postern.resident());
        }
        let open = clients.iter().filter(|client| !client.is_finished()).count();
        clients.iter().for_each(tokio::task::JoinHandle::abort);
        (highest, open)
    });
    let others = running.stop();
    let note = format!("the highest of 20 s; {open} of {SLOW_CLIENTS} still read");
    let name = format!("{SLOW_CLIENTS} clients that read 1 KB/s of a file of 10 MiB: resident");
    report.add(PART, name, (highest, "MiB"), Some(RESIDENT), note);
    let note = format!("idle {:.2} ms; {}", idle.millis(99.0), others.describe());
    report.add(PART, "p99 of a page meanwhile", (others.millis(99.0), "ms"), Some(20.0), note);
    Ok(())
}

/// Reads an answer slowly until the connection fails.
async fn read_slowly(to: SocketAddr, request: String) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    // A small buffer: the kernel must not read in place of the client.
    socket.set_recv_buffer_size(4096)?;
    socket.bind((ATTACKER, 0).into())?;
    let mut stream = socket.connect(to).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut part = vec![0; SLOW_BYTES];
    loop {
        stream.read_exact(&mut part).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// A private page and its pictures, as a browser asks for them, by people who have not signed in before.
fn album(postern: &Postern, report: &mut Report) -> Result<(), String> {
    let one = one_bcrypt()?.as_secs_f64();
    let to = postern.to;
    let mut times = Vec::new();
    for n in 1..=PEOPLE {
        let (login, from) = (login(&format!("new-{n}")), Ipv4Addr::new(127, 0, 5, n as u8));
        let took = LocalSet::new().block_on(&runtime()?, async move {
            let begun = Instant::now();
            let mut first = Client::new(from, to);
            let page = first.get("/album", Some(&login)).await?;
            if page.status != 200 {
                return Err(format!("the page answers {}", page.status));
            }
            let lanes: Vec<_> = (0..BROWSER)
                .map(|lane| {
                    let login = login.clone();
                    tokio::task::spawn_local(async move {
                        let mut client = Client::new(from, to);
                        for n in (lane..PICTURES).step_by(BROWSER) {
                            let answer = client.get(&format!("/album/picture-{n}.png"), Some(&login)).await?;
                            if answer.status != 200 {
                                return Err(format!("a picture answers {}", answer.status));
                            }
                        }
                        Ok(())
                    })
                })
                .collect();
            for lane in lanes {
                lane.await.map_err(|error| error.to_string())??;
            }
            Ok(begun.elapsed().as_secs_f64())
        })?;
        times.push(took);
    }
    let note = format!("median of {PEOPLE}: {:.0} ms; one bcrypt takes {:.0} ms", 1e3 * median(&times), 1e3 * one);
    let name = format!("a page with {PICTURES} pictures for somebody new, to the last byte");
    report.add(PART, name, (median(&times) / one, "× one bcrypt"), Some(1.5), note);
    Ok(())
}
