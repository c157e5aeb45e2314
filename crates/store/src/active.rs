//! Which accounts can sign in, in SQL.

use diesel::{dsl::sql, expression::SqlLiteral, sql_types::Bool};

/// `domain::user::User::is_active_at` in SQL, as of the second in which the transaction began. Every query that asks for active
/// accounts has to use it: the column `active` alone admits accounts that have ended.
pub(crate) const ACTIVE: &str = "(users.active AND (users.ends_at IS NULL OR users.ends_at > CURRENT_TIMESTAMP))";

/// [`ACTIVE`] as a filter of the table `users`.
pub(crate) fn is_active() -> SqlLiteral<Bool> {
    sql::<Bool>(ACTIVE)
}
