//! Sections: the pages directly below a path in the order that its page chose, and the top sections of the site. Both are
//! read by key from the table `listings`, and cost the same on a site of any size.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Integer, Nullable, Text, Timestamp as SqlTimestamp},
};
use domain::{
    access::Editor,
    page::{PageId, PagePath},
    placement::Order,
};

use crate::{
    Conn, Result,
    columns::{path_of, range_below},
    error::skip_unreadable,
    schema::{pages, placements},
    visible::{Source, VisiblePages},
};

/// A page directly below the path of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The path of the page.
    pub path: PagePath,
    /// The title of the page.
    pub title: String,
    /// Whether this visitor sees the title alone.
    pub locked: bool,
}

#[derive(QueryableByName)]
struct ChildRow {
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Integer)]
    locked: i32,
}

/// The place of a page among the pages beside it.
#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlTimestamp)]
    published_at: NaiveDateTime,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    title_key: String,
    #[diesel(sql_type = BigInt)]
    position: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Towards {
    Beginning,
    End,
}

/// The order of the pages below a path, as the page at the path says; by date without such a page.
pub fn order(conn: &mut Conn, section: &PagePath) -> Result<Order> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        children: String,
    }
    let query = "SELECT children FROM pages JOIN placements ON page_id = id WHERE path = $1";
    let row: Option<Row> = sql_query(query).bind::<Text, _>(section.as_str()).get_result(conn).optional()?;
    Ok(row.and_then(|row| Order::parse(&row.children)).unwrap_or_default())
}

/// The first `limit` pages directly below a path, in an order.
pub fn children(
    conn: &mut Conn,
    visible: &VisiblePages,
    section: &PagePath,
    order: Order,
    limit: u32,
) -> Result<Vec<Child>> {
    rows(conn, visible, section, order, None, Towards::End, limit)
}

/// The pages before and after a page among those directly below a path.
pub fn neighbours(
    conn: &mut Conn,
    visible: &VisiblePages,
    section: &PagePath,
    order: Order,
    page: PageId,
) -> Result<(Option<Child>, Option<Child>)> {
    let query = "SELECT published_at, path, title_key, position FROM listings
                 WHERE page_id = $1 AND section = $2 AND title_key IS NOT NULL LIMIT 1";
    let key: Option<Key> =
        sql_query(query).bind::<BigInt, _>(page.0).bind::<Text, _>(section.as_str()).get_result(conn).optional()?;
    let Some(key) = key else { return Ok((None, None)) };
    let before = rows(conn, visible, section, order, Some(&key), Towards::Beginning, 1)?.pop();
    let after = rows(conn, visible, section, order, Some(&key), Towards::End, 1)?.pop();
    Ok((before, after))
}

/// The statement for the rows of each source, merged. `$1` is the section, `$2` the moment, and
/// those after them are the key.
fn statement(sources: &[Source], order: Order, has_key: bool, towards: Towards, limit: u32) -> String {
    let (columns, key): (&[&str], &str) = match order {
        Order::Date => (&["published_at", "path"], "($3, $4)"),
        Order::Title => (&["title_key", "path"], "($3, $4)"),
        Order::Hand => (&["position", "title_key", "path"], "($3, $4, $5)"),
    };
    // Dates are read newest first.
    let is_ascending = (order == Order::Date) == (towards == Towards::Beginning);
    let (sign, direction) = if is_ascending { (">", "ASC") } else { ("<", "DESC") };
    let sorted = columns.iter().map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ");
    // A bound that every row meets: without it, SQLite takes the index of the dates and sorts the whole section.
    let everything = match order {
        Order::Date => "",
        Order::Title => "AND title_key >= ''",
        Order::Hand => "AND position >= 0",
    };
    let beyond = if has_key { format!("AND ({}) {sign} {key}", columns.join(", ")) } else { everything.into() };
    let branch = |source: &Source| {
        format!(
            "SELECT * FROM (SELECT page_id, published_at, path, title_key, position, {locked} AS locked FROM listings
             WHERE {rows} AND section = $1 AND title_key IS NOT NULL AND published_at <= $2
             AND (unpublish_at IS NULL OR unpublish_at > $2) {beyond} ORDER BY {sorted} LIMIT {limit}) AS branch",
            locked = i32::from(source.locked),
            rows = source.condition()
        )
    };
    let branches: Vec<String> = sources.iter().map(branch).collect();
    format!(
        "SELECT pages.path, title, locked
         FROM (SELECT page_id, published_at, path, title_key, position, MIN(locked) AS locked FROM ({}) AS found
               GROUP BY page_id, published_at, path, title_key, position ORDER BY {sorted} LIMIT {limit}) AS part
         JOIN pages ON id = page_id ORDER BY {}",
        branches.join(" UNION ALL "),
        columns.iter().map(|column| format!("part.{column} {direction}")).collect::<Vec<_>>().join(", "),
    )
}

