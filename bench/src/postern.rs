//! Postern as a user would run it: the binary of the profile `dist`, a database, and the log at its default level.

use std::{net::SocketAddr, path::PathBuf, process::Command, time::Duration};

use crate::{
    client::{Answer, Client, Login, Place},
    database::Database,
    load::{READER, runtime},
    options::Options,
    process::{Account, Process, Room, free_address, run},
};

/// The password of all users in this benchmark.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The second password, for users who change theirs.
pub(crate) const OTHER_PASSWORD: &str = "staple battery horse";
/// The cost of every bcrypt hash.
pub(crate) const COST: u32 = 12;

/// Postern's binary and a database of its own, for any number of starts.
pub(crate) struct Site {
    room: Room,
    program: PathBuf,
    url: String,
}

/// A running Postern; it ends when it is dropped.
pub(crate) struct Postern {
    process: Process,
    /// The address at which it listens.
    pub to: SocketAddr,
}

impl Site {
    /// A site on a new SQLite file, with the schema and an administrator only.
    pub(crate) fn new(options: &Options, name: &str) -> Result<Site, String> {
        let room = Room::new(name, Account::named("nobody")?)?;
        let url = format!("sqlite://{}", room.path("postern.db").display());
        Site::of(options, room, url)
    }

    /// A site on a PostgreSQL server.
    pub(crate) fn on(options: &Options, name: &str, url: String) -> Result<Site, String> {
        Site::of(options, Room::new(name, Account::named("nobody")?)?, url)
    }

    fn of(options: &Options, room: Room, url: String) -> Result<Site, String> {
        let site = Site { program: room.copy(&options.postern)?, room, url };
        // The first start creates the schema and the administrator.
        drop(site.start()?);
        Ok(site)
    }

    /// Starts Postern at a free port, and waits until it answers.
    pub(crate) fn start(&self) -> Result<Postern, String> {
        self.start_with(&[])
    }

    /// As [`Site::start`], with more variables of its environment.
    pub(crate) fn start_with(&self, variables: &[(&str, String)]) -> Result<Postern, String> {
        let mut postern = self.spawn_with(free_address()?, variables)?;
        postern.process.wait_for(postern.to).map_err(|error| format!("postern: {error}"))?;
        // Postern listens before it has opened its database.
        ask(&postern.place("/healthz"), None)?;
        Ok(postern)
    }

    /// Starts Postern at an address without waiting.
    pub(crate) fn spawn(&self, to: SocketAddr) -> Result<Postern, String> {
        self.spawn_with(to, &[])
    }

    fn spawn_with(&self, to: SocketAddr, variables: &[(&str, String)]) -> Result<Postern, String> {
        let mut command = self.command();
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.env("POSTERN_LISTEN", to.to_string()).env("POSTERN_ADMIN_PASSWORD", PASSWORD);
        Ok(Postern { process: Process::start(command, &self.room, "postern")?, to })
    }

    /// Creates or replaces a page with the command line and its further options.
    pub(crate) fn put(&self, path: &str, options: &[&str], markdown: &str) -> Result<(), String> {
        let mut command = self.command();
        command.args(["page", "put", path, "--title", "Handbook"]).args(options);
        run(command, markdown.as_bytes()).map(drop)
    }

    /// Adds a file to a page with the command line.
    pub(crate) fn put_file(&self, path: &str, content: &[u8]) -> Result<(), String> {
        let file = self.room.write("upload", content)?;
        let mut command = self.command();
        command.args(["file", "put", path]).arg(file);
        run(command, b"").map(drop)
    }

    /// The URL of the site's database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A direct connection to the site's database.
    pub(crate) fn database(&self) -> Result<Database, String> {
        Database::open(&self.url)
    }

    fn command(&self) -> Command {
        let mut command = self.room.command(&self.program);
        // The environment of a user's shell: none of the benchmark's variables but the database.
        command.env_clear().env("DATABASE_URL", &self.url);
        command
    }
}

impl Postern {
    /// A page of the site.
    pub(crate) fn place(&self, path: &str) -> Place {
        Place::new(self.to, path)
    }

    /// The resident memory of Postern, in MiB.
    pub(crate) fn resident(&self) -> f64 {
        self.process.resident()
    }
}

/// Sends one request, on a connection of its own, from 127.0.0.1.
pub(crate) fn ask(place: &Place, login: Option<&Login>) -> Result<Answer, String> {
    runtime()?.block_on(Client::new(READER, place.to).get(&place.path, login))
}

/// The credentials of a user of this benchmark.
pub(crate) fn login(name: &str) -> Login {
    Login::new(name, PASSWORD)
}

/// The bcrypt hash of a password, with the prefix that every server understands.
pub(crate) fn hash(password: &str) -> Result<String, String> {
    let parts = bcrypt::hash_with_result(password, COST).map_err(|error| error.to_string())?;
    Ok(parts.format_for_version(bcrypt::Version::TwoY))
}

/// The time of one bcrypt verification on this machine while nothing else runs.
pub(crate) fn one_bcrypt() -> Result<Duration, String> {
    let hash = hash(PASSWORD)?;
    let mut times = Vec::new();
    for _ in 0..5 {
        let begun = std::time::Instant::now();
        let _opens = bcrypt::verify(PASSWORD, &hash).map_err(|error| error.to_string())?;
        times.push(begun.elapsed().as_secs_f64());
    }
    Ok(Duration::from_secs_f64(crate::stats::median(&times)))
}

/// Markdown for a page of about 4 KB of HTML.
pub(crate) fn markdown() -> String {
    let words = "A page of a handbook as people write it: *some* emphasis, a [link](/welcome), and `code`.";
    let list = "- one thing to know\n- another one\n- and the last\n";
    (1..=7).map(|n| format!("## Part {n}\n\n{words}\n\n{list}\n")).collect()
}
