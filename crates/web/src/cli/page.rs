//! `postern page ...`

use std::io::{Read, stdin};

use domain::{
    access::Admin,
    audience::{Audience, AudienceInput},
    invalid::Invalid,
    page::{BODY_BYTES, Page, PageContent, PageInput, PagePath},
};
use store::{Paging, Store, old_paths, pages, site};

use super::{
    args::PageCommand,
    database::{open, open_or_create},
};
use crate::{clock, config::Config};

/// How many pages are told one by one.
const MOST_TOLD: usize = 20;

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
            let draft = PageInput {
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
                ..PageInput::default()
            };
            let given = Given {
                readers: *private || *public || !readers.is_empty() || !groups.is_empty(),
                date: published.is_some(),
                end: unpublish.is_some(),
            };
            put(&open_or_create(config)?, &path, &draft, &given)
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
        PageCommand::Delete { path, yes } => {
            let (store, page) = existing(config, path)?;
            delete(&store, &page, *yes)
        }
    }
}

/// Without any option the audience of the page above: for a page that is made.
fn audience(private: bool, public: bool, readers: &[String], groups: &[String]) -> AudienceInput {
    let kind = match (private, public, readers.is_empty() && groups.is_empty()) {
        (true, ..) => "signed-in",
        (_, true, _) => "public",
        (.., false) => "chosen",
        (.., true) => "inherited",
    };
    AudienceInput { kind: kind.into(), people: readers.join(","), groups: groups.to_vec() }
}

/// What was named on the command line of that which a page keeps when it is replaced.
struct Given {
    readers: bool,
    date: bool,
    end: bool,
}

impl Given {
    /// Checks what replaces a page: it keeps its chosen readers, its date and its end unless new ones are given.
    fn check_over(&self, draft: PageInput, old: &PageContent) -> Result<PageContent, Invalid> {
        let PageInput { published, unpublish, .. } = PageInput::of(old, draft.zone);
        let draft = PageInput {
            published: if self.date { draft.published } else { published },
            unpublish: if self.end { draft.unpublish } else { unpublish },
            receipts: old.receipts,
            ..draft
        };
        let content = draft.check_over(old)?;
        // Whom an author chose is not lost by silence; `--private` is as it is given.
        let audience = match (&old.audience, self.readers) {
            (Audience::Chosen(_), false) => old.audience.clone(),
            _ => content.audience,
        };
        Ok(PageContent { audience, ..content })
    }
}

fn show_head(page: &Page) {
    let content = &page.content;
    println!("title: {}\npublished: {}", content.title, clock::iso(content.published_at));
    println!("unpublish: {}\n", content.unpublish_at.map_or("never".into(), clock::iso));
}

fn put(store: &Store, path: &PagePath, draft: &PageInput, given: &Given) -> Result<(), String> {
    let now = clock::now();
    let (created, cut_off) = store
        .write(|conn| {
            let draft = PageInput { zone: site::get(conn)?.time_zone, ..draft.clone() };
            let checked = match pages::find(conn, path)? {
                Some(old) => given.check_over(draft, &old.content),
                None => draft.check(now),
            };
            let content = checked.map_err(|invalid| store::Error::Refused(invalid.to_string()))?;
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

fn delete(store: &Store, page: &Page, whoever_gains: bool) -> Result<(), String> {
    let (proof, path) = (Admin::command_line(), &page.content.path);
    let delete = |conn: &mut store::Conn| pages::delete(conn, proof.editor(), &[page.id], clock::now()).map(drop);
    let below = pages::Touched::Below(vec![path.clone()]);
    let effects = store.rehearse(|conn| pages::effect(conn, proof.editor(), &below, delete));
    let gains = effects.map_err(|error| error.to_string())?.into_iter().filter_map(|effect| {
        let who = effect.gained?;
        Some(format!("{} by {who}", effect.path))
    });
    let gains: Vec<String> = gains.collect();
    if !gains.is_empty() && !whoever_gains {
        let (shown, more) = (gains.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join("; "), gains.len());
        return Err(format!(
            "{more} pages below {path} could then be read by more people: {shown}. To do it, add --yes"
        ));
    }
    store.write(delete).map_err(|error| error.to_string())?;
    println!("Deleted {path}.");
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
        println!("{}\t{readers}\t{}\t{}", page.path, clock::iso(page.published_at), page.title);
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
