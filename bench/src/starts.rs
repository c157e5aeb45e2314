//! The time from the start of the binary to the first page, and the memory of an idle Postern.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::{
    database::Database, options::Options, postern::Site, postern::ask, process::free_address, report::Report,
    stats::median,
};

const PART: &str = "start";

/// Starts Postern several times on an existing database.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let site = Site::new(options, "start")?;
    let mut database: Database = site.database()?;
    database.add_page("notes", "Some notes.", false)?;
    drop(database);
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..options.starts {
        let to = free_address()?;
        let begun = Instant::now();
        let postern = site.spawn(to)?;
        while TcpStream::connect(to).is_err() && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_micros(200));
        }
        let status = ask(&postern.place("/notes"), None)?.status;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        if status != 200 {
            return Err(format!("the first page was answered {status}"));
        }
        std::thread::sleep(Duration::from_secs(1));
        memory.push(postern.resident());
    }
    let most = times.iter().copied().fold(0.0, f64::max);
    let note = format!("median of {}; slowest {most:.0} ms", times.len());
    report.add(PART, "from start to the first page", (median(&times), "ms"), Some(150.0), note);
    let note = "median, one second after the first page";
    report.add(PART, "memory at rest", (median(&memory), "MiB"), Some(40.0), note);
    Ok(())
}
