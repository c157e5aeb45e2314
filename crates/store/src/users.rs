//! Users: found to sign them in, changed by administrators and by themselves.

mod desk;

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{Nullable, Text},
};
use domain::{
    Timestamp, Version,
    access::{Editor, Member},
    audit::{Action, Entry, Subject},
    group::GroupId,
    password::PasswordHash,
    user::{Role, Theme, User, UserId, Username},
};

pub use desk::{
    UserColumn, UserCounts, UserFilter, UserSort, counts, delete, every, get, insert, never_signed_in, set_active,
    set_password, set_password_from, some, total, update,
};

use crate::{
    Conn, Error, Result, audit,
    error::readable,
    schema::{group_members, users},
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
}

impl Record {
    fn user(self, groups: Vec<GroupId>) -> Result<User> {
        let record = self;
        let odd = |words| Error::Schema(format!("the user {:?} in the table users: {words}", record.name));
        Ok(User {
            id: UserId(record.id),
            name: Username::parse(&record.name).map_err(odd)?,
            role: Role::parse(&record.role).map_err(odd)?,
            active: record.active,
            theme: Theme::parse(&record.theme).unwrap_or_default(),
            password_hash: PasswordHash::new(record.password_hash),
            groups,
            created_at: record.created_at.and_utc(),
            last_sign_in_at: record.last_sign_in_at.map(|at| at.and_utc()),
            version: Version(record.version),
        })
    }
}

/// Users with their groups; what cannot be read is left out and logged.
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
    Ok(users.filter_map(readable).collect())
}

/// The user of a name, active or not.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, name: &Username) -> Result<Option<User>> {
    // One query for known and unknown names.
    let rows: Vec<(Record, Option<i64>)> = users::table
        .left_join(group_members::table.on(group_members::user_id.eq(users::id)))
        .filter(users::name.eq(name.as_str()))
        .order(group_members::group_id)
        .select((Record::as_select(), group_members::group_id.nullable()))
        .load(conn)?;
    let groups = rows.iter().filter_map(|(_, group)| group.map(GroupId)).collect();
    rows.into_iter().next().map(|(record, _)| record.user(groups)).transpose()
}

/// The names of all whose accounts are active, for editors, who choose readers among them.
///
/// # Errors
/// When the database fails.
pub fn active_names(conn: &mut Conn, _: &Editor) -> Result<Vec<Username>> {
    let names: Vec<String> = users::table.filter(users::active).order(users::name).select(users::name).load(conn)?;
    let odd = |words| Error::Schema(format!("a name in the table users: {words}"));
    Ok(names.iter().filter_map(|name| readable(Username::parse(name).map_err(odd))).collect())
}

/// The highest bcrypt cost among the stored hashes; 0 without any. What an unknown name has to cost, so as not to be
/// told from a known one.
///
/// # Errors
/// When the database fails.
pub fn dearest_cost(conn: &mut Conn) -> Result<u32> {
    let cost = diesel::dsl::sql::<Nullable<Text>>("max(substr(password_hash, 5, 2))");
    let dearest: Option<String> =
        users::table.filter(users::password_hash.like("$2_$__$%")).select(cost).first(conn)?;
    Ok(dearest.and_then(|cost| cost.parse().ok()).unwrap_or(0))
}

/// Whether there is any user.
///
/// # Errors
/// When the database fails.
pub fn exist(conn: &mut Conn) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(users::table.select(users::id))).get_result(conn)?)
}

/// Changes a user's own password; false when the account is gone, or its password is no longer the one that was proven.
///
/// # Errors
/// When the database fails.
pub fn change_own_password(
    conn: &mut Conn,
    member: &Member,
    proven: &PasswordHash,
    hash: &PasswordHash,
    now: Timestamp,
) -> Result<bool> {
    let changed = diesel::update(users::table.find(member.id.0).filter(users::password_hash.eq(proven.reveal())))
        .set((users::password_hash.eq(hash.reveal()), users::version.eq(users::version + 1)))
        .execute(conn)?
        > 0;
    if changed {
        let detail = "by its user".into();
        note(conn, member.name.as_str(), Action::PasswordSet, member.name.as_str(), detail, now)?;
    }
    Ok(changed)
}

/// Replaces a hash by a stronger one of the same password; false when the password was changed meanwhile.
///
/// # Errors
/// When the database fails.
pub fn rehash(conn: &mut Conn, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool> {
    let changed = diesel::update(users::table.find(id.0).filter(users::password_hash.eq(old.reveal())))
        .set(users::password_hash.eq(new.reveal()))
        .execute(conn)?;
    Ok(changed > 0)
}

/// Keeps a user's choice of colours.
///
/// # Errors
/// When the database fails.
pub fn set_theme(conn: &mut Conn, id: UserId, theme: Theme) -> Result<()> {
    diesel::update(users::table.find(id.0)).set(users::theme.eq(theme.as_str())).execute(conn)?;
    Ok(())
}

/// Notes that a user signed in from an address.
///
/// # Errors
/// When the database fails.
pub fn note_sign_in(conn: &mut Conn, member: &Member, address: &str, now: Timestamp) -> Result<()> {
    diesel::update(users::table.find(member.id.0))
        .set(users::last_sign_in_at.eq(Some(now.naive_utc())))
        .execute(conn)?;
    note(conn, member.name.as_str(), Action::SignedIn, member.name.as_str(), format!("from {address}"), now)
}

fn store_password(conn: &mut Conn, id: UserId, hash: &PasswordHash) -> Result<bool> {
    let changed = diesel::update(users::table.find(id.0))
        .set((users::password_hash.eq(hash.reveal()), users::version.eq(users::version + 1)))
        .execute(conn)?;
    Ok(changed > 0)
}

fn note(conn: &mut Conn, actor: &str, action: Action, name: &str, detail: String, now: Timestamp) -> Result<()> {
    let (actor, name) = (actor.to_owned(), name.to_owned());
    audit::insert(conn, &Entry { at: now, actor, action, subject: Subject::User, name, detail })
}
