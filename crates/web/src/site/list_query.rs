//! The part of a list that an address asks for: `?older=/clients/acme` shows the pages that follow this one in the list,
//! and `?newer=/clients/acme` those before it.

use domain::page::PagePath;
use store::lists::Position;

use crate::http::query::QueryString;

/// The part of a list that a query string asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListQuery {
    /// The rows at a position.
    At(Position),
    /// No position: the number of a page of an earlier version (`?page=2`), or no path. The list redirects to its
    /// beginning.
    Outdated,
}

impl ListQuery {
    /// The beginning of a list.
    pub const START: ListQuery = ListQuery::At(Position::Newest);

    /// Reads a query string.
    pub fn of(query: &QueryString) -> ListQuery {
        let path = |name| query.get(name).strip_prefix('/').and_then(|path| PagePath::parse(path).ok());
        if query.has("older") {
            path("older").map_or(ListQuery::Outdated, |path| ListQuery::At(Position::OlderThan(path)))
        } else if query.has("newer") {
            path("newer").map_or(ListQuery::Outdated, |path| ListQuery::At(Position::NewerThan(path)))
        } else if query.has("page") {
            ListQuery::Outdated
        } else {
            ListQuery::START
        }
    }

    /// The position; `None` for an outdated query.
    pub fn position(&self) -> Option<&Position> {
        match self {
            ListQuery::At(position) => Some(position),
            ListQuery::Outdated => None,
        }
    }

    /// The address of the rows after a page of the list at an address.
    pub fn older_href(address: &str, than: &PagePath) -> String {
        format!("{address}?older={}", than.href())
    }

    /// The address of the rows before a page of the list at an address.
    pub fn newer_href(address: &str, than: &PagePath) -> String {
        format!("{address}?newer={}", than.href())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_page_of_the_list_or_leads_to_its_beginning() {
        let read = |query: &str| ListQuery::of(&QueryString::parse(query));
        let path = || PagePath::parse("clients/acme").unwrap();
        assert_eq!(read(""), ListQuery::START);
        assert_eq!(read("utm_source=x"), ListQuery::START);
        assert_eq!(read("older=/clients/acme"), ListQuery::At(Position::OlderThan(path())));
        assert_eq!(read("newer=%2Fclients%2Facme"), ListQuery::At(Position::NewerThan(path())));
        for outdated in ["page=2", "page=1", "page=x", "older=", "older=clients/acme", "newer=/A%00", "older=/a//b"] {
            assert_eq!(read(outdated), ListQuery::Outdated, "{outdated}");
        }
        let written = ListQuery::older_href("/", &path());
        assert_eq!(written, "/?older=/clients/acme");
        assert_eq!(read(written.trim_start_matches("/?")), ListQuery::At(Position::OlderThan(path())));
    }
}
