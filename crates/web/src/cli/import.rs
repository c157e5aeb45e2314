//! `postern user import`: the users of an htpasswd file, with the passwords that they have.

use std::{collections::HashSet, fmt::Write, io::Read};

use domain::{
    access::Admin,
    password::PasswordHash,
    user::{Role, UserContent, Username},
};
use store::{Conn, users};

use super::database::open_or_create;
use crate::{clock, config::Config};

/// A user of the file, and the number of the line where they stand.
struct Line {
    number: usize,
    name: Username,
    hash: PasswordHash,
}

/// The lines that cannot be taken over, with the reason.
#[derive(Default)]
struct Refused(Vec<(usize, String)>);

impl Refused {
    /// One line for each, in the order of the file.
    fn words(mut self) -> String {
        self.0.sort();
        let mut words = String::from("nothing was imported:");
        for (number, why) in self.0 {
            let _infallible = write!(words, "\nline {number}: {why}");
        }
        words
    }
}

/// Makes the users of the file on standard input, all of them or none.
pub(super) fn run(config: &Config, role: Role) -> Result<(), String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| format!("the file cannot be read: {error}"))?;
    let (lines, refused) = parse(&text);
    if !refused.0.is_empty() {
        return Err(refused.words());
    }
    let store = open_or_create(config)?;
    let imported = store.write(|conn| insert(conn, &lines, role)).map_err(|error| error.to_string())?;
    imported.map_err(Refused::words)?;
    println!("Imported {} as {}.", lines.len(), role.as_str());
    Ok(())
}

fn insert(conn: &mut Conn, lines: &[Line], role: Role) -> store::Result<Result<(), Refused>> {
    let mut refused = Refused::default();
    for line in lines {
        if users::find(conn, &line.name)?.is_some() {
            refused.0.push((line.number, format!("there is a user {} already", line.name)));
        }
    }
    if !refused.0.is_empty() {
        return Ok(Err(refused));
    }
    for Line { name, hash, .. } in lines {
        let content = UserContent { name: name.clone(), role, active: true };
        store::writing::users::insert(conn, &Admin::command_line(), &content, hash, clock::now())?;
    }
    Ok(Ok(()))
}

/// `name:hash` in each line; empty lines and comments are passed over.
fn parse(text: &str) -> (Vec<Line>, Refused) {
    let (mut lines, mut refused, mut names) = (Vec::new(), Refused::default(), HashSet::new());
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match parse_line(line) {
            Ok((name, _)) if !names.insert(name.clone()) => {
                refused.0.push((number, format!("{name} stands in an earlier line already")));
            }
            Ok((name, hash)) => lines.push(Line { number, name, hash }),
            Err(why) => refused.0.push((number, why)),
        }
    }
    (lines, refused)
}

/// What is refused is not repeated: it may be a password in plain text.
fn parse_line(line: &str) -> Result<(Username, PasswordHash), String> {
    let (name, hash) = line.split_once(':').ok_or("Write NAME:HASH, as htpasswd does.")?;
    let name = Username::parse(name)?;
    let hash = PasswordHash::import(hash).map_err(|why| format!("{name}: {why}"))?;
    Ok((name, hash))
}
