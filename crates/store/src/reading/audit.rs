//! The audit trail. Entries are added and read, never changed: triggers in the database refuse it.

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp,
    access::{Admin, Editor},
    audit::{Action, Entry, Subject},
};

use crate::{
    Conn, Paging, Result, Table,
    columns::pattern,
    conn::MultiBackend,
    schema::{audit, fold},
};

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
    /// The entry; `None` for an action or a subject that a newer version wrote.
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

/// A filter of the trail; an empty text and `None` match every entry.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// A part of the name of the user who acted.
    pub actor: String,
    /// The action.
    pub action: Option<Action>,
    /// The kind of thing that was changed.
    pub subject: Option<Subject>,
    /// The earliest moment, inclusive.
    pub since: Option<Timestamp>,
    /// A part of the name of what was changed.
    pub name: String,
}

impl AuditFilter {
    fn rows(&self) -> audit::BoxedQuery<'static, MultiBackend> {
        let mut rows = audit::table.into_boxed();
        if !self.actor.is_empty() {
            rows = rows.filter(fold(audit::actor).like(pattern(&self.actor)).escape('\\'));
        }
        if !self.name.is_empty() {
            rows = rows.filter(fold(audit::name).like(pattern(&self.name)).escape('\\'));
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

/// One page of the entries that match, newest first, and the total.
pub fn list(conn: &mut Conn, _: &Admin, filter: &AuditFilter, paging: Paging) -> Result<Table<Entry>> {
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

/// The last `limit` changes: of everything for an administrator, of pages for other editors.
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

/// The most entries of failed sign-ins that are counted. Each process writes at most one a minute.
const MAX_FAILED_LOGINS: i64 = 10_000;

/// The failed sign-ins since a moment: for each entry its moment and their number.
pub fn failed_logins(conn: &mut Conn, _: &Admin, since: Timestamp) -> Result<Vec<(Timestamp, u64)>> {
    let filter = AuditFilter { action: Some(Action::Refused), since: Some(since), ..AuditFilter::default() };
    let records: Vec<Record> =
        filter.rows().order(audit::at.desc()).limit(MAX_FAILED_LOGINS).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(Record::entry).map(|entry| (entry.at, entry.count())).collect())
}
