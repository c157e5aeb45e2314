//! Health checks for an orchestrator. Neither answer depends on the content of the site.

use std::sync::atomic::Ordering::Relaxed;

use actix_web::{http::StatusCode, web::Data};

use store::Outage;

use super::{
    answer::{Answer, Caching, TEXT},
    error::Error,
};
use crate::App;

/// GET `/healthz`: 200 while the process runs.
pub async fn live() -> Answer {
    Answer::new(TEXT, "ok\n", Caching::Never)
}

/// GET `/readyz`: 200 if requests are answered correctly, otherwise 503 with the reason. The log says more: a reason
/// names no file and no host, because everybody may ask.
pub async fn ready(app: Data<App>) -> Answer {
    match obstacle(&app).await {
        None => Answer::new(TEXT, "ready\n", Caching::Never),
        Some(reason) => Answer::new(TEXT, format!("not ready: {reason}\n"), Caching::Never)
            .with_status(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn obstacle(app: &App) -> Option<&'static str> {
    if app.is_draining.load(Relaxed) {
        return Some("the server is stopping");
    }
    match app.db.read(store::is_up_to_date).await {
        Ok(true) => {}
        Ok(false) => return Some("the schema of the database is not up to date"),
        Err(Error::Internal(_)) => return Some("the schema of the database cannot be read"),
        Err(_) => return Some("the database does not answer"),
    }
    if !app.db.cache().generations().is_fresh() {
        return Some("changes of the database do not arrive");
    }
    match app.db.store().write_refusal() {
        None => None,
        // The operator wants it, and started the server with this option.
        Some(_) if app.options.is_read_only => None,
        Some(Outage::Full) => Some("the disk of the database is full"),
        Some(_) => Some("the database cannot be written"),
    }
}
