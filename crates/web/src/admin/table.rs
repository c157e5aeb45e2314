//! The state of a list in the panel: search, filters, sorting and paging, read from its address, with links that change one
//! of them and keep the rest.

use actix_web::HttpResponse;
use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::{Timestamp, zone::Zone};
use serde::Serialize;
use store::{Count, Paging, Start, Table, Window};

use crate::http::{
    query::{QueryString, encode},
    responses::see_other,
};

/// The number of rows on a page.
const PAGE_SIZE: u32 = 50;
/// The last page of a long list that has a number; later ones are found by a row.
const LAST_NUMBERED: u32 = Count::MAX / PAGE_SIZE;

/// The state of a list, reduced to the fields that the list has: it can be carried along in addresses and forms.
#[derive(Clone, Debug)]
pub(super) struct State {
    address: String,
    fields: Vec<(&'static str, String)>,
    page: u32,
    /// The word `after` or `before`, and the key of the row after or before which the list begins.
    beyond: Option<(&'static str, i64)>,
}

impl State {
    /// Reads the fields of a list from a query string.
    pub(super) fn read(address: &str, known: &[&'static str], query: &QueryString) -> State {
        let fields = known.iter().map(|name| (*name, query.get(name).trim().chars().take(200).collect()));
        let page = query.get("page").parse().unwrap_or(1);
        let beyond = ["after", "before"].into_iter().find_map(|word| Some((word, query.get(word).parse().ok()?)));
        State { address: address.to_owned(), fields: fields.collect(), page: u32::clamp(page, 1, 100_000), beyond }
    }

    /// The value of a field; empty if it is absent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The page of rows that is shown, of a list whose pages all have numbers.
    pub(super) fn paging(&self) -> Paging {
        Paging { number: self.page, size: PAGE_SIZE }
    }

    /// The rows that are shown.
    pub(super) fn window(&self) -> Window {
        let start = match self.beyond {
            Some(("after", key)) => Start::After(key),
            Some((_, key)) => Start::Before(key),
            None => Start::Number(self.page.min(LAST_NUMBERED)),
        };
        Window { start, size: PAGE_SIZE }
    }

    /// A redirect to the last page with a number, when the requested page is beyond it, and to the first one when there are
    /// no rows beyond a row: rows were deleted, or a filter was set.
    pub(super) fn beyond_the_list<T>(&self, table: &Table<T>) -> Option<HttpResponse> {
        let page = |page| see_other(&self.href(&self.query_of(&self.fields, page)));
        let last = u32::try_from(table.total.counted.div_ceil(u64::from(PAGE_SIZE))).unwrap_or(u32::MAX).max(1);
        match self.beyond {
            Some(_) => table.rows.is_empty().then(|| page(1)),
            None => (self.page > last).then(|| page(last)),
        }
    }

    /// The state as a query string, which a form carries along to return to the same list.
    pub(super) fn back(&self) -> String {
        match self.beyond {
            Some((word, key)) => self.query_beyond(word, key),
            None => self.query_of(&self.fields, self.page),
        }
    }

    fn query_beyond(&self, word: &str, key: i64) -> String {
        let key = key.to_string();
        let mut pairs: Vec<(&str, &str)> = self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        pairs.push((word, &key));
        encode(&pairs)
    }

    fn query_of(&self, fields: &[(&'static str, String)], page: u32) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        pairs.push(("page", &page));
        encode(&pairs)
    }

    fn href(&self, query: &str) -> String {
        if query.is_empty() { self.address.clone() } else { format!("{}?{query}", self.address) }
    }

    /// The address of the list with one field changed, from its first page.
    fn with(&self, name: &str, value: &str) -> String {
        self.href(&self.query_of(&self.changed(name, value), 1))
    }

    /// A filter: `choices` are value, label and count; the empty value is "all". A choice that would list nothing is left out,
    /// unless it is the chosen one.
    pub(super) fn filter(
        &self,
        title: &'static str,
        name: &str,
        choices: Vec<(&str, String, Option<Count>)>,
    ) -> Filter {
        let is_chosen = |value: &str| self.get(name) == value;
        let chosen = choices.iter().find(|(value, ..)| !value.is_empty() && is_chosen(value));
        let chip = chosen.map(|(_, label, _)| Chip { label: format!("{title}: {label}"), href: self.with(name, "") });
        let offered = choices.into_iter().filter(|(value, _, count)| {
            value.is_empty() || is_chosen(value) || !count.is_some_and(|count| count.is_zero())
        });
        let choices = offered.map(|(value, label, count)| Choice {
            href: self.with(name, value),
            label,
            count: count.map(|count| count.to_string()),
            chosen: is_chosen(value),
        });
        Filter { title, choices: choices.collect(), chip }
    }

    /// The filter by the first and the last day, in the fields `from` and `to`.
    pub(super) fn days(&self, title: &'static str) -> Days {
        let chip = |name: &str, word: &str| {
            let day = self.day(name)?;
            Some(Chip { label: format!("{title} {word} {}", day.format("%-d %b %Y")), href: self.with(name, "") })
        };
        let shown = |name: &str| self.day(name).map(|day| day.to_string()).unwrap_or_default();
        Days {
            title,
            from: shown("from"),
            to: shown("to"),
            chips: [chip("from", "from"), chip("to", "to")].into_iter().flatten().collect(),
            keep: self.keep(&["from", "to"]),
        }
    }

    fn day(&self, name: &str) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(self.get(name), "%Y-%m-%d").ok().filter(|day| (1970..=9999).contains(&day.year()))
    }

    /// The first moment of the first day, and the first moment after the last day; `None` for a day that is not set.
    pub(super) fn span(&self, zone: Zone) -> (Option<Timestamp>, Option<Timestamp>) {
        let after = |day: NaiveDate| day.succ_opt().map(|next| zone.midnight(next));
        (self.day("from").map(|day| zone.midnight(day)), self.day("to").and_then(after))
    }

    /// The fields that a form carries along, without some.
    fn keep(&self, but: &[&str]) -> Vec<Kept> {
        let kept = self.fields.iter().filter(|(name, value)| !but.contains(name) && !value.is_empty());
        kept.map(|(name, value)| Kept { name, value: value.clone() }).collect()
    }

    /// The address of the list with all fields empty except some, from its first page.
    pub(super) fn only(&self, kept: &[&str]) -> String {
        self.with_only(kept, "", "")
    }

    /// As [`State::only`], with one field changed.
    pub(super) fn with_only(&self, kept: &[&str], name: &str, value: &str) -> String {
        let mut fields = self.changed(name, value);
        fields.retain(|(name, _)| kept.contains(name));
        self.href(&self.query_of(&fields, 1))
    }

    fn changed(&self, name: &str, value: &str) -> Vec<(&'static str, String)> {
        let change = |(known, old): &(&'static str, String)| {
            (*known, if *known == name { value.to_owned() } else { old.clone() })
        };
        self.fields.iter().map(change).collect()
    }

    /// The column headers: `columns` are the word in the address and the label; `sorted` is the sorted column and whether
    /// it is descending.
    pub(super) fn columns(&self, columns: &[(&'static str, &'static str)], sorted: (&str, bool)) -> Vec<Column> {
        let column = |(word, label): &(&'static str, &'static str)| {
            let ours = sorted.0 == *word;
            let next = if ours && !sorted.1 { format!("-{word}") } else { (*word).to_owned() };
            let sorted = match (ours, sorted.1) {
                (false, _) => "none",
                (true, false) => "ascending",
                (true, true) => "descending",
            };
            Column { label, href: self.with("sort", &next), sorted }
        };
        columns.iter().map(column).collect()
    }

    /// The column in the address and whether it is descending; the default if the list has no such column.
    pub(super) fn sorted<'a>(&self, words: &[&'a str], default: (&'a str, bool)) -> (&'a str, bool) {
        let sort = self.get("sort");
        let descending = sort.starts_with('-');
        let word = sort.trim_start_matches('-');
        words.iter().find(|known| **known == word).map_or(default, |known| (known, descending))
    }

    /// The position in the list, with links to the previous and the next page.
    pub(super) fn pager<T>(&self, table: &Table<T>) -> Pager {
        let Table { rows, total, previous, next } = table;
        let before = u64::from(self.page - 1) * u64::from(PAGE_SIZE);
        let page = |number| self.href(&self.query_of(&self.fields, number));
        let beyond =
            |word, key: &Option<i64>| key.map(|key| self.href(&self.query_beyond(word, key))).unwrap_or_default();
        let position = match (rows.len() as u64, self.beyond) {
            (0, _) => "No".into(),
            (shown, None) => format!("{}–{} of {total}", before + 1, before + shown),
            (shown, Some(_)) => format!("{shown} of {total}"),
        };
        let is_last_number = self.page.is_multiple_of(LAST_NUMBERED) && total.more;
        Pager {
            position,
            previous_href: match self.beyond {
                Some(_) => beyond("before", previous),
                None if self.page > 1 => page(self.page - 1),
                None => String::new(),
            },
            next_href: match (self.beyond, next) {
                (_, None) => String::new(),
                (None, Some(_)) if !is_last_number => page(self.page + 1),
                (_, next) => beyond("after", next),
            },
        }
    }

    /// The parts of the list around its rows.
    pub(super) fn view<T>(&self, table: &Table<T>, columns: Vec<Column>, filters: Vec<Filter>) -> TableView {
        TableView {
            address: self.address.clone(),
            query: self.get("q").to_owned(),
            pager: self.pager(table),
            back: self.back(),
            keep: self.keep(&["q"]),
            columns,
            chips: filters.iter().filter_map(|filter| filter.chip.clone()).collect(),
            filters: filters.into_iter().filter(|filter| filter.choices.len() > 1).collect(),
            days: None,
            clear_href: self.only(&["q", "state", "sort"]),
            reset_href: self.only(&["state", "sort"]),
        }
    }
}

/// The position in a list, such as `1–50 of 1,000+`, and the links to other pages.
#[derive(Serialize)]
pub(super) struct Pager {
    position: String,
    previous_href: String,
    next_href: String,
}

/// The parts of a list around its rows: search, filters, column headers and pager.
#[derive(Serialize)]
pub(super) struct TableView {
    address: String,
    query: String,
    #[serde(flatten)]
    pager: Pager,
    back: String,
    keep: Vec<Kept>,
    columns: Vec<Column>,
    filters: Vec<Filter>,
    days: Option<Days>,
    /// The chosen filters, each with the address of the list without it.
    chips: Vec<Chip>,
    /// The address of the list without filters, and without the search as well.
    clear_href: String,
    reset_href: String,
}

impl TableView {
    /// Adds the filter by days.
    pub(super) fn with_days(mut self, days: Days) -> TableView {
        self.chips.extend(days.chips.iter().cloned());
        self.days = Some(days);
        self
    }
}

#[derive(Serialize)]
struct Kept {
    name: &'static str,
    value: String,
}

/// A chosen filter, which its link removes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Chip {
    label: String,
    href: String,
}

/// The filter by the first and the last day.
#[derive(Serialize)]
pub(super) struct Days {
    title: &'static str,
    from: String,
    to: String,
    #[serde(skip)]
    chips: Vec<Chip>,
    keep: Vec<Kept>,
}

/// A column header.
#[derive(Serialize)]
pub(super) struct Column {
    label: &'static str,
    href: String,
    sorted: &'static str,
}

/// A filter of the list.
#[derive(Serialize)]
pub(super) struct Filter {
    title: &'static str,
    choices: Vec<Choice>,
    #[serde(skip)]
    chip: Option<Chip>,
}

#[derive(Serialize)]
struct Choice {
    label: String,
    href: String,
    count: Option<String>,
    chosen: bool,
}

/// A label with a capital letter.
pub(super) fn capitalized(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The words and labels of the filter by date, each with its first moment in a time zone.
pub(super) fn dates(now: Timestamp, zone: Zone) -> [(&'static str, &'static str, Timestamp); 4] {
    let today = zone.local(now).date();
    let month = today.with_day(1).unwrap_or(today);
    [
        ("today", "Today", zone.midnight(today)),
        ("week", "Past 7 days", zone.midnight(today) - TimeDelta::days(7)),
        ("month", "This month", zone.midnight(month)),
        ("year", "This year", zone.midnight(month.with_month(1).unwrap_or(month))),
    ]
}

/// The first moment that a filter by date allows; `None` for any date.
pub(super) fn since(word: &str, now: Timestamp, zone: Zone) -> Option<Timestamp> {
    dates(now, zone).into_iter().find(|(known, ..)| *known == word).map(|(.., moment)| moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(query: &str) -> State {
        State::read("/admin/pages", &["q", "visibility", "sort"], &QueryString::parse(query))
    }

    #[test]
    fn links_change_one_thing_and_keep_the_rest() {
        let state = state("q=a+b&visibility=private&sort=-title&page=3&evil=1");
        assert_eq!(state.back(), "q=a+b&visibility=private&sort=-title&page=3");
        assert_eq!(state.with("visibility", ""), "/admin/pages?q=a+b&sort=-title");
        assert_eq!(state.sorted(&["title", "path"], ("path", false)), ("title", true));
        let columns = state.columns(&[("title", "Title"), ("path", "Path")], ("title", true));
        assert_eq!((columns[0].sorted, columns[1].sorted), ("descending", "none"));
        assert!(columns[0].href.ends_with("sort=title"), "{}", columns[0].href);
    }

    #[test]
    fn a_page_beyond_the_last_leads_to_the_last() {
        let to = |query: &str, total| {
            let table = Table { rows: Vec::<()>::new(), total: Count::exact(total), previous: None, next: None };
            let response = state(query).beyond_the_list(&table)?;
            Some(response.headers().get("location").unwrap().to_str().unwrap().to_owned())
        };
        assert_eq!(to("page=9&q=a", 51).unwrap(), "/admin/pages?q=a&page=2");
        assert_eq!(to("page=9", 0).unwrap(), "/admin/pages");
        assert_eq!((to("page=2", 51), to("page=1", 0), to("", 500)), (None, None, None));
        assert_eq!(to("q=a&after=7", 51).unwrap(), "/admin/pages?q=a");
    }

    #[test]
    fn the_pages_of_a_long_list_have_numbers_and_then_keys() {
        let pager = |query: &str, total: Count, previous, next| {
            let table = Table { rows: vec![(); 50], total, previous, next };
            let pager = state(query).pager(&table);
            (pager.position, pager.previous_href, pager.next_href)
        };
        let address = |query: &str| format!("/admin/pages?{query}");
        let long = Count { counted: 1_000, more: true };
        let expected = ("1–50 of 1,000+".into(), String::new(), address("q=a&page=2"));
        assert_eq!(pager("q=a", long, None, Some(7)), expected);
        let expected = ("951–1000 of 1,000+".into(), address("page=19"), address("after=7"));
        assert_eq!(pager("page=20", long, Some(6), Some(7)), expected);
        let expected = ("50 of 1,000+".into(), address("before=8"), address("after=9"));
        assert_eq!(pager("after=7", long, Some(8), Some(9)), expected);
        assert_eq!(state("after=7&sort=title").back(), "sort=title&after=7");
        assert_eq!(state("after=7&sort=title").with("q", "b"), "/admin/pages?q=b&sort=title");
    }

    #[test]
    fn chosen_filters_are_chips_and_choices_without_rows_are_left_out() {
        let state = State::read(
            "/admin/pages",
            &["q", "visibility", "from", "to"],
            &QueryString::parse("q=a&visibility=private&from=2026-03-01&to=soon"),
        );
        let choices = |private| {
            let count = |number| Some(Count::exact(number));
            vec![
                ("", "All".to_owned(), count(3)),
                ("private", "Private".into(), count(private)),
                ("x", "X".into(), count(0)),
            ]
        };
        let filter = state.filter("Readers", "visibility", choices(0));
        assert_eq!(filter.choices.len(), 2, "the chosen one stays");
        let chip = filter.chip.unwrap();
        assert_eq!(
            (chip.label.as_str(), chip.href.as_str()),
            ("Readers: Private", "/admin/pages?q=a&from=2026-03-01&to=soon")
        );
        let days = state.days("Published");
        assert_eq!(days.chips.len(), 1);
        assert_eq!(days.chips[0].label, "Published from 1 Mar 2026");
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let (since, before) = state.span(berlin);
        assert_eq!((since.unwrap().to_rfc3339().as_str(), before), ("2026-02-28T23:00:00+00:00", None));
        assert_eq!(state.only(&["q"]), "/admin/pages?q=a");
    }

    #[test]
    fn an_unknown_column_is_the_default_one() {
        assert_eq!(state("sort=password_hash").sorted(&["title"], ("title", false)), ("title", false));
    }
}
