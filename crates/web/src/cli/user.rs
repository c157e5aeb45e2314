//! `postern user`: adds, changes, lists and deletes users.

use std::io::{BufRead, IsTerminal, stdin};

use domain::{
    Timestamp,
    access::Admin,
    invitation::LIFETIME,
    password::{Password, PasswordHash},
    user::{User, UserContent, Username},
};
use store::{
    Conn, Error, Paging, Store, users,
    writing::{
        app_passwords::{Ended, end_for},
        invitations::{self, Known},
    },
};

use super::{
    database::{open, open_or_create},
    import, link,
    waiting::announced,
};
use crate::{
    auth::{secret::Secret, verify::bcrypt_pool},
    clock,
    config::{Config, args::UserCommand},
    first_run,
    http::error::LAST_ADMIN,
};

/// Runs a command on users.
pub(super) fn run(config: &Config, command: &UserCommand) -> Result<(), String> {
    match command {
        UserCommand::Add { name, role, invite: true, until, .. } => {
            let name = Username::parse(name)?;
            let store = open_or_create(config)?;
            let user =
                UserContent { ends_at: moment(&store, until.as_deref())?, ..UserContent::new(name.clone(), *role) };
            let secret = new_secret()?;
            change(&store, &name, |conn, admin| {
                let user = store::writing::users::add(conn, admin, &user, &PasswordHash::none(), clock::now())?;
                invitations::make(conn, admin, user.id, Known::Any, &secret.hash(), clock::now())
            })?;
            link::print(config, &format!("/join/{}", secret.reveal()));
            println!("Added {name} ({}). The link works once, for {} hours.", role.as_str(), LIFETIME.num_hours());
            Ok(())
        }
        UserCommand::Passwd { name, link: true, .. } => {
            let (store, user) = existing(config, name)?;
            let secret = new_secret()?;
            change(&store, &user.name, |conn, admin| {
                invitations::make(conn, admin, user.id, Known::Any, &secret.hash(), clock::now())
            })?;
            link::print(config, &format!("/join/{}", secret.reveal()));
            println!("With it {} sets a new password. It works once, for {} hours.", user.name, LIFETIME.num_hours());
            Ok(())
        }
        UserCommand::Extend { name, until } => {
            let (store, user) = existing(config, name)?;
            let ends_at = moment(&store, until.as_deref())?;
            change(&store, &user.name, |conn, admin| {
                store::writing::users::set_end(conn, admin, &[user.id], ends_at, clock::now())
            })?;
            match ends_at {
                Some(end) => println!("The account of {} ends at {}.", user.name, clock::iso(end)),
                None => println!("The account of {} has no end.", user.name),
            }
            remark_on_end(&user.name, ends_at);
            Ok(())
        }
        UserCommand::Add { name, role, generate, until, bcrypt_cost, .. } => {
            let name = Username::parse(name)?;
            // Before the database is opened: an invalid password must not create a new file.
            let (hash, generated) = new_password(&name, *generate, bcrypt_cost.unwrap_or(config.serve.bcrypt_cost))?;
            let store = open_or_create(config)?;
            let user =
                UserContent { ends_at: moment(&store, until.as_deref())?, ..UserContent::new(name.clone(), *role) };
            change(&store, &name, |conn, admin| store::writing::users::add(conn, admin, &user, &hash, clock::now()))?;
            print_generated(generated);
            println!("Added {name} ({}).", role.as_str());
            remark_on_end(&name, user.ends_at);
            Ok(())
        }
        UserCommand::Passwd { name, generate, keep_tokens, bcrypt_cost, .. } => {
            let (store, user) = existing(config, name)?;
            let (hash, generated) =
                new_password(&user.name, *generate, bcrypt_cost.unwrap_or(config.serve.bcrypt_cost))?;
            let ended = change(&store, &user.name, |conn, admin| {
                store::writing::users::set_password(conn, admin, user.id, &hash, clock::now())?;
                if *keep_tokens { Ok(0) } else { end_for(conn, admin, &user, Ended::All, clock::now()) }
            })?;
            print_generated(generated);
            println!("The password of {} is set.", user.name);
            if ended > 0 {
                println!("{}", ended_words(&user.name, ended));
            }
            Ok(())
        }
        UserCommand::Import { role } => import::run(config, *role),
        UserCommand::List => list(&open(config)?),
        UserCommand::Role { name, role } => {
            let (store, user) = existing(config, name)?;
            let content = UserContent { role: *role, ..user.content() };
            change(&store, &user.name, |conn, admin| {
                store::writing::users::update(conn, admin, user.id, user.version, &content, clock::now())
            })?;
            println!("{} is now {}.", user.name, role.as_str());
            Ok(())
        }
        UserCommand::Disable { name } => set_active(config, name, false),
        UserCommand::Enable { name } => set_active(config, name, true),
        UserCommand::Unlock { name } => {
            let (store, user) = existing(config, name)?;
            change(&store, &user.name, |conn, admin| {
                store::writing::users::unlock(conn, admin, user.id, clock::now())
            })?;
            println!("The wrong passwords for {} are forgotten.", user.name);
            Ok(())
        }
        UserCommand::EndKeys { name } => {
            let (store, user) = existing(config, name)?;
            let ended = change(&store, &user.name, |conn, admin| {
                store::writing::keys::end_of_user(conn, admin, user.id, clock::now())
            })?;
            match ended.filter(|ended| ended.total() > 0) {
                Some(ended) => println!("Ended {ended} of {}.", user.name),
                None => println!("{} has no keys.", user.name),
            }
            Ok(())
        }
        UserCommand::Delete { name } => {
            let (store, user) = existing(config, name)?;
            change(&store, &user.name, |conn, admin| {
                store::writing::users::delete(conn, admin, &[user.id], clock::now())
            })?;
            println!("Deleted {}.", user.name);
            Ok(())
        }
    }
}

