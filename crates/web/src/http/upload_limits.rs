//! Limits on uploads: the pace at which a form with a file has to arrive, and the number of such forms that one user
//! may send at a time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::user::UserId;

/// The maximum number of forms with a file that a user may send at a time.
const MAX_AT_A_TIME: usize = 2;

/// The pace at which a form has to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The maximum time for the whole form.
    pub whole: Duration,
    /// The time that a form may take beyond what `rate` allows for its bytes.
    pub grace: Duration,
    /// The minimum average rate, in bytes per second.
    pub rate: u32,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { whole: Duration::from_secs(5 * 60), grace: Duration::from_secs(15), rate: 16 * 1024 }
    }
}

/// The numbers of forms with a file that are arriving now, by user.
#[derive(Debug, Default)]
pub struct UploadSlots(Mutex<HashMap<UserId, usize>>);

impl UploadSlots {
    /// Takes a slot for a form of a user; `None` while all slots of the user are taken.
    pub(super) fn take(self: &Arc<Self>, user: UserId) -> Option<Slot> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(user).or_default();
        if *count >= MAX_AT_A_TIME {
            return None;
        }
        *count += 1;
        Some(Slot { slots: self.clone(), user })
    }
}

/// One of the forms that a user may send at a time.
pub(super) struct Slot {
    slots: Arc<UploadSlots>,
    user: UserId,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}
