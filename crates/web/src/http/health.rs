//! What an orchestrator asks. Neither answer says anything about pages.

use actix_web::web::Data;

use super::{
    answer::{Answer, Caching, TEXT},
    error::Error,
};
use crate::App;

/// GET `/healthz`: the process lives.
pub async fn live() -> Answer {
    Answer::new(TEXT, "ok\n", Caching::Never)
}

/// GET `/readyz`: the database answers; 503 if it does not.
pub async fn ready(app: Data<App>) -> Result<Answer, Error> {
    app.db.read(|_| Ok(())).await?;
    Ok(Answer::new(TEXT, "ready\n", Caching::Never))
}
