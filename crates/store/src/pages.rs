//! Pages. Readers' lists go through one [`Scope`]; the panel's side is in `desk`, its lists in `rows`.

mod coming;
mod desk;
mod effect;
pub(crate) mod readers;
mod rows;
mod scope;
mod section;
mod under;
mod who;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    page::{Page, PageContent, PageId, PagePath},
};

pub use coming::{Coming, coming};
pub(crate) use desk::{Birth, insert_as, note};
pub use desk::{below, delete, get, insert, put, set_audience, some, update};
pub use effect::{Effect, Touched, effect};
pub use readers::missing;
pub use rows::{
    PageColumn, PageCounts, PageFilter, PageRow, PageSort, PageState, PageTotals, Span, counts, every, matching,
    states, totals,
};
pub use scope::Scope;
pub use section::{Move, move_section, moves};
pub use under::{move_under, moves_under};
pub use who::{Few, Reach, Who, few, who};

use readers::Resolved;
use scope::Section;

use crate::{
    Conn, Error, Paging, Result, Slice,
    error::readable,
    receipts,
    schema::{fold, pages},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
pub(crate) struct Record {
    id: i64,
    path: String,
    title: String,
    summary: String,
    body: String,
    private: bool,
    show_title: bool,
    list_below: bool,
    published_at: NaiveDateTime,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i64,
    audience: String,
    readers_from: Option<i64>,
    unpublish_at: Option<NaiveDateTime>,
}

impl Record {
    /// The page, with its readers.
    pub(crate) fn load(self, conn: &mut Conn) -> Result<Page> {
        let record = self;
        let (id, resolved) =
            (PageId(record.id), Resolved { private: record.private, readers_from: record.readers_from });
        let (audience, readers) = readers::load(conn, id, &record.audience, resolved)?;
        let receipts = resolved.is_chosen() && receipts::wanted(conn, id)?;
        Ok(Page {
            id,
            readers,
            content: PageContent {
                path: path_of(&record.path)?,
                title: record.title,
                summary: record.summary,
                body: record.body,
                audience,
                show_title: record.show_title,
                list_below: record.list_below,
                published_at: record.published_at.and_utc(),
                unpublish_at: record.unpublish_at.map(|end| end.and_utc()),
                receipts,
            },
            created_at: record.created_at.and_utc(),
            updated_at: record.updated_at.and_utc(),
            version: Version(record.version),
        })
    }
}

pub(crate) fn path_of(path: &str) -> Result<PagePath> {
    PagePath::parse(path).map_err(|words| Error::Schema(format!("the path {path:?} in the table pages: {words}")))
}

/// The page at a path, whoever may see it: `domain::access::decide` says who.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, path: &PagePath) -> Result<Option<Page>> {
    let record: Option<Record> =
        pages::table.filter(pages::path.eq(path.as_str())).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// What `domain::page::PageContent::is_published` says, in SQL.
#[diesel::dsl::auto_type(no_type_alias)]
fn published(now: NaiveDateTime) -> _ {
    pages::published_at.le(now).and(pages::unpublish_at.is_null().or(pages::unpublish_at.gt(now)))
}

/// A page as it stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teaser {
    /// Where it lives.
    pub path: PagePath,
    /// Its title.
    pub title: String,
    /// Its summary; empty when it is locked.
    pub summary: String,
    /// Its date.
    pub published_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
    /// Whether it asks for credentials.
    pub private: bool,
    /// Whether this visitor sees no more than the title.
    pub locked: bool,
}

/// The pages of a scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, scope: &Scope, paging: Paging) -> Result<Slice<Teaser>> {
    scope.part(conn, &Section::ALL, paging)
}

/// The pages of a scope that lie below a path, at any depth, newest first; below the root is everything else.
///
/// # Errors
/// When the database fails.
pub fn list_below(conn: &mut Conn, scope: &Scope, path: &PagePath, paging: Paging) -> Result<Slice<Teaser>> {
    scope.part(conn, &Section::below(path), paging)
}

/// The open range of the paths below a path: `0` is the byte after `/`, and `{` the one after `z`.
fn range_below(path: &PagePath) -> (String, String) {
    match path.is_root() {
        true => (String::new(), "{".into()),
        false => (format!("{path}/", path = path.as_str()), format!("{path}0", path = path.as_str())),
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
struct TeaserRecord {
    path: String,
    title: String,
    summary: String,
    published_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    private: bool,
}

impl TeaserRecord {
    fn teaser(self) -> Result<Teaser> {
        let TeaserRecord { path, title, summary, published_at, updated_at, private } = self;
        let (published_at, updated_at) = (published_at.and_utc(), updated_at.and_utc());
        Ok(Teaser { path: path_of(&path)?, title, summary, published_at, updated_at, private, locked: false })
    }
}

/// A LIKE pattern for a folded column that holds this text somewhere. The database folds it, as it does the column: its
/// lower case is not everywhere Rust's.
pub(crate) fn pattern(text: &str) -> fold<String> {
    // PostgreSQL has no NUL in a text.
    let escaped = text.replace('\0', "").replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    fold(format!("%{escaped}%"))
}

/// The next moment at which a page's date or its end comes, and lists change although nobody changes a page; `None` if no
/// page waits for one.
///
/// # Errors
/// When the database fails.
pub fn next_boundary(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    let begins: Option<NaiveDateTime> = pages::table
        .filter(pages::published_at.gt(now.naive_utc()))
        .order(pages::published_at.asc())
        .select(pages::published_at)
        .first(conn)
        .optional()?;
    let ends: Option<Option<NaiveDateTime>> = pages::table
        .filter(pages::unpublish_at.gt(now.naive_utc()))
        .order(pages::unpublish_at.asc())
        .select(pages::unpublish_at)
        .first(conn)
        .optional()?;
    Ok(begins.into_iter().chain(ends.flatten()).min().map(|at| at.and_utc()))
}

/// The titles of those of the paths that stand in the scope.
///
/// # Errors
/// When the database fails.
pub fn titles(conn: &mut Conn, scope: &Scope, paths: &[PagePath]) -> Result<Vec<(PagePath, String)>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let paths: Vec<&str> = paths.iter().map(PagePath::as_str).collect();
    let rows: Vec<(String, String)> =
        scope.rows().filter(pages::path.eq_any(paths)).select((pages::path, pages::title)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(path, title)| Some((readable(path_of(&path))?, title))).collect())
}
