//! `?plain`: a page without the site's own style sheet, which may have made it unreadable.

use actix_web::HttpRequest;

use crate::http::{
    answer::{Answer, Outcome},
    query::QueryString,
    sheets,
};

/// The answer, without the site's own style sheet if the address asks for that.
pub fn of(request: &HttpRequest, answer: Answer) -> Answer {
    // Nearly every address has no query.
    if request.query_string().is_empty() { answer } else { if_asked(&QueryString::of(request), answer) }
}

/// As [`of`], for the query of an address.
pub fn if_asked(query: &QueryString, answer: Answer) -> Answer {
    if !query.has("plain") {
        return answer;
    }
    sheets::without_own(&answer).unwrap_or(answer)
}

/// As [`of`], for a page or a redirect.
pub fn outcome(request: &HttpRequest, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Page(answer) => Outcome::Page(of(request, answer)),
        redirect => redirect,
    }
}
