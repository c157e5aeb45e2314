//! Postern's benchmark: starts real servers, measures them side by side, writes the report. `bench/run` calls it.

mod access;
mod by_sql;
mod cgroup;
mod client;
mod database;
mod files;
mod flood;
mod guard;
mod load;
mod memory;
mod options;
mod peers;
mod people;
mod plot;
mod png;
mod postern;
mod postern_flood;
mod process;
mod refusals;
mod report;
mod revocation;
mod scale;
mod scope;
mod search;
mod size;
mod starts;
mod stats;
mod throughput;
mod timing;
mod upgrade;
mod uploads;
mod wrk;

use std::{fs, path::Path, process::ExitCode};

use options::Options;
use report::Report;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help" || argument == "-h") {
        println!("{}", options::USAGE);
        return ExitCode::SUCCESS;
    }
    process::watch_signals();
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let mut report = Report::default();
    if ["throughput", "flood", "files"].iter().any(|section| options.wants(section)) {
        eprintln!("servers");
        let servers = peers::start(options, &mut report)?;
        if options.wants("throughput") {
            eprintln!("throughput");
            part(&mut report, "throughput", |report| throughput::run(options, &servers, report));
        }
        if options.wants("flood") {
            eprintln!("flood, all servers");
            flood::run(options, &servers, &mut report);
        }
        if options.wants("files") {
            eprintln!("files, all servers");
            part(&mut report, "files", |report| files::beside(options, &servers, report));
        }
    }
    type Run = fn(&Options, &mut Report) -> Result<(), String>;
    let parts: [(&str, Run); 15] = [
        ("flood", postern_flood::run),
        ("people", people::run),
        ("people", refusals::run),
        ("timing", timing::run),
        ("revocation", revocation::run),
        ("size", size::run),
        ("scope", scope::run),
        ("scale", scale::run),
        ("search", search::run),
        ("access", access::run),
        ("upload", uploads::run),
        ("memory", memory::run),
        ("start", starts::run),
        ("files", files::run),
        ("guard", guard::run),
    ];
    for (section, run) in parts {
        if options.wants(section) {
            eprintln!("{section}");
            part(&mut report, section, |report| run(options, report));
        }
    }
    write(options, &report)
}

/// Runs a part; if it fails, the report names it and the other parts run.
fn part(report: &mut Report, section: &str, run: impl FnOnce(&mut Report) -> Result<(), String>) {
    if let Err(error) = run(report) {
        report.miss(format!("{section}: {error}"));
    }
}

fn write(options: &Options, report: &Report) -> Result<(), String> {
    let name = if options.quick { "quick" } else { "latest" };
    let json = serde_json::to_string_pretty(&report.json(options)).map_err(|error| error.to_string())?;
    save(&options.results.join(format!("{name}.md")), &report.markdown(options))?;
    save(&options.results.join(format!("{name}.json")), &format!("{json}\n"))?;
    if !options.quick && !report.bars.is_empty() {
        save(&options.plot, &plot::svg(&report.bars))?;
    }
    let (met, bounds) = report.counts();
    eprintln!("{met} of {bounds} bounds met; {}", options.results.join(format!("{name}.md")).display());
    Ok(())
}

fn save(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(path, text)).map_err(|error| format!("{}: {error}", path.display()))
}
