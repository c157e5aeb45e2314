//! Wrong passwords for a user: shown on the user's page, and forgotten on demand.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use domain::{
    site::Site,
    user::{User, UserId},
};
use serde::{Deserialize, Serialize};
use store::{failed_sign_ins, writing::users};

use crate::{
    App,
    admin::{flash::Flash, request::id, sections::USERS},
    auth::{extract::Admin, verify::throttle::MAX_FAILURES},
    clock,
    http::{error::Error, form::Form, query::encode},
};

/// The number of consecutive wrong passwords from which on the page shows them; fewer may be typing errors.
const SHOWN_FROM: u32 = 10;

/// Wrong passwords for a user, over all instances.
#[derive(Clone, Serialize)]
pub(super) struct Guessed {
    failures: u32,
    last_at: String,
    is_locked: bool,
    action: String,
}

impl Guessed {
    /// The wrong passwords for a user in the last hour; `None` if there are few.
    pub(super) async fn of(app: &App, admin: &Admin, site: &Site, user: &User) -> Result<Option<Guessed>, Error> {
        let (proof, name) = (admin.proof(), user.name.clone());
        let guesses = app.db.read(move |conn| failed_sign_ins::of_account(conn, &proof, &name, clock::now())).await?;
        Ok(guesses.filter(|guesses| guesses.failures >= SHOWN_FROM).map(|guesses| Guessed {
            failures: guesses.failures,
            last_at: clock::moment(guesses.last_at, site.time_zone),
            is_locked: guesses.failures >= MAX_FAILURES,
            action: format!("{}/unlock", USERS.form_href(user.id.0)),
        }))
    }
}

/// The form of the button.
#[derive(Deserialize)]
pub struct Unlock {
    #[serde(default)]
    back: String,
}

/// POST `/admin/users/{id}/unlock`: forgets the wrong passwords for a user, in all instances.
pub async fn unlock(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(form): Form<Unlock>,
) -> Result<HttpResponse, Error> {
    let (id, proof) = (UserId(id(&request)?), admin.proof());
    match app.db.revoke(move |conn| users::unlock(conn, &proof, id, clock::now())).await? {
        true => {
            let kept = encode(&[("back", &USERS.back(&form.back))]);
            Ok(Flash::Unlocked.at(&USERS.form_href(id.0), &kept, None))
        }
        false => Err(Error::NotFound),
    }
}
