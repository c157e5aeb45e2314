//! Uploads to a site on SQLite, which has one writer: what another editor waits for a save meanwhile, and the memory for pictures
//! that claim to be huge.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use store::{DatabaseUrl, Store};

use crate::{
    access::{find, save},
    client::Login,
    options::Options,
    png::bomb,
    postern::{PASSWORD, Postern, Site, ask},
    report::Report,
    stats::percentile,
};

const PART: &str = "upload";
/// The bound in milliseconds.
const SAVES: f64 = 100.0;
/// The bytes that are sent at once.
const CHUNK: usize = 256 * 1024;

/// The number of pictures that claim to be huge, the pixels on a side that they claim, and the bound in MiB.
const BOMBS: usize = 60;
const SIDES: [u32; 3] = [65_535, 20_000, 7_000];
const GROWTH: f64 = 64.0;

/// Saves a page in a loop, at first while nothing else writes, and then during an upload.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "upload")?;
    let mut database = site.database()?;
    database.add_page("notes", "Some words.", false)?;
    database.add_page("film", "A film.", false)?;
    let postern = site.start_with(&[("POSTERN_FILE_MIB", "1024".to_owned())])?;
    let store = Store::open(&DatabaseUrl::parse(site.url())?, 2).map_err(|error| error.to_string())?;
    let alone = saves_during(&store, || {
        thread::sleep(options.time);
        Ok(())
    })?;
    let begun = Instant::now();
    let film = find(&store, "film")?.id.0;
    let saves = saves_during(&store, || {
        let bytes = options.upload << 20;
        match upload(&postern, film, "film.bin", &mut std::io::repeat(0), bytes)?.as_str() {
            "200" => Ok(()),
            status => Err(format!("the upload was answered {status}")),
        }
    })?;
    let rate = options.upload as f64 / begun.elapsed().as_secs_f64();
    let note = format!(
        "{} saves; median {:.0} ms; without an upload p99 {:.0} ms; {rate:.0} MiB/s",
        saves.len(),
        percentile(&saves, 50.0),
        percentile(&alone, 99.0)
    );
    let name = format!("SQLite, another's save during an upload of {} MiB: p99", options.upload);
    report.add(PART, name, (percentile(&saves, 99.0), "ms"), Some(SAVES), note);
    drop(postern);
    bombs(&site.start()?, find(&store, "notes")?.id.0, report)
}

/// Uploads pictures that claim to be huge, each under a name of its own, while the memory is watched; it is watched longer than
/// that, because smaller copies are made afterwards.
fn bombs(postern: &Postern, page: i64, report: &mut Report) -> Result<(), String> {
    let (rest, over) = (postern.resident(), AtomicBool::new(false));
    let (highest, uploaded) = thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut highest = rest;
            while !over.load(Ordering::Relaxed) {
                highest = highest.max(postern.resident());
                thread::sleep(Duration::from_millis(20));
            }
            highest
        });
        let uploaded = bombs_in_turn(postern, page);
        thread::sleep(Duration::from_secs(3));
        over.store(true, Ordering::Relaxed);
        (watching.join(), uploaded)
    });
    let (highest, kept) = (highest.map_err(|_| "a thread ended early")?, uploaded?);
    let note = format!("from {rest:.1} MiB; {kept} were stored, the others refused with 422");
    let name = format!("{BOMBS} small pictures that claim to be huge: growth of memory");
    report.add(PART, name, (highest - rest, "MiB"), Some(GROWTH), note);
    Ok(())
}

/// The number of pictures that were stored: as files of their page, without smaller copies.
fn bombs_in_turn(postern: &Postern, page: i64) -> Result<usize, String> {
    let pictures = SIDES.map(bomb);
    let mut kept = 0;
    for n in 0..BOMBS {
        let picture = &pictures[n % SIDES.len()];
        match upload(postern, page, &format!("bomb-{n}.png"), &mut picture.as_slice(), picture.len())?.as_str() {
            "200" => kept += 1,
            "422" => {}
            status => return Err(format!("a picture that claims to be huge was answered {status}")),
        }
    }
    Ok(kept)
}

/// The time of each save while something is done, in milliseconds.
fn saves_during(store: &Store, work: impl FnOnce() -> Result<(), String>) -> Result<Vec<f64>, String> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let saving = scope.spawn(|| save(store, &over));
        let done = work();
        over.store(true, Ordering::Relaxed);
        let saves = saving.join().map_err(|_| "a thread ended early".to_owned())?;
        done.and(saves)
    })
}

/// Uploads bytes as a file into the draft of a page, as its form does, and returns the status of the answer.
fn upload(postern: &Postern, page: i64, name: &str, from: &mut impl Read, bytes: usize) -> Result<String, String> {
    let login = Login::new("admin", PASSWORD);
    let form = ask(&postern.place(&format!("/admin/pages/{page}")), Some(&login))?;
    let form = String::from_utf8_lossy(&form.body);
    let token = form.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let token = token.ok_or("the form has no token")?;
    let before = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--XX\r\nContent-Disposition: \
         form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    let after = "\r\n--XX--\r\n";
    let head = format!(
        "POST /admin/drafts/{page}/files HTTP/1.1\r\nHost: {}\r\n{}\r\nContent-Type: multipart/form-data; \
         boundary=XX\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        postern.to,
        login.0,
        before.len() + bytes + after.len()
    );
    let answer = send(postern.to, &[head, before].concat(), &mut from.take(bytes as u64), after)
        .map_err(|error| error.to_string())?;
    answer.split(' ').nth(1).map(str::to_owned).ok_or_else(|| "an upload was not answered".into())
}

fn send(to: SocketAddr, before: &str, from: &mut impl Read, after: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(before.as_bytes())?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match from.read(&mut chunk)? {
            0 => break,
            length => stream.write_all(&chunk[..length])?,
        }
    }
    stream.write_all(after.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
