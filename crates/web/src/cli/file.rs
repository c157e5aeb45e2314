//! `postern file`: adds, lists, prints and deletes files of pages.

use std::{
    fs::File,
    io::{self, Read, Write, stdin, stdout},
    path::Path,
};

use domain::{
    access::Admin,
    file::{Content, ContentId, FileName, PART_BYTES},
    page::{Page, PagePath},
};
use store::{
    Error, Store, files, pages,
    writing::{AddFile, ChangeFile, Command, Consent, FileChange, contents},
};

use super::{command, database::open, waiting::announced};
use crate::{
    clock,
    config::{Config, args::FileCommand},
    stored_content::StoredContent,
    upload::{Limits, Upload, Written},
};

/// Runs a command on files.
pub(super) fn run(config: &Config, command: &FileCommand) -> Result<(), String> {
    match command {
        FileCommand::Put { at, file, cover } => {
            let (store, page, name) = page_and_name(config, at)?;
            if *cover && !name.kind().may_be_cover() {
                return Err(format!("{name} cannot be the cover: only a picture can"));
            }
            let content = if file.as_os_str() == "-" {
                upload(&store, &name, config.serve.upload_limits(), stdin().lock())?
            } else {
                let opened = File::open(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
                upload(&store, &name, config.serve.upload_limits(), opened)?
            };
            let replaces = store.read(|conn| files::find(conn, page.id, &name)).map_err(|error| error.to_string())?;
            let alt = replaces.as_ref().map_or_else(String::new, |file| file.alt.clone());
            let add = AddFile { page: page.id, name: name.clone(), content, alt, replaces: true, at_once: true };
            let mut commands = vec![Command::AddFile(add)];
            commands.extend(cover.then(|| set_cover(&page, &name, true)));
            execute(&store, &page, &name, &commands)?;
            println!("{} {}.", if replaces.is_some() { "Replaced" } else { "Added" }, address(&page, &name));
            if *cover {
                println!("It is the cover of {}.", page.content.path);
            }
            if is_drafted(&store, &page, &name)? {
                println!("The draft of the page has another {name}, which replaces it when the draft is published.");
            }
            Ok(())
        }
        FileCommand::Cover { at, none } => {
            let (store, page, name) = page_and_name(config, at)?;
            if store.read(|conn| files::find(conn, page.id, &name)).map_err(|error| error.to_string())?.is_none() {
                return Err(absent(&page, &name));
            }
            execute(&store, &page, &name, &[set_cover(&page, &name, !none)])?;
            match none {
                true => println!("{} is not the cover of {}.", address(&page, &name), page.content.path),
                false => println!("{} is the cover of {}.", address(&page, &name), page.content.path),
            }
            Ok(())
        }
        FileCommand::List { path } => {
            let (store, page) = page(config, &PagePath::typed(path).map_err(|message| format!("path: {message}"))?)?;
            let files = store.read(|conn| files::live(conn, page.id)).map_err(|error| error.to_string())?;
            for file in files {
                let at = clock::iso(file.uploaded_at);
                println!("{}\t{}\t{at}\t{}", file.name, file.content.bytes, file.uploaded_by);
            }
            Ok(())
        }
        FileCommand::Get { at, output } => {
            let (store, page, name) = page_and_name(config, at)?;
            let file = store.read(|conn| files::find(conn, page.id, &name)).map_err(|error| error.to_string())?;
            let file = file.ok_or_else(|| absent(&page, &name))?;
            get(&store, &file.content, output)
        }
        FileCommand::Delete { at } => {
            let (store, page, name) = page_and_name(config, at)?;
            let change = ChangeFile { page: page.id, name: name.clone(), change: FileChange::Remove { at_once: true } };
            if store.read(|conn| files::find(conn, page.id, &name)).map_err(|error| error.to_string())?.is_none() {
                return Err(absent(&page, &name));
            }
            let is_drafted = is_drafted(&store, &page, &name)?;
            execute(&store, &page, &name, &[Command::ChangeFile(change)])?;
            println!(
                "Deleted {}{}.",
                address(&page, &name),
                if is_drafted { ", in the draft of the page, too" } else { "" }
            );
            Ok(())
        }
    }
}

/// The address of a file on the site.
fn address(page: &Page, name: &FileName) -> String {
    page.content.path.file_href(name)
}

fn absent(page: &Page, name: &FileName) -> String {
    format!("there is no file {}: see `postern file list {}`", address(page, name), page.content.path.href())
}

/// Whether the draft of a page has a file of its own under a name.
fn is_drafted(store: &Store, page: &Page, name: &FileName) -> Result<bool, String> {
    let by = Admin::command_line();
    let all = store.read(|conn| files::all(conn, by.editor(), page.id)).map_err(|error| error.to_string())?;
    Ok(all.iter().any(|file| file.since.is_none() && file.name == *name))
}

fn page_and_name(config: &Config, at: &str) -> Result<(Store, Page, FileName), String> {
    let (path, name) = at.rsplit_once('/').unwrap_or(("", at));
    let path = PagePath::typed(path).map_err(|message| format!("path: {message}"))?;
    let name = FileName::parse(name).map_err(|message| format!("the name {name}: {message}"))?;
    let (store, page) = page(config, &path)?;
    Ok((store, page, name))
}

fn page(config: &Config, path: &PagePath) -> Result<(Store, Page), String> {
    let store = open(config)?;
    let page = store.read(|conn| pages::find(conn, path)).map_err(|error| error.to_string())?;
    let page = page.ok_or_else(|| format!("there is no published page {path}: see `postern page list`"))?;
    Ok((store, page))
}

/// Stores the bytes of a file. The stored bytes of a refused file are deleted.
fn upload(store: &Store, name: &FileName, limits: Limits, bytes: impl Read) -> Result<ContentId, String> {
    let mut upload = Upload::new(name, limits);
    if let Err(message) = receive(store, &mut upload, bytes) {
        discard(store, upload.content());
        return Err(message);
    }
    let content = upload.content();
    let end = upload.end().map_err(|refused| refused.to_string());
    let written = end.and_then(|end| {
        announced(|| store.write(|conn| end.write(conn, clock::now()))).map_err(|error| not_stored(&error))
    });
    let stored = written.and_then(stored);
    if stored.is_err() {
        discard(store, content);
    }
    stored
}

fn receive(store: &Store, upload: &mut Upload, mut bytes: impl Read) -> Result<(), String> {
    let mut buffer = vec![0; PART_BYTES];
    loop {
        let count = match bytes.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("the file cannot be read: {error}")),
        };
        upload.push(buffer.get(..count).unwrap_or_default()).map_err(|refused| refused.to_string())?;
        while let Some(batch) = upload.batch() {
            let written = announced(|| store.write(|conn| batch.write(conn, clock::now())));
            upload.written(stored(written.map_err(|error| not_stored(&error))?)?);
        }
    }
}

