//! Resolves the path of a request for its viewer: to a cached answer, a page, a draft, a redirect or a list.

mod file;
mod gate;
mod passage;
mod requester;
mod shared;
mod visible;

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    http::{Method, header::AUTHORIZATION},
};
use domain::{
    Timestamp,
    access::{Access, decide},
    page::PagePath,
};
use store::pages::{self, OutlinedPage};

pub use file::{FilePath, ResolvedFile, width};
pub use gate::no_path;
pub use passage::Passage;
pub use shared::{Shared, SharedContent, SharedFile, SharedPage};
pub use visible::{Section, VisibleDraft, VisiblePage};

use super::{cache_fill::FillTokens, list_query::ListQuery, plain};
use crate::{
    App,
    auth::{
        extract::{Editor, MaybeReader, Reader},
        sign_in,
    },
    cache::answers::{CacheKey, Cached},
    clock,
    http::{answer::Answer, envelope::Envelope, error::Error, query::QueryString},
};
use gate::{Decided, Gate, absence, gate, not_a_reader};
use requester::Requester;

/// The result of resolving a path.
pub enum Resolved {
    /// A cached answer that is current and made for this viewer.
    Finished(Answer),
    /// A page that this viewer may see.
    Page(Box<VisiblePage>),
    /// The draft of a new page with this path, for an editor.
    Draft(Box<VisibleDraft>),
    /// An old path of a page that this viewer may see, with its current path.
    Moved(PagePath),
    /// A path without a page for this viewer; there may be pages below it.
    Section(Box<Section>),
}

impl Resolved {
    /// Resolves the path of a request.
    ///
    /// # Errors
    /// 401 for a private page without valid credentials, 404 for an invalid path (401 to strangers on a site that hides its
    /// pages), or as [`sign_in`](crate::auth::sign_in::sign_in).
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Resolved, Error> {
        // Before the path is parsed: only valid paths are cached.
        match cached(app, request, path(request)).await? {
            Some(answer) => Ok(Resolved::Finished(answer)),
            None => match PagePath::parse(path(request)) {
                Ok(wanted) => Box::pin(find(app, Requester::Sender(request), wanted, list_query(request))).await,
                Err(_) => Err(no_path(app, request).await),
            },
        }
    }

    /// The cached answer to a request, before a route is chosen for it: a page never has the path of a route.
    ///
    /// # Errors
    /// As [`Resolved::of`].
    pub async fn from_cache(app: &App, request: &HttpRequest) -> Result<Option<Answer>, Error> {
        match *request.method() {
            // No share is in the cache, and nobody is recognised there.
            Method::GET | Method::HEAD if Envelope::of(request).has_secret => Ok(None),
            Method::GET | Method::HEAD => {
                let answer = cached(app, request, path(request)).await?;
                Ok(answer.map(|answer| plain::of(request, answer)))
            }
            _ => Ok(None),
        }
    }

    /// The cached answer that strangers get, for a request whose own answer could not be read from the database; `None` for a path
    /// that is private.
    pub fn for_strangers(app: &App, request: &HttpRequest) -> Option<Answer> {
        let path = path(request);
        match app.db.cache().answers.get(CacheKey::Path(path), "")? {
            Cached::Answer(answer) => Some(answer),
            Cached::Guarded { is_hidden: false, .. } => None,
            Cached::Guarded { is_hidden: true, .. } | Cached::Listing => {
                list_of_strangers(app, path, "").filter(|_| list_query(request) == ListQuery::START)
            }
        }
    }

    /// Resolves a path for the sender of a request for something else that has the access of the page at this path, such as
    /// its feed. The answer is not cached at the path.
    ///
    /// # Errors
    /// As [`Resolved::of`].
    pub async fn page(app: &App, request: &HttpRequest, path: PagePath) -> Result<Resolved, Error> {
        Box::pin(find(app, Requester::Sender(request), path, ListQuery::START)).await
    }

