//! Resolves a path below the link of a share. The share, the page and the rule are read from the database with each
//! request, in one snapshot: a share that ended opens nothing from the next request on, on every instance.

use std::{collections::BTreeSet, sync::Arc};

use actix_web::HttpRequest;
use domain::{
    Timestamp,
    access::{Access, Holder, Visitor, decide},
    draft::Draft,
    file::{File, FileName},
    language::LanguageTag,
    page::{Page, PagePath},
    secret::SecretHash,
    share::{Share, Shows},
    site::Site,
};
use store::{
    Conn, drafts, files,
    pages::{self, Located, OutlinedPage},
    shares,
};

use super::{file::FilePath, requester::begin};
use crate::{
    App,
    auth::secret::Secret,
    clock,
    http::{budget, error::Error},
};

/// What is at an address below the link of a share.
pub enum Shared {
    /// A page that the holder may read, or a draft.
    Page(Box<SharedPage>),
    /// A file of such a page.
    File(Box<SharedFile>),
    /// The address of a page that everybody may read, or of a file of it.
    Public(String),
}

/// A page or a draft as the holder of a share sees it.
pub struct SharedPage {
    /// The share.
    pub share: Share,
    /// The settings of the site.
    pub site: Arc<Site>,
    /// The address of the shared page by this link: `/s/` and the secret.
    pub address: String,
    /// What is shown.
    pub content: SharedContent,
    /// The files that the text may name.
    pub files: Vec<File>,
    /// The tag of the language, if it is not that of the site.
    pub language: Option<LanguageTag>,
    /// The holder; `None` for a draft.
    pub holder: Option<Holder>,
    /// The title of the shared page, on a page below it.
    pub above: Option<String>,
    /// The share of the budget of pages in progress.
    _in_progress: budget::Share,
}

/// The text that is shown.
pub enum SharedContent {
    /// A published page.
    Page(Box<Page>),
    /// A draft, at its path.
    Draft(Box<Draft>, PagePath),
}

/// A file as the holder of a share has it.
pub struct SharedFile {
    /// The file.
    pub file: File,
}

/// What the database has at an address below a link.
enum Found {
    Page(Box<FoundPage>),
    File(Box<File>),
    Public(PagePath),
    Ended(Timestamp),
    Nothing,
}

struct FoundPage {
    share: Share,
    content: SharedContent,
    files: Vec<File>,
    language: Option<LanguageTag>,
    holder: Option<Holder>,
    above: Option<String>,
}

impl Shared {
    /// Resolves the path of a request below `/s/`. Credentials are not looked at.
    ///
    /// # Errors
    /// 404 for an unknown secret, and for what the share does not open; 410 for a share that ended; 503 when the database does
    /// not answer.
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Shared, Error> {
        let path = super::path(request).strip_prefix("s/").ok_or(Error::NotFound)?;
        let (secret, below) = path.split_once('/').unwrap_or((path, ""));
        let secret = Secret::parse(secret).ok_or(Error::NotFound)?;
        let wanted = Wanted::of(below).ok_or(Error::NotFound)?;
        let in_progress = begin(app, request).await?;
        let (hash, now) = (secret.hash(), clock::now());
        let name = wanted.name.clone();
        let read = move |conn: &mut Conn| find(conn, &hash, &wanted, now);
        let found = app.db.read_snapshot(read).await.map_err(Error::undecided)?;
        match found {
            Found::Nothing => Err(Error::NotFound),
            Found::Ended(at) => Err(Error::Ended(at)),
            Found::Public(path) => Ok(Shared::Public(name.map_or_else(|| path.href(), |name| path.file_href(&name)))),
            Found::File(file) => Ok(Shared::File(Box::new(SharedFile { file: *file }))),
            Found::Page(page) => {
                let FoundPage { share, content, files, language, holder, above } = *page;
                let address = format!("/s/{}", secret.reveal());
                let site = app.db.site().await;
                let page = SharedPage {
                    share,
                    site,
                    address,
                    content,
                    files,
                    language,
                    holder,
                    above,
                    _in_progress: in_progress,
                };
                Ok(Shared::Page(Box::new(page)))
            }
        }
    }
}

/// What a request asks for below the shared page.
struct Wanted {
    /// The path of the page below the shared one; empty for the shared one.
    below: String,
    /// The name of a file of the page.
    name: Option<FileName>,
}

impl Wanted {
    fn of(below: &str) -> Option<Wanted> {
        match FilePath::of(below) {
            None => Some(Wanted { below: below.to_owned(), name: None }),
            Some(file) => {
                let name = FileName::parse(file.name()).ok()?;
                Some(Wanted { below: file.page().to_owned(), name: Some(name) })
            }
        }
    }

    fn path(&self, shared: &PagePath) -> Option<PagePath> {
        match (self.below.as_str(), shared.is_root()) {
            ("", _) => Some(shared.clone()),
            (below, true) => PagePath::parse(below).ok(),
            (below, false) => PagePath::parse(&format!("{}/{below}", shared.as_str())).ok(),
        }
    }
}

