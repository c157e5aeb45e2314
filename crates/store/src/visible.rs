//! The pages that a visitor finds in lists, searches and feeds: the SQL counterpart of `domain::access::listing`.

use std::fmt::Write;

use chrono::NaiveDateTime;
use diesel::{
    dsl::sql,
    expression::SqlLiteral,
    prelude::*,
    sql_types::{Bool, Text},
};
use domain::{
    Timestamp,
    group::GroupId,
    language::LanguageTag,
    page::{PageId, PagePath},
    user::UserId,
    visitor::{Member, Visitor},
};

use crate::{
    Conn, Result,
    columns::{path_of, published, range_below},
    conn::MultiBackend,
    error::skip_unreadable,
    schema::pages,
};

/// A page in a list for readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teaser {
    /// The key of the page.
    pub id: PageId,
    /// The path at which the page lives.
    pub path: PagePath,
    /// The title of the page.
    pub title: String,
    /// The summary; empty for a locked page.
    pub summary: String,
    /// The date of the page.
    pub published_at: Timestamp,
    /// The moment of the last save.
    pub updated_at: Timestamp,
    /// Whether the page asks for credentials.
    pub private: bool,
    /// Whether this visitor sees the title alone.
    pub locked: bool,
    /// The language of the page; `None` for that of the site, and for a locked page.
    pub language: Option<LanguageTag>,
    /// The minutes that the text takes to read; 0 for one or less, and for a locked page.
    pub minutes: u32,
}

/// The pages that a visitor finds in lists at one moment.
#[derive(Clone, Debug)]
pub struct VisiblePages {
    viewer: Viewer,
    /// The path that limits private pages: that of an app password.
    limit: Option<PagePath>,
    with_locked: bool,
    now: NaiveDateTime,
}

/// Rows of the table `listings` that a visitor finds: those of a principal, and below the limit only.
pub(crate) struct Source {
    principal: String,
    /// Whether the visitor sees the title alone.
    pub(crate) locked: bool,
    limit: Option<PagePath>,
}

impl Source {
    /// The condition on rows of `listings`.
    pub(crate) fn condition(&self) -> String {
        // Principals are words and numbers that are made here.
        let principal = format!("principal = '{}'", self.principal);
        match &self.limit {
            None => principal,
            Some(limit) => format!("{principal} AND {}", within("path", limit)),
        }
    }

    /// The principal.
    pub(crate) fn principal(&self) -> &str {
        &self.principal
    }

    /// The path that limits these rows.
    pub(crate) fn limit(&self) -> Option<&PagePath> {
        self.limit.as_ref()
    }

    /// Whether these rows may have the page at a path.
    pub(crate) fn reaches(&self, path: &PagePath) -> bool {
        self.limit.as_ref().is_none_or(|limit| path == limit || path.is_below(limit))
    }
}

/// The condition on a column that it has a path or one below it. A path has letters, digits, hyphens and slashes only.
fn within(column: &str, path: &PagePath) -> String {
    let (from, to) = range_below(path);
    format!("({column} = '{}' OR ({column} > '{from}' AND {column} < '{to}'))", path.as_str())
}

/// The principal of public pages.
const EVERYBODY: &str = "everybody";

#[derive(Clone, Debug)]
enum Viewer {
    Anyone,
    Member(Member),
    /// Editors, and the app passwords of editors, read every page.
    Editor,
    /// Only the pages that one reason opens to a reader.
    Reason(Reason),
}

/// Why somebody can read a page whose readers were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The page names the person.
    Name(UserId),
    /// The page names a group of the person.
    Group(GroupId),
}

impl Viewer {
    fn of(visitor: &Visitor) -> Viewer {
        match visitor {
            // Lists ignore shares.
            Visitor::Anonymous | Visitor::Holder(_) => Viewer::Anyone,
            Visitor::SignedIn(member) if member.role.may_edit() => Viewer::Editor,
            Visitor::SignedIn(member) => Viewer::Member(member.clone()),
            Visitor::AppPassword(program) if program.reads_all() => Viewer::Editor,
            Visitor::AppPassword(program) => Viewer::Member(program.owner().clone()),
        }
    }

