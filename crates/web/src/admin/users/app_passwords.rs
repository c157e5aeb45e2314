//! The app passwords of a user: shown on the user's page, and ended there.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use domain::{
    app_password::{AppPassword, AppPasswordId},
    site::Site,
    user::{User, UserId},
};
use serde::{Deserialize, Serialize};
use store::writing::app_passwords::{Ended, end_for};

use super::load::load;
use crate::{
    App,
    admin::{flash::Flash, request::id, sections::USERS},
    auth::extract::Admin,
    clock,
    http::{error::Error, form::Form, query::encode},
};

/// The app passwords of a user that nobody has ended.
#[derive(Serialize)]
pub(super) struct AppPasswords {
    rows: Vec<Row>,
    action: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    /// The address of the page that it opens, together with the pages below; empty for all pages.
    below: String,
    made: String,
    ends: String,
    /// Whether it has ended.
    is_over: bool,
    /// The day of its last use in UTC; empty before the first one.
    used: String,
}

impl AppPasswords {
    /// The app passwords of a user; `None` if there are none.
    pub(super) async fn of(app: &App, admin: &Admin, site: &Site, user: &User) -> Result<Option<AppPasswords>, Error> {
        let (proof, id, now) = (admin.proof(), user.id, clock::now());
        let found = app.db.read(move |conn| store::app_passwords::of_user(conn, &proof, id)).await?;
        let row = |AppPassword { id, content, made_at, last_used_on, .. }: AppPassword| Row {
            id: id.0.to_string(),
            name: content.name.to_string(),
            below: content.below.map(|below| below.href()).unwrap_or_default(),
            made: clock::moment(made_at, site.time_zone),
            ends: content.ends_at.map(|end| clock::moment(end, site.time_zone)).unwrap_or_default(),
            is_over: content.ends_at.is_some_and(|end| end <= now),
            used: last_used_on.map(|day| day.to_string()).unwrap_or_default(),
        };
        let action = format!("{}/app-passwords", USERS.form_href(user.id.0));
        let rows: Vec<Row> = found.into_iter().map(row).collect();
        Ok((!rows.is_empty()).then_some(AppPasswords { rows, action }))
    }

    /// The label of a checkbox that ends all of them.
    pub(super) fn ending(&self, owner: &str) -> String {
        match self.rows.len() {
            1 => format!("End the app password of {owner}"),
            count => format!("End the {count} app passwords of {owner}"),
        }
    }
}

/// The form of the buttons: the key of an app password, or `all`.
#[derive(Deserialize)]
pub struct Choice {
    which: String,
    #[serde(default)]
    back: String,
}

/// POST `/admin/users/{id}/app-passwords`: ends one app password of a user, or all.
pub async fn end_app_passwords(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(choice): Form<Choice>,
) -> Result<HttpResponse, Error> {
    let (_, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let ended = match choice.which.as_str() {
        "all" => Ended::All,
        id => Ended::One(AppPasswordId(id.parse().map_err(|_| Error::NotFound)?)),
    };
    let (proof, key) = (admin.proof(), user.id);
    app.db.revoke(move |conn| end_for(conn, &proof, &user, ended, clock::now())).await?;
    let kept = encode(&[("back", &USERS.back(&choice.back))]);
    Ok(Flash::AppPasswordsEnded.at(&USERS.form_href(key.0), &kept, None))
}
