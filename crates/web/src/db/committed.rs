//! Whether a request has committed a change, so that its error does not say that nothing was changed.
//!
//! [`super::Db`] notes every change that it commits for the request whose task it runs on. No handler has to remember what it
//! saved before something failed.

use std::{cell::Cell, rc::Rc};

tokio::task_local! {
    static HAS_COMMITTED: Rc<Cell<bool>>;
}

/// Handles a request, and says with the result whether a change was committed for it.
pub async fn observed<T>(handling: impl Future<Output = T>) -> (T, bool) {
    let has_committed = Rc::<Cell<bool>>::default();
    let handled = HAS_COMMITTED.scope(has_committed.clone(), handling).await;
    (handled, has_committed.get())
}

/// Handles a part of the request of this task on another one.
pub fn carried<T>(handling: impl Future<Output = T>) -> impl Future<Output = T> {
    HAS_COMMITTED.scope(HAS_COMMITTED.try_with(Rc::clone).unwrap_or_default(), handling)
}

/// Makes a change that the request does not ask for, such as a new hash of the password with which it signs in.
pub async fn unasked<T>(change: impl Future<Output = T>) -> T {
    HAS_COMMITTED.scope(Rc::default(), change).await
}

/// Notes a committed change. Outside a request, as in a job, nobody asks for it.
pub(super) fn note() {
    let _outside = HAS_COMMITTED.try_with(|has_committed| has_committed.set(true));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn t68_a_change_is_noted_for_its_own_request_unless_it_was_not_asked_for() {
        let change = async |is_asked_for: bool| {
            tokio::task::yield_now().await;
            match is_asked_for {
                true => actix_web::rt::spawn(carried(async { note() })).await.unwrap(),
                false => unasked(async { note() }).await,
            }
        };
        let (one, other) = tokio::join!(observed(change(true)), observed(change(false)));
        assert_eq!((one.1, other.1), (true, false));
        note();
        actix_web::rt::spawn(carried(async { note() })).await.unwrap();
    }
}
