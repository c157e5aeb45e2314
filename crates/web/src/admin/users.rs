//! Users in the panel: the list, the form, passwords, and what is done with many at once.

mod password;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    site::Site,
    user::{Password, Role, User, UserDraft, UserId},
};
use serde::{Deserialize, Serialize};
use store::users::{self, UserColumn, UserFilter, UserSort};

pub use password::{password, set_password};

use super::{
    Action, ConfirmPage, Done, Item, Outcome, Panel, Then, id,
    table::{State, TableView},
};
use crate::{
    App,
    answer::Answer,
    auth::extract::Admin,
    clock,
    error::{Error, LAST_ADMIN},
    form::{Form, checkbox},
    query::{QueryString, encode},
    view::{self, Errors, Link},
};

const LIST: &str = "/admin/users";

fn home() -> Link {
    Link::new("/admin/", "Administration")
}

fn trail() -> [Link; 2] {
    [home(), Link::new(LIST, "Users")]
}

fn state(query: &QueryString) -> State {
    State::read(LIST, &["q", "role", "active", "sort"], query)
}

fn back_of(text: &str) -> String {
    state(&QueryString::parse(text)).back()
}

fn edit_href(id: UserId) -> String {
    format!("{LIST}/{}", id.0)
}

fn with_back(address: &str, back: &str) -> String {
    if back.is_empty() { address.into() } else { format!("{address}?{}", encode(&[("back", back)])) }
}

fn list_href(back: &str) -> String {
    if back.is_empty() { LIST.into() } else { format!("{LIST}?{back}") }
}

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<Row>,
    actions: [Choice; 3],
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
}

const ACTIONS: [(&str, &str); 3] = [("disable", "Disable"), ("enable", "Enable"), ("delete", "Delete")];

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    role_label: &'static str,
    active: bool,
    created: String,
    created_iso: String,
    last_sign_in: String,
    last_sign_in_iso: String,
    edit_href: String,
}

impl Row {
    fn new(user: User, back: &str) -> Row {
        Row {
            id: user.id.0.to_string(),
            name: user.name.to_string(),
            role_label: user.role.label(),
            active: user.active,
            created: view::date(user.created_at),
            created_iso: view::iso(user.created_at),
            last_sign_in: user.last_sign_in_at.map_or("never".into(), view::moment),
            last_sign_in_iso: user.last_sign_in_at.map(view::iso).unwrap_or_default(),
            edit_href: with_back(&edit_href(user.id), back),
        }
    }
}

/// GET `/admin/users`.
pub async fn list(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    const COLUMNS: [(&str, &str); 5] = [
        ("name", "Name"),
        ("role", "Role"),
        ("active", "Active"),
        ("created", "Created"),
        ("last-sign-in", "Last sign-in"),
    ];
    let state = state(&query);
    let filter = UserFilter {
        query: state.get("q").to_owned(),
        role: Role::parse(state.get("role")).ok(),
        active: match state.get("active") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
    };
    let (word, descending) = state.sorted(&COLUMNS.map(|(word, _)| word), ("name", false));
    let by = match word {
        "role" => UserColumn::Role,
        "active" => UserColumn::Active,
        "created" => UserColumn::Created,
        "last-sign-in" => UserColumn::LastSignIn,
        _ => UserColumn::Name,
    };
    let (proof, paging) = (admin.proof(), state.paging());
    let (site, (table, counts)) = app
        .db
        .read_with_site(move |conn| {
            let table = users::every(conn, &proof, &filter, UserSort { by, descending }, paging)?;
            Ok((table, users::counts(conn, &proof, &filter)?))
        })
        .await?;

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
                ("no", "Disabled".into(), Some(counts.disabled)),
            ],
        ),
    ];
    let columns = state.columns(&COLUMNS, (word, descending));
    let back = state.back();
    let page = ListPage {
        panel: Panel::new(&site, admin.account(), "users", "Users", &[home()]).with_message(&query),
        table: state.view(table.total, table.rows.len(), columns, filters),
        rows: table.rows.into_iter().map(|user| Row::new(user, &back)).collect(),
        actions: ACTIONS.map(|(value, label)| Choice { value, label }),
    };
    Ok(Answer::panel(app.view.render("admin/users/list.html", &page)?))
}

/// The fields of the form, as they are typed; a password is never given back.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default, deserialize_with = "checkbox")]
    active: bool,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    back: String,
    #[serde(default)]
    then: Then,
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_again: String,
    #[serde(default, deserialize_with = "checkbox")]
    generate: bool,
}

impl Fields {
    fn of(draft: UserDraft, version: Version, back: String) -> Fields {
        let UserDraft { name, role, active } = draft;
        let (password, password_again) = (String::new(), String::new());
        Fields {
            name,
            role,
            active,
            version: version.0,
            back,
            then: Then::Save,
            password,
            password_again,
            generate: false,
        }
    }

