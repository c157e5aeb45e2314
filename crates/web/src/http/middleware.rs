//! The outermost middleware, which handles every request and every response.

use std::{panic::AssertUnwindSafe, sync::Arc};

use actix_http::ConnectionType;
use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;

use super::{
    answer::Answer,
    before_routing,
    body_guard::BodyGuard,
    client::client,
    envelope::Envelope,
    error::{Error, HasFinalBody},
    error_page,
    error_words::{PlaceLanguage, Sender},
    logging::LogLimiter,
    parts_body::{PART, in_parts},
    secret_path, security_headers,
    sent_form::SentForm,
};
use crate::{App, auth::sign_in, db::committed};

/// Assigns the envelope, checks the limits, renders and logs errors, and adds the security headers to every response.
/// `cached` may answer a request before a route is chosen.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    cached: impl AsyncFn(&App, &HttpRequest) -> Result<Option<Answer>, Error>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(Error::Internal("the application has no state".into()).into());
    };
    let has_secret = secret_path::has_secret(request.match_info().as_str());
    let envelope = Envelope::new(client(request.head(), &app.options.proxies), has_secret);
    request.extensions_mut().insert(envelope);
    let wants_upgrade = request.head().upgrade();
    let early = match before_routing::answer(&request) {
        Some(answer) => Some(answer),
        None => {
            let answer = AssertUnwindSafe(cached(&app, request.request())).catch_unwind().await;
            let answer = answer.unwrap_or_else(|_panic| Err(panicked()));
            answer.map(|answer| Some(answer?.respond_to(request.request()))).transpose()
        }
    };
    let early = match early {
        // Without an error and without a body of unknown length, nothing of the request is needed any more.
        Some(Ok(mut response)) if is_complete(&request, &response) => {
            security_headers::append(response.headers_mut(), &envelope);
            refuse_upgrade(wants_upgrade, &mut response);
            return Ok(request.into_response(response));
        }
        early => early,
    };
    let context = ResponseContext {
        accept: request.headers().get_all(header::ACCEPT).cloned().collect(),
        envelope,
        wants_upgrade,
        target: if log::log_enabled!(log::Level::Debug) { target(&request) } else { String::new() },
        body_guard: BodyGuard::for_request(&mut request),
    };

    if let Some(answer) = early {
        let response = answer.unwrap_or_else(|error| error.error_response());
        let sender = sender(request.request(), &response, false);
        return Ok(request.into_response(context.finish(&app, response, &sender).await));
    }
    let handling = AssertUnwindSafe(next.call(request)).catch_unwind();
    let (answer, has_changed) = committed::observed(handling).await;
    match answer {
        Ok(Ok(answer)) => {
            let (request, response) = answer.map_into_boxed_body().into_parts();
            let sender = sender(&request, &response, has_changed);
            Ok(ServiceResponse::new(request, context.finish(&app, response, &sender).await))
        }
        Ok(Err(error)) => Err(context.finish_error(&app, error.error_response(), has_changed).await),
        Err(_panic) => Err(context.finish_error(&app, panicked().error_response(), has_changed).await),
    }
}

/// Answers a request for another protocol, such as h2c, in HTTP/1.1 and closes the connection (RFC 9110 section 7.8). Actix
/// would send `Connection: upgrade` without `Upgrade`.
fn refuse_upgrade(wants_upgrade: bool, response: &mut HttpResponse) {
    if wants_upgrade {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
}

/// The sender of a request that failed, after it had committed a change or before.
fn sender(request: &HttpRequest, response: &HttpResponse, has_changed: bool) -> Sender {
    if response.status().is_success() || response.status().is_redirection() {
        return Sender { has_changed, ..Sender::default() };
    }
    // A 401 asks for other credentials: after it, the browser may have none.
    let is_challenge = response.status() == StatusCode::UNAUTHORIZED;
    Sender {
        account: if is_challenge { None } else { sign_in::account(request) },
        address: match Envelope::of(request).has_secret {
            true => String::new(),
            false => request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        },
        is_read: matches!(*request.method(), Method::GET | Method::HEAD),
        has_changed,
        language: request.extensions().get::<PlaceLanguage>().map(|place| place.0.clone()),
        form: SentForm::of(request),
    }
}

fn panicked() -> Error {
    Error::Internal("a handler panicked; the log has the message of the panic above".into())
}

/// Whether a response can be sent without being finished by its context.
fn is_complete(request: &ServiceRequest, response: &HttpResponse) -> bool {
    !request.headers().contains_key(header::TRANSFER_ENCODING)
        && matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED)
}

