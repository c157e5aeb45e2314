//! Shares. Their secrets are not stored: a share is found by the hash of one.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};
use domain::{
    Timestamp,
    access::{Admin, Editor},
    keys::KeyKind,
    page::{PageId, PagePath},
    secret::SecretHash,
    share::{Share, ShareId, Shows},
    user::UserId,
};

use crate::{
    Conn, Error, Result, Table,
    active::ACTIVE,
    columns::{path_of, pattern},
    conn::MultiBackend,
    error::skip_unreadable,
    in_circulation::in_circulation,
    order::Order,
    paging::{Count, Paging, Slice, Window},
    schema::{drafts, fold, pages, shares, trash},
};

/// The last made first.
const ORDER: Order =
    Order { table: "shares", key: "id", columns: &[("made_at", true), ("id", false)], reversed: false };

/// Whether the account that made a share cannot sign in, or is not that of an editor. What the command line made has no account.
fn is_suspended() -> SqlLiteral<Bool> {
    sql::<Bool>(&format!(
        "(shares.user_id IS NOT NULL AND NOT EXISTS
          (SELECT 1 FROM users WHERE users.id = shares.user_id AND {ACTIVE} AND users.role IN ('editor', 'admin')))"
    ))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = shares)]
struct Record {
    id: i64,
    page_id: i64,
    label: String,
    shows: String,
    made_at: NaiveDateTime,
    made_by: String,
    ends_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
    opened_at: Option<NaiveDateTime>,
    #[diesel(select_expression = is_suspended())]
    #[diesel(select_expression_type = SqlLiteral<Bool>)]
    is_suspended: bool,
}

impl Record {
    fn share(self) -> Result<Share> {
        let unknown = || Error::Schema(format!("what the share {} shows: {:?}", self.id, self.shows));
        Ok(Share {
            id: ShareId(self.id),
            page: PageId(self.page_id),
            shows: Shows::parse(&self.shows).ok_or_else(unknown)?,
            label: self.label,
            made_at: self.made_at.and_utc(),
            made_by: self.made_by,
            ends_at: self.ends_at.and_utc(),
            ended_at: self.ended_at.map(|at| at.and_utc()),
            opened_at: self.opened_at.map(|at| at.and_utc()),
            is_suspended: self.is_suspended,
        })
    }
}

/// The share with a secret, ended or not.
pub fn find(conn: &mut Conn, secret: &SecretHash) -> Result<Option<Share>> {
    let record: Option<Record> = shares::table
        .filter(shares::secret_hash.eq(secret.to_hex()))
        .select(Record::as_select())
        .first(conn)
        .optional()?;
    record.map(Record::share).transpose()
}

/// The shares of a page, the last made first; at most 200.
pub fn of_page(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Vec<Share>> {
    let records: Vec<Record> = shares::table
        .filter(shares::page_id.eq(page.0))
        .order((shares::made_at.desc(), shares::id.asc()))
        .limit(200)
        .select(Record::as_select())
        .load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(record.share())).collect())
}

/// The number of a page's shares that are in circulation, and how many of them show its draft.
pub fn count_open(conn: &mut Conn, _: &Editor, page: PageId, now: Timestamp) -> Result<(u64, u64)> {
    let open = open(now.naive_utc()).filter(shares::page_id.eq(page.0));
    let shows: Vec<String> = open.select(shares::shows).load(conn)?;
    let drafts = shows.iter().filter(|shows| *shows == Shows::Draft.as_str()).count();
    Ok((shows.len() as u64, drafts as u64))
}

/// The shares that an account made and that open something now.
pub fn open_of_user(conn: &mut Conn, _: &Admin, user: UserId, now: Timestamp) -> Result<Vec<ShareId>> {
    let ids: Vec<i64> = open(now.naive_utc()).filter(shares::user_id.eq(user.0)).select(shares::id).load(conn)?;
    Ok(ids.into_iter().map(ShareId).collect())
}

/// The first `limit` shares that each of some makers made and that open something now, the last made first, and whether there are
/// more; in the order of the makers.
pub fn open_of_each(
    conn: &mut Conn,
    _: &Admin,
    makers: &[Maker],
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Slice<ShareRow>>> {
    let mut slices = Vec::new();
    for maker in makers {
        let rows = made_by(open(now.naive_utc()), *maker).order((shares::made_at.desc(), shares::id.asc()));
        let records: Vec<Record> = rows.limit(i64::from(limit) + 1).select(Record::as_select()).load(conn)?;
        slices.push(Slice::of(records, Paging { number: 1, size: limit }));
    }
    let pages = slices.iter().flat_map(|slice| &slice.rows).map(|record| record.page_id).collect();
    let named = names(conn, pages)?;
    let rows = |records: Vec<Record>| records.into_iter().filter_map(|record| row(record, &named)).collect();
    Ok(slices.into_iter().map(|slice| Slice { more: slice.more, rows: rows(slice.rows) }).collect())
}

fn made_by(rows: shares::BoxedQuery<'static, MultiBackend>, maker: Maker) -> shares::BoxedQuery<'static, MultiBackend> {
    match maker {
        Maker::Account(user) => rows.filter(shares::user_id.eq(user.0)),
        Maker::Nobody => rows.filter(shares::user_id.is_null()),
    }
}

/// Some of the shares, in the order of their keys.
pub fn get_many(conn: &mut Conn, _: &Editor, ids: &[ShareId]) -> Result<Vec<Share>> {
    let ids = ids.iter().map(|id| id.0);
    let records: Vec<Record> =
        shares::table.filter(shares::id.eq_any(ids)).order(shares::id).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(record.share())).collect())
}

