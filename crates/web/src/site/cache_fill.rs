//! Keeping the answer to a path for those for whom it was made.

use std::sync::Arc;

use domain::Timestamp;

use crate::{
    auth::account::Account,
    cache::{
        answers::{Cached, FillToken},
        process::Cache,
    },
    http::answer::Answer,
};

/// The right to keep what was read for this request.
pub struct FillTokens {
    pub(super) place: FillToken,
    pub(super) list: FillToken,
    pub(super) is_kept: bool,
}

/// Keeps an answer in memory for those for whom it was made.
pub struct CacheFill {
    pub(super) is_guarded: bool,
    pub(super) lists: bool,
    pub(super) notice: &'static str,
    pub(super) account: Option<Arc<Account>>,
    pub(super) tokens: FillTokens,
}

impl CacheFill {
    /// Keeps it until a page's date or its end comes, or something changes.
    pub fn insert(self, cache: &Cache, answer: &Answer, until: Option<Timestamp>) {
        let FillTokens { place, list, is_kept } = self.tokens;
        if !is_kept {
            return;
        }
        let answers = &cache.answers;
        let token = match (self.is_guarded, self.lists) {
            (false, false) => return answers.insert(place, "", Cached::Answer(answer.clone()), until),
            (true, lists) => {
                answers.insert(place, "", Cached::Guarded { lists }, until);
                list
            }
            (false, true) => {
                answers.insert(place, "", Cached::Listing, until);
                list
            }
        };
        match self.account {
            Some(account) => answers.insert_for(token, account, answer.clone(), until),
            None => answers.insert(token, self.notice, Cached::Answer(answer.clone()), until),
        }
    }
}
