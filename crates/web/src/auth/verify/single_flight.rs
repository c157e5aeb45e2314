//! Single flight: any number of requests that bring the same credentials at once share one verification.

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;

/// The verifications that run now, by what they verify. `T` is what they come to.
pub struct SingleFlight<K, T> {
    flying: Mutex<HashMap<K, Arc<OnceCell<T>>>>,
}

impl<K: Eq + Hash + Copy, T: Clone> SingleFlight<K, T> {
    /// None yet.
    pub fn new() -> SingleFlight<K, T> {
        SingleFlight { flying: Mutex::default() }
    }

    /// What the flight comes to that runs for this key; if none does, this request begins one. If the one that began
    /// it goes away or fails, the next that waits begins anew.
    ///
    /// # Errors
    /// What `begin` says; to the request that began.
    pub async fn join<E, F>(&self, key: K, begin: impl FnOnce() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let waiter = Waiter { single_flight: self, key, cell: self.enter(key) };
        waiter.cell.get_or_try_init(begin).await.cloned()
    }

    /// Whether none runs.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn enter(&self, key: K) -> Arc<OnceCell<T>> {
        self.lock().entry(key).or_default().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, Arc<OnceCell<T>>>> {
        self.flying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Copy, T: Clone> Default for SingleFlight<K, T> {
    fn default() -> SingleFlight<K, T> {
        SingleFlight::new()
    }
}

/// A request that waits for a flight. The flight is over for newcomers when it has landed, or nobody waits any more.
struct Waiter<'a, K: Eq + Hash + Copy, T: Clone> {
    single_flight: &'a SingleFlight<K, T>,
    key: K,
    cell: Arc<OnceCell<T>>,
}

impl<K: Eq + Hash + Copy, T: Clone> Drop for Waiter<'_, K, T> {
    fn drop(&mut self) {
        let mut flying = self.single_flight.lock();
        let Some(cell) = flying.get(&self.key).filter(|cell| Arc::ptr_eq(cell, &self.cell)) else { return };
        // The map's own, and this seat's.
        let is_last = Arc::strong_count(cell) == 2;
        if is_last || self.cell.initialized() {
            flying.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        task::{Context, Waker},
    };

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    #[actix_web::test]
    async fn t51_any_number_of_requests_share_one_flight() {
        let (single_flight, began, land) = (SingleFlight::<u8, u32>::new(), AtomicU32::new(0), Notify::new());
        let fly = |key| {
            single_flight.join(key, || async {
                let number = began.fetch_add(1, Ordering::SeqCst);
                land.notified().await;
                Ok::<_, ()>(number)
            })
        };
        let all = join_all((0..64).map(|_| fly(1)));
        let (landed, ()) = tokio::join!(all, async { land.notify_one() });
        assert!(landed.iter().all(|number| *number == Ok(0)), "{landed:?}");
        assert_eq!(began.load(Ordering::SeqCst), 1);
        land.notify_one();
        assert_eq!(fly(1).await, Ok(1), "one that has landed is over");
        assert!(single_flight.is_empty());
    }

    #[actix_web::test]
    async fn other_keys_fly_by_themselves() {
        let single_flight = SingleFlight::<u8, u8>::new();
        let fly = |key| single_flight.join(key, move || async move { Ok::<_, ()>(key) });
        assert_eq!(tokio::join!(fly(1), fly(2)), (Ok(1), Ok(2)));
    }

    #[actix_web::test]
    async fn a_failed_flight_is_begun_anew_by_the_next() {
        let (single_flight, began) = (SingleFlight::<u8, u8>::new(), AtomicU32::new(0));
        let fly = || {
            single_flight.join(1, || async {
                tokio::task::yield_now().await;
                if began.fetch_add(1, Ordering::SeqCst) == 0 { Err("busy") } else { Ok(1) }
            })
        };
        assert_eq!(tokio::join!(fly(), fly(), fly()), (Err("busy"), Ok(1), Ok(1)));
        assert_eq!(began.load(Ordering::SeqCst), 2);
        assert!(single_flight.is_empty());
    }

    #[actix_web::test]
    async fn who_goes_away_leaves_the_flight_to_those_who_wait() {
        let (single_flight, never) = (SingleFlight::<u8, u8>::new(), Notify::new());
        let mut first = Box::pin(single_flight.join(1, || async {
            never.notified().await;
            Ok::<_, ()>(1)
        }));
        assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let mut second = Box::pin(single_flight.join(1, || async { Ok::<_, ()>(2) }));
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(first);
        assert_eq!(second.await, Ok(2));
        assert!(single_flight.is_empty());
    }
}
