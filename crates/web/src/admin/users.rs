//! Users in the panel: the form; submodules hold the list, passwords and deletion.

mod add_many;
mod app_passwords;
mod delete;
mod heirs;
mod holdings;
mod keys;
mod link;
mod list;
mod load;
mod memberships;
mod password;
mod sheet;
mod unlock;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    group::GroupName,
    invalid::Invalid,
    password::Password,
    site::Site,
    text,
    user::{Role, User, UserContent, UserId, UserInput, Username},
};
use serde::{Deserialize, Serialize};
use store::writing::{AccessDiff, AddUsers, Command, Outcome as Written, users};

pub use add_many::{add_many, ask as ask_many};
pub use app_passwords::end_app_passwords;
pub use delete::{confirm, delete};
pub use keys::{confirm_keys, end_keys};
pub use link::make as make_link;
pub use list::{act, list};
pub use password::{password, set_password};
pub use unlock::unlock;

use app_passwords::AppPasswords;
use heirs::{Heir, heirs};
use holdings::Holdings;
use link::LinkBox;
use load::load;
use memberships::{MembershipForm, Memberships};
use password::By;
use sheet::{Sheet, Slip};
use unlock::Guessed;

use super::{
    access_preview::consent,
    access_question::AccessQuestion,
    flash::Flash,
    panel::Panel,
    request::{SubmitAction, id},
    sections::USERS,
};
use crate::{
    App,
    auth::{extract::Admin, secret::Secret},
    clock,
    http::{
        answer::{Answer, Outcome},
        envelope::Envelope,
        error::{Error, LAST_ADMIN},
        form::{Form, checkbox},
        query::{QueryString, encode},
        view::Errors,
    },
};

/// The fields of the form as they were typed; a password is never sent back.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default, deserialize_with = "checkbox")]
    active: bool,
    /// The end of the account as typed.
    #[serde(default)]
    ends: String,
    /// The note of administrators about the user, as typed.
    #[serde(default)]
    note: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    back: String,
    #[serde(default)]
    then: SubmitAction,
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_again: String,
    /// The way in which a new user gets a password.
    #[serde(default)]
    by: By,
    /// Whether the question about disabling the user was answered with its button.
    #[serde(default, deserialize_with = "checkbox")]
    disables: bool,
    /// The name of the editor who gets the drafts of a user who is disabled; empty to leave them as they are.
    #[serde(default)]
    drafts_to: String,
    /// The button that led to a question.
    #[serde(default)]
    asked: Option<SubmitAction>,
    /// The groups of a new user.
    #[serde(default)]
    groups: Vec<String>,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default)]
    agreed: String,
}

impl Fields {
    fn of(draft: UserInput, version: Version, back: String) -> Fields {
        let UserInput { name, role, active, ends, note } = draft;
        let (password, password_again) = (String::new(), String::new());
        Fields {
            name,
            role,
            active,
            ends,
            note,
            version: version.0,
            back,
            then: SubmitAction::Save,
            password,
            password_again,
            by: By::Link,
            disables: false,
            drafts_to: String::new(),
            asked: None,
            groups: Vec::new(),
            agreed: String::new(),
        }
    }

    /// The fields of a new user, with a role.
    fn of_new(role: Role, back: String) -> Fields {
        let draft = UserInput { role: role.as_str().into(), active: true, ..UserInput::default() };
        Fields::of(draft, Version(0), back)
    }

    /// The groups of a new user.
    ///
    /// # Errors
    /// A message about a name that no group can have.
    fn group_names(&self) -> Result<Vec<GroupName>, String> {
        let typed = self.groups.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
        typed.map(GroupName::parse).collect()
    }

    fn input(&self) -> UserInput {
        UserInput {
            name: self.name.clone(),
            role: self.role.clone(),
            active: self.active,
            ends: self.ends.clone(),
            note: self.note.clone(),
        }
    }
}

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    panel: Panel,
    is_new: bool,
    action: String,
    fields: FormFields,
    roles: Vec<RoleChoice>,
    errors: Errors,
    list_href: String,
    delete_href: String,
    password_href: String,
    /// The address of the page that ends all keys of the user; empty if there are none.
    keys_href: String,
    created: String,
    last_sign_in: String,
    /// The wrong passwords for this user, if there are many.
    guessed: Option<Guessed>,
    /// The app passwords of the user, if there are any.
    app_passwords: Option<AppPasswords>,
    /// The link to set a password; `None` in a form that is shown again with errors.
    link: Option<LinkBox>,
    /// The question about disabling the user.
    disabling: Option<Disabling>,
    /// The groups of the user, in a form of their own; those of a new user are in the same form.
    groups: Option<Memberships>,
    /// The user who was just added with a generated password, above the form of the next one.
    added: Option<Sheet>,
    min_bytes: String,
}

