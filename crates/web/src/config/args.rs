//! The commands of `postern` and their arguments.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};
use domain::user::Role;

use super::{serve::Serve, values::BaseUrl};

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the site (the default)
    Serve(Box<Serve>),
    /// Manage users
    #[command(subcommand)]
    User(UserCommand),
    /// Manage app passwords, with which scripts read pages
    #[command(subcommand)]
    Token(TokenCommand),
    /// Manage groups of readers
    #[command(subcommand)]
    Group(GroupCommand),
    /// Manage pages
    #[command(subcommand)]
    Page(PageCommand),
    /// Manage the files of pages
    #[command(subcommand)]
    File(FileCommand),
    /// Share a page by a link that opens it without a password
    #[command(args_conflicts_with_subcommands = true)]
    Share(Share),
    /// Prove that the site tells nothing of a page to those who may not read it
    #[command(
        after_help = "Makes accounts and keys for the run (postern-audit-...), and removes them. Exit code 0: nothing \
                            leaked; 1: something leaked; 2: the check could not be made or finished.\n\
                            \n\
                            Examples:\n\
                            \x20 postern audit\n\
                            \x20 postern audit --url https://www.example.org --pages 50"
    )]
    Audit(Audit),
    /// Apply the pending migrations
    Migrate {
        /// Only list the pending migrations; exit code 1 if there are any
        #[arg(long)]
        check: bool,
    },
    /// Check the options and the database, and print the result
    CheckConfig(Box<Serve>),
    /// Check that the server on this machine is running; exit code 0 if it is
    Healthcheck {
        /// The address and port on which it listens [default: that of the environment, or 127.0.0.1:8080]
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
}

/// The options of `postern audit`.
#[derive(Args, Debug)]
pub struct Audit {
    /// The address of the running site, which has to read this database [default: the site is run for the check, on a port of
    /// this machine]
    #[arg(long, value_name = "URL")]
    pub url: Option<BaseUrl>,
    /// The maximum number of pages that are checked; on a larger site, each run takes other ones
    #[arg(long, value_name = "COUNT", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub pages: u32,
}

/// The link to create, or another command on links.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
                  \x20 postern share clients/acme --label \"Acme review\" --until 7d --below\n\
                  \x20 postern share list\n\
                  \x20 postern share end 123456789")]
pub struct Share {
    /// The other commands.
    #[command(subcommand)]
    pub command: Option<ShareCommand>,
    /// The path of the page; one that is called like a command is written with a slash, as /list
    pub path: Option<String>,
    /// When the link ends: a number of days such as 7d, or the last day such as 2026-12-31, at most a year from now
    #[arg(long, value_name = "END", default_value = "7d")]
    pub until: String,
    /// For whom the link is
    #[arg(long, default_value = "command line")]
    pub label: String,
    /// Also open the pages below it that have the readers of their parent pages, also later ones
    #[arg(long)]
    pub below: bool,
    /// Open the draft of the page, as it is then, instead of the page
    #[arg(long, conflicts_with = "below")]
    pub draft: bool,
}

/// The commands on links.
#[derive(Subcommand, Debug)]
pub enum ShareCommand {
    /// List the links: number, page, what it opens, state, end, last opened, who made it, for whom. A link is open, ended, or
    /// suspended while the account that made it cannot edit pages
    List,
    /// End links, from now on
    End {
        /// The numbers of the links, as `postern share list` has them
        #[arg(required = true, value_name = "NUMBER")]
        ids: Vec<i64>,
    },
}