    fn draft(&self) -> UserDraft {
        UserDraft { name: self.name.clone(), role: self.role.clone(), active: self.active }
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
    created: String,
    last_sign_in: String,
    min_bytes: usize,
    max_bytes: usize,
}

#[derive(Serialize)]
struct FormFields {
    name: String,
    active: bool,
    version: i64,
    back: String,
    generate: bool,
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
            Role::Reader => "reads private pages",
            Role::Editor => "also writes pages",
            Role::Admin => "also manages users and the site",
        },
    };
    Role::ALL.into_iter().map(choice).collect()
}

/// What a form is about: a new user, or one who exists.
struct Editing<'a> {
    app: &'a App,
    admin: &'a Admin,
    site: &'a Site,
    user: Option<&'a User>,
}

impl Editing<'_> {
    fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        let title = self.user.map_or("Add a user".into(), |user| user.name.to_string());
        let under = |suffix: &str| {
            let address = self.user.map(|user| format!("{}/{suffix}", edit_href(user.id)));
            address.map_or(String::new(), |address| with_back(&address, &fields.back))
        };
        let page = FormPage {
            panel: Panel::new(self.site, self.admin.account(), "users", title, &trail()).with_message(query),
            is_new: self.user.is_none(),
            action: self.user.map_or(LIST.into(), |user| edit_href(user.id)),
            roles: role_choices(&fields.role),
            errors: Errors::of(invalid),
            list_href: list_href(&fields.back),
            delete_href: under("delete"),
            password_href: under("password"),
            created: self.user.map_or(String::new(), |user| view::moment(user.created_at)),
            last_sign_in: self
                .user
                .map_or(String::new(), |user| user.last_sign_in_at.map_or("never".into(), view::moment)),
            min_bytes: Password::MIN_BYTES,
            max_bytes: Password::MAX_BYTES,
            fields: FormFields {
                name: fields.name,
                active: fields.active,
                version: fields.version,
                back: fields.back,
                generate: fields.generate,
            },
        };
        Ok(Answer::panel(self.app.view.render("admin/users/form.html", &page)?))
    }

    fn refused(&self, fields: Fields, invalid: &Invalid, status: StatusCode) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(status)))
    }
}

