//! Finished answers: body, cache control, ETag, and compression as the client accepts it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{Bytes, Data},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    budget::{Budget, Share},
    caching::precondition,
    coding::Coding,
    envelope::Envelope,
    error::Error,
    file_answer::ServedFile,
    parts_body::{PART, in_parts},
};

pub use super::caching::{Caching, ROBOTS};

/// An answer that can be sent to several clients; `respond_to` makes it a 200, a 304 or another status. Cheap to clone:
/// the cache and the responses share its bytes.
#[derive(Clone, Debug)]
pub struct Answer(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    content_type: &'static str,
    body: Bytes,
    caching: Caching,
    // Computed on first use.
    digest: OnceLock<String>,
    /// The compressed bodies, by [`Coding`].
    coded: [OnceLock<Option<Bytes>>; 2],
    /// The ETags: of the uncompressed body, then by [`Coding`].
    etags: [OnceLock<HeaderValue>; 3],
    /// The file that is sent instead of `body`, if the answer is one.
    file: Option<ServedFile>,
    /// The share of the budget for large answers while at least one client is receiving this one.
    under_way: Mutex<Weak<Share>>,
}

/// The media type of HTML pages.
pub const HTML: &str = "text/html; charset=utf-8";
/// The media type of plain text.
pub const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    /// A 200 with a body.
    pub fn new(content_type: &'static str, body: impl Into<Bytes>, caching: Caching) -> Answer {
        Answer::with(StatusCode::OK, content_type, body.into(), caching)
    }

    fn with(status: StatusCode, content_type: &'static str, body: Bytes, caching: Caching) -> Answer {
        Answer(Arc::new(Parts::new(status, content_type, body, caching)))
    }

    /// The answer with a file. Its bytes are read when it is sent.
    pub fn file(file: ServedFile, caching: Caching) -> Answer {
        let parts = Parts::new(StatusCode::OK, file.name.kind().media_type(), Bytes::new(), caching);
        Answer(Arc::new(Parts { file: Some(file), ..parts }))
    }

    /// A 200 with an HTML page.
    pub fn html(body: String, caching: Caching) -> Answer {
        // A rendered text has up to twice the capacity of its length, and an answer may stay in the cache for long.
        Answer::new(HTML, body.into_boxed_str().into_boxed_bytes(), caching)
    }

    /// A value for a script of the panel, which no cache stores.
    ///
    /// # Errors
    /// [`Error::Internal`] for a value that JSON cannot hold.
    pub fn json(value: &impl Serialize) -> Result<Answer, Error> {
        let body = serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Answer::new("application/json", body, Caching::Never))
    }

    /// A page of the panel, which no cache stores.
    pub fn panel(body: String) -> Answer {
        Answer::html(body, Caching::Never)
    }

    /// This answer with another status.
    pub fn with_status(self, status: StatusCode) -> Answer {
        Answer::with(status, self.0.content_type, self.0.body.clone(), self.0.caching)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The uncompressed body.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// Whether both share their memory.
    #[cfg(test)]
    pub(super) fn shares_memory_with(&self, other: &Answer) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Computes all ETags and compressed bodies in advance. It belongs in the render pool, because its time grows with
    /// the body.
    pub fn finish(self) -> Answer {
        for coding in [None, Some(Coding::Brotli), Some(Coding::Gzip)] {
            self.0.etag(coding);
            if let Some(coding) = coding.filter(|_| self.0.is_compressible()) {
                self.0.coded(coding);
            }
        }
        self
    }

    /// The memory that the bodies take so far, in bytes.
    pub fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

impl Parts {
    fn new(status: StatusCode, content_type: &'static str, body: Bytes, caching: Caching) -> Parts {
        let (digest, coded, etags) = <(OnceLock<_>, [OnceLock<_>; 2], [OnceLock<_>; 3])>::default();
        Parts { status, content_type, body, caching, digest, coded, etags, file: None, under_way: Mutex::default() }
    }

    fn bytes(&self) -> usize {
        let coded = self.coded.iter().filter_map(|coded| coded.get()?.as_ref()).map(Bytes::len);
        self.body.len() + coded.sum::<usize>()
    }

    /// The share of the budget for sending this answer, which is the same for all clients that receive it at the same
    /// time.
    ///
    /// # Errors
    /// [`Error::NoRoom`].
    fn share(&self, request: &HttpRequest) -> Result<Arc<Share>, Error> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = under_way.upgrade() {
            return Ok(share);
        }
        let budget = request.app_data::<Data<Budget>>();
        let budget = budget.ok_or_else(|| Error::Internal("no budget in this scope".into()))?;
        let origin = Envelope::of(request).client.origin();
        let share = Arc::new(budget.take(Some(origin), self.bytes()).ok_or(Error::NoRoom)?);
        *under_way = Arc::downgrade(&share);
        Ok(share)
    }

    /// The ETag of a coding. It changes with the body and with the cache policy: a page that becomes private must not
    /// match.
    fn etag(&self, coding: Option<Coding>) -> &HeaderValue {
        self.etags[coding.map_or(0, |coding| coding as usize + 1)].get_or_init(|| {
            let suffix = coding.map_or_else(String::new, |coding| format!("-{}", coding.as_str()));
            let tag = format!("\"{}{suffix}\"", self.digest.get_or_init(|| self.compute_digest()));
            // Hexadecimal digits and the name of a coding are always a valid header value.
            HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
        })
    }

    fn compute_digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.caching.cache_control());
        hash.update([0]);
        hash.update(&self.body);
        hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The compressed body; `None` when compression fails.
    fn coded(&self, coding: Coding) -> Option<&Bytes> {
        let encode = || coding.encode(&self.body).map(|encoded| Bytes::from(encoded.into_boxed_slice()));
        self.coded[coding as usize].get_or_init(encode).as_ref()
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let parts = &*self.0;
        if let Some(file) = &parts.file {
            return file.respond(parts.caching, request);
        }
        let is_cacheable = !parts.caching.is_never() && parts.status == StatusCode::OK;
        // The length of a compressed answer reveals whether its text repeats a part of the address, which an attacker
        // may choose (BREACH). The text is secret in the panel, which has form tokens, and in answers for one user. A
        // path without a query leaves no choice: the answer at a path is the same for every link to it.
        let is_chosen_by_others = parts.caching == Caching::Personal && request.uri().query().is_some();
        let compresses = is_cacheable && !is_chosen_by_others && parts.is_compressible();
        let coding = if compresses { Coding::negotiate(request.headers()) } else { None };
        let mut response = HttpResponse::new(parts.status);
        let headers = response.headers_mut();
        headers.append(header::CACHE_CONTROL, HeaderValue::from_static(parts.caching.cache_control()));
        if let Some(vary) = parts.vary() {
            headers.append(header::VARY, HeaderValue::from_static(vary));
        }
        if let Some(robots) = parts.caching.robots() {
            headers.append(ROBOTS, HeaderValue::from_static(robots));
        }
        if is_cacheable {
            let etag = parts.etag(coding);
            headers.append(header::ETAG, etag.clone());
            if let Some(status) = precondition(request.headers(), etag) {
                *response.status_mut() = status;
                return response;
            }
        }
        headers.append(header::CONTENT_TYPE, HeaderValue::from_static(parts.content_type));
        let coded = coding.and_then(|coding| Some((coding, parts.coded(coding)?)));
        let body = match coded {
            Some((coding, body)) => {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
                body
            }
            None => &parts.body,
        };
        let body = match body.len() > PART {
            true => match parts.share(request) {
                Ok(share) => in_parts(body.clone(), share),
                Err(error) => return error.error_response(),
            },
            false => BoxBody::new(body.clone()),
        };
        response.set_body(body)
    }
}

