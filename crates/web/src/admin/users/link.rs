//! Links with which a user sets their own password: made on the user's page, and shown once.

use actix_web::{HttpRequest, web::Data};
use domain::{
    invitation::{Invitation, InvitationId},
    site::Site,
    user::{User, UserId},
};
use serde::{Deserialize, Serialize};
use store::writing::invitations::{self, Known};

use super::{
    load::load,
    sheet::{self, Slip},
};
use crate::{
    App,
    admin::{flash::Flash, request::id, sections::USERS},
    auth::{extract::Admin, secret::Secret},
    clock::{self, When},
    http::{
        answer::Outcome,
        error::Error,
        form::{Form, checkbox},
        query::encode,
    },
};

/// The part of the user's page with the link.
#[derive(Serialize)]
pub(super) struct LinkBox {
    action: String,
    /// The key of the newest link; empty without one.
    known: String,
    /// The link that can be used now.
    open: Option<OpenLink>,
    has_password: bool,
}

#[derive(Serialize)]
struct OpenLink {
    made: When,
    made_by: String,
    ends: String,
}

impl LinkBox {
    /// The newest link of a user; `None` for a user who cannot sign in.
    pub(super) async fn of(app: &App, admin: &Admin, site: &Site, user: &User) -> Result<Option<LinkBox>, Error> {
        let (now, zone) = (clock::now(), site.time_zone);
        if !user.is_active_at(now) {
            return Ok(None);
        }
        let (proof, id) = (admin.proof(), user.id);
        let latest = app.db.read(move |conn| store::invitations::latest(conn, &proof, id)).await?;
        let open = |link: &Invitation| OpenLink {
            made: When::new(link.made_at, zone),
            made_by: link.made_by.clone(),
            ends: clock::day(link.ends_at, now, zone),
        };
        Ok(Some(LinkBox {
            action: format!("{}/link", USERS.form_href(user.id.0)),
            known: latest.as_ref().map_or(String::new(), |link| link.id.0.to_string()),
            open: latest.filter(|link| link.is_open_at(now)).as_ref().map(open),
            has_password: !user.password_hash.is_none(),
        }))
    }
}

/// The form of the buttons.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    known: String,
    /// Whether the open link ends, and no other is made.
    #[serde(default, deserialize_with = "checkbox")]
    end: bool,
    #[serde(default)]
    back: String,
}

/// The message for a form that was sent twice, as when a browser reloads its answer.
const MADE_ALREADY: &str = "This form was sent before, or somebody else made a link meanwhile. No other link was made, and \
                            the newest one still works; open the user's page to make another.";

/// POST `/admin/users/{id}/link`: makes a link, which is shown once, here, and ends the one before it; or only ends that.
pub async fn make(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(fields): Form<Fields>,
) -> Result<Outcome, Error> {
    let back = USERS.back(&fields.back);
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let (proof, id) = (admin.proof(), user.id);
    if fields.end {
        app.db.revoke(move |conn| invitations::revoke(conn, &proof, id, clock::now())).await?;
        let kept = encode(&[("back", &back)]);
        return Ok(Outcome::Redirect(Flash::LinkEnded.at(&USERS.form_href(user.id.0), &kept, None)));
    }
    let secret = new_secret()?;
    let hash = secret.hash();
    let known = Known::Latest(fields.known.parse().ok().map(InvitationId));
    match app.db.try_revoke(move |conn| invitations::make(conn, &proof, id, known, &hash, clock::now())).await? {
        Ok(_) => {
            let slip = Slip::link(&user.name, &user.note, &secret);
            sheet::reveal(&app, &request, &admin, &site, (user.id, &user.name), slip, &back)
        }
        Err(store::Error::Stale) => Err(Error::Conflict(MADE_ALREADY.into())),
        Err(error) => Err(error.into()),
    }
}

/// A secret for a link.
///
/// # Errors
/// 500 when the system provides no randomness.
pub(super) fn new_secret() -> Result<Secret, Error> {
    Secret::random().map_err(|error| Error::Internal(format!("no randomness: {error}")))
}
