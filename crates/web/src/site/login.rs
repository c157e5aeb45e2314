//! Signing in, as someone else, and out, without a session: the server only says which credentials it accepts, and the
//! browser keeps those that were accepted.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::{
        Uri,
        header::{self, HeaderName, HeaderValue},
    },
    web::Data,
};
use serde::Serialize;

use crate::{
    App,
    auth::{
        extract::Reader,
        sign_in::{is_signed_out, require_https},
    },
    http::{answer::Answer, envelope::Envelope, error::Error, query::QueryString, responses::see_other, view::Frame},
};

/// GET `/login?next=/path`: 401 from the extractor without credentials, then a redirect to `next`, or without it to the page
/// with the link. With `not=ann` it is 401 while the credentials are ann's, and the browser asks for others.
pub async fn login(request: HttpRequest, reader: Reader, query: QueryString) -> Result<HttpResponse, Error> {
    if query.get("not") == reader.account().member.name.as_str() {
        return Err(Error::Unauthorized);
    }
    let next = match query.get("next") {
        "" => referrer(&request).filter(|address| !leads_here(address)).unwrap_or_default(),
        next => next.to_owned(),
    };
    Ok(see_other(local(&next)))
}

/// GET `/signed-in.css`: an empty style sheet for signed-in users. A browser that has credentials for a part of the site
/// repeats the request with them after the 401, and then sends them to the whole site.
pub async fn signed_in(_: Reader) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, max-age=120"))
        .insert_header((header::VARY, "Authorization"))
        .content_type("text/css; charset=utf-8")
        .body("")
}

#[derive(Serialize)]
struct SignedOutPage {
    #[serde(flatten)]
    frame: Frame,
}

/// GET `/logout`: 200 for the name that signs nobody in, which a browser then keeps instead of the old one. Everybody else
/// gets 401: the browser asks again, and drops the old credentials when the user cancels.
pub async fn logout(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, Error> {
    require_https(&app, &Envelope::of(&request))?;
    if !is_signed_out(&request) {
        return Err(Error::SignedOut);
    }
    let page = SignedOutPage { frame: Frame::anonymous(&*app.db.site().await) };
    let mut response = Answer::panel(app.view.render("signed_out.html", &page)?).respond_to(&request);
    let name = HeaderName::from_static("clear-site-data");
    response.headers_mut().insert(name, HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// The path and query of the `Referer`, if it is a page of this site.
pub fn referrer(request: &HttpRequest) -> Option<String> {
    let uri: Uri = request.headers().get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    uri.authority().filter(|authority| authority.as_str().eq_ignore_ascii_case(host))?;
    uri.path_and_query().map(ToString::to_string)
}

/// Whether an address is one of those that only change the credentials.
fn leads_here(address: &str) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    matches!(path, "/login" | "/logout")
}

/// The address if it is a path of this site, else `/`. Browsers read `//x` and `/\x` as another host, and remove tabs
/// and line ends before they parse an address.
pub fn local(address: &str) -> &str {
    let mut bytes = address.bytes();
    let is_rooted = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    if is_rooted && address.len() <= 2048 && address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
        address
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t10_case_40_51_only_local_paths_are_followed() {
        for good in ["/", "/secret", "/search?q=a%20b&page=2", "/clients/acme"] {
            assert_eq!(local(good), good);
        }
        for evil in [
            "",
            "secret",
            "//evil.test",
            "/\\evil.test",
            "\\/evil",
            "https:evil.test",
            "https://evil.test",
            "/\t/evil",
            "/\r\nSet-Cookie: x",
            "javascript:alert(1)",
            " /x",
            "/x\\..\\y",
            "/é",
        ] {
            assert_eq!(local(evil), "/", "{evil:?}");
        }
    }
}
