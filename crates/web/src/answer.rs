//! A finished answer: its bytes, how caches may keep it, its ETag, and the coding that the client asked for.

use std::io::Write;

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

/// An answer with a body; `respond_to` turns it into 200, 304 or another status.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    content_type: &'static str,
    body: Bytes,
    caching: Caching,
}

/// The media type of our pages.
pub const HTML: &str = "text/html; charset=utf-8";
/// The media type of plain texts.
pub const TEXT: &str = "text/plain; charset=utf-8";

impl Answer {
    /// 200 with a body.
    pub fn new(content_type: &'static str, body: impl Into<Bytes>, caching: Caching) -> Answer {
        Answer { status: StatusCode::OK, content_type, body: body.into(), caching }
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
    pub fn with_status(mut self, status: StatusCode) -> Answer {
        self.status = status;
        self
    }

    /// The validator of this answer in this coding: it changes with every byte and with who may keep it.
    fn etag(&self, coding: Option<Coding>) -> EntityTag {
        let mut hash = Sha256::new();
        hash.update(self.caching.cache_control());
        hash.update([0]);
        hash.update(&self.body);
        let mut tag: String = hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        if let Some(coding) = coding {
            tag.push('-');
            tag.push_str(coding.as_str());
        }
        EntityTag::new_strong(tag)
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        // What no cache keeps is not compressed either: it holds form tokens, and its length would tell of them (BREACH).
        let keeps = self.caching != Caching::Never && self.status == StatusCode::OK;
        let coding = if keeps { Coding::chosen(request.headers(), &self) } else { None };
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, self.caching.cache_control()));
        if let Some(vary) = self.vary() {
            response.insert_header((header::VARY, vary));
        }
        if matches!(self.caching, Caching::Personal | Caching::Never) {
            response.insert_header((ROBOTS, HeaderValue::from_static("noindex")));
        }
        if keeps {
            let etag = self.etag(coding);
            let known = matches(request.headers(), &etag);
            response.insert_header((header::ETAG, etag.to_string()));
            if known {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
        response.insert_header((header::CONTENT_TYPE, self.content_type));
        match coding.and_then(|coding| Some((coding, coding.encode(&self.body)?))) {
            Some((coding, body)) => {
                response.insert_header(coding.header());
                response.body(body)
            }
            None => response.body(self.body),
        }
    }
}

impl Answer {
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
fn matches(headers: &HeaderMap, etag: &EntityTag) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.parse::<EntityTag>().is_ok_and(|tag| tag.weak_eq(etag)))
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
    fn chosen(headers: &HeaderMap, answer: &Answer) -> Option<Coding> {
        if !answer.is_compressible() {
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

    fn header(self) -> (HeaderName, HeaderValue) {
        (header::CONTENT_ENCODING, HeaderValue::from_static(self.as_str()))
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
