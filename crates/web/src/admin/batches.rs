//! Background work that is done in batches for as long as the server runs.

use std::time::Duration;

use crate::http::error::Error;

/// The pace at which batches are run.
pub(super) struct Pace {
    /// The pause between two batches, so that others can write.
    pub between_batches: Duration,
    /// The interval at which new work is looked for.
    pub poll_interval: Duration,
}

/// Runs batches until the server stops; `batch` returns whether others are left. No request waits for them, and a batch
/// that fails is tried again.
pub(super) async fn run(name: &str, pace: Pace, mut batch: impl AsyncFnMut() -> Result<bool, Error>) {
    loop {
        let pause = match batch().await {
            Ok(true) => pace.between_batches,
            Ok(false) => pace.poll_interval,
            Err(error) => {
                log::debug!("{name}: a batch failed: {error}");
                pace.poll_interval
            }
        };
        tokio::time::sleep(pause).await;
    }
}
