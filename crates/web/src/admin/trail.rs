//! Entries of the audit trail as rows, with links to what they name.

use domain::{
    access::Editor,
    audit::{Entry, Subject},
    zone::Zone,
};
use serde::Serialize;
use store::{
    Conn,
    audit::{self, Named},
};

use crate::clock::When;

/// An entry of the audit trail as a row.
#[derive(Serialize)]
pub(super) struct Change {
    when: When,
    actor: String,
    /// The form of the user who acted; empty if the viewer may not open it or it is gone.
    actor_href: String,
    label: &'static str,
    subject: &'static str,
    name: String,
    /// The form of what was changed; empty as `actor_href` is.
    href: String,
    detail: String,
}

/// The rows of entries, with their moments in a time zone.
pub(super) fn rows(conn: &mut Conn, editor: &Editor, entries: Vec<Entry>, zone: Zone) -> store::Result<Vec<Change>> {
    let named = audit::named(conn, editor, &entries)?;
    Ok(entries.into_iter().map(|entry| Change::new(entry, &named, zone)).collect())
}

impl Change {
    fn new(entry: Entry, named: &Named, zone: Zone) -> Change {
        let user = |name: &str| named.users.get(name).map(|id| format!("/admin/users/{}", id.0)).unwrap_or_default();
        let href = match entry.subject {
            Subject::Page | Subject::Share => {
                named.pages.get(&entry.name).map(|id| format!("/admin/pages/{}", id.0)).unwrap_or_default()
            }
            Subject::User => user(&entry.name),
            Subject::Group => {
                named.groups.get(&entry.name).map(|id| format!("/admin/groups/{}", id.0)).unwrap_or_default()
            }
            Subject::Site => String::new(),
        };
        Change {
            when: When::new(entry.at, zone),
            actor_href: user(&entry.actor),
            actor: entry.actor,
            label: entry.action.label(),
            subject: entry.subject.as_str(),
            name: entry.name,
            href,
            detail: entry.detail,
        }
    }
}
