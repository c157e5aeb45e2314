//! Inserts the answer at a path into the cache, for the viewers for whom it was made.

use std::sync::Arc;

use domain::Timestamp;

use crate::{
    auth::account::Account,
    cache::{
        answers::{Cached, FillToken, OwnAnswer, ReadGenerations},
        process::Cache,
    },
    http::answer::Answer,
};

/// The permissions to cache the answer to a request.
pub struct FillTokens {
    /// For the path, which every request looks up first.
    pub(super) path: FillToken,
    /// For the beginning of its list.
    pub(super) list: FillToken,
    /// Whether the answer may be cached at all.
    pub(super) is_cacheable: bool,
}

impl FillTokens {
    /// Makes the answer depend on something other than its path; `generations` were taken before the database was read.
    pub(super) fn depend_on(&mut self, generations: ReadGenerations) {
        self.path.depend_on(generations);
        self.list.depend_on(generations);
    }
}

/// Inserts one answer into the cache.
pub struct CacheFill {
    pub(super) is_guarded: bool,
    /// Whether the site hides which pages exist.
    pub(super) hides_pages: bool,
    pub(super) lists: bool,
    pub(super) notice: &'static str,
    pub(super) account: Option<Arc<Account>>,
    pub(super) tokens: FillTokens,
}

impl CacheFill {
    /// Inserts the answer, if it may be cached. It expires at `expires_at`, when the next page is published or ends.
    pub fn insert(self, cache: &Cache, answer: &Answer, expires_at: Option<Timestamp>) {
        let FillTokens { path, list, is_cacheable } = self.tokens;
        if !is_cacheable {
            return;
        }
        let answers = &cache.answers;
        let token = match (self.is_guarded, self.lists) {
            (false, false) => path,
            (true, lists) => {
                let is_hidden = self.hides_pages;
                answers.insert(path, "", Cached::Guarded { lists, is_hidden }, expires_at);
                list
            }
            (false, true) => {
                answers.insert(path, "", Cached::Listing, expires_at);
                list
            }
        };
        match self.account {
            Some(account) => {
                let own = OwnAnswer { answer: answer.clone(), is_private: self.is_guarded };
                answers.insert_own(token, account, own, expires_at);
            }
            None => answers.insert(token, self.notice, Cached::Answer(answer.clone()), expires_at),
        }
    }
}
