//! Keys: random 53-bit integers that the application makes, so that a script reads them exactly. Each is also named beside
//! its noun.

/// The key of a page: random, made by the application, never shown to readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageId(pub i64);

/// The key of a user: random, made by the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

/// The key of a group: random, made by the application, below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub i64);
