//! `postern page`: publishes, prints, lists and deletes pages.

use std::io::{Read, stdin};

use domain::{
    Version,
    access::Admin,
    audience::AudienceInput,
    invalid::Invalid,
    page::{BODY_BYTES, Page, PageContent, PageInput, PagePath},
    placement::PlacementInput,
    text,
};
use store::{
    Paging, Store, admin_list, old_paths, pages,
    readers::{self, Intention},
    site,
    writing::{Command, Delete, Publish, Selection, new_page_id},
};

use super::{
    command::run_with_consent,
    database::{open, open_or_create},
};
use crate::{
    clock,
    config::{Config, args::PageCommand},
};

/// How often a page is read again and replaced if it was changed while the command waited for the database.
const MAX_TRIES: u32 = 5;
const CHANGED_MEANWHILE: &str = "somebody else changed the page meanwhile: try again";

/// Runs a command on pages.
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
            language,
            published,
            unpublish,
            yes,
        } => {
            // In a form an empty path asks for one made from the title; here it is the root.
            let path = PagePath::typed(path).map_err(|message| format!("path: {message}"))?;
            let input = PageInput {
                path: path.href(),
                title: title.clone(),
                summary: summary.clone().unwrap_or_default(),
                body: read_body()?,
                audience: audience(*private, *public, readers, groups),
                receipts: false,
                show_title: show_title.unwrap_or_default(),
                list_below: list_below.unwrap_or_default(),
                placement: PlacementInput {
                    language: language.clone().unwrap_or_default(),
                    ..PlacementInput::default()
                },
                published: published.clone().unwrap_or_default(),
                unpublish: unpublish.clone().unwrap_or_default(),
                ..PageInput::default()
            };
            let options = SetOptions {
                readers: *private || *public || !readers.is_empty() || !groups.is_empty(),
                date: published.is_some(),
                language: language.is_some(),
                end: unpublish.is_some(),
                summary: summary.is_some(),
                show_title: show_title.is_some(),
                list_below: list_below.is_some(),
            };
            let store = open_or_create(config)?;
            for _ in 0..MAX_TRIES {
                if put(&store, &path, &input, &options, *yes)? {
                    return Ok(());
                }
            }
            Err(CHANGED_MEANWHILE.into())
        }
        PageCommand::Show { path, head } => {
            let (_, page) = existing(config, path)?;
            if *head {
                print_head(&page);
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

/// The audience of the options; without any, a new page inherits the audience of its parent.
fn audience(private: bool, public: bool, readers: &[String], groups: &[String]) -> AudienceInput {
    let kind = match (private, public, readers.is_empty() && groups.is_empty()) {
        (true, ..) => "signed-in",
        (_, true, _) => "public",
        (.., false) => "chosen",
        (.., true) => "inherited",
    };
    AudienceInput { kind: kind.into(), people: readers.join(","), groups: groups.to_vec() }
}

/// Which options were set. Without them, and without the same field in front matter, a page keeps its own values.
struct SetOptions {
    readers: bool,
    date: bool,
    end: bool,
    language: bool,
    summary: bool,
    show_title: bool,
    list_below: bool,
}

impl SetOptions {
    /// Validates the input of a replacement, which keeps what it does not set: everything of the old page but the title and
    /// the text.
    fn check_over(&self, input: PageInput, old: &PageContent) -> Result<PageContent, Invalid> {
        let PageInput { published, unpublish, .. } = PageInput::of(old, input.zone);
        let mut placement = PlacementInput::of(&old.placement);
        if self.language || !input.placement.language.is_empty() {
            placement.language.clone_from(&input.placement.language);
        }
        let input = PageInput {
            published: if self.date || !input.published.is_empty() { input.published } else { published },
            unpublish: if self.end { input.unpublish } else { unpublish },
            summary: if self.summary || !input.summary.is_empty() { input.summary } else { old.summary.clone() },
            show_title: if self.show_title { input.show_title } else { old.show_title },
            list_below: if self.list_below { input.list_below } else { old.list_below },
            receipts: old.receipts,
            placement,
            ..input
        };
        let content = input.check_over(old)?;
        let audience = if self.readers { content.audience } else { old.audience.clone() };
        Ok(PageContent { audience, ..content })
    }
}

fn print_head(page: &Page) {
    let content = &page.content;
    println!("title: {}\npublished: {}", content.title, clock::iso(content.published_at));
    println!("unpublish: {}", content.unpublish_at.map_or("never".into(), clock::iso));
    if let Some(language) = &content.placement.language {
        println!("language: {language}");
    }
    println!();
}

/// Adds or replaces a page. Returns false if somebody else changed it after it was read.
fn put(store: &Store, path: &PagePath, input: &PageInput, options: &SetOptions, yes: bool) -> Result<bool, String> {
    let (old, zone, moved_page) = store
        .read(|conn| Ok((pages::find(conn, path)?, site::get(conn)?.time_zone, old_paths::target(conn, path)?)))
        .map_err(|error| error.to_string())?;
    let mut input = PageInput { zone, ..input.clone() };
    let remark = input.take_front_matter();
    let checked = match &old {
        Some(old) => options.check_over(input, &old.content),
        None => input.check(clock::now()),
    };
    let content = checked.map_err(|invalid| invalid.to_string())?;
    let page = match &old {
        Some(old) => old.id,
        None => new_page_id().map_err(|error| error.to_string())?,
    };
    let from = old.as_ref().map_or(Version(0), |old| old.version);
    let intention = Intention { page: Some(page), path: Some(path.clone()), audience: content.audience.clone() };
    let publish =
        Publish { is_new: old.is_none(), names_readers: options.readers, ..Publish::after(from, page, content) };
    if run_with_consent(store, &Command::Publish(publish), yes)?.is_none() {
        return Ok(false);
    }
    println!("{} {path}.", if old.is_none() { "Added" } else { "Replaced" });
    let outlook = store.read(|conn| readers::outlook(conn, Admin::command_line().editor(), &intention));
    for links in outlook.map(|outlook| outlook.links).unwrap_or_default() {
        println!("{}.", links.words());
    }
    if let Some(remark) = remark {
        println!("{remark}");
    }
    if let Some(page) = moved_page {
        println!("{} had this path before, and is no longer reachable through it.", page.content.path);
    }
    Ok(true)
}

fn delete(store: &Store, page: &Page, yes: bool) -> Result<(), String> {
    let command = Command::Delete(Delete(Selection::one(page.id)));
    run_with_consent(store, &command, yes)?.ok_or(CHANGED_MEANWHILE)?;
    println!("Deleted {}.", page.content.path);
    Ok(())
}

fn list(store: &Store) -> Result<(), String> {
    let sort = admin_list::PageSort { by: admin_list::PageColumn::Path, descending: false };
    let everything = Paging { number: 1, size: u32::MAX };
    let filter = admin_list::PageFilter::default();
    let table = store
        .read(|conn| admin_list::list(conn, Admin::command_line().editor(), &filter, sort, everything))
        .map_err(|error| error.to_string())?;
    for page in table.rows {
        let readers = page.access.word();
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
    // Reads no more than it takes to detect an oversized text. Twice the limit, because a line end may have two bytes.
    let max_bytes = BODY_BYTES * 2;
    stdin()
        .take(max_bytes as u64 + 1)
        .read_to_end(&mut body)
        .map_err(|error| format!("the text cannot be read: {error}"))?;
    if body.len() > max_bytes {
        return Err(format!("the text is too long: at most {BODY_BYTES} bytes (1 MiB)"));
    }
    text::from_bytes(&body).map_err(|message| format!("the text on standard input: {message}"))
}
