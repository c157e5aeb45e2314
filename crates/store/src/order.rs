//! The order of a list of the panel, and its pages by key: the rows after a row are a range of the index that has the order.

use crate::{
    Result,
    paging::{Count, Start, Table, Window},
};

/// The columns by which a list is sorted, as SQL expressions, each with whether it descends; the last one is unique. An index
/// has the same columns in the same directions, or all in the opposite ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// The table, and the column of its key.
    pub table: &'static str,
    pub key: &'static str,
    pub columns: &'static [(&'static str, bool)],
    /// Whether the order is the opposite one.
    pub reversed: bool,
}

impl Order {
    fn clause(self, backwards: bool) -> String {
        let column = |(column, descends): &(&str, bool)| {
            let direction = if *descends == (self.reversed == backwards) { "DESC" } else { "ASC" };
            format!("{column} {direction}")
        };
        self.columns.iter().map(column).collect::<Vec<_>>().join(", ")
    }

    /// The rows beyond the row with a key, as ranges from the nearest to the farthest: those that differ in the last column
    /// alone, and so on. One condition with OR would not be a range for either database.
    fn ranges(self, key: i64, backwards: bool) -> Vec<String> {
        let Order { table, key: id, columns, .. } = self;
        let value = |column: &str| format!("(SELECT {column} FROM {table} WHERE {id} = {key})");
        let range = |last: usize| {
            let same = columns[..last].iter().map(|(column, _)| format!("{column} = {} AND ", value(column)));
            let (column, descends) = columns[last];
            let beyond = if descends == (self.reversed == backwards) { "<" } else { ">" };
            format!("{}{column} {beyond} {}", same.collect::<String>(), value(column))
        };
        (0..columns.len()).rev().map(range).collect()
    }

    /// The rows of a window. `load` returns at most a number of rows from an offset on, in an order, of those that match a
    /// condition.
    pub(crate) fn table<R>(
        self,
        window: Window,
        total: Count,
        key: impl Fn(&R) -> i64,
        mut load: impl FnMut(&str, &str, i64, i64) -> Result<Vec<R>>,
    ) -> Result<Table<R>> {
        let size = window.size as usize;
        let limit = i64::from(window.size) + 1;
        let (from, backwards) = match window.start {
            Start::Number(number) => {
                let offset = i64::from(number.saturating_sub(1)) * i64::from(window.size);
                let mut rows = load("1 = 1", &self.clause(false), limit, offset)?;
                let more = rows.len() > size;
                rows.truncate(size);
                let previous = rows.first().map(&key).filter(|_| offset > 0);
                return Ok(Table { total, previous, next: rows.last().map(&key).filter(|_| more), rows });
            }
            Start::After(key) => (key, false),
            Start::Before(key) => (key, true),
        };
        let clause = self.clause(backwards);
        let mut rows = Vec::new();
        for range in self.ranges(from, backwards) {
            let left = limit - rows.len() as i64;
            if left > 0 {
                rows.extend(load(&range, &clause, left, 0)?);
            }
        }
        let more = rows.len() > size;
        rows.truncate(size);
        if backwards {
            rows.reverse();
        }
        let (first, last) = (rows.first().map(&key), rows.last().map(&key));
        Ok(Table {
            rows,
            total,
            previous: first.filter(|_| more || !backwards),
            next: last.filter(|_| more || backwards),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_beyond_a_row_are_ranges_from_the_nearest_on() {
        let order =
            Order { table: "pages", key: "id", columns: &[("updated_at", true), ("path", false)], reversed: false };
        assert_eq!(order.clause(false), "updated_at DESC, path ASC");
        assert_eq!(order.clause(true), "updated_at ASC, path DESC");
        let opposite = Order { reversed: true, ..order };
        assert_eq!(opposite.clause(false), "updated_at ASC, path DESC");
        let value = |column: &str| format!("(SELECT {column} FROM pages WHERE id = 7)");
        let (updated, path) = (value("updated_at"), value("path"));
        assert_eq!(
            order.ranges(7, false),
            [format!("updated_at = {updated} AND path > {path}"), format!("updated_at < {updated}")]
        );
        assert_eq!(opposite.ranges(7, false), order.ranges(7, true));
        assert_eq!(order.ranges(7, true)[1], format!("updated_at > {updated}"));
    }
}
