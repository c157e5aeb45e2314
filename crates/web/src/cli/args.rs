//! The command trees beside the options: what `postern` can be told to do.

use clap::Subcommand;
use domain::user::Role;

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
        /// Let anyone signed in read it, and nobody else [default: a page that exists keeps its readers; a new one has those of the page above, or everybody]
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
        /// Do it although more people could then read pages below, which inherit from it
        #[arg(long)]
        yes: bool,
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
    /// Delete a page, unless more people could then read the pages below, which inherit from it
    Delete {
        /// Where it lives
        path: String,
        /// Delete it although more people could then read the pages below
        #[arg(long)]
        yes: bool,
    },
}