/// The commands on groups.
#[derive(Subcommand, Debug)]
pub enum GroupCommand {
    /// Add a group
    #[command(after_help = "Examples:\n\
                      \x20 postern group add Staff ann bob\n\
                      \x20 postern page put rota --title Rota --group Staff < rota.md")]
    Add {
        /// The name of the group
        name: String,
        /// The names of its members
        members: Vec<String>,
    },
    /// Add users to a group
    Join {
        /// The name of the group
        name: String,
        /// The names of the users
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// Remove users from a group
    Leave {
        /// The name of the group
        name: String,
        /// The names of the users
        #[arg(required = true)]
        members: Vec<String>,
    },
    /// List all groups: name, number of members, number of pages that name it
    List,
    /// Print the names of a group's members
    Show {
        /// The name of the group
        name: String,
    },
    /// Rename a group; its members keep their access
    Rename {
        /// The name of the group
        name: String,
        /// The new name
        to: String,
    },
    /// Delete a group; its members lose the access that they have through it
    Delete {
        /// The name of the group
        name: String,
    },
}

/// The commands on users.
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Add a user; the password is typed on the terminal or read from standard input
    #[command(after_help = "Examples:\n\
                      \x20 postern user add ann --role editor\n\
                      \x20 echo \"$SECRET\" | postern user add ann --role reader\n\
                      \x20 postern user add ann --role admin --generate\n\
                      \x20 postern user add ann --role reader --invite\n\
                      \x20 postern user add ann --role reader --invite --until 2027-01-31")]
    Add {
        /// The name of the user
        name: String,
        /// The role: reader, editor or admin
        #[arg(long, value_parser = Role::parse)]
        role: Role,
        /// Generate a password and print it
        #[arg(long)]
        generate: bool,
        /// Print a link with which the user sets a password; it works once, for 72 hours
        #[arg(long, conflicts_with = "generate")]
        invite: bool,
        /// The moment at which the account ends, such as 2027-01-31 or 2027-01-31T18:00 [default: no end]
        #[arg(long, value_name = "MOMENT")]
        until: Option<String>,
        /// The bcrypt cost of the password, 10 to 15 [default: that of the environment, or 12]
        #[arg(long, value_name = "COST", value_parser = clap::value_parser!(u32).range(10..=15))]
        bcrypt_cost: Option<u32>,
    },
    /// Set a user's password, typed on the terminal or read from standard input; ends the user's app passwords
    Passwd {
        /// The name of the user
        name: String,
        /// Generate a password and print it
        #[arg(long)]
        generate: bool,
        /// Keep the user's app passwords
        #[arg(long)]
        keep_tokens: bool,
        /// Print a link with which the user sets a new password; it works once, for 72 hours, and the old password until then
        #[arg(long, conflicts_with = "generate")]
        link: bool,
        /// The bcrypt cost of the password, 10 to 15 [default: that of the environment, or 12]
        #[arg(long, value_name = "COST", value_parser = clap::value_parser!(u32).range(10..=15))]
        bcrypt_cost: Option<u32>,
    },
    /// Set the end of a user's account, or remove it
    Extend {
        /// The name of the user
        name: String,
        /// The moment at which the account ends, such as 2027-01-31 or 2027-01-31T18:00 [default: no end]
        #[arg(long, value_name = "MOMENT")]
        until: Option<String>,
    },
    /// Add the users of an htpasswd file on standard input with their existing passwords; all of them or none
    #[command(after_help = "Only bcrypt hashes can be imported (htpasswd -B).\n\
                      \n\
                      Example:\n\
                      \x20 postern user import --role reader < /etc/nginx/htpasswd")]
    Import {
        /// The role of these users: reader, editor or admin
        #[arg(long, value_parser = Role::parse, default_value = "reader")]
        role: Role,
    },
    /// List the users: name, role, active, ended or disabled, last sign-in, end of the account
    List,
    /// Change a user's role
    Role {
        /// The name of the user
        name: String,
        /// The new role: reader, editor or admin
        #[arg(value_parser = Role::parse)]
        role: Role,
    },
    /// Disable the account of a user
    Disable {
        /// The name of the user
        name: String,
    },
    /// Enable the account of a user
    Enable {
        /// The name of the user
        name: String,
    },
    /// End all keys of a user: the link to set a password, app passwords, and the links that the user shared; the account goes on
    EndKeys {
        /// The name of the user
        name: String,
    },
    /// Forget the wrong passwords for a user, in all running instances: the account is not locked any more
    Unlock {
        /// The name of the user
        name: String,
    },
    /// Delete a user; the audit trail keeps the name
    Delete {
        /// The name of the user
        name: String,
    },
}

/// The commands on app passwords.
#[derive(Subcommand, Debug)]
pub enum TokenCommand {
    /// Make an app password of a user and print it; it is shown only once
    #[command(after_help = "Examples:\n\
                      \x20 postern token add ann --name backup\n\
                      \x20 postern token add ann --name reports --below /clients/acme --days 30\n\
                      \x20 curl -u \"ann:$TOKEN\" https://pages.example/clients/acme")]
    Add {
        /// The name of the user
        user: String,
        /// The name of the app password: what uses it
        #[arg(long)]
        name: String,
        /// The path of the page that it opens with the pages below [default: all pages that the user may read]
        #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
        below: String,
        /// For how many days it is valid, or none for no end
        #[arg(long, default_value = "90")]
        days: String,
    },
    /// List the app passwords: user, name, path, end, last day of use
    List {
        /// The name of a user [default: all]
        user: Option<String>,
    },
    /// End an app password of a user, or all of them
    End {
        /// The name of the user
        user: String,
        /// The name of the app password
        #[arg(long, required_unless_present = "all", conflicts_with = "all")]
        name: Option<String>,
        /// End all app passwords of the user
        #[arg(long)]
        all: bool,
    },
}