    /// Resolves a path for the viewer that an editor impersonates. The answer is not cached.
    pub async fn seen_by(
        app: &App,
        viewer: MaybeReader,
        path: PagePath,
        list_query: ListQuery,
    ) -> Result<Resolved, Error> {
        Box::pin(find(app, Requester::Impersonated(viewer), path, list_query)).await
    }
}

/// The path as the router decoded and matched it, without its leading slash. A decision about `request.path()`, which
/// is not decoded, could be bypassed with another spelling.
pub(super) fn path(request: &HttpRequest) -> &str {
    let path = request.match_info().as_str();
    path.strip_prefix('/').unwrap_or(path)
}

fn list_query(request: &HttpRequest) -> ListQuery {
    ListQuery::of(&QueryString::of(request))
}

/// The cached answer. The access rule decided when it was made; the cache returns it only while neither the page nor
/// the account has changed since. Only the beginning of a list is cached: anybody could ask for any number of other
/// positions.
async fn cached(app: &App, request: &HttpRequest, path: &str) -> Result<Option<Answer>, Error> {
    if let Some(file) = FilePath::of(path) {
        return file::cached(app, request, &file).await;
    }
    let answers = &app.db.cache().answers;
    // The answer for a signed-in viewer mostly takes one look-up. At this key there is none that begins with a list.
    if let Some(user) = sign_in::proven(app, request)
        && let Some(own) = answers.get_own(CacheKey::Path(path), &user.account)
    {
        if own.is_private {
            sign_in::note(app, request, &user);
        }
        return Ok(Some(own.answer));
    }
    let entry = answers.get(CacheKey::Path(path), "");
    Ok(match entry {
        None | Some(Cached::Answer(_)) if request.headers().contains_key(AUTHORIZATION) => {
            let viewer = MaybeReader::recognised(request).await;
            match (viewer.shared_account(), entry) {
                (Some(account), _) => answers.get_for(CacheKey::Path(path), account),
                (None, Some(Cached::Answer(answer))) => Some(answer),
                (None, _) => None,
            }
        }
        None => None,
        Some(Cached::Answer(answer)) => Some(answer),
        Some(Cached::Guarded { lists: true, .. } | Cached::Listing) if list_query(request) != ListQuery::START => None,
        Some(Cached::Guarded { lists, is_hidden: false }) => {
            let reader = Reader::of(request).await?;
            let key = if lists { CacheKey::List(path) } else { CacheKey::Path(path) };
            answers.get_for(key, reader.shared_account())
        }
        // For some the path has a page, and for others at most a list.
        Some(Cached::Guarded { is_hidden: true, .. } | Cached::Listing) => {
            let viewer = MaybeReader::of(request).await?;
            match viewer.shared_account() {
                Some(account) => {
                    let list = answers.get_for(CacheKey::List(path), account);
                    list.or_else(|| answers.get_for(CacheKey::Path(path), account))
                }
                None => match list_of_strangers(app, path, viewer.notice()) {
                    // The cache is not fresh, and has public pages nevertheless: the database does not answer, and the line about
                    // the credentials cannot be added.
                    None if !app.db.cache().generations().is_fresh() => list_of_strangers(app, path, ""),
                    list => list,
                },
            }
        }
    })
}

fn list_of_strangers(app: &App, path: &str, notice: &'static str) -> Option<Answer> {
    app.db.cache().answers.get(CacheKey::List(path), notice).and_then(Cached::answer)
}

