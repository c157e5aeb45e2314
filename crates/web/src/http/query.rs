//! Query strings, parsed leniently: a malformed one must not turn a 401 into a 400.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use store::Paging;

use super::error::Error;

/// The fields of a query string, in order; empty for a malformed one.
#[derive(Clone, Debug, Default)]
pub struct QueryString(Vec<(String, String)>);

impl QueryString {
    /// Parses the part after the question mark.
    pub fn parse(query: &str) -> QueryString {
        let mut fields: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
        // No field needs control characters, and PostgreSQL rejects NUL.
        fields.iter_mut().for_each(|(_, value)| value.retain(|c| !c.is_control()));
        QueryString(fields)
    }

    /// The query string of a request.
    pub fn of(request: &HttpRequest) -> QueryString {
        QueryString::parse(request.query_string())
    }

    /// Whether a field was sent, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The first value of a field; empty if it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl FromRequest for QueryString {
    type Error = Error;
    type Future = Ready<Result<QueryString, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(QueryString::of(request)))
    }
}

/// Encodes fields as a query string, without empty ones.
pub fn encode(fields: &[(&str, &str)]) -> String {
    let filled: Vec<_> = fields.iter().filter(|(_, value)| !value.is_empty()).collect();
    // Encoding pairs of strings cannot fail.
    serde_html_form::to_string(filled).unwrap_or_default()
}

/// The number of rows on one page of a list.
pub const PAGE_SIZE: u32 = 20;
/// The last page of results: a search ranks at most 400 pages.
const MAX_PAGE: u32 = 21;

/// The requested page of the results of a search (`?page=2`); the first one if the value is not a number.
pub fn paging(query: &QueryString) -> Paging {
    let number = query.get("page").parse().unwrap_or(1);
    Paging { number: number.clamp(1, MAX_PAGE), size: PAGE_SIZE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_counts_and_malformed_queries_are_empty() {
        let query = QueryString::parse("next=%2Fa&next=/b&q=a+b%26c");
        assert_eq!((query.get("next"), query.get("q"), query.get("page")), ("/a", "a b&c", ""));
        assert_eq!(QueryString::parse("%ff=%zz&&=").get("x"), "");
        assert_eq!(QueryString::parse("q=a%00b%0d%0a").get("q"), "ab");
        assert_eq!(encode(&[("q", "a b&c"), ("page", "")]), "q=a+b%26c");
    }
}
