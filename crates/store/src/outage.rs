//! Why a database does not serve. It is recognised by the messages of the drivers, because few of these errors have a code of
//! their own.

use std::fmt;

/// The kind of an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Another transaction held a lock for longer than could be waited.
    Locked,
    /// The deadline was over, or nobody waited any more; the work was cancelled.
    TimedOut,
    /// The disk of the database is full.
    Full,
    /// The file, its file system or the server takes no writes.
    ReadOnly,
    /// The files of the database belong to somebody else, or cannot be opened.
    NotPermitted,
    /// The server has no connection left.
    TooManyConnections,
    /// All connections of this process were in use.
    Exhausted,
    /// The file or the disk is damaged.
    Damaged,
    /// The database does not answer, or the connection to it was lost.
    Silent,
}

impl Outage {
    /// Whether the database refuses all writes until an operator has done something.
    pub fn refuses_writes(self) -> bool {
        matches!(self, Outage::Full | Outage::ReadOnly | Outage::NotPermitted)
    }

    /// The outage that a message of a driver reports; `None` if it blames the query.
    pub(crate) fn of_message(words: &str) -> Option<Outage> {
        MESSAGES.iter().find(|(message, _)| words.contains(message)).map(|(_, outage)| *outage)
    }
}

/// Parts of messages, the more specific ones first.
const MESSAGES: [(&str, Outage); 34] = [
    // SQLite
    ("database is locked", Outage::Locked),
    ("database table is locked", Outage::Locked),
    ("database schema is locked", Outage::Locked),
    ("database or disk is full", Outage::Full),
    ("attempt to write a readonly database", Outage::ReadOnly),
    ("unable to open database file", Outage::NotPermitted),
    ("access permission denied", Outage::NotPermitted),
    ("disk I/O error", Outage::Damaged),
    ("database disk image is malformed", Outage::Damaged),
    (INTERRUPTED, Outage::TimedOut),
    // PostgreSQL
    ("canceling statement due to lock timeout", Outage::Locked),
    ("deadlock detected", Outage::Locked),
    ("could not serialize access", Outage::Locked),
    ("canceling statement due to statement timeout", Outage::TimedOut),
    ("canceling statement due to user request", Outage::TimedOut),
    ("canceling statement due to", Outage::Silent),
    ("No space left on device", Outage::Full),
    ("Disk quota exceeded", Outage::Full),
    ("read-only transaction", Outage::ReadOnly),
    ("during recovery", Outage::ReadOnly),
    ("too many clients already", Outage::TooManyConnections),
    ("remaining connection slots are reserved", Outage::TooManyConnections),
    ("too many connections for", Outage::TooManyConnections),
    ("no more connections allowed", Outage::TooManyConnections),
    ("could not read block", Outage::Damaged),
    ("server closed the connection", Outage::Silent),
    ("no connection to the server", Outage::Silent),
    ("terminating connection", Outage::Silent),
    ("the database system is", Outage::Silent),
    ("could not receive data from server", Outage::Silent),
    ("could not send data to server", Outage::Silent),
    ("SSL connection has been closed", Outage::Silent),
    ("SSL SYSCALL error", Outage::Silent),
    ("connection to server", Outage::Silent),
];

/// The message of a statement of SQLite that stopped because nobody waits for it.
pub(crate) const INTERRUPTED: &str = "interrupted: nobody waits for it";

/// An outage and its circumstances. The words are for the log and the operator; they contain no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// The kind.
    pub outage: Outage,
    /// The cause on one line and, where there is one, the fix.
    pub words: String,
}

impl Unavailable {
    /// An outage of a known kind.
    pub fn new(outage: Outage, words: impl Into<String>) -> Unavailable {
        Unavailable { outage, words: words.into() }
    }
}

/// The outage that a message reports; a database that does not answer, if the message does not say.
impl From<String> for Unavailable {
    fn from(words: String) -> Unavailable {
        Unavailable { outage: Outage::of_message(&words).unwrap_or(Outage::Silent), words }
    }
}

impl From<&str> for Unavailable {
    fn from(words: &str) -> Unavailable {
        words.to_owned().into()
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_its_outage() {
        let check = |words: &str, expected| assert_eq!(Outage::of_message(words), expected, "{words}");
        check("canceling statement due to lock timeout", Some(Outage::Locked));
        check("canceling statement due to statement timeout", Some(Outage::TimedOut));
        check("canceling statement due to conflict with recovery", Some(Outage::Silent));
        check("could not extend file \"base/5/1259\": No space left on device", Some(Outage::Full));
        check("cannot execute INSERT in a read-only transaction", Some(Outage::ReadOnly));
        check("cannot execute LISTEN during recovery", Some(Outage::ReadOnly));
        let connect = "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  ";
        check(&format!("{connect}sorry, too many clients already"), Some(Outage::TooManyConnections));
        check(&format!("{connect}too many connections for role \"postern\""), Some(Outage::TooManyConnections));
        check(&format!("{connect}the database system is starting up"), Some(Outage::Silent));
        check("database is locked", Some(Outage::Locked));
        check("syntax error at or near \"SELEC\"", None);
        check("relation \"pages\" does not exist", None);
    }
}
