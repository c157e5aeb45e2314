//! Users: found by name for a sign-in, and listed for administrators.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::{
    QueryableByName,
    dsl::{not, sql},
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use domain::{
    Timestamp, Version,
    access::{Admin, Editor},
    group::GroupId,
    lookalike::Lookalikes,
    password::PasswordHash,
    user::{Role, Theme, User, UserId, Username},
};

use crate::{
    Conn, Error, Result, Table,
    access::people_named,
    active::{ACTIVE, is_active},
    columns::pattern,
    conn::MultiBackend,
    error::skip_unreadable,
    order::Order,
    paging::{Count, Window},
    schema::{fold, group_members, users},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct Record {
    id: i64,
    name: String,
    role: String,
    password_hash: String,
    active: bool,
    theme: String,
    created_at: NaiveDateTime,
    last_sign_in_at: Option<NaiveDateTime>,
    version: i64,
    ends_at: Option<NaiveDateTime>,
    note: String,
}

impl Record {
    fn user(self, groups: Vec<GroupId>) -> Result<User> {
        let record = self;
        let invalid = |words| Error::Schema(format!("the user {:?} in the table users: {words}", record.name));
        Ok(User {
            id: UserId(record.id),
            name: Username::parse(&record.name).map_err(invalid)?,
            role: Role::parse(&record.role).map_err(invalid)?,
            active: record.active,
            ends_at: record.ends_at.map(|at| at.and_utc()),
            theme: Theme::parse(&record.theme).unwrap_or_default(),
            password_hash: PasswordHash::new(record.password_hash),
            groups,
            created_at: record.created_at.and_utc(),
            last_sign_in_at: record.last_sign_in_at.map(|at| at.and_utc()),
            note: record.note,
            version: Version(record.version),
        })
    }
}

/// The users of these records with their groups; unreadable rows are logged and left out.
fn with_groups(conn: &mut Conn, records: Vec<Record>) -> Result<Vec<User>> {
    let ids: Vec<i64> = records.iter().map(|record| record.id).collect();
    let rows: Vec<(i64, i64)> = group_members::table
        .filter(group_members::user_id.eq_any(ids))
        .order(group_members::group_id)
        .select((group_members::user_id, group_members::group_id))
        .load(conn)?;
    let groups = |id| rows.iter().filter(|(user, _)| *user == id).map(|(_, group)| GroupId(*group)).collect();
    let users = records.into_iter().map(|record| {
        let groups = groups(record.id);
        record.user(groups)
    });
    Ok(users.filter_map(skip_unreadable).collect())
}

/// The user with a name, active or not.
pub fn find(conn: &mut Conn, name: &Username) -> Result<Option<User>> {
    // One query for existing and unknown names, so that both take the same time.
    let rows: Vec<(Record, Option<i64>)> = users::table
        .left_join(group_members::table.on(group_members::user_id.eq(users::id)))
        .filter(users::name.eq(name.as_str()))
        .order(group_members::group_id)
        .select((Record::as_select(), group_members::group_id.nullable()))
        .load(conn)?;
    let groups = rows.iter().filter_map(|(_, group)| group.map(GroupId)).collect();
    rows.into_iter().next().map(|(record, _)| record.user(groups)).transpose()
}

/// The names of at most `limit` active users whose names contain a text, in the order of their names.
pub fn active_names(conn: &mut Conn, _: &Editor, text: &str, limit: u32) -> Result<Vec<Username>> {
    let mut rows = users::table.filter(is_active()).order(users::name).select(users::name).into_boxed();
    if !text.is_empty() {
        rows = rows.filter(fold(users::name).like(pattern(text)).escape('\\'));
    }
    let names: Vec<String> = rows.limit(i64::from(limit)).load(conn)?;
    let invalid = |words| Error::Schema(format!("a name in the table users: {words}"));
    Ok(names.iter().filter_map(|name| skip_unreadable(Username::parse(name).map_err(invalid))).collect())
}

/// The names of at most `limit` active users who may write pages, in the order of their names.
pub fn editor_names(conn: &mut Conn, _: &Admin, limit: u32) -> Result<Vec<Username>> {
    let roles: Vec<&str> = Role::ALL.into_iter().filter(|role| role.may_edit()).map(Role::as_str).collect();
    let rows = users::table.filter(is_active()).filter(users::role.eq_any(roles));
    let names: Vec<String> = rows.order(users::name).limit(i64::from(limit)).select(users::name).load(conn)?;
    let invalid = |words| Error::Schema(format!("a name in the table users: {words}"));
    Ok(names.iter().filter_map(|name| skip_unreadable(Username::parse(name).map_err(invalid))).collect())
}

/// The highest bcrypt cost among the stored hashes; 0 without any. The check of an unknown name costs as much, so that it
/// cannot be told from the check of an existing one.
pub fn max_cost(conn: &mut Conn) -> Result<u32> {
    let cost = diesel::dsl::sql::<Nullable<Text>>("max(substr(password_hash, 5, 2))");
    let highest: Option<String> =
        users::table.filter(users::password_hash.like("$2_$__$%")).select(cost).first(conn)?;
    Ok(highest.and_then(|cost| cost.parse().ok()).unwrap_or(0))
}

/// The names of all users except one, to compare a new name with.
pub fn lookalikes(conn: &mut Conn, _: &Admin, except: Option<UserId>) -> Result<Lookalikes> {
    let mut others = users::table.select(users::name).into_boxed();
    if let Some(user) = except {
        others = others.filter(users::id.ne(user.0));
    }
    let names: Vec<String> = others.load(conn)?;
    Ok(names.iter().map(String::as_str).collect())
}

/// Why users with these new names cannot be added, a sentence or `None` for each. A name is also compared with those before it.
pub fn name_obstacles(conn: &mut Conn, admin: &Admin, names: &[Username]) -> Result<Vec<Option<String>>> {
    let mut known = lookalikes(conn, admin, None)?;
    let taken: HashSet<String> = people_named(conn, names)?.into_iter().map(|(_, name)| name).collect();
    let mut before = HashSet::new();
    let obstacle = |name: &Username| {
        let obstacle = match (before.insert(name.clone()), taken.contains(name.as_str())) {
            (false, _) => Some(format!("{name} is in the list twice.")),
            (true, true) => Some(format!("There is a user {name} already.")),
            (true, false) => known.check(name.as_str()).err(),
        };
        known.insert(name.as_str());
        obstacle
    };
    Ok(names.iter().map(obstacle).collect())
}

/// Whether there is any administrator, active or not.
pub fn has_admin(conn: &mut Conn) -> Result<bool> {
    let admins = users::table.filter(users::role.eq(Role::Admin.as_str())).select(users::id);
    Ok(diesel::select(diesel::dsl::exists(admins)).get_result(conn)?)
}

/// A filter of the panel's list; an empty text and `None` match every user.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Words that the name or the note contains; at most eight count.
    pub query: String,
    /// The role.
    pub role: Option<Role>,
    /// Whether the account can sign in now: it is neither disabled nor has it ended.
    pub active: Option<bool>,
    /// The latest end of the account; `None` also matches accounts without an end.
    pub ends_by: Option<Timestamp>,
}

