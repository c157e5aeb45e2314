//! docs/operating.md: its commands are run in order, and it explains every line of the log.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    cluster::Cluster,
    server::{PASSWORD, is_installed, text},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Replaces systemd: starts and stops the real server as the unit file describes.
const SYSTEMCTL: &str = r#"#!/bin/sh
set -eu
[ "$2" = postern ]
runs() { [ -e pid ] && grep -qs 'State:.[^Z]' "/proc/$(cat pid)/status"; }
case $1 in
stop)
    kill -TERM "$(cat pid)"
    while runs; do sleep 0.05; done
    rm pid
    ;;
start)
    if runs; then exit 1; fi
    postern serve >> log 2>&1 < /dev/null &
    echo $! > pid
    ;;
*) exit 1 ;;
esac
"#;

/// A block of commands in the document.
pub struct Block {
    section: String,
    /// The databases that it is for: `sqlite`, `postgres` or, for both of them, nothing; `copy` for a copy of PostgreSQL.
    pub database: String,
    pub commands: String,
}

fn document() -> String {
    fs::read_to_string(format!("{ROOT}/docs/operating.md")).unwrap()
}

/// The blocks of the document that begin with ```` ```sh ````, without those for Docker, which `scripts/compose-test` runs.
pub fn blocks() -> Vec<Block> {
    let (mut blocks, mut section, mut is_open) = (Vec::<Block>::new(), String::new(), false);
    let document = document();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.to_owned();
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        is_open = !is_open;
        if !is_open || language == "text" {
            continue;
        }
        let database = language.strip_prefix("sh").expect(language).trim_start().to_owned();
        assert!(["", "sqlite", "postgres", "copy", "compose"].contains(&database.as_str()), "{language}");
        let commands: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        is_open = false;
        blocks.push(Block { section: section.clone(), database, commands: commands.join("\n") });
    }
    blocks.retain(|block| block.database != "compose");
    blocks
}

/// A site as the document assumes it, and the shell of its operator.
struct Site {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
    cluster: Option<Cluster>,
}

impl Site {
    fn start(cluster: Option<Cluster>) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        fs::write(bin.join("systemctl"), SYSTEMCTL).unwrap();
        fs::set_permissions(bin.join("systemctl"), fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_postern"), bin.join("postern")).unwrap();
        let variable = |wanted: &str| {
            std::env::vars_os().find(|(name, _)| name == wanted).and_then(|(_, value)| value.into_string().ok())
        };
        let mut path = vec![bin.to_str().unwrap().to_owned()];
        path.extend(variable("POSTERN_TEST_POSTGRES_BIN"));
        path.extend(variable("PATH"));
        let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let file = folder.path().join("postern.db").to_str().unwrap().to_owned();
        let database = match &cluster {
            Some(cluster) => {
                cluster.sql("CREATE ROLE postern LOGIN");
                cluster.sql("CREATE DATABASE postern OWNER postern");
                format!("postgres://postern@{}/postern?target_session_attrs=read-write", cluster.address())
            }
            None => format!("sqlite://{file}"),
        };
        let environment = vec![
            ("PATH", path.join(":")),
            ("DATABASE_URL", database),
            ("DATABASE_FILE", file),
            ("BACKUP", folder.path().join("backup").to_str().unwrap().to_owned()),
            ("SITE", format!("http://{listen}")),
            ("POSTERN_LISTEN", listen.to_string()),
            ("POSTERN_ADMIN_PASSWORD", PASSWORD.to_owned()),
            ("POSTERN_BCRYPT_COST", "10".to_owned()),
        ];
        let site = Site { folder, environment, cluster };
        site.run("systemctl start postern");
        site.run("curl -fsS --retry 60 --retry-delay 1 --retry-all-errors \"$SITE/readyz\"");
        site
    }

    fn shell(&self, commands: &str) -> Command {
        let mut shell = Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", commands]).current_dir(self.folder.path()).env_clear();
        shell.envs(self.environment.iter().map(|(name, value)| (name, value)));
        shell
    }

    /// Runs commands, each of which has to succeed; returns what they print.
    #[track_caller]
    fn run(&self, commands: &str) -> String {
        // Not its pipes: a server that the commands start keeps them open.
        let (printed, errors) = (self.folder.path().join("printed"), self.folder.path().join("errors"));
        let mut shell = self.shell(commands);
        shell.stdin(Stdio::null()).stdout(fs::File::create(&printed).unwrap());
        let status = shell.stderr(fs::File::create(&errors).unwrap()).status().unwrap();
        let read = |file: &Path| fs::read_to_string(file).unwrap_or_default();
        let log = read(&self.folder.path().join("log"));
        assert!(status.success(), "{commands}\n{}{}{log}", read(&printed), read(&errors));
        read(&printed)
    }

    fn status(&self, user: &str, path: &str) -> String {
        self.run(&format!("curl -s -o /dev/null -w '%{{http_code}}' -u '{user}' \"$SITE{path}\""))
    }

    /// Adds the content that the backup has to bring back.
    fn fill(&self) {
        self.run("echo 'open sesame' | postern user add ann --role reader");
        self.run("echo 'The treasure.' | postern page put kept --title Kept --private");
        self.has_what_was_kept();
    }

