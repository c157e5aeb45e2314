//! App passwords: their names, their lifetimes and their paths.

use chrono::TimeDelta;
use domain::{
    app_password::{AppPassword, AppPasswordContent, AppPasswordId, AppPasswordName, Lifetime, limit},
    page::PagePath,
    password::Password,
};

use crate::now;

#[test]
fn a_name_is_one_line_that_can_be_seen() {
    assert_eq!(AppPasswordName::parse(" nightly backup ").unwrap().as_str(), "nightly backup");
    for wrong in ["", " ", "a\nb", "\u{200b}", &"a".repeat(61)] {
        assert!(AppPasswordName::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_lifetime_is_a_number_of_days_or_none() {
    for (typed, days) in [("30", 30), (" 1 ", 1), ("3650", 3650)] {
        assert_eq!(Lifetime::parse(typed).unwrap().end(now()), Some(now() + TimeDelta::days(days)));
    }
    assert_eq!(Lifetime::parse("none").unwrap().end(now()), None);
    for wrong in ["", "0", "-1", "3651", "1.5", "never"] {
        assert!(Lifetime::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_limit_is_a_path_and_the_root_is_none() {
    assert_eq!(limit("/clients/").unwrap(), Some(PagePath::parse("clients").unwrap()));
    assert_eq!(limit(" ").unwrap(), None);
    assert_eq!(limit("/").unwrap(), None);
    assert!(limit("/No way").is_err());
}

#[test]
fn an_app_password_is_valid_until_it_is_ended_or_its_end_comes() {
    let end = now() + TimeDelta::days(90);
    let content =
        AppPasswordContent { name: AppPasswordName::parse("backup").unwrap(), below: None, ends_at: Some(end) };
    let password = AppPassword { id: AppPasswordId(1), content, made_at: now(), last_used_on: None, ended_at: None };
    assert!(password.is_valid(now()) && password.is_valid(end - TimeDelta::microseconds(1)));
    assert!(!password.is_valid(end));
    assert!(!AppPassword { ended_at: Some(now()), ..password.clone() }.is_valid(now()));
    let content = AppPasswordContent { ends_at: None, ..password.content.clone() };
    assert!(AppPassword { content, ..password }.is_valid(end + TimeDelta::days(3650)));
}

#[test]
fn a_password_says_whether_it_begins_as_app_passwords_do() {
    for (password, begins) in [("ptn_", true), ("ptn_anything", true), ("Ptn_anything", false), ("my ptn_", false)] {
        assert_eq!(Password::parse(password).unwrap().is_app_password(), begins, "{password}");
    }
}
