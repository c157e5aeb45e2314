//! The text format of Prometheus, version 0.0.4.

use std::fmt::{Display, Write};

/// The media type of the format.
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A text with metrics.
#[derive(Default)]
pub(super) struct Exposition(String);

/// A metric whose samples are added to the text.
pub(super) struct Metric<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Exposition {
    /// Begins a metric that goes up and down. `help` has no line break and no backslash.
    pub(super) fn gauge(&mut self, name: &'static str, help: &str) -> Metric<'_> {
        self.metric(name, "gauge", help)
    }

    /// Begins a metric that only goes up. `help` has no line break and no backslash.
    pub(super) fn counter(&mut self, name: &'static str, help: &str) -> Metric<'_> {
        self.metric(name, "counter", help)
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn metric(&mut self, name: &'static str, kind: &str, help: &str) -> Metric<'_> {
        let _infallible = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Metric { text: &mut self.0, name }
    }
}

impl Metric<'_> {
    /// Adds the only sample.
    pub(super) fn value(&mut self, value: u64) {
        self.sample("", value);
    }

    /// Adds the only sample, a time in seconds.
    pub(super) fn seconds(&mut self, seconds: f64) {
        match seconds.is_finite() {
            true => self.sample("", format_args!("{seconds:.3}")),
            false => self.sample("", "+Inf"),
        }
    }

    /// Adds a sample with a label, whose value needs no escape.
    pub(super) fn labelled(&mut self, label: &str, content: &str, value: u64) {
        self.sample(&format!("{{{label}=\"{content}\"}}"), value);
    }

    fn sample(&mut self, labels: &str, value: impl Display) {
        let _infallible = writeln!(self.text, "{}{labels} {value}", self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_has_a_help_a_type_and_its_samples() {
        let mut out = Exposition::default();
        let mut shares = out.gauge("shares", "By share.");
        shares.labelled("share", "jobs", 2);
        shares.labelled("share", "panel", 0);
        out.counter("all_total", "All.").value(u64::MAX);
        out.gauge("age_seconds", "Age.").seconds(0.25);
        out.gauge("never_seconds", "Never.").seconds(f64::INFINITY);
        let expected = "# HELP shares By share.\n# TYPE shares gauge\nshares{share=\"jobs\"} 2\nshares{share=\"panel\"} 0\n\
                        # HELP all_total All.\n# TYPE all_total counter\nall_total 18446744073709551615\n\
                        # HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds 0.250\n\
                        # HELP never_seconds Never.\n# TYPE never_seconds gauge\nnever_seconds +Inf\n";
        assert_eq!(out.finish(), expected);
    }
}
