//! The table `listings`, read by key: the pages of a section that a visitor finds, newest first. A page in the middle of a
//! list costs the same as the first.

use chrono::NaiveDateTime;
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Bool, Integer, Text, Timestamp as SqlTimestamp},
};
use domain::page::{PageId, PagePath};

use crate::{
    Conn, Result,
    columns::path_of,
    error::skip_unreadable,
    languages, reading_times,
    visible::{Source, Teaser, VisiblePages},
};

/// A position in a list. A page of the list is named by its path and not by its date: a visitor who could ask for any date
/// would find out the date of a page of which they see the title alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Position {
    /// The beginning.
    #[default]
    Newest,
    /// After this page of the list.
    OlderThan(PagePath),
    /// Before this page of the list.
    NewerThan(PagePath),
}

/// A part of a list for readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPart {
    /// The rows, newest first.
    pub rows: Vec<Teaser>,
    /// Whether newer rows precede them.
    pub newer: bool,
    /// Whether older rows follow them.
    pub older: bool,
}

/// The pages below a path; every other page is below the root.
pub(crate) struct Section<'a> {
    path: &'a str,
    but_root: bool,
}

impl Section<'_> {
    /// The whole site with the front page.
    pub(crate) const ALL: Section<'static> = Section { path: "", but_root: false };

    /// The pages below a path.
    pub(crate) fn below(path: &PagePath) -> Section<'_> {
        Section { path: path.as_str(), but_root: path.is_root() }
    }
}

/// At most `size` rows of a list at a position; `None` if the page of the position is not in the list, or if nothing follows it.
/// If fewer than `size` rows precede a position, the first `size` rows of the list are returned.
pub(crate) fn part(
    conn: &mut Conn,
    visible: &VisiblePages,
    section: &Section<'_>,
    position: &Position,
    size: u32,
) -> Result<Option<ListPart>> {
    let (key, towards) = match position {
        Position::Newest => (None, Towards::Older),
        Position::OlderThan(path) => (Some(path), Towards::Older),
        Position::NewerThan(path) => (Some(path), Towards::Newer),
    };
    let start = match key {
        None => Start { at: visible.moment(), path: String::new(), inclusive: true },
        Some(path) => match find(conn, visible, section, path)? {
            Some(Key { published_at, path }) => Start { at: published_at, path, inclusive: false },
            None => return Ok(None),
        },
    };
    let mut records = rows(conn, visible, section, &start, towards, i64::from(size) + 1)?;
    let more = records.len() > size as usize;
    records.truncate(size as usize);
    let (newer, older) = match (position, towards) {
        (Position::Newest, _) => (false, more),
        (_, Towards::Older) if records.is_empty() => return Ok(None),
        (_, Towards::Older) => (true, more),
        (_, Towards::Newer) if more => (true, true),
        (_, Towards::Newer) => return part(conn, visible, section, &Position::Newest, size),
    };
    if towards == Towards::Newer {
        records.reverse();
    }
    let mut rows: Vec<Teaser> = records.into_iter().filter_map(|row| skip_unreadable(row.teaser())).collect();
    languages::set(conn, &mut rows)?;
    reading_times::set(conn, &mut rows)?;
    Ok(Some(ListPart { rows, newer, older }))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Towards {
    Newer,
    Older,
}

/// The key from which rows are read.
struct Start {
    at: NaiveDateTime,
    path: String,
    inclusive: bool,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlTimestamp)]
    published_at: NaiveDateTime,
    #[diesel(sql_type = Text)]
    path: String,
}

/// The key of a page in a list; `None` also for a page that the visitor does not find there.
fn find(conn: &mut Conn, visible: &VisiblePages, section: &Section<'_>, path: &PagePath) -> Result<Option<Key>> {
    if section.but_root && path.is_root() {
        return Ok(None);
    }
    let sources = visible.sources(section.path);
    let reaching = sources.iter().filter(|source| source.reaches(path));
    let principals: Vec<String> = reaching.map(|source| format!("'{}'", source.principal())).collect();
    let query = locate(&principals.join(", "));
    let key = sql_query(query)
        .bind::<Text, _>(path.as_str())
        .bind::<SqlTimestamp, _>(visible.moment())
        .bind::<Text, _>(section.path)
        .get_result(conn)
        .optional()?;
    Ok(key)
}

