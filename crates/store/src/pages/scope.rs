//! Which pages a visitor finds in lists: in SQL what `domain::access::listing` says of one page.

use std::fmt::Write;

use chrono::NaiveDateTime;
use diesel::{
    QueryableByName,
    dsl::sql,
    expression::SqlLiteral,
    prelude::*,
    sql_query,
    sql_types::{Bool, Integer, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    access::{Member, Visitor},
    page::PagePath,
};

use super::{Teaser, TeaserRecord, path_of, published};
use crate::{Conn, Paging, Result, Slice, conn::MultiBackend, error::readable, schema::pages};

/// The pages that a visitor finds in lists.
#[derive(Clone, Debug)]
pub struct Scope {
    who: Who,
    locked_too: bool,
    now: NaiveDateTime,
}

#[derive(Clone, Debug)]
enum Who {
    Anyone,
    Member(Member),
    /// Whoever may edit reads everything.
    Editor,
}

impl Who {
    fn of(visitor: &Visitor) -> Who {
        match visitor.member() {
            None => Who::Anyone,
            Some(member) if member.role.may_edit() => Who::Editor,
            Some(member) => Who::Member(member.clone()),
        }
    }

    /// The principals of the table `listings` under which this visitor finds what they may read.
    fn principals(&self) -> Vec<String> {
        match self {
            Who::Anyone => vec!["everybody".into()],
            Who::Editor => ["everybody", "signed-in", "chosen"].map(str::to_owned).to_vec(),
            Who::Member(member) => ["everybody", "signed-in"]
                .map(str::to_owned)
                .into_iter()
                .chain([format!("u{}", member.id.0)])
                .chain(member.groups.iter().map(|group| format!("g{}", group.0)))
                .collect(),
        }
    }

    /// The condition on a row of `pages` that this visitor may read.
    fn condition(&self) -> String {
        match self {
            Who::Anyone => "NOT pages.private".into(),
            Who::Editor => "TRUE".into(),
            Who::Member(member) => {
                let groups: Vec<String> = member.groups.iter().map(|group| group.0.to_string()).collect();
                let mut chosen = format!("SELECT page_id FROM page_people WHERE user_id = {}", member.id.0);
                if !groups.is_empty() {
                    let groups = groups.join(", ");
                    let _infallible =
                        write!(chosen, " UNION ALL SELECT page_id FROM page_groups WHERE group_id IN ({groups})");
                }
                format!("(NOT pages.private OR pages.readers_from IS NULL OR pages.readers_from IN ({chosen}))")
            }
        }
    }
}

impl Scope {
    /// Pages that the visitor may read: `Listing::Open`.
    pub fn readable(visitor: &Visitor, now: Timestamp) -> Scope {
        Scope { who: Who::of(visitor), locked_too: false, now: now.naive_utc() }
    }

    /// Those, and the ones of which the visitor sees the title: `Listing::Open` and `Listing::Locked`.
    pub fn listed(visitor: &Visitor, now: Timestamp) -> Scope {
        Scope { locked_too: true, ..Scope::readable(visitor, now) }
    }

    /// The rows that the visitor may read, for queries that find them by something else than their date.
    pub(super) fn rows(&self) -> pages::BoxedQuery<'static, MultiBackend> {
        pages::table.filter(published(self.now)).filter(sql::<Bool>(&self.who.condition())).into_boxed()
    }

    /// The same for a query in SQL: a condition on the table `pages`, in which `$2` is [`Scope::moment`].
    pub(crate) fn condition(&self) -> String {
        let published = "pages.published_at <= $2 AND (pages.unpublish_at IS NULL OR pages.unpublish_at > $2)";
        format!("{published} AND {}", self.who.condition())
    }

    /// The moment at which the visitor looks.
    pub(crate) fn moment(&self) -> NaiveDateTime {
        self.now
    }

    /// Those of the pages that the visitor may read, each with its key and with a text that is selected of it.
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
        let readable_row =
            |(id, text, record): (i64, String, TeaserRecord)| Some((id, text, readable(record.teaser())?));
        Ok(rows.into_iter().filter_map(readable_row).collect())
    }

    /// A part of what lies in a section, newest first: the first rows of each principal, and of them the first.
    pub(super) fn part(&self, conn: &mut Conn, section: &Section<'_>, paging: Paging) -> Result<Slice<Teaser>> {
        let mut principals: Vec<(String, bool)> =
            self.who.principals().into_iter().map(|principal| (principal, false)).collect();
        if self.locked_too {
            principals.push(("title".into(), true));
        }
        let first = paging.offset() + paging.limit() + 1;
        let but_root = if section.but_root { "AND path <> ''" } else { "" };
        // The principals are words and numbers of our own.
        let branches: Vec<String> = principals
            .iter()
            .map(|(principal, locked)| {
                format!(
                    "SELECT * FROM (SELECT page_id, published_at, path, {locked} AS locked FROM listings
                     WHERE principal = '{principal}' AND section = $1 AND published_at <= $2
                     AND (unpublish_at IS NULL OR unpublish_at > $3) {but_root}
                     ORDER BY published_at DESC, path LIMIT {first}) AS branch",
                    locked = i32::from(*locked)
                )
            })
            .collect();
        let query = format!(
            "SELECT pages.path, title, summary, pages.published_at, updated_at, private, locked
             FROM (SELECT page_id, published_at, path, MIN(locked) AS locked FROM ({branches}) AS found
                   GROUP BY page_id, published_at, path ORDER BY published_at DESC, path LIMIT {limit} OFFSET {offset}) AS part
             JOIN pages ON id = page_id ORDER BY pages.published_at DESC, pages.path",
            branches = branches.join(" UNION ALL "),
            limit = paging.limit() + 1,
            offset = paging.offset(),
        );
        let records: Vec<Row> = sql_query(query)
            .bind::<Text, _>(section.path)
            .bind::<SqlTimestamp, _>(self.now)
            .bind::<SqlTimestamp, _>(self.now)
            .load(conn)?;
        let teasers = records.into_iter().filter_map(|row| readable(row.teaser())).collect();
        Ok(Slice::of(teasers, paging))
    }
}

/// What lies below a path; below the root is everything else.
pub(super) struct Section<'a> {
    path: &'a str,
    but_root: bool,
}

impl Section<'_> {
    /// The whole site, the root's page among it.
    pub(super) const ALL: Section<'static> = Section { path: "", but_root: false };

    /// Below a path.
    pub(super) fn below(path: &PagePath) -> Section<'_> {
        Section { path: path.as_str(), but_root: path.is_root() }
    }
}

#[derive(QueryableByName)]
struct Row {
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
