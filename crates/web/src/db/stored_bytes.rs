//! The bytes of files for answers: from the cache, or read in parts.

use actix_web::web::Bytes;
use domain::file::{ContentId, PART_BYTES};
use futures_util::FutureExt;
use store::files;

use super::Db;
use crate::http::{
    error::Error,
    file_body::{Reading, StoredBytes},
};

impl StoredBytes for Db {
    fn in_memory(&self, content: ContentId) -> Option<Bytes> {
        self.cache.contents.get(content)
    }

    fn read(&self, content: ContentId, offset: u64, length: u64, is_whole: bool) -> Reading {
        let db = self.clone();
        let read = async move {
            let bytes = db.read(move |conn| files::bytes(conn, content, offset, length)).await?;
            let bytes = bytes.ok_or_else(|| Error::Internal("the bytes of a file are gone".into()))?;
            let bytes = Bytes::from(bytes.into_boxed_slice());
            if is_whole && length <= PART_BYTES as u64 {
                db.cache.contents.insert(content, bytes.clone());
            }
            Ok(bytes)
        };
        read.boxed_local()
    }
}
