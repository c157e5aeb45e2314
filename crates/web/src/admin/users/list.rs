//! The list of users, and bulk actions on them.

use std::collections::HashMap;

use actix_web::web::Data;
use chrono::TimeDelta;
use domain::{
    Timestamp,
    group::{GroupId, GroupName},
    user::{Role, User, UserId},
    zone::Zone,
};
use serde::Serialize;
use store::{
    groups,
    users::{self, UserColumn, UserFilter, UserSort},
};

use super::{
    heirs::{Heir, heirs},
    holdings::Holdings,
};
use crate::{
    App,
    admin::{
        bulk::{Action, BulkForm, Choice, Needs, Question},
        flash::Flash,
        items::Item,
        panel::Panel,
        sections::{GROUPS, USERS},
        table::TableView,
    },
    auth::extract::Admin,
    clock::{self, When},
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
        view::Link,
    },
};

/// How long before its end an account counts as ending soon.
const SOON: TimeDelta = TimeDelta::days(14);

const ACTIONS: [Choice; 4] = [
    Choice {
        value: "disable",
        label: "Disable…",
        verb: "Disable",
        nouns: ["user", "users"],
        after: "",
        address: "",
        question: "These users will no longer be able to sign in:",
        danger: true,
        needs: Needs::Rows,
    },
    Choice {
        value: "enable",
        label: "Enable…",
        verb: "Enable",
        nouns: ["user", "users"],
        after: "",
        address: "",
        question: "These users will be able to sign in again:",
        danger: false,
        needs: Needs::Rows,
    },
    Choice {
        value: "end",
        label: "Change the end…",
        verb: "Change the end of",
        nouns: ["user", "users"],
        after: "",
        address: "",
        question: "",
        danger: false,
        needs: Needs::Moment,
    },
    Choice {
        value: "delete",
        label: "Delete…",
        verb: "Delete",
        nouns: ["user", "users"],
        after: "",
        address: "",
        question: "These users will be deleted. Activity keeps their names:",
        danger: true,
        needs: Needs::Rows,
    },
];

/// The number of groups that a row names.
const SHOWN_GROUPS: usize = 3;

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<Row>,
    actions: [Choice; 4],
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    note: String,
    role_label: &'static str,
    /// The first groups of the user, and the number of the others.
    groups: Vec<Link>,
    more_groups: usize,
    /// `active`, `ended` or `disabled`.
    state: &'static str,
    /// The end of an account that has ended, or ends soon.
    ends: Option<When>,
    has_password: bool,
    created: When,
    /// `None` if the user never signed in.
    last_sign_in: Option<When>,
    edit_href: String,
}

impl Row {
    fn new(user: User, names: &HashMap<GroupId, GroupName>, back: &str, now: Timestamp, zone: Zone) -> Row {
        let group = |group: &GroupId| Some(Link::new(GROUPS.form_href(group.0), names.get(group)?.to_string()));
        let groups: Vec<Link> = user.groups.iter().take(SHOWN_GROUPS).filter_map(group).collect();
        Row {
            more_groups: user.groups.len() - groups.len(),
            groups,
            id: user.id.0.to_string(),
            name: user.name.to_string(),
            note: user.note.clone(),
            role_label: user.role.label(),
            state: state(&user, now),
            ends: user.ends_at.filter(|end| *end <= now + SOON).map(|end| When::new(end, zone)),
            has_password: !user.password_hash.is_none(),
            created: When::new(user.created_at, zone),
            last_sign_in: user.last_sign_in_at.map(|at| When::new(at, zone)),
            edit_href: USERS.href(user.id.0, "", back),
        }
    }
}

/// GET `/admin/users`.
pub async fn list(app: Data<App>, admin: Admin, query: QueryString) -> Result<Outcome, Error> {
    const COLUMNS: [(&str, &str); 5] = [
        ("name", "Name"),
        ("role", "Role"),
        ("active", "Active"),
        ("created", "Created"),
        ("last-sign-in", "Last sign-in"),
    ];
    let (state, now) = (USERS.state(&query), clock::now());
    let filter = UserFilter {
        query: state.get("q").to_owned(),
        role: Role::parse(state.get("role")).ok(),
        active: match state.get("active") {
            "yes" => Some(true),
            "no" => Some(false),
            "soon" => Some(true),
            _ => None,
        },
        ends_by: (state.get("active") == "soon").then_some(now + SOON),
    };
    let (word, descending) = state.sorted(&COLUMNS.map(|(word, _)| word), ("name", false));
    let by = match word {
        "role" => UserColumn::Role,
        "active" => UserColumn::Active,
        "created" => UserColumn::Created,
        "last-sign-in" => UserColumn::LastSignIn,
        _ => UserColumn::Name,
    };
    let (proof, window) = (admin.proof(), state.window());
    let (site, (table, names, counts)) = app
        .db
        .list_with_site(move |conn| {
            let table = users::list(conn, &proof, &filter, UserSort { by, descending }, window)?;
            let shown: Vec<GroupId> =
                table.rows.iter().flat_map(|user| user.groups.iter().take(SHOWN_GROUPS).copied()).collect();
            let names = groups::names_of(conn, &proof, &shown)?;
            Ok((table, names, users::counts(conn, &proof, &filter)?))
        })
        .await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }

    let roles = Role::ALL
        .into_iter()
        .zip(&counts.roles)
        .map(|(role, count)| (role.as_str(), role.label().to_owned(), Some(*count)));
    let filters = vec![
        state.filter(
            "Role",
            "role",
            [("", "All".to_owned(), Some(counts.any_role))].into_iter().chain(roles).collect(),
        ),
        state.filter(
            "Active",
            "active",
            vec![
                ("", "All".into(), Some(counts.any_state)),
                ("yes", "Active".into(), Some(counts.active)),
                ("soon", "Ends within 14 days".into(), None),
                ("no", "Disabled or ended".into(), Some(counts.disabled)),
            ],
        ),
    ];
    let columns = state.columns(&COLUMNS, (word, descending));
    let back = state.back();
    let page = ListPage {
        panel: Panel::new(&site, admin.account(), "users", "People", &USERS.above()).with_message(&query),
        table: state.view(&table, columns, filters),
        rows: table.rows.into_iter().map(|user| Row::new(user, &names, &back, now, site.time_zone)).collect(),
        actions: ACTIONS,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/users/list.html", &page)?)))
}

