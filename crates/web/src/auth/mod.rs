//! Authentication: from an `Authorization` header to a visitor whose account is active now.
//!
//! `sign_in` verifies once for each request and leaves its answer with the request; the extractors (`extract`, `place`)
//! and the guards of the scopes read it from there.

pub mod challenge;
pub mod extract;
pub mod form_token;
pub mod place;
pub mod refusals;
pub mod sign_ins;
pub mod verifier;

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, http::header::AUTHORIZATION, web::Data};
use domain::{
    access::{Member, Visitor},
    credentials::{self, Credentials},
    user::{PasswordHash, Theme, User},
};

use crate::{App, error::Error, guard::Envelope};

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
/// 400 for two `Authorization` headers, 403 for credentials in the clear where HTTPS is required, 503 when too many
/// verifications wait or the database does not answer. Never for credentials that do not hold.
pub async fn sign_in(request: &HttpRequest) -> Result<SignIn, Error> {
    if let Some(known) = request.extensions().get::<Result<SignIn, Error>>() {
        return known.clone();
    }
    let answer = verify(request).await;
    request.extensions_mut().insert(answer.clone());
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
        app.refusals.note(None, &envelope, "malformed credentials");
        return Ok(SignIn::Refused);
    };
    match check(app, &credentials).await? {
        Ok(user) => Ok(SignIn::As(welcome(app, user, &credentials, &envelope))),
        Err(why) => {
            app.refusals.note(Some(&credentials.name), &envelope, why);
            Ok(SignIn::Refused)
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

/// The user whom the credentials name, or why they do not hold. Whatever the cause, it takes one verification.
async fn check(app: &App, credentials: &Credentials) -> Result<Result<User, &'static str>, Error> {
    let name = credentials.name.clone();
    let (user, dearest) =
        app.db.read(move |conn| Ok((store::users::find(conn, &name)?, store::users::dearest_cost(conn)?))).await?;
    let hash = user.as_ref().map(|user| &user.password_hash);
    if let Some(user) = user.as_ref().filter(|user| !verifier::is_readable(&user.password_hash)) {
        log::error!(
            "the stored password hash of {:?} is not bcrypt ($2a, $2b or $2y, cost 4 to 15): set the password anew",
            user.name.as_str()
        );
    }
    let holds = app.verifier.verify(&credentials.password, hash, dearest).await?;
    Ok(match user {
        None => Err("unknown name"),
        Some(_) if !holds => Err("wrong password"),
        Some(user) if !user.active => Err("disabled account"),
        Some(user) => Ok(user),
    })
}

/// Notes the sign-in and hashes an outdated password anew, both beside the request.
fn welcome(app: &App, user: User, credentials: &Credentials, envelope: &Envelope) -> Arc<Account> {
    app.sign_ins.note(&app.db, &user, envelope.client.address.to_string());
    let member = Member { id: user.id, name: user.name, role: user.role };
    if app.verifier.is_outdated(&user.password_hash) {
        let (db, verifier, password) = (app.db.clone(), app.verifier.clone(), credentials.password.clone());
        let (id, old) = (user.id, user.password_hash.clone());
        actix_web::rt::spawn(async move {
            let Ok(new) = verifier.hash(&password).await else { return };
            if let Err(error) = db.write(move |conn| store::users::rehash(conn, id, &old, &new)).await {
                log::error!("a password could not be hashed at the new cost: {error}");
            }
        });
    }
    Arc::new(Account { member, theme: user.theme, form_key: user.password_hash })
}