fn find(conn: &mut Conn, secret: &SecretHash, wanted: &Wanted, now: Timestamp) -> store::Result<Found> {
    let Some(share) = shares::find(conn, secret)? else { return Ok(Found::Nothing) };
    if !share.is_in_circulation(now) {
        return Ok(Found::Ended(share.end()));
    }
    // It may open something again, and has no moment at which it ended.
    if share.is_suspended {
        return Ok(Found::Nothing);
    }
    if share.shows == Shows::Draft {
        return find_draft(conn, share, wanted, now);
    }
    let Some(holder) = pages::holder(conn, &share)? else { return Ok(Found::Nothing) };
    let Some(path) = wanted.path(&holder.path).filter(|path| holder.reaches(path)) else { return Ok(Found::Nothing) };
    let Located::Page(located) = pages::locate(conn, &path)? else { return Ok(Found::Nothing) };
    if is_public(&located, now) {
        return Ok(Found::Public(located.path));
    }
    let visitor = Visitor::Holder(holder.clone());
    if pages::access(conn, &located, &visitor, now)? != Access::Show {
        return Ok(Found::Nothing);
    }
    if let Some(name) = &wanted.name {
        let file = files::find(conn, located.id, name)?;
        return Ok(file.map_or(Found::Nothing, |file| Found::File(Box::new(file))));
    }
    let page = pages::load(conn, &located)?.filter(|page| decide(page, &visitor, now) == Access::Show);
    let Some(page) = page else { return Ok(Found::Nothing) };
    let above = match page.id == holder.page {
        true => None,
        false => shared_title(conn, &holder, now)?,
    };
    let language = pages::language(conn, &page.content.path, page.content.placement.language.as_ref())?;
    let files = files::live(conn, page.id)?;
    let content = SharedContent::Page(Box::new(page));
    Ok(Found::Page(Box::new(FoundPage { share, content, files, language, holder: Some(holder), above })))
}

/// The title of the shared page, if its holder may read it now.
fn shared_title(conn: &mut Conn, holder: &Holder, now: Timestamp) -> store::Result<Option<String>> {
    let Some(located) = pages::outline(conn, holder.page)? else { return Ok(None) };
    let visitor = Visitor::Holder(holder.clone());
    let page = pages::load(conn, &located)?.filter(|page| decide(page, &visitor, now) == Access::Show);
    Ok(page.map(|page| page.content.title))
}

/// A draft, or the published page that it became, if everybody may read it.
fn find_draft(conn: &mut Conn, share: Share, wanted: &Wanted, now: Timestamp) -> store::Result<Found> {
    let Some(proof) = share.draft(now).filter(|_| wanted.below.is_empty()) else { return Ok(Found::Nothing) };
    let Some(draft) = drafts::shared(conn, proof)? else {
        let public = pages::outline(conn, share.page)?.filter(|located| is_public(located, now));
        return Ok(public.map_or(Found::Nothing, |located| Found::Public(located.path)));
    };
    if let Some(name) = &wanted.name {
        let file = files::find_shared(conn, proof, name)?;
        return Ok(file.map_or(Found::Nothing, |file| Found::File(Box::new(file))));
    }
    let path = draft.typed.path().unwrap_or_else(PagePath::root);
    let own = draft.typed.page.placement.check_language().ok().flatten();
    let language = pages::language(conn, &path, own.as_ref())?;
    let files = files::shared(conn, proof)?;
    let content = SharedContent::Draft(Box::new(draft), path);
    Ok(Found::Page(Box::new(FoundPage { share, content, files, language, holder: None, above: None })))
}

fn is_public(located: &OutlinedPage, now: Timestamp) -> bool {
    located.outline.decide(&located.path, &Visitor::Anonymous, now) == Some(Access::Show)
}

impl SharedPage {
    /// The path of the page or of the draft.
    pub fn path(&self) -> &PagePath {
        match &self.content {
            SharedContent::Page(page) => &page.content.path,
            SharedContent::Draft(_, path) => path,
        }
    }

    /// The path that the link itself opens.
    fn root(&self) -> &PagePath {
        self.holder.as_ref().map_or_else(|| self.path(), |holder| &holder.path)
    }

    /// The pages that the link opens, of those to which the links of a page lead.
    ///
    /// # Errors
    /// As every query.
    pub async fn opened(&self, app: &App, paths: &[String]) -> Result<BTreeSet<PagePath>, Error> {
        /// The maximum number of linked pages that are looked up; links to further ones lead to the site.
        const MAX_PAGES: usize = 1000;
        let own = self.root();
        let mut opened = BTreeSet::from([self.path().clone()]);
        let pages: BTreeSet<PagePath> = paths.iter().filter_map(|path| Some(page_and_file(path)?.0)).collect();
        let pages: Vec<PagePath> =
            pages.into_iter().filter(|page| page == own || page.is_below(own)).take(MAX_PAGES).collect();
        if let Some(holder) = self.holder.clone().filter(|_| pages.iter().any(|page| page != self.path())) {
            let read = move |conn: &mut Conn| pages::opened_by(conn, &holder, &pages, clock::now());
            opened.extend(app.db.read(read).await?);
        }
        Ok(opened)
    }

    /// The address by this link of a path of the site; `None` for what the link does not open.
    pub fn address_of(&self, path: &str, opened: &BTreeSet<PagePath>) -> Option<String> {
        let (page, file) = page_and_file(path)?;
        if !opened.contains(&page) {
            return None;
        }
        let rest = page.as_str().strip_prefix(self.root().as_str())?.trim_start_matches('/');
        let parts = [rest, file].into_iter().filter(|part| !part.is_empty());
        Some(parts.fold(self.address.clone(), |address, part| format!("{address}/{part}")))
    }
}

/// The page to whose address a path belongs, and the name of its file; empty for the page itself.
fn page_and_file(path: &str) -> Option<(PagePath, &str)> {
    let path = path.strip_prefix('/').unwrap_or(path);
    match FilePath::of(path) {
        Some(file) => Some((PagePath::parse(file.page()).ok()?, file.name())),
        None => Some((PagePath::parse(path.strip_suffix('/').unwrap_or(path)).ok()?, "")),
    }
}
