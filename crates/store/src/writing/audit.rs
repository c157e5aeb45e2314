//! Writing the audit trail, in the transaction of the change itself.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    access::Editor,
    audit::{Action, Entry, Subject},
    page::{PageId, PagePath},
};

use crate::{Conn, Result, columns::KEYS, id, schema::audit};

/// The most characters of a name and of a detail.
const NAME_CHARS: usize = 200;
const DETAIL_CHARS: usize = 2000;

/// Adds an entry to the trail. A name is cut to 200 characters and a detail to 2,000.
pub fn insert(conn: &mut Conn, entry: &Entry) -> Result<()> {
    let cut = |text: &str, most| text.chars().take(most).collect::<String>();
    diesel::insert_into(audit::table)
        .values((
            audit::id.eq(id::new()?),
            audit::at.eq(entry.at.naive_utc()),
            audit::actor.eq(cut(&entry.actor, NAME_CHARS)),
            audit::action.eq(entry.action.as_str()),
            audit::subject.eq(entry.subject.as_str()),
            audit::name.eq(cut(&entry.name, NAME_CHARS)),
            audit::detail.eq(cut(&entry.detail, DETAIL_CHARS)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Adds the entry for one page.
pub(super) fn page(
    conn: &mut Conn,
    by: &Editor,
    action: Action,
    path: &PagePath,
    detail: String,
    now: Timestamp,
) -> Result<()> {
    let (actor, name) = (by.actor().to_owned(), path.href());
    insert(conn, &Entry { at: now, actor, action, subject: Subject::Page, name, detail })
}

/// Adds an entry with the same detail for each of the pages that exist, in one statement for each thousand.
pub(super) fn pages(
    conn: &mut Conn,
    by: &Editor,
    action: Action,
    pages: &[PageId],
    detail: &str,
    now: Timestamp,
) -> Result<()> {
    for pages in pages.chunks(KEYS) {
        // The keys are integers of our own.
        let query = format!(
            "INSERT INTO audit (id, at, actor, action, subject, name, detail)
             SELECT $1 + row_number() OVER (ORDER BY id), $2, $3, $4, $5, '/' || path, $6
             FROM pages WHERE id IN ({})",
            id::list(pages.iter().map(|page| page.0))
        );
        sql_query(query)
            .bind::<BigInt, _>(id::new()?)
            .bind::<SqlTimestamp, _>(now.naive_utc())
            .bind::<Text, _>(by.actor())
            .bind::<Text, _>(action.as_str())
            .bind::<Text, _>(Subject::Page.as_str())
            .bind::<Text, _>(detail.chars().take(DETAIL_CHARS).collect::<String>())
            .execute(conn)?;
    }
    Ok(())
}

/// Adds an entry about a user.
pub(super) fn audit_user(
    conn: &mut Conn,
    actor: &str,
    action: Action,
    name: &str,
    detail: String,
    now: Timestamp,
) -> Result<()> {
    let (actor, name) = (actor.to_owned(), name.to_owned());
    insert(conn, &Entry { at: now, actor, action, subject: Subject::User, name, detail })
}