/// The commands on pages.
#[derive(Subcommand, Debug)]
pub enum PageCommand {
    /// Add a page, or replace the one at PATH, with the Markdown on standard input
    #[command(after_help = "Examples:\n\
                      \x20 postern page put handbook/rules --title \"House rules\" --private < rules.md\n\
                      \x20 postern page put / --title Welcome < welcome.md")]
    Put {
        /// The path, such as handbook/rules; / is the front page
        path: String,
        /// The title [default: that of the front matter]
        #[arg(long, default_value = "", hide_default_value = true)]
        title: String,
        /// One or two sentences for lists; empty for none [default: those of the front matter, the page's own, or none]
        #[arg(long)]
        summary: Option<String>,
        /// Let only signed-in users read it [default: an existing page keeps its readers; a new one inherits those of
        /// the page above, or is public]
        #[arg(long, group = "audience")]
        private: bool,
        /// Let everybody read it, even if the page above is private
        #[arg(long, group = "audience")]
        public: bool,
        /// Let this user read it; repeat it for several users
        #[arg(long = "reader", value_name = "NAME", conflicts_with_all = ["private", "public"])]
        readers: Vec<String>,
        /// Let the members of this group read it; repeat it for several groups
        #[arg(long = "group", value_name = "GROUP", conflicts_with_all = ["private", "public"])]
        groups: Vec<String>,
        /// Show the title with a lock in lists to those who may not read the page; --show-title=false hides it [default: as
        /// the page does, or false]
        #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
        show_title: Option<bool>,
        /// End the page with a list of the pages below it; --list-below=false leaves the list out [default: as the page does,
        /// or false]
        #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
        list_below: Option<bool>,
        /// The language, as a tag such as de or pt-BR, which holds for the pages below, too; empty for that of the page above
        /// [default: that of the front matter, the page's own, or that of the page above]
        #[arg(long, value_name = "TAG")]
        language: Option<String>,
        /// The date in lists, such as 2026-03-01 or 2026-03-01T09:30 in the site's time zone, or 2026-03-01T09:30Z;
        /// until then only editors see the page [default: that of the front matter, the page's own, or now]
        #[arg(long, value_name = "DATE")]
        published: Option<String>,
        /// The end, in the format of the date; from then on only editors see the page; empty for never [default: the
        /// page's own, or never]
        #[arg(long, value_name = "DATE")]
        unpublish: Option<String>,
        /// Publish it even if more people can then read pages below it, which inherit its readers
        #[arg(long)]
        yes: bool,
    },
    /// Print the Markdown of a page
    Show {
        /// The path of the page
        path: String,
        /// Print the title, the date and the end (RFC 3339), and the language if it has its own, before the text
        #[arg(long)]
        head: bool,
    },
    /// List all pages: path, public, private (signed-in users) or chosen, date, title
    List,
    /// Delete a page, unless more people could then read the pages below it, which inherit its readers
    Delete {
        /// The path of the page
        path: String,
        /// Delete it even if more people can then read the pages below it
        #[arg(long)]
        yes: bool,
    },
}

/// The commands on files.
#[derive(Subcommand, Debug)]
pub enum FileCommand {
    /// Add a file to a page, or replace it; the readers of the page have it at once
    #[command(after_help = "Examples:\n\
                      \x20 postern file put clients/acme/plan.jpg plan.jpg\n\
                      \x20 postern file put clients/acme/plan.jpg - < plan.jpg\n\
                      \x20 postern file put --cover clients/acme/plan.jpg plan.jpg")]
    Put {
        /// The path of the page and the name of the file, such as clients/acme/plan.jpg
        #[arg(value_name = "PATH/NAME")]
        at: String,
        /// The file; - is standard input
        #[arg(default_value = "-")]
        file: PathBuf,
        /// Make the picture the cover of the page, in place of another one
        #[arg(long)]
        cover: bool,
    },
    /// Make a picture the cover of its page, in place of another one; the readers of the page have it at once
    #[command(after_help = "Examples:\n\
                      \x20 postern file cover clients/acme/plan.jpg\n\
                      \x20 postern file cover --none clients/acme/plan.jpg")]
    Cover {
        /// The path of the page and the name of the file
        #[arg(value_name = "PATH/NAME")]
        at: String,
        /// Take the mark away: the page has no cover then
        #[arg(long)]
        none: bool,
    },
    /// List the files of a page: name, bytes, date of the upload, who uploaded it
    List {
        /// The path of the page
        path: String,
    },
    /// Print a file, or write it into another one
    Get {
        /// The path of the page and the name of the file
        #[arg(value_name = "PATH/NAME")]
        at: String,
        /// The file that is written, and must not exist; - is standard output
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: PathBuf,
    },
    /// Delete a file; earlier versions of the page keep it
    Delete {
        /// The path of the page and the name of the file
        #[arg(value_name = "PATH/NAME")]
        at: String,
    },
}
