//! Byte ranges of a request (RFC 9110 section 14).

use std::ops::Range;

use actix_web::http::header::{self, HeaderMap};

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Requested {
    /// Everything: there is no range, or one that is ignored.
    Whole,
    /// One range of bytes, never empty.
    Part(Range<u64>),
    /// A range that begins beyond the end.
    Unsatisfiable,
}

/// The bytes that a GET asks for of a file with this ETag and length. Several ranges, a malformed one and one for another
/// version of the file (`If-Range`, compared strongly) get everything, as RFC 9110 allows.
pub(super) fn requested(headers: &HeaderMap, etag: &str, length: u64) -> Requested {
    let mut lines = headers.get_all(header::RANGE);
    let (Some(line), None) = (lines.next(), lines.next()) else { return Requested::Whole };
    if headers.get_all(header::IF_RANGE).any(|value| value.as_bytes() != etag.as_bytes()) {
        return Requested::Whole;
    }
    line.to_str().map_or(Requested::Whole, |line| parse(line, length))
}

fn parse(line: &str, length: u64) -> Requested {
    let Some((unit, range)) = line.split_once('=') else { return Requested::Whole };
    let Some((first, last)) = range.trim().split_once('-').filter(|_| unit.trim().eq_ignore_ascii_case("bytes")) else {
        return Requested::Whole;
    };
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(first) || !is_number(last) {
        return Requested::Whole;
    }
    // More digits than a number has are a number beyond every end.
    let number = |digits: &str| digits.parse::<u64>().unwrap_or(u64::MAX);
    let range = match (first.is_empty(), last.is_empty()) {
        (true, true) => return Requested::Whole,
        (true, false) => length.saturating_sub(number(last))..length,
        (false, true) => number(first)..length,
        (false, false) if number(last) < number(first) => return Requested::Whole,
        (false, false) => number(first)..number(last).saturating_add(1).min(length),
    };
    if range.is_empty() { Requested::Unsatisfiable } else { Requested::Part(range) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn one_range_is_served_and_nonsense_is_ignored() {
        for (line, expected) in [
            ("bytes=0-1", Requested::Part(0..2)),
            ("bytes=0-0", Requested::Part(0..1)),
            ("bytes=2-", Requested::Part(2..10)),
            ("bytes=-3", Requested::Part(7..10)),
            ("bytes=-100", Requested::Part(0..10)),
            ("bytes=5-100", Requested::Part(5..10)),
            ("Bytes=5-5", Requested::Part(5..6)),
            ("bytes=9-9", Requested::Part(9..10)),
            ("bytes=10-", Requested::Unsatisfiable),
            ("bytes=10-20", Requested::Unsatisfiable),
            ("bytes=-0", Requested::Unsatisfiable),
            ("bytes=99999999999999999999999-", Requested::Unsatisfiable),
            ("bytes=0-99999999999999999999999", Requested::Part(0..10)),
            ("bytes=5-4", Requested::Whole),
            ("bytes=", Requested::Whole),
            ("bytes", Requested::Whole),
            ("bytes=-", Requested::Whole),
            ("bytes=0-1,3-4", Requested::Whole),
            ("bytes=a-b", Requested::Whole),
            ("bytes=+1-2", Requested::Whole),
            ("bytes=0x1-2", Requested::Whole),
            ("bytes=1 - 2", Requested::Whole),
            ("lines=0-1", Requested::Whole),
            ("", Requested::Whole),
        ] {
            assert_eq!(parse(line, 10), expected, "{line}");
        }
        assert_eq!(parse("bytes=0-", 0), Requested::Unsatisfiable);
    }

    #[test]
    fn a_range_of_another_version_or_two_ranges_get_everything() {
        let requested = |fields: &[(&'static str, &str)]| {
            let request = fields.iter().fold(TestRequest::default(), |request, field| request.append_header(*field));
            requested(request.to_http_request().headers(), "\"a\"", 10)
        };
        let range = ("range", "bytes=0-1");
        assert_eq!(requested(&[range]), Requested::Part(0..2));
        assert_eq!(requested(&[range, ("if-range", "\"a\"")]), Requested::Part(0..2));
        for other in ["\"b\"", "W/\"a\"", "Mon, 30 Nov 2026 09:00:00 GMT"] {
            assert_eq!(requested(&[range, ("if-range", other)]), Requested::Whole, "{other}");
        }
        assert_eq!(requested(&[range, range]), Requested::Whole);
        assert_eq!(requested(&[]), Requested::Whole);
    }
}
