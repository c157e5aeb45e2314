//! What holds for every request and every answer: limits, methods, security headers, error pages; and the guards of
//! the scopes that are closed by default.

use std::{
    future::{Ready, ready},
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    panic::AssertUnwindSafe,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use actix_web::{
    Error as ActixError, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode, Version,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;

use crate::{
    App,
    auth::{
        SignIn,
        extract::{Admin, Editor, Reader},
    },
    client::{Client, client},
    error::Error,
    error_page,
    logging::Allowance,
    unread::Unread,
};

/// The most bytes in a request target.
const URI_BYTES: usize = 8 * 1024;
/// The most bytes in all header fields together.
const HEAD_BYTES: usize = 16 * 1024;
/// The most bytes in one `Authorization` field.
const AUTHORIZATION_BYTES: usize = 8 * 1024;
/// The most header fields.
const HEADERS: usize = 64;

/// What is known of a request before anybody handles it.
#[derive(Clone, Copy, Debug)]
pub struct Envelope {
    id: u64,
    /// Who is at the other end.
    pub client: Client,
}

/// What stands with a request: its envelope, and what its credentials came to once they were looked at.
pub(crate) struct Noted {
    envelope: Envelope,
    pub(crate) sign_in: Option<Result<SignIn, Error>>,
}

impl Envelope {
    /// The envelope of a request that passed [`envelope`].
    pub fn of(request: &HttpRequest) -> Envelope {
        request
            .extensions()
            .get::<Noted>()
            .map(|noted| noted.envelope)
            .unwrap_or_else(|| Envelope { id: 0, client: Client { address: IpAddr::from([0, 0, 0, 0]), https: false } })
    }

    /// The request's name in the log and on error pages: 16 hexadecimal digits that tell nothing.
    pub fn id(&self) -> String {
        String::from_iter(self.digits().map(char::from))
    }

    fn digits(&self) -> [u8; 16] {
        let mut rest = self.id;
        [(); 16].map(|()| {
            rest = rest.rotate_left(4);
            b"0123456789abcdef"[(rest & 0xf) as usize]
        })
    }

    /// One for unit tests.
    #[cfg(test)]
    pub fn for_tests() -> Envelope {
        Envelope { id: 1, client: Client { address: IpAddr::from([192, 0, 2, 1]), https: false } }
    }
}

impl FromRequest for Envelope {
    type Error = Error;
    type Future = Ready<Result<Envelope, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Envelope::of(request)))
    }
}

/// The outermost layer: checks what no handler should see, turns errors into pages, logs them, and puts the security
/// headers on every answer.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(Error::Internal("the application has no state".into()).into());
    };
    let envelope = Envelope { id: next_id(), client: client(request.head(), &app.options.proxies) };
    request.extensions_mut().insert(Noted { envelope, sign_in: None });
    let facts = Facts {
        accept: request.headers().get_all(header::ACCEPT).cloned().collect(),
        envelope,
        target: if log::log_enabled!(log::Level::Debug) { target(&request) } else { String::new() },
        unread: Unread::hold(&mut request),
    };

    if let Some(answer) = before_routing(&request) {
        let response = answer.unwrap_or_else(|error| error.error_response());
        return Ok(request.into_response(facts.finish(&app, response).await));
    }
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(answer)) => {
            let (request, response) = answer.map_into_boxed_body().into_parts();
            Ok(ServiceResponse::new(request, facts.finish(&app, response).await))
        }
        Ok(Err(error)) => Err(facts.finish_error(&app, error.error_response()).await),
        Err(_panic) => {
            let error = Error::Internal("a handler panicked; the panic's message is above".into());
            Err(facts.finish_error(&app, error.error_response()).await)
        }
    }
}

/// What an answer needs to know of its request, which is gone by then.
struct Facts {
    accept: Vec<HeaderValue>,
    envelope: Envelope,
    target: String,
    unread: Option<Unread>,
}

impl Facts {
    async fn finish(self, app: &App, response: HttpResponse) -> HttpResponse {
        let error = response.extensions().get::<Error>().cloned().or_else(|| foreign_error(&response));
        let mut response = match error {
            Some(error) => {
                self.log(&error);
                let html = error_page::wants_html(&self.accept);
                Box::pin(error_page::render(app, &error, html, &self.envelope.id())).await
            }
            None => response,
        };
        self.secure(response.headers_mut());
        match self.unread {
            Some(unread) => unread.until_sent(response),
            None => response,
        }
    }

    async fn finish_error(self, app: &App, response: HttpResponse) -> ActixError {
        InternalError::from_response("answered", self.finish(app, response).await).into()
    }

    /// Paths of pages may be private: they stand in the log at debug level only.
    fn log(&self, error: &Error) {
        /// Of answers that say "later": a flood gets many.
        static LATER: Allowance = Allowance::new();
        let (status, id, client) = (error.status_code().as_u16(), self.envelope.id(), self.envelope.client.address);
        match error {
            Error::Internal(_) => log::error!("status={status} id={id} client={client} error={:?}", error.to_string()),
            Error::Unavailable(_) | Error::Busy(_) => {
                if LATER.has_room("status=503") {
                    log::warn!("status={status} id={id} client={client} error={:?}", error.to_string());
                }
            }
            Error::Forbidden(words) => log::info!("denied status={status} id={id} client={client} why={words:?}"),
            _ => log::debug!(
                "status={status} id={id} client={client} target={:?} error={:?}",
                self.target,
                error.to_string()
            ),
        }
    }

