//! The real binary on a port of its own, over its own SQLite file.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

pub const PASSWORD: &str = "correct-horse-9";

/// A running server with the users admin, eve (editor) and rita (reader); it stops when it is dropped.
pub struct Server {
    pub origin: String,
    folder: TempDir,
    child: Child,
}

impl Server {
    pub fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = postern(folder.path());
        command.args(["--listen", "127.0.0.1:0"]).env("POSTERN_ADMIN_PASSWORD", PASSWORD);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("the server says where it runs").unwrap();
        // The rest is read so that the server never waits for a full pipe.
        thread::spawn(move || lines.for_each(drop));
        let origin = first.trim_start_matches("Postern runs at ").trim_end_matches('/').to_owned();
        assert!(origin.starts_with("http://127.0.0.1:"), "{first}");
        let server = Server { origin, folder, child };
        server.command(&["user", "add", "eve", "--role", "editor"], PASSWORD);
        server.command(&["user", "add", "rita", "--role", "reader"], PASSWORD);
        server
    }

    /// Runs a command on the server's database.
    pub fn command(&self, arguments: &[&str], input: &str) -> String {
        let mut command = postern(self.folder.path());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Creates a page.
    pub fn page(&self, path: &str, title: &str, body: &str, more: &[&str]) {
        self.command(&[&["page", "put", path, "--title", title], more].concat(), body);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn postern(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.current_dir(folder).env_clear().env("POSTERN_BCRYPT_COST", "10");
    command
}
