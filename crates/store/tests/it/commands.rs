//! Short forms of commands for tests: each function runs one, with any effect on access.

use domain::{
    Timestamp, Version,
    access::{Admin, Editor},
    audience::Audience,
    bulk_action::BulkActionId,
    draft::{Draft, DraftInput, DraftLock},
    file::FileName,
    group::{Group, GroupContent, GroupId},
    link::Target,
    page::{Page, PageContent, PageId, PagePath},
    revision::Note,
};
use store::{
    Conn, Result, groups, pages,
    writing::{
        self, AddGroup, Command, Consent, Delete, DeleteGroup, DiscardDrafts, DraftVersion, Move, Outcome, Publish,
        Purge, Restore, Run, SaveDraft, Selection, SetAudience, TextFacts, Unpublish, UnpublishForm, UpdateGroup,
        new_page_id,
    },
};

/// Runs a command with a consent.
pub fn run_with(conn: &mut Conn, by: &Editor, command: Command, consent: Consent, now: Timestamp) -> Result<Outcome> {
    let mut run = Run { by, now, consent, links, progress: &mut |_| {}, takes_access: false };
    writing::run(conn, &mut run, &command)
}

/// Runs a command as a bulk action, as the panel does: its pages are recorded in the same transaction.
pub fn run_in_bulk(
    conn: &mut Conn,
    by: &Editor,
    action: BulkActionId,
    command: Command,
    consent: Consent,
    now: Timestamp,
) -> Result<Outcome> {
    let outcome = run_with(conn, by, command, consent, now)?;
    if let Outcome::Pages(pages) = &outcome {
        writing::bulk_actions::insert(conn, by, action, pages, now)?;
    }
    Ok(outcome)
}

/// Runs a command with any effect on access.
pub fn run(conn: &mut Conn, by: &Editor, command: Command, now: Timestamp) -> Result<Outcome> {
    run_with(conn, by, command, Consent::Any, now)
}

/// The values that are kept of a text in these tests: the text is a list of links, each cut to the longest path, and takes a minute for
/// each. A word `=id` is a heading.
pub fn links(_: &PagePath, body: &str) -> TextFacts {
    let targets: Vec<Target> = body.split_whitespace().filter(|word| !word.starts_with('=')).map(target).collect();
    TextFacts { minutes: u32::try_from(targets.len()).unwrap(), targets }
}

/// The target that is written as `path#fragment`.
pub fn target(link: &str) -> Target {
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let (page, name) = path.rsplit_once('/').unwrap_or(("", path));
    let file = FileName::parse(name).ok();
    let path = if file.is_some() { page } else { path };
    Target { path: path.chars().take(PagePath::MAX).collect(), fragment: fragment.to_owned(), file }
}

/// The ids in a text in these tests.
pub fn ids(body: &str) -> Vec<String> {
    body.split_whitespace().filter_map(|word| word.strip_prefix('=')).map(str::to_owned).collect()
}

fn page_of(conn: &mut Conn, by: &Editor, outcome: &Outcome) -> Result<Page> {
    Ok(pages::get(conn, by, outcome.page().unwrap())?.unwrap())
}

/// The command that creates or saves a page.
pub fn publication(page: Option<PageId>, from: Version, lock: Option<DraftLock>, content: &PageContent) -> Command {
    let (is_new, page) = (page.is_none(), page.unwrap_or_else(|| new_page_id().unwrap()));
    Command::Publish(Publish { is_new, lock, ..Publish::after(from, page, content.clone()) })
}

pub fn insert(conn: &mut Conn, by: &Editor, content: &PageContent, now: Timestamp) -> Result<Page> {
    let outcome = run(conn, by, publication(None, Version(0), None, content), now)?;
    page_of(conn, by, &outcome)
}

pub fn update(
    conn: &mut Conn,
    by: &Editor,
    page: PageId,
    from: Version,
    content: &PageContent,
    now: Timestamp,
) -> Result<Page> {
    let outcome = run(conn, by, publication(Some(page), from, None, content), now)?;
    page_of(conn, by, &outcome)
}

pub fn update_with_note(
    conn: &mut Conn,
    by: &Editor,
    page: &Page,
    content: &PageContent,
    note: &Note,
    now: Timestamp,
) -> Result<Page> {
    let (page, from, content, note) = (page.id, page.version, content.clone(), Some(note.clone()));
    let publish = Publish { note, ..Publish::after(from, page, content) };
    let outcome = run(conn, by, Command::Publish(publish), now)?;
    page_of(conn, by, &outcome)
}

pub fn put(conn: &mut Conn, by: &Editor, content: &PageContent, now: Timestamp) -> Result<(Page, bool)> {
    match pages::find(conn, &content.path)? {
        Some(page) => Ok((update(conn, by, page.id, page.version, content, now)?, false)),
        None => Ok((insert(conn, by, content, now)?, true)),
    }
}

pub fn publish(
    conn: &mut Conn,
    by: &Editor,
    page: PageId,
    from: Version,
    lock: DraftLock,
    content: &PageContent,
    now: Timestamp,
) -> Result<Page> {
    let outcome = run(conn, by, publication(Some(page), from, Some(lock), content), now)?;
    page_of(conn, by, &outcome)
}

