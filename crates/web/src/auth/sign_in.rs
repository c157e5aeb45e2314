//! Signing a request in: once for each request, from its `Authorization` header to an account that is active now.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, http::header::AUTHORIZATION, web::Data};
use domain::credentials;

use super::{account::Account, failed_logins, verify::authenticator::AuthOutcome};
use crate::{
    App,
    http::{envelope::Envelope, error::Error},
};

/// What the credentials of a request came to.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// There were none.
    Absent,
    /// There were some, and they do not hold. Why is in the log and nowhere else.
    Refused,
    /// They hold, and the account is active.
    As(Arc<Account>),
}

/// What a request's credentials came to, kept with the request.
struct Outcome(Result<SignIn, Error>);

/// Verifies the credentials of a request, the first time that it is asked; later the answer is the same.
///
/// # Errors
/// 400 for two `Authorization` headers, 403 for credentials in the clear where HTTPS is required, 429 when too many wrong
/// ones came from there or for that name, 503 when too many verifications wait or the database does not answer. Never for
/// credentials that do not hold.
pub async fn sign_in(request: &HttpRequest) -> Result<SignIn, Error> {
    let known = request.extensions().get::<Outcome>().map(|Outcome(known)| known.clone());
    if let Some(known) = known {
        return known;
    }
    let answer = verify(request).await.map_err(Error::undecided);
    request.extensions_mut().insert(Outcome(answer.clone()));
    answer
}

async fn verify(request: &HttpRequest) -> Result<SignIn, Error> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::Internal("no App in this scope".into()))?;
    let envelope = Envelope::of(request);
    refuse_clear_text(app, &envelope)?;
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(SignIn::Absent) };
    if headers.next().is_some() {
        return Err(Error::BadRequest("A request has at most one Authorization header."));
    }
    let Ok(credentials) = credentials::parse(header.as_bytes()) else {
        app.failed_logins.note(None, &envelope, failed_logins::without_bcrypt::MALFORMED);
        return Ok(SignIn::Refused);
    };
    match app.authenticator.check(&app.db, &credentials, &envelope.client).await {
        Ok(AuthOutcome::Holds(known)) => {
            app.sign_ins.note(&app.db, &known.user, &envelope.client);
            Ok(SignIn::As(known.account.clone()))
        }
        Ok(AuthOutcome::Fails(why)) => {
            app.failed_logins.note(Some(&credentials.name), &envelope, why);
            Ok(SignIn::Refused)
        }
        Err(error) => {
            if matches!(error, Error::TooManyAttempts(_)) {
                app.failed_logins.note(Some(&credentials.name), &envelope, failed_logins::without_bcrypt::TOO_MANY);
            }
            Err(error)
        }
    }
}

/// Refuses what would make a browser send a password in the clear, where the operator requires HTTPS.
///
/// # Errors
/// 403, without a challenge.
pub fn refuse_clear_text(app: &App, envelope: &Envelope) -> Result<(), Error> {
    match app.options.require_https && !envelope.client.https {
        true => Err(Error::Forbidden("Private pages are read over HTTPS here. Use the https:// address.".into())),
        false => Ok(()),
    }
}