/// POST `/admin/users/actions`: asks for confirmation; runs a confirmed action.
pub async fn act(app: Data<App>, admin: Admin, Form(form): Form<BulkForm>) -> Result<Outcome, Error> {
    let action = Action::of(form, &USERS, &ACTIONS)?;
    let ids: Vec<UserId> = action.ids.iter().copied().map(UserId).collect();
    let proof = admin.proof();
    if !action.confirmed {
        let takes_access = action.choice.danger;
        let read = move |conn: &mut store::Conn| {
            let users = users::get_many(conn, &proof, &ids)?;
            let (mut items, mut have_drafts) = (Vec::new(), false);
            for user in &users {
                let holdings = takes_access.then(|| Holdings::of(conn, &proof, user)).transpose()?;
                have_drafts |= holdings.as_ref().is_some_and(Holdings::has_drafts);
                items.push(item(user, holdings));
            }
            let leaving: Vec<&User> = users.iter().collect();
            Ok((items, if have_drafts { heirs(conn, &proof, &leaving)? } else { Vec::new() }))
        };
        let (site, (items, heirs)) = app.db.list_with_site(read).await?;
        let mut question = Question { items, heirs, ..Question::default() };
        match check_end(&action, site.time_zone) {
            _ if action.choice.needs != Needs::Moment => {}
            Ok(ends_at) if action.parameters.moment.is_some() => {
                question.detail = match ends_at {
                    Some(end) => format!("These accounts end at {}:", clock::second(end, site.time_zone)),
                    None => "These accounts will have no end:".into(),
                };
            }
            Ok(_) => question.asks = true,
            Err(words) => {
                question.invalid.add("until", words);
                question.asks = true;
            }
        }
        return action.ask(&app, admin.account(), &site, &USERS, question).map(Outcome::Page);
    }
    let value = action.choice.value;
    let ends_at =
        check_end(&action, app.db.site().await.time_zone).map_err(|words| Error::Unprocessable(words.into()))?;
    let heir = if action.choice.danger { Heir::parse(&action.drafts_to)? } else { Heir::default() };
    let change = move |conn: &mut store::Conn| {
        heir.take_over_after(conn, &proof, &ids, |conn| match value {
            "delete" => store::writing::users::delete(conn, &proof, &ids, clock::now()),
            "end" => store::writing::users::set_end(conn, &proof, &ids, ends_at, clock::now()),
            value => store::writing::users::set_active(conn, &proof, &ids, value == "enable", clock::now()),
        })
    };
    let count = app.db.revoke(change).await?;
    let flash = match value {
        "delete" => Flash::Deleted,
        "enable" => Flash::Enabled,
        "end" => Flash::EndSet,
        _ => Flash::Disabled,
    };
    Ok(Outcome::Redirect(flash.at(USERS.list, &action.back, Some(count))))
}

/// The end of accounts that was typed for an action; a message if it is not a date.
fn check_end(action: &Action, zone: Zone) -> Result<Option<Timestamp>, String> {
    zone.parse_moment(action.parameters.moment.as_deref().unwrap_or_default())
}

/// Whether somebody can sign in, in a word.
pub(super) fn state(user: &User, now: Timestamp) -> &'static str {
    match user.is_active_at(now) {
        true => "active",
        false if user.active => "ended",
        false => "disabled",
    }
}

/// A user as the question names them, with their pages and drafts if the action takes their access away.
fn item(user: &User, holdings: Option<Holdings>) -> Item {
    let state = state(user, clock::now());
    let holdings = holdings.map_or(String::new(), |holdings| format!("; {}", holdings.words()));
    Item {
        title: user.name.to_string(),
        href: USERS.form_href(user.id.0),
        note: format!("{}, {state}{holdings}", user.role.label().to_lowercase()),
    }
}
