//! A finished answer: its bytes, how caches may keep it, its ETag, and the coding that the client asked for.

use std::{
    io::Write,
    sync::{Arc, OnceLock},
};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{
            self, AcceptEncoding, ContentEncoding, Encoding, EntityTag, HeaderMap, HeaderName, HeaderValue, Preference,
            QualityItem,
        },
    },
    web::Bytes,
};
use sha2::{Digest, Sha256};

/// How long and for whom a cache may keep an answer (RFC 9111).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// For everybody, asked about each time: a page made private is private at the next request.
    Public,
    /// What everybody sees of a list that shows more to those signed in.
    Shared,
    /// For one user: private pages, and lists for those signed in.
    Personal,
    /// For a year: the address changes with the content.
    Immutable,
    /// Not at all: the panel, errors, redirects.
    Never,
}

impl Caching {
    fn cache_control(self) -> &'static str {
        match self {
            Caching::Public | Caching::Shared => "no-cache",
            Caching::Personal => "private, no-cache",
            Caching::Immutable => "public, max-age=31536000, immutable",
            Caching::Never => "no-store",
        }
    }

    fn varies_by_visitor(self) -> bool {
        matches!(self, Caching::Shared | Caching::Personal)
    }
}

/// An answer with a body, its validator and its codings; `respond_to` turns it into 200, 304 or another status. Cheap to
/// clone: what is kept in memory and what is sent are the same bytes.
#[derive(Clone, Debug)]
pub struct Answer(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    content_type: &'static str,
    body: Bytes,
    caching: Caching,
    // Made when they are first asked for.
    digest: OnceLock<String>,
    coded: [OnceLock<Option<Bytes>>; 2],
    etags: [OnceLock<HeaderValue>; 3],
}

/// The media type of our pages.
pub const HTML: &str = "text/html; charset=utf-8";
/// The media type of plain texts.
pub const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    /// 200 with a body.
    pub fn new(content_type: &'static str, body: impl Into<Bytes>, caching: Caching) -> Answer {
        Answer::with(StatusCode::OK, content_type, body.into(), caching)
    }

    fn with(status: StatusCode, content_type: &'static str, body: Bytes, caching: Caching) -> Answer {
        let (digest, coded, etags) = <(OnceLock<_>, [OnceLock<_>; 2], [OnceLock<_>; 3])>::default();
        Answer(Arc::new(Parts { status, content_type, body, caching, digest, coded, etags }))
    }

    /// 200 with a page.
    pub fn html(body: String, caching: Caching) -> Answer {
        Answer::new(HTML, body, caching)
    }

    /// A page of the panel, which no cache keeps.
    pub fn panel(body: String) -> Answer {
        Answer::html(body, Caching::Never)
    }

    /// The same with another status.
    pub fn with_status(self, status: StatusCode) -> Answer {
        Answer::with(status, self.0.content_type, self.0.body.clone(), self.0.caching)
    }

    /// The body as it is.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// Makes everything that requests may ask for. It takes time that grows with the body, so it runs among the renderers.
    pub fn finish(self) -> Answer {
        for coding in [None, Some(Coding::Brotli), Some(Coding::Gzip)] {
            self.0.etag(coding);
            if let Some(coding) = coding.filter(|_| self.0.is_compressible()) {
                self.0.coded(coding);
            }
        }
        self
    }

    /// How many bytes it takes in memory, as far as it is made.
    pub fn bytes(&self) -> usize {
        let coded = self.0.coded.iter().filter_map(|coded| coded.get()?.as_ref()).map(Bytes::len);
        self.0.body.len() + coded.sum::<usize>()
    }
}

impl Parts {
    /// The validator in a coding: it changes with every byte and with who may keep it.
    fn etag(&self, coding: Option<Coding>) -> &HeaderValue {
        self.etags[coding.map_or(0, |coding| coding as usize + 1)].get_or_init(|| {
            let suffix = coding.map_or_else(String::new, |coding| format!("-{}", coding.as_str()));
            let tag = format!("\"{}{suffix}\"", self.digest.get_or_init(|| self.make_digest()));
            // Hexadecimal digits and a name: always a header's value.
            HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
        })
    }