/// The question of a form that disables its user.
#[derive(Serialize)]
struct Disabling {
    name: String,
    holdings: Holdings,
    /// The editors who can have the drafts, and the one who was chosen.
    editors: Vec<String>,
    drafts_to: String,
    /// The button that led to the question.
    then: &'static str,
}

impl Disabling {
    async fn of(app: &App, admin: &Admin, user: &User, fields: &Fields) -> Result<Disabling, Error> {
        let (proof, held_by) = (admin.proof(), user.clone());
        let read = move |conn: &mut store::Conn| {
            let holdings = Holdings::of(conn, &proof, &held_by)?;
            let editors = if holdings.has_drafts() { heirs(conn, &proof, &[&held_by])? } else { Vec::new() };
            Ok((holdings, editors))
        };
        let (holdings, editors) = app.db.read(read).await?;
        Ok(Disabling {
            name: user.name.to_string(),
            holdings,
            editors,
            drafts_to: fields.drafts_to.clone(),
            then: fields.then.word(),
        })
    }
}

#[derive(Serialize)]
struct FormFields {
    name: String,
    active: bool,
    ends: String,
    note: String,
    version: i64,
    back: String,
    by: &'static str,
}

#[derive(Serialize)]
struct RoleChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
    help: &'static str,
}

fn role_choices(chosen: &str) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        value: role.as_str(),
        label: role.label(),
        chosen: role.as_str() == chosen,
        help: match role {
            Role::Reader => "Can read private pages",
            Role::Editor => "Can also write pages",
            Role::Admin => "Can also manage users and the site",
        },
    };
    Role::ALL.into_iter().map(choice).collect()
}

/// A form for a new user, or for an existing one.
struct Editing<'a> {
    app: &'a App,
    admin: &'a Admin,
    site: &'a Site,
    user: Option<&'a User>,
    guessed: Option<Guessed>,
    app_passwords: Option<AppPasswords>,
    link: Option<LinkBox>,
    disabling: Option<Disabling>,
    added: Option<Sheet>,
    has_keys: bool,
}

impl<'a> Editing<'a> {
    fn of(app: &'a App, admin: &'a Admin, site: &'a Site, user: Option<&'a User>) -> Editing<'a> {
        Editing {
            app,
            admin,
            site,
            user,
            guessed: None,
            link: None,
            app_passwords: None,
            disabling: None,
            added: None,
            has_keys: false,
        }
    }

    fn form(self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, invalid, query, None)
    }

    fn form_with(
        self,
        fields: Fields,
        invalid: &Invalid,
        query: &QueryString,
        groups: Option<Memberships>,
    ) -> Result<Answer, Error> {
        let title = self.user.map_or("New user".into(), |user| user.name.to_string());
        let under = |under| self.user.map_or(String::new(), |user| USERS.href(user.id.0, under, &fields.back));
        let trail = USERS.trail(&fields.back);
        let page = FormPage {
            panel: Panel::new(self.site, self.admin.account(), "users", title, &trail).with_message(query),
            is_new: self.user.is_none(),
            action: self.user.map_or(USERS.list.into(), |user| USERS.form_href(user.id.0)),
            roles: role_choices(&fields.role),
            errors: Errors::of(invalid),
            list_href: USERS.list_href(&fields.back),
            delete_href: under("/delete"),
            password_href: under("/password"),
            keys_href: self
                .user
                .filter(|_| self.has_keys)
                .map_or(String::new(), |user| format!("{}/keys?from=user", USERS.form_href(user.id.0))),
            created: self.user.map_or(String::new(), |user| clock::moment(user.created_at, self.site.time_zone)),
            last_sign_in: self.user.map_or(String::new(), |user| {
                user.last_sign_in_at.map_or("never".into(), |at| clock::moment(at, self.site.time_zone))
            }),
            guessed: self.guessed,
            app_passwords: self.app_passwords,
            link: self.link,
            disabling: self.disabling,
            groups,
            added: self.added,
            min_bytes: Password::MIN_BYTES.to_string(),
            fields: FormFields {
                name: fields.name,
                active: fields.active,
                ends: fields.ends,
                note: fields.note,
                version: fields.version,
                back: fields.back,
                by: fields.by.word(),
            },
        };
        Ok(Answer::panel(self.app.view.render("admin/users/form.html", &page)?))
    }

    fn refused(self, fields: Fields, invalid: &Invalid, status: StatusCode) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(status)))
    }
}

