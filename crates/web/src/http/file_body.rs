//! The body of a file, read from the database in parts while it is sent. No connection is held between two parts.

use std::{
    fmt,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};
use domain::file::{ContentId, PART_BYTES};
use futures_util::future::LocalBoxFuture;

use super::{budget::Share, error::Error, parts_body::PART};

/// The most bytes that a client which reads slowly keeps in memory.
const READ_BYTES: u64 = 64 * 1024;

/// The bytes of files.
pub trait StoredBytes: Send + Sync {
    /// The bytes of a content, if they are in memory.
    fn in_memory(&self, content: ContentId) -> Option<Bytes>;

    /// Bytes of a content from an offset, at least one and at most `length`. A content that is read as a whole may be kept in
    /// memory.
    ///
    /// # Errors
    /// When the database fails, or the content is gone.
    fn read(&self, content: ContentId, offset: u64, length: u64, is_whole: bool) -> Reading;
}

/// Bytes that are being read.
pub type Reading = LocalBoxFuture<'static, Result<Bytes, Error>>;

/// A body that is read in parts.
struct FileBody {
    stored: Arc<dyn StoredBytes>,
    content: ContentId,
    /// The length of a content that is read as a whole.
    whole: Option<u64>,
    /// The bytes that are still to be read.
    left: Range<u64>,
    /// What was read and is not sent yet.
    read: Bytes,
    reading: Option<Reading>,
    _share: Share,
}

/// The bytes that [`from_store`] holds in memory at a time for a content of this length.
pub(super) fn memory(length: u64) -> usize {
    usize::try_from(if length <= PART_BYTES as u64 { length } else { READ_BYTES }).unwrap_or(PART_BYTES)
}

/// A range of the bytes of a content as a body, which holds its share of the budget until it is sent.
pub(super) fn from_store(
    stored: Arc<dyn StoredBytes>,
    content: ContentId,
    length: u64,
    range: Range<u64>,
    share: Share,
) -> BoxBody {
    let whole = (length <= PART_BYTES as u64).then_some(length);
    BoxBody::new(FileBody { stored, content, whole, left: range, read: Bytes::new(), reading: None, _share: share })
}

/// A body that could not be read to its end; the connection is closed.
#[derive(Debug)]
struct Incomplete(Error);

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a file could not be read: {}", self.0)
    }
}

impl std::error::Error for Incomplete {}

impl FileBody {
    fn begin(&self) -> Reading {
        match self.whole {
            Some(length) => self.stored.read(self.content, 0, length, true),
            None => {
                let length = (self.left.end - self.left.start).min(READ_BYTES);
                self.stored.read(self.content, self.left.start, length, false)
            }
        }
    }

    /// The part that was asked for, of bytes that were read.
    fn wanted(&self, mut read: Bytes) -> Bytes {
        let Range { start, end } = self.left;
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(read.len());
        match self.whole {
            Some(_) => read.slice(index(start)..index(end)),
            None => read.split_to(index(end - start)),
        }
    }
}

impl MessageBody for FileBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.read.len() as u64 + (self.left.end - self.left.start))
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        loop {
            if !self.read.is_empty() {
                let length = self.read.len().min(PART);
                return Poll::Ready(Some(Ok(self.read.split_to(length))));
            }
            if self.left.is_empty() {
                return Poll::Ready(None);
            }
            let mut reading = match self.reading.take() {
                Some(reading) => reading,
                None => self.begin(),
            };
            match reading.as_mut().poll(context) {
                Poll::Pending => {
                    self.reading = Some(reading);
                    return Poll::Pending;
                }
                Poll::Ready(Ok(read)) => {
                    let read = self.wanted(read);
                    if read.is_empty() {
                        self.left = 0..0;
                        let error = Error::Internal("a file has fewer bytes than its row says".into());
                        return Poll::Ready(Some(Err(Incomplete(error).into())));
                    }
                    self.left.start += read.len() as u64;
                    self.read = read;
                }
                Poll::Ready(Err(error)) => {
                    self.left = 0..0;
                    return Poll::Ready(Some(Err(Incomplete(error).into())));
                }
            }
        }
    }
}
