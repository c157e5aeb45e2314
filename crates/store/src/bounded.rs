//! Work on the database within a deadline: a connection is lent, its waiting and working are limited, and a change that was
//! given up is not committed.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use crate::{
    Conn, Error, Result, ShownText,
    connections::Connections,
    deadline::{Deadline, Running},
    outage::{Outage, Unavailable},
    pool::Manager,
    unread_texts,
};

/// How long work without a deadline, or with a distant one, waits for a free connection.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(3);

/// The database for work with a deadline; see [`crate::Store::within`].
pub struct Bounded<'a> {
    connections: &'a Connections,
    deadline: &'a Deadline,
    shown: ShownText,
}

impl<'a> Bounded<'a> {
    pub(crate) fn new(connections: &'a Connections, deadline: &'a Deadline, shown: ShownText) -> Bounded<'a> {
        Bounded { connections, deadline, shown }
    }

    /// Lends a connection for queries that change nothing.
    ///
    /// # Errors
    /// The error of the query; [`Error::Unavailable`] when the database does not answer before the deadline, or has no
    /// free connection within three seconds.
    pub fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let outcome = self.connection().and_then(|mut conn| {
            conn.conn.limit_statements(self.deadline)?;
            self.deadline.scope(|| query(&mut conn))
        });
        self.explained(outcome)
    }

    /// Lends a connection for several queries that see one state of the database and cannot write.
    ///
    /// # Errors
    /// As [`Bounded::read`].
    pub fn snapshot<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let outcome = self.connection().and_then(|mut conn| {
            conn.begin_to_read(self.deadline)?;
            let outcome = self.deadline.scope(|| query(&mut conn));
            conn.roll_back();
            outcome
        });
        self.explained(outcome)
    }

    /// Runs a change in one transaction: all of it is committed, or, on an error, nothing.
    ///
    /// # Errors
    /// As [`Bounded::read`]; [`Error::InDoubt`] when the connection was lost during the commit.
    pub fn write<T>(&self, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let outcome = self.explained(self.connection().and_then(|mut conn| self.transaction(&mut conn, change)));
        if let Err(Error::Unavailable(Unavailable { outage, .. })) = &outcome
            && outage.refuses_writes()
        {
            self.connections.set_write_refusal(Some(*outage));
        }
        outcome
    }

    /// Begins a write and rolls it back.
    pub(crate) fn probe(&self) -> Result<()> {
        let outcome = self.connection().and_then(|mut conn| {
            conn.begin_to_write(self.deadline)?;
            let outcome = conn.try_to_write();
            conn.roll_back();
            outcome
        });
        self.explained(outcome)
    }

    fn transaction<T>(&self, conn: &mut Lent<'_>, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        conn.begin_to_write(self.deadline)?;
        let place = unread_texts::last_place(conn);
        // A change that writes nothing succeeds on a full disk, too.
        let mark = self.connections.write_refusal().map(|_| conn.write_mark()).transpose();
        let outcome = mark.and_then(|mark| {
            let done = self.deadline.scope(|| {
                let done = change(conn)?;
                unread_texts::read_own(conn, place, self.shown).map(|()| done)
            })?;
            let wrote = match mark {
                Some(before) => conn.write_mark()? != before,
                None => false,
            };
            self.connections.check_commit(&conn.conn)?;
            if !self.deadline.begin_commit() {
                let words = "the time for this change was over before it could be committed; it was rolled back";
                return Err(Error::Unavailable(Unavailable::new(Outage::TimedOut, words)));
            }
            Ok((done, wrote))
        });
        let (done, wrote) = match outcome {
            Ok(done) => done,
            Err(error) => {
                conn.roll_back();
                return Err(error);
            }
        };
        conn.commit()?;
        if wrote {
            self.connections.set_write_refusal(None);
        }
        Ok(done)
    }

    fn connection(&self) -> Result<Lent<'a>> {
        let timeout = self.deadline.left().map_or(CONNECTION_TIMEOUT, |left| left.min(CONNECTION_TIMEOUT));
        let mut conn = self.connections.checkout(timeout)?;
        if let Some(canceler) = self.connections.canceler()
            && let Some(backend) = conn.backend()?
        {
            self.deadline.start(Running { backend, canceler: canceler.clone() });
        }
        Ok(Lent { conn, deadline: self.deadline })
    }

    fn explained<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| self.connections.explained(error))
    }
}

/// A connection that was lent to work with a deadline.
struct Lent<'a> {
    conn: r2d2::PooledConnection<Manager>,
    deadline: &'a Deadline,
}

impl Deref for Lent<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Drop for Lent<'_> {
    /// Before the connection returns to the pool: a late cancellation would hit its next user.
    fn drop(&mut self) {
        self.deadline.finish();
    }
}
