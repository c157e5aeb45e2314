//! An HTTP client over one connection.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::server::Server;

/// A client that keeps its connection.
pub struct Client {
    stream: BufReader<TcpStream>,
    authorization: String,
}

impl Client {
    pub fn of(server: &Server, credentials: &str) -> Client {
        Client::over(server.connect(), credentials)
    }

    /// A client over a connection that leads to a server.
    pub fn over(stream: TcpStream, credentials: &str) -> Client {
        let authorization = match credentials {
            "" => String::new(),
            credentials => format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(credentials)),
        };
        Client { stream: BufReader::new(stream), authorization }
    }

    /// Sends a GET; returns the status and the body.
    pub fn get(&mut self, path: &str) -> (u16, String) {
        self.ask(path);
        self.answer()
    }

    /// Posts a form; returns the status.
    pub fn post(&mut self, path: &str, form: &str) -> u16 {
        self.submit(path, form).0
    }

    /// Sends a form; returns the status and the body.
    pub fn submit(&mut self, path: &str, form: &str) -> (u16, String) {
        let (length, media_type) = (form.len(), "application/x-www-form-urlencoded");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\n{}Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{form}",
            self.authorization
        );
        self.send(&request)
    }

    /// Posts a form with a file, whose parts are separated by `XX`; returns the status.
    pub fn post_multipart(&mut self, path: &str, form: &[u8]) -> u16 {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\n{}Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: \
             {}\r\n\r\n",
            self.authorization,
            form.len()
        );
        self.stream.get_mut().write_all(head.as_bytes()).unwrap();
        self.stream.get_mut().write_all(form).unwrap();
        self.answer().0
    }

    /// Sends the head of a GET without waiting for the response.
    pub fn ask(&mut self, path: &str) {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{}\r\n", self.authorization);
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
    }

    fn send(&mut self, request: &str) -> (u16, String) {
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        self.answer()
    }

    /// Reads the next response; returns the status and the body.
    pub fn answer(&mut self) -> (u16, String) {
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let lower = line.trim_end().to_lowercase();
            if lower.is_empty() {
                break;
            }
            if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap();
            }
            if let Some(rest) = lower.strip_prefix("content-length: ") {
                length = rest.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        (status, String::from_utf8(body).unwrap())
    }

    pub fn status(&mut self, path: &str) -> u16 {
        self.get(path).0
    }

    /// Requests a path until the status is `wanted`, and returns the time that this took. It fails on a status that is
    /// not in `meanwhile`, and after the time `within`.
    #[track_caller]
    pub fn until(&mut self, path: &str, wanted: u16, meanwhile: &[u16], within: Duration) -> Duration {
        let start = Instant::now();
        loop {
            let status = self.status(path);
            if status == wanted {
                return start.elapsed();
            }
            assert!(meanwhile.contains(&status), "{path}: {status}");
            assert!(start.elapsed() < within, "{path} is still {status} after {:?}", start.elapsed());
        }
    }
}
