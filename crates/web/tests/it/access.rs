//! The access matrix: every route, method and actor, and the status of the response. A route without a row fails.

use actix_web::http::Method;

use crate::site::Site;

const ACTORS: [&str; 6] = ["anonymous", "wrong password", "disabled", "reader", "editor", "administrator"];

/// The route, an address of it, the method, and the status for each of ACTORS. Forms are posted without a token, so 403
/// means that the actor may open the form and the post is refused; a page that does not exist is 404.
const MATRIX: &[(&str, &str, &str, [u16; 6])] = &[
    ("/admin/users", "/admin/users", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/users", "/admin/users", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/users", "/admin/users", "DELETE", [401, 401, 401, 403, 403, 405]),
    ("/admin/users/new", "/admin/users/new", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/users/new", "/admin/users/new", "POST", [401, 401, 401, 403, 403, 405]),
    ("/admin/users/add-many", "/admin/users/add-many", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/users/add-many", "/admin/users/add-many", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/users/actions", "/admin/users/actions", "GET", [401, 401, 401, 403, 403, 405]),
    ("/admin/users/actions", "/admin/users/actions", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/users/{id}", "/admin/users/1", "GET", [401, 401, 401, 403, 403, 404]),
    ("/admin/users/{id}", "/admin/users/1", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/users/{id}", "/admin/users/1", "PUT", [401, 401, 401, 403, 403, 405]),
    ("/admin/users/{id}/password", "/admin/users/1/password", "GET", [401, 401, 401, 403, 403, 404]),
    ("/admin/users/{id}/password", "/admin/users/1/password", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/users/{id}/groups", "/admin/users/1/groups", "GET", [401, 401, 401, 403, 403, 405]),
    ("/admin/users/{id}/groups", "/admin/users/1/groups", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/users/{id}/unlock", "/admin/users/1/unlock", "GET", [401, 401, 401, 403, 403, 405]),
    ("/admin/users/{id}/unlock", "/admin/users/1/unlock", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/users/{id}/delete", "/admin/users/1/delete", "GET", [401, 401, 401, 403, 403, 404]),
    ("/admin/users/{id}/delete", "/admin/users/1/delete", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/site", "/admin/site", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/site", "/admin/site", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/site/first-steps", "/admin/site/first-steps", "GET", [401, 401, 401, 403, 403, 405]),
    ("/admin/site/first-steps", "/admin/site/first-steps", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/site/time-zone", "/admin/site/time-zone", "GET", [401, 401, 401, 403, 403, 405]),
    ("/admin/site/time-zone", "/admin/site/time-zone", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/site/look", "/admin/site/look", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/site/look", "/admin/site/look", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/site/navigation", "/admin/site/navigation", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/site/navigation", "/admin/site/navigation", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/audit", "/admin/audit", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/audit/names", "/admin/audit/names?q=a", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/groups", "/admin/groups", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/groups", "/admin/groups", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/groups/new", "/admin/groups/new", "GET", [401, 401, 401, 403, 403, 200]),
    ("/admin/groups/{id}", "/admin/groups/1", "GET", [401, 401, 401, 403, 403, 404]),
    ("/admin/groups/{id}", "/admin/groups/1", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/groups/{id}/delete", "/admin/groups/1/delete", "GET", [401, 401, 401, 403, 403, 404]),
    ("/admin/groups/{id}/delete", "/admin/groups/1/delete", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/audit", "/admin/audit", "POST", [401, 401, 401, 403, 403, 405]),
    ("/admin", "/admin", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/", "/admin/", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/", "/admin/", "HEAD", [401, 401, 401, 403, 200, 200]),
    ("/admin/", "/admin/", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/pages", "/admin/pages", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/pages", "/admin/pages", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages", "/admin/pages", "FROB", [401, 401, 401, 403, 405, 405]),
    ("/admin/pages/new", "/admin/pages/new", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/pages/actions", "/admin/pages/actions", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}", "/admin/pages/1", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}", "/admin/pages/x", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}", "/admin/pages/1", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}/delete", "/admin/pages/1/delete", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}/delete", "/admin/pages/1/delete", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}/history", "/admin/pages/1/history", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}/history", "/admin/pages/1/history", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/pages/{id}/history/compare", "/admin/pages/1/history/compare", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}/history/{version}", "/admin/pages/1/history/1", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}/history/{version}", "/admin/pages/1/history/1", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/drafts", "/admin/drafts", "GET", [401, 401, 401, 403, 308, 308]),
    ("/admin/drafts", "/admin/drafts", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/jobs/{id}", "/admin/jobs/1", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/jobs/{id}", "/admin/jobs/1", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/drafts/actions", "/admin/drafts/actions", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/drafts/{id}", "/admin/drafts/1", "GET", [401, 401, 401, 403, 405, 405]),
    ("/admin/drafts/{id}", "/admin/drafts/1", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/drafts/{id}/files", "/admin/drafts/1/files", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/drafts/{id}/files", "/admin/drafts/1/files", "POST", [401, 401, 401, 403, 415, 415]),
    ("/admin/drafts/{id}/files/{name}", "/admin/drafts/1/files/plan.jpg", "GET", [401, 401, 401, 403, 405, 405]),
    ("/admin/drafts/{id}/files/{name}", "/admin/drafts/1/files/plan.jpg", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/drafts/{id}/preview", "/admin/drafts/1/preview", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/drafts/{id}/compare", "/admin/drafts/1/compare", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/drafts/{id}/discard", "/admin/drafts/1/discard", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/drafts/{id}/discard", "/admin/drafts/1/discard", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}/order", "/admin/pages/1/order", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}/order", "/admin/pages/1/order", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}/receipts", "/admin/pages/1/receipts", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}/receipts", "/admin/pages/1/receipts", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/pages/{id}/shares", "/admin/pages/1/shares", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/pages/{id}/shares", "/admin/pages/1/shares", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}/shares/{share}/end", "/admin/pages/1/shares/1/end", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}/shares/{share}/end", "/admin/pages/1/shares/1/end", "GET", [401, 401, 401, 403, 405, 405]),
    ("/admin/shares", "/admin/shares", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/shares", "/admin/shares", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/shares/actions", "/admin/shares/actions", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/preview", "/admin/preview", "GET", [401, 401, 401, 403, 405, 405]),
    ("/admin/preview", "/admin/preview", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/readers", "/admin/readers", "GET", [401, 401, 401, 403, 405, 405]),
    ("/admin/readers", "/admin/readers", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/people", "/admin/people?q=a", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/people", "/admin/people", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/view-as/signed-in{path:(/.*)?}", "/admin/view-as/signed-in/secret", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/view-as", "/admin/view-as", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/view-as", "/admin/view-as", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/view-as/visitor{path:(/.*)?}", "/admin/view-as/visitor", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/view-as/visitor{path:(/.*)?}", "/admin/view-as/visitor/secret", "GET", [401, 401, 401, 403, 200, 200]),
    (
        "/admin/view-as/user/{name}{path:(/.*)?}",
        "/admin/view-as/user/ann/secret",
        "GET",
        [401, 401, 401, 403, 200, 200],
    ),
    (
        "/admin/view-as/user/{name}{path:(/.*)?}",
        "/admin/view-as/user/dan/secret",
        "GET",
        [401, 401, 401, 403, 404, 404],
    ),
    ("/admin/sections", "/admin/sections?below=/", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/sections", "/admin/sections?below=/No", "GET", [401, 401, 401, 403, 422, 422]),
    ("/admin/moment", "/admin/moment?typed=2026-11-30", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/moment", "/admin/moment", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/links", "/admin/links?q=oak", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/links", "/admin/links", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/pages/{id}/undo", "/admin/pages/1/undo", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/pages/{id}/undo", "/admin/pages/1/undo", "GET", [401, 401, 401, 403, 405, 405]),
    ("/admin/links/broken", "/admin/links/broken", "GET", [401, 401, 401, 403, 200, 200]),
    ("/admin/links/broken", "/admin/links/broken", "POST", [401, 401, 401, 403, 405, 405]),
    ("/admin/trash", "/admin/trash", "GET", [401, 401, 401, 403, 308, 308]),
    ("/admin/trash", "/admin/trash", "DELETE", [401, 401, 401, 403, 405, 405]),
    ("/admin/trash/actions", "/admin/trash/actions", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin/trash/{id}", "/admin/trash/1", "GET", [401, 401, 401, 403, 404, 404]),
    ("/admin/trash/{id}", "/admin/trash/1", "POST", [401, 401, 401, 403, 403, 403]),
    ("/admin (nothing there)", "/admin/nope", "GET", [401, 401, 401, 403, 404, 404]),
    ("/account", "/account", "GET", [401, 401, 401, 200, 200, 200]),
    ("/account", "/account", "POST", [401, 401, 401, 403, 403, 403]),
    ("/account/theme", "/account/theme", "POST", [401, 401, 401, 403, 403, 403]),
    ("/account/theme", "/account/theme", "GET", [401, 401, 401, 405, 405, 405]),
    ("/login", "/login", "GET", [401, 401, 401, 303, 303, 303]),
    ("/login", "/login", "POST", [405, 405, 405, 405, 405, 405]),
    ("/signed-in.css", "/signed-in.css", "GET", [401, 401, 401, 200, 200, 200]),
    ("/signed-in.css", "/signed-in.css", "HEAD", [401, 401, 401, 200, 200, 200]),
    ("/signed-in.css", "/signed-in.css", "POST", [405, 405, 405, 405, 405, 405]),
    ("/logout", "/logout", "GET", [401, 401, 401, 401, 401, 401]),
    ("/healthz", "/healthz", "GET", [200, 200, 200, 200, 200, 200]),
    ("/readyz", "/readyz", "GET", [200, 200, 200, 200, 200, 200]),
    ("/search", "/search?q=oak", "GET", [200, 200, 200, 200, 200, 200]),
    ("/feed.xml", "/feed.xml", "GET", [200, 200, 200, 200, 200, 200]),
    // `SECRET` stands for the secret of a link that opens `/secret`: its holder gets the same whoever they are.
    ("/s/{path:.*}", "/s/SECRET", "GET", [200, 200, 200, 200, 200, 200]),
    ("/s/{path:.*}", "/s/SECRET", "HEAD", [200, 200, 200, 200, 200, 200]),
    ("/s/{path:.*}", "/s/SECRET", "POST", [405, 405, 405, 405, 405, 405]),
    ("/s/{path:.*}", "/s/SECRET", "DELETE", [405, 405, 405, 405, 405, 405]),
    ("/s/{path:.*}", "/s/SECRET/nope", "GET", [404, 404, 404, 404, 404, 404]),
    ("/s/{path:.*}", "/s/nope", "GET", [404, 404, 404, 404, 404, 404]),
    ("/sitemap.xml", "/sitemap.xml", "GET", [200, 200, 200, 200, 200, 200]),
    ("/{section:.+}/feed.xml", "/hello/feed.xml", "GET", [200, 200, 200, 200, 200, 200]),
    ("/{section:.+}/feed.xml", "/hello/feed.xml", "POST", [405, 405, 405, 405, 405, 405]),
    ("/{section:.+}/feed.xml", "/secret/feed.xml", "GET", [401, 401, 401, 200, 200, 200]),
    ("/{section:.+}/feed.xml", "/secret/feed.xml", "HEAD", [401, 401, 401, 200, 200, 200]),
    ("/{section:.+}/feed.xml", "/nope/feed.xml", "GET", [404, 404, 404, 404, 404, 404]),
    ("/sitemap{path:(/.*)?}", "/sitemap", "GET", [200, 200, 200, 200, 200, 200]),
    ("/sitemap{path:(/.*)?}", "/sitemap/nope", "GET", [404, 404, 404, 404, 404, 404]),
    ("/robots.txt", "/robots.txt", "GET", [200, 200, 200, 200, 200, 200]),
    ("/favicon.ico", "/favicon.ico", "GET", [200, 200, 200, 200, 200, 200]),
    ("/static/look/{file}", "/static/look/0.css", "GET", [404, 404, 404, 404, 404, 404]),
    ("/static/css/{file}", "/static/css/0.css", "GET", [404, 404, 404, 404, 404, 404]),
    ("/static/{hash}/{file:.+}", "/static/0/site.css", "GET", [404, 404, 404, 404, 404, 404]),
    ("/{path:.*}", "/", "GET", [200, 200, 200, 200, 200, 200]),
    ("/{path:.*}", "/hello", "GET", [200, 200, 200, 200, 200, 200]),
    ("/{path:.*}", "/hello", "POST", [405, 405, 405, 405, 405, 405]),
    ("/{path:.*}", "/secret", "GET", [401, 401, 401, 200, 200, 200]),
    ("/{path:.*}", "/secret", "HEAD", [401, 401, 401, 200, 200, 200]),
    ("/{path:.*}", "/secret", "DELETE", [405, 405, 405, 405, 405, 405]),
    ("/{path:.*}", "/nope", "GET", [404, 404, 404, 404, 404, 404]),
];

#[actix_web::test]
async fn t18_case_18_every_route_gives_every_actor_what_the_matrix_says() {
    let site = Site::new();
    let secret = site.link("secret", domain::share::Shows::Page);
    for (route, address, method, expected) in MATRIX {
        let address = &*address.replace("SECRET", &secret);
        let actors = [
            site.visitor(),
            site.signed_in("root", "wrong"),
            site.signed_in("dan", "open sesame"),
            site.ann(),
            site.eve(),
            site.root(),
        ];
        for ((actor, who), expected) in actors.iter().zip(ACTORS).zip(expected) {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let body = (method == Method::POST).then(|| "confirm=yes".to_owned());
            let response = actor.send(method.clone(), address, body).await;
            assert_eq!(response.status.as_u16(), *expected, "{method} {address} ({route}) as {who}: {}", response.body);
            if *expected == 401 {
                assert!(response.header("www-authenticate").starts_with("Basic realm="), "{address}");
            }
        }
    }
}

/// The routes in the source of the route table, with scopes by their indentation.
fn routes() -> Vec<String> {
    let source = include_str!("../../src/routes.rs");
    let mut scopes: Vec<(usize, String)> = Vec::new();
    let mut routes = Vec::new();
    for line in source.lines().filter(|line| line.trim_start().starts_with(".service(")) {
        let indent = line.len() - line.trim_start().len();
        scopes.retain(|(outer, _)| *outer < indent);
        let prefix: String = scopes.iter().map(|(_, scope)| scope.as_str()).collect();
        let quoted = |text: &str| text.split('"').nth(1).unwrap_or_default().to_owned();
        if let Some(at) = line.find("scope(") {
            scopes.push((indent, quoted(&line[at..])));
        } else if ["page(", "form(", "action("].iter().any(|kind| line.contains(kind)) {
            routes.push(format!("{prefix}{}", quoted(line)));
        }
    }
    routes
}

#[test]
fn every_route_has_a_row_in_the_matrix() {
    let routes = routes();
    assert!(routes.len() > 20, "{routes:?}");
    for route in routes {
        assert!(MATRIX.iter().any(|(known, ..)| *known == route), "no row for {route}");
    }
}
