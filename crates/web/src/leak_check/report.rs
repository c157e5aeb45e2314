//! The report of a run, for people.

use std::fmt::Write;

/// The maximum number of leaks of a surface that are written out.
const MAX_SHOWN: usize = 12;

/// The scope of a run.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The address of the site.
    pub base_url: String,
    /// The number of all pages.
    pub pages: usize,
    /// The closed pages that are looked for, and all of them: private pages, drafts, deleted pages.
    pub closed: [(usize, usize); 3],
    /// The pages that everybody may read and that are fetched, and all of them.
    pub open: (usize, usize),
    /// The visitors, with the number of closed pages that each may not read.
    pub visitors: Vec<(&'static str, usize)>,
    /// The visitors that are missing, with the reason.
    pub left_out: Vec<String>,
    /// The closed pages without words that distinguish them from what everybody may know.
    pub without_words: Vec<String>,
    /// The number of accounts that an earlier run left, and that were removed.
    pub removed: usize,
}

/// A leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaked {
    /// The visitor.
    pub visitor: &'static str,
    /// The method and the address.
    pub address: String,
    /// The page, by its key and its path.
    pub page: String,
    /// What was found.
    pub what: String,
}

/// What was found on one surface.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The surface.
    pub surface: &'static str,
    /// The number of requests.
    pub requests: usize,
    /// The number of closed pages that were looked for in their answers.
    pub pages: usize,
    /// The leaks.
    pub leaks: Vec<Leaked>,
    /// The addresses without an answer, with the reason.
    pub unanswered: Vec<String>,
}

impl Scope {
    /// The lines before the table.
    pub fn introduction(&self) -> String {
        let mut text = String::new();
        let [private, drafts, deleted] = self.closed;
        let of = |(some, all): (usize, usize)| {
            if some == all { grouped(all) } else { format!("{} of {}", grouped(some), grouped(all)) }
        };
        let mut line = |label: &str, words: String| {
            let _infallible = writeln!(text, "{label:<12}{words}");
        };
        line("site", self.base_url.clone());
        line("pages", grouped(self.pages));
        line(
            "looked for",
            format!("{} private or unpublished, {} drafts, {} in the trash", of(private), of(drafts), of(deleted)),
        );
        line("fetched", format!("{} that everybody may read, and the addresses of those looked for", of(self.open)));
        if self.removed > 0 {
            line("removed", format!("accounts that an earlier run left: {}", self.removed));
        }
        if !self.without_words.is_empty() {
            let some: Vec<&str> = self.without_words.iter().take(5).map(String::as_str).collect();
            let more = self.without_words.len() - some.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            line("no words", format!("of their own, so that only paths and statuses tell: {}{more}", some.join(", ")));
        }
        let _infallible = writeln!(text, "\n{:<40}{:>14}", "visitor", "may not read");
        for (visitor, count) in &self.visitors {
            let _infallible = writeln!(text, "{visitor:<40}{:>14}", grouped(*count));
        }
        for why in &self.left_out {
            let _infallible = writeln!(text, "not there: {why}");
        }
        let _infallible = writeln!(text, "\n{:<26}{:>10}{:>8}   result", "surface", "requests", "pages");
        text
    }
}

impl Line {
    /// The line of the table, with one line for each leak below it.
    pub fn text(&self) -> String {
        let result = match (self.leaks.len(), self.unanswered.len()) {
            (0, 0) => "nothing leaked".to_owned(),
            (0, some) => format!("nothing leaked, {some} without an answer"),
            (1, _) => "1 LEAK".to_owned(),
            (some, _) => format!("{some} LEAKS"),
        };
        let (requests, pages) = (grouped(self.requests), grouped(self.pages));
        let mut text = format!("{:<26}{requests:>10}{pages:>8}   {result}\n", self.surface);
        for leak in self.leaks.iter().take(MAX_SHOWN) {
            let Leaked { visitor, address, page, what } = leak;
            let _infallible = writeln!(text, "  {address}\n      as {visitor}: {page}: {what}");
        }
        if self.leaks.len() > MAX_SHOWN {
            let _infallible = writeln!(text, "  and {} more", self.leaks.len() - MAX_SHOWN);
        }
        for unanswered in self.unanswered.iter().take(3) {
            let _infallible = writeln!(text, "  {unanswered}");
        }
        text
    }
}

/// A number with commas: `12,345`.
pub fn grouped(number: usize) -> String {
    store::Count::exact(number as u64).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_and_names_each_leak() {
        let leak = Leaked {
            visitor: "nobody",
            address: "GET /feed.xml".into(),
            page: "page 12 (/clients/acme)".into(),
            what: "its title in the body".into(),
        };
        let line = Line { surface: "feeds", requests: 1234, pages: 5, ..Line::default() };
        assert_eq!(line.text(), "feeds                          1,234       5   nothing leaked\n");
        let leaking = Line { leaks: vec![leak.clone()], ..line.clone() };
        assert_eq!(
            leaking.text(),
            "feeds                          1,234       5   1 LEAK\n  GET /feed.xml\n      as nobody: page 12 \
             (/clients/acme): its title in the body\n"
        );
        let many = Line { leaks: vec![leak; MAX_SHOWN + 3], unanswered: vec!["GET /x: status 503".into()], ..line };
        assert!(many.text().contains("15 LEAKS") && many.text().contains("and 3 more"), "{}", many.text());
    }

    #[test]
    fn the_introduction_says_what_was_sampled() {
        let scope = Scope {
            base_url: "http://site.test".into(),
            pages: 12_345,
            closed: [(200, 5000), (3, 3), (0, 0)],
            open: (200, 7345),
            visitors: vec![("nobody", 203)],
            ..Scope::default()
        };
        let text = scope.introduction();
        assert!(text.contains("looked for  200 of 5,000 private or unpublished, 3 drafts, 0 in the trash"), "{text}");
        assert!(text.contains("nobody                                             203"), "{text}");
    }
}
