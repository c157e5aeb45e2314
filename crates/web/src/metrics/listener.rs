//! The listener for metrics, apart from the one of the site: it answers GET and HEAD of `/metrics`, and nothing else.

use std::{future::pending, net::TcpListener};

use actix_web::{
    App as ActixApp, HttpResponse, Responder,
    dev::Server,
    guard::{Any, Get, Head},
    http::header,
    web::{self, Data, resource},
};

use super::{collect, exposition::MEDIA_TYPE};
use crate::{
    App,
    http::{
        client::Proxies,
        listener::{self, Capacity},
    },
};

/// A scraper needs one connection, and a network has 8 while the others use none.
const CAPACITY: Capacity = Capacity { connections: 32, threads: Some(1) };

/// Serves the metrics on a listening socket until the server is stopped. Connections have the deadlines of the site.
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
    listener::serve(listener, CAPACITY, &Proxies::default(), application, pending())
}

async fn show(app: Data<App>) -> impl Responder {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(collect(&app))
}
