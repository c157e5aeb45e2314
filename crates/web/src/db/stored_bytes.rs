//! The bytes of files for answers: from the cache, or from the database.

use actix_web::web::Bytes;
use domain::file::{ContentId, PART_BYTES};
use futures_util::FutureExt;
use store::files;

use super::Db;
use crate::http::{
    error::Error,
    file_body::{Reading, StoredBytes},
};

/// The part of an offset, and the offset within it.
fn part_of(offset: u64) -> (u64, usize) {
    let within = usize::try_from(offset % PART_BYTES as u64).unwrap_or(PART_BYTES);
    (offset / PART_BYTES as u64, within)
}

impl StoredBytes for Db {
    fn in_memory(&self, content: ContentId, offset: u64) -> Option<Bytes> {
        let (part, within) = part_of(offset);
        let mut bytes = self.cache.contents.get((content, part))?;
        (within < bytes.len()).then(|| bytes.split_off(within))
    }

    fn read(&self, content: ContentId, offset: u64, length: u64) -> Reading {
        let db = self.clone();
        let read = async move {
            let contents = &db.cache.contents;
            if !contents.has_room_for_parts() {
                return db.bytes(content, offset, length).await;
            }
            let (part, within) = part_of(offset);
            let whole = db.bytes(content, offset - within as u64, PART_BYTES as u64);
            let mut bytes = contents.get_or_read((content, part), whole).await?;
            Ok(bytes.split_off(within.min(bytes.len())))
        };
        read.boxed_local()
    }
}

impl Db {
    /// Bytes of one part of a content, from the database.
    async fn bytes(&self, content: ContentId, offset: u64, length: u64) -> Result<Bytes, Error> {
        let bytes = self.read(move |conn| files::bytes(conn, content, offset, length)).await?;
        let bytes = bytes.ok_or_else(|| Error::Internal("the bytes of a file are gone".into()))?;
        Ok(Bytes::from(bytes.into_boxed_slice()))
    }
}
