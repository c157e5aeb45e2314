//! Setting a user's password: typed twice, or generated and shown once.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    password::Password,
    site::Site,
    user::{User, UserId},
};
use serde::{Deserialize, Serialize};
use store::writing::{
    app_passwords::{Ended, end_for},
    users,
};

use super::{
    app_passwords::AppPasswords,
    load::load,
    sheet::{self, Slip},
};
use crate::{
    App,
    admin::{flash::Flash, panel::Panel, request::id, sections::USERS},
    auth::extract::Admin,
    clock, first_run,
    http::{
        answer::{Answer, Outcome},
        envelope::Envelope,
        error::Error,
        form::{Form, checkbox},
        query::{QueryString, encode},
        view::Errors,
    },
};

/// The way in which a user gets a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    /// The user chooses it, with a link.
    Link,
    /// It is generated, and shown once.
    Generated,
    /// It was typed twice.
    #[default]
    Typed,
}

impl By {
    /// The value of its field.
    pub(super) fn word(self) -> &'static str {
        match self {
            By::Link => "link",
            By::Generated => "generated",
            By::Typed => "typed",
        }
    }
}

/// A typed password, or a generated one that has to be shown.
pub(super) struct ChosenPassword {
    pub(super) password: Password,
    pub(super) generated: Option<String>,
}

/// Checks a password that was typed twice, or generates one.
pub(super) fn choose(typed: &str, again: &str, by: By, name: &str) -> Result<ChosenPassword, Invalid> {
    if by != By::Typed {
        let generated = first_run::generate().map_err(|message| Invalid::one("password", message))?;
        let password = Password::parse(&generated).map_err(|message| Invalid::one("password", message))?;
        return Ok(ChosenPassword { password, generated: Some(generated) });
    }
    let mut invalid = Invalid::default();
    let password = invalid.take("password", Password::parse_new(typed, name));
    if typed != again {
        invalid.add("password_again", "The two passwords differ. Type the same password twice.");
    }
    match password {
        Some(password) if invalid.is_empty() => Ok(ChosenPassword { password, generated: None }),
        _ => Err(invalid),
    }
}

#[derive(Serialize)]
struct PasswordPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    name: String,
    errors: Errors,
    by: &'static str,
    version: i64,
    /// The label of the checkbox that ends the user's app passwords; empty if there are none.
    ending: String,
    ends_app_passwords: bool,
    back: String,
    edit_href: String,
    min_bytes: String,
}

/// The choices of the form.
struct Choices {
    by: By,
    ends_app_passwords: bool,
}

async fn page(
    app: &App,
    admin: &Admin,
    site: &Site,
    user: &User,
    invalid: &Invalid,
    choices: Choices,
    back: &str,
) -> Result<Answer, Error> {
    let app_passwords = AppPasswords::of(app, admin, site, user).await?;
    let trail = USERS.trail_under(user.id.0, user.name.as_str(), back);
    let page = PasswordPage {
        panel: Panel::new(site, admin.account(), "users", "Set a password", &trail),
        action: format!("{}/password", USERS.form_href(user.id.0)),
        name: user.name.to_string(),
        errors: Errors::of(invalid),
        by: choices.by.word(),
        version: user.version.0,
        ending: app_passwords.map(|passwords| passwords.ending(user.name.as_str())).unwrap_or_default(),
        ends_app_passwords: choices.ends_app_passwords,
        back: back.into(),
        edit_href: USERS.href(user.id.0, "", back),
        min_bytes: Password::MIN_BYTES.to_string(),
    };
    Ok(Answer::panel(app.view.render("admin/users/password.html", &page)?))
}

/// GET `/admin/users/{id}/password`.
pub async fn password(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let choices = Choices { by: By::Generated, ends_app_passwords: true };
    page(&app, &admin, &site, &user, &Invalid::default(), choices, &USERS.back(query.get("back"))).await
}

/// The fields of the form.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_again: String,
    #[serde(default)]
    by: By,
    #[serde(default, deserialize_with = "checkbox")]
    ends_app_passwords: bool,
    version: Option<i64>,
    #[serde(default)]
    back: String,
}

/// The message for a form that was sent twice, as when a browser reloads its answer.
const SET_ALREADY: &str = "This form was sent before, or somebody else changed the user. The password was not set again; \
                           open the form again to set another one.";

/// POST `/admin/users/{id}/password`.
pub async fn set_password(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(fields): Form<Fields>,
) -> Result<Outcome, Error> {
    let back = USERS.back(&fields.back);
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let chosen = match choose(&fields.password, &fields.password_again, fields.by, user.name.as_str()) {
        Ok(chosen) => chosen,
        Err(invalid) => {
            let Fields { by, ends_app_passwords, .. } = fields;
            let choices = Choices { by, ends_app_passwords };
            let page = page(&app, &admin, &site, &user, &invalid, choices, &back).await?;
            return Ok(Outcome::Page(page.with_status(StatusCode::UNPROCESSABLE_ENTITY)));
        }
    };
    let hash = app.authenticator.bcrypt_pool.hash(Envelope::of(&request).client.origin(), &chosen.password).await?;
    let (proof, id) = (admin.proof(), user.id);
    let from = fields.version.map_or(user.version, Version);
    let (owner, ends) = (user.clone(), fields.ends_app_passwords);
    let set = move |conn: &mut store::Conn| {
        let set = users::set_password_from(conn, &proof, id, from, &hash, clock::now())?;
        if set && ends {
            end_for(conn, &proof, &owner, Ended::All, clock::now())?;
        }
        Ok(set)
    };
    match app.db.try_revoke(set).await? {
        Ok(true) => {}
        Ok(false) => return Err(Error::NotFound),
        Err(store::Error::Stale) => return Err(Error::Conflict(SET_ALREADY.into())),
        Err(error) => return Err(error.into()),
    }
    match chosen.generated {
        Some(generated) => sheet::reveal(
            &app,
            &request,
            &admin,
            &site,
            (user.id, &user.name),
            Slip::password(&user.name, &user.note, generated),
            &back,
        ),
        None => {
            let kept = encode(&[("back", &back)]);
            Ok(Outcome::Redirect(Flash::PasswordSet.at(&USERS.form_href(user.id.0), &kept, None)))
        }
    }
}
