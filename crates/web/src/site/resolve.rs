//! What a path leads to for this visitor: an answer that is finished already, a page that they may see, or no page.

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::{
    Timestamp,
    access::{Access, Member, Visitor, decide},
    draft::Draft,
    page::{Page, PagePath},
    site::Site,
};
use store::Paging;

use super::cache_fill::{CacheFill, FillTokens};
use crate::{
    App,
    auth::{
        account::Account,
        extract::{Editor, MaybeReader, Reader},
    },
    cache::answers::{CacheKey, Cached},
    clock,
    http::{
        answer::Answer,
        error::Error,
        query::{self, QueryString},
    },
};

/// What stands at the path of a request.
pub enum Resolved {
    /// An answer that was finished for this visitor, and is true.
    Finished(Answer),
    /// A page that this visitor may see.
    Page(Box<VisiblePage>),
    /// The draft of a page that would live here, for an editor.
    Draft(Box<VisibleDraft>),
    /// A path at which a page lived once that this visitor may see; where it is now.
    Moved(PagePath),
    /// A path without a page for this visitor; there may be pages below it.
    Section(Box<Section>),
}

/// A page that its visitor may see. It exists only so.
pub struct VisiblePage {
    page: Page,
    site: Arc<Site>,
    reader: Option<Reader>,
    guest: Option<MaybeReader>,
    paging: Paging,
    tokens: FillTokens,
}

/// A draft, and the editor who sees it. It exists only so.
pub struct VisibleDraft {
    draft: Draft,
    site: Arc<Site>,
    account: Arc<Account>,
}

impl VisibleDraft {
    /// The draft as an editor sees it.
    pub fn new(draft: Draft, site: Arc<Site>, editor: &Editor) -> VisibleDraft {
        VisibleDraft { draft, site, account: editor.shared().clone() }
    }

    /// The draft.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The settings of the site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The editor.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

/// A path without a page, and who asks for the list of what is below.
pub struct Section {
    /// The path.
    pub path: PagePath,
    /// Who asks.
    pub guest: MaybeReader,
    /// Which part of the list.
    pub paging: Paging,
    /// For keeping the answer.
    pub tokens: FillTokens,
}

/// Of lists, the pages after these are made anew each time: nobody but a robot gets so far.
const KEPT_PAGES: u32 = 5;

impl VisiblePage {
    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The settings of the site, read with it.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Who reads it; `None` when everybody may, and then nobody's credentials were looked at.
    pub fn account(&self) -> Option<&Account> {
        self.reader.as_ref().map(Reader::account)
    }

    /// For a page that ends with a list: whose list it is, and which part of it.
    pub fn list(&self) -> Option<(&MaybeReader, Paging)> {
        self.guest.as_ref().map(|guest| (guest, self.paging))
    }

    /// Who is told that it is noted that they opened it: readers of a page with receipts, not its editors.
    pub fn noted(&self) -> Option<&Member> {
        let member = &self.reader.as_ref()?.account().member;
        (self.page.content.receipts && !member.role.may_edit()).then_some(member)
    }

    /// What it takes to keep the answer.
    pub fn into_cache_fill(self) -> CacheFill {
        let account = match (&self.reader, &self.guest) {
            (Some(reader), _) => Some(reader.shared().clone()),
            (None, guest) => guest.as_ref().and_then(MaybeReader::shared).cloned(),
        };
        CacheFill {
            is_guarded: self.reader.is_some(),
            lists: self.guest.is_some(),
            notice: self.guest.as_ref().map_or("", MaybeReader::notice),
            account,
            tokens: self.tokens,
        }
    }
}

impl Section {
    /// What it takes to keep the answer.
    pub fn into_cache_fill(self) -> CacheFill {
        let (account, notice) = (self.guest.shared().cloned(), self.guest.notice());
        CacheFill { is_guarded: false, lists: true, notice, account, tokens: self.tokens }
    }
}

impl Resolved {
    /// What stands at the path of a request, for whoever asks.
    ///
    /// # Errors
    /// 401 for a private page without credentials that hold, 404 for what can be no path, or as [`sign_in`](crate::auth::sign_in::sign_in).
    pub async fn of(app: &App, request: &HttpRequest) -> Result<Resolved, Error> {
        // What is kept was asked for by a path that parses, as it is.
        match cached(app, request, path(request)).await? {
            Some(answer) => Ok(Resolved::Finished(answer)),
            None => {
                let wanted = PagePath::parse(path(request)).map_err(|_| Error::NotFound)?;
                Box::pin(find(app, Requester::Sender(request), wanted, paging(request))).await
            }
        }
    }

