//! Resolves the path of a file: the access of its page comes first, and only then its name is looked up.

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::{
    access::{self, Access, Visitor},
    file::{File, FileName, WIDTHS},
    page::PagePath,
};
use store::{
    files,
    pages::{self, OutlinedPage},
};

use super::{
    gate::{Decided, Gate, absence, gate, no_path, not_a_reader},
    requester::Requester,
};
use crate::{
    App,
    auth::{
        account::Account,
        extract::{MaybeReader, Reader},
    },
    cache::answers::{CacheKey, Cached, FillToken},
    clock,
    http::{
        answer::{Answer, Caching},
        error::Error,
        query::QueryString,
    },
};

/// The path of a file: that of its page, and its name. The path of a page has no dot.
pub struct FilePath<'a> {
    /// The whole path, without its leading slash.
    path: &'a str,
    /// The path of the page.
    page: &'a str,
    name: &'a str,
}

/// How a request asks for a file.
enum Form {
    /// As it was uploaded (0), or in a width.
    Width(u32),
    /// As the draft of the page has it; for everybody but editors the same as the first.
    Draft,
    /// A width that no picture has.
    Unknown,
}

impl<'a> FilePath<'a> {
    /// The path of a file, as far as its form tells.
    pub fn of(path: &'a str) -> Option<FilePath<'a>> {
        let (page, name) = path.rsplit_once('/').unwrap_or(("", path));
        name.contains('.').then_some(FilePath { path, page, name })
    }

    /// The path of the page, as it is written.
    pub(super) fn page(&self) -> &'a str {
        self.page
    }

    /// The name, as it is written.
    pub(super) fn name(&self) -> &'a str {
        self.name
    }
}

/// The width in which a request asks for a picture; `None` for a file as it was uploaded.
///
/// # Errors
/// 404 for a width that this file does not have.
pub fn width(request: &HttpRequest, file: &File) -> Result<Option<u32>, Error> {
    match form(request) {
        Form::Width(0) | Form::Draft => Ok(None),
        Form::Width(width) if file.name.kind().has_renditions() => Ok(Some(width)),
        Form::Width(_) | Form::Unknown => Err(Error::NotFound),
    }
}

fn form(request: &HttpRequest) -> Form {
    if request.query_string().is_empty() {
        return Form::Width(0);
    }
    let query = QueryString::of(request);
    match (query.has("draft"), query.has("w")) {
        (true, _) => Form::Draft,
        (false, false) => Form::Width(0),
        (false, true) => match WIDTHS.iter().find(|width| width.to_string() == query.get("w")) {
            Some(width) => Form::Width(*width),
            None => Form::Unknown,
        },
    }
}

/// The cached answer with a file. For strangers all names of a private page are alike: the entry that asks them to sign in
/// belongs to the page.
pub(super) async fn cached(app: &App, request: &HttpRequest, file: &FilePath<'_>) -> Result<Option<Answer>, Error> {
    let Form::Width(width) = form(request) else { return Ok(None) };
    let answers = &app.db.cache().answers;
    let key = CacheKey::File(file.path, width);
    match answers.get(CacheKey::FilesOf(file.page), "") {
        Some(Cached::Guarded { is_hidden: false, .. }) => {
            let reader = Reader::of(request).await?;
            Ok(answers.get_for(key, reader.shared_account()))
        }
        Some(Cached::Guarded { is_hidden: true, .. }) => {
            let viewer = MaybeReader::of(request).await?;
            Ok(viewer.shared_account().and_then(|account| answers.get_for(key, account)))
        }
        Some(Cached::Listing | Cached::Answer(_)) | None => Ok(answers.get(key, "").and_then(Cached::answer)),
    }
}

/// The result of resolving the path of a file.
pub enum ResolvedFile {
    /// The file, as it was asked for.
    File(Box<VisibleFile>),
    /// An old path of the page of the file: the current path of the page, and the name of the file.
    Moved(PagePath, FileName),
}

/// A file that its viewer may read.
pub struct VisibleFile {
    file: File,
    /// The width that was asked for; 0 for the file as it was uploaded.
    width: u32,
    caching: Caching,
    fill: Option<Fill>,
}

/// The permission to cache the answer.
struct Fill {
    guard: FillToken,
    file: FillToken,
    account: Option<Arc<Account>>,
    is_hidden: bool,
    expires_at: Option<domain::Timestamp>,
}

