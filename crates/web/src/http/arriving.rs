//! How fast forms with a file have to arrive, and how many of a user may arrive at a time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::user::UserId;

/// The most forms with a file that a user sends at a time.
const AT_A_TIME: usize = 2;

/// How fast a form has to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The longest time for the whole form.
    pub whole: Duration,
    /// How long it may be slower at first.
    pub grace: Duration,
    /// The bytes a second that it needs on average.
    pub rate: u32,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { whole: Duration::from_secs(5 * 60), grace: Duration::from_secs(15), rate: 16 * 1024 }
    }
}

/// The forms with a file that arrive now, by user.
#[derive(Debug, Default)]
pub struct Arriving(Mutex<HashMap<UserId, usize>>);

impl Arriving {
    /// One more form of a user; `None` while as many arrive as may.
    pub(super) fn begin(self: &Arc<Self>, user: UserId) -> Option<Slot> {
        let mut arriving = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = arriving.entry(user).or_default();
        if *count >= AT_A_TIME {
            return None;
        }
        *count += 1;
        Some(Slot { arriving: self.clone(), user })
    }
}

/// One of the forms that a user may send at a time.
pub(super) struct Slot {
    arriving: Arc<Arriving>,
    user: UserId,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut arriving = self.arriving.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = arriving.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                arriving.remove(&self.user);
            }
        }
    }
}
