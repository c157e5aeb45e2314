//! The rows of chosen people and groups.

use std::collections::BTreeSet;

use diesel::{prelude::*, sql_query};
use domain::{
    audience::{Audience, Chosen},
    group::GroupId,
    page::PageId,
    user::UserId,
};

use crate::{Conn, Error, Result, access, columns::KEYS, id};

/// Stores the chosen readers of pages. Readers who stay keep their rows, because each row that is inserted or deleted updates the
/// lists of every page that inherits.
///
/// # Errors
/// [`Error::Refused`] when a chosen person or group does not exist.
pub(super) fn choose(conn: &mut Conn, pages: &[PageId], audience: &Audience) -> Result<()> {
    let nobody = Chosen::default();
    let chosen = audience.chosen().unwrap_or(&nobody);
    let (people, groups) = access::chosen_keys(conn, chosen)?;
    if people.len() < chosen.people.len() || groups.len() < chosen.groups.len() {
        return Err(Error::Refused(unknown(&access::missing(conn, chosen)?)));
    }
    choose_keys(conn, pages, &people, &groups)
}

/// A sentence that names the chosen readers who do not exist.
fn unknown(missing: &Chosen) -> String {
    let people = missing.people.iter().map(|name| format!("no user {name}"));
    let names: Vec<String> = people.chain(missing.groups.iter().map(|name| format!("no group {name}"))).collect();
    format!("There is {}.", names.join(" and "))
}

fn choose_keys(conn: &mut Conn, pages: &[PageId], people: &BTreeSet<UserId>, groups: &BTreeSet<GroupId>) -> Result<()> {
    let people = id::list(people.iter().map(|user| user.0));
    let groups = id::list(groups.iter().map(|group| group.0));
    for pages in pages.chunks(KEYS) {
        let pages = id::list(pages.iter().map(|page| page.0));
        for (table, column, nouns, keys) in
            [("page_people", "user_id", "users", &people), ("page_groups", "group_id", "groups", &groups)]
        {
            // NOT IN (NULL) is never true, so an empty list needs a condition of its own.
            let others = if keys == "NULL" { String::new() } else { format!("AND {column} NOT IN ({keys})") };
            sql_query(format!("DELETE FROM {table} WHERE page_id IN ({pages}) {others}")).execute(conn)?;
            let insert = format!(
                "INSERT INTO {table} (page_id, {column})
                 SELECT pages.id, chosen.id FROM pages, {nouns} AS chosen
                 WHERE pages.id IN ({pages}) AND chosen.id IN ({keys}) AND NOT EXISTS
                 (SELECT 1 FROM {table} WHERE page_id = pages.id AND {column} = chosen.id)"
            );
            sql_query(insert).execute(conn)?;
        }
    }
    Ok(())
}