    /// What stands at a path for somebody as whom an editor looks at the site; nothing of it is kept.
    ///
    /// # Errors
    /// As [`Resolved::of`].
    pub async fn seen_by(app: &App, guest: MaybeReader, path: PagePath, paging: Paging) -> Result<Resolved, Error> {
        Box::pin(find(app, Requester::Seen(guest), path, paging)).await
    }
}

/// The path as the router has decoded and matched it, without its first slash. `request.path()` is not decoded: what is
/// decided on it can be walked around.
fn path(request: &HttpRequest) -> &str {
    let path = request.match_info().as_str();
    path.strip_prefix('/').unwrap_or(path)
}

/// The answer as it is in memory. Everything about who may see it was decided when it was made, of the same page, for the
/// same account: both are asked for as they are now.
async fn cached(app: &App, request: &HttpRequest, path: &str) -> Result<Option<Answer>, Error> {
    let answers = &app.db.cache().answers;
    Ok(match answers.get(CacheKey::Path(path, 0), "") {
        None => None,
        Some(Cached::Answer(answer)) => Some(answer),
        Some(Cached::Guarded { lists }) => {
            let reader = Reader::of(request).await?;
            let number = if lists { paging(request).number } else { 0 };
            answers.get_for(CacheKey::Path(path, number), reader.shared())
        }
        Some(Cached::Listing) => {
            let (guest, number) = (MaybeReader::of(request).await?, paging(request).number);
            match guest.shared() {
                Some(account) => answers.get_for(CacheKey::Path(path, number), account),
                None => match answers.get(CacheKey::Path(path, number), guest.notice()) {
                    Some(Cached::Answer(answer)) => Some(answer),
                    _ => None,
                },
            }
        }
    })
}

/// Who asks: whoever sent the request, or somebody as whom an editor looks at the site.
enum Requester<'a> {
    Sender(&'a HttpRequest),
    Seen(MaybeReader),
}

impl Requester<'_> {
    async fn guest(&self) -> Result<MaybeReader, Error> {
        match self {
            Requester::Sender(request) => MaybeReader::of(request).await,
            Requester::Seen(guest) => Ok(guest.clone()),
        }
    }

    async fn reader(&self) -> Result<Reader, Error> {
        match self {
            Requester::Sender(request) => Reader::of(request).await,
            Requester::Seen(guest) => guest.reader().ok_or(Error::Unauthorized),
        }
    }

    /// Whether they may see a page. Credentials are looked at only if they matter; those that do not hold are none.
    async fn may_see(&self, page: &Page, now: Timestamp) -> Result<bool, Error> {
        let shows = |visitor: &Visitor| decide(page, visitor, now) == Access::Show;
        Ok(shows(&Visitor::Anonymous) || shows(&self.guest().await?.visitor()))
    }

