//! `/login` and `/logout`, without a session: both only make the browser ask for credentials.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    App,
    auth::{extract::Reader, sign_in::require_https},
    http::{envelope::Envelope, error::Error, query::QueryString, responses::see_other},
};

/// GET `/login?next=/path`: 401 from the extractor without credentials, then a redirect to `next`.
pub async fn login(_: Reader, query: QueryString) -> HttpResponse {
    see_other(local(query.get("next")))
}

/// GET `/logout`: always 401, so that the browser asks again and drops the old credentials.
pub async fn logout(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, Error> {
    require_https(&app, &Envelope::of(&request))?;
    Err(Error::SignedOut)
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