impl UserFilter {
    /// The keys of the users with the words; `None` without words, and for more than 1,000 users. One query serves all counts.
    fn named(&self, conn: &mut Conn) -> Result<Option<Vec<i64>>> {
        if self.query.trim().is_empty() {
            return Ok(None);
        }
        let of_any_kind = UserFilter { role: None, active: None, ends_by: None, ..self.clone() };
        let found: Vec<i64> = of_any_kind.rows(None).select(users::id).limit(Count::LIMIT).load(conn)?;
        Ok(Some(found).filter(|found| !Count::of_found(found.len()).more))
    }

    /// The users that match; `named` are those with the words, if they are known.
    fn rows(&self, named: Option<&Vec<i64>>) -> users::BoxedQuery<'static, MultiBackend> {
        let mut rows = users::table.into_boxed();
        match named {
            Some(ids) => rows = rows.filter(users::id.eq_any(ids.clone())),
            None => {
                for word in self.query.split_whitespace().take(8) {
                    let named = fold(users::name).like(pattern(word)).escape('\\');
                    rows = rows.filter(named.or(fold(users::note).like(pattern(word)).escape('\\')));
                }
            }
        }
        if let Some(role) = self.role {
            rows = rows.filter(users::role.eq(role.as_str()));
        }
        if let Some(active) = self.active {
            rows = match active {
                true => rows.filter(is_active()),
                false => rows.filter(not(is_active())),
            };
        }
        if let Some(by) = self.ends_by {
            rows = rows.filter(users::ends_at.le(by.naive_utc()));
        }
        rows
    }
}

