//! The table of routes.

use std::sync::Arc;

use actix_web::{
    App as ActixApp, FromRequest, Handler, Resource, Responder, Route,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    guard::{Any, Get, Guard, Head},
    middleware::{Next, from_fn},
    web::{self, Data, ServiceConfig, post, resource, scope},
};

use crate::{
    App, admin,
    auth::guards::{require_admin, require_editor, require_own_form, require_reader},
    http::{
        assets,
        file_body::StoredBytes,
        health,
        middleware::envelope,
        responses::{form_only, not_found, post_only, read_only},
    },
    site::{self, resolve::Resolved},
};

/// A page: GET, and HEAD, which gets the same headers (RFC 9110 section 9.3.2).
fn page<F, Args>(path: &str, show: F) -> Resource
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    resource(path).route(get().to(show)).default_service(web::to(read_only))
}

/// A page with a form that is submitted to the same address.
fn form<F, FArgs, G, GArgs>(path: &str, show: F, submit: G) -> Resource
where
    F: Handler<FArgs, Output: Responder + 'static>,
    G: Handler<GArgs, Output: Responder + 'static>,
    FArgs: FromRequest + 'static,
    GArgs: FromRequest + 'static,
{
    resource(path).route(get().to(show)).route(post().to(submit)).default_service(web::to(form_only))
}

/// A resource that only accepts changes: POST.
fn action<F, Args>(path: &str, submit: F) -> Resource
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    resource(path).route(post().to(submit)).default_service(web::to(post_only))
}

fn get() -> Route {
    web::route().guard(readable())
}

fn readable() -> impl Guard {
    Any(Get()).or(Head())
}

/// The application: the routes, within the middleware of every request.
pub fn application(
    app: Data<App>,
) -> ActixApp<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let envelope = async |request, next: Next<BoxBody>| envelope(request, next, Resolved::from_cache).await;
    let stored: Arc<dyn StoredBytes> = Arc::new(app.db.clone());
    ActixApp::new()
        .app_data(Data::from(app.under_way.clone()))
        .app_data(Data::from(stored))
        .app_data(app)
        .wrap(from_fn(envelope))
        .configure(routes)
}

