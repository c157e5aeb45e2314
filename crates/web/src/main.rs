//! The `postern` program: parses the options, starts logging and runs the command.

use std::process::ExitCode;

use clap::Parser;
use tikv_jemallocator::Jemalloc;
use web::{cli, config::Config, http::logging};

/// The C library keeps an arena of freed memory for every thread; see docs/decisions/0021.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let config = Config::parse();
    logging::start(config.log, config.log_format);
    match cli::run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("postern: {message}");
            ExitCode::FAILURE
        }
    }
}
