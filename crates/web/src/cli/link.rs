//! Links with a secret.

use crate::config::Config;

/// Prints the link to a path on a line of its own; without the address of the site only the path.
pub(super) fn print(config: &Config, path: &str) {
    match config.serve.is_base_url_chosen() {
        true => println!("{}{path}", config.serve.base_url()),
        false => {
            println!("{path}");
            eprintln!("This is only the path: set POSTERN_BASE_URL, or put the address of the site before it.");
        }
    }
}