/// All routes of the site. The guarded scopes come first; any other path is the path of a page.
#[rustfmt::skip]
fn routes(config: &mut ServiceConfig) {
    config
        .service(scope("/admin").wrap(from_fn(require_editor))
            .service(scope("/users").wrap(from_fn(require_admin))
                .service(form("", admin::users::list, admin::users::create))
                .service(page("/new", admin::users::new))
                .service(form("/add-many", admin::users::ask_many, admin::users::add_many))
                .service(action("/actions", admin::users::act))
                .service(scope("/{id}")
                    .service(form("", admin::users::edit, admin::users::update))
                    .service(action("/unlock", admin::users::unlock))
                    .service(action("/app-passwords", admin::users::end_app_passwords))
                    .service(action("/link", admin::users::make_link))
                    .service(action("/groups", admin::users::set_groups))
                    .service(form("/keys", admin::users::confirm_keys, admin::users::end_keys))
                    .service(form("/password", admin::users::password, admin::users::set_password))
                    .service(form("/delete", admin::users::confirm, admin::users::delete))))
            .service(scope("/groups").wrap(from_fn(require_admin))
                .service(form("", admin::groups::list, admin::groups::create))
                .service(page("/new", admin::groups::new))
                .service(scope("/{id}")
                    .service(form("", admin::groups::edit, admin::groups::update))
                    .service(form("/delete", admin::groups::confirm, admin::groups::delete))))
            .service(scope("/keys").wrap(from_fn(require_admin))
                .service(page("", admin::keys::list)))
            .service(scope("/site").wrap(from_fn(require_admin))
                .service(form("", admin::site::edit, admin::site::update))
                .service(action("/first-steps", admin::first_steps::hide))
                .service(action("/time-zone", admin::first_steps::set_clock))
                .service(form("/look", admin::look::edit, admin::look::update))
                .service(action("/look/{picture}", admin::look::update_picture))
                .service(form("/navigation", admin::navigation::edit, admin::navigation::update)))
            .service(scope("/audit").wrap(from_fn(require_admin))
                .service(page("", admin::audit::list))
                .service(page("/names", admin::audit::names)))
            .service(page("", admin::home::show))
            .service(page("/", admin::home::show))
            .service(form("/pages", admin::pages::list, admin::pages::create))
            .service(page("/pages/new", admin::pages::new))
            .service(action("/pages/actions", admin::pages::act))
            .service(scope("/pages/{id}")
                .service(form("", admin::pages::edit, admin::pages::update))
                .service(page("/history", admin::pages::history::list))
                .service(page("/history/compare", admin::pages::history::compare))
                .service(form("/history/{version}", admin::pages::history::show, admin::pages::history::restore))
                .service(form("/order", admin::pages::order::edit, admin::pages::order::update))
                .service(page("/receipts", admin::pages::receipts::list))
                .service(form("/shares", admin::pages::shares::list, admin::pages::shares::make))
                .service(action("/shares/{share}/end", admin::pages::shares::end))
                .service(form("/delete", admin::pages::confirm, admin::pages::delete))
                .service(action("/undo", admin::pages::undo::undo)))
            .service(page("/shares", admin::shares::list))
            .service(action("/shares/actions", admin::shares::act))
            .service(page("/jobs/{id}", admin::job_page::show))
            .service(form("/drafts", admin::drafts::list, admin::pages::autosave::create))
            .service(action("/drafts/actions", admin::drafts::act))
            .service(scope("/drafts/{id}")
                .service(action("", admin::pages::autosave::update))
                .service(form("/files", admin::pages::files::list, admin::pages::files::uploads::upload))
                .service(action("/files/{name}", admin::pages::files::actions::act))
                .service(page("/preview", admin::drafts::preview))
                .service(page("/compare", admin::drafts::compare))
                .service(form("/discard", admin::drafts::confirm, admin::drafts::discard)))
            .service(action("/preview", admin::pages::preview::show))
            .service(action("/readers", admin::pages::outlook::show))
            .service(page("/people", admin::people::offer))
            .service(page("/view-as", admin::view_as::choose))
            .service(page("/view-as/visitor{path:(/.*)?}", admin::view_as::visitor))
            .service(page("/view-as/signed-in{path:(/.*)?}", admin::view_as::signed_in))
            .service(page("/view-as/user/{name}{path:(/.*)?}", admin::view_as::user))
            .service(page("/sections", admin::destinations::below))
            .service(page("/moment", admin::moments::show))
            .service(page("/links", admin::links::offer))
            .service(page("/links/broken", admin::links::broken))
            .service(page("/trash", admin::trash::list))
            .service(action("/trash/actions", admin::trash::act))
            .service(form("/trash/{id}", admin::trash::ask, admin::trash::restore))
            .default_service(web::to(not_found)))
        .service(scope("/account").wrap(from_fn(require_reader))
            .service(form("", site::account::show, site::account::update))
            .service(action("/theme", site::account::set_theme))
            .service(action("/app-passwords", site::account::app_passwords::make))
            .service(action("/app-passwords/end", site::account::app_passwords::end))
            .default_service(web::to(not_found)))
        .service(scope("/join").wrap(from_fn(require_own_form))
            .service(form("/{secret}", site::join::show, site::join::submit))
            .default_service(web::to(not_found)))
        .service(page("/login", site::login::login))
        .service(page("/signed-in.css", site::login::signed_in))
        .service(page("/logout", site::login::logout))
        .service(page("/postern/guard{path:(/.*)?}", site::guard::show))
        .service(page("/healthz", health::live))
        .service(page("/readyz", health::ready))
        .service(page("/search", site::search::show))
        .service(page("/s/{path:.*}", site::shares::show))
        .service(page("/feed.xml", site::feeds::atom))
        .service(page("/sitemap.xml", site::feeds::sitemap::show))
        .service(page("/sitemap{path:(/.*)?}", site::lists::sitemap))
        .service(page("/robots.txt", site::feeds::robots))
        .service(page("/favicon.ico", site::sheets::favicon))
        .service(scope("/static")
            .service(page("/look/{file}", site::sheets::tokens))
            .service(page("/css/{file}", site::sheets::own))
            .service(page("/{hash}/{file:.+}", assets::show))
            .default_service(web::to(not_found)))
        .service(page("/{section:.+}/feed.xml", site::feeds::section::show))
        // As /{path:.*}, without the cost of a pattern.
        .default_service(web::to(site::pages::show));
}
