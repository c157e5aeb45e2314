//! Adding many users: one person a line, perhaps with an address, with one role and the same groups. Each gets a link to set a
//! password, or a generated one; they are shown once.

use std::time::{Duration, Instant};

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    group::GroupName,
    invalid::Invalid,
    new_users::{self, Line, Person},
    password::Password,
    site::Site,
    user::{Role, UserContent, Username},
};
use serde::{Deserialize, Serialize};
use store::{
    groups::{self, OfferedGroups},
    writing::{AccessDiff, AddUsers, Command},
};

use super::{
    form::{RoleChoice, role_choices},
    link,
    password::By,
    sheet::{self, Sheet, Slip},
};
use crate::{
    App,
    admin::{
        access_preview::{AccessPreview, consent},
        panel::Panel,
        sections::USERS,
    },
    auth::{extract::Admin, secret::Secret},
    first_run,
    http::{
        answer::{Answer, Outcome},
        envelope::Envelope,
        error::Error,
        form::TextForm,
        query::QueryString,
        view::Errors,
    },
};

/// The maximum time for hashing the passwords of one form. Proxies usually wait for an answer for 60 seconds.
const HASHING_TIMEOUT: Duration = Duration::from_secs(45);

/// The fields of the form as they were typed.
#[derive(Default, Deserialize)]
pub struct Fields {
    #[serde(default)]
    names: String,
    #[serde(default)]
    role: String,
    /// Whether everybody gets a link; otherwise a generated password.
    #[serde(default)]
    by: By,
    /// The groups that were ticked.
    #[serde(default)]
    groups: Vec<String>,
    /// Further groups, one per line, if there are too many to tick.
    #[serde(default)]
    other_groups: String,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default)]
    agreed: String,
    #[serde(default)]
    back: String,
}

impl Fields {
    /// The names of the chosen groups as they were typed.
    fn groups(&self) -> Vec<String> {
        let others = self.other_groups.lines().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        self.groups.iter().cloned().chain(others).collect()
    }
}

#[derive(Serialize)]
struct ManyPage {
    #[serde(flatten)]
    panel: Panel,
    names: String,
    lines: Vec<WrongLine>,
    roles: Vec<RoleChoice>,
    by: &'static str,
    groups: Vec<GroupChoice>,
    /// Whether there are more groups than the form offers, for which it has a field.
    more_groups: bool,
    other_groups: String,
    access: AccessPreview,
    agreed: String,
    /// The label of the button.
    submit: String,
    errors: Errors,
    back: String,
    list_href: String,
    max: usize,
}

/// A line that cannot be added.
#[derive(Serialize)]
struct WrongLine {
    number: usize,
    typed: String,
    why: String,
}

#[derive(Serialize)]
struct GroupChoice {
    name: String,
    chosen: bool,
}

/// The form, with the values that it shows.
struct Asking<'a> {
    app: &'a App,
    admin: &'a Admin,
    site: &'a Site,
    offered: OfferedGroups,
    lines: Vec<WrongLine>,
    invalid: Invalid,
}

impl Asking<'_> {
    fn form(self, fields: Fields, diff: Option<&AccessDiff>, count: usize) -> Result<Answer, Error> {
        let Asking { app, admin, site, offered, lines, invalid } = self;
        let chosen = fields.groups();
        let is_offered = |name: &&str| offered.names.iter().any(|offered| offered.as_str() == *name);
        let others = chosen.iter().map(String::as_str).filter(|name| !is_offered(name)).collect::<Vec<_>>().join("\n");
        let group = |name: &GroupName| GroupChoice {
            name: name.to_string(),
            chosen: chosen.iter().any(|c| c == name.as_str()),
        };
        let users = if count == 1 { "user" } else { "users" };
        let page = ManyPage {
            panel: Panel::new(site, admin.account(), "users", "Add many users", &USERS.trail(&fields.back)),
            lines,
            roles: role_choices(&fields.role),
            by: fields.by.word(),
            groups: offered.names.iter().map(group).collect(),
            more_groups: offered.more || !others.is_empty(),
            other_groups: others,
            access: diff.map(AccessPreview::new).unwrap_or_default(),
            agreed: diff.map_or(String::new(), |diff| diff.fingerprint().as_str().to_owned()),
            submit: match diff.map(|diff| diff.changes().len()) {
                None => "Add these users".into(),
                Some(1) => format!("Add {count} {users} and let them read 1 page"),
                Some(pages) => format!("Add {count} {users} and let them read {pages} pages"),
            },
            errors: Errors::of(&invalid),
            list_href: USERS.list_href(&fields.back),
            max: new_users::MAX,
            names: fields.names,
            back: fields.back,
        };
        Ok(Answer::panel(app.view.render("admin/users/add_many.html", &page)?))
    }

    fn refused(self, fields: Fields, status: StatusCode) -> Result<Outcome, Error> {
        Ok(Outcome::Page(self.form(fields, None, 0)?.with_status(status)))
    }
}

