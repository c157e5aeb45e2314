//! The texts of pages that the full-text index has yet to read. Triggers put every page whose text changes into
//! `full_text_unread`, and remove its words from the index; the words of a text are made here, in one way for both databases.
//!
//! The application reads the texts of a change before it commits. Those that SQL wrote, and all texts after an upgrade, are
//! read by a running server. The keys by which the panel sorts titles are made here as well.

use std::{borrow::Cow, collections::HashMap, fmt::Write};

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Bool, Nullable, Text},
};
use domain::search::{index_words, title_key};

use crate::{Conn, Result};

/// Makes the text that its page shows of the Markdown of a page.
pub type ShownText = fn(&str) -> String;

/// The number of characters of the Markdown of a page of which the shown text is indexed.
pub(crate) const TEXT_CHARS: u32 = 200_000;
/// The number of texts that are read at once, which bounds the memory that they take.
const AT_ONCE: u32 = 50;
/// What PostgreSQL allows: the bytes of a word, the last position, the positions of a word, and the bytes of all words with
/// their positions (of 2^20, with room for the padding).
const WORD_BYTES: usize = 2046;
const LAST_POSITION: usize = 16_383;
const POSITIONS: usize = 255;
const ENTRY_BYTES: usize = 900_000;

#[derive(QueryableByName)]
struct Unread {
    #[diesel(sql_type = BigInt)]
    page_id: i64,
    /// The texts; a page that was deleted has none.
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    summary: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
}

/// The place in the queue behind which a transaction puts its pages; `None` on PostgreSQL, where each row of the queue names
/// its transaction, and where there is no queue yet.
pub(crate) fn last_place(conn: &mut Conn) -> Option<i64> {
    #[derive(QueryableByName)]
    struct Place {
        #[diesel(sql_type = BigInt)]
        last: i64,
    }
    let Conn::Sqlite(conn) = conn else { return None };
    let place: QueryResult<Place> = sql_query(
        "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'full_text_unread'), 0) AS last
         FROM sqlite_master WHERE name = 'full_text_unread'",
    )
    .get_result(conn);
    place.ok().map(|place| place.last)
}

/// Reads the texts that this transaction changed. `after` is the [`last_place`] at its beginning.
pub(crate) fn read_own(conn: &mut Conn, after: Option<i64>, shown: ShownText) -> Result<()> {
    let condition = match (after, last_place(conn)) {
        (Some(after), Some(last)) if last > after => format!("seq > {after}"),
        (None, None) if has_own(conn)? => "txid <> 0 AND txid = txid_current()".to_owned(),
        _ => return Ok(()),
    };
    loop {
        let titles = read(conn, &condition, AT_ONCE, "", shown)?;
        let is_last = titles.len() < AT_ONCE as usize;
        key_titles(conn, titles.into_iter().filter_map(|(page, title)| Some((page, title?))).collect())?;
        if is_last {
            return Ok(());
        }
    }
}

/// Whether this transaction of PostgreSQL put a page into the queue.
fn has_own(conn: &mut Conn) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Own {
        #[diesel(sql_type = Bool)]
        own: bool,
    }
    let Conn::Postgres(conn) = conn else { return Ok(false) };
    let own: Own =
        sql_query("SELECT coalesce(current_setting('postern.unread', TRUE), '') = 'yes' AS own").get_result(conn)?;
    Ok(own.own)
}

/// Reads up to `limit` texts that SQL inserted or changed; returns their number. Pages that another transaction is changing
/// are left for later.
pub(crate) fn read_changed(conn: &mut Conn, limit: u32, shown: ShownText) -> Result<u32> {
    let lock = match conn {
        Conn::Sqlite(_) => "",
        Conn::Postgres(_) => "FOR UPDATE OF full_text_unread SKIP LOCKED",
    };
    let mut pages = 0;
    while pages < limit {
        let found = read(conn, "TRUE", AT_ONCE.min(limit - pages), lock, shown)?.len() as u32;
        pages += found;
        if found < AT_ONCE {
            break;
        }
    }
    Ok(pages)
}

/// Makes the keys of up to `limit` titles that SQL inserted or changed; returns their number. Pages that another transaction
/// is changing are left for later.
pub(crate) fn key_changed_titles(conn: &mut Conn, limit: u32) -> Result<u32> {
    #[derive(QueryableByName)]
    struct Unkeyed {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        title: String,
    }
    let lock = match conn {
        Conn::Sqlite(_) => "",
        Conn::Postgres(_) => "FOR NO KEY UPDATE SKIP LOCKED",
    };
    let query = format!("SELECT id, title FROM pages WHERE title_key = '' ORDER BY id LIMIT {limit} {lock}");
    let pages: Vec<Unkeyed> = sql_query(query).load(conn)?;
    let found = pages.len() as u32;
    key_titles(conn, pages.into_iter().map(|page| (page.id, page.title)).collect())?;
    Ok(found)
}

