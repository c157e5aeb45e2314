//! The access table of the product, as a table of Rust.

use chrono::TimeDelta;
use domain::{
    Version,
    access::{Access, Admin, Editor, Holder, Listing, Member, Program, Visitor, decide, listing},
    audience::Readers,
    group::GroupId,
    page::{Page, PageContent, PageId, PagePath},
    user::{Role, UserId, Username},
};

use crate::{now, page::content};

fn visitor(who: &str) -> Visitor {
    match Role::parse(who) {
        Ok(role) => Visitor::SignedIn(member(role)),
        Err(_) => Visitor::Anonymous,
    }
}

fn member(role: Role) -> Member {
    Member { id: UserId(1), name: Username::parse("ann").unwrap(), role, groups: vec![GroupId(7)] }
}

fn page(readers: &Readers, future: bool, show_title: bool) -> Page {
    let published_at = if future { now() + TimeDelta::microseconds(1) } else { now() };
    Page {
        id: PageId(1),
        content: PageContent { show_title, published_at, ..content() },
        readers: readers.clone(),
        governor: readers.is_private().then_some(PageId(1)),
        created_at: now(),
        updated_at: now(),
        version: Version::FIRST,
    }
}

fn chosen(people: &[i64], groups: &[i64]) -> Readers {
    Readers::Chosen {
        people: people.iter().copied().map(UserId).collect(),
        groups: groups.iter().copied().map(GroupId).collect(),
    }
}

const VISITORS: [&str; 4] = ["anonymous", "reader", "editor", "admin"];

#[test]
fn who_may_see_a_page_and_who_may_not() {
    use Access::{Absent, Challenge, Refuse, Show};
    use Readers::{Everybody, SignedIn};
    let table = [
        // Readers             future  anonymous  reader  editor  admin
        (Everybody, false, [Show, Show, Show, Show]),
        (SignedIn, false, [Challenge, Show, Show, Show]),
        (chosen(&[1], &[]), false, [Challenge, Show, Show, Show]),
        (chosen(&[2], &[7]), false, [Challenge, Show, Show, Show]),
        (chosen(&[2], &[8]), false, [Challenge, Refuse, Show, Show]),
        (chosen(&[], &[]), false, [Challenge, Refuse, Show, Show]),
        (Everybody, true, [Absent, Absent, Show, Show]),
        (SignedIn, true, [Absent, Absent, Show, Show]),
        (chosen(&[1], &[]), true, [Absent, Absent, Show, Show]),
        (chosen(&[2], &[]), true, [Absent, Absent, Show, Show]),
    ];
    for (readers, future, row) in table {
        for (who, expected) in VISITORS.into_iter().zip(row) {
            for show_title in [false, true] {
                let page = page(&readers, future, show_title);
                assert_eq!(decide(&page, &visitor(who), now()), expected, "{who}: {readers:?}, future: {future}");
            }
        }
    }
}

#[test]
fn t44_what_stands_in_a_list_and_what_does_not() {
    use Listing::{Hidden, Locked, Open};
    use Readers::{Everybody, SignedIn};
    let table = [
        // Readers, future, title             anonymous  reader  editor  admin
        ((Everybody, false, false), [Open, Open, Open, Open]),
        ((Everybody, false, true), [Open, Open, Open, Open]),
        ((SignedIn, false, false), [Hidden, Open, Open, Open]),
        ((SignedIn, false, true), [Locked, Open, Open, Open]),
        ((chosen(&[1], &[]), false, false), [Hidden, Open, Open, Open]),
        ((chosen(&[2], &[]), false, false), [Hidden, Hidden, Open, Open]),
        ((chosen(&[2], &[]), false, true), [Locked, Locked, Open, Open]),
        ((Everybody, true, true), [Hidden, Hidden, Hidden, Hidden]),
        ((SignedIn, true, false), [Hidden, Hidden, Hidden, Hidden]),
        ((chosen(&[1], &[]), true, true), [Hidden, Hidden, Hidden, Hidden]),
    ];
    for ((readers, future, show_title), row) in table {
        let page = page(&readers, future, show_title);
        for (who, expected) in VISITORS.into_iter().zip(row) {
            assert_eq!(listing(&page, &visitor(who), now()), expected, "{who}: {readers:?}, {future}, {show_title}");
        }
    }
}

