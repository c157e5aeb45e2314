//! The command line and the environment. No other file reads either.

pub mod args;
pub mod serve;
pub mod values;

use std::ffi::OsString;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, builder::Resettable, parser::ValueSource};
use store::DatabaseUrl;

use args::Command;
use values::UncheckedUrl;

pub use serve::Serve;

/// The heading of the options that every command has.
const GLOBAL: &str = "Options of every command";

/// A website engine for sites with private pages
#[derive(Parser, Debug)]
#[command(name = "postern", version, after_help = EXAMPLES)]
pub struct Config {
    /// The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        env = "DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite://postern.db",
        hide_env_values = true
    )]
    database_url: UncheckedUrl,

    /// The level of the log on standard error: error, warn, info, debug or trace
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        env = "POSTERN_LOG",
        value_name = "LEVEL",
        default_value = "info"
    )]
    pub log: log::LevelFilter,

    /// The command; `serve` by default
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The options of the server: those before the command, overridden by those after `serve`.
    #[command(flatten)]
    pub serve: Serve,

    /// The options on the command line that hold a password, which other users of the machine can read there.
    #[arg(skip)]
    pub exposed: Vec<&'static str>,
}

impl Config {
    /// Reads the command line and the environment; ends the process if they are not valid, or ask for help.
    pub fn read() -> Config {
        Config::read_from(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn read_from(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Config, clap::Error> {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let matches = Config::command().try_get_matches_from(&arguments)?;
        let mut config = Config::from_arg_matches(&matches)?;
        config.take_options_after_command(&arguments)?;
        let after = matches.subcommand().map(|(_, after)| after);
        let is_typed = |option| {
            let source =
                |matches: &ArgMatches| matches.try_contains_id(option).is_ok().then(|| matches.value_source(option));
            [Some(&matches), after]
                .into_iter()
                .flatten()
                .any(|part| source(part) == Some(Some(ValueSource::CommandLine)))
        };
        if is_typed("admin_password") {
            config.exposed.push("--admin-password");
        }
        if is_typed("database_url") && config.database().is_ok_and(|url| url.has_password()) {
            config.exposed.push("--database-url");
        }
        Ok(config)
    }

    /// Reads the server's options after a command. Their defaults must not replace the options before the command.
    fn take_options_after_command(&mut self, arguments: &[OsString]) -> Result<(), clap::Error> {
        let typed = Config::command().mut_subcommands(|command| {
            command.mut_args(|option| option.default_value(Resettable::Reset).env(Resettable::Reset))
        });
        match typed.try_get_matches_from(arguments)?.subcommand() {
            Some(("serve" | "check-config", after)) => self.serve.update_from_arg_matches(after),
            Some(("healthcheck", after)) => {
                self.serve.listen = after.get_one("listen").copied().unwrap_or(self.serve.listen);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The level of the log. A site that is run for `postern audit` logs thousands of refusals, which are expected:
    /// only errors are logged, unless a finer level than the default one was chosen.
    pub fn log_level(&self) -> log::LevelFilter {
        match &self.command {
            Some(Command::Audit(_)) if self.log <= log::LevelFilter::Info => self.log.min(log::LevelFilter::Error),
            _ => self.log,
        }
    }

    /// The database. clap does not parse it, because its error messages would contain the password in the URL.
    ///
    /// # Errors
    /// One line that names the accepted forms.
    pub fn database(&self) -> Result<DatabaseUrl, String> {
        DatabaseUrl::parse(&self.database_url.0).map_err(|message| format!("DATABASE_URL: {message}"))
    }
}

const EXAMPLES: &str = "Examples:
  postern                                        run the site on http://127.0.0.1:8080
  postern --listen 0.0.0.0:80 serve              listen on every address, port 80
  postern user add ann --role editor             add a user; asks for a password
  postern page put secret --title Secret --private < secret.md
  curl -u ann http://127.0.0.1:8080/secret       read a private page

Every option can be set by an environment variable, too; see docs/operating.md.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Config::command().debug_assert();
    }

    #[test]
    fn options_are_accepted_before_and_after_the_command() {
        for line in ["postern --listen 127.0.0.1:1 serve", "postern serve --listen 127.0.0.1:1"] {
            let config = Config::read_from(line.split(' ')).unwrap();
            assert_eq!(config.serve.base_url(), "http://127.0.0.1:1");
        }
    }

    #[test]
    fn an_option_after_the_command_overrides_one_before_it() {
        let read = |line: &str| Config::read_from(line.split(' ')).unwrap().serve;
        for command in ["serve", "check-config"] {
            let both = read(&format!("postern --drain 7 --require-https --silence 3 {command} --silence 9"));
            assert_eq!((both.drain, both.silence, both.require_https), (7, 9, true), "{command}");
            let after = read(&format!("postern {command} --require-https --metrics 127.0.0.1:9"));
            assert!(after.require_https && after.metrics.0.is_some(), "{command}");
        }
        assert_eq!(read("postern --listen 127.0.0.1:1 healthcheck").listen.port(), 1);
        assert_eq!(read("postern --listen 127.0.0.1:1 healthcheck --listen 127.0.0.1:2").listen.port(), 2);
    }

    #[test]
    fn other_commands_have_no_options_of_the_server() {
        for line in
            ["postern page list --silence 3", "postern user list --listen 127.0.0.1:1", "postern migrate --drain 1"]
        {
            assert!(Config::read_from(line.split(' ')).is_err(), "{line}");
        }
        for line in ["postern page list --log debug", "postern user list --database-url sqlite://x.db"] {
            assert!(Config::read_from(line.split(' ')).is_ok(), "{line}");
        }
    }

    #[test]
    fn an_audit_logs_errors_only_unless_more_is_wanted() {
        let level = |line: &str| Config::read_from(line.split(' ')).unwrap().log_level();
        for (line, expected) in [
            ("postern audit", log::LevelFilter::Error),
            ("postern --log off audit", log::LevelFilter::Off),
            ("postern audit --log debug", log::LevelFilter::Debug),
            ("postern --log info user list", log::LevelFilter::Info),
        ] {
            assert_eq!(level(line), expected, "{line}");
        }
    }

    #[test]
    fn passwords_on_the_command_line_are_noticed() {
        let check = |line: &str, exposed: &[&str]| {
            assert_eq!(Config::read_from(line.split(' ')).unwrap().exposed, exposed, "{line}");
        };
        check("postern serve", &[]);
        check("postern --admin-password s3cret", &["--admin-password"]);
        check("postern serve --admin-password s3cret", &["--admin-password"]);
        check("postern --database-url postgres://u:s3cret@h/d", &["--database-url"]);
        check("postern user list --database-url postgres://u@h/d?password=s3cret", &["--database-url"]);
        check("postern --database-url postgres://u@h/d", &[]);
    }
}
