//! The menu of the site and its front page, which administrators edit in the panel.

use serde::Serialize;

use crate::{
    Version,
    invalid::Invalid,
    page::{PageId, PagePath},
    text,
};

/// The most entries in the menu, and the most below one of them.
pub const MAX_ENTRIES: usize = 9;
/// The most characters in a label.
pub const LABEL_CHARS: usize = 60;
/// The most bytes in an address.
const ADDRESS_BYTES: usize = 500;

/// Where an entry of the menu leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page of this site. The entry follows it when it moves.
    Page(PageId),
    /// An address that begins with `https://`.
    Address(String),
}

/// An entry of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The label; if it is empty, the menu shows the title of the page.
    pub label: String,
    /// Where the entry leads.
    pub target: Target,
}

/// An entry at the top of the menu, with those below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The entry itself.
    pub entry: Entry,
    /// The entries below it, at most [`MAX_ENTRIES`].
    pub below: Vec<Entry>,
}

/// The content of the front page where no page has the path `/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Front {
    /// The list of all pages, newest first.
    #[default]
    List,
    /// A card for each top section.
    Cards,
    /// A page, which keeps its own path and its own readers.
    Page(PageId),
}

impl Front {
    /// The word in the database and in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Front::List => "list",
            Front::Cards => "cards",
            Front::Page(_) => "page",
        }
    }
}

/// The menu and the front page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Navigation {
    /// The version, which grows by 1 with each save.
    pub version: Version,
    /// The content of the front page.
    pub front: Front,
    /// The menu, at most [`MAX_ENTRIES`] entries.
    pub menu: Vec<Branch>,
}

impl Navigation {
    /// The keys of all pages that it names.
    pub fn pages(&self) -> Vec<PageId> {
        let entries = self.menu.iter().flat_map(|branch| std::iter::once(&branch.entry).chain(&branch.below));
        let targets = entries.filter_map(|entry| match entry.target {
            Target::Page(page) => Some(page),
            Target::Address(_) => None,
        });
        let front = match self.front {
            Front::Page(page) => Some(page),
            Front::List | Front::Cards => None,
        };
        targets.chain(front).collect()
    }
}

/// A row of the form, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowInput {
    /// The number by which the rows are sorted, as typed; a row without one comes last.
    pub number: String,
    /// Whether the entry belongs below the one before it.
    pub is_below: bool,
    /// The path of a page, or an address that begins with `https://`. A row without a target is no entry.
    pub target: String,
    /// The label as typed.
    pub label: String,
}

/// The form, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavigationInput {
    /// `list`, `cards` or `page`.
    pub front: String,
    /// The path of the front page as typed.
    pub front_page: String,
    /// The rows of the menu.
    pub rows: Vec<RowInput>,
}

impl NavigationInput {
    /// The paths of all pages that the form names, as far as they are valid.
    pub fn paths(&self) -> Vec<PagePath> {
        let targets = self.rows.iter().map(|row| row.target.as_str()).filter(|target| !is_address(target));
        let typed = targets.chain([self.front_page.as_str()]).filter(|typed| !typed.trim().is_empty());
        typed.filter_map(|typed| PagePath::typed(typed).ok()).collect()
    }

    /// Checks all fields; `known` has the pages at [`NavigationInput::paths`].
    ///
    /// # Errors
    /// [`Invalid`] with messages for `menu`, `front` and `front_page`.
    pub fn check(&self, known: &[(PagePath, PageId)], version: Version) -> Result<Navigation, Invalid> {
        let mut invalid = Invalid::default();
        let menu = invalid.take("menu", self.check_menu(known));
        let front = match self.front.as_str() {
            "list" => Some(Front::List),
            "cards" => Some(Front::Cards),
            "page" => invalid.take("front_page", page_at(&self.front_page, known).map(Front::Page)),
            _ => invalid.take("front", Err("Choose what the front page shows.".to_owned())),
        };
        match (menu, front) {
            (Some(menu), Some(front)) => Ok(Navigation { version, front, menu }),
            _ => Err(invalid),
        }
    }

    fn check_menu(&self, known: &[(PagePath, PageId)]) -> Result<Vec<Branch>, String> {
        let mut rows = Vec::new();
        for (n, row) in self.rows.iter().enumerate().filter(|(_, row)| !row.target.trim().is_empty()) {
            let entry = row.check(known).map_err(|message| format!("Entry {}: {message}", n + 1))?;
            rows.push((n, row.sort_key().map_err(|message| format!("Entry {}: {message}", n + 1))?, row, entry));
        }
        rows.sort_by_key(|(_, number, ..)| *number);
        let mut menu: Vec<Branch> = Vec::new();
        for (n, _, row, entry) in rows {
            match (row.is_below, menu.last_mut()) {
                (false, _) => menu.push(Branch { entry, below: Vec::new() }),
                (true, None) => return Err(format!("Entry {}: There is no entry before it.", n + 1)),
                (true, Some(branch)) if branch.below.len() == MAX_ENTRIES => {
                    return Err(format!("Entry {}: At most {MAX_ENTRIES} entries below one.", n + 1));
                }
                (true, Some(branch)) => branch.below.push(entry),
            }
        }
        match menu.len() {
            0..=MAX_ENTRIES => Ok(menu),
            many => Err(format!("The menu has at most {MAX_ENTRIES} entries; these are {many}.")),
        }
    }
}

