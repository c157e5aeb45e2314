//! A small HTTP/1.1 client: one kept connection, from any address of this machine.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// The timeout of a request.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A page of a server.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The address at which the server listens.
    pub to: SocketAddr,
    /// The path, with its leading slash.
    pub path: String,
}

impl Place {
    /// A page at a path.
    pub(crate) fn new(to: SocketAddr, path: &str) -> Place {
        Place { to, path: path.to_owned() }
    }

    /// The URL of the page.
    pub(crate) fn url(&self) -> String {
        format!("http://{}{}", self.to, self.path)
    }
}

/// A name and a password, as a header line of a request.
#[derive(Clone, Debug)]
pub(crate) struct Login(pub String);

impl Login {
    /// The header line for a name and a password.
    pub(crate) fn new(name: &str, password: &str) -> Login {
        Login(format!("Authorization: Basic {}", STANDARD.encode(format!("{name}:{password}"))))
    }
}

/// A response to a request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub status: u16,
    /// The time to wait before another attempt, if the response has `Retry-After`.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
    /// The moment at which the request began.
    pub sent: Instant,
    /// The time to the last byte.
    pub took: Duration,
}

/// A connection to a server, opened by the first request.
pub(crate) struct Client {
    from: Ipv4Addr,
    to: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

struct Head {
    length: usize,
    status: u16,
    retry_after: Option<Duration>,
    content: Option<usize>,
    chunked: bool,
    closes: bool,
}

impl Client {
    /// A client that connects from an address of this machine.
    pub(crate) fn new(from: Ipv4Addr, to: SocketAddr) -> Client {
        Client { from, to, stream: None, buffer: Vec::new() }
    }

    /// Connects now, so that no request includes the time for it.
    pub(crate) async fn connect(&mut self) -> Result<(), String> {
        if self.stream.is_none() {
            self.buffer.clear();
            self.stream = Some(open(self.from, self.to).await.map_err(|error| format!("{}: {error}", self.to))?);
        }
        Ok(())
    }

    /// Sends a GET; its time includes that of connecting, if the client is not connected.
    pub(crate) async fn get(&mut self, path: &str, login: Option<&Login>) -> Result<Answer, String> {
        let sent = Instant::now();
        let reused = self.stream.is_some();
        let answer = match timeout(REQUEST_TIMEOUT, self.ask(path, login, sent)).await {
            // The server may have closed a kept connection meanwhile.
            Ok(Err(_)) if reused => {
                self.stream = None;
                timeout(REQUEST_TIMEOUT, self.ask(path, login, sent)).await
            }
            answer => answer,
        };
        let answer = answer.unwrap_or_else(|_| Err(format!("no answer in {} s", REQUEST_TIMEOUT.as_secs())));
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    async fn ask(&mut self, path: &str, login: Option<&Login>, sent: Instant) -> Result<Answer, String> {
        self.connect().await?;
        let Client { stream: Some(stream), buffer, .. } = self else { return Err("not connected".into()) };
        let login = login.map_or(String::new(), |login| format!("{}\r\n", login.0));
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{login}\r\n", self.to);
        stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
        buffer.clear();
        let head = loop {
            more(stream, buffer).await?;
            if let Some(head) = parse_head(buffer)? {
                break head;
            }
        };
        let body = loop {
            let rest = &buffer[head.length..];
            let whole = match head.content {
                _ if head.chunked => dechunk(rest),
                Some(length) => rest.get(..length).map(<[u8]>::to_vec),
                None => return Err("an answer of no known length".into()),
            };
            match whole {
                Some(body) => break body,
                None => more(stream, buffer).await?,
            }
        };
        if head.closes {
            self.stream = None;
        }
        Ok(Answer { status: head.status, retry_after: head.retry_after, body, sent, took: sent.elapsed() })
    }
}

async fn open(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind((from, 0).into())?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<(), String> {
    match stream.read_buf(buffer).await {
        Ok(0) => Err("the connection was closed".into()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// The head of a response, once all of it has arrived.
fn parse_head(buffer: &[u8]) -> Result<Option<Head>, String> {
    let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = String::from_utf8_lossy(&buffer[..end]);
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let status = status.ok_or("no status line")?;
    let mut head = Head { length: end + 4, status, retry_after: None, content: None, chunked: false, closes: false };
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.content = value.parse().ok(),
            "transfer-encoding" => head.chunked = value.eq_ignore_ascii_case("chunked"),
            "connection" => head.closes = value.eq_ignore_ascii_case("close"),
            "retry-after" => head.retry_after = value.parse().ok().map(Duration::from_secs),
            _ => {}
        }
    }
    Ok(Some(head))
}

/// The content of a chunked body, once all of it has arrived.
fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        let chunk = rest.get(end + 2..end + 2 + size + 2)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..size]);
        rest = &rest[end + 2 + size + 2..];
    }
}

/// Repeats a request, waiting as `Retry-After` says, until it is answered 200; returns the time that this took. `None`
/// for a refusal, and after the time `most`.
pub(crate) async fn sign_in(client: &mut Client, path: &str, login: &Login, most: Duration) -> Option<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < most {
        let answer = match client.get(path, Some(login)).await {
            Ok(answer) => answer,
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        match answer.status {
            200 => return Some(begun.elapsed()),
            429 | 503 => tokio::time::sleep(answer.retry_after.unwrap_or(Duration::from_secs(1)).min(most)).await,
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let answer = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\ncontent-length: 2\r\n\r\nno";
        assert!(parse_head(&answer[..60]).unwrap().is_none());
        let head = parse_head(answer).unwrap().unwrap();
        assert_eq!((head.status, head.content), (429, Some(2)));
        assert_eq!(head.retry_after, Some(Duration::from_secs(3)));
        assert_eq!(&answer[head.length..], b"no");
    }

    #[test]
    fn chunks_are_put_together() {
        assert_eq!(dechunk(b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n").unwrap(), b"abcd");
        assert!(dechunk(b"3\r\nab").is_none());
    }
}
