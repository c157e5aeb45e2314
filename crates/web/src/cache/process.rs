//! The cache of this process.

use std::sync::{Arc, PoisonError, RwLock};

use domain::site::Site;

use super::{
    answers::Answers,
    generations::{Dependency, Generation, Generations},
    users::Users,
};

/// The memory of this process; one for all its threads.
pub struct Cache {
    generations: Arc<Generations>,
    /// Finished answers.
    pub answers: Answers,
    /// Users, by name.
    pub users: Users,
    site: RwLock<(Option<Generation>, Arc<Site>)>,
}

impl Cache {
    /// An empty memory for at most so many bytes of answers.
    pub fn new(generations: Arc<Generations>, bytes: u64) -> Cache {
        Cache {
            answers: Answers::new(generations.clone(), bytes),
            users: Users::new(generations.clone()),
            site: RwLock::default(),
            generations,
        }
    }

    /// How far it can be trusted.
    pub fn generations(&self) -> &Generations {
        &self.generations
    }

    /// The settings, if they are known as they are now.
    pub fn site(&self) -> Option<Arc<Site>> {
        let site = self.site.read().unwrap_or_else(PoisonError::into_inner);
        let known = self.generations.is_fresh() && site.0.is_some_and(|generation| self.generations.holds(&generation));
        known.then(|| site.1.clone())
    }

    /// The settings as last read: error pages need a title even when the database does not answer.
    pub fn last_site(&self) -> Arc<Site> {
        self.site.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The stamp for settings that are about to be read.
    pub fn site_generation(&self) -> Generation {
        self.generations.generation(Dependency::Site)
    }

    /// Keeps settings that were read after the stamp was taken.
    pub fn insert_site(&self, generation: Generation, site: Arc<Site>) {
        let mut kept = self.site.write().unwrap_or_else(PoisonError::into_inner);
        // A slower reader with an older stamp comes too late.
        if self.generations.holds(&generation) || kept.0.is_none() {
            *kept = (Some(generation), site);
        }
    }
}
