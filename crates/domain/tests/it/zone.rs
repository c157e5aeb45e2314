//! The site's time zone: local times, and those that clocks skip or show twice.

use domain::{
    page::{PageContent, PageInput},
    zone::Zone,
};

use crate::{at, now, page::content};

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

#[test]
fn a_zone_is_known_by_its_name_in_any_case() {
    assert_eq!(zone(" europe/berlin ").name(), "Europe/Berlin");
    assert_eq!(Zone::default().name(), "UTC");
    for odd in ["", "Berlin", "CEST", "+02:00", "Europe/Berlin\0"] {
        assert!(Zone::parse(odd).unwrap_err().contains("Europe/Berlin"), "{odd:?}");
    }
    assert!(Zone::names().all(|name| zone(name).name() == name));
}

#[test]
fn a_moment_is_typed_and_shown_on_the_clocks_of_the_zone() {
    let check = |name: &str, typed: &str, utc: &str| {
        assert_eq!(zone(name).parse_moment(typed), Ok(Some(at(utc))), "{typed} in {name}");
        assert_eq!(zone(name).typed(at(utc)), typed, "{utc} in {name}");
    };
    check("Europe/Berlin", "2026-03-01T09:30", "2026-03-01T08:30:00Z");
    check("Europe/Berlin", "2026-07-01T09:30", "2026-07-01T07:30:00Z");
    check("America/New_York", "2026-07-01T23:30", "2026-07-02T03:30:00Z");
    check("Asia/Kathmandu", "2026-07-01T05:45", "2026-07-01T00:00:00Z");
    // Seconds are shown where there are some.
    check("Europe/Berlin", "2026-03-01T09:30:05", "2026-03-01T08:30:05Z");
    // An hour that comes twice is told apart by its offset.
    check("Europe/Berlin", "2026-10-25T02:30+02:00", "2026-10-25T00:30:00Z");
    check("Europe/Berlin", "2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z");
}

#[test]
fn an_hour_that_is_skipped_or_comes_twice_is_told_and_not_guessed() {
    let check = |name: &str, typed: &str, what: &str, offsets: [&str; 2]| {
        let message = zone(name).parse_moment(typed).unwrap_err();
        assert!(message.contains(what) && message.contains(name), "{message}");
        for offset in offsets {
            let written = format!("{typed}:00{offset}");
            assert!(message.contains(&written), "{message}");
            assert!(zone(name).parse_moment(&written).is_ok(), "{written}");
        }
    };
    check("Europe/Berlin", "2026-03-29T02:30", "is skipped", ["+01:00", "+02:00"]);
    check("Europe/Berlin", "2026-10-25T02:30", "comes twice", ["+02:00", "+01:00"]);
    check("America/New_York", "2026-03-08T02:00", "is skipped", ["-05:00", "-04:00"]);
    check("Australia/Lord_Howe", "2026-04-05T01:45", "comes twice", ["+11:00", "+10:30"]);
    // A whole day was skipped.
    check("Pacific/Apia", "2011-12-30T12:00", "is skipped", ["-10:00", "+14:00"]);
}

#[test]
fn a_day_begins_when_its_clocks_do() {
    let midnight = |name: &str, date: &str| zone(name).midnight(date.parse().unwrap());
    assert_eq!(midnight("Europe/Berlin", "2026-03-01"), at("2026-02-28T23:00:00Z"));
    // In Beirut clocks go from midnight to one.
    assert_eq!(midnight("Asia/Beirut", "2026-03-29"), at("2026-03-28T22:00:00Z"));
}

#[test]
fn a_date_alone_is_the_first_moment_of_its_day() {
    let check = |name: &str, typed: &str, utc: &str| {
        assert_eq!(zone(name).parse_moment(typed), Ok(Some(at(utc))), "{typed} in {name}");
    };
    check("Europe/Berlin", "2026-03-01", "2026-02-28T23:00:00Z");
    // There is no midnight.
    check("America/Santiago", "2027-09-05", "2027-09-05T04:00:00Z");
    check("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z");
    check("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z");
    // There are two.
    check("Atlantic/Azores", "2026-10-25", "2026-10-25T00:00:00Z");
    // There is no such day: the next one begins.
    check("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z");
    assert!(zone("UTC").parse_moment("1969-12-31").is_err());
}

#[test]
fn a_moment_with_an_offset_needs_no_seconds() {
    for typed in [
        "2026-03-01T09:30Z",
        "2026-03-01T09:30z",
        "2026-03-01T10:30+01:00",
        "2026-03-01T09:30:00Z",
        "2026-03-01 09:30Z",
    ] {
        assert_eq!(zone("Asia/Tokyo").parse_moment(typed), Ok(Some(at("2026-03-01T09:30:00Z"))), "{typed}");
    }
}

#[test]
fn a_page_is_the_same_from_whatever_zone_it_is_typed() {
    let berlin = zone("Europe/Berlin");
    let page = PageContent { unpublish_at: Some(at("2026-10-25T00:30:00Z")), ..content() };
    let typed = PageInput::of(&page, berlin);
    assert_eq!((typed.published.as_str(), typed.unpublish.as_str()), ("2026-03-01T13:00", "2026-10-25T02:30+02:00"));
    assert_eq!(typed.check(now()), Ok(page.clone()));
    let elsewhere = typed.in_zone(zone("Asia/Tokyo"));
    assert_eq!(elsewhere.published, "2026-03-01T21:00");
    assert_eq!(elsewhere.check(now()), Ok(page));
    let odd = PageInput { published: "soon".into(), ..PageInput::default() }.in_zone(berlin);
    assert_eq!((odd.published.as_str(), odd.unpublish.as_str()), ("soon", ""));
}

#[test]
fn a_page_ends_after_it_begins() {
    let ends = |unpublish: &str| {
        let draft = PageInput { unpublish: unpublish.into(), ..PageInput::of(&content(), Zone::default()) };
        draft.check(now()).map(|page| page.unpublish_at).map_err(|invalid| invalid.get("unpublish").map(str::to_owned))
    };
    assert_eq!(ends(""), Ok(None));
    assert_eq!(ends("2026-03-01T12:00:01"), Ok(Some(at("2026-03-01T12:00:01Z"))));
    for early in ["2026-03-01T12:00:00", "2026-02-01"] {
        assert!(ends(early).unwrap_err().unwrap().contains("after the date"), "{early}");
    }
    assert!(ends("later").unwrap_err().is_some());
}
