//! `postern group ...`

use domain::{
    access::Admin,
    group::{Group, GroupContent, GroupName, joined},
    user::Username,
};
use store::{Conn, Error, Paging, Store, groups};

use super::{
    args::GroupCommand,
    database::{open, open_or_create},
};
use crate::{clock, config::Config};

/// Runs one command on groups.
pub(super) fn run(config: &Config, command: &GroupCommand) -> Result<(), String> {
    match command {
        GroupCommand::Add { name, members } => {
            let content = GroupContent { name: GroupName::parse(name)?, members: usernames(members)? };
            change(&open_or_create(config)?, &content.name, |conn, admin| {
                groups::insert(conn, admin, &content, clock::now())
            })?;
            println!("Made the group {}.", content.name);
            Ok(())
        }
        GroupCommand::Join { name, members } => edit(config, name, &usernames(members)?, |present, named| {
            present.extend_from_slice(named);
            present.sort();
            present.dedup();
        }),
        GroupCommand::Leave { name, members } => {
            edit(config, name, &usernames(members)?, |present, named| present.retain(|name| !named.contains(name)))
        }
        GroupCommand::List => list(&open(config)?),
        GroupCommand::Show { name } => {
            let (_, group) = existing(config, name)?;
            group.content.members.iter().for_each(|member| println!("{member}"));
            Ok(())
        }
        GroupCommand::Rename { name, to } => {
            let (store, group) = existing(config, name)?;
            let content = GroupContent { name: GroupName::parse(to)?, ..group.content };
            change(&store, &content.name, |conn, admin| {
                groups::update(conn, admin, group.id, group.version, &content, clock::now())
            })?;
            println!("The group is {} now.", content.name);
            Ok(())
        }
        GroupCommand::Delete { name } => {
            let (store, group) = existing(config, name)?;
            change(&store, &group.content.name, |conn, admin| groups::delete(conn, admin, group.id, clock::now()))?;
            println!("Deleted the group {}.", group.content.name);
            Ok(())
        }
    }
}

fn edit(
    config: &Config,
    name: &str,
    named: &[Username],
    edit: impl FnOnce(&mut Vec<Username>, &[Username]),
) -> Result<(), String> {
    let (store, group) = existing(config, name)?;
    let mut content = group.content;
    edit(&mut content.members, named);
    change(&store, &content.name, |conn, admin| {
        groups::update(conn, admin, group.id, group.version, &content, clock::now())
    })?;
    let members = if content.members.is_empty() { "nobody".into() } else { joined(&content.members) };
    println!("In {}: {members}.", content.name);
    Ok(())
}

fn usernames(names: &[String]) -> Result<Vec<Username>, String> {
    domain::group::usernames(&names.join(","))
}

fn list(store: &Store) -> Result<(), String> {
    let everything = Paging { number: 1, size: u32::MAX };
    let table = store
        .read(|conn| groups::every(conn, &Admin::command_line(), everything))
        .map_err(|error| error.to_string())?;
    for group in table.rows {
        println!("{}\t{} members\t{} pages", group.name, group.members, group.pages);
    }
    Ok(())
}

fn existing(config: &Config, name: &str) -> Result<(Store, Group), String> {
    let name = GroupName::parse(name)?;
    let store = open(config)?;
    let group =
        store.read(|conn| groups::find(conn, &Admin::command_line(), &name)).map_err(|error| error.to_string())?;
    let group = group.ok_or_else(|| format!("there is no group {name}: see `postern group list`"))?;
    Ok((store, group))
}

fn change<T>(
    store: &Store,
    name: &GroupName,
    change: impl FnOnce(&mut Conn, &Admin) -> store::Result<T>,
) -> Result<T, String> {
    store.write(|conn| change(conn, &Admin::command_line())).map_err(|error| match error {
        Error::Duplicate => format!("there is a group {name} already: choose another name"),
        Error::Stale => format!("{name} was changed by somebody else meanwhile: try again"),
        Error::Refused(words) => format!("{words} See `postern user list`"),
        error => error.to_string(),
    })
}
