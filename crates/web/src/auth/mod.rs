//! Authentication: from an `Authorization` header to a visitor whose account is active now.
//!
//! `sign_in` verifies once for each request and leaves its answer with the request; the extractors (`extract`, `place`)
//! and the guards of the scopes read it from there.

pub mod challenge;
pub mod door;
pub mod extract;
pub mod flights;
pub mod form_token;
pub mod keys;
pub mod patience;
pub mod place;
pub mod proofs;
pub mod queue;
pub mod refusals;
pub mod sign_ins;
pub mod throttle;
pub mod verifier;

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, http::header::AUTHORIZATION, web::Data};
use domain::{
    access::{Member, Visitor},
    credentials,
    password::PasswordHash,
    user::{Theme, User},
};

use crate::{
    App,
    error::Error,
    guard::{Envelope, Noted},
};
use door::Verdict;

/// Somebody who is signed in, with what their pages look like.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who, for the access rule.
    pub member: Member,
    /// Their colours.
    pub theme: Theme,
    /// Keys the tokens of their forms; see `form_token`.
    form_key: PasswordHash,
}

impl Account {
    /// The account of a user.
    pub fn of(user: &User) -> Account {
        let User { id, ref name, role, ref groups, .. } = *user;
        let member = Member { id, name: name.clone(), role, groups: groups.clone() };
        Account { member, theme: user.theme, form_key: user.password_hash.clone() }
    }

    /// Whether pages look the same to both: the same person, with the same rights and colours.
    pub fn looks_like(&self, other: &Account) -> bool {
        self.member == other.member && self.theme == other.theme
    }

    /// Whether a user as stored now is the one who signed in, with the same role and password.
    pub fn is_still(&self, user: &User) -> bool {
        let Member { id, role, .. } = self.member;
        user.active && user.id == id && user.role == role && user.password_hash == self.form_key
    }

    /// The visitor of the access rule.
    pub fn visitor(&self) -> Visitor {
        Visitor::SignedIn(self.member.clone())
    }
}

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

/// Verifies the credentials of a request, the first time that it is asked; later the answer is the same.
///
/// # Errors
/// 400 for two `Authorization` headers, 403 for credentials in the clear where HTTPS is required, 429 when too many wrong
/// ones came from there or for that name, 503 when too many verifications wait or the database does not answer. Never for
/// credentials that do not hold.
pub async fn sign_in(request: &HttpRequest) -> Result<SignIn, Error> {
    let known = request.extensions().get::<Noted>().and_then(|noted| noted.sign_in.clone());
    if let Some(known) = known {
        return known;
    }
    let answer = verify(request).await.map_err(Error::undecided);
    if let Some(noted) = request.extensions_mut().get_mut::<Noted>() {
        noted.sign_in = Some(answer.clone());
    }
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
        app.refusals.note(None, &envelope, refusals::cheap::MALFORMED);
        return Ok(SignIn::Refused);
    };
    match app.door.check(&app.db, &credentials, &envelope.client).await {
        Ok(Verdict::Holds(known)) => {
            app.sign_ins.note(&app.db, &known.user, &envelope.client);
            Ok(SignIn::As(known.account.clone()))
        }
        Ok(Verdict::Fails(why)) => {
            app.refusals.note(Some(&credentials.name), &envelope, why);
            Ok(SignIn::Refused)
        }
        Err(error) => {
            if matches!(error, Error::TooManyAttempts(_)) {
                app.refusals.note(Some(&credentials.name), &envelope, refusals::cheap::TOO_MANY);
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