/// GET `/admin/users/add-many`.
pub async fn ask(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let editor = admin.proof().editor().clone();
    let (site, offered) = app.db.read_with_site(move |conn| groups::offered(conn, &editor, &[])).await?;
    let (role, back) = (Role::Reader.as_str().into(), USERS.back(query.get("back")));
    let asking =
        Asking { app: &app, admin: &admin, site: &site, offered, lines: Vec::new(), invalid: Invalid::default() };
    asking.form(Fields { role, back, by: By::Link, ..Fields::default() }, None, 0)
}

/// POST `/admin/users/add-many`: adds all or nobody, and answers with the sheet of names and links or passwords. A form that
/// gives people access to pages comes back once, with the list of these pages.
pub async fn add_many(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    TextForm(mut fields): TextForm<Fields>,
) -> Result<Outcome, Error> {
    fields.back = USERS.back(&fields.back);
    let lines = new_users::lines(&fields.names);
    let (proof, chosen) = (admin.proof(), fields.groups());
    let names: Vec<Username> =
        lines.iter().take(new_users::MAX).filter_map(|line| Some(line.person.as_ref().ok()?.name.clone())).collect();
    let (site, (obstacles, offered)) = app
        .db
        .read_with_site(move |conn| {
            let obstacles = store::users::name_obstacles(conn, &proof, &names)?;
            Ok((obstacles, groups::offered(conn, proof.editor(), &chosen)?))
        })
        .await?;
    let mut asking =
        Asking { app: &app, admin: &admin, site: &site, offered, lines: Vec::new(), invalid: Invalid::default() };
    let (users, groups) = match check(&mut asking, &fields, lines, obstacles) {
        Some(checked) => checked,
        None => return asking.refused(fields, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let count = users.len();
    let people: Vec<(Username, String)> = users.iter().map(|user| (user.name.clone(), user.note.clone())).collect();
    let add = AddUsers::new(&admin.proof(), users, groups);
    let preview = Command::AddUsers(add.clone());
    let diff = match app.db.preview(admin.proof().editor().clone(), preview.clone()).await? {
        Ok(diff) => diff,
        Err(store::Error::Refused(words)) => {
            asking.invalid.add("groups", words);
            return asking.refused(fields, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(error) => return Err(error.into()),
    };
    if !diff.changes().is_empty() && fields.agreed != diff.fingerprint().as_str() {
        let form = asking.form(fields, Some(&diff), count)?;
        return Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)));
    }

    let (slips, add) = match fields.by {
        By::Link => {
            let secrets = people.iter().map(|_| link::new_secret()).collect::<Result<Vec<Secret>, Error>>()?;
            let slips = people.iter().zip(&secrets).map(|((name, note), secret)| Slip::link(name, note, secret));
            let slips = slips.collect();
            (slips, add.with_links(secrets.iter().map(Secret::hash).collect()))
        }
        By::Generated | By::Typed => {
            let (generated, passwords) = generate(count)?;
            // Outside of the transaction: hashing a hundred passwords takes many seconds.
            let origin = Envelope::of(&request).client.origin();
            let end = Instant::now() + HASHING_TIMEOUT;
            let hashes = match app.authenticator.bcrypt_pool.hash_many(origin, &passwords, end).await {
                Ok(hashes) => hashes,
                Err(Error::Busy(_)) => {
                    asking.invalid.add("form", BUSY);
                    return asking.refused(fields, StatusCode::SERVICE_UNAVAILABLE);
                }
                Err(error) => return Err(error),
            };
            let slips = people.iter().zip(generated);
            let slips = slips.map(|((name, note), password)| Slip::password(name, note, password)).collect();
            (slips, add.with_passwords(hashes))
        }
    };
    let command = Command::AddUsers(add);
    match app.db.run(admin.proof().editor().clone(), command, consent(&fields.agreed)).await? {
        Ok(_) => {}
        Err(store::Error::Unconfirmed) => {
            let diff = app.db.preview(admin.proof().editor().clone(), preview).await??;
            let form = asking.form(fields, Some(&diff), count)?;
            return Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)));
        }
        Err(store::Error::Refused(words)) => {
            asking.invalid.add("groups", words);
            return asking.refused(fields, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(store::Error::Confusing(words)) => {
            asking.invalid.add("names", words);
            return asking.refused(fields, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(store::Error::Duplicate) => {
            asking.invalid.add("names", TAKEN);
            return asking.refused(fields, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(error) => return Err(error.into()),
    }
    let title = format!("{count} new {}", if count == 1 { "user" } else { "users" });
    let panel = Panel::new(&site, admin.account(), "users", title, &USERS.trail(&fields.back));
    let sheet = Sheet::new(&app, &request, &site, slips);
    sheet::page(&app, panel, sheet, String::new(), USERS.list_href(&fields.back)).map(Outcome::Page)
}

const BUSY: &str = "Nobody was added: the passwords were not ready in 45 seconds, because many people are signing in now. Try \
                    again later, or add fewer users at a time.";
const TAKEN: &str = "Somebody took one of these names a moment ago, so nobody was added. Try again.";

/// The users and the groups of a form; `None` if something is wrong, which `asking` then shows.
fn check(
    asking: &mut Asking<'_>,
    fields: &Fields,
    lines: Vec<Line>,
    obstacles: Vec<Option<String>>,
) -> Option<(Vec<UserContent>, Vec<GroupName>)> {
    let invalid = &mut asking.invalid;
    let (count, mut obstacles, mut people) = (lines.len(), obstacles.into_iter(), Vec::new());
    for Line { number, typed, person } in lines.into_iter().take(new_users::MAX) {
        let person = person.and_then(|person| obstacles.next().flatten().map_or(Ok(person), Err));
        match person {
            Ok(person) => people.push(person),
            Err(why) => asking.lines.push(WrongLine { number, typed, why }),
        }
    }
    match asking.lines.len() {
        _ if count == 0 => invalid.add("names", "Type at least one name."),
        _ if count > new_users::MAX => {
            let max = new_users::MAX;
            invalid.add("names", format!("At most {max} names at a time; these are {count}. Nobody was added."));
        }
        0 => {}
        1 => invalid.add("names", "One line has to be changed. Nobody was added."),
        wrong => invalid.add("names", format!("{wrong} lines have to be changed. Nobody was added.")),
    }
    let role = invalid.take("role", Role::parse(&fields.role));
    let groups: Result<Vec<GroupName>, String> = fields.groups().iter().map(|name| GroupName::parse(name)).collect();
    let groups = invalid.take("groups", groups);
    let (role, groups) = role.zip(groups).filter(|_| invalid.is_empty())?;
    let user = |Person { name, note }: Person| UserContent { note, ..UserContent::new(name, role) };
    Some((people.into_iter().map(user).collect(), groups))
}

/// Generates passwords: each as text, and as a checked password.
fn generate(count: usize) -> Result<(Vec<String>, Vec<Password>), Error> {
    let (mut texts, mut passwords) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let text = first_run::generate().map_err(Error::Internal)?;
        passwords.push(Password::parse(&text).map_err(|error| Error::Internal(error.to_string()))?);
        texts.push(text);
    }
    Ok((texts, passwords))
}
