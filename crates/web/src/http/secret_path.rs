//! Paths that open something to whoever knows them. Such a path stands in no log, in no redirect and in no `Referer`.

use actix_web::dev::ServiceRequest;

/// The beginnings of these paths, each with what stands in the log instead of the whole path.
const MASKS: [(&str, &str); 1] = [("/join/", "/join/[secret]")];

/// What stands in the log instead of the path of a request; `None` for a path without a secret.
pub(super) fn mask(request: &ServiceRequest) -> Option<&'static str> {
    // Decoded: `/%6Aoin/` leads to the same handler.
    of_path(request.match_info().as_str())
}

fn of_path(path: &str) -> Option<&'static str> {
    MASKS.iter().find(|(beginning, _)| path.starts_with(beginning)).map(|(_, mask)| *mask)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_path_with_a_secret_is_masked_however_it_is_spelled() {
        let mask = |uri: &str| mask(&TestRequest::with_uri(uri).to_srv_request());
        for uri in
            ["/join/abc", "/join/abc?x=y", "/join/abc/", "/%6Aoin/abc", "/jo%69n/abc", "http://site.test/join/abc"]
        {
            assert_eq!(mask(uri), Some("/join/[secret]"), "{uri}");
        }
        for uri in ["/", "/join", "/joining/abc", "/clients/join/abc"] {
            assert_eq!(mask(uri), None, "{uri}");
        }
    }
}
