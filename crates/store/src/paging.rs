//! Pages of lists.

use std::fmt;

/// One page of a list, by its number. Only the first 1,000 rows of a long list have numbers: a page that is deep in a list
/// would cost as much as all rows before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The number of the page, from 1.
    pub number: u32,
    /// The number of rows on a page.
    pub size: u32,
}

impl Paging {
    pub(crate) fn offset(self) -> i64 {
        i64::from(self.number.saturating_sub(1)) * i64::from(self.size)
    }

    pub(crate) fn limit(self) -> i64 {
        i64::from(self.size)
    }
}

/// The rows of a list that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where they are.
    pub start: Start,
    /// The most rows.
    pub size: u32,
}

/// A place in a list of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The page with a number, from 1.
    Number(u32),
    /// After the row with a key.
    After(i64),
    /// Before the row with a key.
    Before(i64),
}

impl From<Paging> for Window {
    fn from(paging: Paging) -> Window {
        Window { start: Start::Number(paging.number), size: paging.size }
    }
}

/// One page of a list for readers. The rows of the whole list are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether another page follows.
    pub more: bool,
}

impl<T> Slice<T> {
    /// From up to one row more than fits on the page.
    pub(crate) fn of(mut rows: Vec<T>, paging: Paging) -> Slice<T> {
        let size = paging.size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        Slice { rows, more }
    }
}

/// A number of rows; those of a long list are counted up to 1,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The number of rows that were counted.
    pub counted: u64,
    /// Whether there are, or may be, more.
    pub more: bool,
}

impl Count {
    /// The number up to which rows are counted.
    pub const MAX: u32 = 1_000;

    /// The most rows that are asked for to make a count.
    pub(crate) const LIMIT: i64 = Count::MAX as i64 + 1;

    /// All of `counted` rows.
    pub fn exact(counted: u64) -> Count {
        Count { counted, more: false }
    }

    /// From the number of rows that were found when at most `MAX + 1` were asked for.
    pub(crate) fn of_found(found: usize) -> Count {
        let max = u64::from(Count::MAX);
        Count { counted: (found as u64).min(max), more: found as u64 > max }
    }

    /// The rows of two lists, which share none.
    #[must_use]
    pub fn plus(self, other: Count) -> Count {
        let (counted, max) = (self.counted + other.counted, u64::from(Count::MAX));
        Count { counted: counted.min(max), more: self.more || other.more || counted > max }
    }

    /// Whether there is no row.
    pub fn is_zero(self) -> bool {
        self == Count::default()
    }
}

/// `37`, or `1,000+` where there are more.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.counted.to_string();
        for (n, digit) in digits.chars().enumerate() {
            if n > 0 && (digits.len() - n).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(if self.more { "+" } else { "" })
    }
}

impl PartialEq<u64> for Count {
    fn eq(&self, other: &u64) -> bool {
        *self == Count::exact(*other)
    }
}

/// One page of a list of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The number of rows of the whole list.
    pub total: Count,
    /// The key of the first row, if others precede it.
    pub previous: Option<i64>,
    /// The key of the last row, if others follow it.
    pub next: Option<i64>,
}

impl<T> Table<T> {
    pub(crate) fn map<U>(self, row: impl FnMut(T) -> Option<U>) -> Table<U> {
        let Table { rows, total, previous, next } = self;
        Table { rows: rows.into_iter().filter_map(row).collect(), total, previous, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_says_whether_there_are_more() {
        let text = |found| Count::of_found(found).to_string();
        assert_eq!([0, 37, 999, 1000, 1001].map(text), ["0", "37", "999", "1,000", "1,000+"]);
        assert_eq!(Count::exact(1_234_567).to_string(), "1,234,567");
        assert!(Count::of_found(5) == 5 && Count::of_found(1001) != 1000);
        assert_eq!(Count::exact(3).plus(Count::exact(4)), Count::exact(7));
        assert_eq!(Count::exact(600).plus(Count::exact(500)).to_string(), "1,000+");
    }
}
