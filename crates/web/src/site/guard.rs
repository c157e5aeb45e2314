//! The guard: nginx, Caddy or Traefik ask whether the sender of a request may read a page, before they pass the request on to
//! another program.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Data,
};
use actix_web_httpauth::headers::www_authenticate::WwwAuthenticate;

use super::resolve::Passage;
use crate::{
    App,
    auth::challenge::Challenge,
    http::{
        answer::ROBOTS,
        error::{Error, HasFinalBody},
    },
};

/// The name of the reader, for the program behind the proxy.
const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");
/// The names of the reader's groups, joined by commas; a comma in a name is `%2C`.
const REMOTE_GROUPS: HeaderName = HeaderName::from_static("remote-groups");

/// GET `/postern/guard/PATH`: 204 if these credentials may read the page at PATH, with the reader in `Remote-User` and
/// their groups in `Remote-Groups` unless strangers may read it, too; 401 with the challenge; 403 for everything else
/// that a GET of the page refuses, and after too many wrong passwords with `Retry-After`; 503 when the database or the
/// queue of bcrypt does not answer. No status but these: proxies let 2xx, 401 and 403 through, and answer 500 to
/// others, such as the 308 that any path with a slash at its end gets before its route.
///
/// Only the path in the address names the page: `X-Forwarded-Uri`, the host and the method are not read.
pub async fn show(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let path = request.match_info().get("path").unwrap_or_default();
    let path = path.strip_prefix('/').unwrap_or(path);
    match Passage::of(&app, &request, path).await {
        Ok(passage) => admit(passage),
        Err(error) => refuse(&app, error).await,
    }
}

fn admit(passage: Passage) -> HttpResponse {
    let mut response = empty(StatusCode::NO_CONTENT);
    if let Some(account) = passage.account {
        let name = HeaderValue::from_bytes(account.member.name.as_str().as_bytes());
        let groups = HeaderValue::from_bytes(passage.groups.as_bytes());
        let (Ok(name), Ok(groups)) = (name, groups) else {
            return empty(StatusCode::FORBIDDEN).finish();
        };
        response.insert_header((REMOTE_USER, name)).insert_header((REMOTE_GROUPS, groups));
    }
    response.finish()
}

async fn refuse(app: &App, error: Error) -> HttpResponse {
    let mut response = match &error {
        Error::Unauthorized | Error::Rejected => {
            let mut response = empty(StatusCode::UNAUTHORIZED);
            response.insert_header(WwwAuthenticate(Challenge::new(&app.db.site().await.realm)));
            response
        }
        Error::TooManyAttempts(wait) => {
            let mut response = empty(StatusCode::FORBIDDEN);
            response.insert_header((header::RETRY_AFTER, wait.as_secs().max(1)));
            response
        }
        error if error.status_code().is_client_error() => empty(StatusCode::FORBIDDEN),
        _ => empty(StatusCode::SERVICE_UNAVAILABLE),
    };
    let mut response = response.finish();
    response.extensions_mut().insert(error);
    response.extensions_mut().insert(HasFinalBody);
    response
}

fn empty(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((ROBOTS, "noindex"));
    response
}
