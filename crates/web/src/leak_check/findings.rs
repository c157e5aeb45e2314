//! Judges answers: finds what reveals something of a page that their visitor may not read.

use std::collections::HashSet;

use super::{
    client::{Answer, Request},
    clues::{Clues, Kind},
    decoded::Decoded,
};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leak {
    /// A clue, in a header field or in the body.
    Clue(Kind, Place),
    /// The page or the file was given out, with this status.
    Opened(u16),
    /// The answer differs from that for an address that was made up.
    Differs,
    /// A refusal has the tag of a version.
    Tagged,
}

/// Where a clue is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The header field with a name.
    Header(String),
    /// The body.
    Body,
}

impl Leak {
    /// What was found, for the report.
    pub(super) fn words(&self) -> String {
        match self {
            Leak::Clue(kind, Place::Body) => format!("{} in the body", kind.words()),
            Leak::Clue(kind, Place::Header(name)) => format!("{} in the header {name}", kind.words()),
            Leak::Opened(status) => format!("opened with status {status}"),
            Leak::Differs => "told apart from an address that was made up".into(),
            Leak::Tagged => "an ETag in a refusal".into(),
        }
    }
}

/// The answer that an address has to give a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// Anything that reveals nothing.
    Anything,
    /// A refusal, or a redirect that every address gets. It is about the closed page with this number.
    Refusal(usize),
}

/// A clue that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// The number of the closed page.
    pub(super) closed: usize,
    /// What was found.
    pub(super) leak: Leak,
}

/// Judges the answer to a request of the visitor with a number.
pub(super) fn judge(
    clues: &Clues,
    visitor: usize,
    request: &Request,
    expect: Expect,
    answer: &Answer,
    base_url: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Expect::Refusal(closed) = expect {
        let is_opened = matches!(answer.status, 200..=299 | 304);
        if is_opened {
            findings.push(Finding { closed, leak: Leak::Opened(answer.status) });
        } else if answer.status >= 400 && !answer.header("etag").is_empty() {
            findings.push(Finding { closed, leak: Leak::Tagged });
        }
    }
    // An answer may repeat what the visitor sent.
    let sent = Decoded::of_plain(&request.target, base_url);
    let sent_words: HashSet<&String> = sent.words.iter().flatten().collect();
    let sent_text = decoded_target(&request.target);
    let mut look = |text: &Decoded, place: &Place| {
        for clue in clues.find(text).filter(|clue| !clue.known_to.contain(visitor)) {
            let is_sent = match clue.kind {
                Kind::Path | Kind::File => clue.text.iter().all(|text| sent_text.contains(text.as_str())),
                Kind::Title | Kind::Summary | Kind::Text => clue.text.iter().all(|word| sent_words.contains(word)),
            };
            let finding = Finding { closed: clue.closed, leak: Leak::Clue(clue.kind, place.clone()) };
            if !is_sent && !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    };
    for (name, value) in &answer.headers {
        look(&Decoded::of_plain(value, base_url), &Place::Header(name.clone()));
    }
    look(&Decoded::of(&answer.body, base_url), &Place::Body);
    findings
}

/// A target in lower case, followed by its decoded paths.
fn decoded_target(target: &str) -> String {
    let paths = Decoded::of_plain(target, "").paths;
    paths.into_iter().fold(target.to_lowercase(), |text, path| format!("{text} {}", path.to_lowercase()))
}

/// The parts of an answer by which somebody can tell it from another one: the status, the header fields and the words of the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comparable {
    status: u16,
    headers: Vec<(String, Vec<String>)>,
    words: Vec<String>,
}