/// The parts of a request that finishing its response needs; a handler consumes the request itself.
struct ResponseContext {
    accept: Vec<HeaderValue>,
    envelope: Envelope,
    wants_upgrade: bool,
    target: String,
    body_guard: Option<BodyGuard>,
}

impl ResponseContext {
    async fn finish(self, app: &App, response: HttpResponse, sender: &Sender) -> HttpResponse {
        let error = response.extensions().get::<Error>().cloned().or_else(|| framework_error(&response));
        let mut response = match error {
            Some(error) => {
                self.record(app, &error);
                let html = error_page::wants_html(&self.accept);
                let is_final = response.extensions().contains::<HasFinalBody>();
                match is_final {
                    true => response,
                    false => Box::pin(error_page::render(app, &error, sender, html, &self.envelope.id())).await,
                }
            }
            None => response,
        };
        if matches!(response.body().size(), BodySize::Sized(bytes) if bytes > PART as u64) {
            response = self.in_parts(app, response, sender.has_changed).await;
        }
        security_headers::append(response.headers_mut(), &self.envelope);
        refuse_upgrade(self.wants_upgrade, &mut response);
        match self.body_guard {
            Some(guard) => guard.attach(response),
            None => response,
        }
    }

    /// Sends a large body in parts, with a share of the budget, unless its answer has one already.
    async fn in_parts(&self, app: &App, response: HttpResponse, has_changed: bool) -> HttpResponse {
        let (response, body) = response.into_parts();
        let bytes = match body.try_into_bytes() {
            Ok(bytes) => bytes,
            Err(body) => return response.set_body(body),
        };
        match app.under_way.take(Some(self.envelope.client.origin()), bytes.len()) {
            Some(share) => response.set_body(in_parts(bytes, Arc::new(share))),
            None => {
                self.record(app, &Error::NoRoom);
                let html = error_page::wants_html(&self.accept);
                let sender = Sender { has_changed, ..Sender::default() };
                Box::pin(error_page::render(app, &Error::NoRoom, &sender, html, &self.envelope.id())).await
            }
        }
    }

    async fn finish_error(self, app: &App, response: HttpResponse, has_changed: bool) -> ActixError {
        let sender = Sender { has_changed, ..Sender::default() };
        InternalError::from_response("answered", self.finish(app, response, &sender).await).into()
    }

    fn record(&self, app: &App, error: &Error) {
        app.error_counts.count(error);
        self.log(error);
    }

    /// Logs an error. Only debug lines contain paths, because a path may be private.
    fn log(&self, error: &Error) {
        /// A flood gets many of them, and must not hide the others.
        static INTERNAL: LogLimiter = LogLimiter::new();
        static UNAVAILABLE: LogLimiter = LogLimiter::new();
        static FORBIDDEN: LogLimiter = LogLimiter::new();
        let status = error.status_code().as_u16();
        let id = self.envelope.id();
        let client = self.envelope.client.address;
        match error {
            Error::Internal(_) => {
                if INTERNAL.allows("status=500") {
                    log::error!("status={status} id={id} client={client} error={:?}", error.to_string());
                }
            }
            Error::Unavailable(_) | Error::NotSaved(_) | Error::InDoubt(_) | Error::Busy(_) | Error::NoRoom => {
                if UNAVAILABLE.allows("status=503") {
                    log::warn!("status={status} id={id} client={client} error={:?}", error.to_string());
                }
            }
            Error::Forbidden(message) => {
                if FORBIDDEN.allows("denied status=403") {
                    log::info!("denied status={status} id={id} client={client} why={:?}", message.to_string());
                }
            }
            _ => log::debug!(
                "status={status} id={id} client={client} target={:?} error={:?}",
                self.target,
                error.to_string()
            ),
        }
    }
}

/// The error of a response that actix-web's own extractors made.
fn framework_error(response: &HttpResponse) -> Option<Error> {
    let error = response.error()?;
    Some(match response.status() {
        StatusCode::NOT_FOUND => Error::NotFound,
        status if status.is_client_error() => Error::BadRequest("This request cannot be understood."),
        _ => Error::Internal(error.to_string()),
    })
}

/// The method and the target, for the debug log.
fn target(request: &ServiceRequest) -> String {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let target = secret_path::loggable(request.match_info().as_str(), target);
    let end = target.char_indices().nth(200).map_or(target.len(), |(at, _)| at);
    format!("{} {}", request.method(), &target[..end])
}
