//! Shares: what a form takes, and when a share opens something.

use chrono::TimeDelta;
use domain::{
    page::{PageId, PagePath},
    share::{LABEL_CHARS, NewShare, OpenLinks, Share, ShareId, ShareInput, Sharers, Shows},
    user::Role,
    zone::Zone,
};

use crate::now;

fn input(label: &str, until: &str, shows: &str) -> ShareInput {
    ShareInput { label: label.into(), until: until.into(), shows: shows.into() }
}

fn berlin() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

#[test]
fn a_link_ends_after_some_days_or_at_the_end_of_a_day() {
    let check = |until: &str| input("Acme review", until, "section").check(PageId(7), berlin(), now());
    let ends_at = now() + TimeDelta::days(7);
    let expected = NewShare { page: PageId(7), label: "Acme review".into(), shows: Shows::Section, ends_at };
    assert_eq!(check(" 7d ").unwrap(), expected);
    let last = berlin().local(now() + TimeDelta::days(2)).date();
    let end = check(&last.to_string()).unwrap().ends_at;
    assert_eq!(end, berlin().midnight(last.succ_opt().unwrap()), "the day is the last one");
    let today = berlin().local(now()).date();
    assert!(check(&today.to_string()).is_ok());
    for wrong in ["", "0d", "367d", "-1d", "7", "soon", "2020-01-01", "9999-12-31"] {
        assert!(check(wrong).unwrap_err().get("until").is_some(), "{wrong}");
    }
}

#[test]
fn a_link_says_for_whom_it_is_and_what_it_shows() {
    let wrong = input(" ", "7d", "everything").check(PageId(7), berlin(), now()).unwrap_err();
    assert!(wrong.get("label").is_some() && wrong.get("shows").is_some(), "{wrong}");
    let long = input(&"x".repeat(LABEL_CHARS + 1), "7d", "page").check(PageId(7), berlin(), now());
    assert!(long.unwrap_err().get("label").is_some());
    for kind in Shows::ALL {
        assert_eq!(Shows::parse(kind.as_str()), Some(kind));
    }
}

#[test]
fn a_share_opens_until_its_end_or_until_somebody_ends_it() {
    let share = Share {
        id: ShareId(1),
        page: PageId(7),
        label: "Acme review".into(),
        shows: Shows::Draft,
        made_at: now(),
        made_by: "eve".into(),
        ends_at: now() + TimeDelta::days(7),
        ended_at: None,
        opened_at: None,
        is_suspended: false,
    };
    let microsecond = TimeDelta::microseconds(1);
    assert!(share.is_open(share.ends_at - microsecond) && !share.is_open(share.ends_at));
    assert_eq!(share.draft(now()).unwrap().page(), PageId(7));
    let ended = Share { ended_at: Some(now()), ..share.clone() };
    assert!(!ended.is_open(now()) && ended.draft(now()).is_none());
    assert_eq!(Share { ended_at: Some(share.ends_at + microsecond), ..share.clone() }.end(), share.ends_at);
    assert!(Share { shows: Shows::Page, ..share.clone() }.draft(now()).is_none());
    assert!(share.is_due(now()));
    let opened = Share { opened_at: Some(now()), ..share };
    assert!(!opened.is_due(now() + TimeDelta::seconds(59)) && opened.is_due(now() + TimeDelta::seconds(60)));
}

#[test]
fn the_site_says_who_may_make_shares() {
    let who = |sharers: Sharers| [Role::Reader, Role::Editor, Role::Admin].map(|role| sharers.include(role));
    assert_eq!(who(Sharers::Editors), [false, true, true]);
    assert_eq!(who(Sharers::Administrators), [false, false, true]);
    assert_eq!(who(Sharers::Nobody), [false, false, false]);
    for choice in Sharers::ALL {
        assert_eq!(Sharers::parse(choice.as_str()), Some(choice));
    }
}

#[test]
fn links_are_counted_in_words_and_those_who_have_them_are_readers() {
    let links =
        |count, section: Option<&str>| OpenLinks { count, section: section.map(|path| PagePath::parse(path).unwrap()) };
    assert_eq!(links(1, None).words(), "1 link opens it");
    assert_eq!(links(2, Some("b")).words(), "2 links to “/b” and its subpages open it");
    assert_eq!(links(1, Some("b")).holders(), "people who have the link to “/b” and its subpages");
    assert_eq!(links(3, None).holders(), "people who have one of 3 links");
}