/// Sets the keys of those of the pages that have none.
fn key_titles(conn: &mut Conn, titles: Vec<(i64, String)>) -> Result<()> {
    if titles.is_empty() {
        return Ok(());
    }
    let (ids, keys): (Vec<i64>, Vec<String>) =
        titles.into_iter().map(|(page, title)| (page, title_key(&title))).unzip();
    match conn {
        Conn::Sqlite(conn) => {
            for (id, key) in ids.into_iter().zip(keys) {
                sql_query("UPDATE pages SET title_key = $1 WHERE id = $2 AND title_key = ''")
                    .bind::<Text, _>(key)
                    .bind::<BigInt, _>(id)
                    .execute(conn)?;
            }
        }
        Conn::Postgres(conn) => {
            sql_query(
                "UPDATE pages SET title_key = made.key FROM unnest($1, $2) AS made (id, key)
                 WHERE pages.id = made.id AND title_key = ''",
            )
            .bind::<Array<BigInt>, _>(&ids)
            .bind::<Array<Text>, _>(&keys)
            .execute(conn)?;
        }
    }
    Ok(())
}

/// Whether texts wait to be read, or titles for their keys.
pub(crate) fn has_unread(conn: &mut Conn) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Waits {
        #[diesel(sql_type = Bool)]
        waits: bool,
    }
    let waits: Waits = sql_query(
        "SELECT EXISTS (SELECT 1 FROM full_text_unread) OR EXISTS (SELECT 1 FROM pages WHERE title_key = '') AS waits",
    )
    .get_result(conn)?;
    Ok(waits.waits)
}

/// Reads the next texts of the queue; returns their pages, each with its title unless it is gone.
fn read(
    conn: &mut Conn,
    condition: &str,
    limit: u32,
    lock: &str,
    shown: ShownText,
) -> Result<Vec<(i64, Option<String>)>> {
    let mut pages: Vec<Unread> = sql_query(format!(
        "SELECT page_id, title, summary, substr(body, 1, {TEXT_CHARS}) AS body, path
         FROM full_text_unread LEFT JOIN pages ON pages.id = page_id WHERE {condition} ORDER BY page_id LIMIT {limit} {lock}"
    ))
    .load(conn)?;
    for body in pages.iter_mut().filter_map(|page| page.body.as_mut()) {
        *body = shown(whole_blocks(body));
    }
    let found: Vec<(i64, Option<String>)> = pages.iter().map(|page| (page.page_id, page.title.clone())).collect();
    if !found.is_empty() {
        match conn {
            Conn::Sqlite(conn) => put_sqlite(conn, pages)?,
            Conn::Postgres(conn) => put_postgres(conn, pages)?,
        }
    }
    Ok(found)
}

/// The Markdown of a page, without what [`TEXT_CHARS`] cut in two: the half of a comment would be read as text.
pub(crate) fn whole_blocks(markdown: &str) -> &str {
    if markdown.len() < TEXT_CHARS as usize || markdown.chars().count() < TEXT_CHARS as usize {
        return markdown;
    }
    let lines = markdown.rfind("\n\n").or_else(|| markdown.rfind('\n')).unwrap_or(markdown.len());
    let whole = &markdown[..lines];
    match whole.rfind("<!--").filter(|comment| !whole[*comment..].contains("-->")) {
        Some(comment) => &whole[..comment],
        None => whole,
    }
}

fn put_sqlite(conn: &mut SqliteConnection, pages: Vec<Unread>) -> Result<()> {
    for page in pages {
        let id = page.page_id;
        sql_query("DELETE FROM search WHERE rowid = $1").bind::<BigInt, _>(id).execute(conn)?;
        if let Some(title) = page.title {
            sql_query("INSERT INTO search (rowid, title, summary, body, path) VALUES ($1, $2, $3, $4, $5)")
                .bind::<BigInt, _>(id)
                .bind::<Text, _>(spaced(&title))
                .bind::<Text, _>(spaced(&page.summary.unwrap_or_default()))
                .bind::<Text, _>(spaced(&page.body.unwrap_or_default()))
                .bind::<Text, _>(spaced(&page.path.unwrap_or_default()))
                .execute(conn)?;
        }
        sql_query("DELETE FROM full_text_unread WHERE page_id = $1").bind::<BigInt, _>(id).execute(conn)?;
    }
    Ok(())
}

/// The words of a text, with spaces between them.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in index_words(text) {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(&word);
    }
    spaced
}