async fn find(app: &App, requester: Requester<'_>, path: PagePath, list_query: ListQuery) -> Result<Resolved, Error> {
    let answers = &app.db.cache().answers;
    // The editor alone sees the answer for an impersonated viewer.
    let is_sender = matches!(requester, Requester::Sender(_));
    if is_sender {
        answers.count_miss();
    }
    let mut tokens = FillTokens {
        path: answers.fill_token(CacheKey::Path(path.as_str())),
        list: answers.fill_token(CacheKey::List(path.as_str())),
        is_cacheable: is_sender && list_query == ListQuery::START,
    };
    let all_pages = answers.all_pages();
    let in_progress = requester.begin(app).await?;
    let now = clock::now();
    let load = |conn: &mut store::Conn, located: &OutlinedPage| pages::load(conn, located);
    let gate = gate(app, &requester, &path, now, Some(in_progress), load).await?;
    let (Gate::Page(Decided { is_moved, .. }) | Gate::Nothing { is_moved, .. }) = gate;
    if is_moved {
        // A change of the page that moved is reported with its current path.
        tokens.depend_on(all_pages);
    }
    let (Gate::Page(Decided { ref site, .. }) | Gate::Nothing { ref site, .. }) = gate;
    let hides = site.hides_pages;
    let absent = |tokens| without_page(app, &requester, path.clone(), list_query.clone(), now, hides, tokens);
    let Gate::Page(decided) = gate else { return absent(tokens).await };
    let Decided { site, located, reader, visitor, access, loaded: open_page, held: mut in_progress, .. } = decided;
    if is_moved {
        return match access {
            Access::Show => Ok(Resolved::Moved(located.path)),
            _ => absent(tokens).await,
        };
    }
    let page = match (access, open_page) {
        (Access::Show, None) => {
            in_progress = Some(requester.begin(app).await?);
            app.db.read(move |conn| pages::load(conn, &located)).await.map_err(Error::undecided)?
        }
        (_, page) => page,
    };
    // The page may have changed since it was located.
    let access = page.as_ref().map_or(access, |page| decide(page, &visitor, now));
    let page = match (access, page) {
        (Access::Show, Some(page)) => page,
        (Access::Show, None) | (Access::Absent, _) => return absent(tokens).await,
        (Access::Challenge | Access::Refuse, _) if hides => return absent(tokens).await,
        (Access::Challenge, _) => return Err(Error::Unauthorized),
        (Access::Refuse, _) => return Err(not_a_reader(&visitor)),
    };
    let lists = page.content.list_below;
    if !lists {
        tokens.list = tokens.path.clone();
        tokens.is_cacheable = is_sender;
    }
    // A cached answer would record no receipt, and readers do not have an unpublished page.
    tokens.is_cacheable &= !page.content.receipts && page.content.is_published(now);
    let viewer = match &reader {
        Some(reader) => reader.viewer(is_sender),
        // A list depends on its viewer: there, credentials are verified.
        None if lists => requester.viewer().await?,
        None => requester.recognised().await,
    };
    let is_front = path.is_root();
    Ok(Resolved::Page(Box::new(VisiblePage {
        page: Arc::new(page),
        site,
        reader,
        viewer,
        list_query,
        is_front,
        tokens,
        _in_progress: in_progress,
    })))
}

/// Resolves a path without a page: to a draft for an editor, else to the list below it. Only an editor's own request
/// queries drafts: the response time for everybody else must not reveal one.
async fn without_page(
    app: &App,
    requester: &Requester<'_>,
    path: PagePath,
    list_query: ListQuery,
    now: Timestamp,
    hides_pages: bool,
    tokens: FillTokens,
) -> Result<Resolved, Error> {
    let viewer = requester.viewer().await?;
    if let Requester::Sender(request) = requester
        && viewer.visitor().may_edit()
    {
        let editor = Editor::of(request).await?;
        let proof = editor.proof();
        let wanted = path.clone();
        let read = move |conn: &mut store::Conn| store::drafts::find(conn, &proof, &wanted);
        let (site, draft) = app.db.read_with_site(read).await?;
        if let Some(draft) = draft {
            return Ok(Resolved::Draft(Box::new(VisibleDraft::new(draft, site, &editor))));
        }
    }
    let absent = absence(requester, &viewer, hides_pages).await;
    let section = Section { path, viewer, list_query, now, is_of_all: false, absent, hides_pages, tokens };
    Ok(Resolved::Section(Box::new(section)))
}
