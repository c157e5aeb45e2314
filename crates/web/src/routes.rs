//! The table of addresses.

use actix_web::{
    Route,
    guard::{Any, Get, Guard, Head},
    middleware::from_fn,
    web::{self, ServiceConfig, post, resource, scope},
};

use crate::{
    account, admin, assets, feeds,
    guard::{form_only, not_found, post_only, read_only, require_admin, require_editor, require_reader},
    health, pages, search, session,
};

/// A route for GET and for HEAD, which gets the same headers (RFC 9110 section 9.3.2).
fn get() -> Route {
    web::route().guard(readable())
}

fn readable() -> impl Guard {
    Any(Get()).or(Head())
}

/// Everything that the site answers. Closed scopes come first; what is left over is the path of a page.
#[rustfmt::skip]
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(scope("/admin").wrap(from_fn(require_editor))
            .service(scope("/users").wrap(from_fn(require_admin))
                .service(resource("").route(get().to(admin::users::list)).route(post().to(admin::users::create)).default_service(web::to(form_only)))
                .service(resource("/new").route(get().to(admin::users::new)).default_service(web::to(read_only)))
                .service(resource("/actions").route(post().to(admin::users::act)).default_service(web::to(post_only)))
                .service(resource("/{id}").route(get().to(admin::users::edit)).route(post().to(admin::users::update)).default_service(web::to(form_only)))
                .service(resource("/{id}/password").route(get().to(admin::users::password)).route(post().to(admin::users::set_password)).default_service(web::to(form_only)))
                .service(resource("/{id}/delete").route(get().to(admin::users::confirm)).route(post().to(admin::users::delete)).default_service(web::to(form_only))))
            .service(scope("/groups").wrap(from_fn(require_admin))
                .service(resource("").route(get().to(admin::groups::list)).route(post().to(admin::groups::create)).default_service(web::to(form_only)))
                .service(resource("/new").route(get().to(admin::groups::new)).default_service(web::to(read_only)))
                .service(resource("/{id}").route(get().to(admin::groups::edit)).route(post().to(admin::groups::update)).default_service(web::to(form_only)))
                .service(resource("/{id}/delete").route(get().to(admin::groups::confirm)).route(post().to(admin::groups::delete)).default_service(web::to(form_only))))
            .service(scope("/site").wrap(from_fn(require_admin))
                .service(resource("").route(get().to(admin::site::edit)).route(post().to(admin::site::update)).default_service(web::to(form_only))))
            .service(scope("/audit").wrap(from_fn(require_admin))
                .service(resource("").route(get().to(admin::audit::list)).default_service(web::to(read_only))))
            .service(resource(["", "/"]).route(get().to(admin::home::show)).default_service(web::to(read_only)))
            .service(resource("/pages").route(get().to(admin::pages::list)).route(post().to(admin::pages::create)).default_service(web::to(form_only)))
            .service(resource("/pages/new").route(get().to(admin::pages::new)).default_service(web::to(read_only)))
            .service(resource("/pages/actions").route(post().to(admin::pages::act)).default_service(web::to(post_only)))
            .service(resource("/pages/{id}").route(get().to(admin::pages::edit)).route(post().to(admin::pages::update)).default_service(web::to(form_only)))
            .service(resource("/pages/{id}/history").route(get().to(admin::pages::history::list)).default_service(web::to(read_only)))
            .service(resource("/pages/{id}/history/compare").route(get().to(admin::pages::history::compare)).default_service(web::to(read_only)))
            .service(resource("/pages/{id}/history/{version}").route(get().to(admin::pages::history::show)).route(post().to(admin::pages::history::restore)).default_service(web::to(form_only)))
            .service(resource("/pages/{id}/receipts").route(get().to(admin::pages::receipts::list)).default_service(web::to(read_only)))
            .service(resource("/pages/{id}/delete").route(get().to(admin::pages::confirm)).route(post().to(admin::pages::delete)).default_service(web::to(form_only)))
            .service(resource("/jobs/{id}").route(get().to(admin::jobs::show)).default_service(web::to(read_only)))
            .service(resource("/drafts").route(get().to(admin::drafts::list)).route(post().to(admin::pages::autosave::create)).default_service(web::to(form_only)))
            .service(resource("/drafts/actions").route(post().to(admin::drafts::act)).default_service(web::to(post_only)))
            .service(resource("/drafts/{id}").route(post().to(admin::pages::autosave::update)).default_service(web::to(post_only)))
            .service(resource("/drafts/{id}/preview").route(get().to(admin::drafts::preview)).default_service(web::to(read_only)))
            .service(resource("/drafts/{id}/compare").route(get().to(admin::drafts::compare)).default_service(web::to(read_only)))
            .service(resource("/drafts/{id}/discard").route(get().to(admin::drafts::confirm)).route(post().to(admin::drafts::discard)).default_service(web::to(form_only)))
            .service(resource("/preview").route(post().to(admin::pages::preview::show)).default_service(web::to(post_only)))
            .service(resource("/view-as").route(get().to(admin::view_as::choose)).default_service(web::to(read_only)))
            .service(resource("/view-as/visitor{path:(/.*)?}").route(get().to(admin::view_as::visitor)).default_service(web::to(read_only)))
            .service(resource("/view-as/user/{name}{path:(/.*)?}").route(get().to(admin::view_as::user)).default_service(web::to(read_only)))
            .service(resource("/links").route(get().to(admin::links::offer)).default_service(web::to(read_only)))
            .service(resource("/links/broken").route(get().to(admin::links::broken)).default_service(web::to(read_only)))
            .service(resource("/trash").route(get().to(admin::trash::list)).default_service(web::to(read_only)))
            .service(resource("/trash/actions").route(post().to(admin::trash::act)).default_service(web::to(post_only)))
            .service(resource("/trash/{id}").route(get().to(admin::trash::ask)).route(post().to(admin::trash::restore)).default_service(web::to(form_only)))
            .default_service(web::to(not_found)))
        .service(scope("/account").wrap(from_fn(require_reader))
            .service(resource("").route(get().to(account::show)).route(post().to(account::update)).default_service(web::to(form_only)))
            .service(resource("/theme").route(post().to(account::set_theme)).default_service(web::to(post_only)))
            .default_service(web::to(not_found)))
        .service(resource("/login").route(get().to(session::login)).default_service(web::to(read_only)))
        .service(resource("/logout").route(get().to(session::logout)).default_service(web::to(read_only)))
        .service(resource("/healthz").route(get().to(health::live)).default_service(web::to(read_only)))
        .service(resource("/readyz").route(get().to(health::ready)).default_service(web::to(read_only)))
        .service(resource("/search").route(get().to(search::show)).default_service(web::to(read_only)))
        .service(resource("/feed.xml").route(get().to(feeds::atom)).default_service(web::to(read_only)))
        .service(resource("/sitemap.xml").route(get().to(feeds::sitemap)).default_service(web::to(read_only)))
        .service(resource("/robots.txt").route(get().to(feeds::robots)).default_service(web::to(read_only)))
        .service(resource("/favicon.ico").route(get().to(assets::favicon)).default_service(web::to(read_only)))
        .service(scope("/static")
            .service(resource("/{hash}/{file}").route(get().to(assets::show)).default_service(web::to(read_only)))
            .default_service(web::to(not_found)))
        // What no other service takes, without a pattern to match: /{path:.*}
        .default_service(web::to(pages::show));
}
