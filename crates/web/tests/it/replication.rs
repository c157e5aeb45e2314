//! Copies of a PostgreSQL database, made with the commands of docs/operating.md: by logical replication, and of the data
//! alone.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use crate::{
    client::Client,
    cluster::Cluster,
    operating::blocks,
    server::{PASSWORD, Server, finish, postern, text},
};

/// The timeout of each wait.
const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

fn query(url: &str, select: &str) -> Vec<String> {
    let mut conn = PgConnection::establish(url).unwrap();
    let rows: Vec<Row> = sql_query(select).load(&mut conn).unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

/// Each table with its rows, without those whose rows are made on each side.
fn content(url: &str) -> Vec<(String, Vec<String>)> {
    let tables = "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN
                      ('search', 'full_text_unread', 'links_unread') ORDER BY 1";
    let tables = query(url, tables);
    let rows = |table: &str| query(url, &format!("SELECT t::text AS text FROM public.{table} t ORDER BY 1"));
    tables.iter().map(|table| (table.clone(), rows(table))).collect()
}

/// A server, its database, and an empty database of another server.
struct Place {
    server: Server,
    original: Cluster,
    copy: Cluster,
}

impl Place {
    fn start() -> Option<Place> {
        let (original, copy) = (Cluster::start()?, Cluster::start()?);
        let server = Server::start_with(&[("DATABASE_URL", &original.url())]);
        let place = Place { server, original, copy };
        place.cli(&["user", "add", "ann", "--role", "reader"], "open sesame");
        place.cli(&["group", "add", "Staff", "ann"], "");
        place.cli(&["page", "put", "rota", "--title", "Rota", "--group", "Staff"], "Who comes [when](/welcome).");
        place.cli(&["page", "put", "rota/may", "--title", "May"], "Nobody.");
        Some(place)
    }

    fn cli(&self, arguments: &[&str], input: &str) {
        let mut command = postern(self.server.folder.path(), arguments);
        command.env("DATABASE_URL", self.original.url());
        let (done, _, error) = text(&finish(command, input));
        assert!(done, "{arguments:?}: {error}");
    }

    /// Runs the block of commands for copies at a position of the document.
    fn run_block(&self, position: usize) {
        let block = blocks().into_iter().filter(|block| block.database == "copy").nth(position).unwrap();
        let mut path = vec![variable("POSTERN_TEST_POSTGRES_BIN").unwrap()];
        path.extend(variable("PATH"));
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", &block.commands]).current_dir(self.server.folder.path()).env_clear();
        shell.env("PATH", path.join(":")).env("BACKUP", "backup");
        shell.env("DATABASE_URL", self.original.url()).env("COPY_URL", self.copy.url());
        let (done, out, error) = text(&shell.output().unwrap());
        assert!(done && out.is_empty() && !error.contains("ERROR"), "{}\n{out}{error}", block.commands);
    }

    #[track_caller]
    fn until_equal(&self) {
        let begun = Instant::now();
        loop {
            let (original, copy) = (content(&self.original.url()), content(&self.copy.url()));
            if original == copy {
                return;
            }
            let differing = original.iter().zip(&copy).filter(|(one, other)| one != other);
            let names: Vec<&str> = differing.map(|((name, _), _)| name.as_str()).collect();
            assert!(begun.elapsed() < TIMEOUT, "{names:?} differ\n{}", self.copy.log());
        }
    }
}

fn variable(wanted: &str) -> Option<String> {
    std::env::vars_os().find(|(name, _)| name == wanted).and_then(|(_, value)| value.into_string().ok())
}

#[test]
fn a_subscription_to_all_tables_follows_every_change() {
    let Some(place) = Place::start() else { return };
    place.run_block(0);
    place.until_equal();
    assert!(content(&place.copy.url()).iter().any(|(name, rows)| name == "listings" && !rows.is_empty()));

    // Changes by the command line, by the panel and by SQL.
    place.cli(&["page", "put", "rota", "--title", "Rota", "--public", "--yes"], "Everybody comes.");
    place.cli(&["page", "put", "rota/june", "--title", "June", "--private"], "Ann.");
    place.cli(&["user", "disable", "ann"], "");
    place.cli(&["user", "add", "bob", "--role", "editor"], "open sesame");
    place.cli(&["group", "join", "Staff", "bob"], "");
    place.cli(&["user", "delete", "ann"], "");
    place.cli(&["page", "delete", "rota/may"], "");
    place.original.sql("UPDATE pages SET private = TRUE WHERE path = 'how-to-write'");
    place.original.sql("INSERT INTO pages (id, path, title) VALUES (777, 'by-hand', 'By hand')");
    let mut admin = Client::of(&place.server, &format!("admin:{PASSWORD}"));
    let (_, form) = admin.get("/admin/pages/new");
    let token = form.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let saved = format!("form_token={token}&title=New&path=rota/july&body=x&audience=inherited");
    assert_eq!(admin.post("/admin/pages", &saved), 303);
    place.until_equal();
    let paths = query(&place.copy.url(), "SELECT path AS text FROM public.pages ORDER BY 1");
    assert!(["by-hand", "rota/july", "rota/june"].iter().all(|path| paths.contains(&(*path).to_owned())), "{paths:?}");
    assert!(!paths.contains(&"rota/may".to_owned()));
    let errors = "SELECT (apply_error_count + sync_error_count)::text AS text FROM pg_stat_subscription_stats";
    assert_eq!(query(&place.copy.url(), errors), ["0"], "{}", place.copy.log());
}

#[test]
fn the_data_of_a_full_backup_is_restored_into_the_schema() {
    let Some(place) = Place::start() else { return };
    // The server reads changed texts for links and for the search.
    let is_read = |table: &str| query(&place.original.url(), &format!("SELECT 'x' AS text FROM {table}")).is_empty();
    let begun = Instant::now();
    while !is_read("links_unread") || !is_read("full_text_unread") {
        assert!(begun.elapsed() < TIMEOUT);
    }
    let backup = place.server.folder.path().join("backup");
    let dump = place.original.file("backup");
    place.original.program("pg_dump", &["--format=custom", "--file", &dump, &place.original.url()]);
    std::fs::copy(dump, backup).unwrap();
    place.run_block(1);
    place.until_equal();
    // A server that runs there fills the search again.
    let count = "SELECT count(*)::text AS text FROM public.search";
    let wanted = query(&place.original.url(), count);
    let restored = Server::start_with(&[("DATABASE_URL", &place.copy.url())]);
    assert_eq!(Client::of(&restored, "").status("/welcome"), 200);
    let begun = Instant::now();
    while query(&place.copy.url(), count) != wanted {
        assert!(begun.elapsed() < TIMEOUT, "{}", restored.log());
    }
}
