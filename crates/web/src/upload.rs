//! An upload: bytes that are checked, cleaned, hashed and cut into parts while they arrive. It holds at most [`BATCH`] bytes and
//! no connection; its owner writes one batch after the other, in a transaction each.
//!
//! ```text
//! push(bytes) -> while let Some(batch) = batch() { batch.write(conn) -> written(content) } -> end() -> End::write(conn)
//! ```
//!
//! An upload that ends early is deleted with [`store::writing::contents::discard`], if it has an [`Upload::content`].
//! This is repeated until nothing is left.

use std::fmt;

use domain::{
    Timestamp,
    file::{ContentId, FileName, PART_BYTES},
};
use sha2::{Digest, Sha256};
use store::{Conn, writing::contents};

use crate::media::{self, Intake, Summary};

/// The number of parts in a batch.
const BATCH_PARTS: usize = 4;
/// The maximum number of bytes that are written in one transaction: 1 MiB. SQLite has one writer, and other editors
/// wait for it.
pub const BATCH: usize = BATCH_PARTS * PART_BYTES;
/// The number of bytes that are checked at a time.
const CHUNK: usize = 64 * 1024;

/// The limits on files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum size of a file in bytes, as it arrives.
    pub file: u64,
    /// The maximum size of all files together in bytes; `None` for as many as the disk holds.
    pub all: Option<u64>,
}

impl Limits {
    /// The limits in the units of their options.
    pub fn new(file_mib: u32, files_gib: Option<u32>) -> Limits {
        Limits { file: u64::from(file_mib) << 20, all: files_gib.map(|gib| u64::from(gib) << 30) }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new(32, None)
    }
}

/// The reason why an upload is refused. Its text is for the person who uploads.
#[derive(Clone, Debug)]
pub enum Refused {
    /// The file has more bytes than this.
    TooLarge(u64),
    /// All files together would have more bytes than the site may store.
    NoSpace,
    /// The bytes are not what the name says, or are damaged.
    Media(media::Refusal),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::TooLarge(bytes) => write!(f, "A file has at most {} MiB.", bytes >> 20),
            Refused::NoSpace => f.write_str("The files of this site take all the space that they may take."),
            Refused::Media(why) => why.fmt(f),
        }
    }
}

/// An upload in progress.
pub struct Upload {
    limits: Limits,
    arrived: u64,
    intake: Intake,
    parts: Parts,
    content: Option<ContentId>,
    /// The number of the next part that is written.
    next: u64,
}

/// The bytes to store, cut into parts and hashed.
#[derive(Default)]
struct Parts {
    hash: Sha256,
    bytes: u64,
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Parts {
    fn add(&mut self, mut bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PART_BYTES - self.last.len()));
            self.last.extend_from_slice(now);
            bytes = later;
            if self.last.len() == PART_BYTES {
                self.full.push(std::mem::take(&mut self.last));
            }
        }
    }

    /// The parts, and the hash of the bytes.
    fn end(self) -> (Vec<Vec<u8>>, String) {
        let last = Some(self.last).filter(|last| !last.is_empty());
        let hash = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        (self.full.into_iter().chain(last).collect(), hash)
    }
}

/// Stores bytes that are in memory, unchecked.
///
/// # Errors
/// As [`contents::add_parts`].
pub fn store(conn: &mut Conn, bytes: &[u8], size: Option<(u32, u32)>, now: Timestamp) -> store::Result<ContentId> {
    let mut all = Parts::default();
    all.add(bytes);
    let (parts, hash) = all.end();
    let content = contents::begin(conn, now)?;
    contents::add_parts(conn, content, 0, &parts)?;
    contents::finish(conn, content, &hash, size, now)
}

/// Parts that are written in one transaction.
pub struct Batch {
    content: Option<ContentId>,
    first: u64,
    parts: Vec<Vec<u8>>,
    all: Option<u64>,
}

