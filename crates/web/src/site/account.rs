//! A user's own account: the password, the app passwords and the colours.

pub mod app_passwords;
pub mod page;

use std::time::Duration;

use actix_web::{
    Either, HttpRequest, HttpResponse, Responder,
    http::{StatusCode, header},
    web::Data,
};
use domain::{
    credentials::Credentials,
    invalid::Invalid,
    password::{Password, PasswordError},
    secret::APP_PASSWORD_PREFIX,
    user::Theme,
};
use serde::Deserialize;
use store::writing::app_passwords::{Ended, end_own};

use page::{Shown, language, page};

use super::login::{local, referrer};
use crate::{
    App,
    auth::{extract::Reader, sign_in},
    clock,
    http::{
        answer::Answer,
        envelope::Envelope,
        error::Error,
        form::{Form, checkbox},
        responses::see_other,
    },
    language::sentence::Sentence,
};

/// GET `/account`.
pub async fn show(app: Data<App>, reader: Reader) -> Result<Answer, Error> {
    page(&app, &reader, &Invalid::default(), Shown::default()).await
}

/// The form again, after too many wrong current passwords: 429.
async fn throttled(
    request: &HttpRequest,
    app: &App,
    reader: &Reader,
    mut invalid: Invalid,
    wait: Duration,
) -> Result<HttpResponse, Error> {
    let seconds = wait.as_secs();
    let message = Sentence::new("account-too-many").with("seconds", seconds);
    invalid.add("present", language(app).await.say(&message));
    let page = page(app, reader, &invalid, Shown::default()).await?.with_status(StatusCode::TOO_MANY_REQUESTS);
    let mut response = page.respond_to(request);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    Ok(response)
}

/// The sentence for the person who typed a password that is refused.
pub(super) fn refusal(error: PasswordError) -> Sentence {
    match error {
        PasswordError::Empty => Sentence::new("password-empty"),
        PasswordError::Control => Sentence::new("password-control"),
        PasswordError::Short(_) => Sentence::new("password-short").with("min", Password::MIN_BYTES),
        PasswordError::Long(bytes) => {
            Sentence::new("password-long").with("max", Password::MAX_BYTES).with("bytes", bytes)
        }
        PasswordError::Name => Sentence::new("password-name"),
        PasswordError::Common => Sentence::new("password-common"),
        PasswordError::AppPassword => Sentence::new("password-app").with("prefix", APP_PASSWORD_PREFIX),
    }
}

/// The form of a new password.
#[derive(Deserialize)]
pub struct NewPassword {
    #[serde(default)]
    present: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_again: String,
    #[serde(default, deserialize_with = "checkbox")]
    ends_app_passwords: bool,
}

/// POST `/account`: changes the user's own password; the form must contain the current one.
pub async fn update(
    request: HttpRequest,
    envelope: Envelope,
    app: Data<App>,
    reader: Reader,
    Form(form): Form<NewPassword>,
) -> Result<Either<Answer, HttpResponse>, Error> {
    let origin = envelope.client.origin();
    let member = reader.account().member.clone();
    let language = language(&app).await;
    let parsed = |password: Result<Password, PasswordError>| password.map_err(|error| language.say(&refusal(error)));
    let mut invalid = Invalid::default();
    let present = invalid.take("present", parsed(Password::parse(&form.present)));
    let new = invalid.take("password", parsed(Password::parse_new(&form.password, member.name.as_str())));
    if form.password != form.password_again {
        invalid.add("password_again", language.say(&Sentence::new("account-differ")));
    }
    let mut confirmed = None;
    if let Some(present) = present {
        let credentials = Credentials { name: member.name.clone(), password: present };
        match sign_in::check(&app, &envelope, &credentials).await {
            Ok(Some(current)) => confirmed = Some(current.user.password_hash.clone()),
            Ok(None) => invalid.add("present", language.say(&Sentence::new("account-wrong"))),
            Err(Error::TooManyAttempts(wait)) => {
                return throttled(&request, &app, &reader, invalid, wait).await.map(Either::Right);
            }
            Err(error) => return Err(error),
        }
    }
    let (Some(new), Some(confirmed), true) = (new, confirmed, invalid.is_empty()) else {
        let page = page(&app, &reader, &invalid, Shown::default()).await?;
        return Ok(Either::Left(page.with_status(StatusCode::UNPROCESSABLE_ENTITY)));
    };
    let hash = app.authenticator.bcrypt_pool.hash(origin, &new).await?;
    let change = move |conn: &mut store::Conn| {
        let now = clock::now();
        let changed = store::writing::account::change_own_password(conn, &member, &confirmed, &hash, now)?;
        if changed && form.ends_app_passwords {
            end_own(conn, &member, Ended::All, now)?;
        }
        Ok(changed)
    };
    if !app.db.revoke(change).await? {
        return Err(Error::Conflict(Sentence::new("account-changed-meanwhile")));
    }
    // The browser still sends the old password; `/login` makes it ask for the new one.
    Ok(Either::Right(see_other("/login?next=/account")))
}

/// The form of the colours.
#[derive(Deserialize)]
pub struct ThemeChoice {
    theme: String,
    #[serde(default)]
    back: String,
}

/// POST `/account/theme`: stores the colours, and redirects to the page of the switch.
pub async fn set_theme(
    request: HttpRequest,
    app: Data<App>,
    reader: Reader,
    Form(choice): Form<ThemeChoice>,
) -> Result<HttpResponse, Error> {
    let theme = Theme::parse(&choice.theme).ok_or_else(|| Error::Unprocessable(Sentence::new("account-no-colours")))?;
    let id = reader.account().member.id;
    app.db.write(move |conn| store::writing::account::set_theme(conn, id, theme)).await?;
    // The form does not know the query string of its page; the `Referer` does.
    let back = if choice.back.is_empty() { "/account" } else { &choice.back };
    Ok(see_other(local(&referrer(&request).unwrap_or_else(|| back.to_owned()))))
}
