//! Signs a request in: from its `Authorization` header to an account that is active now.

use std::{panic::resume_unwind, sync::Arc};

use actix_web::{HttpMessage, HttpRequest, http::header::AUTHORIZATION, web::Data};
use domain::credentials::{self, Credentials};

use super::{account::Account, failed_logins, verify::authenticator::AuthOutcome};
use crate::{
    App,
    cache::users::CachedUser,
    http::{connection::Connection, envelope::Envelope, error::Error},
    language::sentence::Sentence,
};

/// The result of signing a request in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// The request has no credentials.
    Anonymous,
    /// The credentials are not valid. Only the log says why.
    Rejected,
    /// The credentials are valid, and the account is active.
    Authenticated(Arc<Account>),
}

/// The result, stored in the extensions of the request.
struct CachedSignIn(Result<SignIn, Error>);

/// Signs a request in on the first call, and returns the stored result on later ones.
///
/// # Errors
/// 400 for two `Authorization` headers, 403 for credentials over HTTP where HTTPS is required, 429 after too many wrong
/// credentials from this client network or for this name, 503 when the bcrypt queue is full or the database does not
/// answer. Invalid credentials are not an error.
pub async fn sign_in(request: &HttpRequest) -> Result<SignIn, Error> {
    let cached = request.extensions().get::<CachedSignIn>().map(|CachedSignIn(result)| result.clone());
    if let Some(result) = cached {
        return result;
    }
    let result = authenticate(request).await.map_err(Error::undecided);
    request.extensions_mut().insert(CachedSignIn(result.clone()));
    result
}

/// The account of a request that [`sign_in`] has signed in; `None` for any other request.
pub fn account(request: &HttpRequest) -> Option<Arc<Account>> {
    match request.extensions().get::<CachedSignIn>() {
        Some(CachedSignIn(Ok(SignIn::Authenticated(account)))) => Some(account.clone()),
        _ => None,
    }
}

/// The account of credentials that were proven before: on this connection, or from this client network and remembered.
/// Nothing is verified, counted or written, and for any other credentials the answer is `None`. On a page that
/// strangers may read, a guess is neither throttled nor logged, and therefore learns nothing from a network that its
/// user never used.
pub async fn recognised(request: &HttpRequest) -> Option<Arc<Account>> {
    let app = request.app_data::<Data<App>>()?;
    if let Some(current) = proven(app, request) {
        return Some(current.account.clone());
    }
    let (header, envelope) = (single_header(request)?, Envelope::of(request));
    require_https(app, &envelope).ok()?;
    let current = Box::pin(remembered(app, request, &envelope, header)).await?;
    Some(current.account.clone())
}

/// The user whose credentials a request has, if they were proven on its connection before. [`note`] must be called if they give
/// access to something.
pub fn proven(app: &App, request: &HttpRequest) -> Option<Arc<CachedUser>> {
    let proof = Connection::of(request)?.proof();
    let (proof, header) = (proof.as_ref()?, single_header(request)?);
    require_https(app, &Envelope::of(request)).ok()?;
    app.authenticator.recognise(&app.db, proof, header)
}

/// Notes that credentials that were proven on the connection of a request gave access.
pub fn note(app: &App, request: &HttpRequest, current: &CachedUser) {
    let client = Envelope::of(request).client;
    if Connection::of(request).is_none_or(|connection| connection.is_sign_in_due(client.origin())) {
        app.sign_ins.record(&app.db, current, &client);
    }
}

/// The value of `Authorization`, unless a request has several.
fn single_header(request: &HttpRequest) -> Option<&[u8]> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    headers.next().filter(|_| headers.next().is_none()).map(|header| header.as_bytes())
}

