//! `postern page ...`

use std::io::{Read, stdin};

use domain::{
    access::Admin,
    audience::AudienceDraft,
    page::{BODY_BYTES, Page, PageContent, PageDraft, PagePath},
};
use store::{Paging, Store, old_paths, pages, site};

use super::{open, open_or_create};
use crate::{
    clock,
    config::{Config, PageCommand},
    view,
};

/// Runs one command on pages.
pub(super) fn run(config: &Config, command: &PageCommand) -> Result<(), String> {
    match command {
        PageCommand::Put {
            path,
            title,
            summary,
            private,
            public,
            readers,
            groups,
            show_title,
            list_below,
            published,
            unpublish,
        } => {
            // An empty path in a draft asks for one made from the title; here it is the root.
            let path = PagePath::typed(path).map_err(|message| format!("path: {message}"))?;
            let draft = PageDraft {
                path: path.href(),
                title: title.clone(),
                summary: summary.clone(),
                body: read_body()?,
                audience: audience(*private, *public, readers, groups),
                receipts: false,
                show_title: *show_title,
                list_below: *list_below,
                published: published.clone().unwrap_or_default(),
                unpublish: unpublish.clone().unwrap_or_default(),
                ..PageDraft::default()
            };
            put(&open_or_create(config)?, &path, draft, Given { date: published.is_some(), end: unpublish.is_some() })
        }
        PageCommand::Show { path, head } => {
            let (_, page) = existing(config, path)?;
            if *head {
                show_head(&page);
            }
            print!("{}", page.content.body);
            Ok(())
        }
        PageCommand::List => list(&open(config)?),
        PageCommand::Delete { path } => {
            let (store, page) = existing(config, path)?;
            store
                .write(|conn| pages::delete(conn, Admin::command_line().editor(), &[page.id], clock::now()))
                .map_err(|error| error.to_string())?;
            println!("Deleted {}.", page.content.path);
            Ok(())
        }
    }
}

/// Without any option the audience of the page above.
fn audience(private: bool, public: bool, readers: &[String], groups: &[String]) -> AudienceDraft {
    let kind = match (private, public, readers.is_empty() && groups.is_empty()) {
        (true, ..) => "signed-in",
        (_, true, _) => "public",
        (.., false) => "chosen",
        (.., true) => "inherited",
    };
    AudienceDraft { kind: kind.into(), people: readers.join(","), groups: groups.to_vec() }
}

/// Which moments were named on the command line.
struct Given {
    date: bool,
    end: bool,
}

impl Given {
    /// A page that is replaced keeps its date and its end unless new ones are given.
    fn over(&self, draft: PageDraft, old: &PageContent) -> PageDraft {
        let PageDraft { published, unpublish, .. } = PageDraft::of(old, draft.zone);
        PageDraft {
            published: if self.date { draft.published } else { published },
            unpublish: if self.end { draft.unpublish } else { unpublish },
            receipts: old.receipts,
            ..draft
        }
    }
}

fn show_head(page: &Page) {
    let content = &page.content;
    println!("title: {}\npublished: {}", content.title, view::iso(content.published_at));
    println!("unpublish: {}\n", content.unpublish_at.map_or("never".into(), view::iso));
}

fn put(store: &Store, path: &PagePath, mut draft: PageDraft, given: Given) -> Result<(), String> {
    let now = clock::now();
    let look = |conn: &mut store::Conn| Ok((site::get(conn)?.time_zone, pages::find(conn, path)?));
    let (zone, old) = store.read(look).map_err(|error| error.to_string())?;
    draft.zone = zone;
    let checked = match old {
        Some(old) => given.over(draft, &old.content).check_over(&old.content),
        None => draft.check(now),
    };
    let content = checked.map_err(|invalid| invalid.to_string())?;
    let (created, cut_off) = store
        .write(|conn| {
            let cut_off = old_paths::target(conn, path)?;
            let (_, created) = pages::put(conn, Admin::command_line().editor(), &content, now)?;
            Ok((created, cut_off))
        })
        .map_err(|error| error.to_string())?;
    println!("{} {path}.", if created { "Made" } else { "Replaced" });
    if let Some(page) = cut_off {
        println!("It was an old path of {}, which is no longer found there.", page.content.path);
    }
    Ok(())
}

fn list(store: &Store) -> Result<(), String> {
    let sort = pages::PageSort { by: pages::PageColumn::Path, descending: false };
    let everything = Paging { number: 1, size: u32::MAX };
    let filter = pages::PageFilter::default();
    let table = store
        .read(|conn| pages::every(conn, Admin::command_line().editor(), &filter, sort, everything))
        .map_err(|error| error.to_string())?;
    for page in table.rows {
        let readers = match page.reach {
            pages::Reach::Everybody => "public",
            pages::Reach::SignedIn => "private",
            pages::Reach::Chosen => "chosen",
        };
        println!("{}\t{readers}\t{}\t{}", page.path, view::iso(page.published_at), page.title);
    }
    Ok(())
}

fn existing(config: &Config, path: &str) -> Result<(Store, Page), String> {
    let path = PagePath::typed(path).map_err(|message| format!("path: {message}"))?;
    let store = open(config)?;
    let page = store.read(|conn| pages::find(conn, &path)).map_err(|error| error.to_string())?;
    let page = page.ok_or_else(|| format!("there is no page {path}: see `postern page list`"))?;
    Ok((store, page))
}

fn read_body() -> Result<String, String> {
    let mut body = Vec::new();
    // Enough to tell that it is too long, without taking all of it in: twice, because a line end may have two bytes.
    let most = BODY_BYTES * 2;
    stdin()
        .take(most as u64 + 1)
        .read_to_end(&mut body)
        .map_err(|error| format!("the text cannot be read: {error}"))?;
    if body.len() > most {
        return Err(format!("the text is too long: at most {BODY_BYTES} bytes (1 MiB)"));
    }
    String::from_utf8(body).map_err(|_| "the text on standard input is not UTF-8".into())
}
