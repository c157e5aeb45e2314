//! Health checks for an orchestrator. Neither answer depends on the content of the site.

use actix_web::web::Data;

use super::{
    answer::{Answer, Caching, TEXT},
    error::Error,
};
use crate::App;

/// GET `/healthz`: 200 while the process runs.
pub async fn live() -> Answer {
    Answer::new(TEXT, "ok\n", Caching::Never)
}

/// GET `/readyz`: 200 if the database answers, else 503.
pub async fn ready(app: Data<App>) -> Result<Answer, Error> {
    app.db.read(|_| Ok(())).await?;
    Ok(Answer::new(TEXT, "ready\n", Caching::Never))
}
