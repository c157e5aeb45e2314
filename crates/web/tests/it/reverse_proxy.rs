//! A real reverse proxy in front of the real binary: nginx, or another one by its command.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::server::is_root;

pub struct ReverseProxy {
    port: u16,
    child: Child,
    _folder: TempDir,
}

impl ReverseProxy {
    /// Starts nginx with the content of its `http` block, for a port and a folder.
    pub fn nginx(http: impl FnOnce(u16, &str) -> String) -> ReverseProxy {
        let folder = tempfile::tempdir().unwrap();
        let (port, dir) = (free_port(), folder.path().display().to_string());
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {dir}/{kind};"))
            .concat();
        let user = if is_root() { "user root;" } else { "" };
        let http = http(port, &dir);
        let file = folder.path().join("nginx.conf");
        let configuration = format!(
            "daemon off; master_process off; {user} pid {dir}/pid; events {{}}
             http {{ access_log off; {temporary} {http} }}"
        );
        std::fs::write(&file, configuration).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-e").arg("stderr").arg("-p").arg(folder.path()).arg("-c").arg(&file);
        ReverseProxy::started(command, port, folder)
    }

    /// Starts a command, and waits until it listens at a port.
    pub fn started(mut command: Command, port: u16, folder: TempDir) -> ReverseProxy {
        let log = folder.path().join("output");
        let output = std::fs::File::create(&log).unwrap();
        let child = command.stdout(Stdio::null()).stderr(output).spawn().unwrap();
        let proxy = ReverseProxy { port, child, _folder: folder };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(30), "{}", said());
            thread::yield_now();
        }
        proxy
    }

    pub fn ask(&self, method: &str, target: &str, headers: &str) -> String {
        self.send(method, target, headers, "")
    }

    pub fn send(&self, method: &str, target: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let host = format!("127.0.0.1:{}", self.port);
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let request =
            format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}{length}\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for ReverseProxy {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _buried = self.child.wait();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The value of a header of a request or of a response.
pub fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let head = message.split("\r\n\r\n").next().unwrap();
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
