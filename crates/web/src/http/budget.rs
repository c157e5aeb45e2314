//! Budgets: amounts that all clients share, with room kept for those who come later.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::client::Origin;

/// A client network gets at most a quarter of what the other networks leave. Some of the budget is therefore left for the
/// next network, however many others use all that they are allowed.
const PARTS: usize = 4;

/// An amount of something, such as bytes or connections, that all clients share.
#[derive(Debug)]
pub struct Budget {
    total: usize,
    used: Mutex<Used>,
    returned: Notify,
}

#[derive(Debug, Default)]
struct Used {
    all: usize,
    by_origin: HashMap<Origin, usize>,
}

/// A part of a budget, which is returned when it is dropped.
#[derive(Debug)]
pub struct Share {
    budget: Arc<Budget>,
    origin: Option<Origin>,
    amount: usize,
}

impl Budget {
    /// A budget of which nothing is used.
    pub fn new(total: usize) -> Arc<Budget> {
        Arc::new(Budget { total, used: Mutex::default(), returned: Notify::new() })
    }

    /// Takes an amount for a client network; `None` if a quarter of what the others leave is not enough. Without a
    /// network, as for a trusted proxy with many clients behind it, only the total counts.
    pub fn take(self: &Arc<Self>, origin: Option<Origin>, amount: usize) -> Option<Share> {
        let mut used = self.used();
        let own = origin.and_then(|origin| used.by_origin.get(&origin).copied()).unwrap_or(0);
        let room = match origin {
            Some(_) => self.total.saturating_sub(used.all - own) / PARTS,
            None => self.total.saturating_sub(used.all),
        };
        if own.saturating_add(amount) > room || used.all.saturating_add(amount) > self.total {
            return None;
        }
        used.all += amount;
        if let Some(origin) = origin {
            used.by_origin.insert(origin, own + amount);
        }
        Some(Share { budget: self.clone(), origin, amount })
    }

    /// As [`Budget::take`], but waits for shares to be returned, at most for `timeout`.
    pub async fn take_within(
        self: &Arc<Self>,
        origin: Option<Origin>,
        amount: usize,
        timeout: Duration,
    ) -> Option<Share> {
        let waiting = async {
            loop {
                // Before the attempt: a share that is returned in between must not be missed.
                let returned = self.returned.notified();
                if let Some(share) = self.take(origin, amount) {
                    return share;
                }
                returned.await;
            }
        };
        tokio::time::timeout(timeout, waiting).await.ok()
    }

    /// The amount that is in use now, and its maximum.
    pub fn load(&self) -> (usize, usize) {
        (self.used().all, self.total)
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut used = self.budget.used();
        used.all = used.all.saturating_sub(self.amount);
        if let Some(origin) = self.origin {
            let rest = used.by_origin.get(&origin).map_or(0, |own| own.saturating_sub(self.amount));
            match rest {
                0 => used.by_origin.remove(&origin),
                rest => used.by_origin.insert(origin, rest),
            };
        }
        drop(used);
        self.budget.returned.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(n: u32) -> Option<Origin> {
        Some(Origin::V4(n))
    }

    #[test]
    fn a_network_gets_a_quarter_of_what_the_others_leave() {
        let budget = Budget::new(1000);
        let first = budget.take(network(1), 200).unwrap();
        assert!(budget.take(network(1), 51).is_none());
        let rest = budget.take(network(1), 50).unwrap();
        // The second network gets a quarter of 750.
        assert!(budget.take(network(2), 188).is_none());
        let second = budget.take(network(2), 187).unwrap();
        drop((first, rest));
        assert!(budget.take(network(1), 203).is_some());
        drop(second);
        assert_eq!(budget.used().all, 0);
        assert!(budget.used().by_origin.is_empty());
    }

    #[test]
    fn however_many_networks_take_all_they_can_something_is_left() {
        let budget = Budget::new(10_000);
        let mut shares = Vec::new();
        for n in 0..20 {
            while let Some(share) = budget.take(network(n), 1) {
                shares.push(share);
            }
        }
        assert!(budget.take(network(99), 5).is_some());
    }

    #[test]
    fn a_proxy_may_take_all_and_no_more() {
        let budget = Budget::new(10);
        let all = budget.take(None, 10).unwrap();
        assert!(budget.take(None, 1).is_none() && budget.take(network(1), 1).is_none());
        drop(all);
        assert!(budget.take(network(1), usize::MAX).is_none());
    }

    #[actix_web::test]
    async fn a_share_is_waited_for() {
        let budget = Budget::new(4);
        let share = budget.take(network(1), 1).unwrap();
        assert!(budget.take_within(network(1), 1, Duration::ZERO).await.is_none());
        let waiting = actix_web::rt::spawn({
            let budget = budget.clone();
            async move { budget.take_within(network(1), 1, Duration::from_secs(60)).await.is_some() }
        });
        actix_web::rt::task::yield_now().await;
        drop(share);
        assert!(waiting.await.unwrap());
    }
}
