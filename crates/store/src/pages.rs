//! Pages. Readers' lists go through one [`Scope`]; the panel's side is in `desk`.

mod desk;
mod section;

use chrono::NaiveDateTime;
use diesel::{expression::SqlLiteral, prelude::*, sql_types::Text};
use domain::{
    Timestamp, Version,
    access::Visitor,
    page::{Page, PageContent, PageId, PagePath, Visibility},
};

pub(crate) use desk::note;
pub use desk::{
    PageColumn, PageCounts, PageFilter, PageRow, PageSort, PageTotals, Span, below, counts, delete, every, get, insert,
    put, set_visibility, some, totals, update,
};
pub use section::{Move, move_section, moves};

use crate::{
    Conn, Error, Paging, Result, Slice,
    conn::MultiBackend,
    error::readable,
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
}

impl TryFrom<Record> for Page {
    type Error = Error;

    fn try_from(record: Record) -> Result<Page> {
        Ok(Page {
            id: PageId(record.id),
            content: PageContent {
                path: path_of(&record.path)?,
                title: record.title,
                summary: record.summary,
                body: record.body,
                visibility: Visibility::from_private(record.private),
                show_title: record.show_title,
                list_below: record.list_below,
                published_at: record.published_at.and_utc(),
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
    record.map(Page::try_from).transpose()
}

/// Which pages a visitor finds in lists: in SQL what `domain::access::listing` says of one page.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    signed_in: bool,
    locked_too: bool,
    now: NaiveDateTime,
}

impl Scope {
    /// Pages that the visitor may read: `Listing::Open`.
    pub fn readable(visitor: &Visitor, now: Timestamp) -> Scope {
        Scope { signed_in: visitor.member().is_some(), locked_too: false, now: now.naive_utc() }
    }

    /// Those, and the ones of which the visitor sees the title: `Listing::Open` and `Listing::Locked`.
    pub fn listed(visitor: &Visitor, now: Timestamp) -> Scope {
        Scope { locked_too: true, ..Scope::readable(visitor, now) }
    }

    fn rows(&self) -> pages::BoxedQuery<'static, MultiBackend> {
        let published = pages::table.filter(pages::published_at.le(self.now)).into_boxed();
        match (self.signed_in, self.locked_too) {
            (true, _) => published,
            (false, false) => published.filter(diesel::dsl::not(pages::private)),
            (false, true) => published.filter(diesel::dsl::not(pages::private).or(pages::show_title)),
        }
    }

    /// The same for a query in SQL: a condition on the table `pages`, in which `$2` is [`Scope::moment`].
    pub(crate) fn condition(&self) -> &'static str {
        match (self.signed_in, self.locked_too) {
            (true, _) => "pages.published_at <= $2",
            (false, false) => "pages.published_at <= $2 AND NOT pages.private",
            (false, true) => "pages.published_at <= $2 AND (NOT pages.private OR pages.show_title)",
        }
    }

    /// The moment at which the visitor looks.
    pub(crate) fn moment(&self) -> NaiveDateTime {
        self.now
    }

    /// Those of the pages that stand in the scope, each with its key and with a text that is selected of it.
    pub(crate) fn teasers_with(
        &self,
        conn: &mut Conn,
        ids: &[i64],
        text: SqlLiteral<Text>,
    ) -> Result<Vec<(i64, String, Teaser)>> {
        let rows: Vec<(i64, String, TeaserRecord)> = self
            .rows()
            .filter(pages::id.eq_any(ids.to_vec()))
            .select((pages::id, text, TeaserRecord::as_select()))
            .load(conn)?;
        let readable_row = |(id, text, record): (i64, String, TeaserRecord)| {
            Some((id, text, readable(record.teaser(self.signed_in))?))
        };
        Ok(rows.into_iter().filter_map(readable_row).collect())
    }

    fn teasers(
        &self,
        conn: &mut Conn,
        rows: pages::BoxedQuery<'static, MultiBackend>,
        paging: Paging,
    ) -> Result<Slice<Teaser>> {
        let records: Vec<TeaserRecord> = rows
            .order((pages::published_at.desc(), pages::path.asc()))
            .limit(paging.limit() + 1)
            .offset(paging.offset())
            .select(TeaserRecord::as_select())
            .load(conn)?;
        let teasers = records.into_iter().filter_map(|record| readable(record.teaser(self.signed_in))).collect();
        Ok(Slice::of(teasers, paging))
    }
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
    fn teaser(self, signed_in: bool) -> Result<Teaser> {
        let locked = self.private && !signed_in;
        Ok(Teaser {
            path: path_of(&self.path)?,
            title: self.title,
            summary: if locked { String::new() } else { self.summary },
            published_at: self.published_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            private: self.private,
            locked,
        })
    }
}

/// The pages of a scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, scope: &Scope, paging: Paging) -> Result<Slice<Teaser>> {
    scope.teasers(conn, scope.rows(), paging)
}

/// The pages of a scope that lie below a path, at any depth, newest first; below the root is everything else.
///
/// # Errors
/// When the database fails.
pub fn list_below(conn: &mut Conn, scope: &Scope, path: &PagePath, paging: Paging) -> Result<Slice<Teaser>> {
    let (from, to) = range_below(path);
    scope.teasers(conn, scope.rows().filter(pages::path.gt(from)).filter(pages::path.lt(to)), paging)
}

/// The open range of the paths below a path: `0` is the byte after `/`, and `{` the one after `z`.
fn range_below(path: &PagePath) -> (String, String) {
    match path.is_root() {
        true => (String::new(), "{".into()),
        false => (format!("{path}/", path = path.as_str()), format!("{path}0", path = path.as_str())),
    }
}

/// A LIKE pattern for a folded column that holds this text somewhere. The database folds it, as it does the column: its
/// lower case is not everywhere Rust's.
pub(crate) fn pattern(text: &str) -> fold<String> {
    // PostgreSQL has no NUL in a text.
    let escaped = text.replace('\0', "").replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    fold(format!("%{escaped}%"))
}

/// The next moment at which a page's date comes, and lists change although nobody changes a page; `None` if no page waits
/// for its date.
///
/// # Errors
/// When the database fails.
pub fn next_boundary(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    let next: Option<NaiveDateTime> = pages::table
        .filter(pages::published_at.gt(now.naive_utc()))
        .order(pages::published_at.asc())
        .select(pages::published_at)
        .first(conn)
        .optional()?;
    Ok(next.map(|at| at.and_utc()))
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
