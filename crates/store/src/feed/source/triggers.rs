//! The triggers that report changes.

use crate::Error;

/// The error of a database without all of them: it does not report every change.
pub(super) fn missing() -> Error {
    Error::Schema(
        "tables or triggers that report changes are missing or disabled: run `postern migrate`, or let the restore end that is \
         running"
            .into(),
    )
}
