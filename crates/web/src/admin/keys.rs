//! The keys in circulation, by the people who have them.

use std::collections::HashMap;

use actix_web::web::Data;
use domain::{Timestamp, app_password::AppPassword, invitation::Invitation, keys::KeyKind, user::UserId, zone::Zone};
use serde::Serialize;
use store::{
    Conn, Slice, Start, app_passwords, invitations,
    keys::{self, KeyFilter, Owner, Owners},
    shares::{self, Maker, ShareRow},
};

use super::{
    panel::Panel,
    sections::{KEYS, PAGES, SHARES, USERS},
    table::{TableView, capitalized},
};
use crate::{
    App,
    auth::extract::Admin,
    clock::{self, When},
    http::{
        answer::{Answer, Outcome},
        error::Error,
        query::QueryString,
        view::Link,
    },
};

/// The maximum number of app passwords, and of shared links, that are listed for one person.
const MAX_SHOWN: u32 = 10;

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    people: Vec<Person>,
}

/// A person, and their keys.
#[derive(Serialize)]
struct Person {
    /// Empty for the links that no account made.
    name: String,
    href: String,
    role_label: &'static str,
    is_active: bool,
    /// The address of the page that asks whether to end all keys; empty without an account.
    end_href: String,
    keys: Vec<Key>,
    /// The lists that have more keys of the person.
    more: Vec<Link>,
}

/// A key as a row.
#[derive(Serialize)]
struct Key {
    kind: String,
    /// The name of an app password, or the label of a link, which says for whom it is.
    name: String,
    /// Where the key is ended.
    href: String,
    opens: String,
    /// The path of the page that it opens; empty if `opens` says everything.
    path: String,
    made: When,
    /// Who made it, if that was not the person.
    made_by: String,
    /// `None` if it does not end.
    ends: Option<When>,
    /// The last use, in words; empty if there was none.
    used: String,
}

/// The keys of the people of a page, of the kinds that are shown.
struct Found {
    links: Vec<Invitation>,
    app_passwords: Vec<(UserId, AppPassword)>,
    /// In the order of the people; empty if shares are not shown.
    shares: Vec<Slice<ShareRow>>,
    /// The links that no account made, if the page has them.
    unowned: Option<Slice<ShareRow>>,
}

impl Found {
    fn load(
        conn: &mut Conn,
        admin: &domain::access::Admin,
        owners: &[Owner],
        kind: Option<KeyKind>,
        has_unowned: bool,
        now: Timestamp,
    ) -> store::Result<Found> {
        let ids = |wanted: KeyKind| -> Vec<UserId> {
            let owners = owners.iter().filter(|_| kind.is_none_or(|only| only == wanted));
            owners.map(|owner| owner.id).collect()
        };
        let makers = ids(KeyKind::Share).into_iter().map(Maker::Account);
        let makers: Vec<Maker> = makers.chain(has_unowned.then_some(Maker::Nobody)).collect();
        let mut shares = shares::open_of_each(conn, admin, &makers, now, MAX_SHOWN)?;
        Ok(Found {
            links: invitations::open_of(conn, admin, &ids(KeyKind::Link), now)?,
            app_passwords: app_passwords::valid_of(conn, admin, &ids(KeyKind::AppPassword), now)?,
            unowned: has_unowned.then(|| shares.pop()).flatten(),
            shares,
        })
    }
}

/// GET `/admin/keys`.
pub async fn list(app: Data<App>, admin: Admin, query: QueryString) -> Result<Outcome, Error> {
    let (state, now) = (KEYS.state(&query), clock::now());
    let kind = KeyKind::parse(state.get("kind"));
    let filter = KeyFilter { text: state.get("q").to_owned(), kind };
    let (proof, window) = (admin.proof(), state.window());
    // Links without an account match no name, and are on the first page.
    let has_unowned =
        filter.text.is_empty() && kind.is_none_or(|kind| kind == KeyKind::Share) && window.start == Start::Number(1);
    let (site, (owners, found)) = app
        .db
        .list_with_site(move |conn| {
            let owners = keys::list(conn, &proof, &filter, now, window)?;
            let found = Found::load(conn, &proof, &owners.table.rows, kind, has_unowned, now)?;
            Ok((owners, found))
        })
        .await?;
    let Owners { table, any, kinds } = owners;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }
    let choice = |(kind, count): (KeyKind, store::Count)| (kind.as_str(), capitalized(kind.nouns()[1]), Some(count));
    let choices =
        [("", "All".to_owned(), Some(any))].into_iter().chain(KeyKind::ALL.into_iter().zip(kinds).map(choice));
    let filters = vec![state.filter("Kind", "kind", choices.collect())];
    let rows = Rows { back: state.back(), now, zone: site.time_zone };
    let page = ListPage {
        panel: Panel::new(&site, admin.account(), KEYS.name, KEYS.title, &KEYS.above()).with_message(&query),
        table: state.view(&table, Vec::new(), filters),
        people: rows.people(table.rows, found),
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/keys.html", &page)?)))
}

