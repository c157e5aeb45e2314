//! The condition in SQL for keys in circulation: nobody used them up or ended them, and their end has not come. Every query
//! for such keys uses it.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{AsExprOf, sql},
    expression::{SqlLiteral, UncheckedBind},
    sql_types::{Bool, Timestamp},
};
use domain::keys::KeyKind;

/// A condition with a moment in it.
pub(crate) type Condition = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, AsExprOf<NaiveDateTime, Timestamp>>>;

/// The table of a kind, and the condition before and after the moment.
fn parts(kind: KeyKind) -> (&'static str, [&'static str; 2]) {
    match kind {
        KeyKind::Link => (
            "invitations",
            ["invitations.used_at IS NULL AND invitations.ended_at IS NULL AND invitations.ends_at > ", ""],
        ),
        KeyKind::AppPassword => {
            ("app_passwords", ["app_passwords.ended_at IS NULL AND COALESCE(app_passwords.ends_at > ", ", 1 = 1)"])
        }
        KeyKind::Share => ("shares", ["shares.ended_at IS NULL AND shares.ends_at > ", ""]),
    }
}

/// The keys of a kind that are in circulation at a moment, as a filter of their table.
pub(crate) fn in_circulation(kind: KeyKind, now: NaiveDateTime) -> Condition {
    let (_, [before, after]) = parts(kind);
    sql::<Bool>(&format!("({before}")).bind::<Timestamp, _>(now).sql(&format!("{after})"))
}

/// As [`in_circulation`], in the second in which the transaction began.
pub(crate) fn in_circulation_now(kind: KeyKind) -> SqlLiteral<Bool> {
    let (_, [before, after]) = parts(kind);
    sql::<Bool>(&format!("({before}CURRENT_TIMESTAMP{after})"))
}

/// Whether a user has such a key, as a filter of the table `users`.
pub(crate) fn has_key(kind: KeyKind, now: NaiveDateTime) -> Condition {
    let (table, [before, after]) = parts(kind);
    let before = format!("EXISTS (SELECT 1 FROM {table} WHERE {table}.user_id = users.id AND {before}");
    sql::<Bool>(&before).bind::<Timestamp, _>(now).sql(&format!("{after})"))
}
