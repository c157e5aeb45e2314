//! The form of a user, new or existing: its fields as they were typed, and its page.

use actix_web::http::StatusCode;
use domain::{
    Version,
    group::GroupName,
    invalid::Invalid,
    password::Password,
    site::Site,
    user::{Role, User, UserInput},
};
use serde::{Deserialize, Serialize};

use super::{
    app_passwords::AppPasswords, holdings::Holdings, link::LinkBox, memberships::Memberships, password::By,
    sheet::Sheet, unlock::Guessed,
};
use crate::{
    App,
    admin::{panel::Panel, request::SubmitAction, sections::USERS},
    auth::extract::Admin,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::checkbox,
        query::QueryString,
        view::Errors,
    },
};

/// The fields of the form as they were typed; a password is never sent back.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) role: String,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) active: bool,
    /// The end of the account as typed.
    #[serde(default)]
    pub(super) ends: String,
    /// The note of administrators about the user, as typed.
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) version: i64,
    #[serde(default)]
    pub(super) back: String,
    #[serde(default)]
    pub(super) then: SubmitAction,
    #[serde(default)]
    pub(super) password: String,
    #[serde(default)]
    pub(super) password_again: String,
    /// The way in which a new user gets a password.
    #[serde(default)]
    pub(super) by: By,
    /// Whether the question about disabling the user was answered with its button.
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) disables: bool,
    /// The name of the editor who gets the drafts of a user who is disabled; empty to leave them as they are.
    #[serde(default)]
    pub(super) drafts_to: String,
    /// The button that led to a question.
    #[serde(default)]
    pub(super) asked: Option<SubmitAction>,
    /// The groups of a new user.
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default)]
    pub(super) agreed: String,
}

impl Fields {
    pub(super) fn of(draft: UserInput, version: Version, back: String) -> Fields {
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
    pub(super) fn of_new(role: Role, back: String) -> Fields {
        let draft = UserInput { role: role.as_str().into(), active: true, ..UserInput::default() };
        Fields::of(draft, Version(0), back)
    }

    /// The groups of a new user.
    ///
    /// # Errors
    /// A message about a name that no group can have.
    pub(super) fn group_names(&self) -> Result<Vec<GroupName>, String> {
        let typed = self.groups.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
        typed.map(GroupName::parse).collect()
    }

    pub(super) fn input(&self) -> UserInput {
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
pub(super) struct Disabling {
    name: String,
    holdings: Holdings,
    /// The editors who can have the drafts, and the one who was chosen.
    editors: Vec<String>,
    drafts_to: String,
    /// The button that led to the question.
    then: &'static str,
}

impl Disabling {
    pub(super) async fn of(app: &App, admin: &Admin, user: &User, fields: &Fields) -> Result<Disabling, Error> {
        let (holdings, editors) = Holdings::with_heirs(app, admin, user).await?;
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
pub(super) struct RoleChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
    help: &'static str,
}

pub(super) fn role_choices(chosen: &str) -> Vec<RoleChoice> {
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
pub(super) struct Editing<'a> {
    pub(super) app: &'a App,
    pub(super) admin: &'a Admin,
    pub(super) site: &'a Site,
    pub(super) user: Option<&'a User>,
    pub(super) guessed: Option<Guessed>,
    pub(super) app_passwords: Option<AppPasswords>,
    pub(super) link: Option<LinkBox>,
    pub(super) disabling: Option<Disabling>,
    pub(super) added: Option<Sheet>,
    pub(super) has_keys: bool,
}

impl<'a> Editing<'a> {
    pub(super) fn of(app: &'a App, admin: &'a Admin, site: &'a Site, user: Option<&'a User>) -> Editing<'a> {
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

    pub(super) fn form(self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, invalid, query, None)
    }

    pub(super) fn form_with(
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

    pub(super) fn refused(self, fields: Fields, invalid: &Invalid, status: StatusCode) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(status)))
    }
}
