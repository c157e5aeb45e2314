//! Single pages: found by path or key, and the facts about them that readers and editors ask for.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::{
    dsl::count_star,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    access::{Access, Editor, Outline},
    audience::Audience,
    effective_access::EffectiveAccess,
    page::{Page, PageId, PagePath},
    share::{Share, Shows},
    visitor::{Holder, Visitor},
};

pub use crate::languages::{language, languages, visible_language};
use crate::{
    Conn, Result, access,
    columns::{KEYS, path_of, published, range_below},
    error::skip_unreadable,
    page_row::{self, Record},
    schema::pages,
    visible::VisiblePages,
};

/// The page at a path, for any visitor: `domain::access::decide` says who may see it.
pub fn find(conn: &mut Conn, path: &PagePath) -> Result<Option<Page>> {
    let record: Option<Record> =
        pages::table.filter(pages::path.eq(path.as_str())).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// What the database has at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Located {
    /// A page.
    Page(OutlinedPage),
    /// The old path of a page; `None` while that page is in the trash.
    Moved(Option<OutlinedPage>),
    /// Neither.
    Nothing,
}

/// A page without its text and its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlinedPage {
    /// The key of the page.
    pub id: PageId,
    /// The path at which it lives.
    pub path: PagePath,
    /// The facts that decide about most visitors.
    pub outline: Outline,
}

impl OutlinedPage {
    /// Decides as [`Outline::decide`].
    pub fn decide(&self, visitor: &Visitor, now: Timestamp) -> Option<Access> {
        self.outline.decide(&self.path, visitor, now)
    }
}

#[derive(QueryableByName)]
struct LocatedRow {
    #[diesel(sql_type = Integer)]
    moved: i32,
    #[diesel(sql_type = Nullable<BigInt>)]
    id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    private: Option<bool>,
    #[diesel(sql_type = Nullable<BigInt>)]
    readers_from: Option<i64>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    published_at: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    unpublish_at: Option<NaiveDateTime>,
}

impl LocatedRow {
    fn page(self) -> Result<Option<OutlinedPage>> {
        let (Some(id), Some(path), Some(private), Some(published_at)) =
            (self.id, self.path, self.private, self.published_at)
        else {
            return Ok(None);
        };
        Ok(Some(OutlinedPage {
            id: PageId(id),
            path: path_of(&path)?,
            outline: Outline {
                access: EffectiveAccess::from_columns(private, self.readers_from).kind(),
                published_at: published_at.and_utc(),
                unpublish_at: self.unpublish_at.map(|end| end.and_utc()),
            },
        }))
    }
}

/// What is at a path, for any visitor: [`Outline::decide`] says who may see it. One statement finds pages and old paths, and
/// reads neither texts nor readers: a refusal takes the same time for every page, for an old path and for an unknown path.
pub fn locate(conn: &mut Conn, path: &PagePath) -> Result<Located> {
    let rows: Vec<LocatedRow> =
        sql_query(LOCATE).bind::<Text, _>(path.as_str()).bind::<Text, _>(path.as_str()).load(conn)?;
    // A page at the path goes before one that was there.
    match rows.into_iter().min_by_key(|row| row.moved) {
        None => Ok(Located::Nothing),
        Some(row) if row.moved == 0 => Ok(row.page()?.map_or(Located::Nothing, Located::Page)),
        Some(row) => Ok(Located::Moved(row.page()?)),
    }
}

// `BETWEEN` with one value on both sides makes SQLite take the index that has all these columns. For `=` it takes the index of
// the unique path and reads the row, with its whole text.
const LOCATE: &str = "
    SELECT 0 AS moved, id, path, private, readers_from, published_at, unpublish_at
    FROM pages WHERE path BETWEEN $1 AND $1
    UNION ALL
    SELECT 1 AS moved, pages.id, pages.path, private, readers_from, published_at, unpublish_at
    FROM old_paths LEFT JOIN pages ON pages.id BETWEEN page_id AND page_id WHERE old_paths.path = $2";

const OUTLINE: &str = "
    SELECT 0 AS moved, id, path, private, readers_from, published_at, unpublish_at
    FROM pages WHERE id BETWEEN $1 AND $1";

/// The outline of a page, for any visitor; `None` if it is not on the site.
pub fn outline(conn: &mut Conn, page: PageId) -> Result<Option<OutlinedPage>> {
    let row: Option<LocatedRow> = sql_query(OUTLINE).bind::<BigInt, _>(page.0).get_result(conn).optional()?;
    row.map_or(Ok(None), LocatedRow::page)
}

/// A located page with its text and its readers; `None` if it was deleted since.
pub fn load(conn: &mut Conn, located: &OutlinedPage) -> Result<Option<Page>> {
    page_row::get(conn, located.id)
}

/// Whether a visitor is among the readers of a located page, if it is published.
pub fn has_reader(conn: &mut Conn, located: &OutlinedPage, visitor: &Visitor, now: Timestamp) -> Result<bool> {
    if let Visitor::Holder(holder) = visitor {
        return Ok(!opened_by(conn, holder, std::slice::from_ref(&located.path), now)?.is_empty());
    }
    let readable = VisiblePages::readable(visitor, now).rows().filter(pages::id.eq(located.id.0)).select(pages::id);
    Ok(readable.first::<i64>(conn).optional()?.is_some())
}

/// What a visitor gets at the path of a located page, as `domain::access::decide` says it of the whole page.
pub fn access(conn: &mut Conn, located: &OutlinedPage, visitor: &Visitor, now: Timestamp) -> Result<Access> {
    Ok(match located.decide(visitor, now) {
        Some(access) => access,
        None if has_reader(conn, located, visitor, now)? => Access::Show,
        None => Access::outside(visitor),
    })
}

