//! Forgets the wrong passwords for an account when the change feed reports that it was changed.

use std::time::Instant;

use domain::user::Username;
use store::{
    NameKey,
    feed::{Change, Event},
};

use super::throttle::Throttle;

/// The listener that resets the consecutive failures of changed accounts.
#[derive(Clone)]
pub struct ThrottleReset {
    names: NameKey,
    throttle: Throttle,
}

impl ThrottleReset {
    /// A listener for a throttle that hashes names with `names`.
    pub fn new(names: NameKey, throttle: Throttle) -> ThrottleReset {
        ThrottleReset { names, throttle }
    }

    /// Resets the failures of the account that an event names.
    pub fn handle(&self, event: &Event) {
        if let Event::Changed(Change::User(name)) = event
            && let Ok(name) = Username::parse(name)
        {
            self.throttle.reset(&self.names.hash(name.as_str()), Instant::now());
        }
    }
}
