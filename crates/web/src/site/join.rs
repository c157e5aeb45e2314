//! `/join/{secret}`: a link with which somebody sets the password of their account, without signing in.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::StatusCode,
    web::{Data, Payload},
};
use domain::{
    access::Visitor,
    invalid::Invalid,
    invitation::Invitation,
    password::{Password, PasswordError},
};
use serde::{Deserialize, Serialize};

use super::account::refusal;
use crate::{
    App,
    auth::{secret::Secret, sign_in::require_https},
    clock,
    http::{
        answer::Answer,
        envelope::Envelope,
        error::Error,
        form, menu,
        responses::see_other,
        view::{Errors, Frame},
    },
    language::{Language, sentence::Sentence},
};

#[derive(Serialize)]
struct JoinPage {
    #[serde(flatten)]
    frame: Frame,
    name: String,
    errors: Errors,
    min_bytes: usize,
}

/// GET `/join/{secret}`: the form. It changes nothing, because programs that read mail and chats open the links in them.
///
/// # Errors
/// 404 for a secret that is unknown, 410 for a link that was used or has ended.
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<Answer, Error> {
    let (_, link) = open(&request, &app).await?;
    page(&app, &link, &Invalid::default()).await
}

/// The fields of the form. The name is there for the password manager of the browser, and is not read.
#[derive(Deserialize)]
pub struct NewPassword {
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_again: String,
}

/// POST `/join/{secret}`: sets the password, uses the link up, and leads to the sign-in. The secret in the address takes the
/// place of a form token: no other site knows it.
///
/// # Errors
/// As [`show`]; 410 also when another request with this link was first.
pub async fn submit(request: HttpRequest, app: Data<App>, payload: Payload) -> Result<HttpResponse, Error> {
    let (secret, link) = open(&request, &app).await?;
    let NewPassword { password, password_again } = form::receive_unsigned(&request, payload.into_inner()).await?;
    let language = Language::for_words(&app.db.site().await.language);
    let mut invalid = Invalid::default();
    let parsed = Password::parse_new(&password, link.name.as_str());
    let new = invalid.take("password", parsed.map_err(|error: PasswordError| language.say(&refusal(error))));
    if password != password_again {
        invalid.add("password_again", language.say(&Sentence::new("account-differ")));
    }
    let Some(new) = new.filter(|_| invalid.is_empty()) else {
        let page = page(&app, &link, &invalid).await?.with_status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(page.respond_to(&request));
    };
    let hash = app.authenticator.bcrypt_pool.hash(Envelope::of(&request).client.origin(), &new).await?;
    let secret = secret.hash();
    let redeem = move |conn: &mut store::Conn| store::writing::invitations::redeem(conn, &secret, &hash, clock::now());
    match app.db.try_revoke(redeem).await? {
        Ok(Some(_)) => Ok(see_other("/login?next=/")),
        Ok(None) | Err(store::Error::Stale) => Err(gone()),
        Err(error) => Err(error.into()),
    }
}

/// The link of a request. It is read from the database each time.
async fn open(request: &HttpRequest, app: &App) -> Result<(Secret, Invitation), Error> {
    require_https(app, &Envelope::of(request))?;
    let secret = Secret::parse(request.match_info().get("secret").unwrap_or_default()).ok_or(Error::NotFound)?;
    let hash = secret.hash();
    let link = app.db.read(move |conn| store::invitations::find(conn, &hash)).await?.ok_or(Error::NotFound)?;
    if link.is_open_at(clock::now()) { Ok((secret, link)) } else { Err(gone()) }
}

fn gone() -> Error {
    Error::Gone(Sentence::new("join-gone"))
}

/// The form as strangers see it. The credentials of the request are ignored.
async fn page(app: &App, link: &Invitation, invalid: &Invalid) -> Result<Answer, Error> {
    let (site, ()) = app.db.read_with_site(|_| Ok(())).await?;
    let menu = menu::of(app, &Visitor::Anonymous).await?;
    let page = JoinPage {
        frame: Frame::anonymous(&site).with_menu(&menu, None),
        name: link.name.to_string(),
        errors: Errors::of(invalid),
        min_bytes: Password::MIN_BYTES,
    };
    Ok(Answer::panel(app.view.render("join.html", &page)?))
}