async fn remembered(app: &App, request: &HttpRequest, envelope: &Envelope, header: &[u8]) -> Option<Arc<CachedUser>> {
    let credentials = credentials::parse(header).ok().filter(|credentials| !credentials.name.is_signed_out())?;
    // During an outage strangers get their page from the cache, and nobody waits for the database.
    if !app.db.cache().generations().is_fresh() {
        return None;
    }
    let record = app.authenticator.record_from(&credentials, envelope.client.origin())?;
    let current = app.authenticator.current(&app.db, &credentials.name, record.matched()).await.ok()??;
    if let Some(connection) = Connection::of(request) {
        connection.remember(app.authenticator.proof(header, &credentials.name, record));
    }
    Some(current)
}

async fn authenticate(request: &HttpRequest) -> Result<SignIn, Error> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::Internal("no App in this scope".into()))?;
    let envelope = Envelope::of(request);
    require_https(app, &envelope)?;
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(SignIn::Anonymous) };
    if headers.next().is_some() {
        return Err(Error::BadRequest("A request has at most one Authorization header."));
    }
    if let Some(current) = proven(app, request) {
        note(app, request, &current);
        return Ok(SignIn::Authenticated(current.account.clone()));
    }
    let header = header.as_bytes();
    let Ok(credentials) = credentials::parse(header) else {
        app.failed_logins.record(None, &envelope, failed_logins::without_bcrypt::MALFORMED);
        return Ok(SignIn::Rejected);
    };
    if credentials.name.is_signed_out() {
        return Ok(SignIn::Anonymous);
    }
    if let Some((current, record)) = app.authenticator.recall(&app.db, &credentials).await? {
        record.note_use_from(envelope.client.origin());
        if let Some(connection) = Connection::of(request) {
            connection.remember(app.authenticator.proof(header, &credentials.name, record));
        }
        app.sign_ins.record(&app.db, &current, &envelope.client);
        return Ok(SignIn::Authenticated(current.account.clone()));
    }
    // A task of its own: an attempt is finished and logged even if its client disconnects.
    match actix_web::rt::spawn(verify(app.clone(), envelope, credentials)).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => Err(Error::stopping()),
    }
}

async fn verify(app: Data<App>, envelope: Envelope, credentials: Credentials) -> Result<SignIn, Error> {
    let current = check(&app, &envelope, &credentials).await?;
    Ok(current.map_or(SignIn::Rejected, |current| {
        app.sign_ins.record(&app.db, &current, &envelope.client);
        SignIn::Authenticated(current.account.clone())
    }))
}

/// The user of credentials, if they are valid. Every password that a client sends is verified here: it passes the throttle
/// and the queue, and a refusal is logged.
///
/// # Errors
/// 429 and 503 as [`sign_in`].
pub async fn check(
    app: &App,
    envelope: &Envelope,
    credentials: &Credentials,
) -> Result<Option<Arc<CachedUser>>, Error> {
    let refuse = |why| app.failed_logins.record(Some(&credentials.name), envelope, why);
    match app.authenticator.authenticate(&app.db, credentials, &envelope.client).await {
        Ok(AuthOutcome::Accepted(current)) => {
            app.authenticator.note_use_from(credentials, envelope.client.origin());
            Ok(Some(current))
        }
        Ok(AuthOutcome::Rejected(why)) => {
            refuse(why);
            Ok(None)
        }
        Err(error) => {
            if matches!(error, Error::TooManyAttempts(_)) {
                refuse(failed_logins::without_bcrypt::TOO_MANY);
            }
            Err(error)
        }
    }
}

/// Whether a request has well-formed credentials with the reserved name, which a browser sends after it signed out.
pub fn is_signed_out(request: &HttpRequest) -> bool {
    single_header(request)
        .and_then(|header| credentials::parse(header).ok())
        .is_some_and(|sent| sent.name.is_signed_out())
}

/// Checks that a request came over HTTPS, where the operator requires it.
///
/// # Errors
/// 403, without a challenge: a 401 would make the browser send the password in the clear.
pub fn require_https(app: &App, envelope: &Envelope) -> Result<(), Error> {
    match app.options.require_https && !envelope.client.https {
        true => Err(Error::Forbidden(Sentence::new("error-forbidden-https"))),
        false => Ok(()),
    }
}
