//! Pages of lists.

/// One page of a list.
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

/// One page of a list of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The number of rows of the whole list.
    pub total: u64,
}
