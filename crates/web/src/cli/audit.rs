//! `postern audit`: checks that a running site reveals nothing of its pages to those who may not read them.

use std::{
    io::{Write, stdout},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
};

use super::database::{open, open_for};
use crate::{
    config::{Config, args::Audit},
    db::POOL_SIZE,
    leak_check::{self, Local, Options},
    serve,
};

/// The exit codes: nothing leaked, something leaked, and the check could not be run or finished.
const CLEAN: u8 = 0;
const LEAKED: u8 = 1;
const UNCHECKED: u8 = 2;

/// Runs the check; the exit code says what was found.
pub(super) fn run(config: &Config, options: &Audit) -> ExitCode {
    let code = check(config, options).unwrap_or_else(|message| {
        eprintln!("postern: {message}");
        UNCHECKED
    });
    ExitCode::from(code)
}

fn check(config: &Config, options: &Audit) -> Result<u8, String> {
    let stopped = Arc::new(AtomicBool::new(false));
    watch_signals(stopped.clone())?;
    let (pages, bcrypt_cost) = (options.pages as usize, config.serve.bcrypt_cost);
    let (store, base_url, _local) = match options.url.as_ref().map(|url| url.as_str()).filter(|url| !url.is_empty()) {
        Some(url) => (open(config)?, url.to_owned(), None),
        None => {
            let store = open_for(config, POOL_SIZE)?;
            let (listener, address) = Local::bind()?;
            let app = serve::local_app(store.clone(), &config.serve, address)?;
            let base_url = app.options.base_url.clone();
            (store, base_url, Some(Local::serve(listener, app)?))
        }
    };
    let options = Options { base_url, pages, bcrypt_cost };
    let report = leak_check::run(&store, &options, &stopped, |text| {
        print!("{text}");
        let _closed = stdout().flush();
    })?;
    let leaks: usize = report.lines.iter().map(|line| line.leaks.len()).sum();
    let requests: usize = report.lines.iter().map(|line| line.requests).sum();
    println!("\n{}", verdict(leaks, requests, report.is_complete()));
    Ok(match (report.has_leaks(), report.is_complete()) {
        (true, _) => LEAKED,
        (false, true) => CLEAN,
        (false, false) => UNCHECKED,
    })
}

fn verdict(leaks: usize, requests: usize, is_complete: bool) -> String {
    let requests = leak_check::grouped(requests);
    match (leaks, is_complete) {
        (0, true) => format!("Nothing leaked in {requests} requests."),
        (0, false) => {
            format!("Nothing leaked, but some of {requests} requests had no answer: the check is not complete.")
        }
        (1, _) => format!("1 leak in {requests} requests."),
        (leaks, _) => format!("{leaks} leaks in {requests} requests."),
    }
}

/// Notes SIGINT and SIGTERM, so that the accounts and keys of the run are removed. A second one ends the process at once.
fn watch_signals(stopped: Arc<AtomicBool>) -> Result<(), String> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("signals cannot be handled: {error}"))?;
    let watch = move || {
        runtime.block_on(async {
            let (Ok(mut interrupt), Ok(mut terminate)) =
                (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
            else {
                return;
            };
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if stopped.swap(true, Relaxed) {
                    std::process::exit(UNCHECKED.into());
                }
                eprintln!("postern: removing the accounts and keys of this run");
            }
        });
    };
    let watching = thread::Builder::new().name("signals".into()).spawn(watch);
    watching.map(drop).map_err(|error| format!("signals cannot be handled: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_what_was_found() {
        assert_eq!(verdict(0, 12_345, true), "Nothing leaked in 12,345 requests.");
        assert_eq!(verdict(1, 9, false), "1 leak in 9 requests.");
        assert!(verdict(0, 9, false).contains("not complete"));
    }
}