/// GET `/admin/users/new`.
pub async fn new(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, ()) = app.db.read_with_site(|_| Ok(())).await?;
    let fields = Fields::of_new(Role::Reader, USERS.back(query.get("back")));
    let groups = Memberships::of_new(&app, &admin, &[], None).await?;
    Editing::of(&app, &admin, &site, None).form_with(fields, &Invalid::default(), &query, Some(groups))
}

/// POST `/admin/users`. Redirects to the form of the new user, or to an empty one; a generated password or a link is shown once,
/// here.
/// 422 with the effect when the user would gain access by the groups that are ticked.
pub async fn create(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = USERS.back(&fields.back);
    if let Some(asked) = fields.asked.filter(|_| !fields.agreed.is_empty()) {
        fields.then = asked;
    }
    let site = app.db.site().await;
    let adding = Adding { app: &app, admin: &admin, site: &site };
    let by = || admin.proof().editor().clone();
    let name = text::cleaned(&fields.name);
    let name = name.trim();
    let chosen = match fields.by {
        By::Link => link::new_secret().map(WayIn::Link).map(Ok)?,
        by => password::choose(&fields.password, &fields.password_again, by, name).map(WayIn::Password),
    };
    let mut invalid = Invalid::default();
    invalid.take("name", check_new_name(&app, &admin, name).await?);
    let content = fields.input().check(site.time_zone).map_err(|wrong| invalid.extend(wrong)).ok();
    let groups = invalid.take("groups", fields.group_names());
    let add = content.zip(groups).map(|(content, groups)| {
        let add = AddUsers::new(&admin.proof(), vec![content.clone()], groups);
        (content, add)
    });
    let gains = match &add {
        None => None,
        Some((_, add)) => match app.db.preview(by(), Command::AddUsers(add.clone())).await? {
            Ok(diff) => Some(diff).filter(AccessDiff::needs_consent),
            Err(store::Error::Refused(words)) => {
                invalid.add("groups", words);
                None
            }
            Err(error) => return Err(error.into()),
        },
    };
    let (UserContent { name, role, note, .. }, add, chosen) = match (add, chosen) {
        (Some((content, add)), Ok(chosen)) if invalid.is_empty() => (content, add, chosen),
        (_, chosen) => {
            invalid.extend(chosen.err().unwrap_or_default());
            return adding.refused(fields, &invalid, gains.as_ref()).await;
        }
    };
    if let Some(diff) = gains.filter(|diff| fields.agreed != diff.fingerprint().as_str()) {
        return adding.ask(fields, &diff).await;
    }
    let with_way_in = match &chosen {
        WayIn::Link(secret) => add.clone().with_links(vec![secret.hash()]),
        WayIn::Password(chosen) => {
            let origin = Envelope::of(&request).client.origin();
            add.clone().with_passwords(vec![app.authenticator.bcrypt_pool.hash(origin, &chosen.password).await?])
        }
    };
    let command = Command::AddUsers(with_way_in);
    let id = match app.db.run(by(), command, consent(&fields.agreed)).await? {
        Ok(Written::Users(added)) => added.first().copied().ok_or(Error::NotFound)?,
        Ok(_) => return Err(Error::NotFound),
        Err(store::Error::Unconfirmed) => {
            let diff = app.db.preview(by(), Command::AddUsers(add)).await??;
            return adding.ask(fields, &diff).await;
        }
        Err(store::Error::Duplicate) => {
            let taken = Invalid::one("name", format!("There is a user {name} already."));
            return adding.refused(fields, &taken, None).await;
        }
        Err(store::Error::Confusing(words)) => {
            return adding.refused(fields, &Invalid::one("name", words), None).await;
        }
        Err(store::Error::Refused(words)) => {
            return adding.refused(fields, &Invalid::one("groups", words), None).await;
        }
        Err(error) => return Err(error.into()),
    };
    let kept = encode(&[("back", &fields.back)]);
    let slip = match &chosen {
        WayIn::Link(secret) => Some(Slip::link(&name, &note, secret)),
        WayIn::Password(chosen) => chosen.generated.clone().map(|generated| Slip::password(&name, &note, generated)),
    };
    let groups = match (&slip, fields.then) {
        (Some(_), SubmitAction::Another) => Memberships::of_new(&app, &admin, &[], None).await.ok(),
        _ => None,
    };
    match (slip, fields.then, groups) {
        (Some(slip), _, Some(groups)) => {
            let added = Some(Sheet::new(&app, &request, &site, vec![slip]));
            let form = Editing { added, ..Editing::of(&app, &admin, &site, None) };
            let fields = Fields { by: fields.by, ..Fields::of_new(role, fields.back) };
            let (valid, query) = (Invalid::default(), QueryString::default());
            form.form_with(fields, &valid, &query, Some(groups)).map(Outcome::Page)
        }
        // Also if the database does not give another form: the secret is shown this once.
        (Some(slip), ..) => sheet::reveal(&app, &request, &admin, &site, (id, &name), slip, &fields.back),
        (None, SubmitAction::Another, _) => {
            Ok(Outcome::Redirect(Flash::Created.at(&format!("{}/new", USERS.list), &kept, None)))
        }
        (None, ..) => Ok(Outcome::Redirect(Flash::Created.at(&USERS.form_href(id.0), &kept, None))),
    }
}