/// The statement that finds a page in the lists of some principals. `$1` is the path, `$2` the moment,
/// `$3` the section: SQLite counts them as they appear.
fn locate(principals: &str) -> String {
    // CROSS JOIN: SQLite would otherwise read the list from its beginning to the page.
    format!(
        "SELECT listings.published_at, listings.path FROM pages CROSS JOIN listings
         WHERE pages.path = $1 AND pages.published_at <= $2
         AND principal IN ({principals}) AND section = $3
         AND listings.published_at = pages.published_at AND listings.path = pages.path
         AND (listings.unpublish_at IS NULL OR listings.unpublish_at > $2) LIMIT 1"
    )
}

/// The first rows from a key on, in the direction of reading: those of each principal are merged, and the first of them
/// kept.
fn rows(
    conn: &mut Conn,
    visible: &VisiblePages,
    section: &Section<'_>,
    start: &Start,
    towards: Towards,
    limit: i64,
) -> Result<Vec<Row>> {
    let (beyond, order, path_order) = match towards {
        Towards::Older => (if start.inclusive { "path >= $3" } else { "path > $3" }, "DESC", "ASC"),
        Towards::Newer => ("path < $3", "ASC", "DESC"),
    };
    let beyond_at = if towards == Towards::Older { "published_at < $2" } else { "published_at > $2" };
    let but_root = if section.but_root { "AND path <> ''" } else { "" };
    let branch = |source: &Source| {
        // Two ranges of the index, because thousands of pages may have the same date.
        let range = |range: &str| {
            format!(
                "SELECT * FROM (SELECT page_id, published_at, path, {locked} AS locked FROM listings
                 WHERE {rows} AND section = $1 AND {range} AND published_at <= $4
                 AND (unpublish_at IS NULL OR unpublish_at > $4) {but_root}
                 ORDER BY published_at {order}, path {path_order} LIMIT {limit}) AS part",
                locked = i32::from(source.locked),
                rows = source.condition()
            )
        };
        let (same, others) = (range(&format!("published_at = $2 AND {beyond}")), range(beyond_at));
        format!("SELECT * FROM ({same} UNION ALL {others}) AS branch")
    };
    let branches: Vec<String> = visible.sources(section.path).iter().map(branch).collect();
    let query = format!(
        "SELECT pages.id, pages.path, title, summary, pages.published_at, updated_at, private, locked
         FROM (SELECT page_id, published_at, path, MIN(locked) AS locked FROM ({branches}) AS found
               GROUP BY page_id, published_at, path
               ORDER BY published_at {order}, path {path_order} LIMIT {limit}) AS part
         JOIN pages ON id = page_id ORDER BY pages.published_at {order}, pages.path {path_order}",
        branches = branches.join(" UNION ALL "),
    );
    let rows = sql_query(query)
        .bind::<Text, _>(section.path)
        .bind::<SqlTimestamp, _>(start.at)
        .bind::<Text, _>(&start.path)
        .bind::<SqlTimestamp, _>(visible.moment())
        .load(conn)?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    summary: String,
    #[diesel(sql_type = SqlTimestamp)]
    published_at: NaiveDateTime,
    #[diesel(sql_type = SqlTimestamp)]
    updated_at: NaiveDateTime,
    #[diesel(sql_type = Bool)]
    private: bool,
    #[diesel(sql_type = Integer)]
    locked: i32,
}

impl Row {
    fn teaser(self) -> Result<Teaser> {
        let locked = self.locked != 0;
        Ok(Teaser {
            id: PageId(self.id),
            path: path_of(&self.path)?,
            title: self.title,
            summary: if locked { String::new() } else { self.summary },
            published_at: self.published_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            private: self.private,
            locked,
            language: None,
            minutes: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plan;

    #[test]
    fn a_place_in_a_list_is_found_on_sqlite_by_the_whole_key() {
        let query =
            ["$1", "$2", "$3"].iter().fold(locate("'everybody', 'title'"), |query, name| query.replace(name, "'a'"));
        let last = query_plan::steps(&query).pop().unwrap_or_default();
        assert!(last.contains("listings") && last.contains("published_at=? AND path=?"), "{last}");
    }
}
