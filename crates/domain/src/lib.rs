//! Postern's vocabulary: pages, users, the site, and the one rule that says who may see what.
//!
//! Nothing here does IO or knows a framework. Whatever a person types becomes one of these types by its `parse` or
//! `check`, and from then on the type is the proof: nobody checks again.
//!
//! - [`page`]: a [`Page`](page::Page) lives at a [`PagePath`](page::PagePath) and has an audience.
//! - [`audience`]: an [`Audience`](audience::Audience) is who may read a page, as its author says it.
//! - [`group`]: a [`Group`](group::Group) is people under one name.
//! - [`user`]: a [`User`](user::User) has a name, a role and the hash of a password.
//! - [`password`]: a [`Password`](password::Password) as it is typed, and its hash as it is stored.
//! - [`site`]: title, realm and words of the site, edited in the panel.
//! - [`access`]: who may see a page, who may edit, who may administer.
//! - [`credentials`]: the value of an `Authorization` header, parsed strictly (RFC 7617).
//! - [`revision`]: what a page was each time that it was saved.
//! - [`link`]: where a link in a page leads, and what is wrong with it.
//! - [`search`]: what somebody looks for, and where it stands in a text.
//! - [`audit`]: what was changed, by whom, when.
//! - [`draft`]: what was typed of a page and is not published.
//! - [`effective_access`]: what an audience amounts to after inheritance.
//! - [`visitor`]: the person or program that sends a request.
//! - [`zone`]: the time zone in which moments are typed and shown.
//! - [`invalid`]: what is wrong with a form, field by field.

pub mod access;
pub mod audience;
pub mod audit;
pub mod credentials;
pub mod draft;
pub mod effective_access;
pub mod group;
pub mod id;
pub mod invalid;
pub mod link;
pub mod page;
pub mod password;
pub mod revision;
pub mod search;
pub mod site;
pub mod text;
pub mod user;
pub mod visitor;
pub mod zone;

/// A moment in UTC. The application's clock truncates it to microseconds, the precision of both databases.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// How often a row was saved, from 1. A save names the version that it was made from, so that nobody overwrites what
/// they have not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub i64);

impl Version {
    /// The version of a row that has just been made.
    pub const FIRST: Version = Version(1);

    /// The version after this one.
    pub fn next(self) -> Version {
        // What a form sends may be any number; the highest is no row's.
        Version(self.0.saturating_add(1))
    }
}
