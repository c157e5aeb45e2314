//! Keeps the full-text index current after changes by SQL and after an upgrade, in the background.

use std::time::{Duration, Instant};

use actix_web::web::Data;
use store::writing::search;

use super::batches::{self, Pace};
use crate::{App, http::error::Error, markdown};

/// How often changed texts are read.
const PACE: Pace = Pace { between_batches: Duration::from_millis(20), poll_interval: Duration::from_secs(1) };
/// The minimum time between two log lines while a large import is read.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// Adds texts that SQL inserted or changed, or that an upgrade left, to the full-text index; runs until the server
/// stops. Commands read the texts of the pages that they save themselves, and no request waits for this task.
pub async fn read_changed_texts(app: Data<App>) {
    let mut reported = Instant::now();
    let batch = async || {
        let is_behind = read_some(&app).await?;
        if is_behind && reported.elapsed() >= REPORT_INTERVAL {
            log::info!("texts that SQL wrote are being read for the search; it does not find all of them yet");
            reported = Instant::now();
        }
        Ok(is_behind)
    };
    batches::run("changed texts for the search", PACE, batch).await;
}

/// Reads one batch of changed texts; returns whether others are left.
async fn read_some(app: &App) -> Result<bool, Error> {
    match app.db.read(store::search::is_behind).await? {
        false => Ok(false),
        true => app.db.write(|conn| search::catch_up(conn, markdown::plain)).await,
    }
}
