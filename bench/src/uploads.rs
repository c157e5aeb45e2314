//! What another editor waits for a save while a large file is uploaded to a site on SQLite, which has one writer.

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
    postern::{PASSWORD, Postern, Site, ask},
    report::Report,
    stats::percentile,
};

const PART: &str = "upload";
/// The bound in milliseconds.
const SAVES: f64 = 100.0;
/// The bytes that are sent at once.
const CHUNK: usize = 256 * 1024;

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
    let saves = saves_during(&store, || upload(&postern, find(&store, "film")?.id.0, options.upload << 20))?;
    let rate = options.upload as f64 / begun.elapsed().as_secs_f64();
    let note = format!(
        "{} saves; median {:.0} ms; without an upload p99 {:.0} ms; {rate:.0} MiB/s",
        saves.len(),
        percentile(&saves, 50.0),
        percentile(&alone, 99.0)
    );
    let name = format!("SQLite, another's save during an upload of {} MiB: p99", options.upload);
    report.add(PART, name, (percentile(&saves, 99.0), "ms"), Some(SAVES), note);
    Ok(())
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

/// Uploads a file of zeros into the draft of a page, as its form does.
fn upload(postern: &Postern, page: i64, bytes: usize) -> Result<(), String> {
    let login = Login::new("admin", PASSWORD);
    let form = ask(&postern.place(&format!("/admin/pages/{page}")), Some(&login))?;
    let form = String::from_utf8_lossy(&form.body);
    let token = form.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let token = token.ok_or("the form has no token")?;
    let before = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--XX\r\nContent-Disposition: \
         form-data; name=\"file\"; filename=\"film.bin\"\r\n\r\n"
    );
    let after = "\r\n--XX--\r\n";
    let head = format!(
        "POST /admin/drafts/{page}/files HTTP/1.1\r\nHost: {}\r\n{}\r\nContent-Type: multipart/form-data; \
         boundary=XX\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        postern.to,
        login.0,
        before.len() + bytes + after.len()
    );
    let answer = send(postern.to, &[head, before].concat(), bytes, after).map_err(|error| error.to_string())?;
    match answer.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(format!("the upload was answered {}", answer.lines().next().unwrap_or_default())),
    }
}

fn send(to: SocketAddr, before: &str, mut bytes: usize, after: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(before.as_bytes())?;
    let zeros = vec![0; CHUNK];
    while bytes > 0 {
        let chunk = &zeros[..bytes.min(CHUNK)];
        stream.write_all(chunk)?;
        bytes -= chunk.len();
    }
    stream.write_all(after.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
