//! The servers' processes: unprivileged, in process groups of their own, and ended with the benchmark in every case.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

/// The process groups and folders to clean up if the benchmark is interrupted.
static LEFT: Mutex<Left> = Mutex::new(Left { groups: Vec::new(), folders: Vec::new() });

struct Left {
    groups: Vec<u32>,
    folders: Vec<PathBuf>,
}

fn left<T>(with: impl FnOnce(&mut Left) -> T) -> T {
    with(&mut LEFT.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Ends all servers and removes their folders on Ctrl-C and SIGTERM.
pub(crate) fn watch_signals() {
    use tokio::signal::unix::{SignalKind, signal};
    std::thread::spawn(|| {
        let Ok(runtime) = crate::load::runtime() else { return };
        runtime.block_on(async {
            let Ok(mut term) = signal(SignalKind::terminate()) else { return };
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            left(|left| {
                left.groups.iter().for_each(|group| send_signal(*group, "-KILL"));
                left.folders.iter().for_each(|folder| drop(fs::remove_dir_all(folder)));
            });
            eprintln!("bench: interrupted; its servers are stopped");
            std::process::exit(130);
        });
    });
}

/// Sends a signal to a group of processes.
fn send_signal(group: u32, signal: &str) {
    let mut kill = Command::new("kill");
    let _gone = kill.args([signal, "--", &format!("-{group}")]).stderr(Stdio::null()).status();
}

/// The account under which a program runs: another account only if the benchmark runs as root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    ids: Option<(u32, u32)>,
}

impl Account {
    /// The account with a name if the benchmark runs as root, else the benchmark's own.
    pub(crate) fn named(name: &str) -> Result<Account, String> {
        let root = fs::metadata("/proc/self").map_err(|error| error.to_string())?.uid() == 0;
        if !root {
            return Ok(Account { ids: None });
        }
        let users = fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
        let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name);
        let id = |at: usize| fields.as_ref()?.get(at)?.parse().ok();
        match (id(2), id(3)) {
            (Some(user), Some(group)) => Ok(Account { ids: Some((user, group)) }),
            _ => Err(format!("there is no account {name}")),
        }
    }

    /// A command that runs under the account.
    pub(crate) fn command(self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }
}

/// The folder of one server's run; it is removed when it is dropped.
pub(crate) struct Room {
    /// The path of the folder.
    pub dir: PathBuf,
    /// The owner of the folder.
    pub account: Account,
}

impl Room {
    /// Creates a folder that belongs to the account.
    pub(crate) fn new(name: &str, account: Account) -> Result<Room, String> {
        let dir = std::env::temp_dir().join(format!("postern-bench-{}-{name}", std::process::id()));
        let fail = |error: std::io::Error| format!("{}: {error}", dir.display());
        fs::create_dir_all(&dir).map_err(fail)?;
        left(|left| left.folders.push(dir.clone()));
        if let Some((user, group)) = account.ids {
            chown(&dir, Some(user), Some(group)).map_err(fail)?;
        }
        Ok(Room { dir, account })
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf, String> {
        let path = self.path(name);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| fs::write(&path, content)).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    /// Copies a program into the folder, because the account may not be able to read the original.
    pub(crate) fn copy(&self, program: &Path) -> Result<PathBuf, String> {
        let to = self.path(program.file_name().and_then(OsStr::to_str).unwrap_or("program"));
        fs::copy(program, &to).map_err(|error| format!("{}: {error}", program.display()))?;
        Ok(to)
    }

    /// A command that runs in the folder, under its account.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.account.command(program);
        command.current_dir(&self.dir);
        command
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.dir);
        left(|left| left.folders.retain(|folder| *folder != self.dir));
    }
}

/// A running server; it and its children end when it is dropped.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command, with its output in a file of the folder.
    pub(crate) fn start(mut command: Command, room: &Room, name: &str) -> Result<Process, String> {
        let log = room.path(&format!("{name}.out"));
        let fail = |error: std::io::Error| format!("{name} cannot be started: {error}");
        let file = File::options().create(true).append(true).open(&log).map_err(fail)?;
        command.stdin(Stdio::null()).stdout(file.try_clone().map_err(fail)?).stderr(file);
        let child = command.process_group(0).spawn().map_err(fail)?;
        left(|left| left.groups.push(child.id()));
        Ok(Process { child, log })
    }

    /// Waits until the process listens at an address.
    pub(crate) fn wait_for(&mut self, to: SocketAddr) -> Result<(), String> {
        let begun = Instant::now();
        while TcpStream::connect(to).is_err() {
            let ended = self.child.try_wait().ok().flatten();
            if ended.is_some() || begun.elapsed() > Duration::from_secs(20) {
                let said = fs::read_to_string(&self.log).unwrap_or_default();
                return Err(format!("it does not listen; it said: {}", said.trim().replace('\n', " / ")));
            }
            sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// The resident memory of the process (VmRSS), in MiB.
    pub(crate) fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: Option<f64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.map_or(f64::NAN, |kib| kib / 1024.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let group = self.child.id();
        send_signal(group, "-TERM");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(2) && !matches!(self.child.try_wait(), Ok(Some(_))) {
            sleep(Duration::from_millis(10));
        }
        send_signal(group, "-KILL");
        let _status = self.child.wait();
        left(|left| left.groups.retain(|known| *known != group));
    }
}

/// Runs a command to its end; returns its output.
pub(crate) fn run(mut command: Command, input: &[u8]) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let fail = |error: std::io::Error| format!("{name}: {error}");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(fail)?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input).map_err(fail)?;
    }
    let output = child.wait_with_output().map_err(fail)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// An address at which no process listens.
pub(crate) fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    listener.local_addr().map_err(|error| error.to_string())
}