/// How a new user signs in for the first time.
enum WayIn {
    Link(Secret),
    Password(password::ChosenPassword),
}

/// The form of a new user, shown again.
struct Adding<'a> {
    app: &'a App,
    admin: &'a Admin,
    site: &'a Site,
}

impl Adding<'_> {
    /// The form with its messages; with `gains`, also with the question about them.
    async fn refused(self, fields: Fields, invalid: &Invalid, gains: Option<&AccessDiff>) -> Result<Outcome, Error> {
        let Adding { app, admin, site } = self;
        let then = fields.then.word();
        let question = gains.map(|diff| AccessQuestion::new(diff, None, "Add this user and", then));
        let groups = Memberships::of_new(app, admin, &fields.groups, question).await?;
        let editing = Editing::of(app, admin, site, None);
        let form = editing.form_with(fields, invalid, &QueryString::default(), Some(groups))?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }

    /// Asks whether the user may gain access. A form never has the password that was typed.
    async fn ask(self, fields: Fields, diff: &AccessDiff) -> Result<Outcome, Error> {
        let invalid = match fields.by {
            By::Link | By::Generated => Invalid::default(),
            By::Typed => Invalid::one("password", "Type the password once more: forms do not keep it."),
        };
        self.refused(fields, &invalid, Some(diff)).await
    }
}

/// Says why a user cannot have this new name, while the form may have other errors, and before a password is hashed.
async fn check_new_name(app: &App, admin: &Admin, typed: &str) -> Result<Result<(), String>, Error> {
    let name = match Username::parse_new(typed) {
        Ok(name) => name,
        Err(words) => return Ok(Err(words)),
    };
    let proof = admin.proof();
    let obstacles = app.db.read(move |conn| store::users::name_obstacles(conn, &proof, &[name])).await?;
    Ok(obstacles.into_iter().flatten().next().map_or(Ok(()), Err))
}

/// GET `/admin/users/{id}`.
pub async fn edit(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let fields = Fields::of(UserInput::of(&user, site.time_zone), user.version, USERS.back(query.get("back")));
    let guessed = Guessed::of(&app, &admin, &site, &user).await?;
    let link = LinkBox::of(&app, &admin, &site, &user).await?;
    let groups = Memberships::load(&app, &admin, &user, None, &fields.back).await?;
    let app_passwords = AppPasswords::of(&app, &admin, &site, &user).await?;
    let (proof, key) = (admin.proof(), user.id);
    let keys = app.db.read(move |conn| store::keys::of_user(conn, &proof, key, clock::now())).await?;
    let has_keys = keys.total() > 0;
    let editing = Editing { guessed, link, app_passwords, has_keys, ..Editing::of(&app, &admin, &site, Some(&user)) };
    editing.form_with(fields, &Invalid::default(), &query, Some(groups))
}

