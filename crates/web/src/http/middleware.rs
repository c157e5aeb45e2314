//! The outermost middleware, which handles every request and every response.

use std::panic::AssertUnwindSafe;

use actix_web::{
    Error as ActixError, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;

use super::{
    before_routing, body_guard::BodyGuard, client::client, envelope::Envelope, error::Error, error_page,
    logging::LogLimiter, security_headers,
};
use crate::App;

/// Assigns the envelope, checks the limits, renders and logs errors, and adds the security headers to every response.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(Error::Internal("the application has no state".into()).into());
    };
    let envelope = Envelope::new(client(request.head(), &app.options.proxies));
    request.extensions_mut().insert(envelope);
    let context = ResponseContext {
        accept: request.headers().get_all(header::ACCEPT).cloned().collect(),
        envelope,
        target: if log::log_enabled!(log::Level::Debug) { target(&request) } else { String::new() },
        body_guard: BodyGuard::for_request(&mut request),
    };

    if let Some(answer) = before_routing::answer(&request) {
        let response = answer.unwrap_or_else(|error| error.error_response());
        return Ok(request.into_response(context.finish(&app, response).await));
    }
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(answer)) => {
            let (request, response) = answer.map_into_boxed_body().into_parts();
            Ok(ServiceResponse::new(request, context.finish(&app, response).await))
        }
        Ok(Err(error)) => Err(context.finish_error(&app, error.error_response()).await),
        Err(_panic) => {
            let error = Error::Internal("a handler panicked; the log has the message of the panic above".into());
            Err(context.finish_error(&app, error.error_response()).await)
        }
    }
}

/// The parts of a request that finishing its response needs; a handler consumes the request itself.
struct ResponseContext {
    accept: Vec<HeaderValue>,
    envelope: Envelope,
    target: String,
    body_guard: Option<BodyGuard>,
}

impl ResponseContext {
    async fn finish(self, app: &App, response: HttpResponse) -> HttpResponse {
        let error = response.extensions().get::<Error>().cloned().or_else(|| framework_error(&response));
        let mut response = match error {
            Some(error) => {
                self.log(&error);
                let html = error_page::wants_html(&self.accept);
                Box::pin(error_page::render(app, &error, html, &self.envelope.id())).await
            }
            None => response,
        };
        security_headers::append(response.headers_mut(), &self.envelope);
        match self.body_guard {
            Some(guard) => guard.attach(response),
            None => response,
        }
    }

    async fn finish_error(self, app: &App, response: HttpResponse) -> ActixError {
        InternalError::from_response("answered", self.finish(app, response).await).into()
    }

    /// Logs an error. Only debug lines contain paths, because a path may be private.
    fn log(&self, error: &Error) {
        /// For 503: a flood gets many of them.
        static LIMITER: LogLimiter = LogLimiter::new();
        let status = error.status_code().as_u16();
        let id = self.envelope.id();
        let client = self.envelope.client.address;
        match error {
            Error::Internal(_) => log::error!("status={status} id={id} client={client} error={:?}", error.to_string()),
            Error::Unavailable(_) | Error::Busy(_) => {
                if LIMITER.allows("status=503") {
                    log::warn!("status={status} id={id} client={client} error={:?}", error.to_string());
                }
            }
            Error::Forbidden(message) => log::info!("denied status={status} id={id} client={client} why={message:?}"),
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
    let end = target.char_indices().nth(200).map_or(target.len(), |(at, _)| at);
    format!("{} {}", request.method(), &target[..end])
}