impl ResolvedFile {
    /// Resolves the path of a file for the sender of a request.
    ///
    /// # Errors
    /// 401, 403 and 404 as its page gives them; 404 for a name that the page does not have.
    pub async fn of(app: &App, request: &HttpRequest, path: &FilePath<'_>) -> Result<ResolvedFile, Error> {
        let requester = Requester::Sender(request);
        let answers = &app.db.cache().answers;
        answers.count_miss();
        let Ok(page) = PagePath::parse(path.page) else { return Err(no_path(app, request).await) };
        let form = form(request);
        let width = if let Form::Width(width) = form { width } else { 0 };
        let guard = answers.fill_token(CacheKey::FilesOf(path.page));
        let token = answers.fill_token(CacheKey::File(path.path, width));
        let now = clock::now();
        let name = FileName::parse(path.name).ok();
        let wanted = name.clone();
        let load = move |conn: &mut store::Conn, located: &OutlinedPage| match &wanted {
            Some(wanted) => admitted(conn, located, &Visitor::Anonymous, wanted, false).map(Some),
            None => Ok(None),
        };
        let decided = match gate(app, &requester, &page, now, None, load).await? {
            Gate::Page(decided) => decided,
            Gate::Nothing { site, .. } => return without_page(app, &requester, &page, name, site.hides_pages).await,
        };
        let Decided { site, located, is_moved, reader, visitor, access, loaded, .. } = decided;
        let hides = site.hides_pages;
        match access {
            Access::Show if is_moved => {
                return name.map(|name| ResolvedFile::Moved(located.path, name)).ok_or(Error::NotFound);
            }
            Access::Show => {}
            _ if is_moved || hides => return without_page(app, &requester, &page, name, hides).await,
            Access::Challenge => return Err(Error::Unauthorized),
            Access::Refuse => return Err(not_a_reader(&visitor)),
            Access::Absent => return without_page(app, &requester, &page, name, hides).await,
        }
        if page.is_root() && !located.path.is_root() {
            // The files of a page that is also the front page are below its own path, not below `/`.
            return Err(Error::NotFound);
        }
        let Some(name) = name else { return Err(Error::NotFound) };
        // On a public page nothing is verified: an editor is known by credentials that were proven before.
        let visitor = match (&form, &reader) {
            (Form::Draft, None) => requester.recognised().await.visitor(),
            _ => visitor,
        };
        let drafted = matches!(form, Form::Draft) && visitor.may_edit();
        let found = match loaded {
            Some(found) if !drafted => found,
            _ => {
                let (located, visitor, name) = (located.clone(), visitor.clone(), name.clone());
                let read = move |conn: &mut store::Conn| admitted(conn, &located, &visitor, &name, drafted);
                app.db.read(read).await.map_err(Error::undecided)?
            }
        };
        let file = match (found, form) {
            (Admitted::File(file), Form::Width(_) | Form::Draft) => file,
            (Admitted::Nothing, _) | (_, Form::Unknown) => return Err(Error::NotFound),
            // The page changed since it was located.
            (Admitted::Refused, _) => return without_page(app, &requester, &page, None, hides).await,
        };
        if width != 0 && !file.name.kind().has_renditions() {
            return Err(Error::NotFound);
        }
        let outline = located.outline;
        let is_published = located.decide(&Visitor::Anonymous, now) != Some(Access::Absent);
        let is_cacheable = !drafted && is_published;
        let account = reader.as_ref().map(|reader| reader.shared_account().clone());
        let caching = match (drafted, &account) {
            (true, _) => Caching::Never,
            (false, Some(_)) => Caching::Personal,
            (false, None) => Caching::Public,
        };
        let fill = is_cacheable.then_some(Fill {
            guard,
            file: token,
            account,
            is_hidden: hides,
            expires_at: outline.unpublish_at,
        });
        Ok(ResolvedFile::File(Box::new(VisibleFile { file: *file, width, caching, fill })))
    }
}

impl VisibleFile {
    /// The file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The width that was asked for; `None` for the file as it was uploaded.
    pub fn width(&self) -> Option<u32> {
        (self.width != 0).then_some(self.width)
    }

    /// The cache policy of the answer.
    pub fn caching(&self) -> Caching {
        self.caching
    }

    /// Inserts the answer into the cache, if it may be cached.
    pub fn cache(self, app: &App, answer: &Answer) {
        let Some(Fill { guard, file, account, is_hidden, expires_at }) = self.fill else { return };
        let answers = &app.db.cache().answers;
        match account {
            Some(account) => {
                answers.insert(guard, "", Cached::Guarded { lists: false, is_hidden }, expires_at);
                answers.insert_for(file, account, answer.clone(), expires_at);
            }
            None => answers.insert(file, "", Cached::Answer(answer.clone()), expires_at),
        }
    }
}

/// A file that was read for a visitor.
enum Admitted {
    File(Box<File>),
    /// The page has no such file.
    Nothing,
    /// The visitor may not see the page any more.
    Refused,
}

/// Reads the file of a page, and then decides access once more: a file that came with a change of access is shown to
/// nobody whom that change excludes.
fn admitted(
    conn: &mut store::Conn,
    located: &OutlinedPage,
    visitor: &Visitor,
    name: &FileName,
    drafted: bool,
) -> store::Result<Admitted> {
    let file = match access::Editor::of(visitor).filter(|_| drafted) {
        Some(editor) => files::find_drafted(conn, &editor, located.id, name)?,
        None => files::find(conn, located.id, name)?,
    };
    let Some(now_located) = pages::outline(conn, located.id)? else { return Ok(Admitted::Refused) };
    let is_admitted = pages::access(conn, &now_located, visitor, clock::now())? == Access::Show;
    Ok(match (is_admitted, file) {
        (false, _) => Admitted::Refused,
        (true, None) => Admitted::Nothing,
        (true, Some(file)) => Admitted::File(Box::new(file)),
    })
}

/// A file of a page that readers do not see: for editors, the file of its draft.
async fn without_page(
    app: &App,
    requester: &Requester<'_>,
    page: &PagePath,
    name: Option<FileName>,
    hides_pages: bool,
) -> Result<ResolvedFile, Error> {
    let viewer = requester.viewer().await?;
    let editor = access::Editor::of(&viewer.visitor());
    if let (Some(editor), Some(name)) = (editor, name) {
        let page = page.clone();
        let read = move |conn: &mut store::Conn| match store::drafts::find(conn, &editor, &page)? {
            Some(draft) => files::find_drafted(conn, &editor, draft.page, &name),
            None => Ok(None),
        };
        if let Some(file) = app.db.read(read).await? {
            let visible = VisibleFile { file, width: 0, caching: Caching::Never, fill: None };
            return Ok(ResolvedFile::File(Box::new(visible)));
        }
    }
    Err(absence(requester, &viewer, hides_pages).await)
}
