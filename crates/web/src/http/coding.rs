//! Content codings: which one a client accepts, and the compression.

use std::io::Write;

use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, HeaderMap, Preference, QualityItem};

/// A content coding that answers are compressed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// The coding that `Accept-Encoding` prefers; `None` to send the body uncompressed.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Coding> {
        // Without the header a client accepts every coding (RFC 9110 section 12.5.3), but few such clients can decode
        // one.
        if !headers.contains_key(header::ACCEPT_ENCODING) {
            return None;
        }
        let accepted = AcceptEncoding(parse_accept_encoding(headers));
        let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        match accepted.negotiate(offered.iter())? {
            Encoding::Known(ContentEncoding::Brotli) => Some(Coding::Brotli),
            Encoding::Known(ContentEncoding::Gzip) => Some(Coding::Gzip),
            _ => None,
        }
    }

    /// The name of the coding in `Content-Encoding`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }

    /// Compresses a body; `None` when the compressor fails, to send the body uncompressed.
    pub(super) fn encode(self, body: &[u8]) -> Option<Vec<u8>> {
        let mut encoded = Vec::with_capacity(body.len() / 3);
        match self {
            Coding::Brotli => {
                let params = brotli::enc::BrotliEncoderParams {
                    quality: 5,
                    lgwin: window_bits(body.len()),
                    size_hint: body.len(),
                    ..Default::default()
                };
                brotli::BrotliCompress(&mut &*body, &mut encoded, &params).ok()?;
            }
            Coding::Gzip => {
                let mut gzip = flate2::write::GzEncoder::new(&mut encoded, flate2::Compression::new(6));
                gzip.write_all(body).ok()?;
                gzip.finish().ok()?;
            }
        }
        Some(encoded)
    }
}

/// The bits of brotli's window for a body (RFC 7932 section 9.1). The encoder allocates and clears several times the
/// window, and 4 MiB by default.
fn window_bits(bytes: usize) -> i32 {
    let bits = usize::BITS - bytes.saturating_add(16).leading_zeros();
    i32::try_from(bits).unwrap_or(22).clamp(10, 22)
}

/// The items of `Accept-Encoding` over all its lines; invalid ones are skipped.
fn parse_accept_encoding(headers: &HeaderMap) -> Vec<QualityItem<Preference<Encoding>>> {
    let lines = headers.get_all(header::ACCEPT_ENCODING).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(|item| item.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_the_body() {
        for (bytes, bits) in
            [(0, 10), (1000, 10), (1008, 11), (4000, 12), (60_000, 16), (1 << 20, 21), (usize::MAX, 22)]
        {
            assert_eq!(window_bits(bytes), bits, "{bytes}");
            assert!(bits == 22 || bytes <= (1 << bits) - 16, "{bytes}");
        }
    }
}
