//! The value of the SQL function `still_wanted`, by which a long statement of SQLite stops when nobody waits for it.

use diesel::{
    serialize::{self, IsNull, Output, ToSql},
    sql_types::Bool,
    sqlite::Sqlite,
};

use crate::{deadline::is_over_here, outage::INTERRUPTED};

/// True, or the failure of the statement.
#[derive(Debug)]
pub(crate) struct StillWanted;

impl ToSql<Bool, Sqlite> for StillWanted {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        if is_over_here() {
            return Err(INTERRUPTED.into());
        }
        out.set_value(1_i32);
        Ok(IsNull::No)
    }
}