#[test]
fn t43_a_page_appears_at_its_date_and_not_before() {
    let page = page(&Readers::Everybody, false, false);
    let (microsecond, date) = (TimeDelta::microseconds(1), page.content.published_at);
    assert_eq!(decide(&page, &Visitor::Anonymous, date - microsecond), Access::Absent);
    assert_eq!(decide(&page, &Visitor::Anonymous, date), Access::Show);
}

#[test]
fn t43_a_page_ends_at_its_end_and_not_before() {
    let end = now() + TimeDelta::days(1);
    let last = end - TimeDelta::microseconds(1);
    for readers in [Readers::Everybody, Readers::SignedIn] {
        let mut page = page(&readers, false, true);
        page.content.unpublish_at = Some(end);
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
        assert_eq!((role.may_edit(), role.may_administer()), (edits, administers), "{role:?}");
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

fn program(owner: Role, below: Option<&str>) -> Visitor {
    Visitor::AppPassword(Program::of(member(owner), below.map(|below| PagePath::parse(below).unwrap())))
}

#[test]
fn an_app_password_opens_the_published_pages_that_its_owner_reads_below_its_path() {
    use Access::{Absent, Challenge, Refuse, Show};
    use Readers::{Everybody, SignedIn};
    // The page is /clients/acme.
    let within = [None, Some("clients"), Some("clients/acme")];
    let outside = [Some("clients/acme/brief"), Some("clients/ac"), Some("client"), Some("notes")];
    let table = [
        // Readers, future            reader and editor within, both outside
        (Everybody, false, [Show, Show], [Show, Show]),
        (SignedIn, false, [Show, Show], [Refuse, Refuse]),
        (chosen(&[1], &[]), false, [Show, Show], [Refuse, Refuse]),
        (chosen(&[2], &[7]), false, [Show, Show], [Refuse, Refuse]),
        (chosen(&[2], &[8]), false, [Refuse, Show], [Refuse, Refuse]),
        (chosen(&[], &[]), false, [Refuse, Show], [Refuse, Refuse]),
        (Everybody, true, [Absent, Absent], [Absent, Absent]),
        (chosen(&[1], &[]), true, [Absent, Absent], [Absent, Absent]),
    ];
    for (readers, future, inner, outer) in table {
        let page = page(&readers, future, false);
        let check = |limit, expected: [Access; 2]| {
            for (role, expected) in [Role::Reader, Role::Editor].into_iter().zip(expected) {
                let decided = decide(&page, &program(role, limit), now());
                assert_eq!(decided, expected, "{role:?} below {limit:?}: {readers:?}, future: {future}");
                assert_ne!(decided, Challenge);
            }
            let admin = decide(&page, &program(Role::Admin, limit), now());
            assert_eq!(admin, expected[1], "admin below {limit:?}: {readers:?}");
        };
        within.into_iter().for_each(|limit| check(limit, inner));
        outside.into_iter().for_each(|limit| check(limit, outer));
    }
}

#[test]
fn a_list_shows_an_app_password_outside_its_path_what_a_stranger_finds() {
    for readers in [Readers::Everybody, Readers::SignedIn, chosen(&[1], &[])] {
        for show_title in [false, true] {
            let page = page(&readers, false, show_title);
            for role in Role::ALL {
                let found = listing(&page, &program(role, Some("notes")), now());
                assert_eq!(found, listing(&page, &Visitor::Anonymous, now()), "{role:?}: {readers:?}");
                assert_eq!(listing(&page, &program(role, Some("clients")), now()), Listing::Open);
            }
        }
    }
}

#[test]
fn no_app_password_edits_or_administers() {
    for role in Role::ALL {
        let visitor = program(role, None);
        assert!(!visitor.may_edit());
        assert_eq!((Editor::of(&visitor), Admin::of(&visitor)), (None, None), "{role:?}");
        assert_eq!(visitor.member().map(|member| member.role), Some(Role::Reader), "{role:?}");
    }
}

#[test]
fn only_who_is_signed_in_is_a_member() {
    assert_eq!(Visitor::Anonymous.member(), None);
    assert_eq!(visitor("reader").member().map(|member| member.role), Some(Role::Reader));
}

/// A private page with a key, at a path, under the audience of another page or its own.
fn governed(id: i64, path: &str, governor: i64) -> Page {
    let page = page(&chosen(&[], &[]), false, true);
    let path = PagePath::parse(path).unwrap();
    Page { id: PageId(id), content: PageContent { path, ..page.content }, governor: Some(PageId(governor)), ..page }
}

#[test]
fn the_holder_of_a_share_is_one_more_reader_of_the_page_that_governs_it() {
    // /clients governs /clients/acme, which is shared; /clients/acme/prices has readers of its own.
    let pages = [
        ("clients", 1, 1),
        ("clients/acme", 2, 1),
        ("clients/acme/brief", 3, 1),
        ("clients/acme/brief/plan", 4, 1),
        ("clients/acme/prices", 5, 5),
        ("clients/acme/prices/old", 6, 5),
        ("clients/acme-2", 7, 1),
        ("clients/beta", 8, 1),
    ];
    let share = |below| Holder {
        page: PageId(2),
        path: PagePath::parse("clients/acme").unwrap(),
        governor: Some(PageId(1)),
        below,
    };
    let seen = |below| {
        let visitor = Visitor::Holder(share(below));
        let shown = pages.iter().filter(|(path, id, governor)| {
            let page = governed(*id, path, *governor);
            assert_eq!(listing(&page, &visitor, now()), Listing::Locked, "no list knows a share: {path}");
            match decide(&page, &visitor, now()) {
                Access::Show => true,
                refused => {
                    assert_eq!(refused, Access::Absent, "never a challenge: {path}");
                    false
                }
            }
        });
        shown.map(|(path, ..)| *path).collect::<Vec<_>>()
    };
    assert_eq!(seen(false), ["clients/acme"]);
    assert_eq!(seen(true), ["clients/acme", "clients/acme/brief", "clients/acme/brief/plan"]);
}

#[test]
fn a_holder_sees_public_pages_as_strangers_do_and_no_page_before_its_date_or_after_its_end() {
    let holder = Visitor::Holder(Holder {
        page: PageId(1),
        path: PagePath::parse("somewhere").unwrap(),
        governor: Some(PageId(1)),
        below: true,
    });
    assert_eq!(decide(&page(&Readers::Everybody, false, false), &holder, now()), Access::Show);
    assert_eq!(listing(&page(&Readers::Everybody, false, false), &holder, now()), Listing::Open);
    for readers in [Readers::SignedIn, chosen(&[1], &[])] {
        assert_eq!(decide(&page(&readers, false, false), &holder, now()), Access::Show, "{readers:?}");
        assert_eq!(decide(&page(&readers, true, false), &holder, now()), Access::Absent, "{readers:?}");
        let mut ended = page(&readers, false, false);
        ended.content.unpublish_at = Some(now());
        assert_eq!(decide(&ended, &holder, now()), Access::Absent, "{readers:?}");
    }
    assert!(!holder.may_edit() && Editor::of(&holder).is_none() && holder.member().is_none());
}

#[test]
fn the_share_of_a_public_page_opens_no_private_page_below_it() {
    let holder = Visitor::Holder(Holder {
        page: PageId(1),
        path: PagePath::parse("clients").unwrap(),
        governor: None,
        below: true,
    });
    let mut below = governed(2, "clients/acme", 2);
    assert_eq!(decide(&below, &holder, now()), Access::Absent);
    below.governor = None;
    assert_eq!(decide(&below, &holder, now()), Access::Absent, "a page without a known governor is closed");
}
