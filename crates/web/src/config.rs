//! The command line and the environment: what an operator decides. Nothing else reads either.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::user::Role;
use ipnet::IpNet;
use store::DatabaseUrl;

use crate::{auth::proofs::Limits, client::ForwardedHeader, memory::truth::Silence};

/// A website engine for sites of which some pages are private.
#[derive(Parser, Debug)]
#[command(name = "postern", version, after_help = EXAMPLES)]
pub struct Config {
    /// Which database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite://postern.db",
        hide_env_values = true
    )]
    database_url: UncheckedUrl,

    /// The bcrypt cost of new passwords, 10 to 15; a password of another cost is hashed anew when its user signs in
    #[arg(long, global = true, env = "POSTERN_BCRYPT_COST", value_name = "COST", default_value_t = 12,
          value_parser = clap::value_parser!(u32).range(10..=15))]
    pub bcrypt_cost: u32,

    /// What is logged to standard error: error, warn, info, debug or trace
    #[arg(long, global = true, env = "POSTERN_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: log::LevelFilter,

    /// How a log line is written
    #[arg(long, global = true, env = "POSTERN_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// Options of `serve`, the default command
    #[command(flatten)]
    pub serve: Serve,

    /// What to do; without one, `serve`
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Config {
    /// The database, checked here and not by clap, whose messages would repeat the password in it.
    ///
    /// # Errors
    /// One line that names what is understood.
    pub fn database(&self) -> Result<DatabaseUrl, String> {
        DatabaseUrl::parse(&self.database_url.0).map_err(|message| format!("DATABASE_URL: {message}"))
    }
}

/// What stands in `DATABASE_URL`; it does not show itself.
#[derive(Clone)]
struct UncheckedUrl(String);

impl FromStr for UncheckedUrl {
    type Err = std::convert::Infallible;

    fn from_str(url: &str) -> Result<UncheckedUrl, Self::Err> {
        Ok(UncheckedUrl(url.to_owned()))
    }
}

impl fmt::Debug for UncheckedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UncheckedUrl(hidden)")
    }
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Time, level, message.
    Text,
    /// One JSON object on a line.
    Json,
}

/// What the server needs to know beside the database.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// The address and port to listen on
    #[arg(long, global = true, env = "POSTERN_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The address under which people reach the site, for the feed and the sitemap [default: http://ADDRESS:PORT]
    #[arg(long, global = true, env = "POSTERN_BASE_URL", value_name = "URL")]
    pub base_url: Option<BaseUrl>,

    /// The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, as addresses or networks, comma separated
    #[arg(long, global = true, env = "POSTERN_TRUSTED_PROXIES", value_name = "NETWORKS", default_value = "")]
    pub trusted_proxies: Networks,

    /// The header in which those proxies write whom they speak for; the other one is not looked at
    #[arg(
        long,
        global = true,
        env = "POSTERN_FORWARDED_HEADER",
        value_name = "NAME",
        default_value = "x-forwarded-for"
    )]
    pub forwarded_header: ForwardedHeader,

    /// Answer 403, without asking for a password, to requests for private pages that did not come over HTTPS
    #[arg(long, global = true, env = "POSTERN_REQUIRE_HTTPS", value_parser = clap::builder::BoolishValueParser::new(),
          num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true)]
    pub require_https: bool,

    /// How much memory finished pages may take, in MiB; 0 keeps none
    #[arg(long, global = true, env = "POSTERN_PAGE_CACHE", value_name = "MIB", default_value_t = 64,
          value_parser = clap::value_parser!(u32).range(0..=65536))]
    pub page_cache: u32,

    /// How many verified sign-ins are remembered, so as not to be verified again
    #[arg(long, global = true, env = "POSTERN_PROOFS", value_name = "COUNT", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub proofs: u32,

    /// After how many seconds without use one is forgotten
    #[arg(long, global = true, env = "POSTERN_PROOF_IDLE", value_name = "SECONDS", default_value_t = 600)]
    pub proof_idle: u32,

    /// After how many seconds one is forgotten, used or not
    #[arg(long, global = true, env = "POSTERN_PROOF_LIFETIME", value_name = "SECONDS", default_value_t = 3600)]
    pub proof_lifetime: u32,

    /// After how many seconds of silence from the database no private page and no sign-in is answered from memory
    #[arg(long, global = true, env = "POSTERN_SILENCE", value_name = "SECONDS", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub silence: u32,

    /// For how many seconds after that public pages still are; 0 for not at all
    #[arg(long, global = true, env = "POSTERN_STALE_PUBLIC", value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(0..=86400))]
    pub stale_public: u32,

    /// For how many days deleted pages can be brought back from the trash
    #[arg(long, global = true, env = "POSTERN_TRASH_DAYS", value_name = "DAYS", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub trash_days: u32,

    /// The name of the first administrator, made while no user exists
    #[arg(long, global = true, env = "POSTERN_ADMIN_USER", value_name = "NAME", default_value = "admin")]
    pub admin_user: String,

    /// The first administrator's password, in plain text; read only while no user exists [default: a generated one]
    #[arg(long, global = true, env = "POSTERN_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,

    /// A file that holds the first administrator's password
    #[arg(long, global = true, env = "POSTERN_ADMIN_PASSWORD_FILE", value_name = "FILE")]
    pub admin_password_file: Option<PathBuf>,
}