pub fn publish_new(
    conn: &mut Conn,
    by: &Editor,
    lock: DraftLock,
    content: &PageContent,
    now: Timestamp,
) -> Result<Page> {
    let outcome = run(conn, by, publication(None, Version(0), Some(lock), content), now)?;
    page_of(conn, by, &outcome)
}

pub fn set_audience(
    conn: &mut Conn,
    by: &Editor,
    ids: &[PageId],
    audience: &Audience,
    now: Timestamp,
) -> Result<usize> {
    let command = SetAudience { pages: Selection::Pages(ids.to_vec()), audience: audience.clone() };
    Ok(run(conn, by, Command::SetAudience(command), now)?.count())
}

pub fn delete(conn: &mut Conn, by: &Editor, ids: &[PageId], now: Timestamp) -> Result<usize> {
    Ok(run(conn, by, Command::Delete(Delete(Selection::Pages(ids.to_vec()))), now)?.count())
}

pub fn move_with_below(conn: &mut Conn, by: &Editor, page: &Page, to: &PagePath, now: Timestamp) -> Result<Page> {
    let content = PageContent { path: to.clone(), ..page.content.clone() };
    let (page, from) = (page.id, page.version);
    let publish = Publish { move_below: true, ..Publish::after(from, page, content) };
    let outcome = run(conn, by, Command::Publish(publish), now)?;
    page_of(conn, by, &outcome)
}

pub fn move_under(
    conn: &mut Conn,
    by: &Editor,
    ids: &[PageId],
    under: &PagePath,
    now: Timestamp,
    progress: &mut dyn FnMut(usize),
) -> Result<usize> {
    let command = Command::Move(Move { pages: Selection::Pages(ids.to_vec()), under: under.clone() });
    let mut run = Run { by, now, consent: Consent::Any, links, progress, takes_access: false };
    Ok(writing::run(conn, &mut run, &command)?.count())
}

pub fn unpublish(conn: &mut Conn, by: &Editor, ids: &[PageId], now: Timestamp) -> Result<usize> {
    Ok(run(conn, by, Command::Unpublish(Unpublish(Selection::Pages(ids.to_vec()))), now)?.count())
}

pub fn unpublish_as(
    conn: &mut Conn,
    by: &Editor,
    page: PageId,
    from: Version,
    lock: DraftLock,
    input: &DraftInput,
    now: Timestamp,
) -> Result<()> {
    let command = Command::UnpublishForm(UnpublishForm { page, from, lock, input: input.clone() });
    run(conn, by, command, now).map(drop)
}

pub fn restore(conn: &mut Conn, by: &Editor, page: PageId, path: &PagePath, now: Timestamp) -> Result<bool> {
    let outcome = run(conn, by, Command::Restore(Restore { page, path: path.clone() }), now)?;
    Ok(outcome.page().is_some())
}

pub fn purge(conn: &mut Conn, by: &Editor, ids: &[PageId], now: Timestamp) -> Result<usize> {
    Ok(run(conn, by, Command::Purge(Purge::Pages(ids.to_vec())), now)?.count())
}

pub fn purge_deleted_before(conn: &mut Conn, by: &Editor, before: Timestamp, now: Timestamp) -> Result<usize> {
    Ok(run(conn, by, Command::Purge(Purge::DeletedBefore(before)), now)?.count())
}

pub fn save_draft(
    conn: &mut Conn,
    by: &Editor,
    page: Option<PageId>,
    based_on: Version,
    lock: DraftLock,
    input: &DraftInput,
    now: Timestamp,
) -> Result<Draft> {
    let command = SaveDraft { page, based_on, lock, input: input.clone() };
    match run(conn, by, Command::SaveDraft(command), now)? {
        Outcome::Draft(draft) => Ok(*draft),
        outcome => panic!("{outcome:?}"),
    }
}

pub fn discard(conn: &mut Conn, by: &Editor, page: PageId, seen: Version, now: Timestamp) -> Result<bool> {
    let command = DiscardDrafts(vec![DraftVersion { page, version: seen }]);
    Ok(run(conn, by, Command::DiscardDrafts(command), now)?.count() == 1)
}

pub fn add_group(conn: &mut Conn, admin: &Admin, content: &GroupContent, now: Timestamp) -> Result<Group> {
    match run(conn, admin.editor(), Command::AddGroup(AddGroup::new(admin, content.clone())), now)? {
        Outcome::Group(group) => Ok(groups::get(conn, admin, group)?.unwrap()),
        outcome => panic!("{outcome:?}"),
    }
}

pub fn update_group(
    conn: &mut Conn,
    admin: &Admin,
    group: GroupId,
    from: Version,
    content: &GroupContent,
    now: Timestamp,
) -> Result<()> {
    let command = Command::UpdateGroup(UpdateGroup::new(admin, group, from, content.clone()));
    run(conn, admin.editor(), command, now).map(drop)
}

pub fn delete_group(conn: &mut Conn, admin: &Admin, group: GroupId, now: Timestamp) -> Result<bool> {
    let command = Command::DeleteGroup(DeleteGroup::new(admin, group));
    Ok(run(conn, admin.editor(), command, now)?.count() == 1)
}