    /// The principals of the table `listings` that this visitor matches.
    fn principals(&self) -> Vec<String> {
        match self {
            Viewer::Anyone => vec![EVERYBODY.into()],
            Viewer::Reason(Reason::Name(user)) => vec![format!("u{}", user.0)],
            Viewer::Reason(Reason::Group(group)) => vec![format!("g{}", group.0)],
            Viewer::Editor => [EVERYBODY, "signed-in", "chosen"].map(str::to_owned).to_vec(),
            Viewer::Member(member) => [EVERYBODY, "signed-in"]
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
            Viewer::Anyone => "NOT pages.private".into(),
            Viewer::Editor => "TRUE".into(),
            Viewer::Reason(reason) => {
                let chosen = match reason {
                    Reason::Name(user) => format!("SELECT page_id FROM page_people WHERE user_id = {}", user.0),
                    Reason::Group(group) => format!("SELECT page_id FROM page_groups WHERE group_id = {}", group.0),
                };
                format!("(pages.private AND pages.readers_from IN ({chosen}))")
            }
            Viewer::Member(member) => {
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

impl VisiblePages {
    /// The pages that the visitor may read: `Listing::Open`.
    pub fn readable(visitor: &Visitor, now: Timestamp) -> VisiblePages {
        let (viewer, limit) = (Viewer::of(visitor), visitor.limit().cloned());
        VisiblePages { viewer, limit, with_locked: false, now: now.naive_utc() }
    }

    /// Those pages that a reason opens to a reader.
    pub fn because(reason: Reason, now: Timestamp) -> VisiblePages {
        VisiblePages { viewer: Viewer::Reason(reason), limit: None, with_locked: false, now: now.naive_utc() }
    }

    /// The pages that the visitor may read, and those whose titles are shown: `Listing::Open` and `Listing::Locked`.
    pub fn listed(visitor: &Visitor, now: Timestamp) -> VisiblePages {
        VisiblePages { with_locked: true, ..VisiblePages::readable(visitor, now) }
    }

    /// The pages in lists: [`VisiblePages::listed`], or [`VisiblePages::readable`] if the site hides which pages exist.
    pub fn in_lists(visitor: &Visitor, now: Timestamp, hides_pages: bool) -> VisiblePages {
        VisiblePages { with_locked: !hides_pages, ..VisiblePages::readable(visitor, now) }
    }

    /// The rows that the visitor may read, for queries that do not sort by date.
    pub(crate) fn rows(&self) -> pages::BoxedQuery<'static, MultiBackend> {
        pages::table.filter(published(self.now)).filter(sql::<Bool>(&self.readable_rows())).into_boxed()
    }

    /// The condition on a row of `pages` that the visitor may read once it is published.
    fn readable_rows(&self) -> String {
        let readers = self.viewer.condition();
        match &self.limit {
            None => readers,
            Some(limit) => format!("(NOT pages.private OR ({readers} AND {}))", within("pages.path", limit)),
        }
    }

    /// The same condition on the table `pages` as SQL text; `$2` in it is [`VisiblePages::moment`].
    pub(crate) fn condition(&self) -> String {
        let published = "pages.published_at <= $2 AND (pages.unpublish_at IS NULL OR pages.unpublish_at > $2)";
        format!("{published} AND {}", self.readable_rows())
    }

    /// The moment of the request.
    pub(crate) fn moment(&self) -> NaiveDateTime {
        self.now
    }

    /// Of the pages with these keys, those that the visitor may read, each with its key and a text expression of its row.
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
            |(id, text, record): (i64, String, TeaserRecord)| Some((id, text, skip_unreadable(record.teaser())?));
        Ok(rows.into_iter().filter_map(readable_row).collect())
    }

    /// The rows of the table `listings` that the visitor finds in the section at a path.
    pub(crate) fn sources(&self, section: &str) -> Vec<Source> {
        let own = self.viewer.principals().into_iter().filter_map(|principal| self.source(principal, section));
        let locked = || Source { principal: "title".into(), locked: true, limit: None };
        own.chain(self.with_locked.then(locked)).collect()
    }

    /// The rows of a principal in a section; `None` if the limit excludes all of them.
    fn source(&self, principal: String, section: &str) -> Option<Source> {
        let unlimited = |principal| Some(Source { principal, locked: false, limit: None });
        let Some(limit) = self.limit.as_ref().filter(|_| principal != EVERYBODY) else { return unlimited(principal) };
        let is_below = |path: &str, other: &str| {
            other.is_empty() || path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if is_below(section, limit.as_str()) {
            return unlimited(principal);
        }
        let is_above = is_below(limit.as_str(), section);
        is_above.then(|| Source { principal, locked: false, limit: Some(limit.clone()) })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
struct TeaserRecord {
    id: i64,
    path: String,
    title: String,
    summary: String,
    published_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    private: bool,
}

impl TeaserRecord {
    fn teaser(self) -> Result<Teaser> {
        let TeaserRecord { id, path, title, summary, published_at, updated_at, private } = self;
        let (published_at, updated_at) = (published_at.and_utc(), updated_at.and_utc());
        let (id, path) = (PageId(id), path_of(&path)?);
        Ok(Teaser {
            id,
            path,
            title,
            summary,
            published_at,
            updated_at,
            private,
            locked: false,
            language: None,
            minutes: 0,
        })
    }
}