fn set_active(config: &Config, name: &str, active: bool) -> Result<(), String> {
    let (store, user) = existing(config, name)?;
    change(&store, &user.name, |conn, admin| {
        store::writing::users::set_active(conn, admin, &[user.id], active, clock::now())
    })?;
    println!("{} is {}.", user.name, if active { "enabled" } else { "disabled" });
    Ok(())
}

fn list(store: &Store) -> Result<(), String> {
    let filter = users::UserFilter::default();
    let everybody = Paging { number: 1, size: u32::MAX };
    let sort = users::UserSort { by: users::UserColumn::Name, descending: false };
    let table = store
        .read(|conn| users::list(conn, &Admin::command_line(), &filter, sort, everybody))
        .map_err(|error| error.to_string())?;
    for user in table.rows {
        let state = match user.is_active_at(clock::now()) {
            true => "active",
            false if user.active => "ended",
            false => "disabled",
        };
        let last = user.last_sign_in_at.map_or("never".into(), clock::iso);
        let end = user.ends_at.map_or("no end".into(), clock::iso);
        println!("{}\t{}\t{state}\t{last}\t{end}", user.name, user.role.as_str());
    }
    Ok(())
}

pub(super) fn existing(config: &Config, name: &str) -> Result<(Store, User), String> {
    let name = Username::parse(name)?;
    let store = open(config)?;
    let user = find(&store, &name)?.ok_or_else(|| format!("there is no user {name}: see `postern user list`"))?;
    Ok((store, user))
}

/// A sentence about the app passwords that were ended.
pub(super) fn ended_words(owner: &Username, count: usize) -> String {
    let words = if count == 1 { "app password" } else { "app passwords" };
    format!("Ended {count} {words} of {owner}.")
}

fn find(store: &Store, name: &Username) -> Result<Option<User>, String> {
    store.read(|conn| users::find(conn, name)).map_err(|error| error.to_string())
}

/// Runs a change of a user. It waits for other changes as long as they take, and says so.
fn change<T>(
    store: &Store,
    name: &Username,
    change: impl FnOnce(&mut Conn, &Admin) -> store::Result<T>,
) -> Result<T, String> {
    announced(|| store.write(|conn| change(conn, &Admin::command_line()))).map_err(|error| match error {
        Error::Duplicate => duplicate_message(name),
        Error::LastAdmin => LAST_ADMIN.into(),
        Error::Stale => format!("{name} was changed by somebody else meanwhile: try again"),
        error => error.to_string(),
    })
}

fn duplicate_message(name: &Username) -> String {
    format!("there is already a user {name}: choose another name, or see `postern user passwd --help`")
}

/// A moment on the clocks of the site; `None` if none was given.
fn moment(store: &Store, typed: Option<&str>) -> Result<Option<Timestamp>, String> {
    let Some(typed) = typed else { return Ok(None) };
    let site = store.read(store::site::get).map_err(|error| error.to_string())?;
    site.time_zone.parse_moment(typed).map_err(|message| format!("--until: {message}"))
}

/// Says that an account has ended already: a mistyped year is easily overlooked.
fn remark_on_end(name: &Username, ends_at: Option<Timestamp>) {
    if let Some(end) = ends_at.filter(|end| *end <= clock::now()) {
        println!("This end, {}, is over: {name} cannot sign in.", clock::iso(end));
    }
}

fn new_secret() -> Result<Secret, String> {
    Secret::random().map_err(|error| format!("the system provides no randomness: {error}"))
}

fn print_generated(generated: Option<String>) {
    if let Some(password) = generated {
        println!("{password}");
    }
}

/// Hashes a password that is generated, typed twice on a terminal, or read from standard input. Also returns a
/// generated password.
fn new_password(name: &Username, generate: bool, cost: u32) -> Result<(PasswordHash, Option<String>), String> {
    let (typed, generated) = match generate {
        true => first_run::generate().map(|password| (password.clone(), Some(password)))?,
        false => (read_password()?, None),
    };
    let password = Password::parse_new(&typed, name.as_str()).map_err(|message| format!("the password: {message}"))?;
    let hash = bcrypt_pool::hash(&password, cost).map_err(|error| error.to_string())?;
    Ok((hash, generated))
}

fn read_password() -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("the password cannot be read: {error}");
    if !stdin().is_terminal() {
        let mut line = Vec::new();
        stdin().lock().read_until(b'\n', &mut line).map_err(unreadable)?;
        return first_run::password_of(&line).map_err(|message| format!("the password: {message}"));
    }
    let password = rpassword::prompt_password("Password: ").map_err(unreadable)?;
    match rpassword::prompt_password("Password again: ").map_err(unreadable)? == password {
        true => Ok(password),
        false => Err("the two passwords differ: try again".into()),
    }
}
