//! Connections: the deadline for each request head and for reading an answer, and what is remembered of a connection.
//!
//! Actix has a deadline for the first head on a connection only. Here, one task per worker looks at its connections once a
//! second, because a timer for every head would cost more than answering from the cache.

use std::{
    cell::{Cell, Ref, RefCell},
    io,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use actix_web::{
    HttpRequest,
    dev::RequestHead,
    http::{Method, header},
    rt,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{budget::Share, client::Origin, read_ahead::ReadAhead};
use crate::auth::verify::connection_proof::ConnectionProof;

#[cfg(test)]
mod stream_tests;

/// The maximum time in seconds for the head of a request; one more than Actix's deadline for the first one, which
/// answers 408.
const HEAD_SECONDS: u32 = 11;
/// The maximum time in seconds in which a client takes no byte of its answer.
const STALL_SECONDS: u32 = 30;

/// The maximum time in seconds for which a request that changes nothing is handled after its client has closed its side. A
/// client that waits for the answer looks like one that has gone until something is sent to it.
const CLOSED_SECONDS: u32 = 2;

/// The time in seconds in which a connection passes on one sign-in.
const SIGN_IN_SECONDS: u32 = 60;

/// The state of a connection. Its stream and its requests share it, on one thread.
pub struct Connection {
    worker: Rc<Worker>,
    /// The second in which the first byte of an unfinished head arrived, or since which it could be read.
    head_since: Cell<Option<u32>>,
    /// The last bytes that arrived.
    tail: Cell<[u8; 3]>,
    /// The second since which the client has taken no byte of its answer.
    stalled_since: Cell<Option<u32>>,
    /// Whether a request is being handled, so that bytes belong to its body.
    is_handling: Cell<bool>,
    is_expired: Cell<bool>,
    /// The second in which the client closed its side.
    closed_since: Cell<Option<u32>>,
    /// Whether the request that is being handled changes nothing.
    is_read: Cell<bool>,
    /// Whether an answer is being sent.
    is_sending: Cell<bool>,
    read_ahead: ReadAhead,
    waker: RefCell<Option<Waker>>,
    proof: RefCell<Option<ConnectionProof>>,
    /// The client network and the second of the last sign-in that was passed on.
    signed_in: Cell<Option<(Origin, u32)>>,
    _share: Share,
}

/// The connections of a worker thread, and its clock in seconds.
#[derive(Default)]
pub(super) struct Worker {
    second: Cell<u32>,
    connections: RefCell<Vec<Weak<Connection>>>,
}

impl Worker {
    /// Starts the task that ends expired connections.
    pub(super) fn start() -> Rc<Worker> {
        let worker = Rc::<Worker>::default();
        let weak = Rc::downgrade(&worker);
        rt::spawn(async move {
            let mut seconds = rt::time::interval(Duration::from_secs(1));
            loop {
                seconds.tick().await;
                let Some(worker) = weak.upgrade() else { return };
                worker.tick();
            }
        });
        worker
    }

    fn tick(&self) {
        let now = self.second.get().wrapping_add(1);
        self.second.set(now);
        self.connections.borrow_mut().retain(|connection| match connection.upgrade() {
            Some(connection) => {
                connection.expire(now);
                connection.give_up(now);
                true
            }
            None => false,
        });
    }

    /// The state of a new connection, with its share of the budget of connections.
    pub(super) fn connection(self: &Rc<Self>, share: Share) -> Rc<Connection> {
        let connection = Rc::new(Connection {
            worker: self.clone(),
            head_since: Cell::default(),
            tail: Cell::default(),
            stalled_since: Cell::default(),
            is_handling: Cell::default(),
            is_expired: Cell::default(),
            closed_since: Cell::default(),
            is_read: Cell::default(),
            is_sending: Cell::default(),
            read_ahead: ReadAhead::default(),
            waker: RefCell::default(),
            proof: RefCell::default(),
            signed_in: Cell::default(),
            _share: share,
        });
        self.connections.borrow_mut().push(Rc::downgrade(&connection));
        connection
    }
}

/// While it exists, the bytes that arrive belong to the body of a request.
pub(super) struct Handling(Option<Rc<Connection>>);

impl Drop for Handling {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.is_handling.set(false);
            connection.read_ahead.expect(0);
            connection.resume();
        }
    }
}

impl Handling {
    /// Notes that the request has its answer, which is being sent from now on.
    pub(super) fn answered(self) -> Sending {
        if let Some(connection) = &self.0 {
            connection.is_sending.set(true);
        }
        Sending(self.0.clone())
    }
}

/// While it exists, an answer is being sent.
pub(super) struct Sending(Option<Rc<Connection>>);

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.is_sending.set(false);
            connection.resume();
        }
    }
}

