//! The cache of this process.

use std::sync::{Arc, PoisonError, RwLock};

use domain::site::Site;

use super::{
    answers::Answers,
    generations::{Matter, Stamp, Truth},
    users::Users,
};

/// The memory of this process; one for all its threads.
pub struct Memory {
    truth: Arc<Truth>,
    /// Finished answers.
    pub answers: Answers,
    /// Users, by name.
    pub users: Users,
    site: RwLock<(Option<Stamp>, Arc<Site>)>,
}

impl Memory {
    /// An empty memory for at most so many bytes of answers.
    pub fn new(truth: Arc<Truth>, bytes: u64) -> Memory {
        Memory {
            answers: Answers::new(truth.clone(), bytes),
            users: Users::new(truth.clone()),
            site: RwLock::default(),
            truth,
        }
    }

    /// How far it can be trusted.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// The settings, if they are known as they are now.
    pub fn site(&self) -> Option<Arc<Site>> {
        let site = self.site.read().unwrap_or_else(PoisonError::into_inner);
        let known = self.truth.is_fresh() && site.0.is_some_and(|stamp| self.truth.holds(&stamp));
        known.then(|| site.1.clone())
    }

    /// The settings as last read: error pages need a title even when the database does not answer.
    pub fn last_site(&self) -> Arc<Site> {
        self.site.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The stamp for settings that are about to be read.
    pub fn stamp_site(&self) -> Stamp {
        self.truth.stamp(Matter::Site)
    }

    /// Keeps settings that were read after the stamp was taken.
    pub fn keep_site(&self, stamp: Stamp, site: Arc<Site>) {
        let mut kept = self.site.write().unwrap_or_else(PoisonError::into_inner);
        // A slower reader with an older stamp comes too late.
        if self.truth.holds(&stamp) || kept.0.is_none() {
            *kept = (Some(stamp), site);
        }
    }
}
