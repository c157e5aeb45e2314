//! Facts about columns that several nouns share: paths and their ranges, what is published, the content and the files of a page.

use chrono::NaiveDateTime;
use diesel::{QueryableByName, prelude::*, sql_query, sql_types::Timestamp as SqlTimestamp};
use domain::{
    Timestamp,
    page::{Dates, PageId, PagePath},
};

use crate::{
    Conn, Error, Result,
    schema::{files, fold, pages},
};

/// The most keys in one statement: SQLite takes 32,766.
pub(crate) const KEYS: usize = 1000;

/// The content of a page except its path and its audience, for INSERT .. SELECT between the tables of pages, revisions and
/// the trash. A new column is added here, to [`crate::page_row::Record`] and to `writing::page_columns::Content`.
pub(crate) const CONTENT: &str = "title, summary, body, show_title, list_below, published_at, unpublish_at";

/// Parses a path that the database holds.
///
/// # Errors
/// [`Error::Schema`] for a path that was inserted by SQL and that no page can have.
pub(crate) fn path_of(path: &str) -> Result<PagePath> {
    PagePath::parse(path).map_err(|words| Error::Schema(format!("the path {path:?} in the table pages: {words}")))
}

/// The date and the end of a page from its columns.
pub(crate) fn dates_of(published_at: NaiveDateTime, unpublish_at: Option<NaiveDateTime>) -> Dates {
    Dates { published_at: published_at.and_utc(), unpublish_at: unpublish_at.map(|end| end.and_utc()) }
}

/// The second in which the transaction began, by the clock of the database, as [`crate::active`] has it.
pub(crate) fn now(conn: &mut Conn) -> Result<Timestamp> {
    #[derive(QueryableByName)]
    struct Now {
        #[diesel(sql_type = SqlTimestamp)]
        at: NaiveDateTime,
    }
    let now: Now = sql_query("SELECT CURRENT_TIMESTAMP AS at").get_result(conn)?;
    Ok(now.at.and_utc())
}

/// The open range of the paths below a path: `0` is the byte after `/`, and `{` the one after `z`.
pub(crate) fn range_below(path: &PagePath) -> (String, String) {
    match path.is_root() {
        true => (String::new(), "{".into()),
        false => (format!("{path}/", path = path.as_str()), format!("{path}0", path = path.as_str())),
    }
}

/// `domain::page::PageContent::is_published` in SQL.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn published(now: NaiveDateTime) -> _ {
    pages::published_at.le(now).and(pages::unpublish_at.is_null().or(pages::unpublish_at.gt(now)))
}

/// A LIKE pattern for a folded column that contains a text. The database folds the pattern as it folds the column: its
/// lower case differs from Rust's for some letters.
pub(crate) fn pattern(text: &str) -> fold<String> {
    // PostgreSQL has no NUL in a text.
    let escaped = text.replace('\0', "").replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    fold(format!("%{escaped}%"))
}

/// Whether readers of a page have a file of it.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn is_live(page: PageId) -> _ {
    let key: i64 = page.0;
    files::page_id.eq(key).and(files::since.is_not_null()).and(files::until.is_null())
}