/// A column by which the panel's list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserColumn {
    /// The name; ASCII letters are case-insensitive.
    Name,
    /// The role, by its word.
    Role,
    /// Whether the account is active.
    Active,
    /// The moment at which the account was created.
    Created,
    /// The moment of the last sign-in; users who never signed in come first.
    LastSignIn,
}

/// A sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserSort {
    /// The column; equal rows are sorted by name.
    pub by: UserColumn,
    /// Whether the order is reversed, that of equal rows as well.
    pub descending: bool,
}

impl UserSort {
    fn order(self) -> Order {
        let columns: &'static [(&'static str, bool)] = match self.by {
            UserColumn::Name => &[("lower(name)", false), ("name", false)],
            UserColumn::Role => &[("role", false), ("name", false)],
            UserColumn::Active => &[("active", false), ("name", false)],
            UserColumn::Created => &[("created_at", false), ("name", false)],
            // SQLite and PostgreSQL sort NULL differently.
            UserColumn::LastSignIn => &[("COALESCE(last_sign_in_at, '0001-01-01 00:00:00')", false), ("name", false)],
        };
        Order { table: "users", key: "id", columns, reversed: self.descending }
    }
}

/// One page of the users that match, sorted, and the total.
pub fn list(
    conn: &mut Conn,
    _: &Admin,
    filter: &UserFilter,
    sort: UserSort,
    window: impl Into<Window>,
) -> Result<Table<User>> {
    let named = filter.named(conn)?;
    let found: Vec<i64> = filter.rows(named.as_ref()).select(users::id).limit(Count::LIMIT).load(conn)?;
    let total = Count::of_found(found.len());
    // Up to 1,000 rows are sorted; of more, the index of the order has the first.
    let rows = || match total.more {
        true => filter.rows(None),
        false => users::table.filter(users::id.eq_any(found.clone())).into_boxed(),
    };
    let table = sort.order().table(
        window.into(),
        total,
        |record: &Record| record.id,
        |range, order, limit, offset| {
            let rows = rows().filter(sql::<Bool>(range)).order(sql::<Bool>(order));
            Ok(rows.limit(limit).offset(offset).select(Record::as_select()).load(conn)?)
        },
    )?;
    let Table { rows, total, previous, next } = table;
    Ok(Table { rows: with_groups(conn, rows)?, total, previous, next })
}

/// The number of users that each choice of a filter would list, with the other filters unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCounts {
    /// Users of any role.
    pub any_role: Count,
    /// Users of each role, in the order of `Role::ALL`.
    pub roles: Vec<Count>,
    /// Active and disabled users.
    pub any_state: Count,
    /// Active users.
    pub active: Count,
    /// Users who are disabled, or whose accounts have ended.
    pub disabled: Count,
}

impl UserCounts {
    /// The counts beside a filter; `count` counts the users of a role and a state.
    fn of(
        filter: &UserFilter,
        mut count: impl FnMut(Option<Role>, Option<bool>) -> Result<Count>,
    ) -> Result<UserCounts> {
        Ok(UserCounts {
            any_role: count(None, filter.active)?,
            roles: Role::ALL.into_iter().map(|role| count(Some(role), filter.active)).collect::<Result<_>>()?,
            any_state: count(filter.role, None)?,
            active: count(filter.role, Some(true))?,
            disabled: count(filter.role, Some(false))?,
        })
    }
}

