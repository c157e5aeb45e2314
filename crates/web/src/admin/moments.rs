//! The meaning of a date, shown while it is typed.

use actix_web::web::Data;

use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Caching, TEXT},
        error::Error,
        query::QueryString,
    },
};

/// GET `/admin/moment?typed=`: the moment with its day of the week, its zone and its distance, or what is wrong with it.
pub async fn show(app: Data<App>, _: Editor, query: QueryString) -> Result<Answer, Error> {
    let zone = app.db.site().await.time_zone;
    let words = clock::describe_moment(query.get("typed"), zone).unwrap_or_else(|why| why);
    Ok(Answer::new(TEXT, words, Caching::Never))
}