/// POST `/admin/users/{id}/groups`: puts the user into the groups that are ticked; 422 with the effect when the
/// user would gain access.
pub async fn set_groups(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(mut form): Form<MembershipForm>,
) -> Result<Outcome, Error> {
    form.back = USERS.back(&form.back);
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let back = form.back.clone();
    match memberships::set(&app, &admin, &user, form).await? {
        None => {
            let kept = encode(&[("back", &back)]);
            Ok(Outcome::Redirect(Flash::Saved.at(&USERS.form_href(user.id.0), &kept, None)))
        }
        Some((groups, invalid)) => {
            let page = with_groups(&app, &admin, &site, &user, groups, &invalid, back)?;
            Ok(Outcome::Page(page.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
    }
}

/// The form of a user with the groups as they were typed.
fn with_groups(
    app: &App,
    admin: &Admin,
    site: &Site,
    user: &User,
    groups: Memberships,
    invalid: &Invalid,
    back: String,
) -> Result<Answer, Error> {
    let fields = Fields::of(UserInput::of(user, site.time_zone), user.version, back);
    let editing = Editing::of(app, admin, site, Some(user));
    editing.form_with(fields, invalid, &QueryString::default(), Some(groups))
}

/// POST `/admin/users/{id}`: saves the form; 422 with what the user can read and their drafts when it disables the user and does
/// not confirm this.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = USERS.back(&fields.back);
    let id = UserId(id(&request)?);
    let (site, user) = load(&app, &admin, id).await?;
    let editing = Editing::of(&app, &admin, &site, Some(&user));
    let content = match fields.input().check(site.time_zone) {
        Ok(content) => content,
        Err(invalid) => return editing.refused(fields, &invalid, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let from = Version(fields.version);
    if let Some(asked) = fields.asked.filter(|_| fields.disables) {
        fields.then = asked;
    }
    // A form over another version is a conflict, whatever it answers.
    if user.active && !content.active && !fields.disables && user.version == from {
        let asking = Editing { disabling: Some(Disabling::of(&app, &admin, &user, &fields).await?), ..editing };
        return asking.refused(fields, &Invalid::default(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let heir = if fields.disables && !content.active { Heir::parse(&fields.drafts_to)? } else { Heir::default() };
    let (proof, new) = (admin.proof(), content.clone());
    let update = move |conn: &mut store::Conn| {
        heir.take_over_after(conn, &proof, &[id], |conn| users::update(conn, &proof, id, from, &new, clock::now()))
    };
    let saved = app.db.try_revoke(update).await?;
    let conflict = StatusCode::CONFLICT;
    match saved {
        Ok(user) => {
            let kept = encode(&[("back", &fields.back)]);
            Ok(Outcome::Redirect(match fields.then {
                SubmitAction::Save => Flash::Saved.at(USERS.list, &fields.back, None),
                SubmitAction::Continue => Flash::Saved.at(&USERS.form_href(user.id.0), &kept, None),
                SubmitAction::Another => Flash::Saved.at(&format!("{}/new", USERS.list), &kept, None),
            }))
        }
        Err(store::Error::Duplicate) => {
            let taken = Invalid::one("name", format!("There is another user {} already.", content.name));
            editing.refused(fields, &taken, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(store::Error::Confusing(words)) => {
            editing.refused(fields, &Invalid::one("name", words), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(store::Error::LastAdmin) => editing.refused(fields, &Invalid::one("form", LAST_ADMIN), conflict),
        Err(store::Error::Stale) => {
            let (_, theirs) = load(&app, &admin, id).await?;
            fields.version = theirs.version.0;
            let state = list::state(&theirs, clock::now());
            let words = format!(
                "Somebody else saved this user while you were editing, as {}, {}, {state}. Your version is below; \
                 saving it replaces theirs.",
                theirs.name,
                theirs.role.label().to_lowercase()
            );
            editing.refused(fields, &Invalid::one("form", words), conflict)
        }
        Err(error) => Err(error.into()),
    }
}
