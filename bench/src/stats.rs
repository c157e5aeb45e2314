//! Statistics of measurements: percentiles, medians, counts of statuses.

use std::{collections::BTreeMap, time::Duration};

/// The latencies and the statuses of many requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// The latency of each answered request, in microseconds.
    pub micros: Vec<f64>,
    /// The number of responses with each status; 0 counts requests without a response.
    pub statuses: BTreeMap<u16, usize>,
}

impl Tally {
    /// Counts one request.
    pub(crate) fn add(&mut self, status: u16, took: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        self.micros.push(took.as_secs_f64() * 1e6);
    }

    /// A percentile in milliseconds.
    pub(crate) fn millis(&self, percent: f64) -> f64 {
        percentile(&self.micros, percent) / 1e3
    }

    /// The number of requests with a status other than 200.
    pub(crate) fn not_ok(&self) -> usize {
        self.statuses.iter().filter(|(status, _)| **status != 200).map(|(_, count)| count).sum()
    }

    /// The number of requests.
    pub(crate) fn count(&self) -> usize {
        self.micros.len()
    }

    /// The counts as text: `200: 312, 429: 4`.
    pub(crate) fn describe(&self) -> String {
        let each = self.statuses.iter().map(|(status, count)| match status {
            0 => format!("no answer: {count}"),
            status => format!("{status}: {count}"),
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

/// The value that `percent` of the values do not exceed; NaN if there are none.
pub(crate) fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).or(sorted.last()).copied().unwrap_or(f64::NAN)
}

/// The middle value, or the mean of the two middle ones; NaN if there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => (sorted[count / 2 - 1] + sorted[count / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!((percentile(&values, 50.0), percentile(&values, 99.0)), (100.0, 198.0));
        assert_eq!((percentile(&values, 100.0), percentile(&[7.0], 99.0)), (200.0, 7.0));
        assert!(percentile(&[], 99.0).is_nan());
    }

    #[test]
    fn the_median_of_two_is_between_them() {
        assert_eq!((median(&[3.0, 1.0]), median(&[9.0, 1.0, 2.0])), (2.0, 2.0));
        assert!(median(&[]).is_nan());
    }
}
