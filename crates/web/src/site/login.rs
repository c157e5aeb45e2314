//! `/login` and `/logout`: what can be done about signing in and out where there is no session.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    App,
    auth::{extract::Reader, sign_in::refuse_clear_text},
    http::{envelope::Envelope, error::Error, query::QueryString, responses::see_other},
};

/// GET `/login?next=/path`: challenges, then leads on. The extractor does the challenging.
pub async fn login(_: Reader, query: QueryString) -> HttpResponse {
    see_other(local(query.get("next")))
}

/// GET `/logout`: always 401, so that a browser asks anew and forgets what it had.
pub async fn logout(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, Error> {
    refuse_clear_text(&app, &Envelope::of(&request))?;
    Err(Error::SignedOut)
}

/// The address if it is a path of this site, else the front page. Browsers take `//x` and `/\x` for another host, and
/// drop tabs and line ends before they look.
pub fn local(address: &str) -> &str {
    let mut bytes = address.bytes();
    let rooted = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    if rooted && address.len() <= 2048 && address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
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
