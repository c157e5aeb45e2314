//! The `WWW-Authenticate` challenge of a 401: Basic, with realm and charset (RFC 7617 sections 2 and 2.1).

use std::fmt;

use actix_web::{
    http::header::{HeaderValue, InvalidHeaderValue, TryIntoHeaderValue},
    web::Bytes,
};
use actix_web_httpauth::headers::www_authenticate::{self, basic::Basic};
use domain::site::Realm;

/// The value of `WWW-Authenticate`.
#[derive(Clone, Debug)]
pub struct Challenge(Basic);

impl Challenge {
    /// The challenge of a realm.
    pub fn new(realm: &Realm) -> Challenge {
        // `Basic` escapes quotes in its quoted-string but not backslashes (RFC 9110 section 5.6.4).
        Challenge(Basic::with_realm(realm.as_str().replace('\\', r"\\")))
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, charset=\"UTF-8\"", self.0)
    }
}

impl www_authenticate::Challenge for Challenge {
    fn to_bytes(&self) -> Bytes {
        Bytes::from(self.to_string())
    }
}

impl TryIntoHeaderValue for Challenge {
    type Error = InvalidHeaderValue;

    fn try_into_value(self) -> Result<HeaderValue, InvalidHeaderValue> {
        HeaderValue::try_from(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t1_t3_t4_the_realm_is_a_quoted_string_and_the_charset_is_utf_8() {
        let check = |realm, expected: &str| {
            assert_eq!(Challenge::new(&Realm::parse(realm).unwrap()).to_string(), expected);
        };
        check("Site", r#"Basic realm="Site", charset="UTF-8""#);
        check(r#"My "q" \x"#, r#"Basic realm="My \"q\" \\x", charset="UTF-8""#);
        check("", r#"Basic realm="", charset="UTF-8""#);
    }
}