    fn make_digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.caching.cache_control());
        hash.update([0]);
        hash.update(&self.body);
        hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The body in a coding; `None` if it cannot be made, and then it goes out as it is.
    fn coded(&self, coding: Coding) -> Option<&Bytes> {
        self.coded[coding as usize].get_or_init(|| coding.encode(&self.body).map(Bytes::from)).as_ref()
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let parts = &*self.0;
        // What no cache keeps is not compressed either: it holds form tokens, and its length would tell of them (BREACH).
        let keeps = parts.caching != Caching::Never && parts.status == StatusCode::OK;
        let coding = if keeps { Coding::chosen(request.headers(), parts) } else { None };
        let mut response = HttpResponse::new(parts.status);
        let headers = response.headers_mut();
        headers.append(header::CACHE_CONTROL, HeaderValue::from_static(parts.caching.cache_control()));
        if let Some(vary) = parts.vary() {
            headers.append(header::VARY, HeaderValue::from_static(vary));
        }
        if matches!(parts.caching, Caching::Personal | Caching::Never) {
            headers.append(ROBOTS, HeaderValue::from_static("noindex"));
        }
        if keeps {
            let etag = parts.etag(coding);
            headers.append(header::ETAG, etag.clone());
            if matches(request.headers(), etag) {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
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
        response.set_body(BoxBody::new(body.clone()))
    }
}

/// A page, or the way to another one.
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
    /// What in a request changes the answer (RFC 9110 section 12.5.5).
    fn vary(&self) -> Option<&'static str> {
        match (self.caching.varies_by_visitor(), self.caching != Caching::Never && self.is_text()) {
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
        const WORTH_IT: usize = 1024;
        self.body.len() >= WORTH_IT && self.is_text()
    }
}

/// `X-Robots-Tag`, for what no search engine should keep.
pub const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Whether `If-None-Match` holds the tag (RFC 9110 section 13.1.2: weak comparison).
fn matches(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    if !headers.contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    let Some(etag) = etag.to_str().ok().and_then(|etag| etag.parse::<EntityTag>().ok()) else { return false };
    let lines = headers.get_all(header::IF_NONE_MATCH).filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.parse::<EntityTag>().is_ok_and(|tag| tag.weak_eq(&etag)))
}

/// What `Accept-Encoding` holds; nothing when it is absent, empty or broken, and then the body goes out as it is.
fn parse_encodings(headers: &HeaderMap) -> Vec<QualityItem<Preference<Encoding>>> {
    let lines = headers.get_all(header::ACCEPT_ENCODING).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(|item| item.trim().parse().ok()).collect()
}

/// A content coding that we make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    fn chosen(headers: &HeaderMap, answer: &Parts) -> Option<Coding> {
        if !headers.contains_key(header::ACCEPT_ENCODING) || !answer.is_compressible() {
            return None;
        }
        let asked = AcceptEncoding(parse_encodings(headers));
        let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        match asked.negotiate(offered.iter())? {
            Encoding::Known(ContentEncoding::Brotli) => Some(Coding::Brotli),
            Encoding::Known(ContentEncoding::Gzip) => Some(Coding::Gzip),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }

    /// The body in this coding; `None` if it cannot be made, and then it goes out as it is.
    fn encode(self, body: &[u8]) -> Option<Vec<u8>> {
        let mut encoded = Vec::with_capacity(body.len() / 3);
        match self {
            Coding::Brotli => {
                let params = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
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
    fn the_best_coding_that_is_accepted_is_used() {
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
    async fn gzip_unpacks_to_what_was_packed() {
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
    fn t34_a_matching_etag_gets_304_with_etag_cache_control_and_vary() {
        let private = || Answer::html("<p>secret</p>".repeat(200), Caching::Personal);
        let etag = value(&respond(private(), &[]), "etag").to_owned();
        for asked in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".into()] {
            let response = respond(private(), &[("if-none-match", &asked)]);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{asked}");
            assert_eq!(value(&response, "etag"), etag);
            assert_eq!(value(&response, "cache-control"), "private, no-cache");
            assert_eq!(value(&response, "vary"), "Authorization, Accept-Encoding");
        }
        assert_eq!(respond(private(), &[("if-none-match", "\"x\"")]).status(), StatusCode::OK);
    }

    #[test]
    fn t35_etags_differ_by_body_coding_and_keeper() {
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
    fn t36_t37_t38_t40_cache_control_and_vary_follow_from_who_may_keep_it() {
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
