//! Notices that the process was suspended, or that the clock was set: cached values may then be outdated.

use std::{
    sync::{Arc, Weak},
    thread,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use domain::Timestamp;

use super::{generations::MAX_PAUSE, process::Cache};
use crate::clock;

/// The time between two ticks.
const INTERVAL: Duration = Duration::from_millis(50);
/// The largest difference between the two clocks that an ordinary adjustment of the clock causes in one interval.
const MAX_ADJUSTMENT: TimeDelta = TimeDelta::milliseconds(500);
/// The shortest pause that is logged. A busy machine makes shorter ones.
const LONG_PAUSE: Duration = Duration::from_secs(2);

/// Starts the thread of the watchdog, which runs until the cache is dropped.
///
/// # Errors
/// When the system refuses a thread.
pub fn start(cache: &Arc<Cache>) -> std::io::Result<()> {
    let cache = Arc::downgrade(cache);
    thread::Builder::new().name("watchdog".into()).spawn(move || run(&cache)).map(drop)
}

fn run(cache: &Weak<Cache>) {
    let mut last = Moment::now();
    while let Some(cache) = cache.upgrade() {
        let now = Moment::now();
        let generations = cache.generations();
        match now.interruption_since(&last) {
            // The change feed delivers what was missed before its next heartbeat.
            Some(Interruption::Pause(pause)) => {
                generations.require_heartbeat();
                if pause >= LONG_PAUSE {
                    log::warn!("the process did not run for {:.1} seconds", pause.as_secs_f64());
                }
            }
            Some(Interruption::ClockChange { seconds }) => {
                generations.require_heartbeat();
                generations.invalidate_all();
                log::warn!("the clock was set by {seconds:+.1} seconds: everything is read from the database again");
            }
            None => {}
        }
        generations.tick();
        last = now;
        drop(cache);
        thread::sleep(INTERVAL);
    }
}

/// A moment on both clocks. Only the monotonic one is steady; only the other one goes on while the machine sleeps.
struct Moment {
    monotonic: Instant,
    wall: Timestamp,
}

impl Moment {
    fn now() -> Moment {
        Moment { monotonic: Instant::now(), wall: clock::now() }
    }

    /// What happened between two ticks, if anything did.
    fn interruption_since(&self, last: &Moment) -> Option<Interruption> {
        let elapsed = self.monotonic - last.monotonic;
        let clock_change = (self.wall - last.wall) - TimeDelta::from_std(elapsed).unwrap_or(TimeDelta::MAX);
        if clock_change.abs() > MAX_ADJUSTMENT {
            Some(Interruption::ClockChange { seconds: clock_change.as_seconds_f64() })
        } else {
            (elapsed > MAX_PAUSE).then_some(Interruption::Pause(elapsed))
        }
    }
}

#[derive(Debug, PartialEq)]
enum Interruption {
    /// The process did not run for this time.
    Pause(Duration),
    /// The wall clock was set; or the machine slept, which the monotonic clock does not count.
    ClockChange { seconds: f64 },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_and_a_clock_that_was_set_are_interruptions() {
        let last = Moment::now();
        let check = |elapsed_ms: u64, wall_ms: i64, expected: Option<Interruption>| {
            let now = Moment {
                monotonic: last.monotonic + Duration::from_millis(elapsed_ms),
                wall: last.wall + TimeDelta::milliseconds(wall_ms),
            };
            assert_eq!(now.interruption_since(&last), expected, "{elapsed_ms} {wall_ms}");
        };
        let clock_change = |seconds| Some(Interruption::ClockChange { seconds });
        check(100, 100, None);
        check(100, 350, None);
        check(200, 200, None);
        check(3000, 3000, Some(Interruption::Pause(Duration::from_secs(3))));
        check(100, 60_100, clock_change(60.0));
        check(100, -59_900, clock_change(-60.0));
    }
}
