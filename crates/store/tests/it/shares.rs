//! Shares: made, found by their secret, noted, ended, and gone with their page.

use chrono::TimeDelta;
use domain::{
    Version,
    access::{Access, Editor, Visitor},
    audience::Audience,
    draft::{DraftInput, DraftLock, FormId},
    file::FileName,
    page::{Page, PageContent, PageId, PageInput, PagePath},
    secret::SecretHash,
    share::{NewShare, Share, ShareId, Sharers, Shows},
    site::Site,
    user::{Role, User},
};
use store::{
    Error, Paging, Store, app_passwords, drafts, files, invitations, pages,
    shares::{self, ShareFilter},
    site,
    writing::{
        app_passwords::make_own,
        invitations::{Known, make as make_link},
        users,
    },
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, sql},
};

const ALL: Paging = Paging { number: 1, size: 50 };
const SECRET: SecretHash = SecretHash([7; 32]);

fn private(store: &Store, at: &str) -> Page {
    let content = PageContent { audience: Audience::SignedIn, ..content(at) };
    store.write(|conn| commands::insert(conn, admin().editor(), &content, noon())).unwrap()
}

fn new(page: PageId, shows: Shows) -> NewShare {
    NewShare { page, label: "Acme review".into(), shows, ends_at: noon() + TimeDelta::days(7) }
}

fn make(store: &Store, by: &Editor, share: &NewShare, secret: SecretHash) -> store::Result<ShareId> {
    store.write(|conn| store::writing::shares::make(conn, by, FormId::default(), share, &secret, noon()))
}

fn found(store: &Store) -> Option<Share> {
    store.read(|conn| shares::find(conn, &SECRET)).unwrap()
}

fn end(store: &Store, share: ShareId) -> usize {
    store.write(|conn| store::writing::shares::end(conn, admin().editor(), &[share], noon())).unwrap()
}

fn trail(store: &Store) -> Vec<String> {
    let filter = store::audit::AuditFilter::default();
    let table = store.read(|conn| store::audit::list(conn, &admin(), &filter, ALL)).unwrap();
    let shares = table.rows.into_iter().filter(|entry| entry.subject == domain::audit::Subject::Share);
    shares.map(|entry| format!("{} {} {}", entry.action.as_str(), entry.name, entry.detail)).collect()
}

fn editor(user: &User) -> Editor {
    let (id, name, role) = (user.id, user.name.clone(), user.role);
    Editor::of(&Visitor::SignedIn(domain::access::Member { id, name, role, groups: Vec::new() })).unwrap()
}

#[test]
fn a_share_is_found_by_its_secret_and_by_no_other_one() {
    on_both(|store| {
        let page = private(store, "clients/acme");
        let id = make(store, admin().editor(), &new(page.id, Shows::Section), SECRET).unwrap();
        let share = found(store).unwrap();
        let expected = Share {
            id,
            page: page.id,
            label: "Acme review".into(),
            shows: Shows::Section,
            made_at: noon(),
            made_by: "command line".into(),
            ends_at: noon() + TimeDelta::days(7),
            ended_at: None,
            opened_at: None,
            is_suspended: false,
        };
        assert_eq!(share, expected);
        assert_eq!(store.read(|conn| shares::find(conn, &SecretHash([8; 32]))).unwrap(), None);
        let again = make(store, admin().editor(), &new(page.id, Shows::Page), SECRET);
        assert_eq!(again, Err(Error::Duplicate), "two shares never have one secret");
    });
}

#[test]
fn the_same_form_makes_one_share_also_after_that_has_ended() {
    on_both(|store| {
        let page = private(store, "clients/acme");
        let make = |form, n| {
            let (share, secret) = (new(page.id, Shows::Page), SecretHash([n; 32]));
            let make = |conn: &mut store::Conn| {
                store::writing::shares::make(conn, admin().editor(), FormId(form), &share, &secret, noon())
            };
            store.write(make)
        };
        let first = make(7, 1).unwrap();
        assert_eq!(make(7, 2), Err(Error::Stale));
        end(store, first);
        assert_eq!(make(7, 2), Err(Error::Stale));
        make(8, 2).unwrap();
        for n in 3..5 {
            make(0, n).unwrap();
        }
        let made = store.read(|conn| shares::of_page(conn, admin().editor(), page.id)).unwrap();
        assert_eq!(made.len(), 4);
    });
}

