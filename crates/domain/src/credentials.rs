//! Strict parsing of Basic credentials (RFC 7617) in one `Authorization` header.

use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::{password::Password, user::Username};

/// The most bytes that a token may decode to; a longer one is refused before its content is read.
pub const TOKEN_BYTES: usize = 1024;

/// A well-formed name and password, not yet verified.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The name, in NFC.
    pub name: Username,
    /// The password, normalised.
    pub password: Password,
}

/// The header holds no credentials that a user could have. It does not say why: every cause gets the same response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Parses the value of an `Authorization` header: the scheme in any case, one or more spaces, one token68 of strict,
/// padded base64 (RFC 4648 section 4), a name, the first colon, a password (RFC 7617 section 2). Bytes that are not
/// UTF-8 are read as Latin-1 (RFC 7617 appendix B.2); a text can only be one of the two, so this is one attempt.
///
/// [`Malformed`] for everything else, including empty names, control characters and more than 72 bytes of password.
pub fn parse(header: &[u8]) -> Result<Credentials, Malformed> {
    let header = trim_whitespace(header);
    let (scheme, token) = header.split_at_checked(5).ok_or(Malformed)?;
    if !scheme.eq_ignore_ascii_case(b"basic") || !token.starts_with(b" ") {
        return Err(Malformed);
    }
    let spaces = token.iter().take_while(|byte| **byte == b' ').count();
    let token = &token[spaces..];
    if token.len() > TOKEN_BYTES.div_ceil(3) * 4 {
        return Err(Malformed);
    }
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(token).map_err(|_| Malformed)?);
    if bytes.len() > TOKEN_BYTES {
        return Err(Malformed);
    }
    let text = Zeroizing::new(match std::str::from_utf8(&bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => latin_1(&bytes),
    });
    let (name, password) = text.split_once(':').ok_or(Malformed)?;
    Ok(Credentials {
        name: Username::parse(name).map_err(|_| Malformed)?,
        password: Password::parse(password).map_err(|_| Malformed)?,
    })
}

/// Removes the optional white space around a header's value, which is space and tab (RFC 9110 section 5.6.3).
fn trim_whitespace(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |last| last + 1);
    &value[start..end]
}

fn latin_1(bytes: &[u8]) -> String {
    // Capacity for the longest outcome: a string that grows leaves a copy of the secret behind.
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(bytes.iter().copied().map(char::from));
    text
}