/// An answer as somebody sees it who compares two of them: without the moment, the number of the request, and the words of both
/// addresses.
pub(super) fn comparable(answer: &Answer, addresses: [&str; 2]) -> Comparable {
    const CHANGING: [&str; 3] = ["date", "x-request-id", "content-length"];
    let sent: HashSet<String> =
        addresses.iter().flat_map(|address| Decoded::of_plain(address, "").words.concat()).collect();
    let without = |text: Decoded| {
        let [words, _] = text.words;
        words.into_iter().filter(|word| !sent.contains(word)).collect::<Vec<_>>()
    };
    let headers = answer.headers.iter().filter(|(name, _)| !CHANGING.contains(&name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.clone(), without(Decoded::of_plain(value, "")))).collect();
    headers.sort();
    Comparable { status: answer.status, headers, words: without(Decoded::of(&answer.body, "")) }
}

#[cfg(test)]
mod tests {
    use domain::{page::PagePath, search::folded};

    use super::*;
    use crate::leak_check::closed::Closed;

    fn clues() -> Clues {
        let paths = vec![PagePath::parse("clients/acme").unwrap()];
        Clues::of(&[Closed {
            title: folded("Offer for Acme"),
            text: folded("We buy the whole company in March."),
            paths,
            files: vec!["plan.jpg".into()],
            ..Closed::default()
        }])
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status, headers, body: body.into() }
    }

    fn found(target: &str, expect: Expect, answer: &Answer) -> Vec<Leak> {
        let request = Request::get(target);
        let findings = judge(&clues(), 0, &request, expect, answer, "http://site.test");
        findings.into_iter().map(|finding| finding.leak).collect()
    }

    #[test]
    fn clues_are_found_in_bodies_and_in_header_fields() {
        let header = |name: &str| Place::Header(name.into());
        let leaking = answer(
            200,
            &[("link", "</clients/acme>; rel=prev"), ("content-disposition", "inline; filename=plan.jpg")],
            "<meta property=\"og:title\" content=\"Offer for Acme\"> buy the whole company",
        );
        let leaks = found("/", Expect::Anything, &leaking);
        for leak in [
            Leak::Clue(Kind::Path, header("link")),
            Leak::Clue(Kind::File, header("content-disposition")),
            Leak::Clue(Kind::Title, Place::Body),
            Leak::Clue(Kind::Text, Place::Body),
        ] {
            assert!(leaks.contains(&leak), "{leak:?}: {leaks:?}");
        }
        assert!(found("/", Expect::Anything, &answer(200, &[], "Nothing of it.")).is_empty());
    }

    #[test]
    fn what_a_visitor_sent_is_no_news() {
        let echo = answer(200, &[], "Offer for Acme: nothing found. <a href=\"/login?next=/clients/acme/plan.jpg\">");
        assert!(found("/search?q=Offer+for%20Acme&x=%2Fclients%2Facme%2Fplan.jpg", Expect::Anything, &echo).is_empty());
        let leaks = found("/search?q=Offer+for+Acme", Expect::Anything, &echo);
        assert_eq!(leaks, [Leak::Clue(Kind::Path, Place::Body), Leak::Clue(Kind::File, Place::Body)]);
    }

    #[test]
    fn a_refusal_opens_nothing_and_has_no_tag() {
        for (status, headers, leaks) in [
            (200, &[][..], vec![Leak::Opened(200)]),
            (206, &[], vec![Leak::Opened(206)]),
            (304, &[], vec![Leak::Opened(304)]),
            (401, &[("etag", "\"x\"")], vec![Leak::Tagged]),
            (404, &[], vec![]),
            (308, &[("location", "/x")], vec![]),
        ] {
            assert_eq!(found("/x", Expect::Refusal(0), &answer(status, headers, "")), leaks, "{status}");
        }
    }

    #[test]
    fn answers_differ_in_more_than_the_address_that_they_repeat() {
        let refusal = |path: &str, more: &str| {
            let body = format!("<a href=\"/login?next=%2Fclients%2F{path}\">Sign in for a page</a>{more}");
            comparable(&answer(401, &[("date", path)], &body), ["/clients/a", "/clients/wxyz"])
        };
        assert_eq!(refusal("a", ""), refusal("wxyz", ""));
        assert_ne!(refusal("a", "<p>There is more</p>"), refusal("wxyz", ""));
    }
}
