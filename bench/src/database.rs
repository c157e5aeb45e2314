//! Databases: SQL from outside Postern, users and pages in bulk, and a temporary PostgreSQL server.

use std::{fs, net::SocketAddr, path::Path, path::PathBuf, thread, time::Duration};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::BigInt,
};

use crate::process::{Account, Process, Room, free_address, run};

/// A direct connection to a site's database, not through Postern.
pub(crate) enum Database {
    /// A connection to a PostgreSQL server.
    Postgres(Box<PgConnection>),
    /// A connection to a SQLite file.
    Sqlite(Box<SqliteConnection>),
}

/// The texts that a running Postern has yet to read.
#[derive(Clone, Copy)]
pub(crate) enum Queue {
    /// For the links between pages and the reading times.
    Links,
    /// For the full-text index.
    Search,
}

impl Database {
    /// Connects to a database by the URL that Postern calls `DATABASE_URL`.
    pub(crate) fn open(url: &str) -> Result<Database, String> {
        let mut database = match url.strip_prefix("sqlite://") {
            Some(file) => SqliteConnection::establish(file).map(Box::new).map(Database::Sqlite),
            None => PgConnection::establish(url).map(Box::new).map(Database::Postgres),
        }
        .map_err(|error| format!("the database cannot be opened: {error}"))?;
        database.run(match database {
            Database::Sqlite(_) => "PRAGMA busy_timeout = 10000",
            Database::Postgres(_) => "SET client_min_messages = 'warning'",
        })?;
        Ok(database)
    }

    /// Runs statements, which are committed when this returns.
    pub(crate) fn run(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Database::Postgres(conn) => conn.batch_execute(sql),
            Database::Sqlite(conn) => conn.batch_execute(sql),
        }
        .map_err(|error| format!("{error} in: {}", sql.chars().take(200).collect::<String>()))
    }

    /// Waits until a running Postern has read the texts of all pages for a purpose.
    pub(crate) fn wait_until_read(&mut self, queue: Queue) -> Result<(), String> {
        #[derive(QueryableByName)]
        struct Waits {
            #[diesel(sql_type = BigInt)]
            pages: i64,
        }
        let table = match queue {
            Queue::Links => "links_unread",
            Queue::Search => "full_text_unread",
        };
        loop {
            let query =
                sql_query(format!("SELECT count(*) AS pages FROM (SELECT 1 AS one FROM {table} LIMIT 1) AS first"));
            let waits: Result<Waits, _> = match self {
                Database::Postgres(conn) => query.get_result(&mut **conn),
                Database::Sqlite(conn) => query.get_result(&mut **conn),
            };
            match waits {
                Ok(Waits { pages: 0 }) => return Ok(()),
                Ok(_) => thread::sleep(Duration::from_millis(20)),
                Err(error) => return Err(format!("the queue {table}: {error}")),
            }
        }
    }

    /// Adds users who all have one password hash.
    pub(crate) fn add_users(&mut self, names: &[String], role: &str, active: bool, hash: &str) -> Result<(), String> {
        for names in names.chunks(500) {
            let rows = names.iter().map(|name| format!("({}, '{name}', '{role}', '{hash}', {active})", id_of(name)));
            let rows = rows.collect::<Vec<_>>().join(", ");
            self.run(&format!("INSERT INTO users (id, name, role, password_hash, active) VALUES {rows}"))?;
        }
        Ok(())
    }

    /// Adds a page.
    pub(crate) fn add_page(&mut self, path: &str, body: &str, private: bool) -> Result<(), String> {
        let id = id_of(path);
        self.run(&format!(
            "INSERT INTO pages (id, path, title, body, private) VALUES ({id}, '{path}', 'Page {path}', '{body}', {private})"
        ))
    }

    /// Adds `count` pages, `public-N` and `private-N` alternately, of about 1 KB each, to a SQLite file. It marks their
    /// links as read, because Postern would otherwise read them in the background.
    pub(crate) fn fill(&mut self, count: usize) -> Result<(), String> {
        self.run(&format!(
            "BEGIN IMMEDIATE;
             WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count})
             INSERT INTO pages (id, path, title, summary, body, private, published_at)
             SELECT 1000000000 + n, CASE n % 2 WHEN 0 THEN 'public-' ELSE 'private-' END || n, 'Page ' || n,
                    'What page ' || n || ' is about.',
                    replace(hex(zeroblob(18)), '00', 'Some *words* of page ' || n || ', and [more](/public-2). '),
                    n % 2 = 1, strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || ({count} - n) || ' minutes')
             FROM number;
             DELETE FROM links_unread;
             COMMIT; ANALYZE;"
        ))
    }
}

/// A key that no other name is likely to have.
fn id_of(name: &str) -> u64 {
    // FNV-1a, cut to the range of a signed integer.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash >> 2
}

/// A temporary PostgreSQL server with fsync on; it stops when it is dropped.
pub(crate) struct Cluster {
    _process: Process,
    _room: Room,
    to: SocketAddr,
}

impl Cluster {
    /// Starts a server from Debian's programs, or from those on the path.
    pub(crate) fn start() -> Result<Cluster, String> {
        let room = Room::new("postgres", Account::named("postgres")?)?;
        let (data, to) = (room.path("data"), free_address()?);
        let mut initdb = room.command(program("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]);
        run(initdb, b"")?;
        let mut server = room.command(program("postgres"));
        server.arg("-D").arg(&data).arg("-p").arg(to.port().to_string());
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c"]);
        server.arg(format!("unix_socket_directories={}", room.dir.display()));
        let mut process = Process::start(server, &room, "postgres")?;
        process.wait_for(to)?;
        let cluster = Cluster { _process: process, _room: room, to };
        // The server listens for a moment before it accepts connections.
        let patience = std::time::Instant::now();
        while let Err(error) = Database::open(&cluster.url()) {
            if patience.elapsed().as_secs() > 10 {
                return Err(error);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Ok(cluster)
    }

    /// The URL that Postern calls `DATABASE_URL`.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Creates another database; returns its URL.
    pub(crate) fn create(&self, name: &str) -> Result<String, String> {
        Database::open(&self.url())?.run(&format!("CREATE DATABASE {name}"))?;
        Ok(self.url_of(name))
    }

    fn url_of(&self, name: &str) -> String {
        format!("postgres://postgres@{}/{name}", self.to)
    }
}

/// A program of PostgreSQL: Debian installs them by version, outside the path.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|path: &PathBuf| path.exists());
    found.sort();
    found.pop().unwrap_or_else(|| Path::new(name).to_owned())
}
