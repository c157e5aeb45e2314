//! Rows of the table `contents`, without their bytes.

use diesel::prelude::*;
use domain::file::{Content, ContentId};

use crate::schema::contents;

#[derive(Queryable, Selectable)]
#[diesel(table_name = contents)]
pub(crate) struct ContentRow {
    id: i64,
    hash: Option<String>,
    bytes: i64,
    width: Option<i64>,
    height: Option<i64>,
}

impl ContentRow {
    pub(crate) fn content(self) -> Content {
        let side = |side: Option<i64>| side.and_then(|side| u32::try_from(side).ok());
        Content {
            id: ContentId(self.id),
            hash: self.hash.unwrap_or_default(),
            bytes: self.bytes.unsigned_abs(),
            size: side(self.width).zip(side(self.height)),
        }
    }
}
