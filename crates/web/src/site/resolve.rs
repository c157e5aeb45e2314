//! Resolves the path of a request for its viewer: to a cached answer, a page, a draft, a redirect or a list.

mod requester;
mod visible;

use actix_web::{HttpRequest, http::Method};
use domain::{
    access::{Access, Visitor, decide},
    page::{Page, PagePath},
};
use store::Paging;

pub use visible::{Section, VisibleDraft, VisiblePage};

use super::cache_fill::FillTokens;
use crate::{
    App,
    auth::extract::{Editor, MaybeReader, Reader},
    cache::answers::{CacheKey, Cached},
    clock,
    http::{
        answer::Answer,
        error::Error,
        query::{self, QueryString},
    },
};
use requester::Requester;

/// The maximum number of pages of a list that are cached. Hardly anybody but robots requests later ones.
const MAX_CACHED_LIST_PAGES: u32 = 5;

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
    /// 401 for a private page without valid credentials, 404 for an invalid path, or as
    /// [`sign_in`](crate::auth::sign_in::sign_in).
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Resolved, Error> {
        // Before the path is parsed: only valid paths are cached.
        match cached(app, request, path(request)).await? {
            Some(answer) => Ok(Resolved::Finished(answer)),
            None => {
                let wanted = PagePath::parse(path(request)).map_err(|_| Error::NotFound)?;
                Box::pin(find(app, Requester::Sender(request), wanted, paging(request))).await
            }
        }
    }

    /// The cached answer to a request, before a route is chosen for it: no path of a page is that of a route.
    ///
    /// # Errors
    /// As [`Resolved::of`].
    pub async fn from_cache(app: &App, request: &HttpRequest) -> Result<Option<Answer>, Error> {
        match *request.method() {
            Method::GET | Method::HEAD => cached(app, request, path(request)).await,
            _ => Ok(None),
        }
    }

    /// Resolves a path for the viewer that an editor impersonates. The answer is not cached.
    pub async fn seen_by(app: &App, viewer: MaybeReader, path: PagePath, paging: Paging) -> Result<Resolved, Error> {
        Box::pin(find(app, Requester::Impersonated(viewer), path, paging)).await
    }
}

/// The path as the router decoded and matched it, without its leading slash. A decision about `request.path()`, which
/// is not decoded, could be bypassed with another spelling.
fn path(request: &HttpRequest) -> &str {
    let path = request.match_info().as_str();
    path.strip_prefix('/').unwrap_or(path)
}

fn paging(request: &HttpRequest) -> Paging {
    query::paging(&QueryString::of(request))
}

/// The cached answer. The access rule decided when it was made; the cache returns it only while neither the page nor
/// the account has changed since.
async fn cached(app: &App, request: &HttpRequest, path: &str) -> Result<Option<Answer>, Error> {
    let answers = &app.db.cache().answers;
    Ok(match answers.get(CacheKey::Path(path, 0), "") {
        None => None,
        Some(Cached::Answer(answer)) => Some(answer),
        Some(Cached::Guarded { lists }) => {
            let reader = Reader::of(request).await?;
            let number = if lists { paging(request).number } else { 0 };
            answers.get_for(CacheKey::Path(path, number), reader.shared_account())
        }
        Some(Cached::Listing) => {
            let viewer = MaybeReader::of(request).await?;
            let key = CacheKey::Path(path, paging(request).number);
            match viewer.shared_account() {
                Some(account) => answers.get_for(key, account),
                None => match answers.get(key, viewer.notice()) {
                    Some(Cached::Answer(answer)) => Some(answer),
                    _ => None,
                },
            }
        }
    })
}

/// The rows that the database has for a path.
enum Found {
    Page(Page),
    /// The page that had this path before.
    Moved(Page),
    Nothing,
}

async fn find(app: &App, requester: Requester<'_>, path: PagePath, paging: Paging) -> Result<Resolved, Error> {
    let answers = &app.db.cache().answers;
    // The editor alone sees the answer for an impersonated viewer.
    let is_sender = matches!(requester, Requester::Sender(_));
    let mut tokens = FillTokens {
        path: answers.fill_token(CacheKey::Path(path.as_str(), 0)),
        list: answers.fill_token(CacheKey::Path(path.as_str(), paging.number)),
        is_cacheable: is_sender && paging.number <= MAX_CACHED_LIST_PAGES,
    };
    let wanted = path.clone();
    let found = app.db.read_with_site(move |conn| match store::pages::find(conn, &wanted)? {
        Some(page) => Ok(Found::Page(page)),
        None => Ok(store::old_paths::target(conn, &wanted)?.map_or(Found::Nothing, Found::Moved)),
    });
    let (site, found) = found.await.map_err(Error::undecided)?;
    let now = clock::now();
    let page = match found {
        Found::Page(page) => page,
        Found::Moved(page) if requester.may_see(&page, now).await? => return Ok(Resolved::Moved(page.content.path)),
        // For everybody else, an old path is the same as an unknown one.
        Found::Moved(_) | Found::Nothing => return without_page(app, &requester, path, paging, tokens).await,
    };
    let reader = match decide(&page, &Visitor::Anonymous, now) {
        Access::Show => None,
        Access::Challenge | Access::Refuse => Some(requester.reader().await?),
        // A page before its date or after its end is visible to editors only. Everybody else gets the same bytes as for
        // an unknown path, also when credentials cannot be verified at the moment.
        Access::Absent => {
            tokens.is_cacheable = false;
            let viewer = requester.viewer().await?;
            match viewer.account() {
                Some(_) => Some(requester.reader().await?),
                None => return Ok(Resolved::Section(Box::new(Section { path, viewer, paging, tokens }))),
            }
        }
    };
    let visitor = reader.as_ref().map_or(Visitor::Anonymous, |reader| reader.account().visitor());
    match decide(&page, &visitor, now) {
        Access::Show => {
            let lists = page.content.list_below;
            if !lists {
                tokens.list = tokens.path.clone();
                tokens.is_cacheable = is_sender && page.content.is_published(now);
            }
            // A cached answer would record no receipt.
            tokens.is_cacheable &= !page.content.receipts;
            // Even a public page checks credentials if it ends with a list, because a list depends on its viewer.
            let list_viewer = if lists { Some(requester.viewer().await?) } else { None };
            Ok(Resolved::Page(Box::new(VisiblePage { page, site, reader, list_viewer, paging, tokens })))
        }
        Access::Challenge => Err(Error::Unauthorized),
        Access::Refuse => Err(not_a_reader(&visitor)),
        Access::Absent => without_page(app, &requester, path, paging, tokens).await,
    }
}

/// Resolves a path without a page: to a draft for an editor, else to the list below it. Only an editor's own request
/// queries drafts: the response time for everybody else must not reveal one.
async fn without_page(
    app: &App,
    requester: &Requester<'_>,
    path: PagePath,
    paging: Paging,
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
    Ok(Resolved::Section(Box::new(Section { path, viewer, paging, tokens })))
}

/// 403, not 404: the earlier 401 already revealed that the page exists.
fn not_a_reader(visitor: &Visitor) -> Error {
    let name = visitor.member().map_or("", |member| member.name.as_str());
    Error::Forbidden(format!("You are signed in as {name}, who may not read this page."))
}
