//! The guards of the scopes that are closed by default: who may enter, and that a change comes from our own pages.

use actix_web::{
    Error as ActixError, HttpRequest, ResponseError,
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
    http::{envelope::Envelope, error::Error},
};

/// Lets only those through who are signed in.
pub async fn require_reader(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let (request, verdict) = judge(request, async |request| Reader::of(request).await.map(drop)).await;
    pass(request, next, verdict).await
}

/// Lets only editors and administrators through.
pub async fn require_editor(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let (request, verdict) = judge(request, async |request| Editor::of(request).await.map(drop)).await;
    pass(request, next, verdict).await
}

/// Lets only administrators through.
pub async fn require_admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let (request, verdict) = judge(request, async |request| Admin::of(request).await.map(drop)).await;
    pass(request, next, verdict).await
}

async fn judge(
    request: ServiceRequest,
    rule: impl AsyncFnOnce(&HttpRequest) -> Result<(), Error>,
) -> (ServiceRequest, Result<(), Error>) {
    let verdict = rule(request.request()).await.and_then(|()| same_origin(&request));
    (request, verdict)
}

async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    verdict: Result<(), Error>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    match verdict {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body).inspect(note_change),
        Err(error) => Ok(request.into_response(error.error_response())),
    }
}

/// One line for each change; what changed stands in the audit trail, and not here, where paths may be private.
fn note_change(answer: &ServiceResponse<BoxBody>) {
    let (request, status) = (answer.request(), answer.status());
    if matches!(*request.method(), Method::GET | Method::HEAD) || status.is_client_error() || status.is_server_error() {
        return;
    }
    let envelope = Envelope::of(request);
    let (route, id) = (request.match_pattern().unwrap_or_default(), envelope.id());
    let status = status.as_u16();
    log::info!("change route={route:?} status={status} id={id} client={}", envelope.client.address);
}

/// Refuses a change that a page of another origin asked for: browsers send Basic credentials along with such forms.
fn same_origin(request: &ServiceRequest) -> Result<(), Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let headers = request.headers();
    let foreign = || Err(Error::Forbidden("This form was sent from another site, so nothing was changed.".into()));
    let one = |name: HeaderName| headers.get_all(name).map(|value| value.to_str().unwrap_or("?")).collect::<Vec<_>>();
    match one(HeaderName::from_static("sec-fetch-site"))[..] {
        ["same-origin" | "none"] => return Ok(()),
        [] => {}
        _ => return foreign(),
    }
    match one(header::ORIGIN)[..] {
        // Neither header: not a browser, and nobody else's page can have asked for it.
        [] => Ok(()),
        [origin] if is_own(origin, request) => Ok(()),
        _ => foreign(),
    }
}

fn is_own(origin: &str, request: &ServiceRequest) -> bool {
    // The clear-text twin of a site on HTTPS is in the hands of whoever holds the network.
    if Envelope::of(request.request()).client.https && !origin.starts_with("https://") {
        return false;
    }
    let own = request.app_data::<Data<App>>().is_some_and(|app| app.options.base_url.eq_ignore_ascii_case(origin));
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    own || authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}
