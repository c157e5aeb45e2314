//! A link with which somebody sets the password of their account. It is shown once, and the store has the hash of its secret.

use chrono::TimeDelta;

pub use crate::id::InvitationId;
use crate::{
    Timestamp,
    user::{UserId, Username},
};

/// How long a link can be used: 72 hours.
pub const LIFETIME: TimeDelta = TimeDelta::hours(72);

/// A link with which a user sets their password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The key of the link.
    pub id: InvitationId,
    /// The key of its user.
    pub user: UserId,
    /// The name of its user.
    pub name: Username,
    /// Whether the account of its user can sign in.
    pub is_active: bool,
    /// The moment at which it was made.
    pub made_at: Timestamp,
    /// The name of the administrator who made it, as in the audit trail.
    pub made_by: String,
    /// The moment from which it cannot be used any more.
    pub ends_at: Timestamp,
    /// The moment at which a password was set with it; `None` if none was.
    pub used_at: Option<Timestamp>,
    /// The moment at which a newer link, a new password or the end of the account ended it; `None` if nothing did.
    pub ended_at: Option<Timestamp>,
}

impl Invitation {
    /// Whether a password can be set with it at a moment.
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.is_active && self.used_at.is_none() && self.ended_at.is_none() && now < self.ends_at
    }
}