    /// A path without a page. Only who may edit has drafts looked for, so that an unknown path takes everybody else as long as
    /// ever; and only at their own requests.
    async fn section(&self, app: &App, path: PagePath, paging: Paging, tokens: FillTokens) -> Result<Resolved, Error> {
        let guest = self.guest().await?;
        if let Requester::Sender(request) = self
            && guest.visitor().may_edit()
        {
            let (editor, wanted) = (Editor::of(request).await?, path.clone());
            let proof = editor.proof();
            let read = move |conn: &mut store::Conn| store::drafts::find(conn, &proof, &wanted);
            let (site, draft) = app.db.read_with_site(read).await?;
            if let Some(draft) = draft {
                return Ok(Resolved::Draft(Box::new(VisibleDraft::new(draft, site, &editor))));
            }
        }
        Ok(Resolved::Section(Box::new(Section { path, guest, paging, tokens })))
    }
}

async fn find(app: &App, requester: Requester<'_>, path: PagePath, paging: Paging) -> Result<Resolved, Error> {
    let answers = &app.db.cache().answers;
    let mut tokens = FillTokens {
        place: answers.fill_token(CacheKey::Path(path.as_str(), 0)),
        list: answers.fill_token(CacheKey::Path(path.as_str(), paging.number)),
        is_kept: paging.number <= KEPT_PAGES,
    };
    // What an editor sees as somebody is theirs alone.
    let keeps = matches!(requester, Requester::Sender(_));
    tokens.is_kept &= keeps;
    let wanted = path.clone();
    let found = app.db.read_with_site(move |conn| match store::pages::find(conn, &wanted)? {
        Some(page) => Ok(Found::Here(page)),
        None => Ok(store::old_paths::target(conn, &wanted)?.map_or(Found::Nothing, Found::Moved)),
    });
    let (site, found) = found.await.map_err(Error::undecided)?;
    let now = clock::now();
    let page = match found {
        Found::Here(page) => page,
        Found::Moved(page) if requester.may_see(&page, now).await? => return Ok(Resolved::Moved(page.content.path)),
        // For all others an old path is one that was never there.
        Found::Moved(_) | Found::Nothing => return requester.section(app, path, paging, tokens).await,
    };
    let reader = match decide(&page, &Visitor::Anonymous, now) {
        Access::Show => None,
        Access::Challenge | Access::Refuse => Some(requester.reader().await?),
        // Before its date and after its end: credentials count if they are an editor's. Otherwise, and also where they
        // cannot be verified now, the answer is that of an unknown path, to the byte.
        Access::Absent => {
            tokens.is_kept = false;
            let guest = requester.guest().await?;
            match guest.account() {
                Some(_) => Some(requester.reader().await?),
                None => return Ok(Resolved::Section(Box::new(Section { path, guest, paging, tokens }))),
            }
        }
    };
    let visitor = reader.as_ref().map_or(Visitor::Anonymous, |reader| reader.account().visitor());
    match decide(&page, &visitor, now) {
        Access::Show => {
            let lists = page.content.list_below;
            if !lists {
                tokens.list = tokens.place.clone();
                tokens.is_kept = keeps && page.content.is_published(now);
            }
            // What is answered from memory is noted by nobody.
            tokens.is_kept &= !page.content.receipts;
            // A list is for its visitor, so a public page that ends with one looks at credentials after all.
            let guest = if lists { Some(requester.guest().await?) } else { None };
            Ok(Resolved::Page(Box::new(VisiblePage { page, site, reader, guest, paging, tokens })))
        }
        Access::Challenge => Err(Error::Unauthorized),
        Access::Refuse => Err(not_among_readers(&visitor)),
        Access::Absent => requester.section(app, path, paging, tokens).await,
    }
}

/// 403, without another prompt: that the page exists the challenge has told.
fn not_among_readers(visitor: &Visitor) -> Error {
    let name = visitor.member().map_or("", |member| member.name.as_str());
    Error::Forbidden(format!("You are signed in as {name}, who may not read this page."))
}

/// What the database knows of a path.
enum Found {
    Here(Page),
    /// The page that lived there once.
    Moved(Page),
    Nothing,
}

fn paging(request: &HttpRequest) -> Paging {
    query::paging(&QueryString::of(request))
}
