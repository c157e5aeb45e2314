//! `postern share`: makes, lists and ends links that open a page.

use domain::{
    access::Admin,
    draft::FormId,
    page::{PageId, PagePath},
    share::{ShareId, ShareInput, Shows},
};
use store::{
    Conn, Error, Paging, Store, drafts, pages,
    shares::{self, ShareFilter, ShareRow},
    site, writing,
};

use super::{database::open, link, waiting::announced};
use crate::{
    auth::secret::Secret,
    clock,
    config::{
        Config,
        args::{Share, ShareCommand},
    },
};

/// Runs a command on shares.
pub(super) fn run(config: &Config, share: &Share) -> Result<(), String> {
    match (&share.command, &share.path) {
        (Some(ShareCommand::List), _) => list(&open(config)?),
        (Some(ShareCommand::End { ids }), _) => end(&open(config)?, ids),
        (None, Some(path)) => make(config, share, path),
        (None, None) => Err("name the page to share, such as clients/acme".into()),
    }
}

fn make(config: &Config, share: &Share, path: &str) -> Result<(), String> {
    let path = PagePath::typed(path).map_err(|message| format!("path: {message}"))?;
    let store = open(config)?;
    let found = store.read(|conn| Ok((page_at(conn, &path, share.draft)?, site::get(conn)?.time_zone)));
    let (page, zone) = found.map_err(|error| error.to_string())?;
    let page = page.ok_or_else(|| format!("there is no page or draft {path}: see `postern page list`"))?;
    let shows = match (share.draft, share.below) {
        (true, _) => Shows::Draft,
        (false, true) => Shows::Section,
        (false, false) => Shows::Page,
    };
    let input = ShareInput { label: share.label.clone(), until: share.until.clone(), shows: shows.as_str().into() };
    let now = clock::now();
    let new = input.check(page, zone, now).map_err(|invalid| invalid.to_string())?;
    let secret = Secret::random().map_err(|error| format!("no randomness: {error}"))?;
    let by = Admin::command_line();
    let made = announced(|| {
        store.write(|conn| writing::shares::make(conn, by.editor(), FormId::default(), &new, &secret.hash(), now))
    });
    match made {
        Ok(_) => {}
        Err(Error::Refused(words)) => return Err(words),
        Err(error) => return Err(error.to_string()),
    }
    link::print(config, &format!("/s/{}", secret.reveal()));
    eprintln!("Whoever has this link can read {} until {}.", shows.label(), clock::iso(new.ends_at));
    Ok(())
}

/// The page at a path, or the page of the draft that would be published there.
fn page_at(conn: &mut Conn, path: &PagePath, drafted: bool) -> store::Result<Option<PageId>> {
    let page = pages::find(conn, path)?.map(|page| page.id);
    match page {
        None if drafted => Ok(drafts::find(conn, Admin::command_line().editor(), path)?.map(|draft| draft.page)),
        page => Ok(page),
    }
}

fn list(store: &Store) -> Result<(), String> {
    let everything = Paging { number: 1, size: u32::MAX };
    let now = clock::now();
    let table = store
        .read(|conn| shares::list(conn, Admin::command_line().editor(), &ShareFilter::default(), everything))
        .map_err(|error| error.to_string())?;
    for ShareRow { share, page } in table.rows {
        let path = page.and_then(|(path, _)| path).map_or("-".to_owned(), |path| path.href());
        let state = match (share.is_in_circulation(now), share.is_suspended) {
            (true, false) => "open",
            (true, true) => "suspended",
            (false, _) => "ended",
        };
        let opened = share.opened_at.map_or("never".to_owned(), clock::iso);
        println!(
            "{}\t{path}\t{}\t{state}\t{}\t{opened}\t{}\t{}",
            share.id.0,
            share.shows.as_str(),
            clock::iso(share.end()),
            share.made_by,
            share.label
        );
    }
    Ok(())
}

fn end(store: &Store, ids: &[i64]) -> Result<(), String> {
    let ids: Vec<ShareId> = ids.iter().copied().map(ShareId).collect();
    let by = Admin::command_line();
    let ended = announced(|| store.write(|conn| writing::shares::end(conn, by.editor(), &ids, clock::now())));
    match ended.map_err(|error| error.to_string())? {
        0 => return Err("no such link is open: see `postern share list`".into()),
        1 => println!("Ended 1 link."),
        ended => println!("Ended {ended} links."),
    }
    Ok(())
}