/// A page or a redirect.
pub enum Outcome {
    /// A page.
    Page(Answer),
    /// A redirect.
    Redirect(HttpResponse),
}

impl Responder for Outcome {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Outcome::Page(answer) => answer.respond_to(request),
            Outcome::Redirect(response) => response,
        }
    }
}

impl Parts {
    /// The request headers that change the answer (RFC 9110 section 12.5.5).
    fn vary(&self) -> Option<&'static str> {
        match (self.caching.varies_by_visitor(), !self.caching.is_never() && self.is_text()) {
            (true, true) => Some("Authorization, Accept-Encoding"),
            (true, false) => Some("Authorization"),
            (false, true) => Some("Accept-Encoding"),
            (false, false) => None,
        }
    }

    fn is_text(&self) -> bool {
        ["text/", "application/atom+xml", "application/xml", "image/svg+xml"]
            .iter()
            .any(|kind| self.content_type.starts_with(kind))
    }

    fn is_compressible(&self) -> bool {
        const MIN_BYTES: usize = 1024;
        self.body.len() >= MIN_BYTES && self.is_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{body::to_bytes, test::TestRequest};

    fn page() -> Answer {
        Answer::html("<p>hello</p>".repeat(200), Caching::Public)
    }

    fn respond(answer: Answer, headers: &[(&'static str, &str)]) -> HttpResponse {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        answer.respond_to(&request.to_http_request())
    }

    fn value<'a>(response: &'a HttpResponse, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn the_preferred_coding_is_used() {
        let check = |accepted: &str, expected: &str| {
            let response = respond(page(), &[("accept-encoding", accepted)]);
            assert_eq!(value(&response, "content-encoding"), expected, "{accepted}");
            assert_eq!(value(&response, "vary"), "Accept-Encoding", "{accepted}");
        };
        check("gzip, deflate, br, zstd", "br");
        check("gzip", "gzip");
        check("gzip;q=1.0, br;q=0.5", "gzip");
        check("br;q=0, gzip;q=0", "");
        check("identity", "");
        check("", "");
        check("zstd", "");
        check("*;q=0.1, br", "br");
    }

    #[actix_web::test]
    async fn a_gzip_body_decompresses_to_the_original() {
        let response = respond(page(), &[("accept-encoding", "gzip")]);
        let body = to_bytes(response.into_body()).await.unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&body[..]), &mut text).unwrap();
        assert_eq!(text, "<p>hello</p>".repeat(200));
    }

    #[test]
    fn small_answers_and_the_panel_are_not_compressed() {
        for answer in [Answer::html("<p>".into(), Caching::Public), Answer::panel("<p>".repeat(2000))] {
            let response = respond(answer, &[("accept-encoding", "br")]);
            assert_eq!(value(&response, "content-encoding"), "");
        }
    }

    #[test]
    fn what_one_user_gets_is_not_compressed_beside_a_query() {
        let coding = |uri: &str, caching: Caching| {
            let request = TestRequest::with_uri(uri).append_header(("accept-encoding", "br, gzip")).to_http_request();
            let response = Answer::html("<p>hello</p>".repeat(200), caching).respond_to(&request);
            value(&response, "content-encoding").to_owned()
        };
        assert_eq!(coding("/search?q=secret", Caching::Personal), "");
        assert_eq!(coding("/clients?anything", Caching::Personal), "");
        assert_eq!(coding("/clients", Caching::Personal), "br");
        assert_eq!(coding("/search?q=secret", Caching::Shared), "br");
        assert_eq!(coding("/welcome?x", Caching::Public), "br");
    }

    #[test]
    fn t34_a_matching_etag_gets_304_with_etag_cache_control_and_vary() {
        let private = || Answer::html("<p>secret</p>".repeat(200), Caching::Personal);
        let etag = value(&respond(private(), &[]), "etag").to_owned();
        for if_none_match in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".into()] {
            let response = respond(private(), &[("if-none-match", &if_none_match)]);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{if_none_match}");
            assert_eq!(value(&response, "etag"), etag);
            assert_eq!(value(&response, "cache-control"), "private, no-cache");
            assert_eq!(value(&response, "vary"), "Authorization, Accept-Encoding");
        }
        // A comma inside of the quotes separates nothing, and `*` stands alone (RFC 9110 sections 8.8.3 and 13.1.2).
        for other in
            ["\"x\"".into(), "\"x, *, y\"".into(), "\"x\", *".into(), format!("\"x, {}, y\"", etag.trim_matches('"'))]
        {
            assert_eq!(respond(private(), &[("if-none-match", &other)]).status(), StatusCode::OK, "{other}");
        }
    }

    #[test]
    fn t69_if_match_with_the_etag_of_another_version_gets_412() {
        let etag = value(&respond(page(), &[]), "etag").to_owned();
        let check = |if_match: &str, expected: StatusCode| {
            let response = respond(page(), &[("if-match", if_match)]);
            assert_eq!(response.status(), expected, "{if_match}");
            assert_eq!(value(&response, "etag"), etag);
        };
        for own in [etag.clone(), format!("\"x\", {etag}"), format!("W/\"x,\" ,{etag},"), " *".into()] {
            check(&own, StatusCode::OK);
        }
        for other in ["\"x\"".into(), String::new(), format!("W/{etag}"), "\"x, *, y\"".into(), "\"x\", *".into()] {
            check(&other, StatusCode::PRECONDITION_FAILED);
        }
        // RFC 9110 section 13.2.2: If-Match comes first.
        let both = [("if-match", "\"x\""), ("if-none-match", etag.as_str())];
        assert_eq!(respond(page(), &both).status(), StatusCode::PRECONDITION_FAILED);
        let both = [("if-match", etag.as_str()), ("if-none-match", etag.as_str())];
        assert_eq!(respond(page(), &both).status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn t35_etags_differ_by_body_coding_and_cache_policy() {
        let tag = |answer, accepted: &str| value(&respond(answer, &[("accept-encoding", accepted)]), "etag").to_owned();
        let body = || "<p>hello</p>".repeat(200);
        let tags = [
            tag(page(), ""),
            tag(page(), "gzip"),
            tag(page(), "br"),
            tag(Answer::html(body(), Caching::Personal), ""),
            tag(Answer::html(body() + "!", Caching::Public), ""),
        ];
        for (n, tag) in tags.iter().enumerate() {
            assert!(!tags[..n].contains(tag), "{tags:?}");
        }
    }

    #[test]
    fn t36_t37_t38_t40_cache_control_and_vary_follow_from_the_cache_policy() {
        let check = |caching, control: &str, vary: &str| {
            let response = respond(Answer::html("x".into(), caching), &[]);
            assert_eq!((value(&response, "cache-control"), value(&response, "vary")), (control, vary));
        };
        check(Caching::Public, "no-cache", "Accept-Encoding");
        check(Caching::Shared, "no-cache", "Authorization, Accept-Encoding");
        check(Caching::Personal, "private, no-cache", "Authorization, Accept-Encoding");
        check(Caching::Never, "no-store", "");
    }
}
