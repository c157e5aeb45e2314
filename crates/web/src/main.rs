//! The `postern` program: parses the options, starts logging and runs the command.

use std::process::ExitCode;

use web::{cli, config::Config, http::logging};

fn main() -> ExitCode {
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