/// The result of writing a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is stored in this content.
    In(ContentId),
    /// It is not stored: all files together would have more bytes than the site may store.
    NoSpace,
}

impl Batch {
    /// Writes the parts; the first batch of an upload begins its content.
    ///
    /// # Errors
    /// As [`contents::add_parts`].
    pub fn write(&self, conn: &mut Conn, now: Timestamp) -> store::Result<Written> {
        let bytes: usize = self.parts.iter().map(Vec::len).sum();
        if let Some(all) = self.all
            && !contents::have_room(conn, bytes as u64, all)?
        {
            return Ok(Written::NoSpace);
        }
        let content = self.content.map_or_else(|| contents::begin(conn, now), Ok)?;
        contents::add_parts(conn, content, self.first, &self.parts)?;
        Ok(Written::In(content))
    }
}

/// The end of an upload: the parts that are not written yet, and the properties of the whole.
pub struct End {
    batch: Batch,
    hash: String,
    /// The number of stored bytes.
    pub bytes: u64,
    /// The findings of the checks.
    pub summary: Summary,
}

impl End {
    /// Writes the last parts, and names the content by its hash. The result is an existing content with the same bytes,
    /// if there is one; a file has to be added with it within a day.
    ///
    /// # Errors
    /// As [`contents::add_parts`].
    pub fn write(&self, conn: &mut Conn, now: Timestamp) -> store::Result<Written> {
        match self.batch.write(conn, now)? {
            Written::In(content) => {
                contents::finish(conn, content, &self.hash, self.summary.size, now).map(Written::In)
            }
            Written::NoSpace => Ok(Written::NoSpace),
        }
    }
}

impl Upload {
    /// An upload of a file with this name, of which nothing has arrived.
    pub fn new(name: &FileName, limits: Limits) -> Upload {
        let (intake, parts) = (Intake::new(name), Parts::default());
        Upload { limits, arrived: 0, intake, parts, content: None, next: 0 }
    }

    /// Takes bytes that have arrived: not more at a time than may be in memory.
    ///
    /// # Errors
    /// [`Refused`], after which nothing more can be taken.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        self.arrived = self.arrived.saturating_add(bytes.len() as u64);
        if self.arrived > self.limits.file {
            return Err(Refused::TooLarge(self.limits.file));
        }
        for bytes in bytes.chunks(CHUNK) {
            let mut stored = Vec::with_capacity(bytes.len());
            self.intake.feed(bytes, &mut stored).map_err(Refused::Media)?;
            self.parts.add(&stored);
        }
        Ok(())
    }

    /// Parts that are to be written before more bytes are taken; `None` while there are few.
    pub fn batch(&mut self) -> Option<Batch> {
        if self.parts.full.len() < BATCH_PARTS {
            return None;
        }
        let parts: Vec<Vec<u8>> = self.parts.full.drain(..BATCH_PARTS).collect();
        let batch = Batch { content: self.content, first: self.next, parts, all: self.limits.all };
        self.next += BATCH_PARTS as u64;
        Some(batch)
    }

    /// Notes the content in which a batch was stored.
    pub fn written(&mut self, content: ContentId) {
        self.content = Some(content);
    }

    /// The content that holds the batches so far; `None` before the first one.
    pub fn content(&self) -> Option<ContentId> {
        self.content
    }

    /// Ends an upload of which everything has arrived and every batch was written.
    ///
    /// # Errors
    /// [`Refused::Media`] for a file that is not complete.
    pub fn end(self) -> Result<End, Refused> {
        let Upload { limits, intake, mut parts, content, next, .. } = self;
        let mut stored = Vec::new();
        let summary = intake.finish(&mut stored).map_err(Refused::Media)?;
        parts.add(&stored);
        let bytes = parts.bytes;
        let (parts, hash) = parts.end();
        let batch = Batch { content, first: next, parts, all: limits.all };
        Ok(End { batch, hash, bytes, summary })
    }
}
