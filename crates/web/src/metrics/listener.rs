//! The listener for metrics, apart from the one of the site: it answers GET and HEAD of `/metrics`, and nothing else.

use std::{net::TcpListener, time::Duration};

use actix_web::{
    App as ActixApp, HttpResponse, HttpServer, Responder,
    dev::Server,
    guard::{Any, Get, Head},
    http::header,
    web::{self, Data, resource},
};

use super::{collect, exposition::MEDIA_TYPE};
use crate::App;

/// The maximum number of connections. Each scraper needs one.
const MAX_CONNECTIONS: usize = 16;
/// The maximum time for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves the metrics on a listening socket, on one thread, until the server is stopped.
///
/// # Errors
/// When the socket cannot be used.
pub fn serve(listener: TcpListener, app: Data<App>) -> std::io::Result<Server> {
    let application = move || {
        let metrics = resource("/metrics").route(web::route().guard(Any(Get()).or(Head())).to(show)).default_service(
            web::to(async || HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET, HEAD")).finish()),
        );
        ActixApp::new().app_data(app.clone()).service(metrics)
    };
    let server = HttpServer::new(application)
        .workers(1)
        .max_connections(MAX_CONNECTIONS)
        .client_request_timeout(HEAD_TIMEOUT)
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)?;
    Ok(server.run())
}

async fn show(app: Data<App>) -> impl Responder {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(collect(&app))
}
