//! All caches of this process.

use std::sync::{Arc, PoisonError, RwLock};

use domain::site::Site;

use super::{
    answers::Answers,
    app_passwords::AppPasswords,
    contents::Contents,
    generations::{Dependency, Generation, Generations},
    lookups::CacheLoad,
    menus::Menus,
    users::Users,
};

/// The caches; one for all threads of the process.
pub struct Cache {
    generations: Arc<Generations>,
    /// Finished answers.
    pub answers: Answers,
    /// The bytes of files, in parts.
    pub contents: Contents,
    /// Users, by name.
    pub users: Users,
    /// App passwords, by the hash of their secret.
    pub app_passwords: AppPasswords,
    /// The menu, by kind of visitor.
    pub menus: Menus,
    site: RwLock<(Option<Generation>, Arc<Site>)>,
}

impl Cache {
    /// Empty caches, with at most `max_bytes` of answers and files. Files get a quarter of it, and cannot evict
    /// answers.
    pub fn new(generations: Arc<Generations>, max_bytes: u64) -> Cache {
        let of_files = max_bytes / 4;
        Cache {
            answers: Answers::new(generations.clone(), max_bytes - of_files),
            contents: Contents::new(of_files),
            users: Users::new(generations.clone()),
            app_passwords: AppPasswords::new(generations.clone()),
            menus: Menus::new(generations.clone()),
            site: RwLock::default(),
            generations,
        }
    }

    /// The lookups of answers so far, and the size of the cache now, files included.
    pub fn load(&self) -> CacheLoad {
        let answers = self.answers.load();
        let (bytes, max_bytes) = self.contents.load();
        CacheLoad { bytes: answers.bytes + bytes, max_bytes: answers.max_bytes + max_bytes, ..answers }
    }

    /// The generations, which say what is still current.
    pub fn generations(&self) -> &Generations {
        &self.generations
    }

    /// The settings, if the cache is fresh and they have not changed.
    pub fn site(&self) -> Option<Arc<Site>> {
        let site = self.site.read().unwrap_or_else(PoisonError::into_inner);
        site.0.filter(|generation| self.generations.is_proven(generation)).map(|_| site.1.clone())
    }

    /// The settings as they were last read. Error pages need a title even when the database does not answer.
    pub fn last_site(&self) -> Arc<Site> {
        self.site.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The generation for [`Cache::insert_site`]; must be taken before the settings are read.
    pub fn site_generation(&self) -> Generation {
        self.generations.generation(Dependency::Site)
    }

    /// Inserts settings that were read after the generation was taken.
    pub fn insert_site(&self, generation: Generation, site: Arc<Site>) {
        let mut cached = self.site.write().unwrap_or_else(PoisonError::into_inner);
        // A slow reader must not overwrite newer settings; outdated ones are still better than the defaults.
        if self.generations.is_current(&generation) || cached.0.is_none() {
            *cached = (Some(generation), site);
        }
    }
}
