//! Runs wrk and parses its output.

use std::{process::Command, time::Duration};

use crate::{
    client::{Login, Place},
    process::run,
};

/// The measurements of wrk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured {
    /// The number of requests per second.
    pub rate: f64,
    /// The median latency, in milliseconds.
    pub p50: f64,
    /// The latency that 1 % of the requests exceed, in milliseconds.
    pub p99: f64,
    /// The number of responses other than 2xx and 3xx, and of requests without a response.
    pub failed: u64,
}

/// Requests a page from a number of connections for a time.
pub(crate) fn measure(
    place: &Place,
    login: Option<&Login>,
    connections: usize,
    time: Duration,
) -> Result<Measured, String> {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "--latency", "--timeout", "20s"]);
    wrk.arg(format!("-c{connections}")).arg(format!("-d{}s", time.as_secs()));
    if let Some(login) = login {
        wrk.args(["-H", &login.0]);
    }
    wrk.arg(place.url());
    parse(&run(wrk, b"")?).ok_or_else(|| "wrk said nothing that can be read".into())
}

fn parse(text: &str) -> Option<Measured> {
    let after = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    let mut failed = after("Non-2xx or 3xx responses:").and_then(|count| count.parse().ok()).unwrap_or(0);
    if let Some(errors) = after("Socket errors:") {
        // wrk counts a server that closes after each response under "read", though the response arrived.
        let kinds = errors.split(", ").filter(|kind| !kind.starts_with("read"));
        failed += kinds.filter_map(|kind| kind.rsplit(' ').next()?.parse::<u64>().ok()).sum::<u64>();
    }
    Some(Measured {
        rate: after("Requests/sec:")?.parse().ok()?,
        p50: millis(after("50%")?)?,
        p99: millis(after("99%")?)?,
        failed,
    })
}

/// Parses a time of wrk, such as `1.50ms`, `812.00us`, `1.02s` or `1.10m`, as milliseconds.
fn millis(text: &str) -> Option<f64> {
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 6e4)];
    let (number, factor) = units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_prints_is_read() {
        let text = "Running 1s test @ http://127.0.0.1:1/\n  1 threads and 4 connections\n  Latency Distribution\n     \
                    50%  331.00us\n     75%    1.00ms\n     99%    1.02s \n  12 requests in 1.00s, 48.00KB read\n  \
                    Socket errors: connect 0, read 7, write 1, timeout 2\n  Non-2xx or 3xx responses: 3\n\
                    Requests/sec:     12.50\nTransfer/sec:     48.00KB\n";
        assert_eq!(parse(text), Some(Measured { rate: 12.5, p50: 0.331, p99: 1020.0, failed: 6 }));
        assert_eq!(parse("unable to connect"), None);
    }
}
