//! The HTTP client: one connection, one request at a time.

use std::{fmt, io::Read, thread, time::Duration};

use ureq::{
    Agent,
    http::{HeaderName, HeaderValue, Method, Uri},
};

use super::visitors::Key;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of bytes of an answer that are read.
const MAX_BYTES: u64 = 16 << 20;
/// The maximum number of times that a request is sent while the site is too busy to answer.
const TRIES: u32 = 5;
/// The maximum time before the next try.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The method.
    pub(super) method: &'static str,
    /// The path and the query, as they are sent.
    pub(super) target: String,
    /// The header fields besides those of the client and of its visitor.
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

impl Request {
    /// A GET.
    pub(super) fn get(target: impl Into<String>) -> Request {
        Request { method: "GET", target: target.into(), headers: Vec::new() }
    }

    /// The request with another method.
    pub(super) fn by(self, method: &'static str) -> Request {
        Request { method, ..self }
    }

    /// The request with one more header field.
    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Request {
        self.headers.push((name, value));
        self
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: u16,
    /// The header fields, with names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// The body, as text.
    pub(super) body: String,
}

impl Answer {
    /// The first value of a header field; empty without one.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// The reason why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The address cannot be sent.
    Unsendable,
    /// The site answered that it is too busy, or not at all; the reason.
    Unanswered(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unsendable => f.write_str("the address cannot be sent"),
            Failure::Unanswered(why) => f.write_str(why),
        }
    }
}

/// A client of a site.
pub(super) struct Client {
    agent: Agent,
    base_url: String,
}

impl Client {
    /// A client of the site at an address without a path.
    pub(super) fn new(base_url: &str) -> Client {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("postern-audit/", env!("CARGO_PKG_VERSION")))
            .allow_non_standard_methods(true)
            .max_response_header_size(256 << 10)
            .timeout_global(Some(TIMEOUT))
            .max_idle_age(Duration::from_secs(20))
            .build();
        Client { agent: config.new_agent(), base_url: base_url.to_owned() }
    }

    /// The address of the site.
    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Sends a request of a visitor. A site that is busy is asked again after the time in `Retry-After`, or after
    /// [`LONGEST_WAIT`].
    ///
    /// # Errors
    /// [`Failure`] if there is no answer.
    pub(super) fn send(&self, request: &Request, key: &Key) -> Result<Answer, Failure> {
        let mut last = Failure::Unsendable;
        for attempt in 1..=TRIES {
            let wait = match self.send_once(request, key) {
                Ok(answer) if !matches!(answer.status, 429 | 503) => return Ok(answer),
                Ok(answer) => {
                    last = Failure::Unanswered(format!("status {}", answer.status));
                    Duration::from_secs(answer.header("retry-after").parse().unwrap_or(1))
                }
                Err(Failure::Unsendable) => return Err(Failure::Unsendable),
                Err(failure) => {
                    last = failure;
                    Duration::from_millis(200)
                }
            };
            if attempt < TRIES {
                thread::sleep(wait.min(LONGEST_WAIT));
            }
        }
        Err(last)
    }

    fn send_once(&self, request: &Request, key: &Key) -> Result<Answer, Failure> {
        let unsendable = |_| Failure::Unsendable;
        let uri: Uri = format!("{}{}", self.base_url, request.target).parse().map_err(|_| Failure::Unsendable)?;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| Failure::Unsendable)?;
        let mut outgoing = ureq::http::Request::builder().method(method).uri(uri);
        if let Key::Header(value) = key {
            outgoing = outgoing.header("authorization", value);
        }
        for (name, value) in &request.headers {
            outgoing = outgoing.header(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let unanswered = |error: &dyn fmt::Display| Failure::Unanswered(error.to_string());
        let answer = match request.method {
            "POST" => self.agent.run(outgoing.body("").map_err(unsendable)?),
            _ => self.agent.run(outgoing.body(()).map_err(unsendable)?),
        };
        let answer = answer.map_err(|error| unanswered(&error))?;
        let status = answer.status().as_u16();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let mut body = Vec::new();
        let read = answer.into_body().into_reader().take(MAX_BYTES).read_to_end(&mut body);
        read.map_err(|error| unanswered(&error))?;
        Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
    }
}