#[test]
fn making_and_ending_a_share_are_in_the_trail() {
    on_both(|store| {
        let page = private(store, "clients/acme");
        let id = make(store, admin().editor(), &new(page.id, Shows::Page), SECRET).unwrap();
        assert_eq!((end(store, id), end(store, id)), (1, 0), "once");
        assert_eq!(found(store).unwrap().ended_at, Some(noon()));
        let mut entries = trail(store);
        entries.sort();
        assert_eq!(entries.len(), 2);
        for (entry, action) in entries.iter().zip(["created", "ended"]) {
            assert!(
                entry.starts_with(&format!("{action} /clients/acme “Acme review”: the page, until 2026-")),
                "{entry}"
            );
        }
    });
}

#[test]
fn an_opening_is_noted_at_most_once_a_minute() {
    on_both(|store| {
        let page = private(store, "a");
        let id = make(store, admin().editor(), &new(page.id, Shows::Page), SECRET).unwrap();
        let note = |seconds| {
            let at = noon() + TimeDelta::seconds(seconds);
            store.write(|conn| store::writing::shares::record_opening(conn, id, at)).unwrap();
            (found(store).unwrap().opened_at.unwrap() - noon()).num_seconds()
        };
        assert_eq!([note(0), note(59), note(60), note(61)], [0, 0, 60, 60]);
    });
}

#[test]
fn only_whom_the_settings_name_may_make_shares() {
    on_both(|store| {
        let page = private(store, "a");
        let (eve, root) = (add(store, "eve", Role::Editor), add(store, "root", Role::Admin));
        let who = |sharers: Sharers, number: u8| {
            let old = store.read(site::get).unwrap();
            let new_site = Site { sharers, ..old.clone() };
            store.write(|conn| store::writing::site::update(conn, &admin(), old.version, &new_site, noon())).unwrap();
            assert_eq!(store.read(site::get).unwrap().sharers, sharers);
            let made =
                |by: &Editor, secret: u8| match make(store, by, &new(page.id, Shows::Page), SecretHash([secret; 32])) {
                    Ok(_) => true,
                    Err(Error::Refused(_)) => false,
                    Err(error) => panic!("{error}"),
                };
            [made(&editor(&eve), number), made(&editor(&root), number + 1), made(admin().editor(), number + 2)]
        };
        assert_eq!(who(Sharers::Editors, 1), [true, true, true]);
        assert_eq!(who(Sharers::Administrators, 4), [false, true, true]);
        assert_eq!(who(Sharers::Nobody, 7), [false, false, false]);
        let open = store.read(|conn| shares::count_open(conn, admin().editor(), page.id, noon())).unwrap().0;
        assert_eq!(open, 5, "those that were made stay open");
        store.write(|conn| store::writing::users::set_active(conn, &admin(), &[eve.id], false, noon())).unwrap();
        assert_eq!(make(store, &editor(&eve), &new(page.id, Shows::Page), SECRET), Err(Error::NotAllowed));
    });
}

#[test]
fn t80_a_link_opens_nothing_while_the_account_that_made_it_cannot_edit() {
    on_both(|store| {
        let page = private(store, "clients/acme");
        let eve = add(store, "eve", Role::Editor);
        make(store, &editor(&eve), &new(page.id, Shows::Page), SECRET).unwrap();
        make(store, admin().editor(), &new(page.id, Shows::Page), SecretHash([8; 32])).unwrap();
        let is_open = || found(store).unwrap().is_open(noon());
        let end = |at| store.write(|conn| users::set_end(conn, &admin(), &[eve.id], at, noon())).unwrap();
        let role = |role| {
            let now = store.read(|conn| store::users::get(conn, &admin(), eve.id)).unwrap().unwrap();
            let content = domain::user::UserContent { role, ..now.content() };
            store.write(|conn| users::update(conn, &admin(), eve.id, now.version, &content, noon())).unwrap();
        };
        assert!(is_open());
        end(chrono::DateTime::from_timestamp(1_600_000_000, 0));
        let share = found(store).unwrap();
        assert!(!share.is_open(noon()) && share.is_in_circulation(noon()), "an account that ended");
        end(None);
        assert!(is_open(), "one that was extended");
        role(Role::Reader);
        assert!(!is_open(), "a reader");
        role(Role::Admin);
        assert!(is_open(), "an administrator");
        sql(store, "UPDATE users SET active = FALSE WHERE name = 'eve'").unwrap();
        assert!(!is_open(), "an account that was disabled by SQL");
        let of_the_command_line = store.read(|conn| shares::find(conn, &SecretHash([8; 32]))).unwrap().unwrap();
        assert!(of_the_command_line.is_open(noon()));
        // A link that opens nothing can be ended, and then stays so.
        assert_eq!(self::end(store, found(store).unwrap().id), 1);
        sql(store, "UPDATE users SET active = TRUE WHERE name = 'eve'").unwrap();
        assert!(!found(store).unwrap().is_in_circulation(noon()));
    });
}