fn stored(written: Written) -> Result<ContentId, String> {
    match written {
        Written::In(content) => Ok(content),
        Written::NoSpace => Err("the files of this site have all the space that they may take: delete some, or raise \
                                 POSTERN_FILES_GIB"
            .into()),
    }
}

fn not_stored(error: &Error) -> String {
    format!("the file was not stored: {error}")
}

/// Deletes the bytes of an upload; those that remain are swept after a day.
fn discard(store: &Store, content: Option<ContentId>) {
    if let Some(content) = content {
        while store.write(|conn| contents::discard(conn, content)) == Ok(false) {}
    }
}

/// Writes a content part by part.
fn get(store: &Store, content: &Content, output: &Path) -> Result<(), String> {
    if output.as_os_str() == "-" {
        return copy(store, content, stdout().lock()).map_err(|message| format!("standard output: {message}"));
    }
    let file = File::create_new(output).map_err(|error| format!("{} cannot be created: {error}", output.display()))?;
    copy(store, content, file).map_err(|message| format!("{}, which is incomplete: {message}", output.display()))
}

fn copy(store: &Store, content: &Content, mut to: impl Write) -> Result<(), String> {
    let mut stored = StoredContent::new(store, content.id, content.bytes);
    let copied = io::copy(&mut stored, &mut to).and_then(|_| to.flush());
    copied.map_err(|error| error.to_string())
}

fn set_cover(page: &Page, name: &FileName, is_cover: bool) -> Command {
    let change = FileChange::SetCover { is_cover, at_once: true };
    Command::ChangeFile(ChangeFile { page: page.id, name: name.clone(), change })
}

/// Runs commands in one transaction. A file has the readers of its page, and nobody gains access to a page.
fn execute(store: &Store, page: &Page, name: &FileName, commands: &[Command]) -> Result<(), String> {
    command::run_all(store, commands, Consent::Stated).map_err(|error| match error {
        Error::Stale => format!("{} was changed by somebody else meanwhile: try again", address(page, name)),
        Error::Refused(message) => message,
        error => error.to_string(),
    })
}
