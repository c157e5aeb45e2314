//! How far Actix may read ahead on a connection. It takes every request out of the bytes that it has read, at some 5 KB for
//! each, before it handles the first of them: short requests in its buffer of 128 KiB would take 20 MiB.

use std::cell::Cell;

/// The number of bytes in which requests may wait for those before them. A usual head is shorter, and the shortest heads
/// are some 100.
pub(super) const WINDOW: usize = 2048;

/// The bytes of a connection that Actix may read.
#[derive(Default)]
pub(super) struct ReadAhead {
    /// The bytes of the window that were read.
    taken: Cell<usize>,
    /// The bytes that the body of the current request may still have. They are outside of the window.
    body: Cell<u64>,
    /// Whether Actix has handled what it read last: it reads until it has to wait, and handles that.
    is_turn_over: Cell<bool>,
    /// Whether Actix is to be woken when there is room again.
    is_withheld: Cell<bool>,
}

impl ReadAhead {
    /// The number of bytes that may be read now; `None` if Actix has to wait. While a connection is busy with a request,
    /// others may wait behind it.
    pub(super) fn room(&self, is_busy: bool) -> Option<u64> {
        if self.is_turn_over.replace(false) && !is_busy {
            self.taken.set(0);
        }
        let room = match self.body.get() {
            0 => WINDOW.saturating_sub(self.taken.get()) as u64,
            body => body,
        };
        if room > 0 {
            return Some(room);
        }
        self.end_turn();
        self.is_withheld.set(is_busy);
        None
    }

    /// Notes that bytes were read.
    pub(super) fn read(&self, bytes: usize) {
        match self.body.get() {
            0 => self.taken.set(self.taken.get() + bytes),
            body => self.body.set(body.saturating_sub(bytes as u64)),
        }
    }

    /// Notes that Actix waits for more bytes.
    pub(super) fn end_turn(&self) {
        self.is_turn_over.set(true);
    }

    /// Sets the number of bytes in the body of the current request.
    pub(super) fn expect(&self, body: u64) {
        self.body.set(body);
    }

    /// Makes room for a body of unknown length whose handler waits for more of it. No other request is behind it yet.
    pub(super) fn want(&self) {
        self.taken.set(0);
    }

    /// Whether Actix was waiting for room, and is to be woken.
    pub(super) fn resumes(&self) -> bool {
        self.is_withheld.replace(false)
    }
}