#[test]
fn public_pages_and_missing_drafts_are_not_shared() {
    on_both(|store| {
        let open = store.write(|conn| commands::insert(conn, admin().editor(), &content("open"), noon())).unwrap();
        let refused = |share: &NewShare| match make(store, admin().editor(), share, SECRET) {
            Err(Error::Refused(words)) => words,
            made => panic!("{made:?}"),
        };
        assert!(refused(&new(open.id, Shows::Page)).contains("Everyone can read"));
        assert!(refused(&new(open.id, Shows::Draft)).contains("no draft"));
        assert!(refused(&new(PageId(1), Shows::Section)).contains("not published"));
    });
}

#[test]
fn a_share_stays_while_its_page_is_in_the_trash_and_goes_for_good_with_it() {
    on_both(|store| {
        let page = private(store, "a");
        make(store, admin().editor(), &new(page.id, Shows::Page), SECRET).unwrap();
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        let share = found(store).unwrap();
        assert_eq!(store.read(|conn| pages::holder(conn, &share)).unwrap(), None);
        let list = |filter: &ShareFilter| store.read(|conn| shares::list(conn, admin().editor(), filter, ALL)).unwrap();
        assert_eq!(list(&ShareFilter::default()).rows[0].page, None);
        let path = PagePath::parse("b").unwrap();
        store.write(|conn| commands::restore(conn, admin().editor(), page.id, &path, noon())).unwrap();
        assert_eq!(store.read(|conn| pages::holder(conn, &share)).unwrap().unwrap().path, path);
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        store.write(|conn| commands::purge(conn, admin().editor(), &[page.id], noon())).unwrap();
        assert_eq!(found(store), None);
    });
}

#[test]
fn a_page_that_moves_takes_its_shares_along_and_the_rule_is_that_of_its_new_place() {
    on_both(|store| {
        private(store, "clients");
        let page =
            store.write(|conn| commands::insert(conn, admin().editor(), &content("clients/acme"), noon())).unwrap();
        store.write(|conn| commands::insert(conn, admin().editor(), &content("clients/acme/x"), noon())).unwrap();
        make(store, admin().editor(), &new(page.id, Shows::Section), SECRET).unwrap();
        let share = found(store).unwrap();
        let opens = |at: &str| {
            let holder = store.read(|conn| pages::holder(conn, &share)).unwrap().unwrap();
            let page = store.read(|conn| pages::find(conn, &PagePath::parse(at).unwrap())).unwrap().unwrap();
            domain::access::decide(&page, &Visitor::Holder(holder), noon())
        };
        assert_eq!([opens("clients/acme"), opens("clients/acme/x")], [Access::Show, Access::Show]);
        assert_eq!(opens("clients"), Access::Absent);
        let page = store.read(|conn| pages::find(conn, &PagePath::parse("clients/acme").unwrap())).unwrap().unwrap();
        let to = PagePath::parse("clients/acme-2").unwrap();
        store.write(|conn| commands::move_with_below(conn, admin().editor(), &page, &to, noon())).unwrap();
        assert_eq!([opens("clients/acme-2"), opens("clients/acme-2/x")], [Access::Show, Access::Show]);
        let below =
            store.read(|conn| pages::find(conn, &PagePath::parse("clients/acme-2/x").unwrap())).unwrap().unwrap();
        let own = PageContent { audience: Audience::SignedIn, ..below.content.clone() };
        store.write(|conn| commands::update(conn, admin().editor(), below.id, below.version, &own, noon())).unwrap();
        assert_eq!(opens("clients/acme-2/x"), Access::Absent, "it has an audience of its own now");
    });
}

