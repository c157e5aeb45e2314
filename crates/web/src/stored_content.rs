//! The bytes of a file, read from the database part by part. It blocks.

use std::io::{self, Read};

use domain::file::{ContentId, PART_BYTES};
use store::{Store, files};

/// A stored content as a reader. It holds one part at a time, and no connection between two parts.
pub(crate) struct StoredContent<'a> {
    store: &'a Store,
    content: ContentId,
    bytes: u64,
    read: u64,
    part: Vec<u8>,
    at: usize,
}

impl StoredContent<'_> {
    /// The content with this number of bytes, from its beginning.
    pub(crate) fn new(store: &Store, content: ContentId, bytes: u64) -> StoredContent<'_> {
        StoredContent { store, content, bytes, read: 0, part: Vec::new(), at: 0 }
    }
}

impl Read for StoredContent<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.part.len() {
            if self.read >= self.bytes {
                return Ok(0);
            }
            let (content, from) = (self.content, self.read);
            let part = self.store.read(|conn| files::bytes(conn, content, from, PART_BYTES as u64));
            let part = part.map_err(io::Error::other)?;
            self.part = part.ok_or_else(|| io::Error::other("the file was deleted meanwhile"))?;
            self.read += self.part.len() as u64;
            self.at = 0;
        }
        let rest = self.part.get(self.at..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}