/// GET `/admin/users/new`.
pub async fn new(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, ()) = app.db.read_with_site(|_| Ok(())).await?;
    let draft = UserDraft { name: String::new(), role: Role::Reader.as_str().into(), active: true };
    let fields = Fields::of(draft, Version(0), back_of(query.get("back")));
    Editing { app: &app, admin: &admin, site: &site, user: None }.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/users`. A new user lands on the own form; a generated password is shown this once.
pub async fn create(app: Data<App>, admin: Admin, Form(mut fields): Form<Fields>) -> Result<Outcome, Error> {
    fields.back = back_of(&fields.back);
    let site = app.db.site().await;
    let editing = Editing { app: &app, admin: &admin, site: &site, user: None };
    let chosen = password::choose(&fields.password, &fields.password_again, fields.generate, fields.name.trim());
    let (content, chosen) = match (fields.draft().check(), chosen) {
        (Ok(content), Ok(chosen)) => (content, chosen),
        (content, chosen) => {
            let mut invalid = content.err().unwrap_or_default();
            for (field, message) in chosen.err().unwrap_or_default().iter() {
                invalid.add(field, message);
            }
            return editing.refused(fields, &invalid, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let hash = app.verifier.hash(&chosen.password).await?;
    let (proof, name) = (admin.proof(), content.name.clone());
    let made =
        app.db.write_or_duplicate(move |conn| users::insert(conn, &proof, &content, &hash, clock::now())).await?;
    let Some(user) = made else {
        let taken = Invalid::one("name", format!("There is a user {name} already."));
        return editing.refused(fields, &taken, StatusCode::UNPROCESSABLE_ENTITY);
    };
    if let Some(generated) = chosen.generated {
        return password::reveal(&app, &admin, &site, &user, &generated, &fields.back);
    }
    let kept = encode(&[("back", &fields.back)]);
    Ok(Outcome::Elsewhere(match fields.then {
        Then::Another => Done::Created.at(&format!("{LIST}/new"), &kept, None),
        Then::Save | Then::Continue => Done::Created.at(&edit_href(user.id), &kept, None),
    }))
}

/// The user of a request, or 404.
async fn load(app: &App, admin: &Admin, id: UserId) -> Result<(std::sync::Arc<Site>, User), Error> {
    let proof = admin.proof();
    let (site, user) = app.db.read_with_site(move |conn| users::get(conn, &proof, id)).await?;
    Ok((site, user.ok_or(Error::NotFound)?))
}

/// GET `/admin/users/{id}`.
pub async fn edit(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let fields = Fields::of(UserDraft::of(&user), user.version, back_of(query.get("back")));
    Editing { app: &app, admin: &admin, site: &site, user: Some(&user) }.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/users/{id}`.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = back_of(&fields.back);
    let id = UserId(id(&request)?);
    let (site, user) = load(&app, &admin, id).await?;
    let editing = Editing { app: &app, admin: &admin, site: &site, user: Some(&user) };
    let content = match fields.draft().check() {
        Ok(content) => content,
        Err(invalid) => return editing.refused(fields, &invalid, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let (proof, from, new) = (admin.proof(), Version(fields.version), content.clone());
    let saved = app.db.try_write(move |conn| users::update(conn, &proof, id, from, &new, clock::now())).await?;
    let conflict = StatusCode::CONFLICT;
    match saved {
        Ok(user) => {
            let kept = encode(&[("back", &fields.back)]);
            Ok(Outcome::Elsewhere(match fields.then {
                Then::Save => Done::Saved.at(LIST, &fields.back, None),
                Then::Continue => Done::Saved.at(&edit_href(user.id), &kept, None),
                Then::Another => Done::Saved.at(&format!("{LIST}/new"), &kept, None),
            }))
        }
        Err(store::Error::Duplicate) => {
            let taken = Invalid::one("name", format!("There is another user {} already.", content.name));
            editing.refused(fields, &taken, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(store::Error::LastAdmin) => editing.refused(fields, &Invalid::one("form", LAST_ADMIN), conflict),
        Err(store::Error::Stale) => {
            let (_, theirs) = load(&app, &admin, id).await?;
            fields.version = theirs.version.0;
            let state = if theirs.active { "active" } else { "disabled" };
            let words = format!(
                "Somebody else saved this user meanwhile, as {}, {}, {state}. Below is what you typed; saving it now \
                 puts it over theirs.",
                theirs.name,
                theirs.role.label().to_lowercase()
            );
            editing.refused(fields, &Invalid::one("form", words), conflict)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Serialize)]
struct DeletePage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    name: String,
    role_label: &'static str,
    back: String,
    cancel_href: String,
}

/// GET `/admin/users/{id}/delete`: asks first.
pub async fn confirm(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let back = back_of(query.get("back"));
    let edit = Link::new(edit_href(user.id), user.name.to_string());
    let trail: Vec<Link> = trail().into_iter().chain([edit]).collect();
    let page = DeletePage {
        panel: Panel::new(&site, admin.account(), "users", "Delete this user?", &trail),
        action: format!("{}/delete", edit_href(user.id)),
        name: user.name.to_string(),
        role_label: user.role.label(),
        cancel_href: with_back(&edit_href(user.id), &back),
        back,
    };
    Ok(Answer::panel(app.view.render("admin/users/delete.html", &page)?))
}

/// A confirmation.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    back: String,
}

/// POST `/admin/users/{id}/delete`.
pub async fn delete(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(form): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let (proof, id) = (admin.proof(), UserId(id(&request)?));
    let deleted = app.db.write(move |conn| users::delete(conn, &proof, &[id], clock::now())).await?;
    if deleted == 0 {
        return Err(Error::NotFound);
    }
    Ok(Outcome::Elsewhere(Done::Deleted.at(LIST, &back_of(&form.back), None)))
}

/// POST `/admin/users/actions`: asks, and does it when it is confirmed.
pub async fn act(app: Data<App>, admin: Admin, Form(form): Form<Action>) -> Result<Outcome, Error> {
    let back = back_of(&form.back);
    let Some((action, label)) = ACTIONS.into_iter().find(|(action, _)| *action == form.action) else {
        return Err(Error::Unprocessable("Choose what to do with the users.".into()));
    };
    if form.id.is_empty() {
        return Err(Error::Unprocessable("No user was chosen. Tick the users in the list first.".into()));
    }
    let ids: Vec<UserId> = form.id.iter().copied().map(UserId).collect();
    let proof = admin.proof();
    if !form.is_confirmed() {
        let (site, users) = app.db.read_with_site(move |conn| users::some(conn, &proof, &ids)).await?;
        let question = match action {
            "disable" => "These users will no longer sign in, from their next request:",
            "enable" => "These users will sign in again:",
            _ => "These users will be deleted; the audit trail keeps their names:",
        };
        let item = |user: User| Item {
            id: user.id.0.to_string(),
            title: user.name.to_string(),
            href: edit_href(user.id),
            note: format!("{}, {}", user.role.label().to_lowercase(), if user.active { "active" } else { "disabled" }),
        };
        let page = ConfirmPage {
            panel: Panel::new(&site, admin.account(), "users", format!("{label}?"), &trail()),
            question: question.into(),
            items: users.into_iter().map(item).collect(),
            action_url: "/admin/users/actions",
            action: action.into(),
            cancel_href: list_href(&back),
            back,
            danger: action != "enable",
            confirm_label: label,
        };
        return Ok(Outcome::Page(Answer::panel(app.view.render("admin/confirm.html", &page)?)));
    }
    let (done, count) = match action {
        "delete" => (Done::Deleted, app.db.write(move |conn| users::delete(conn, &proof, &ids, clock::now())).await?),
        action => {
            let active = action == "enable";
            let change = move |conn: &mut store::Conn| users::set_active(conn, &proof, &ids, active, clock::now());
            (if active { Done::Enabled } else { Done::Disabled }, app.db.write(change).await?)
        }
    };
    Ok(Outcome::Elsewhere(done.at(LIST, &back, Some(count))))
}
