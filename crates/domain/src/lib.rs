//! The vocabulary of Postern: pages, users, the site, and the one rule that decides who may see a page.
//!
//! This crate does no IO and knows no framework. The `parse` or `check` of a type turns user input into a value of that
//! type, and from then on the type is the proof: no other code checks the value again.
//!
//! - [`page`]: a [`Page`](page::Page) lives at a [`PagePath`](page::PagePath) and has an audience.
//! - [`page_path`]: where a page lives, and what is reserved.
//! - [`audience`]: an [`Audience`](audience::Audience) is the readers of a page as its author chose them.
//! - [`group`]: a [`Group`](group::Group) is people under one name.
//! - [`user`]: a [`User`](user::User) has a name, a role and the hash of a password.
//! - [`password`]: a [`Password`](password::Password) is typed by a user; its hash is stored.
//! - [`app_password`]: an [`AppPassword`](app_password::AppPassword) is a random secret with which a program reads what its
//!   owner reads.
//! - [`look`]: the [`Look`](look::Look) of the site for its readers; its colours are in [`colour`], its style sheet in
//!   [`own_css`].
//! - [`direction`]: the direction of writing of a language.
//! - [`site`]: the title, the realm and the texts of the site, which administrators edit in the panel.
//! - [`access`]: the rules for seeing a page, editing and administering.
//! - [`credentials`]: the value of an `Authorization` header, parsed strictly (RFC 7617).
//! - [`revision`]: a [`Revision`](revision::Revision) is the state of a page after one save.
//! - [`link`]: the target of a link in a page, and the problems of a link.
//! - [`search`]: a search query, and its matches in a text.
//! - [`secret`]: random secrets that open something by themselves.
//! - [`keys`]: the kinds of keys, which act in the name of an account without its password.
//! - [`share`]: a [`Share`](share::Share) opens a page or a draft to everyone who has its link.
//! - [`audit`]: the entries of the audit trail.
//! - [`draft`]: a [`Draft`](draft::Draft) is the unpublished input of a page's form.
//! - [`effective_access`]: the audience that applies to a page after inheritance.
//! - [`member`]: the account of somebody who is signed in.
//! - [`mod@file`]: a [`File`](file::File) of a page, its name and its kind.
//! - [`bulk_action`]: one change of many pages, which can be undone.
//! - [`visitor`]: the person or program that sends a request.
//! - [`zone`]: the time zone in which moments are typed and shown.
//! - [`front_matter`]: the fields at the top of a Markdown file of another program.
//! - [`navigation`]: the menu of the site, and its front page.
//! - [`new_users`]: many users at once, by name.
//! - [`placement`]: the place of a page in its section, and its language.
//! - [`language`]: the tag of a language.
//! - [`invitation`]: a link with which somebody sets the password of their account.
//! - [`invalid`]: the errors of a form, by field.
//! - [`id`]: the keys of rows.
//! - [`text`]: text from people and other systems, and how it is cleaned.
//! - [`lookalike`]: names that people cannot tell apart.

pub mod access;
pub mod app_password;
pub mod audience;
pub mod audit;
pub mod bulk_action;
pub mod colour;
pub mod credentials;
pub mod direction;
pub mod draft;
pub mod effective_access;
pub mod file;
pub mod front_matter;
pub mod group;
pub mod id;
pub mod invalid;
pub mod invitation;
pub mod keys;
pub mod language;
pub mod link;
pub mod look;
pub mod lookalike;
pub mod member;
pub mod navigation;
pub mod new_users;
pub mod own_css;
pub mod page;
pub mod page_path;
pub mod password;
pub mod placement;
pub mod revision;
pub mod search;
pub mod secret;
pub mod share;
pub mod site;
pub mod text;
pub mod user;
pub mod visitor;
pub mod zone;

/// A moment in UTC. The application's clock truncates it to microseconds, the precision of both databases.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// The number of saves of a row, from 1. A save names the version on which it is based, so that nobody overwrites
/// changes that they have not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub i64);

impl Version {
    /// The version of a new row.
    pub const FIRST: Version = Version(1);

    /// The version after this one.
    pub fn next(self) -> Version {
        // A form may send any number; no row reaches the highest one.
        Version(self.0.saturating_add(1))
    }
}