/// The holder of a share, as the pages are now; `None` if its page is not on the site.
pub fn holder(conn: &mut Conn, share: &Share) -> Result<Option<Holder>> {
    let row: Option<(String, String, bool, Option<i64>)> = pages::table
        .find(share.page.0)
        .select((pages::path, pages::audience, pages::private, pages::readers_from))
        .first(conn)
        .optional()?;
    let Some((path, audience, private, readers_from)) = row else { return Ok(None) };
    let path = path_of(&path)?;
    let effective = EffectiveAccess::from_columns(private, readers_from);
    let governor = access::governor(conn, share.page, &path, &audience, effective)?;
    Ok(Some(Holder { page: share.page, path, governor, below: share.shows == Shows::Section }))
}

/// Of these paths, those of published private pages that the holder of a share may read.
pub fn opened_by(conn: &mut Conn, holder: &Holder, paths: &[PagePath], now: Timestamp) -> Result<BTreeSet<PagePath>> {
    type Row = (i64, String, bool, Option<i64>);
    let wanted: BTreeSet<&PagePath> = paths.iter().filter(|path| holder.reaches(path)).collect();
    let between = |path: &&PagePath| path.above().filter(|above| above.is_below(&holder.path)).collect::<Vec<_>>();
    let chains: BTreeSet<PagePath> = wanted.iter().flat_map(between).collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut governors: HashMap<PagePath, PageId> = HashMap::new();
    let wanted_paths: Vec<&str> = wanted.iter().map(|path| path.as_str()).collect();
    for paths in wanted_paths.chunks(KEYS) {
        rows.extend(
            pages::table
                .filter(pages::path.eq_any(paths))
                .filter(published(now.naive_utc()))
                .filter(pages::private)
                .select((pages::id, pages::path, pages::private, pages::readers_from))
                .load::<Row>(conn)?,
        );
    }
    let all: Vec<&str> = wanted_paths.into_iter().chain(chains.iter().map(PagePath::as_str)).collect();
    for paths in all.chunks(KEYS) {
        let own: Vec<(i64, String)> = pages::table
            .filter(pages::path.eq_any(paths))
            .filter(pages::audience.ne(Audience::Inherited.as_str()))
            .select((pages::id, pages::path))
            .load(conn)?;
        for (id, path) in own {
            governors.insert(path_of(&path)?, PageId(id));
        }
    }
    let mut opened = BTreeSet::new();
    for (id, path, private, readers_from) in rows {
        let path = path_of(&path)?;
        let governor = match EffectiveAccess::from_columns(private, readers_from) {
            EffectiveAccess::ChosenBy(from) => Some(from),
            _ => {
                let chain = std::iter::once(path.clone()).chain(path.above());
                let within = chain.take_while(|above| above.is_below(&holder.path));
                // Without one between them, a page inherits from that of the shared page.
                within.filter_map(|above| governors.get(&above).copied()).next().or(holder.governor)
            }
        };
        if holder.reads(PageId(id), &path, governor) {
            opened.insert(path);
        }
    }
    Ok(opened)
}

/// The page with a key.
pub fn get(conn: &mut Conn, _: &Editor, id: PageId) -> Result<Option<Page>> {
    page_row::get(conn, id)
}

/// Whether there is any page.
pub fn exist(conn: &mut Conn) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(pages::table.select(pages::id))).get_result(conn)?)
}

/// The number of pages below a path, at any depth.
pub fn count_below(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<u64> {
    let (from, to) = range_below(path);
    let count: i64 =
        pages::table.filter(pages::path.gt(from)).filter(pages::path.lt(to)).select(count_star()).first(conn)?;
    Ok(count.unsigned_abs())
}

/// The titles of those of the paths whose pages the visitor may read.
pub fn titles(conn: &mut Conn, visible: &VisiblePages, paths: &[PagePath]) -> Result<Vec<(PagePath, String)>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let paths: Vec<&str> = paths.iter().map(PagePath::as_str).collect();
    let rows: Vec<(String, String)> =
        visible.rows().filter(pages::path.eq_any(paths)).select((pages::path, pages::title)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(path, title)| Some((skip_unreadable(path_of(&path))?, title))).collect())
}

/// A page as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardPage {
    /// The key of the page.
    pub id: PageId,
    /// The path of the page.
    pub path: PagePath,
    /// The title of the page.
    pub title: String,
    /// The summary of the page; may be empty.
    pub summary: String,
}

/// As [`titles`], with what else cards show.
pub fn on_cards(conn: &mut Conn, visible: &VisiblePages, paths: &[PagePath]) -> Result<Vec<CardPage>> {
    let paths: Vec<&str> = paths.iter().map(PagePath::as_str).collect();
    let rows: Vec<(i64, String, String, String)> = visible
        .rows()
        .filter(pages::path.eq_any(paths))
        .select((pages::id, pages::path, pages::title, pages::summary))
        .load(conn)?;
    let row = |(id, path, title, summary): (i64, String, String, String)| {
        Some(CardPage { id: PageId(id), path: skip_unreadable(path_of(&path))?, title, summary })
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// The next moment at which a page appears or ends, so that lists change without a commit; `None` without such a page.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plan;

    #[test]
    fn locating_a_page_on_sqlite_reads_no_row_that_has_its_text() {
        for (query, steps_of_pages) in [(LOCATE, 2), (OUTLINE, 1)] {
            let steps = query_plan::steps(&query.replace("$1", "'a'").replace("$2", "'a'"));
            let steps: Vec<&String> = steps.iter().filter(|step| step.contains(" pages ")).collect();
            assert_eq!(steps.len(), steps_of_pages, "{steps:?}");
            assert!(steps.iter().all(|step| step.contains("COVERING INDEX pages_outline_by_")), "{steps:?}");
        }
    }
}
