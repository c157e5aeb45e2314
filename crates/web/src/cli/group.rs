//! `postern group`: adds, changes, lists and deletes groups.

use domain::{
    access::Admin,
    group::{Group, GroupContent, GroupName, joined},
    user::Username,
};
use store::{
    Error, Paging, Store, groups,
    writing::{AddGroup, Command, Consent, DeleteGroup, UpdateGroup},
};

use super::{
    command,
    database::{open, open_or_create},
};
use crate::config::{Config, args::GroupCommand};

/// Runs a command on groups.
pub(super) fn run(config: &Config, command: &GroupCommand) -> Result<(), String> {
    match command {
        GroupCommand::Add { name, members } => {
            let content = GroupContent { name: GroupName::parse_new(name)?, members: usernames(members)? };
            let command = Command::AddGroup(AddGroup::new(&Admin::command_line(), content.clone()));
            execute(&open_or_create(config)?, &content.name, command)?;
            println!("Added the group {}.", content.name);
            Ok(())
        }
        GroupCommand::Join { name, members } => edit_members(config, name, &usernames(members)?, |current, named| {
            current.extend_from_slice(named);
            current.sort();
            current.dedup();
        }),
        GroupCommand::Leave { name, members } => edit_members(config, name, &usernames(members)?, |current, named| {
            current.retain(|name| !named.contains(name))
        }),
        GroupCommand::List => list(&open(config)?),
        GroupCommand::Show { name } => {
            let (_, group) = existing(config, name)?;
            group.content.members.iter().for_each(|member| println!("{member}"));
            Ok(())
        }
        GroupCommand::Rename { name, to } => {
            let (store, group) = existing(config, name)?;
            let content = GroupContent { name: GroupName::parse_new(to)?, ..group.content.clone() };
            execute(&store, &content.name, update(&group, &content))?;
            println!("The group is now {}.", content.name);
            Ok(())
        }
        GroupCommand::Delete { name } => {
            let (store, group) = existing(config, name)?;
            let command = Command::DeleteGroup(DeleteGroup::new(&Admin::command_line(), group.id));
            execute(&store, &group.content.name, command)?;
            println!("Deleted the group {}.", group.content.name);
            Ok(())
        }
    }
}

fn edit_members(
    config: &Config,
    name: &str,
    named: &[Username],
    edit: impl FnOnce(&mut Vec<Username>, &[Username]),
) -> Result<(), String> {
    let (store, group) = existing(config, name)?;
    let mut content = group.content.clone();
    edit(&mut content.members, named);
    execute(&store, &content.name, update(&group, &content))?;
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
        .read(|conn| groups::list(conn, &Admin::command_line(), "", everything))
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

fn update(group: &Group, content: &GroupContent) -> Command {
    Command::UpdateGroup(UpdateGroup::new(&Admin::command_line(), group.id, group.version, content.clone()))
}

/// Runs a command. The operator names the group and its members, and thereby consents to the access that they gain.
fn execute(store: &Store, name: &GroupName, command: Command) -> Result<(), String> {
    command::run(store, &command, Consent::Any).map(drop).map_err(|error| match error {
        Error::Duplicate => format!("there is already a group {name}: choose another name"),
        Error::Stale => format!("{name} was changed by somebody else meanwhile: try again"),
        Error::Refused(message) => format!("{message} See `postern user list`"),
        error => error.to_string(),
    })
}
