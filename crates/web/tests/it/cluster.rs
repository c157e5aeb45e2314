//! A PostgreSQL server of one test, which the test can stop, kill and start again.

use std::{
    io::{Write, stderr},
    net::TcpListener,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types::Integer};
use tempfile::TempDir;

use crate::server::is_root;

pub struct Cluster {
    bin: PathBuf,
    folder: TempDir,
    port: u16,
}

#[derive(QueryableByName)]
struct Pid {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

impl Cluster {
    /// Starts a server; `None` if PostgreSQL is not installed and tests may skip it.
    pub fn start() -> Option<Cluster> {
        let variable = |wanted: &str| std::env::vars_os().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let Some(bin) = variable("POSTERN_TEST_POSTGRES_BIN") else {
            assert!(variable("POSTERN_TEST_ALL").is_none(), "POSTERN_TEST_POSTGRES_BIN is not set");
            // Not by a macro: the test harness keeps what a test prints that passes.
            let _unseen = writeln!(stderr(), "left out: PostgreSQL (POSTERN_TEST_POSTGRES_BIN is not set)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        give_to_postgres(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Cluster { bin: bin.into(), folder, port };
        let data = cluster.data();
        cluster.program("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"]);
        cluster.up();
        Some(cluster)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The address of the server, as part of a URL.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts the server.
    pub fn up(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c wal_level=logical",
            self.port,
            self.folder.path().display()
        );
        let log = self.folder.path().join("log");
        self.program("pg_ctl", &["-D", &self.data(), "-l", log.to_str().unwrap(), "-o", &options, "-w", "start"]);
    }

    /// The log of the server.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Stops the server cleanly.
    pub fn down(&self) {
        self.program("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// Kills every process of the server at once.
    pub fn kill(&self) {
        self.signal("KILL");
        // The kernel closes the sockets of a process when it removes it.
        let buried = Instant::now();
        while PgConnection::establish(&self.url()).is_ok() && buried.elapsed() < Duration::from_secs(10) {}
        let _gone = std::fs::remove_file(format!("{}/postmaster.pid", self.data()));
    }

    /// Sends a signal to every process of the server.
    pub fn signal(&self, signal: &str) {
        let postmaster = std::fs::read_to_string(format!("{}/postmaster.pid", self.data())).unwrap();
        let postmaster = postmaster.lines().next().unwrap();
        let kill = |pid: &str| Command::new("kill").args([&format!("-{signal}"), pid]).output().unwrap();
        assert!(kill(postmaster).status.success());
        // A child that the server is just starting would be missed, and would go on answering.
        while signal == "STOP" && !is_stopped(postmaster) {}
        let children = text(&Command::new("pgrep").args(["-P", postmaster]).output().unwrap());
        // Some of the processes end by themselves.
        children.split_whitespace().for_each(|pid| drop(kill(pid)));
    }

    /// Runs SQL outside Postern, as a user of psql does.
    pub fn sql(&self, statement: &str) {
        let mut conn = PgConnection::establish(&self.url()).unwrap();
        sql_query(statement).execute(&mut conn).unwrap();
    }

    /// The server processes of the connections on which Postern's instances listen for changes.
    pub fn listeners(&self) -> Vec<i32> {
        let mut conn = PgConnection::establish(&self.url()).unwrap();
        let rows: Vec<Pid> = sql_query("SELECT pid FROM pg_stat_activity WHERE application_name = 'postern changes'")
            .load(&mut conn)
            .unwrap();
        rows.into_iter().map(|row| row.pid).collect()
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder.path().display())
    }

    /// A file in a folder that the server's user can write to.
    pub fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path().display())
    }

    /// Runs a program of PostgreSQL, which refuses to run as root.
    pub fn program(&self, program: &str, arguments: &[&str]) {
        let mut command = as_postgres(&self.bin.join(program));
        // Not its pipes: the server keeps them open.
        let log = std::fs::File::create(self.folder.path().join("programs")).unwrap();
        command.args(arguments).current_dir(self.folder.path()).stdout(log.try_clone().unwrap()).stderr(log);
        let status = command.status().unwrap();
        let read = |name| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        assert!(status.success(), "{}\n{}", read("programs"), read("log"));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::path::Path::new(&format!("{}/postmaster.pid", self.data())).exists() {
            self.signal("KILL");
        }
    }
}

/// A program that refuses to run as root, run as the user postgres if the tests run as root.
pub fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

/// Gives a folder to the user that [`as_postgres`] runs programs as.
pub fn give_to_postgres(folder: &Path) {
    if is_root() {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let id = |flag| text(&Command::new("id").args([flag, "postgres"]).output().unwrap()).parse().unwrap();
        chown(folder, Some(id("-u")), Some(id("-g"))).unwrap();
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn is_stopped(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(')').next().unwrap().trim_start().starts_with('T')
}