/// Who made a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// An account.
    Account(UserId),
    /// No account: the command line, or an account that is gone.
    Nobody,
}

/// Which shares are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareFilter {
    /// A text in the label, in the name of who made it, or in the path of the page; empty for any.
    pub text: String,
    /// Whether shares are listed that opened something at a moment, or those that did not; `None` for all.
    pub open: Option<(bool, Timestamp)>,
    /// Who made the shares; `None` for all.
    pub maker: Option<Maker>,
}

impl ShareFilter {
    fn rows(&self) -> shares::BoxedQuery<'static, MultiBackend> {
        let mut rows = match self.open {
            None => shares::table.into_boxed(),
            Some((true, now)) => open(now.naive_utc()),
            Some((false, now)) => {
                let now = now.naive_utc();
                let ended = shares::ends_at.le(now).or(shares::ended_at.is_not_null());
                shares::table.filter(ended).into_boxed()
            }
        };
        if let Some(maker) = self.maker {
            rows = made_by(rows, maker);
        }
        if !self.text.is_empty() {
            let of_page = pages::table
                .filter(pages::path.like(pattern(self.text.trim_start_matches('/'))).escape('\\'))
                .select(pages::id);
            let named = fold(shares::label).like(pattern(&self.text)).escape('\\');
            let made = fold(shares::made_by).like(pattern(&self.text)).escape('\\');
            rows = rows.filter(named.or(made).or(shares::page_id.eq_any(of_page)));
        }
        rows
    }
}

fn open(now: NaiveDateTime) -> shares::BoxedQuery<'static, MultiBackend> {
    shares::table.filter(in_circulation(KeyKind::Share, now)).into_boxed()
}

/// A share in the panel's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRow {
    /// The share.
    pub share: Share,
    /// The path and the title of its page, or of the draft of a page that is not published; `None` if it is in the trash.
    pub page: Option<(Option<PagePath>, String)>,
}

/// One page of the shares that match, the last made first, and the total.
pub fn list(conn: &mut Conn, _: &Editor, filter: &ShareFilter, window: impl Into<Window>) -> Result<Table<ShareRow>> {
    let total = count(conn, filter)?;
    let table = ORDER.table(
        window.into(),
        total,
        |record: &Record| record.id,
        |range, order, limit, offset| {
            let rows = filter.rows().filter(sql::<Bool>(range)).order(sql::<Bool>(order));
            Ok(rows.limit(limit).offset(offset).select(Record::as_select()).load(conn)?)
        },
    )?;
    let named = names(conn, table.rows.iter().map(|record| record.page_id).collect())?;
    Ok(table.map(|record| row(record, &named)))
}

fn row(record: Record, named: &HashMap<i64, Named>) -> Option<ShareRow> {
    let page = named.get(&record.page_id).cloned();
    Some(ShareRow { share: skip_unreadable(record.share())?, page })
}

/// The number of shares that match.
pub fn count_of(conn: &mut Conn, _: &Editor, filter: &ShareFilter) -> Result<Count> {
    count(conn, filter)
}

fn count(conn: &mut Conn, filter: &ShareFilter) -> Result<Count> {
    let found: Vec<i64> = filter.rows().select(shares::id).limit(Count::LIMIT).load(conn)?;
    Ok(Count::of_found(found.len()))
}

type Named = (Option<PagePath>, String);

/// The paths and titles of pages that are on the site or have a draft.
fn names(conn: &mut Conn, ids: Vec<i64>) -> Result<HashMap<i64, Named>> {
    let live: Vec<(i64, String, String)> =
        pages::table.filter(pages::id.eq_any(&ids)).select((pages::id, pages::path, pages::title)).load(conn)?;
    let in_trash: Vec<i64> = trash::table.filter(trash::id.eq_any(&ids)).select(trash::id).load(conn)?;
    let drafted: Vec<(i64, Option<String>, String)> = drafts::table
        .filter(drafts::page_id.eq_any(&ids))
        .select((drafts::page_id, drafts::path, drafts::title))
        .load(conn)?;
    let drafted = drafted.into_iter().filter(|(id, ..)| !in_trash.contains(id));
    let mut names: HashMap<i64, Named> = HashMap::new();
    for (id, path, title) in drafted {
        names.insert(id, (path.and_then(|path| PagePath::parse(&path).ok()), title));
    }
    for (id, path, title) in live {
        names.insert(id, (skip_unreadable(path_of(&path)), title));
    }
    Ok(names)
}
