//! The body of a file, sent in steps. The body holds no bytes between two steps, and no connection to the database: a
//! client that reads slowly costs only the bytes that its connection has not sent yet.

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
use domain::file::ContentId;
use futures_util::future::LocalBoxFuture;

use super::{budget::Share, error::Error};

/// The maximum number of bytes of a step, which the connection copies.
const STEP_BYTES: u64 = 64 * 1024;

/// The bytes of files.
pub trait StoredBytes: Send + Sync {
    /// Bytes of a content from an offset, if they are in memory: at least one.
    fn in_memory(&self, content: ContentId, offset: u64) -> Option<Bytes>;

    /// Bytes of a content from an offset: at least one, and more than `length` only if they are kept in memory.
    ///
    /// # Errors
    /// When the database fails, or the content is gone.
    fn read(&self, content: ContentId, offset: u64, length: u64) -> Reading;
}

/// Bytes that are being read.
pub type Reading = LocalBoxFuture<'static, Result<Bytes, Error>>;

/// A body that is sent in steps.
struct FileBody {
    stored: Arc<dyn StoredBytes>,
    content: ContentId,
    /// The bytes that are still to be sent.
    left: Range<u64>,
    reading: Option<Reading>,
    _share: Share,
}

/// The maximum number of bytes of the next step of a range.
fn next_step(range: &Range<u64>) -> u64 {
    (range.end - range.start).min(STEP_BYTES)
}

/// The maximum number of bytes of a range that [`from_store`] holds in memory.
pub(super) fn memory(range: &Range<u64>) -> usize {
    usize::try_from(next_step(range)).unwrap_or(usize::MAX)
}

/// A range of the bytes of a content as a body, which holds its share of the budget until it is sent.
pub(super) fn from_store(stored: Arc<dyn StoredBytes>, content: ContentId, range: Range<u64>, share: Share) -> BoxBody {
    BoxBody::new(FileBody { stored, content, left: range, reading: None, _share: share })
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
    /// The next step, of bytes that begin where it does.
    fn step(&mut self, mut bytes: Bytes) -> Result<Bytes, Incomplete> {
        let length = next_step(&self.left).min(bytes.len() as u64);
        if length == 0 {
            return Err(self.fail(Error::Internal("a file has fewer bytes than its row says".into())));
        }
        self.left.start += length;
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    fn fail(&mut self, error: Error) -> Incomplete {
        self.left = 0..0;
        Incomplete(error)
    }
}

impl MessageBody for FileBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.left.end - self.left.start)
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let mut reading = match self.reading.take() {
            Some(reading) => reading,
            None => {
                if let Some(bytes) = self.stored.in_memory(self.content, self.left.start) {
                    return Poll::Ready(Some(self.step(bytes).map_err(Into::into)));
                }
                self.stored.read(self.content, self.left.start, next_step(&self.left))
            }
        };
        match reading.as_mut().poll(context) {
            Poll::Pending => {
                self.reading = Some(reading);
                Poll::Pending
            }
            Poll::Ready(read) => {
                let step = match read {
                    Ok(bytes) => self.step(bytes),
                    Err(error) => Err(self.fail(error)),
                };
                Poll::Ready(Some(step.map_err(Into::into)))
            }
        }
    }
}
