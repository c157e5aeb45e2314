//! Proofs that a viewer may see a page, a draft or a list. Only `resolve` makes a `VisiblePage`, after the access rule
//! has decided.

use std::sync::Arc;

use domain::{
    Timestamp,
    access::{Member, Program},
    draft::Draft,
    page::{Page, PagePath},
    site::Site,
};

use crate::{
    App,
    auth::{
        account::Account,
        extract::{Editor, MaybeReader, Reader},
    },
    cache::answers::CacheKey,
    http::{budget::Share, error::Error},
    site::{
        cache_fill::{CacheFill, FillTokens},
        list_query::ListQuery,
    },
};

/// A page that its viewer may see.
pub struct VisiblePage {
    pub(super) page: Arc<Page>,
    pub(super) site: Arc<Site>,
    /// The reader whom the access rule asked for; `None` for a page that strangers may read.
    pub(super) reader: Option<Reader>,
    pub(super) viewer: MaybeReader,
    pub(super) list_query: ListQuery,
    pub(super) is_front: bool,
    pub(super) tokens: FillTokens,
    pub(super) _in_progress: Option<Share>,
}

impl VisiblePage {
    /// Whether the page is shown as the front page, at `/`.
    pub fn is_front(&self) -> bool {
        self.is_front
    }

    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The page, to share: its text may be large.
    pub fn shared_page(&self) -> &Arc<Page> {
        &self.page
    }

    /// The settings of the site, read with the page.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The settings of the site, to share.
    pub fn shared_site(&self) -> &Arc<Site> {
        &self.site
    }

    /// The viewer for whom the page is made. For a public page no credentials were verified: the viewer has an account only
    /// if it was proven before.
    pub fn viewer(&self) -> &MaybeReader {
        &self.viewer
    }

    /// The account of the reader whom the access rule asked for, to share.
    pub fn shared_account(&self) -> Option<Arc<Account>> {
        self.reader.as_ref().map(|reader| reader.shared_account().clone())
    }

    /// The requested part of the list at the end of this page, if it has one.
    pub fn list(&self) -> Option<&ListQuery> {
        self.page.content.list_below.then_some(&self.list_query)
    }

    /// The reader whose opening of this page is recorded: on pages with receipts, every reader but editors.
    pub fn receipt_reader(&self) -> Option<&Member> {
        let account = self.reader.as_ref()?.account();
        let reads_all = account.member.role.may_edit() || account.program().is_some_and(Program::reads_all);
        (self.page.content.receipts && !reads_all).then_some(&account.member)
    }

    /// Prepares the insertion of the answer into the cache.
    pub fn into_cache_fill(self) -> CacheFill {
        CacheFill {
            is_guarded: self.reader.is_some(),
            hides_pages: self.site.hides_pages,
            lists: self.page.content.list_below,
            notice: self.viewer.notice(),
            account: self.viewer.shared_account().cloned(),
            tokens: self.tokens,
        }
    }
}

/// A draft, for an editor.
pub struct VisibleDraft {
    draft: Draft,
    site: Arc<Site>,
    account: Arc<Account>,
}

impl VisibleDraft {
    /// A draft as an editor sees it.
    pub fn new(draft: Draft, site: Arc<Site>, editor: &Editor) -> VisibleDraft {
        VisibleDraft { draft, site, account: editor.shared_account().clone() }
    }

    /// The draft.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The settings of the site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The account of the editor.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

/// A path without a page, and the viewer of the list of the pages below it.
pub struct Section {
    /// The path.
    pub path: PagePath,
    /// The viewer.
    pub viewer: MaybeReader,
    /// The requested part of the list.
    pub list_query: ListQuery,
    /// When it was decided that there is no page for this viewer; the list is that of the same moment.
    pub now: Timestamp,
    /// Whether the list is that of all pages below the path, at `/sitemap`.
    pub is_of_all: bool,
    /// The error for a path below which the viewer finds nothing: 404, or on a site that hides its pages the same as at
    /// a private page.
    pub absent: Error,
    /// Whether the site hides which pages exist.
    pub hides_pages: bool,
    /// The permissions to cache the answer.
    pub tokens: FillTokens,
}

impl Section {
    /// The list of all pages below a path, at `/sitemap`. It is not cached.
    pub fn of_all(
        app: &App,
        path: PagePath,
        viewer: MaybeReader,
        list_query: ListQuery,
        now: Timestamp,
        (absent, hides_pages): (Error, bool),
    ) -> Section {
        let token = app.db.cache().answers.fill_token(CacheKey::List(path.as_str()));
        let tokens = FillTokens { path: token.clone(), list: token, is_cacheable: false };
        Section { path, viewer, list_query, now, is_of_all: true, absent, hides_pages, tokens }
    }

    /// The address of the beginning of the list.
    pub fn address(&self) -> String {
        match (self.is_of_all, self.path.is_root()) {
            (false, _) => self.path.href(),
            (true, true) => "/sitemap".into(),
            (true, false) => format!("/sitemap{}", self.path.href()),
        }
    }

    /// Prepares the insertion of the answer into the cache.
    pub fn into_cache_fill(self) -> CacheFill {
        let account = self.viewer.shared_account().cloned();
        let notice = self.viewer.notice();
        let hides_pages = self.hides_pages;
        CacheFill { is_guarded: false, hides_pages, lists: true, notice, account, tokens: self.tokens }
    }
}
