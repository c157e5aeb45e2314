//! The audit trail. Entries are added and read, never changed: triggers in the database refuse it.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use domain::{
    Timestamp,
    access::{Admin, Editor},
    audit::{Action, Entry, Subject},
    group::GroupId,
    page::{PageId, PagePath},
    search::plain,
    user::UserId,
};

use crate::{
    Conn, Result, Table,
    columns::pattern,
    conn::MultiBackend,
    order::Order,
    paging::{Count, Window},
    schema::{audit, fold, groups, pages, users},
};

/// Newest first.
const ORDER: Order = Order { table: "audit", key: "id", columns: &[("at", true), ("id", true)], reversed: false };

/// The number of entries in which one page of the list looks for names. It says so if there are more.
const SEARCHED: i64 = 20_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
struct Record {
    id: i64,
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
    /// The latest moment, exclusive.
    pub before: Option<Timestamp>,
    /// A part of the name of what was changed.
    pub name: String,
}

impl AuditFilter {
    /// The entries that match everything but the names.
    fn kinds(&self) -> audit::BoxedQuery<'static, MultiBackend> {
        let mut rows = audit::table.into_boxed();
        if let Some(action) = self.action {
            rows = rows.filter(audit::action.eq(action.as_str()));
        }
        if let Some(subject) = self.subject {
            rows = rows.filter(audit::subject.eq(subject.as_str()));
        }
        if let Some(since) = self.since {
            rows = rows.filter(audit::at.ge(since.naive_utc()));
        }
        if let Some(before) = self.before {
            rows = rows.filter(audit::at.lt(before.naive_utc()));
        }
        rows
    }

    fn named(&self, mut rows: audit::BoxedQuery<'static, MultiBackend>) -> audit::BoxedQuery<'static, MultiBackend> {
        if !self.actor.is_empty() {
            rows = rows.filter(fold(audit::actor).like(pattern(&self.actor)).escape('\\'));
        }
        if !self.name.is_empty() {
            rows = rows.filter(fold(audit::name).like(pattern(&self.name)).escape('\\'));
        }
        rows
    }

    /// The moment of the oldest entry in which names are looked for, if there are older ones.
    fn horizon(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        if self.actor.is_empty() && self.name.is_empty() {
            return Ok(None);
        }
        let order = sql::<Bool>("at DESC, id DESC");
        Ok(self.kinds().order(order).offset(SEARCHED).select(audit::at).limit(1).first(conn).optional()?)
    }
}

/// One page of the entries that match, newest first, and the total. Names are looked for in the newest 20,000 entries that
/// match otherwise, and in those of the same moment as the last of them; if there are more, the total says so.
pub fn list(conn: &mut Conn, _: &Admin, filter: &AuditFilter, window: impl Into<Window>) -> Result<Table<Entry>> {
    let horizon = filter.horizon(conn)?;
    let rows = || {
        let rows = filter.named(filter.kinds());
        match horizon {
            Some(horizon) => rows.filter(audit::at.ge(horizon)),
            None => rows,
        }
    };
    let found: Vec<i64> = rows().select(audit::id).limit(Count::LIMIT).load(conn)?;
    let mut total = Count::of_found(found.len());
    total.more |= horizon.is_some();
    let table = ORDER.table(
        window.into(),
        total,
        |record: &Record| record.id,
        |range, order, limit, offset| {
            let rows = rows().filter(sql::<Bool>(range)).order(sql::<Bool>(order));
            Ok(rows.limit(limit).offset(offset).select(Record::as_select()).load(conn)?)
        },
    )?;
    Ok(table.map(Record::entry))
}

/// The number of entries whose names are suggested.
const SUGGESTED_ENTRIES: i64 = 1_000;

/// Which names of entries are suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggested {
    /// Who acted.
    Actors,
    /// What was changed: paths, and the names of users and groups.
    Subjects,
}

/// At most `limit` names in the newest 1,000 entries that contain a text, those that begin with it first. Case and accents do not
/// count.
pub fn suggestions(conn: &mut Conn, _: &Admin, which: Suggested, text: &str, limit: usize) -> Result<Vec<String>> {
    let newest = audit::table.order(sql::<Bool>("at DESC, id DESC")).limit(SUGGESTED_ENTRIES);
    let names: Vec<String> = match which {
        Suggested::Actors => newest.select(audit::actor).load(conn)?,
        Suggested::Subjects => newest.select(audit::name).load(conn)?,
    };
    let (wanted, names) = (plain(text.trim()), names.into_iter().collect::<BTreeSet<String>>());
    let mut found = Vec::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        let folded = plain(&name);
        let Some(at) = folded.find(&wanted) else { continue };
        found.push((at.min(1), folded, name));
    }
    found.sort();
    found.truncate(limit);
    Ok(found.into_iter().map(|(.., name)| name).collect())
}

/// The keys of what entries name, where it still exists under that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Pages by their address.
    pub pages: HashMap<String, PageId>,
    /// Users by name, among them those who acted.
    pub users: HashMap<String, UserId>,
    /// Groups by name.
    pub groups: HashMap<String, GroupId>,
}

/// Finds what entries name: pages for any editor, users and groups for administrators.
pub fn named(conn: &mut Conn, editor: &Editor, entries: &[Entry]) -> Result<Named> {
    let of = |subject: Subject| {
        let about = entries.iter().filter(move |entry| entry.subject == subject);
        about.map(|entry| entry.name.as_str()).collect::<BTreeSet<&str>>()
    };
    let named = of(Subject::Page).into_iter().chain(of(Subject::Share)).filter(|name| !name.is_empty());
    let paths = named.filter_map(|name| PagePath::typed(name).ok());
    let paths: Vec<String> = paths.map(|path| path.as_str().to_owned()).collect();
    let found: Vec<(i64, String)> =
        pages::table.filter(pages::path.eq_any(paths)).select((pages::id, pages::path)).load(conn)?;
    let pages = found.into_iter().map(|(id, path)| (format!("/{path}"), PageId(id))).collect();
    if !editor.is_admin() {
        return Ok(Named { pages, ..Named::default() });
    }
    let mut names = of(Subject::User);
    names.extend(entries.iter().map(|entry| entry.actor.as_str()));
    let found: Vec<(i64, String)> =
        users::table.filter(users::name.eq_any(names)).select((users::id, users::name)).load(conn)?;
    let users = found.into_iter().map(|(id, name)| (name, UserId(id))).collect();
    let found: Vec<(i64, String)> =
        groups::table.filter(groups::name.eq_any(of(Subject::Group))).select((groups::id, groups::name)).load(conn)?;
    let groups = found.into_iter().map(|(id, name)| (name, GroupId(id))).collect();
    Ok(Named { pages, users, groups })
}

/// The last `limit` changes: of everything for an administrator, and of pages by others for any other editor.
pub fn recent(conn: &mut Conn, editor: &Editor, limit: u32) -> Result<Vec<Entry>> {
    let changes = [Action::Created, Action::Changed, Action::Deleted, Action::PasswordSet].map(Action::as_str);
    let mut rows = audit::table.filter(audit::action.eq_any(changes)).into_boxed();
    if !editor.is_admin() {
        rows = rows.filter(audit::subject.eq(Subject::Page.as_str()));
        rows = rows.filter(audit::actor.ne(editor.actor().to_owned()));
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
        filter.kinds().order(audit::at.desc()).limit(MAX_FAILED_LOGINS).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(Record::entry).map(|entry| (entry.at, entry.count())).collect())
}
