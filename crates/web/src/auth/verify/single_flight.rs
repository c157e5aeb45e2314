//! Single flight: concurrent requests with the same key share one operation.

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OnceCell;

/// The operations in flight, by key. `T` is their result.
pub struct SingleFlight<K, T> {
    in_flight: Mutex<HashMap<K, Arc<OnceCell<T>>>>,
}

impl<K: Eq + Hash + Copy, T: Clone> SingleFlight<K, T> {
    /// A single flight without operations.
    pub fn new() -> SingleFlight<K, T> {
        SingleFlight { in_flight: Mutex::default() }
    }

    /// Waits for the operation in flight for this key, or starts one. If the caller that started it is cancelled or
    /// gets an error, the next waiting caller starts its own.
    ///
    /// # Errors
    /// The error of `start`, only for the caller that started the operation.
    pub async fn join<E, F>(&self, key: K, start: impl FnOnce() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let waiter = Waiter { single_flight: self, key, cell: self.cell(key) };
        waiter.cell.get_or_try_init(start).await.cloned()
    }

    /// Whether no operation is in flight.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn cell(&self, key: K) -> Arc<OnceCell<T>> {
        self.lock().entry(key).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<OnceCell<T>>>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Copy, T: Clone> Default for SingleFlight<K, T> {
    fn default() -> SingleFlight<K, T> {
        SingleFlight::new()
    }
}

/// A caller that waits for an operation. When it is dropped, it removes an operation that has finished, or that nobody
/// else waits for.
struct Waiter<'a, K: Eq + Hash + Copy, T: Clone> {
    single_flight: &'a SingleFlight<K, T>,
    key: K,
    cell: Arc<OnceCell<T>>,
}

impl<K: Eq + Hash + Copy, T: Clone> Drop for Waiter<'_, K, T> {
    fn drop(&mut self) {
        let mut in_flight = self.single_flight.lock();
        let Some(cell) = in_flight.get(&self.key).filter(|cell| Arc::ptr_eq(cell, &self.cell)) else { return };
        // Two references: the map's and this waiter's.
        let is_last = Arc::strong_count(cell) == 2;
        if is_last || self.cell.initialized() {
            in_flight.remove(&self.key);
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
    async fn t51_any_number_of_requests_share_one_operation() {
        let single_flight = SingleFlight::<u8, u32>::new();
        let started = AtomicU32::new(0);
        let finish = Notify::new();
        let join = |key| {
            single_flight.join(key, || async {
                let number = started.fetch_add(1, Ordering::SeqCst);
                finish.notified().await;
                Ok::<_, ()>(number)
            })
        };
        let all = join_all((0..64).map(|_| join(1)));
        let (results, ()) = tokio::join!(all, async { finish.notify_one() });
        assert!(results.iter().all(|number| *number == Ok(0)), "{results:?}");
        assert_eq!(started.load(Ordering::SeqCst), 1);
        finish.notify_one();
        assert_eq!(join(1).await, Ok(1), "a finished operation is not joined");
        assert!(single_flight.is_empty());
    }

    #[actix_web::test]
    async fn other_keys_have_their_own_operation() {
        let single_flight = SingleFlight::<u8, u8>::new();
        let join = |key| single_flight.join(key, move || async move { Ok::<_, ()>(key) });
        assert_eq!(tokio::join!(join(1), join(2)), (Ok(1), Ok(2)));
    }

    #[actix_web::test]
    async fn a_failed_operation_is_started_again_by_the_next_waiter() {
        let single_flight = SingleFlight::<u8, u8>::new();
        let started = AtomicU32::new(0);
        let join = || {
            single_flight.join(1, || async {
                tokio::task::yield_now().await;
                if started.fetch_add(1, Ordering::SeqCst) == 0 { Err("busy") } else { Ok(1) }
            })
        };
        assert_eq!(tokio::join!(join(), join(), join()), (Err("busy"), Ok(1), Ok(1)));
        assert_eq!(started.load(Ordering::SeqCst), 2);
        assert!(single_flight.is_empty());
    }

    #[actix_web::test]
    async fn a_cancelled_caller_leaves_the_operation_to_the_next_waiter() {
        let single_flight = SingleFlight::<u8, u8>::new();
        let never = Notify::new();
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