impl Connection {
    /// The connection of a request; `None` in tests without a socket.
    pub fn of(request: &HttpRequest) -> Option<&Connection> {
        request.conn_data::<Rc<Connection>>().map(Rc::as_ref)
    }

    /// The credentials that were last proven on this connection.
    pub fn proof(&self) -> Ref<'_, Option<ConnectionProof>> {
        self.proof.borrow()
    }

    /// Remembers credentials that were proven on this connection.
    pub fn remember(&self, proof: ConnectionProof) {
        *self.proof.borrow_mut() = Some(proof);
        self.signed_in.set(None);
    }

    /// Whether a sign-in with the credentials that were last proven on this connection is to be passed on: the first one from
    /// a client network, and then one a minute. All threads share what it is passed on to.
    pub fn is_sign_in_due(&self, origin: Origin) -> bool {
        let now = self.worker.second.get();
        let is_due = !self
            .signed_in
            .get()
            .is_some_and(|(last, second)| last == origin && now.wrapping_sub(second) < SIGN_IN_SECONDS);
        if is_due {
            self.signed_in.set(Some((origin, now)));
        }
        is_due
    }

    /// Notes that a head has arrived and that its request is being handled.
    pub(super) fn handle(connection: Option<&Rc<Connection>>) -> Handling {
        if let Some(connection) = connection {
            connection.head_since.set(None);
            connection.is_handling.set(true);
        }
        Handling(connection.cloned())
    }

    /// Notes the head of a request that is being handled.
    pub(super) fn expect(&self, head: &RequestHead) {
        let is_read = matches!(head.method, Method::GET | Method::HEAD);
        self.is_read.set(is_read);
        // No handler reads the body of these.
        if is_read {
            return;
        }
        let length = head.headers().get(header::CONTENT_LENGTH);
        self.read_ahead.expect(length.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0));
    }

    /// Notes that a handler waits for more of a body of unknown length.
    pub(super) fn want(&self) {
        self.read_ahead.want();
        self.resume();
    }

    /// The number of bytes that Actix may read now. If it may not, it is woken as soon as it may.
    fn room(&self, waker: &Waker) -> Option<u64> {
        let is_busy = self.is_handling.get() || self.is_sending.get() || self.stalled_since.get().is_some();
        let room = self.read_ahead.room(is_busy);
        if room.is_none() {
            self.wait(waker);
            if !is_busy {
                waker.wake_by_ref();
            }
        }
        room
    }

    fn resume(&self) {
        if self.read_ahead.resumes()
            && let Some(waker) = &*self.waker.borrow()
        {
            waker.wake_by_ref();
        }
    }

    fn bytes_arrived(&self, bytes: &[u8]) {
        let mut tail = self.tail.get();
        for byte in &bytes[bytes.len().saturating_sub(tail.len())..] {
            tail = [tail[1], tail[2], *byte];
        }
        self.tail.set(tail);
        if !self.is_handling.get() && self.head_since.get().is_none() {
            self.head_since.set(Some(self.worker.second.get()));
        }
    }

    fn bytes_sent(&self) {
        self.stalled_since.set(None);
        // A client that takes an answer may have sent its next requests already, and Actix reads them afterwards.
        let may_be_unfinished = !self.is_handling.get() && !self.ends_a_head();
        self.head_since.set(may_be_unfinished.then(|| self.worker.second.get()));
    }

    /// Whether the bytes that have arrived end as a head does, with an empty line. Where they do not, the next head may have
    /// begun. After a form they may not although nothing follows: the connection then stays open for a shorter time.
    fn ends_a_head(&self) -> bool {
        matches!(self.tail.get(), [b'\n', b'\r', b'\n'] | [_, b'\n', b'\n'])
    }

    fn wait(&self, waker: &Waker) {
        let mut known = self.waker.borrow_mut();
        if !known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *known = Some(waker.clone());
        }
    }

    fn expire(&self, now: u32) {
        let is_late = match (self.stalled_since.get(), self.head_since.get()) {
            (Some(since), _) => now.wrapping_sub(since) > STALL_SECONDS,
            (None, Some(since)) => now.wrapping_sub(since) > HEAD_SECONDS,
            (None, None) => false,
        };
        if is_late {
            self.end();
        }
    }

    /// Makes the stream fail as soon as Actix uses it again.
    fn end(&self) {
        self.is_expired.set(true);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }

    fn client_closed(&self, waker: &Waker) {
        self.closed_since.set(Some(self.worker.second.get()));
        // Actix does not read any more, and could not be woken otherwise.
        self.wait(waker);
    }

    /// Ends a request whose client seems to have gone. A change is finished anyway, and is answered.
    fn give_up(&self, now: u32) {
        let is_over = self.closed_since.get().is_some_and(|since| now.wrapping_sub(since) > CLOSED_SECONDS);
        if is_over && self.is_handling.get() && self.is_read.get() {
            self.end();
        }
    }

    fn check(&self) -> io::Result<()> {
        match self.is_expired.get() {
            true => Err(io::Error::new(io::ErrorKind::TimedOut, "the client is too slow")),
            false => Ok(()),
        }
    }
}