/// The counts for the filters beside the list.
pub fn counts(conn: &mut Conn, _: &Admin, filter: &UserFilter) -> Result<UserCounts> {
    let of_kind = |role, active| UserFilter { role, active, ends_by: None, ..filter.clone() };
    let named = filter.named(conn)?;
    if named.is_some() || filter.query.trim().is_empty() {
        return UserCounts::of(filter, |role, active| {
            let rows = of_kind(role, active).rows(named.as_ref());
            let found: Vec<i64> = rows.select(users::id).limit(Count::LIMIT).load(conn)?;
            Ok(Count::of_found(found.len()))
        });
    }
    // The search finds more than 1,000 users. No index has its words, and all users are read once.
    let found: Vec<(String, bool)> = of_kind(None, None).rows(None).select((users::role, is_active())).load(conn)?;
    UserCounts::of(filter, |role, active| {
        let matching = found.iter().filter(|(known, is_active)| {
            role.is_none_or(|role| role.as_str() == known) && active.is_none_or(|active| active == *is_active)
        });
        Ok(Count::of_found(matching.count()))
    })
}

/// The first `limit` active users who never signed in, the oldest account first, and their total.
pub fn never_signed_in(conn: &mut Conn, _: &Admin, limit: u32) -> Result<Table<User>> {
    // As the index `users_never_signed_in` has them.
    let rows = || users::table.filter(sql::<Bool>(&format!("active AND last_sign_in_at IS NULL AND {ACTIVE}")));
    let found: Vec<i64> = rows().select(users::id).limit(Count::LIMIT).load(conn)?;
    let records: Vec<Record> = rows()
        .order((users::created_at.asc(), users::name.asc()))
        .limit(i64::from(limit))
        .select(Record::as_select())
        .load(conn)?;
    let total = Count::of_found(found.len());
    Ok(Table { rows: with_groups(conn, records)?, total, previous: None, next: None })
}

/// The number of users.
pub fn count(conn: &mut Conn, _: &Admin) -> Result<Count> {
    let found: Vec<i64> = users::table.select(users::id).limit(Count::LIMIT).load(conn)?;
    Ok(Count::of_found(found.len()))
}

/// The user with a key.
pub fn get(conn: &mut Conn, _: &Admin, id: UserId) -> Result<Option<User>> {
    let record: Option<Record> = users::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    Ok(with_groups(conn, record.into_iter().collect())?.into_iter().next())
}

/// Those of the users that exist, in the order of their names.
pub fn get_many(conn: &mut Conn, _: &Admin, ids: &[UserId]) -> Result<Vec<User>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let records: Vec<Record> =
        users::table.filter(users::id.eq_any(ids)).order(users::name).select(Record::as_select()).load(conn)?;
    with_groups(conn, records)
}

#[derive(QueryableByName)]
struct ListedPage {
    #[diesel(sql_type = BigInt)]
    page_id: i64,
}

/// The number of private pages whose readers were chosen and include a user, by name or in a group; also pages that are not
/// published yet.
pub fn chosen_pages(conn: &mut Conn, _: &Admin, user: &User) -> Result<Count> {
    let groups = user.groups.iter().map(|group| format!("g{}", group.0));
    let principals: Vec<String> =
        [format!("u{}", user.id.0)].into_iter().chain(groups).map(|principal| format!("'{principal}'")).collect();
    let query = format!(
        "SELECT DISTINCT page_id FROM listings WHERE section = '' AND principal IN ({}) LIMIT {}",
        principals.join(", "),
        Count::LIMIT
    );
    let found: Vec<ListedPage> = sql_query(query).load(conn)?;
    let pages: HashSet<i64> = found.iter().map(|listed| listed.page_id).collect();
    Ok(Count::of_found(pages.len()))
}