    fn has_what_was_kept(&self) {
        assert_eq!(self.status("ann:open sesame", "/kept"), "200");
        assert!(self.run("curl -s -u 'ann:open sesame' \"$SITE/kept\"").contains("The treasure."));
        assert_eq!(self.status("ann:wrong", "/kept"), "401");
    }

    /// Deletes the content of [`Site::fill`], and makes the database look like one of a newer version.
    fn spoil(&self) {
        self.run(
            "postern page delete kept --yes && postern user delete ann && echo x | postern page put late --title Late",
        );
        let newer =
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231'); CREATE TABLE newer (id INTEGER)";
        let shell = if self.cluster.is_some() { "psql -q \"$DATABASE_URL\" -c" } else { "sqlite3 \"$DATABASE_FILE\"" };
        self.run(&format!("{shell} \"{newer}\""));
        assert_eq!(self.status("admin:wrong", "/late"), "200");
        let (done, _, error) = text(&self.shell("postern migrate --check").output().unwrap());
        assert!(!done && error.contains("newer Postern"), "{error}");
    }

    fn is_restored(&self) {
        self.has_what_was_kept();
        assert_eq!(self.status(&format!("admin:{PASSWORD}"), "/late"), "404");
        let (done, ..) = text(&self.shell("postern page show late").output().unwrap());
        assert!(!done);
    }

    /// Follows the document from its beginning to its end.
    fn follow(&self, database: &str) {
        self.fill();
        let mut sections = BTreeSet::new();
        for block in blocks().iter().filter(|block| ["", database].contains(&block.database.as_str())) {
            if block.section == "Restore" && sections.insert(block.section.clone()) {
                self.spoil();
            }
            self.run(&block.commands);
            if sections.contains("Restore") {
                self.run("curl -fsS --retry 60 --retry-delay 1 --retry-all-errors \"$SITE/readyz\"");
                self.is_restored();
            }
        }
        assert!(sections.contains("Restore"));
        let mode = fs::metadata(self.folder.path().join("backup")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a backup holds password hashes");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Ok(pid) = fs::read_to_string(self.folder.path().join("pid")) {
            let _gone = Command::new("kill").args(["-KILL", pid.trim()]).status();
        }
    }
}

#[test]
fn the_commands_for_sqlite_back_up_restore_and_upgrade() {
    if !is_installed("sqlite3") || !is_installed("curl") {
        return;
    }
    Site::start(None).follow("sqlite");
}

#[test]
fn a_copy_of_the_sqlite_file_alone_lacks_saves() {
    if !is_installed("sqlite3") || !is_installed("curl") {
        return;
    }
    let site = Site::start(None);
    site.fill();
    site.run("cp \"$DATABASE_FILE\" copy; ! sqlite3 copy 'SELECT path FROM pages' | grep -x kept");
    site.run("sqlite3 \"$DATABASE_FILE\" 'SELECT path FROM pages' | grep -x kept");
}

#[test]
fn the_commands_for_postgresql_back_up_restore_and_upgrade() {
    if !is_installed("curl") {
        return;
    }
    let Some(cluster) = Cluster::start() else { return };
    Site::start(Some(cluster)).follow("postgres");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The text of the string literal at the beginning of some code; its continued lines are joined.
fn literal(code: &str) -> Option<String> {
    let code = code.trim_start().strip_prefix('"')?;
    let text = &code[..code.find("\",").into_iter().chain(code.find("\")")).chain(code.find("\"\n")).min()?];
    let lines: Vec<&str> = text.split("\\\n").map(str::trim_start).collect();
    Some(lines.concat())
}

#[test]
fn every_line_of_the_log_is_explained() {
    let document = document();
    let mut explained = 0;
    for file in
        ["domain", "store", "web"].iter().flat_map(|name| sources(&PathBuf::from(format!("{ROOT}/crates/{name}/src"))))
    {
        let code = fs::read_to_string(&file).unwrap();
        for line in ["log::error!(", "log::warn!(", "log::info!("].iter().flat_map(|log| code.split(log).skip(1)) {
            let message = literal(line).unwrap_or_else(|| panic!("{}: no literal", file.display()));
            // The document contains at least the longest part between two values, up to a colon or similar punctuation.
            let words = |part: &str| part.split([':', ';', '(']).next().unwrap_or_default().trim().to_owned();
            let parts = message.split('{').map(|part| words(part.rsplit('}').next().unwrap_or(part)));
            let part = parts.max_by_key(String::len).unwrap_or_default();
            assert!(document.contains(&part), "{}: docs/operating.md does not explain “{message}”", file.display());
            explained += 1;
        }
    }
    assert!(explained > 20, "{explained}");
}

#[test]
fn every_reason_of_readyz_is_explained() {
    let (document, code) = (document(), include_str!("../../src/http/health.rs"));
    let reasons: Vec<&str> = code.split("Some(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(reasons.len() > 4, "{reasons:?}");
    for reason in reasons {
        assert!(document.contains(&format!("| `{reason}` |")), "docs/operating.md does not explain “{reason}”");
    }
}
