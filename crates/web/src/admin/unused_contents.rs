//! Deletes the bytes of files that no page has any more, and those of uploads that were not completed.

use std::time::Duration;

use actix_web::web::Data;
use store::writing::contents;

use crate::{App, clock};

/// The time after the start of the server until the first sweep.
const FIRST: Duration = Duration::from_secs(60);
/// The interval of the sweeps.
const INTERVAL: Duration = Duration::from_secs(3600);
/// The pause between two transactions of a sweep, for other writers.
const PAUSE: Duration = Duration::from_millis(100);

/// Sweeps about once an hour; runs until the server stops. Several instances may sweep: the second one finds nothing.
pub async fn sweep_periodically(app: Data<App>) {
    tokio::time::sleep(FIRST).await;
    loop {
        sweep(&app).await;
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Starts a sweep now, in the background: an administrator who deletes a file for good may need its space.
pub(super) fn sweep_soon(app: &Data<App>) {
    let app = app.clone();
    actix_web::rt::spawn(async move { sweep(&app).await });
}

async fn sweep(app: &App) {
    let mut swept = 0;
    loop {
        match app.db.write(|conn| contents::sweep(conn, clock::now())).await {
            Ok(step) => {
                swept += step.contents;
                if step.is_done {
                    break;
                }
            }
            Err(error) => {
                log::error!("could not delete the bytes of unused files: {error}");
                break;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    if swept > 0 {
        log::info!("deleted the bytes of {swept} unused files");
    }
}