fn put_postgres(conn: &mut PgConnection, pages: Vec<Unread>) -> Result<()> {
    let all: Vec<i64> = pages.iter().map(|page| page.page_id).collect();
    let (mut ids, mut titles, mut words, mut paths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for page in pages {
        let Some(title) = page.title else { continue };
        let (summary, body) = (page.summary.unwrap_or_default(), page.body.unwrap_or_default());
        ids.push(page.page_id);
        titles.push(tsvector(&[(&title, 'D')]));
        words.push(tsvector(&[(&title, 'A'), (&summary, 'B'), (&body, 'C')]));
        paths.push(tsvector(&[(&page.path.unwrap_or_default(), 'D')]));
    }
    sql_query("DELETE FROM search WHERE page_id = ANY($1)").bind::<Array<BigInt>, _>(&all).execute(conn)?;
    sql_query(
        "INSERT INTO search (page_id, title, words, path)
         SELECT id, title::tsvector, words::tsvector, path::tsvector
         FROM unnest($1, $2, $3, $4) AS read (id, title, words, path)",
    )
    .bind::<Array<BigInt>, _>(&ids)
    .bind::<Array<Text>, _>(&titles)
    .bind::<Array<Text>, _>(&words)
    .bind::<Array<Text>, _>(&paths)
    .execute(conn)?;
    sql_query("DELETE FROM full_text_unread WHERE page_id = ANY($1)").bind::<Array<BigInt>, _>(&all).execute(conn)?;
    Ok(())
}

/// The words of some texts with their positions and weights, as PostgreSQL writes an entry. No phrase matches across the
/// boundary of two texts. Words beyond what an entry can hold are left out.
fn tsvector(texts: &[(&str, char)]) -> String {
    let mut places: HashMap<Cow<'_, str>, Vec<(usize, char)>> = HashMap::new();
    let (mut position, mut bytes) = (0, 0);
    for (text, weight) in texts {
        for word in index_words(text) {
            position += 1;
            if word.len() > WORD_BYTES {
                continue;
            }
            let at = position.min(LAST_POSITION);
            match places.get_mut(&word) {
                Some(known) if known.len() >= POSITIONS || known.last().is_some_and(|(last, _)| *last == at) => {}
                Some(known) => {
                    bytes += 2;
                    known.push((at, *weight));
                }
                None if bytes > ENTRY_BYTES => {}
                None => {
                    bytes += word.len() + 5;
                    places.insert(word, vec![(at, *weight)]);
                }
            }
        }
        position += 1;
    }
    let mut entry = String::with_capacity(bytes * 2);
    for (word, places) in places {
        let _infallible = write!(entry, "'{word}':");
        for (n, (at, weight)) in places.into_iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            let _infallible = write!(entry, "{comma}{at}{weight}");
        }
        entry.push(' ');
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_each_word_with_its_positions_and_a_gap_between_texts() {
        let mut words: Vec<String> =
            tsvector(&[("Old oak", 'A'), ("oak; x'y", 'C')]).split_whitespace().map(str::to_owned).collect();
        words.sort();
        assert_eq!(words, ["'oak':2A,4C", "'old':1A", "'x':5C", "'y':6C"]);
        assert_eq!(tsvector(&[("", 'A')]), "");
    }

    #[test]
    fn a_text_that_was_cut_ends_before_the_block_that_was_cut() {
        let cut = |end: &str| {
            let words = "word ".repeat(TEXT_CHARS as usize / 5);
            let text: String = (words + end).chars().rev().take(TEXT_CHARS as usize).collect();
            whole_blocks(&text.chars().rev().collect::<String>()).chars().rev().take(5).collect::<String>()
        };
        let backwards = |text: &str| text.chars().rev().collect::<String>();
        assert_eq!(cut("a\n\nb <!-- c"), backwards("ord a"));
        assert_eq!(cut("a\nb <!-- c"), backwards("ord a"));
        assert_eq!(cut("b <!-- c"), backwards("rd b "));
        assert_eq!(cut("<!-- a --> c"), backwards("--> c"));
        assert_eq!(whole_blocks("a\n\nb <!-- c"), "a\n\nb <!-- c", "it was not cut");
    }

    #[test]
    fn an_entry_is_bounded() {
        let one = tsvector(&[(&"x ".repeat(100_000), 'C')]);
        assert_eq!(one.split(',').count(), POSITIONS);
        let many: String = (0..200_000).map(|n| format!("w{n:06x} ")).collect();
        assert!(tsvector(&[(&many, 'C')]).matches("':").count() < 80_000);
        assert_eq!(tsvector(&[(&"x".repeat(3000), 'C')]), "");
    }
}