impl RowInput {
    fn check(&self, known: &[(PagePath, PageId)]) -> Result<Entry, String> {
        let label = text::label(&self.label, LABEL_CHARS)?;
        if !is_address(&self.target) {
            return Ok(Entry { label, target: Target::Page(page_at(&self.target, known)?) });
        }
        let address = check_address(self.target.trim())?;
        if label.is_empty() {
            return Err("An address needs a label.".into());
        }
        Ok(Entry { label, target: Target::Address(address) })
    }

    fn sort_key(&self) -> Result<u32, String> {
        match self.number.trim() {
            "" => Ok(u32::MAX),
            number => number.parse().map_err(|_| "The order is a whole number, such as 10.".to_owned()),
        }
    }
}

/// Whether a target is typed as an address and not as the path of a page.
fn is_address(target: &str) -> bool {
    target.contains(':') || target.trim().starts_with("//")
}

fn check_address(address: &str) -> Result<String, String> {
    let host = address.strip_prefix("https://").unwrap_or_default();
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\'));
    let is_named = host.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'[');
    match is_plain && is_named && address.len() <= ADDRESS_BYTES {
        true => Ok(address.to_owned()),
        false => Err("Write the path of a page, such as /about, or an address that begins with https://.".into()),
    }
}

fn page_at(typed: &str, known: &[(PagePath, PageId)]) -> Result<PageId, String> {
    if typed.trim().is_empty() {
        return Err("Write the path of a page.".into());
    }
    let path = PagePath::typed(typed)?;
    let page = known.iter().find(|(known, _)| *known == path).map(|(_, page)| *page);
    page.ok_or_else(|| format!("There is no page at {path}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: &str, is_below: bool, target: &str, label: &str) -> RowInput {
        RowInput { number: number.into(), is_below, target: target.into(), label: label.into() }
    }

    fn check(rows: Vec<RowInput>) -> Result<Vec<Branch>, Invalid> {
        let input = NavigationInput { front: "list".into(), front_page: String::new(), rows };
        let known: Vec<(PagePath, PageId)> =
            ["a", "b", "c/d"].iter().zip(1..).map(|(path, id)| (PagePath::parse(path).unwrap(), PageId(id))).collect();
        input.check(&known, Version::FIRST).map(|navigation| navigation.menu)
    }

    fn page(label: &str, id: i64) -> Entry {
        Entry { label: label.into(), target: Target::Page(PageId(id)) }
    }

    #[test]
    fn rows_are_sorted_by_number_and_belong_below_the_entry_before_them() {
        let menu = check(vec![
            row("", false, "/c/d", ""),
            row("20", true, "b", " Two "),
            row("10", false, "/a/", "One"),
            row("5", false, " ", "no target, no entry"),
            row("30", true, "https://example.org/x?y=z#w", "Elsewhere"),
        ]);
        let address =
            Entry { label: "Elsewhere".into(), target: Target::Address("https://example.org/x?y=z#w".into()) };
        let first = Branch { entry: page("One", 1), below: vec![page("Two", 2), address] };
        assert_eq!(menu.unwrap(), [first, Branch { entry: page("", 3), below: Vec::new() }]);
    }

    #[test]
    fn a_row_that_cannot_be_an_entry_is_named() {
        let refused = |rows: Vec<RowInput>, words: &str| {
            let invalid = check(rows).unwrap_err();
            assert!(invalid.get("menu").unwrap().contains(words), "{invalid}");
        };
        refused(vec![row("", false, "/a", ""), row("", false, "/nope", "")], "Entry 2: There is no page at /nope.");
        refused(vec![row("", true, "/a", "")], "no entry before it");
        refused(vec![row("x", false, "/a", "")], "whole number");
        refused(vec![row("", false, "https://example.org", "")], "needs a label");
        refused(vec![row("", false, "/a", &"x".repeat(61))], "At most 60");
        for target in
            ["http://example.org", "javascript:alert(1)", "//evil.test", "https://", "https:///x", "https://a b"]
        {
            refused(vec![row("", false, target, "x")], "https://");
        }
        refused(vec![row("", false, "/a", ""); 10], "at most 9 entries");
        let mut many = vec![row("", true, "/b", ""); 11];
        many[0].is_below = false;
        refused(many, "At most 9 entries below one");
    }

    #[test]
    fn the_front_page_is_a_list_cards_or_a_page() {
        let check = |front: &str, front_page: &str| {
            let input = NavigationInput { front: front.into(), front_page: front_page.into(), rows: Vec::new() };
            let known = [(PagePath::parse("a").unwrap(), PageId(1))];
            input.check(&known, Version::FIRST).map(|navigation| navigation.front)
        };
        assert_eq!(check("list", "/nope"), Ok(Front::List));
        assert_eq!(check("cards", ""), Ok(Front::Cards));
        assert_eq!(check("page", "/a"), Ok(Front::Page(PageId(1))));
        for (front, path, field) in [("page", "/b", "front_page"), ("page", "", "front_page"), ("x", "/a", "front")] {
            assert!(check(front, path).unwrap_err().get(field).is_some());
        }
    }
}