impl Serve {
    /// How long verified sign-ins are good for.
    pub fn proofs(&self) -> Limits {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let count = usize::try_from(self.proofs).unwrap_or(usize::MAX);
        Limits { count, idle: seconds(self.proof_idle), lifetime: seconds(self.proof_lifetime) }
    }

    /// How long the silence of the database is borne.
    pub fn silence(&self) -> Silence {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Silence { private: seconds(self.silence), public: seconds(self.stale_public) }
    }

    /// The address of the site, without a slash at its end.
    pub fn base_url(&self) -> String {
        match &self.base_url {
            Some(url) if !url.0.is_empty() => url.0.clone(),
            _ => format!("http://{}", self.listen),
        }
    }
}

/// `http://` or `https://`, a host, perhaps a port; no path. Empty, as compose files pass what is not set, is none.
#[derive(Clone, Debug)]
pub struct BaseUrl(String);

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<BaseUrl, String> {
        let trimmed = url.trim().trim_end_matches('/');
        let authority = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
        match authority {
            Some(authority)
                if !authority.is_empty()
                    && authority.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b)) =>
            {
                Ok(BaseUrl(trimmed.to_owned()))
            }
            _ if trimmed.is_empty() => Ok(BaseUrl(String::new())),
            _ => Err("write it as https://www.example.org, without a path".into()),
        }
    }
}

/// Addresses and networks, comma separated; none when it is empty, as compose files pass what is not set.
#[derive(Clone, Debug, Default)]
pub struct Networks(pub Vec<IpNet>);

impl FromStr for Networks {
    type Err = String;

    fn from_str(networks: &str) -> Result<Networks, String> {
        let named = networks.split(',').map(str::trim).filter(|network| !network.is_empty());
        named.map(parse_network).collect::<Result<_, _>>().map(Networks)
    }
}

fn parse_network(network: &str) -> Result<IpNet, String> {
    network
        .parse::<IpNet>()
        .or_else(|_| network.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{network:?} is no address such as 10.0.0.1 and no network such as 10.0.0.0/8"))
}

/// The commands beside `serve`.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the site (the default)
    Serve,
    /// Manage users
    #[command(subcommand)]
    User(UserCommand),
    /// Manage groups, for pages that only some may read
    #[command(subcommand)]
    Group(GroupCommand),
    /// Manage pages
    #[command(subcommand)]
    Page(PageCommand),
    /// Bring the database to this version's schema
    Migrate {
        /// Only say what is pending; exit code 1 if something is
        #[arg(long)]
        check: bool,
    },
    /// Check the options and the database, and say what is found
    CheckConfig,
    /// Ask the server on this machine whether it lives; exit code 0 if it does
    Healthcheck,
}

/// What can be done with groups.
#[derive(Subcommand, Debug)]
pub enum GroupCommand {
    /// Make a group
    #[command(
        after_help = "Examples:\n  postern group add Staff ann bob\n  postern page put rota --title Rota --group Staff < rota.md"
    )]
    Add {
        /// Its name
        name: String,
        /// Names of users who are in it
        members: Vec<String>,
    },
    /// Put users into a group
    Join {
        /// The group
        name: String,
        /// Names of users
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// Take users out of a group
    Leave {
        /// The group
        name: String,
        /// Names of users
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// List all groups: name, members, pages that chose it
    List,
    /// Print the names of a group's members
    Show {
        /// The group
        name: String,
    },
    /// Give a group another name; whoever reads a page because of it still does
    Rename {
        /// The group
        name: String,
        /// The new name
        to: String,
    },
    /// Delete a group; who read a page because of it no longer does
    Delete {
        /// The group
        name: String,
    },
}

/// What can be done with users.
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Make a user; the password is asked for, or read from standard input
    #[command(
        after_help = "Examples:\n  postern user add ann --role editor\n  echo \"$SECRET\" | postern user add ann --role reader\n  postern user add ann --role admin --generate"
    )]
    Add {
        /// The name that signs in
        name: String,
        /// What the user may do: reader, editor or admin
        #[arg(long, value_parser = Role::parse)]
        role: Role,
        /// Generate a password and print it
        #[arg(long)]
        generate: bool,
    },
    /// Set a user's password; it is asked for, or read from standard input
    Passwd {
        /// Whose
        name: String,
        /// Generate a password and print it
        #[arg(long)]
        generate: bool,
    },
    /// Make the users of an htpasswd file on standard input, with the passwords that they have; all of them or none
    #[command(
        after_help = "Only bcrypt hashes can be taken over (htpasswd -B).\n\nExample:\n  postern user import --role reader < /etc/nginx/htpasswd"
    )]
    Import {
        /// What these users may do: reader, editor or admin
        #[arg(long, value_parser = Role::parse, default_value = "reader")]
        role: Role,
    },
    /// List the users: name, role, active or disabled, last sign-in
    List,
    /// Change a user's role
    Role {
        /// Whose
        name: String,
        /// reader, editor or admin
        #[arg(value_parser = Role::parse)]
        role: Role,
    },
    /// Let a user no longer sign in
    Disable {
        /// Whom
        name: String,
    },
    /// Let a user sign in again
    Enable {
        /// Whom
        name: String,
    },
    /// Delete a user; the audit trail keeps the name
    Delete {
        /// Whom
        name: String,
    },
}

