//! Keys in circulation: who has some, and how many. The keys themselves are listed by the modules of their kinds.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::{dsl::sql, prelude::*, sql_types};
use domain::{
    Timestamp,
    access::Admin,
    keys::{KeyCounts, KeyKind},
    user::{Role, UserId, Username},
};

use crate::{
    Conn, Error, Result, Table,
    active::is_active,
    columns::pattern,
    conn::MultiBackend,
    error::skip_unreadable,
    in_circulation::{has_key, in_circulation},
    order::Order,
    paging::{Count, Window},
    schema::{app_passwords, fold, invitations, shares, users},
};

/// By name, as the list of users is.
const ORDER: Order =
    Order { table: "users", key: "id", columns: &[("lower(name)", false), ("name", false)], reversed: false };

/// Whose keys are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// A text in the name of the user; empty for any.
    pub text: String,
    /// The only kind of keys; `None` for all.
    pub kind: Option<KeyKind>,
}

/// A user who has keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The key of the user in the database.
    pub id: UserId,
    /// The name.
    pub name: Username,
    /// The role.
    pub role: Role,
    /// Whether the account can sign in now. Keys of one that cannot open nothing until it can.
    pub is_active: bool,
}

/// One page of the users who have keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owners {
    /// The users who match, by name.
    pub table: Table<Owner>,
    /// The number of users with the text in their names who have any key, and of those with one of each kind, in the order of
    /// `KeyKind::ALL`.
    pub any: Count,
    /// See `any`.
    pub kinds: [Count; 3],
}

/// One page of the users who have keys that are in circulation at a moment.
pub fn list(
    conn: &mut Conn,
    _: &Admin,
    filter: &KeyFilter,
    now: Timestamp,
    window: impl Into<Window>,
) -> Result<Owners> {
    let now = now.naive_utc();
    let mut with_kind = Vec::new();
    for kind in KeyKind::ALL {
        with_kind.push(OwnerQuery { kinds: vec![kind], users: owners_of(conn, kind, now)? });
    }
    let any = OwnerQuery {
        kinds: KeyKind::ALL.to_vec(),
        users: with_kind.iter().map(|with| with.users.clone()).collect::<Option<Vec<_>>>().map(union),
    };
    let any_count = Count::of_found(any.found(conn, &filter.text, now)?.len());
    let mut kinds = [Count::default(); 3];
    for (count, with) in kinds.iter_mut().zip(&with_kind) {
        *count = Count::of_found(with.found(conn, &filter.text, now)?.len());
    }
    let (with, total) = match filter.kind.and_then(|kind| KeyKind::ALL.into_iter().position(|known| known == kind)) {
        Some(at) => (&with_kind[at], kinds[at]),
        None => (&any, any_count),
    };
    let table = ORDER.table(
        window.into(),
        total,
        |record: &Record| record.id,
        |range, order, limit, offset| {
            let rows = with.rows(&filter.text, now).filter(sql::<sql_types::Bool>(range));
            let rows = rows.order(sql::<sql_types::Bool>(order)).limit(limit).offset(offset);
            Ok(rows.select((users::id, users::name, users::role, is_active())).load(conn)?)
        },
    )?;
    Ok(Owners { table: table.map(|record| skip_unreadable(record.owner())), any: any_count, kinds })
}

/// The number of a user's keys that are in circulation at a moment.
pub fn of_user(conn: &mut Conn, _: &Admin, user: UserId, now: Timestamp) -> Result<KeyCounts> {
    let now = now.naive_utc();
    let links: i64 = invitations::table
        .filter(invitations::user_id.eq(user.0))
        .filter(in_circulation(KeyKind::Link, now))
        .count()
        .get_result(conn)?;
    let app_passwords: i64 = app_passwords::table
        .filter(app_passwords::user_id.eq(user.0))
        .filter(in_circulation(KeyKind::AppPassword, now))
        .count()
        .get_result(conn)?;
    let shares: i64 = shares::table
        .filter(shares::user_id.eq(user.0))
        .filter(in_circulation(KeyKind::Share, now))
        .count()
        .get_result(conn)?;
    let [links, app_passwords, shares] =
        [links, app_passwords, shares].map(|count| usize::try_from(count).unwrap_or_default());
    Ok(KeyCounts { links, app_passwords, shares })
}

#[derive(Queryable)]
struct Record {
    id: i64,
    name: String,
    role: String,
    is_active: bool,
}

impl Record {
    fn owner(self) -> Result<Owner> {
        let invalid = |words| Error::Schema(format!("the user {:?} in the table users: {words}", self.name));
        Ok(Owner {
            id: UserId(self.id),
            name: Username::parse(&self.name).map_err(invalid)?,
            role: Role::parse(&self.role).map_err(invalid)?,
            is_active: self.is_active,
        })
    }
}

/// The users who have keys of some kinds. Up to 1,000 with a kind are found by their keys, and then sorted; of more, the index of
/// the names has the first.
struct OwnerQuery {
    kinds: Vec<KeyKind>,
    users: Option<Vec<i64>>,
}

impl OwnerQuery {
    /// The rows of those users whose names contain a text.
    fn rows(&self, text: &str, now: NaiveDateTime) -> users::BoxedQuery<'static, MultiBackend> {
        let mut rows = users::table.into_boxed();
        match &self.users {
            Some(ids) => rows = rows.filter(users::id.eq_any(ids.clone())),
            None => {
                for (number, kind) in self.kinds.iter().enumerate() {
                    let has = has_key(*kind, now);
                    rows = if number == 0 { rows.filter(has) } else { rows.or_filter(has) };
                }
            }
        }
        for word in text.split_whitespace().take(8) {
            rows = rows.filter(fold(users::name).like(pattern(word)).escape('\\'));
        }
        rows
    }

    fn found(&self, conn: &mut Conn, text: &str, now: NaiveDateTime) -> Result<Vec<i64>> {
        Ok(self.rows(text, now).select(users::id).limit(Count::LIMIT).load(conn)?)
    }
}

fn union(sets: Vec<Vec<i64>>) -> Vec<i64> {
    sets.into_iter().flatten().collect::<HashSet<i64>>().into_iter().collect()
}

/// The users who have keys of a kind; `None` if there are more than 1,000.
fn owners_of(conn: &mut Conn, kind: KeyKind, now: NaiveDateTime) -> Result<Option<Vec<i64>>> {
    let is_open = in_circulation(kind, now);
    let found: Vec<i64> = match kind {
        KeyKind::Link => {
            let open = invitations::table.filter(is_open).select(invitations::user_id);
            open.distinct().limit(Count::LIMIT).load(conn)?
        }
        KeyKind::AppPassword => {
            let open = app_passwords::table.filter(is_open).select(app_passwords::user_id);
            open.distinct().limit(Count::LIMIT).load(conn)?
        }
        KeyKind::Share => {
            let made = shares::table.filter(is_open).filter(shares::user_id.is_not_null());
            made.select(shares::user_id.assume_not_null()).distinct().limit(Count::LIMIT).load(conn)?
        }
    };
    Ok(Some(found).filter(|found| !Count::of_found(found.len()).more))
}
