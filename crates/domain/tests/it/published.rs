//! The date of publication as people and commands write it.

use domain::zone::Zone;

use crate::at;

#[track_caller]
fn check(typed: &str, expected: Option<&str>) {
    assert_eq!(Zone::default().parse_moment(typed).ok(), expected.map(at).map(Some), "{typed:?}");
}

#[test]
fn an_empty_date_is_none() {
    assert_eq!(Zone::default().parse_moment(""), Ok(None));
    assert_eq!(Zone::default().parse_moment("  "), Ok(None));
}

#[test]
fn a_date_is_read_in_utc() {
    check("2026-03-01", Some("2026-03-01T00:00:00Z"));
    check(" 2026-03-01 ", Some("2026-03-01T00:00:00Z"));
    check("2026-03-01T09:30", Some("2026-03-01T09:30:00Z"));
    check("2026-03-01 09:30", Some("2026-03-01T09:30:00Z"));
    check("2026-03-01T09:30:15", Some("2026-03-01T09:30:15Z"));
    check("2026-03-01 09:30:15.25", Some("2026-03-01T09:30:15.25Z"));
    check("2026-03-01T09:30:00Z", Some("2026-03-01T09:30:00Z"));
    check("2026-03-01T09:30+02:00", Some("2026-03-01T07:30:00Z"));
    check("2026-03-01T09:30:00+02:00", Some("2026-03-01T07:30:00Z"));
    check("2024-02-29", Some("2024-02-29T00:00:00Z"));
}

#[test]
fn what_is_no_date_is_refused() {
    for typed in [
        "tomorrow",
        "2026",
        "2026-13-01",
        "2026-02-29",
        "2026-02-30",
        "01.03.2026",
        "2026-03-01T25:00",
        "2026-03-01T09:60",
        "2026-03-01 09",
        "2026-03-01x",
        "2026-03-01T09:30+02:00x",
        "\u{0}",
        "２０２６-03-01",
    ] {
        check(typed, None);
    }
}

#[test]
fn a_year_is_from_1970_to_9999() {
    check("1970-01-01", Some("1970-01-01T00:00:00Z"));
    check("9999-12-31T23:59:59", Some("9999-12-31T23:59:59Z"));
    for typed in
        ["1969-12-31", "0000-01-01", "-2026-03-01", "+10000-01-01", "1970-01-01T00:00:00+01:00", "262000-01-01"]
    {
        check(typed, None);
    }
    assert!(Zone::default().parse_moment("1969-12-31").unwrap_err().contains("1970 to 9999; this is 1969"));
}

#[test]
fn a_moment_is_as_precise_as_both_databases_are() {
    check("2026-03-01T09:30:15.123456789", Some("2026-03-01T09:30:15.123456Z"));
    // A leap second is a moment that neither database can keep; it is the second after it.
    check("2026-06-30T23:59:60Z", Some("2026-07-01T00:00:00Z"));
    check("9999-12-31T23:59:60Z", None);
}