fn rows(
    conn: &mut Conn,
    visible: &VisiblePages,
    section: &PagePath,
    order: Order,
    key: Option<&Key>,
    towards: Towards,
    limit: u32,
) -> Result<Vec<Child>> {
    let sources = visible.sources(section.as_str());
    let query = sql_query(statement(&sources, order, key.is_some(), towards, limit))
        .bind::<Text, _>(section.as_str())
        .bind::<SqlTimestamp, _>(visible.moment());
    let rows: Vec<ChildRow> = match (key, order) {
        (None, _) => query.load(conn)?,
        (Some(key), Order::Date) => {
            query.bind::<SqlTimestamp, _>(key.published_at).bind::<Text, _>(&key.path).load(conn)?
        }
        (Some(key), Order::Title) => query.bind::<Text, _>(&key.title_key).bind::<Text, _>(&key.path).load(conn)?,
        (Some(key), Order::Hand) => query
            .bind::<BigInt, _>(key.position)
            .bind::<Text, _>(&key.title_key)
            .bind::<Text, _>(&key.path)
            .load(conn)?,
    };
    let child = |ChildRow { path, title, locked }: ChildRow| {
        Some(Child { path: skip_unreadable(path_of(&path))?, title, locked: locked != 0 })
    };
    Ok(rows.into_iter().filter_map(child).collect())
}

/// A page directly below the path of a section, with its number, for editors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedPage {
    /// The key of the page.
    pub id: PageId,
    /// The path of the page.
    pub path: PagePath,
    /// The title of the page.
    pub title: String,
    /// The number of the page in its section.
    pub number: Option<u32>,
}

/// The pages directly below a path in the order of their numbers; `None` if there are more than `limit`.
pub fn numbered(conn: &mut Conn, _: &Editor, section: &PagePath, limit: u32) -> Result<Option<Vec<NumberedPage>>> {
    let (from, to) = range_below(section);
    let below = format!("{}%/%", if section.is_root() { String::new() } else { format!("{}/", section.as_str()) });
    let rows: Vec<(i64, String, String, Option<i64>)> = pages::table
        .left_join(placements::table.on(placements::page_id.eq(pages::id)))
        .filter(pages::path.gt(from))
        .filter(pages::path.lt(to))
        .filter(pages::path.not_like(below))
        .order(pages::path)
        .limit(i64::from(limit) + 1)
        .select((pages::id, pages::path, pages::title, placements::position.nullable()))
        .load(conn)?;
    if rows.len() > limit as usize {
        return Ok(None);
    }
    let mut found: Vec<NumberedPage> = rows
        .into_iter()
        .filter_map(|(id, path, title, number)| {
            let number = number.and_then(|number| u32::try_from(number).ok());
            Some(NumberedPage { id: PageId(id), path: skip_unreadable(path_of(&path))?, title, number })
        })
        .collect();
    found.sort_by_cached_key(|page| (page.number.unwrap_or(u32::MAX), page.title.to_lowercase(), page.path.clone()));
    Ok(Some(found))
}

/// The most top sections that the front page shows.
pub const MAX_TOP_SECTIONS: usize = 60;
/// The number up to which the pages of a section are counted.
pub const COUNTED_PAGES: u32 = 100;

/// A section at the top of the site: its first segment, and the number of pages below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopSection {
    /// The path.
    pub path: PagePath,
    /// The number of pages below it that the visitor may read, at most [`COUNTED_PAGES`].
    pub pages: u32,
}

/// The sections at the top of the site in which the visitor may read a page, by path.
pub fn top(conn: &mut Conn, readable: &VisiblePages) -> Result<Vec<TopSection>> {
    let mut sections = BTreeSet::new();
    for source in readable.sources("") {
        match source.limit() {
            None => sections.extend(top_of(conn, source.principal())?),
            Some(limit) => sections.extend(limit.as_str().split('/').next().map(str::to_owned)),
        }
    }
    let mut found = Vec::new();
    for section in sections {
        let pages = count(conn, readable, &section)?;
        if let (Some(path), true) = (skip_unreadable(path_of(&section)), pages > 0) {
            found.push(TopSection { path, pages });
        }
        if found.len() == MAX_TOP_SECTIONS {
            break;
        }
    }
    Ok(found)
}

/// The first segments with pages of a principal below them: from each, one seek in the index leads to the next.
fn top_of(conn: &mut Conn, principal: &str) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Next {
        #[diesel(sql_type = Nullable<Text>)]
        section: Option<String>,
    }
    let query = "SELECT MIN(section) AS section FROM listings WHERE principal = $1 AND section >= $2";
    let mut sections: Vec<String> = Vec::new();
    // `-` is the lowest byte in a path, and `0` the one after `/`.
    let mut from = String::from("-");
    while sections.len() < MAX_TOP_SECTIONS {
        let next: Next = sql_query(query).bind::<Text, _>(principal).bind::<Text, _>(&from).get_result(conn)?;
        let Some(section) = next.section else { break };
        // A section is found before those below it.
        match section.split_once('/') {
            Some((first, _)) => from = format!("{first}0"),
            None => {
                from = format!("{section}-");
                sections.push(section);
            }
        }
    }
    Ok(sections)
}

fn count(conn: &mut Conn, readable: &VisiblePages, section: &str) -> Result<u32> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        pages: i64,
    }
    let branch = |source: &Source| {
        format!(
            "SELECT * FROM (SELECT page_id FROM listings WHERE {} AND section = $1
             AND published_at <= $2 AND (unpublish_at IS NULL OR unpublish_at > $2) LIMIT {COUNTED_PAGES}) AS branch",
            source.condition()
        )
    };
    let branches: Vec<String> = readable.sources(section).iter().map(branch).collect();
    let query = format!("SELECT COUNT(DISTINCT page_id) AS pages FROM ({}) AS found", branches.join(" UNION ALL "));
    let count: Count =
        sql_query(query).bind::<Text, _>(section).bind::<SqlTimestamp, _>(readable.moment()).get_result(conn)?;
    Ok(u32::try_from(count.pages).unwrap_or(COUNTED_PAGES).min(COUNTED_PAGES))
}
