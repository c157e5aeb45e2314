//! The `postern` program: limits the allocator, parses the options, starts logging and runs the command.

use std::process::ExitCode;

use web::{allocator, cli, config::Config, http::logging};

fn main() -> ExitCode {
    allocator::limit();
    let config = Config::read();
    logging::start(config.log_level(), config.serve.log_format);
    match cli::run(&config) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("postern: {message}");
            ExitCode::FAILURE
        }
    }
}
