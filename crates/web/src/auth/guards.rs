//! Guards of the scopes that are closed by default: each checks the role of the user, and that a change comes from a
//! page of this site.

use std::panic::resume_unwind;

use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName},
    },
    middleware::Next,
    web::Data,
};

use super::extract::{Admin, Editor, Reader};
use crate::{
    App,
    db::committed,
    http::{envelope::Envelope, error::Error, form, logging::LogLimiter},
    language::sentence::Sentence,
};

/// Passes requests of signed-in users, and none with an app password.
pub async fn require_reader(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let (request, checked) = check(request, async |request| Reader::with_password(request).await.map(drop)).await;
    forward(request, next, checked).await
}

/// Passes requests of everybody to secret addresses, which no other site can know.
pub async fn require_own_form(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let checked = check_same_origin(&request, true);
    forward(request, next, checked).await
}

/// Passes requests of editors and administrators.
pub async fn require_editor(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let (request, checked) = check(request, async |request| Editor::of(request).await.map(drop)).await;
    forward(request, next, checked).await
}

/// Passes requests of administrators.
pub async fn require_admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let (request, checked) = check(request, async |request| Admin::of(request).await.map(drop)).await;
    forward(request, next, checked).await
}

async fn check(
    mut request: ServiceRequest,
    rule: impl AsyncFnOnce(&HttpRequest) -> Result<(), Error>,
) -> (ServiceRequest, Result<(), Error>) {
    let checked = rule(request.request()).await;
    let is_own = check_same_origin(&request, false);
    // Somebody who lost the role while they typed; a form of another site is not shown.
    if matches!(checked, Err(Error::Forbidden(_))) && is_own.is_ok() && is_change(&request) {
        let payload = request.take_payload();
        form::keep_refused(request.request(), payload).await;
    }
    (request, checked.and(is_own))
}

fn is_change(request: &ServiceRequest) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD)
}

async fn forward(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    checked: Result<(), Error>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    if let Err(error) = checked {
        return Ok(request.into_response(error.error_response()));
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let answer = async move { next.call(request).await.map(ServiceResponse::map_into_boxed_body).inspect(log_change) };
    if is_read {
        return answer.await;
    }
    // A task of its own: a change is finished and logged even if its client disconnects.
    match actix_web::rt::spawn(committed::carried(answer)).await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => Err(Error::stopping().into()),
    }
}

/// Logs one line for each change. The audit trail says what changed; the log does not, because paths may be private.
fn log_change(answer: &ServiceResponse<BoxBody>) {
    /// A signed-in user can send a flood of small changes.
    static LIMITER: LogLimiter = LogLimiter::new();
    let request = answer.request();
    let status = answer.status();
    if matches!(*request.method(), Method::GET | Method::HEAD) || status.is_client_error() || status.is_server_error() {
        return;
    }
    if !LIMITER.allows("change") {
        return;
    }
    let envelope = Envelope::of(request);
    let route = request.match_pattern().unwrap_or_default();
    let id = envelope.id();
    let status = status.as_u16();
    log::info!("change route={route:?} status={status} id={id} client={}", envelope.client.address);
}

/// Rejects a change that a page of another origin requested: browsers send Basic credentials with such forms. A page
/// without a referrer sends `Origin: null`, and browsers from before 2023 send no other header; `allows_null` lets them
/// through.
fn check_same_origin(request: &ServiceRequest, allows_null: bool) -> Result<(), Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let headers = request.headers();
    let reject = || Err(Error::Forbidden(Sentence::new("error-forbidden-form")));
    let values =
        |name: HeaderName| headers.get_all(name).map(|value| value.to_str().unwrap_or("?")).collect::<Vec<_>>();
    match values(HeaderName::from_static("sec-fetch-site"))[..] {
        ["same-origin" | "none"] => return Ok(()),
        [] => {}
        _ => return reject(),
    }
    match values(header::ORIGIN)[..] {
        // A client without either header is not a browser, and no page of another site can make it send a request.
        [] => Ok(()),
        ["null"] if allows_null => Ok(()),
        [origin] if is_own_origin(origin, request) => Ok(()),
        _ => reject(),
    }
}

fn is_own_origin(origin: &str, request: &ServiceRequest) -> bool {
    // An attacker on the network controls http:// pages of a site that runs on https://.
    if Envelope::of(request.request()).client.https && !origin.starts_with("https://") {
        return false;
    }
    let own = request.app_data::<Data<App>>().is_some_and(|app| app.options.base_url.eq_ignore_ascii_case(origin));
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    own || authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}