#[test]
fn the_share_of_a_draft_shows_it_while_there_is_one() {
    on_both(|store| {
        let typed: DraftInput =
            PageInput { path: "/new".into(), title: "New".into(), body: "Waiting".into(), ..PageInput::default() }
                .into();
        let lock = DraftLock { draft: Version(0), form: FormId(1) };
        let save = |conn: &mut store::Conn| {
            commands::save_draft(conn, admin().editor(), None, Version(0), lock, &typed, noon())
        };
        let draft = store.write(save).unwrap();
        make(store, admin().editor(), &new(draft.page, Shows::Draft), SECRET).unwrap();
        let share = found(store).unwrap();
        let proof = share.draft(noon()).unwrap();
        let shown = || store.read(|conn| drafts::shared(conn, proof)).unwrap();
        assert_eq!(shown().unwrap().typed.page.body, "Waiting");
        assert_eq!(store.read(|conn| files::shared(conn, proof)).unwrap(), []);
        let name = FileName::parse("plan.jpg").unwrap();
        assert_eq!(store.read(|conn| files::find_shared(conn, proof, &name)).unwrap(), None);
        let rows = store.read(|conn| shares::list(conn, admin().editor(), &ShareFilter::default(), ALL)).unwrap().rows;
        assert_eq!(rows[0].page, Some((Some(PagePath::parse("new").unwrap()), "New".into())));
        store.write(|conn| commands::discard(conn, admin().editor(), draft.page, draft.version, noon())).unwrap();
        assert_eq!(shown(), None);
        assert_eq!(found(store), None, "nothing is left of a page that never was");
    });
}

#[test]
fn the_list_is_filtered_by_text_and_by_whether_a_share_is_open() {
    on_both(|store| {
        let (acme, beta) = (private(store, "clients/acme"), private(store, "clients/beta"));
        let later = NewShare { label: "Beta board".into(), ..new(beta.id, Shows::Section) };
        let ended = make(store, admin().editor(), &new(acme.id, Shows::Page), SecretHash([1; 32])).unwrap();
        make(store, admin().editor(), &later, SecretHash([2; 32])).unwrap();
        end(store, ended);
        let labels = |text: &str, open: Option<bool>| {
            let filter = ShareFilter { text: text.into(), open: open.map(|open| (open, noon())), maker: None };
            let table = store.read(|conn| shares::list(conn, admin().editor(), &filter, ALL)).unwrap();
            assert_eq!(table.total, table.rows.len() as u64);
            let mut labels: Vec<String> = table.rows.into_iter().map(|row| row.share.label).collect();
            labels.sort();
            labels
        };
        assert_eq!(labels("", None), ["Acme review", "Beta board"]);
        assert_eq!(labels("BOARD", None), ["Beta board"]);
        assert_eq!(labels("/clients/acme", None), ["Acme review"]);
        assert_eq!(labels("command", None).len(), 2);
        assert_eq!(
            (labels("", Some(true)), labels("", Some(false))),
            (vec!["Beta board".into()], vec!["Acme review".into()])
        );
        assert_eq!(store.read(|conn| shares::of_page(conn, admin().editor(), acme.id)).unwrap().len(), 1);
        let many = store.read(|conn| shares::get_many(conn, admin().editor(), &[ended, ShareId(1)])).unwrap();
        assert_eq!(many.len(), 1);
    });
}

#[test]
fn disabling_and_deleting_an_account_end_what_opens_something_in_its_name() {
    on_both(|store| {
        let page = private(store, "clients/acme");
        for (number, delete) in [(1, false), (4, true)] {
            let name = format!("eve{number}");
            let (eve, root) = (add(store, &name, Role::Editor), add(store, &format!("root{number}"), Role::Admin));
            let secrets = [0, 1, 2].map(|n| SecretHash([number + n; 32]));
            make(store, &editor(&eve), &new(page.id, Shows::Page), secrets[0]).unwrap();
            make(store, &editor(&root), &new(page.id, Shows::Page), secrets[1]).unwrap();
            store
                .write(|conn| {
                    let owner = crate::app_passwords::member(&eve);
                    make_own(
                        conn,
                        &owner,
                        FormId::default(),
                        &crate::app_passwords::content("backup"),
                        &secrets[2],
                        noon(),
                    )?;
                    make_link(conn, &admin(), eve.id, Known::Any, &secrets[2], noon())
                })
                .unwrap();
            let open = |secret| {
                let share = store.read(|conn| shares::find(conn, &secret)).unwrap();
                share.is_some_and(|share| share.is_open(noon()))
            };
            assert!(open(secrets[0]) && open(secrets[1]));
            store
                .write(|conn| match delete {
                    true => users::delete(conn, &admin(), &[eve.id], noon()),
                    false => users::set_active(conn, &admin(), &[eve.id], false, noon()),
                })
                .unwrap();
            assert!(!open(secrets[0]) && open(secrets[1]), "the shares of others stay: {delete}");
            let password = store.read(|conn| app_passwords::find(conn, &secrets[2])).unwrap();
            assert_eq!(password.map(|(_, password)| password.ended_at), (!delete).then_some(Some(noon())));
            let link = store.read(|conn| invitations::find(conn, &secrets[2])).unwrap();
            assert!(!link.is_some_and(|link| link.is_open_at(noon())));
        }
    });
}