/// The words for a key of a kind at the beginning of a line.
fn label(kind: KeyKind) -> String {
    capitalized(kind.nouns()[0])
}

/// How keys are shown.
struct Rows {
    /// The state of the list.
    back: String,
    now: Timestamp,
    zone: Zone,
}

impl Rows {
    fn people(&self, owners: Vec<Owner>, found: Found) -> Vec<Person> {
        let Found { links, app_passwords, shares, unowned } = found;
        let mut people = Vec::new();
        if let Some(unowned) = unowned.filter(|slice| !slice.rows.is_empty()) {
            let mut person = Person {
                name: String::new(),
                href: String::new(),
                role_label: "",
                is_active: true,
                end_href: String::new(),
                keys: Vec::new(),
                more: Vec::new(),
            };
            self.add_shares(&mut person, unowned, "none");
            people.push(person);
        }
        let mut of_users: HashMap<UserId, Vec<AppPassword>> = HashMap::new();
        for (owner, password) in app_passwords {
            of_users.entry(owner).or_default().push(password);
        }
        let mut shares = shares.into_iter();
        for owner in owners {
            let form = USERS.form_href(owner.id.0);
            let mut person = Person {
                end_href: KEYS.href(owner.id.0, "/keys", &self.back),
                href: form.clone(),
                role_label: owner.role.label(),
                is_active: owner.is_active,
                keys: Vec::new(),
                more: Vec::new(),
                name: owner.name.to_string(),
            };
            let links = links.iter().filter(|link| link.user == owner.id);
            person.keys.extend(links.map(|link| self.link(link, &form)));
            let passwords = of_users.remove(&owner.id).unwrap_or_default();
            let others = passwords.len().saturating_sub(MAX_SHOWN as usize);
            if others > 0 {
                let [one, many] = KeyKind::AppPassword.nouns();
                let words = format!("{others} more {}", if others == 1 { one } else { many });
                person.more.push(Link::new(format!("{form}#app-passwords"), words));
            }
            let shown = passwords.into_iter().take(MAX_SHOWN as usize);
            person.keys.extend(shown.map(|password| self.app_password(password, &form)));
            if let Some(shares) = shares.next() {
                self.add_shares(&mut person, shares, &owner.id.0.to_string());
            }
            people.push(person);
        }
        people
    }

    fn link(&self, link: &Invitation, form: &str) -> Key {
        Key {
            kind: label(KeyKind::Link),
            name: String::new(),
            href: format!("{form}#way-in"),
            opens: "A new password".into(),
            path: String::new(),
            made: When::new(link.made_at, self.zone),
            made_by: link.made_by.clone(),
            ends: Some(When::new(link.ends_at, self.zone)),
            used: String::new(),
        }
    }

    fn app_password(&self, password: AppPassword, form: &str) -> Key {
        let AppPassword { content, made_at, last_used_on, .. } = password;
        Key {
            kind: label(KeyKind::AppPassword),
            name: content.name.to_string(),
            href: format!("{form}#app-passwords"),
            opens: if content.below.is_some() { "Pages below" } else { "All that the person can read" }.into(),
            path: content.below.map(|below| below.href()).unwrap_or_default(),
            made: When::new(made_at, self.zone),
            made_by: String::new(),
            ends: content.ends_at.map(|end| When::new(end, self.zone)),
            used: last_used_on.map(|day| day.format("%-d %b %Y").to_string()).unwrap_or_default(),
        }
    }

    fn add_shares(&self, person: &mut Person, shares: Slice<ShareRow>, maker: &str) {
        let all = format!("{}?open=yes&by={maker}", SHARES.list);
        if shares.more {
            person.more.push(Link::new(all.clone(), "All shared links"));
        }
        for ShareRow { share, page } in shares.rows {
            // A page in the trash has no form.
            let href = if page.is_some() { format!("{}/shares", PAGES.form_href(share.page.0)) } else { all.clone() };
            let path = page.and_then(|(path, _)| path).map(|path| path.href());
            person.keys.push(Key {
                kind: label(KeyKind::Share),
                name: share.label,
                href,
                opens: share.shows.label().into(),
                path: path.unwrap_or_default(),
                made: When::new(share.made_at, self.zone),
                made_by: if share.made_by == person.name { String::new() } else { share.made_by },
                ends: Some(When::new(share.ends_at, self.zone)),
                used: share.opened_at.map(|at| clock::day(at, self.now, self.zone)).unwrap_or_default(),
            });
        }
    }
}
