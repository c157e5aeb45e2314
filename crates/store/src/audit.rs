//! The audit trail: entries are added and read, never changed; triggers in the database see to it.

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp,
    access::{Admin, Editor},
    audit::{Action, Entry, Subject},
};

use crate::{
    Conn, Paging, Result, Table,
    conn::MultiBackend,
    id, pages,
    schema::{audit, fold},
};

/// The most characters kept of a name and of a detail.
const NAME_CHARS: usize = 200;
const DETAIL_CHARS: usize = 2000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct Record {
    at: NaiveDateTime,
    actor: String,
    action: String,
    subject: String,
    name: String,
    detail: String,
}

impl Record {
    /// `None` for words that a newer version wrote.
    fn entry(self) -> Option<Entry> {
        Some(Entry {
            at: self.at.and_utc(),
            actor: self.actor,
            action: Action::parse(&self.action)?,
            subject: Subject::parse(&self.subject)?,
            name: self.name,
            detail: self.detail,
        })
    }
}

/// Adds an entry. Names and details are cut to 200 and 2,000 characters.
///
/// # Errors
/// When the database fails.
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

/// Which entries; empty texts and `None` mean all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Part of the name of who did it.
    pub actor: String,
    /// What was done.
    pub action: Option<Action>,
    /// To what kind of thing.
    pub subject: Option<Subject>,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Part of the name of what it was done to.
    pub name: String,
}

impl AuditFilter {
    fn rows(&self) -> audit::BoxedQuery<'static, MultiBackend> {
        let mut rows = audit::table.into_boxed();
        if !self.actor.is_empty() {
            rows = rows.filter(fold(audit::actor).like(pages::pattern(&self.actor)).escape('\\'));
        }
        if !self.name.is_empty() {
            rows = rows.filter(fold(audit::name).like(pages::pattern(&self.name)).escape('\\'));
        }
        if let Some(action) = self.action {
            rows = rows.filter(audit::action.eq(action.as_str()));
        }
        if let Some(subject) = self.subject {
            rows = rows.filter(audit::subject.eq(subject.as_str()));
        }
        if let Some(since) = self.since {
            rows = rows.filter(audit::at.ge(since.naive_utc()));
        }
        rows
    }
}

/// The entries that match, newest first.
///
/// # Errors
/// When the database fails.
pub fn every(conn: &mut Conn, _: &Admin, filter: &AuditFilter, paging: Paging) -> Result<Table<Entry>> {
    let total: i64 = filter.rows().select(count_star()).first(conn)?;
    let records: Vec<Record> = filter
        .rows()
        .order((audit::at.desc(), audit::id.desc()))
        .limit(paging.limit())
        .offset(paging.offset())
        .select(Record::as_select())
        .load(conn)?;
    Ok(Table { rows: records.into_iter().filter_map(Record::entry).collect(), total: total.unsigned_abs() })
}

/// The last changes: all of them for an administrator, those of pages for other editors.
///
/// # Errors
/// When the database fails.
pub fn recent(conn: &mut Conn, editor: &Editor, limit: u32) -> Result<Vec<Entry>> {
    let changes = [Action::Created, Action::Changed, Action::Deleted, Action::PasswordSet].map(Action::as_str);
    let mut rows = audit::table.filter(audit::action.eq_any(changes)).into_boxed();
    if !editor.is_admin() {
        rows = rows.filter(audit::subject.eq(Subject::Page.as_str()));
    }
    let records: Vec<Record> = rows
        .order((audit::at.desc(), audit::id.desc()))
        .limit(i64::from(limit))
        .select(Record::as_select())
        .load(conn)?;
    Ok(records.into_iter().filter_map(Record::entry).collect())
}

/// The most entries of refused sign-ins that are counted: each process writes one in a minute, at most.
const REFUSALS: i64 = 10_000;

/// How many sign-ins were refused from a moment on, and when.
///
/// # Errors
/// When the database fails.
pub fn refusals(conn: &mut Conn, _: &Admin, since: Timestamp) -> Result<Vec<(Timestamp, u64)>> {
    let filter = AuditFilter { action: Some(Action::Refused), since: Some(since), ..AuditFilter::default() };
    let records: Vec<Record> =
        filter.rows().order(audit::at.desc()).limit(REFUSALS).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(Record::entry).map(|entry| (entry.at, entry.count())).collect())
}
