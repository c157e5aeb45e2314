//! Shares the counts of wrong passwords between instances, through the database. A flood writes at most one batch every
//! two seconds, nothing here reports a change to the feed, and without the database each instance counts alone.

use std::time::{Duration, Instant};

use domain::{Timestamp, user::Username};
use store::{
    Conn, NameHash, NameKey, failed_sign_ins, sign_in_places,
    writing::{
        failed_sign_ins::{Tally, purge, record},
        sign_ins::purge_places,
    },
};
use tokio::sync::Notify;

use super::throttle::{Scope, Shared, SharedCounts, Throttle, Unshared};
use crate::{
    clock,
    db::Db,
    http::{client::Origin, error::Error},
};

/// The pause after a batch, so that failures at about the same time share one.
const PAUSE: Duration = Duration::from_millis(200);
/// The pause between batches of a flood.
const FLOOD_PAUSE: Duration = Duration::from_secs(2);
/// The number of batches that are written before the pauses of a flood begin.
const BURST: u32 = 20;
/// The interval at which old rows are deleted.
const PURGE_INTERVAL: Duration = Duration::from_secs(600);
/// The minimum time between two log lines about counts that could not be written.
const LOG_INTERVAL: Duration = Duration::from_secs(60);
/// The maximum number of places that are read at the start.
const MAX_PLACES: i64 = 20_000;

/// This instance, among those that share the database.
pub struct Instance {
    id: i64,
    wake: Notify,
}

impl Instance {
    /// An instance with a random id.
    ///
    /// # Errors
    /// When the system provides no randomness.
    pub fn new() -> std::io::Result<Instance> {
        let random = getrandom::u64().map_err(|error| std::io::Error::other(error.to_string()))?;
        let id = i64::try_from(random >> 11).unwrap_or_default();
        Ok(Instance { id, wake: Notify::new() })
    }

    /// Returns a query for what the database knows of an attempt. If it fails, this instance decides by its own counts.
    pub fn read(&self) -> impl FnOnce(&mut Conn, &Username, &NameHash, Origin) -> Shared + Send + 'static {
        let instance = self.id;
        move |conn, name, hash, origin| {
            let now = clock::now();
            let scopes = Scope::of(origin).map(|scope| scope.to_string());
            let counts = failed_sign_ins::list(conn, hash, &scopes, now).unwrap_or_default();
            let of = |scope: &String| {
                let mut shared = SharedCounts::default();
                for count in counts.iter().filter(|count| count.scope == *scope) {
                    match count.instance == instance {
                        true => shared.own = Some(count.failures),
                        false => shared.others.push((count.failures, age(count.last_at, now))),
                    }
                }
                shared
            };
            let [account, network, vicinity] = scopes.each_ref().map(of);
            let places = sign_in_places::of_user(conn, name, now).unwrap_or_default();
            let places = places.iter().filter_map(|place| Some((place.network.parse().ok()?, age(place.last_at, now))));
            Shared { account, network, vicinity, places: places.collect() }
        }
    }

    /// Wakes the task that writes counts.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Writes the counts of a throttle until the server stops, and deletes old rows.
    pub async fn share_periodically(&self, throttle: &Throttle, db: &Db) {
        let is_due = |last: Option<Instant>, interval| last.is_none_or(|at| at.elapsed() >= interval);
        let (mut pace, mut last, mut purged, mut logged) = (Pace::default(), Instant::now(), None, None);
        loop {
            if is_due(purged, PURGE_INTERVAL) {
                purged = Some(Instant::now());
                let purge = |conn: &mut Conn| purge(conn, clock::now()).and_then(|()| purge_places(conn, clock::now()));
                if let Err(error) = db.note(purge).await {
                    log::debug!("old counts of wrong passwords were not deleted: {error}");
                }
            }
            if tokio::time::timeout(PURGE_INTERVAL, self.wake.notified()).await.is_err() {
                continue;
            }
            if let Err(error) = self.share(throttle, db).await
                && is_due(logged, LOG_INTERVAL)
            {
                logged = Some(Instant::now());
                log::warn!("wrong passwords are counted by this instance alone: {error}");
            }
            let pause = pace.pause(last.elapsed());
            last = Instant::now();
            tokio::time::sleep(pause).await;
        }
    }

    /// Writes the counts that the other instances do not know yet.
    ///
    /// # Errors
    /// As [`Db::note`]; the counts are then written with the next ones.
    pub async fn share(&self, throttle: &Throttle, db: &Db) -> Result<(), Error> {
        let counts = throttle.take_unshared();
        if counts.is_empty() {
            return Ok(());
        }
        let (instance, tallies) = (self.id, tallies(&counts));
        match db.note(move |conn| record(conn, instance, &tallies)).await {
            Ok(()) => {
                throttle.set_shared(&counts);
                Ok(())
            }
            Err(error) => {
                throttle.return_unshared(counts);
                Err(error)
            }
        }
    }

    /// Remembers the places from which users signed in before this process started.
    pub fn remember_places(throttle: &Throttle, names: &NameKey, conn: &mut Conn) -> store::Result<()> {
        let (wall, now) = (clock::now(), Instant::now());
        for place in sign_in_places::latest(conn, MAX_PLACES, wall)? {
            if let Ok(origin) = place.network.parse() {
                throttle.remember(names.hash(&place.user), origin, age(place.last_at, wall), now);
            }
        }
        Ok(())
    }
}

/// Slows down the batches of a flood.
#[derive(Default)]
struct Pace {
    /// The number of batches above the pace of a flood.
    batches: u32,
}

impl Pace {
    /// The pause after a batch; `since_last` is the time since the batch before it.
    fn pause(&mut self, since_last: Duration) -> Duration {
        let earned = u32::try_from(since_last.as_millis() / FLOOD_PAUSE.as_millis()).unwrap_or(BURST);
        self.batches = (self.batches + 1).saturating_sub(earned);
        if self.batches < BURST { PAUSE } else { FLOOD_PAUSE }
    }
}

/// The rows of some counts.
fn tallies(counts: &[Unshared]) -> Vec<Tally> {
    let (wall, now) = (clock::now(), Instant::now());
    let tally = |count: &Unshared, failures| {
        let age = chrono::TimeDelta::from_std(now.saturating_duration_since(count.last_failure)).unwrap_or_default();
        Tally { name: count.name, scope: count.scope.to_string(), failures, last_at: wall - age }
    };
    let mut tallies = Vec::with_capacity(counts.len());
    for count in counts {
        if count.is_after_success {
            tallies.push(tally(count, 0));
        }
        if count.failures > 0 {
            tallies.push(tally(count, count.failures));
        }
    }
    tallies
}

fn age(at: Timestamp, now: Timestamp) -> Duration {
    (now - at).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_writes_a_batch_in_two_seconds_after_the_first_twenty() {
        let mut pace = Pace::default();
        let (mut at, mut last, mut written) = (Duration::ZERO, Duration::ZERO, 0);
        while at < Duration::from_secs(600) {
            written += 1;
            let pause = pace.pause(at - last);
            last = at;
            at += pause;
        }
        assert!((300..=325).contains(&written), "{written}");
        assert_eq!(pace.pause(Duration::from_secs(60)), PAUSE, "after a minute without failures");
    }
}