    /// Nothing else sets these headers. Appending is cheaper than replacing what is not there.
    fn secure(&self, headers: &mut HeaderMap) {
        for (name, value) in SECURITY_HEADERS {
            headers.append(name, HeaderValue::from_static(value));
        }
        if self.envelope.client.https {
            headers.append(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        if let Ok(id) = HeaderValue::from_bytes(&self.envelope.digits()) {
            headers.append(HeaderName::from_static("x-request-id"), id);
        }
    }
}

/// An error that is not ours, as one of ours: actix-web's own extractors have their types.
fn foreign_error(response: &HttpResponse) -> Option<Error> {
    let error = response.error()?;
    Some(match response.status() {
        StatusCode::NOT_FOUND => Error::NotFound,
        status if status.is_client_error() => Error::BadRequest("This request cannot be understood."),
        _ => Error::Internal(error.to_string()),
    })
}

/// No inline script or style, no frame, no form to elsewhere. Images may come from other sites: people link them.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not no-referrer: it would make our own forms send `Origin: null`.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What is answered the same for every path, so that it tells nothing of any.
fn before_routing(request: &ServiceRequest) -> Option<Result<HttpResponse, Error>> {
    if let Err(error) = check_limits(request) {
        return Some(Err(error));
    }
    match *request.method() {
        Method::OPTIONS => {
            let mut answer = HttpResponse::NoContent();
            return Some(Ok(answer
                .insert_header((header::ALLOW, Error::READ_ONLY))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .finish()));
        }
        Method::TRACE | Method::CONNECT => return Some(Err(Error::MethodNotAllowed(Error::READ_ONLY))),
        _ => {}
    }
    without_trailing_slash(request).map(Ok)
}

fn check_limits(request: &ServiceRequest) -> Result<(), Error> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > URI_BYTES {
        return Err(Error::UriTooLong);
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let authorization = headers.get_all(header::AUTHORIZATION).any(|value| value.len() > AUTHORIZATION_BYTES);
    if bytes > HEAD_BYTES || headers.iter().count() > HEADERS || authorization {
        return Err(Error::HeadersTooLarge);
    }
    let hosts: Vec<_> = headers.get_all(header::HOST).collect();
    match hosts[..] {
        [host] if is_authority(host.as_bytes()) => Ok(()),
        // HTTP/1.0 has none (RFC 9112 section 3.2).
        [] if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Error::BadRequest("A request has one Host header, with a host and perhaps a port.")),
    }
}

/// Whether the bytes may be a host and a port (RFC 3986 section 3.2.2), without user and password.
fn is_authority(host: &[u8]) -> bool {
    host.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+,;=".contains(b))
}

/// `/x/` is always at `/x`: the same answer for known and unknown paths, without a look at the database. Only the
/// panel's own address has its slash.
fn without_trailing_slash(request: &ServiceRequest) -> Option<HttpResponse> {
    let path = request.uri().path();
    let target = path.strip_suffix('/').filter(|target| !target.is_empty() && *target != "/admin")?;
    // `//host/` without its slash, or a backslash that a browser takes for one, would lead to another site.
    if path.contains("//") || !path.starts_with('/') || path.bytes().any(|b| b == b'\\' || !b.is_ascii_graphic()) {
        return None;
    }
    let location = match request.uri().query() {
        Some(query) => format!("{target}?{query}"),
        None => target.to_owned(),
    };
    Some(permanent_redirect(&location))
}

/// The method and the target, for the debug log.
fn target(request: &ServiceRequest) -> String {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let end = target.char_indices().nth(200).map_or(target.len(), |(at, _)| at);
    format!("{} {}", request.method(), &target[..end])
}

/// No two alike while the process lives, and none that can be guessed from another.
fn next_id() -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NEXT: AtomicU64 = AtomicU64::new(0);
    KEY.hash_one(NEXT.fetch_add(1, Ordering::Relaxed))
}

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

/// What a resource answers to a method that it has not.
pub async fn read_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed(Error::READ_ONLY))
}

/// What a resource with a form answers to a method that it has not.
pub async fn form_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed("GET, HEAD, POST, OPTIONS"))
}

/// What a resource that only changes something answers to a method that it has not.
pub async fn post_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed("POST, OPTIONS"))
}

/// What a path answers that leads nowhere.
pub async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::NotFound)
}

/// The status that says "it is there now". Caches do not keep it: it may be elsewhere tomorrow, or private.
pub fn permanent_redirect(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::PERMANENT_REDIRECT)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The status that says "look there" after a form was sent.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_16_hexadecimal_digits() {
        assert_eq!(Envelope::for_tests().id(), "0000000000000001");
        let id = |id| Envelope { id, ..Envelope::for_tests() }.id();
        assert_eq!(id(0xfedc_ba98_7654_3210), "fedcba9876543210");
    }
}
