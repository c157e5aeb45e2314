//! `postern token`: makes, lists and ends app passwords.

use domain::{
    access::Admin,
    app_password::{AppPassword, AppPasswordContent, AppPasswordName, Lifetime, limit},
    page::PagePath,
    user::{User, Username},
};
use store::{
    Conn, Error, Store, app_passwords,
    writing::app_passwords::{Ended, end_for, make_for},
};

use super::{
    database::open,
    user::{ended_words, existing},
    waiting::announced,
};
use crate::{
    auth::secret::Secret,
    clock,
    config::{Config, args::TokenCommand},
};

/// Runs a command on app passwords.
pub(super) fn run(config: &Config, command: &TokenCommand) -> Result<(), String> {
    match command {
        TokenCommand::Add { user, name, below, days } => {
            let now = clock::now();
            let name = AppPasswordName::parse(name).map_err(|words| format!("--name: {words}"))?;
            let below = limit(below).map_err(|words| format!("--below: {words}"))?;
            let ends_at = Lifetime::parse(days).map_err(|words| format!("--days: {words}"))?.end(now);
            let (store, user) = existing(config, user)?;
            let content = AppPasswordContent { name, below, ends_at };
            let secret = Secret::random_app_password().map_err(|error| error.to_string())?;
            let make = |conn: &mut Conn, admin: &Admin| make_for(conn, admin, &user, &content, &secret.hash(), now);
            change(&store, make).map_err(|error| match error {
                Error::Duplicate => format!(
                    "{} has an app password {} already: choose another name, or see `postern token end --help`",
                    user.name, content.name
                ),
                error => error.to_string(),
            })?;
            println!("{}", secret.reveal());
            Ok(())
        }
        TokenCommand::List { user: None } => {
            let all = open(config)?.read(|conn| app_passwords::list(conn, &Admin::command_line()));
            all.map_err(|error| error.to_string())?.iter().for_each(|(owner, password)| print(owner, password));
            Ok(())
        }
        TokenCommand::List { user: Some(name) } => {
            let (store, user) = existing(config, name)?;
            of_user(&store, &user)?.iter().for_each(|password| print(&user.name, password));
            Ok(())
        }
        TokenCommand::End { user, name, .. } => {
            let (store, user) = existing(config, user)?;
            let ended = match name {
                None => Ended::All,
                Some(name) => {
                    let found = of_user(&store, &user)?.into_iter().find(|own| own.content.name.as_str() == name);
                    let found = found.ok_or_else(|| {
                        format!("{} has no app password {name}: see `postern token list {}`", user.name, user.name)
                    })?;
                    Ended::One(found.id)
                }
            };
            let count = change(&store, |conn, admin| end_for(conn, admin, &user, ended, clock::now()))
                .map_err(|error| error.to_string())?;
            println!("{}", ended_words(&user.name, count));
            Ok(())
        }
    }
}

fn of_user(store: &Store, user: &User) -> Result<Vec<AppPassword>, String> {
    let own = store.read(|conn| app_passwords::of_user(conn, &Admin::command_line(), user.id));
    own.map_err(|error| error.to_string())
}

fn print(owner: &Username, password: &AppPassword) {
    let AppPassword { content, last_used_on, .. } = password;
    let below = content.below.as_ref().map_or_else(|| "/".into(), PagePath::href);
    let ends = content.ends_at.map_or("no end".into(), clock::iso);
    let used = last_used_on.map_or("never".into(), |day| day.to_string());
    println!("{owner}\t{}\t{below}\t{ends}\t{used}", content.name);
}

/// Runs a change. It waits for other changes as long as they take, and says so.
fn change<T>(store: &Store, change: impl FnOnce(&mut Conn, &Admin) -> store::Result<T>) -> store::Result<T> {
    announced(|| store.write(|conn| change(conn, &Admin::command_line())))
}
