//! The real binary, over real sockets.

use std::{
    io::{BufRead, BufReader, Read, Write, stderr},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

pub const PASSWORD: &str = "correct-horse-9";

/// A running server over its own SQLite file; it stops when it is dropped.
pub struct Server {
    pub address: String,
    pub folder: TempDir,
    child: Child,
}

/// The command in a folder, without the variables of the test's environment.
pub fn postern(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.args(arguments).current_dir(folder).env_clear().env("POSTERN_BCRYPT_COST", "10");
    command
}

/// Runs a command to its end, with a text on its standard input.
pub fn run(folder: &Path, arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    finish(postern(folder, arguments), input)
}

pub fn finish(mut command: Command, input: impl AsRef<[u8]>) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that refuses its options does not read its input.
    let _closed = child.stdin.take().unwrap().write_all(input.as_ref());
    child.wait_with_output().unwrap()
}

/// Whether a program is there; if not, the test may be left out.
pub fn is_installed(program: &str) -> bool {
    // HAProxy knows this option only.
    if Command::new(program).arg("-v").stdin(Stdio::null()).output().is_ok() {
        return true;
    }
    assert!(!std::env::vars_os().any(|(name, _)| name == "POSTERN_TEST_ALL"), "{program} is not installed");
    // Not by a macro: the test harness keeps what a test prints that passes.
    let _unseen = writeln!(stderr(), "left out: {program} (it is not installed)");
    false
}

pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

pub fn text(output: &Output) -> (bool, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

impl Server {
    pub fn start() -> Server {
        Server::start_with(&[])
    }

    pub fn start_with(environment: &[(&str, &str)]) -> Server {
        let folder = tempfile::tempdir().unwrap();
        Server::start_in(folder, environment)
    }

    pub fn start_in(folder: TempDir, environment: &[(&str, &str)]) -> Server {
        Server::spawn(folder, Command::new(env!("CARGO_BIN_EXE_postern")), environment)
    }

    fn spawn(folder: TempDir, mut command: Command, environment: &[(&str, &str)]) -> Server {
        command.args(["--listen", "127.0.0.1:0"]).current_dir(folder.path()).env_clear();
        command
            .env("POSTERN_BCRYPT_COST", "10")
            .env("POSTERN_ADMIN_PASSWORD", PASSWORD)
            .envs(environment.iter().copied());
        Server::start_by(command, folder)
    }

    /// Starts a server by a command, with its log in a folder.
    pub fn start_by(mut command: Command, folder: TempDir) -> Server {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap_or_else(|| panic!("no line; the log is {}", log_of(folder.path()))).unwrap();
        // The rest is read so that the server never waits for us.
        let output = folder.path().join("out");
        let (done, _) = channel::<()>();
        thread::spawn(move || {
            let _held = done;
            let rest: Vec<String> = lines.map_while(Result::ok).collect();
            let _unwritten = std::fs::write(output, rest.join("\n"));
        });
        let address = first.trim_start_matches("Postern runs at http://").trim_end_matches('/').to_owned();
        Server { address, folder, child }
    }

    /// A server that may open this many files.
    pub fn with_files(limit: u32) -> Server {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {limit} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_postern")]);
        Server::spawn(tempfile::tempdir().unwrap(), shell, &[])
    }

    pub fn log(&self) -> String {
        log_of(self.folder.path())
    }

    /// Kills the server and starts it again in its folder.
    pub fn kill_and_start(&mut self, environment: &[(&str, &str)]) {
        self.signal("KILL");
        self.wait();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        *self = Server::start_in(folder, environment);
    }

    pub fn cli(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
        run(self.folder.path(), arguments, input)
    }

    /// Sends bytes on a new connection and reads until the server closes it.
    pub fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_ref()).unwrap();
        let mut answer = Vec::new();
        // A reset after an answer is as good as an end.
        let _reset = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// As [`Server::connect`], from another address of this machine.
    pub fn connect_from(&self, address: [u8; 4]) -> TcpStream {
        connect_from(address, &self.address)
    }

    /// The status of a GET with these header lines.
    pub fn status(&self, uri: &str, headers: &str) -> u16 {
        status(&self.raw(format!("GET {uri} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n")))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    }

    /// Waits for the end of the process; returns the time that this took, and whether the exit code was 0.
    pub fn wait(&mut self) -> (Duration, bool) {
        let start = Instant::now();
        let status = self.child.wait().unwrap();
        (start.elapsed(), status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

/// A connection to a listener, from another address of this machine.
pub fn connect_from(from: [u8; 4], to: &str) -> TcpStream {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::from((from, 0)).into()).unwrap();
    socket.connect(&to.parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.into()
}

fn log_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

/// The status of the first response in a text; 0 if there is none.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
