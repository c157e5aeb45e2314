//! `postern user import`: adds the users of an htpasswd file with their existing passwords.

use std::{
    collections::HashSet,
    fmt::Write,
    io::{Read, stdin},
};

use domain::{
    access::Admin,
    password::PasswordHash,
    text,
    user::{Role, UserContent, Username},
};
use store::{Conn, users};

use super::{database::open_or_create, waiting::announced};
use crate::{clock, config::Config};

/// A user of the file, with the number of the line.
struct Line {
    number: usize,
    name: Username,
    hash: PasswordHash,
}

/// The lines that cannot be imported, with the reasons.
#[derive(Default)]
struct RejectedLines(Vec<(usize, String)>);

impl RejectedLines {
    /// The error message: one line for each, in the order of the file.
    fn message(mut self) -> String {
        self.0.sort();
        let mut message = String::from("nothing was imported:");
        for (number, why) in self.0 {
            let _infallible = write!(message, "\nline {number}: {why}");
        }
        message
    }
}

/// Adds the users of the file on standard input: all of them or none.
pub(super) fn run(config: &Config, role: Role) -> Result<(), String> {
    let mut bytes = Vec::new();
    stdin().read_to_end(&mut bytes).map_err(|error| format!("the file cannot be read: {error}"))?;
    let (lines, rejected) = parse(&text::from_bytes(&bytes).map_err(|message| format!("the file: {message}"))?);
    if !rejected.0.is_empty() {
        return Err(rejected.message());
    }
    let store = open_or_create(config)?;
    let imported = announced(|| store.write(|conn| insert(conn, &lines, role))).map_err(|error| error.to_string())?;
    imported.map_err(RejectedLines::message)?;
    println!("Imported {} as {}.", lines.len(), role.as_str());
    Ok(())
}

fn insert(conn: &mut Conn, lines: &[Line], role: Role) -> store::Result<Result<(), RejectedLines>> {
    let mut rejected = RejectedLines::default();
    for line in lines {
        if users::find(conn, &line.name)?.is_some() {
            rejected.0.push((line.number, format!("there is already a user {}", line.name)));
        }
    }
    let mut names = users::lookalikes(conn, &Admin::command_line(), None)?;
    for line in lines {
        match Username::parse_new(line.name.as_str()).and_then(|name| names.check(name.as_str())) {
            Ok(()) => names.insert(line.name.as_str()),
            Err(words) => rejected.0.push((line.number, format!("{}: {words}", line.name))),
        }
    }
    if !rejected.0.is_empty() {
        return Ok(Err(rejected));
    }
    for Line { name, hash, .. } in lines {
        let content = UserContent::new(name.clone(), role);
        store::writing::users::insert(conn, &Admin::command_line(), &content, hash, clock::now())?;
    }
    Ok(Ok(()))
}

/// Parses lines of `name:hash`, or of `name:hash:comment` as nginx and Apache read them; empty lines and comments are skipped.
fn parse(text: &str) -> (Vec<Line>, RejectedLines) {
    let mut lines = Vec::new();
    let mut rejected = RejectedLines::default();
    let mut names = HashSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match parse_line(line) {
            Ok((name, _)) if !names.insert(name.clone()) => {
                rejected.0.push((number, format!("an earlier line already has {name}")));
            }
            Ok((name, hash)) => lines.push(Line { number, name, hash }),
            Err(why) => rejected.0.push((number, why)),
        }
    }
    (lines, rejected)
}

/// Parses one line. The error does not quote the hash, which may be a password in plain text.
fn parse_line(line: &str) -> Result<(Username, PasswordHash), String> {
    let (name, hash) = line.split_once(':').ok_or("Write NAME:HASH, as htpasswd does.")?;
    let name = Username::parse(name)?;
    let hash = hash.split(':').next().unwrap_or_default();
    let hash = PasswordHash::import(hash).map_err(|why| format!("{name}: {why}"))?;
    Ok((name, hash))
}
