//! The access table of the product, as a table.

use chrono::TimeDelta;
use domain::{
    access::{Access, Admin, Editor, Listing, Member, Visitor, decide, listing, may_administer, may_edit},
    page::{PageContent, Visibility},
    user::{Role, UserId, Username},
};

use crate::{now, page::content};

fn visitor(who: &str) -> Visitor {
    match Role::parse(who) {
        Ok(role) => Visitor::SignedIn(Member { id: UserId(1), name: Username::parse("ann").unwrap(), role }),
        Err(_) => Visitor::Anonymous,
    }
}

fn page(visibility: Visibility, future: bool, show_title: bool) -> PageContent {
    let published_at = if future { now() + TimeDelta::microseconds(1) } else { now() };
    PageContent { visibility, show_title, published_at, ..content() }
}

const VISITORS: [&str; 4] = ["anonymous", "reader", "editor", "admin"];

#[test]
fn who_may_see_a_page_and_who_may_not() {
    use Access::{Absent, Challenge, Show};
    use Visibility::{Private, Public};
    let table = [
        // Page                   anonymous  reader  editor  admin
        ((Public, false), [Show, Show, Show, Show]),
        ((Private, false), [Challenge, Show, Show, Show]),
        ((Public, true), [Absent, Absent, Show, Show]),
        ((Private, true), [Absent, Absent, Show, Show]),
    ];
    for ((visibility, future), row) in table {
        for (who, expected) in VISITORS.into_iter().zip(row) {
            for show_title in [false, true] {
                let page = page(visibility, future, show_title);
                assert_eq!(decide(&page, &visitor(who), now()), expected, "{who}: {visibility:?}, future: {future}");
            }
        }
    }
}

#[test]
fn t44_what_stands_in_a_list_and_what_does_not() {
    use Listing::{Hidden, Locked, Open};
    use Visibility::{Private, Public};
    let table = [
        // Page                          anonymous  reader  editor  admin
        ((Public, false, false), [Open, Open, Open, Open]),
        ((Public, false, true), [Open, Open, Open, Open]),
        ((Private, false, false), [Hidden, Open, Open, Open]),
        ((Private, false, true), [Locked, Open, Open, Open]),
        ((Public, true, false), [Hidden, Hidden, Hidden, Hidden]),
        ((Public, true, true), [Hidden, Hidden, Hidden, Hidden]),
        ((Private, true, false), [Hidden, Hidden, Hidden, Hidden]),
        ((Private, true, true), [Hidden, Hidden, Hidden, Hidden]),
    ];
    for ((visibility, future, show_title), row) in table {
        let page = page(visibility, future, show_title);
        for (who, expected) in VISITORS.into_iter().zip(row) {
            assert_eq!(listing(&page, &visitor(who), now()), expected, "{who}: {visibility:?}, {future}, {show_title}");
        }
    }
}

#[test]
fn t43_a_page_appears_at_its_date_and_not_before() {
    let page = content();
    let microsecond = TimeDelta::microseconds(1);
    assert_eq!(decide(&page, &Visitor::Anonymous, page.published_at - microsecond), Access::Absent);
    assert_eq!(decide(&page, &Visitor::Anonymous, page.published_at), Access::Show);
}

#[test]
fn t43_a_page_ends_at_its_end_and_not_before() {
    let end = now() + TimeDelta::days(1);
    let last = end - TimeDelta::microseconds(1);
    for visibility in [Visibility::Public, Visibility::Private] {
        let page = PageContent { unpublish_at: Some(end), ..page(visibility, false, true) };
        for who in ["anonymous", "reader"] {
            assert_ne!(decide(&page, &visitor(who), last), Access::Absent, "{who}");
            assert_eq!(decide(&page, &visitor(who), end), Access::Absent, "{who}");
        }
        for who in VISITORS {
            assert_ne!(listing(&page, &visitor(who), last), Listing::Hidden, "{who}");
            assert_eq!(listing(&page, &visitor(who), end), Listing::Hidden, "{who}");
        }
        assert_eq!(decide(&page, &visitor("editor"), end), Access::Show);
    }
}

#[test]
fn who_edits_and_who_administers() {
    for (who, edits, administers) in
        [("anonymous", false, false), ("reader", false, false), ("editor", true, false), ("admin", true, true)]
    {
        let visitor = visitor(who);
        assert_eq!(visitor.may_edit(), edits, "{who}");
        assert_eq!(Editor::of(&visitor).is_some(), edits, "{who}");
        assert_eq!(Editor::of(&visitor).is_some_and(|editor| editor.is_admin()), administers, "{who}");
        assert_eq!(Admin::of(&visitor).is_some(), administers, "{who}");
    }
    for (role, edits, administers) in
        [(Role::Reader, false, false), (Role::Editor, true, false), (Role::Admin, true, true)]
    {
        assert_eq!((may_edit(role), may_administer(role)), (edits, administers), "{role:?}");
    }
}

#[test]
fn a_proof_names_who_acts() {
    assert_eq!(Editor::of(&visitor("editor")).unwrap().actor(), "ann");
    let admin = Admin::of(&visitor("admin")).unwrap();
    assert_eq!((admin.actor(), admin.editor().actor()), ("ann", "ann"));
    assert!(admin.editor().is_admin());
    assert_eq!(Admin::command_line().actor(), "command line");
    // A space cannot stand in a name, so nobody can call themselves that.
    assert!(Username::parse("command line").is_err());
}

#[test]
fn only_who_is_signed_in_is_a_member() {
    assert_eq!(Visitor::Anonymous.member(), None);
    assert_eq!(visitor("reader").member().map(|member| member.role), Some(Role::Reader));
}