/// What can be done with pages.
#[derive(Subcommand, Debug)]
pub enum PageCommand {
    /// Make a page, or replace the one at PATH, with the Markdown on standard input
    #[command(
        after_help = "Examples:\n  postern page put handbook/rules --title \"House rules\" --private < rules.md\n  postern page put / --title Welcome < welcome.md"
    )]
    Put {
        /// Where it lives, such as handbook/rules; / is the front page
        path: String,
        /// The title
        #[arg(long)]
        title: String,
        /// One or two sentences for lists
        #[arg(long, default_value = "")]
        summary: String,
        /// Let anyone signed in read it, and nobody else [default: whoever reads the page above, or everybody, where there is none; chosen readers stay]
        #[arg(long, group = "audience")]
        private: bool,
        /// Let everybody read it, whoever reads the page above
        #[arg(long, group = "audience")]
        public: bool,
        /// Let this user read it; several times for several
        #[arg(long = "reader", value_name = "NAME", conflicts_with_all = ["private", "public"])]
        readers: Vec<String>,
        /// Let the members of this group read it; several times for several
        #[arg(long = "group", value_name = "GROUP", conflicts_with_all = ["private", "public"])]
        groups: Vec<String>,
        /// Show the title, with a lock, in the lists of those who may not read the page
        #[arg(long)]
        show_title: bool,
        /// End the page with a list of the pages below it
        #[arg(long)]
        list_below: bool,
        /// The date in lists, such as 2026-03-01 or 2026-03-01T09:30 in the site's time zone, or 2026-03-01T09:30Z; until then only editors see the page [default: the page's own, or now]
        #[arg(long, value_name = "DATE")]
        published: Option<String>,
        /// When it ends, written as the date is: from then on only editors see the page; an empty one is never [default: the page's own, or never]
        #[arg(long, value_name = "DATE")]
        unpublish: Option<String>,
    },
    /// Print the Markdown of a page
    Show {
        /// Where it lives
        path: String,
        /// Print its title, its date and its end (RFC 3339) before the text
        #[arg(long)]
        head: bool,
    },
    /// List all pages: path, public, private (anyone signed in) or chosen, date, title
    List,
    /// Delete a page; not if more people could read the pages below, which inherit from it
    Delete {
        /// Where it lives
        path: String,
        /// Delete it all the same
        #[arg(long)]
        yes: bool,
    },
}

const EXAMPLES: &str = "Examples:
  postern                                        run the site on http://127.0.0.1:8080
  postern --listen 0.0.0.0:80 serve              on every address, port 80
  postern user add ann --role editor             make a user; asks for a password
  postern page put secret --title Secret --private < secret.md
  curl -u ann http://127.0.0.1:8080/secret       read a private page

Every option is an environment variable too; see the README.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Config::command().debug_assert();
    }

    #[test]
    fn options_may_stand_before_and_after_the_command() {
        for line in ["postern --listen 127.0.0.1:1 serve", "postern serve --listen 127.0.0.1:1"] {
            let config = Config::parse_from(line.split(' '));
            assert_eq!(config.serve.base_url(), "http://127.0.0.1:1");
        }
    }

    #[test]
    fn a_base_url_has_a_scheme_and_a_host_and_no_path() {
        for good in ["https://www.example.org", "http://[::1]:8080/"] {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        for bad in ["www.example.org", "ftp://x", "https://x/y", "https://", "https://a@b"] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        for good in ["10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8"] {
            assert_eq!(good.parse::<Networks>().unwrap().0.len(), 1, "{good}");
        }
        assert_eq!("10.0.0.1, ::1".parse::<Networks>().unwrap().0.len(), 2);
        assert!("".parse::<Networks>().unwrap().0.is_empty());
        assert!("proxy.example.org".parse::<Networks>().is_err());
    }
}
