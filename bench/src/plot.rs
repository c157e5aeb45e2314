//! The plot: public and private requests per second of every server, on a logarithmic scale.

use std::fmt::Write;

use crate::report::{Bar, number};

const LEFT: f64 = 250.0;
const WIDTH: f64 = 480.0;
const ROW: f64 = 46.0;
const TOP: f64 = 60.0;

/// The plot as SVG, readable on light and dark backgrounds.
pub(crate) fn svg(bars: &[Bar]) -> String {
    let highest = bars.iter().map(|bar| bar.public.max(bar.private)).fold(10.0, f64::max).log10().ceil();
    let height = TOP + ROW * bars.len() as f64 + 40.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <title>Requests in a second of a page of 4 KB, public and private, on a logarithmic scale</title>\n\
         <style>text {{ fill: #333 }} .grid {{ stroke: #8886 }} .public {{ fill: #9aa8b8 }} .private {{ fill: #b4531f }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} .private {{ fill: #e58b55 }} }}</style>\n\
         <rect class=\"public\" x=\"{LEFT}\" y=\"12\" width=\"12\" height=\"12\"/>\
         <text x=\"{}\" y=\"23\">public page, requests/s</text>\n\
         <rect class=\"private\" x=\"{}\" y=\"12\" width=\"12\" height=\"12\"/>\
         <text x=\"{}\" y=\"23\">private page, right password</text>\n",
        LEFT + 18.0,
        LEFT + 230.0,
        LEFT + 248.0,
    );
    let scale = |value: f64| value.max(1.0).log10() / highest * WIDTH;
    for power in 0..=highest as i32 {
        let x = LEFT + f64::from(power) / highest * WIDTH;
        let bottom = height - 30.0;
        let _ = writeln!(
            text,
            "<path class=\"grid\" d=\"M{x:.0} {:.0}V{bottom:.0}\"/><text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\" \
             font-size=\"12\">{}</text>",
            TOP - 12.0,
            height - 12.0,
            grouped(10f64.powi(power)),
        );
    }
    for (row, bar) in bars.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        let _ = writeln!(
            text,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            LEFT - 10.0,
            y + 20.0,
            escape(&bar.name)
        );
        for (class, value, y) in [("public", bar.public, y), ("private", bar.private, y + 16.0)] {
            if !value.is_finite() {
                continue;
            }
            let _ = writeln!(
                text,
                "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y:.0}\" width=\"{:.1}\" height=\"14\"/>\
                 <text x=\"{:.1}\" y=\"{:.0}\" font-size=\"12\">{}</text>",
                scale(value),
                LEFT + scale(value) + 6.0,
                y + 11.5,
                grouped(value),
            );
        }
    }
    text.push_str("</svg>\n");
    text
}

/// The number with commas, such as 12,345; below 1,000 with decimals.
pub(crate) fn grouped(value: f64) -> String {
    if !(value >= 1000.0 && value.is_finite()) {
        return number(value).trim_end_matches(".00").to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            ["1", "999", "1,000", "1,234,567"],
            [1.0, 999.0, 1000.0, 1_234_567.0].map(grouped).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn a_server_without_a_private_page_has_one_bar() {
        let svg = svg(&[Bar { name: "a & b".into(), public: 10.0, private: f64::NAN }]);
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(svg.contains("a &amp; b"));
    }
}
