//! The answer with a file: its header fields, one range of its bytes, and its content security policy.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    body::BoxBody,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    web::Data,
};
use domain::file::{Content, FileKind, FileName};

use super::{
    budget::Budget,
    caching::{Caching, ROBOTS, precondition},
    envelope::Envelope,
    error::Error,
    file_body::{self, StoredBytes},
    query::QueryString,
    range::{self, Requested},
};

/// A file as an answer has it. Its bytes are read when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedFile {
    /// The name, whose ending says the kind.
    pub name: FileName,
    /// The stored bytes, by their key.
    pub content: Content,
}

/// The policy of files: what somebody uploaded may do nothing in a browser. Chrome and Safari show no PDF in a sandbox.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox";
const POLICY_OF_PDF: &str = "frame-ancestors 'none'";

impl ServedFile {
    /// The strong ETag. It changes with the cache policy, too: a file that becomes private must not match.
    fn etag(&self, caching: Caching) -> HeaderValue {
        let suffix = if is_public(caching) { "" } else { "-p" };
        let hash = &self.content.hash;
        let hash = hash.get(..24).unwrap_or(hash);
        HeaderValue::from_str(&format!("\"{hash}{suffix}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }

    fn disposition(&self, request: &HttpRequest) -> HeaderValue {
        let is_saved = !self.name.kind().is_inline() || QueryString::of(request).has("download");
        let how = if is_saved { "attachment" } else { "inline" };
        // A name has no character that would have to be escaped.
        HeaderValue::from_str(&format!("{how}; filename=\"{}\"", self.name))
            .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
    }

    /// The response: 200, 206 for one range, 304, 412 or 416.
    pub(super) fn respond(&self, caching: Caching, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::OK);
        let etag = self.etag(caching);
        let headers = response.headers_mut();
        headers.append(header::CACHE_CONTROL, HeaderValue::from_static(caching.cache_control()));
        if !is_public(caching) && caching != Caching::Secret {
            headers.append(header::VARY, HeaderValue::from_static("Authorization"));
        }
        if let Some(robots) = caching.robots() {
            headers.append(ROBOTS, HeaderValue::from_static(robots));
        }
        headers.append(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.append(header::ETAG, etag.clone());
        let kind = self.name.kind();
        let policy = if kind == FileKind::Pdf { POLICY_OF_PDF } else { POLICY };
        headers.append(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        if let Some(status) = precondition(request.headers(), &etag) {
            *response.status_mut() = status;
            return response;
        }
        headers.append(header::CONTENT_DISPOSITION, self.disposition(request));
        let requested = match *request.method() {
            // RFC 9110 section 14.2: a range is for GET alone.
            Method::GET => range::requested(request.headers(), etag.to_str().unwrap_or_default(), self.content.bytes),
            _ => Requested::Whole,
        };
        let range = match requested {
            Requested::Whole => 0..self.content.bytes,
            Requested::Part(range) => {
                let words = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), self.content.bytes);
                append(headers, header::CONTENT_RANGE, &words);
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                range
            }
            Requested::Unsatisfiable => {
                append(headers, header::CONTENT_RANGE, &format!("bytes */{}", self.content.bytes));
                *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                return response;
            }
        };
        response.headers_mut().append(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
        match self.body(request, range) {
            Ok(body) => response.set_body(body),
            Err(error) => error.error_response(),
        }
    }

    fn body(&self, request: &HttpRequest, range: std::ops::Range<u64>) -> Result<BoxBody, Error> {
        let missing = |what: &str| Error::Internal(format!("no {what} in this scope"));
        let budget = request.app_data::<Data<Budget>>().ok_or_else(|| missing("budget"))?;
        let stored = request.app_data::<Data<dyn StoredBytes>>().ok_or_else(|| missing("files"))?;
        let origin = Some(Envelope::of(request).client.origin());
        let share = budget.take(origin, file_body::memory(&range)).ok_or(Error::NoRoom)?;
        Ok(file_body::from_store(stored.clone().into_inner(), self.content.id, range, share))
    }
}

/// Whether everybody may read the file.
fn is_public(caching: Caching) -> bool {
    matches!(caching, Caching::Public | Caching::Immutable)
}

fn append(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}