/// The stream of a connection, which fails when a deadline has passed or its request is given up.
pub(super) struct Stream {
    socket: TcpStream,
    connection: Rc<Connection>,
}

impl Stream {
    pub(super) fn new(socket: TcpStream, connection: Rc<Connection>) -> Stream {
        Stream { socket, connection }
    }

    pub(super) fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.connection.check()?;
        let before = buffer.filled().len();
        let Some(room) = self.connection.room(context.waker()) else { return Poll::Pending };
        let read = Pin::new(&mut AsyncReadExt::take(&mut self.socket, room)).poll_read(context, buffer);
        if read.is_pending() {
            self.connection.wait(context.waker());
        } else if buffer.filled().len() > before {
            self.connection.bytes_arrived(&buffer.filled()[before..]);
        }
        match read {
            Poll::Pending => self.connection.read_ahead.end_turn(),
            Poll::Ready(Ok(())) if buffer.filled().len() == before => self.connection.client_closed(context.waker()),
            Poll::Ready(_) => self.connection.read_ahead.read(buffer.filled().len() - before),
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.connection.check()?;
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        match written {
            Poll::Pending => {
                let connection = &self.connection;
                connection.wait(context.waker());
                if connection.stalled_since.get().is_none() {
                    connection.stalled_since.set(Some(connection.worker.second.get()));
                }
            }
            Poll::Ready(_) => {
                self.connection.bytes_sent();
                self.connection.resume();
            }
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // After the client has closed its side, Actix still flushes, and reads no more.
        self.connection.check()?;
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::budget::Budget;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    fn connection() -> Rc<Connection> {
        Rc::<Worker>::default().connection(Budget::new(1).take(None, 1).unwrap())
    }

    /// Whether a connection is ended within so many seconds.
    fn ends_within(connection: &Connection, seconds: u32) -> bool {
        (0..seconds).for_each(|_| connection.worker.tick());
        connection.check().is_err()
    }

    fn answer(connection: &Rc<Connection>) {
        drop(Connection::handle(Some(connection)));
        connection.bytes_sent();
    }

    #[test]
    fn a_sign_in_from_one_network_is_passed_on_once_a_minute() {
        let connection = connection();
        let due = |network| connection.is_sign_in_due(Origin::V4(network));
        assert_eq!([due(1), due(1), due(2), due(2), due(1)], [true, false, true, false, true]);
        (1..SIGN_IN_SECONDS).for_each(|_| connection.worker.tick());
        assert!(!due(1));
        connection.worker.tick();
        assert_eq!([due(1), due(1)], [true, false]);
    }

    #[test]
    fn case_48_the_deadline_of_a_head_counts_from_the_answer_before_it_if_it_had_begun_by_then() {
        let together = |parts: &[&[u8]]| {
            let connection = connection();
            parts.iter().for_each(|part| connection.bytes_arrived(part));
            answer(&connection);
            (ends_within(&connection, HEAD_SECONDS), ends_within(&connection, 1))
        };
        assert_eq!(together(&[&[REQUEST, b"GET /"].concat()]), (false, true));
        assert_eq!(together(&[REQUEST, b"G", b"E"]), (false, true));
        assert_eq!(together(&[&[REQUEST, b"GET / HTTP/1.1\r\n"].concat()]), (false, true));
        // Idle connections are the business of Actix.
        assert_eq!(together(&[REQUEST]), (false, false));
        assert_eq!(together(&[b"GET / HTTP/1.1\r\nHost: x\r\n\r", b"\n"]), (false, false));
        assert_eq!(together(&[b"GET / HTTP/1.1\nHost: x\n\n"]), (false, false));
    }

    #[test]
    fn case_48_a_head_that_arrives_while_a_request_is_handled_has_its_deadline_from_the_answer_on() {
        let connection = connection();
        connection.bytes_arrived(REQUEST);
        let handling = Connection::handle(Some(&connection));
        connection.bytes_arrived(b"GET /");
        connection.bytes_sent();
        assert!(!ends_within(&connection, 2 * HEAD_SECONDS), "the handler may take its time");
        drop(handling);
        connection.bytes_sent();
        assert!(ends_within(&connection, HEAD_SECONDS + 1));
    }

    #[test]
    fn case_48_a_client_that_takes_no_byte_of_its_answer_has_the_deadline_for_that() {
        let connection = connection();
        connection.bytes_arrived(&[REQUEST, b"GET /"].concat());
        answer(&connection);
        connection.stalled_since.set(Some(connection.worker.second.get()));
        assert!(!ends_within(&connection, STALL_SECONDS) && ends_within(&connection, 1));
    }
}
