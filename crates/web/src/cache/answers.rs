//! A cache of finished answers: public pages for everybody, private pages and lists for each user and each app password.

use std::{hash::Hash, sync::Arc};

use domain::{Timestamp, app_password::AppPasswordId, page::PagePath, user::UserId};
use quick_cache::{
    DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

use super::{
    generations::{Dependency, Generation, Generations},
    lookups::{CacheLoad, Lookups},
};
use crate::{auth::account::Account, clock, http::answer::Answer};

/// The key of an answer, without its viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheKey<'a> {
    /// The entry at a path, which every request looks up first, before it is known whether the path has a list.
    Path(&'a str),
    /// The beginning of the list at a path.
    List(&'a str),
    /// `/feed.xml`.
    Feed,
    /// `/sitemap.xml`.
    Sitemap,
    /// The part of the sitemap that begins with a path.
    SitemapPart(&'a str),
    /// The feed of the pages below a path.
    SectionFeed(&'a str),
    /// The file at a path, in a width; 0 for the file as it was uploaded.
    File(&'a str, u32),
    /// All files of the page at a path, whether they exist or not: strangers get the same for each of them.
    FilesOf(&'a str),
    /// The permission to read the page at a path, for other programs; its body is the names of the viewer's groups.
    Passage(&'a str),
    /// The body of an error page, by its name, as HTML (true) or as text, and by the tag of its language.
    ErrorPage(&'static str, bool, &'a str),
}

impl CacheKey<'_> {
    fn dependency(&self) -> Dependency {
        let at = |path| PagePath::parse(path).map_or(Dependency::Pages, |path| Dependency::at(&path));
        match self {
            CacheKey::Path(path)
            | CacheKey::List(path)
            | CacheKey::SectionFeed(path)
            | CacheKey::FilesOf(path)
            | CacheKey::Passage(path) => at(path),
            CacheKey::File(path, _) => at(path.rsplit_once('/').map_or("", |(page, _)| page)),
            CacheKey::Feed | CacheKey::Sitemap | CacheKey::SitemapPart(_) => Dependency::Pages,
            CacheKey::ErrorPage(..) => Dependency::Menu,
        }
    }

    fn to_owned(self) -> OwnedCacheKey {
        match self {
            CacheKey::Path(path) => OwnedCacheKey::Path(path.into()),
            CacheKey::List(path) => OwnedCacheKey::List(path.into()),
            CacheKey::Feed => OwnedCacheKey::Feed,
            CacheKey::Sitemap => OwnedCacheKey::Sitemap,
            CacheKey::SitemapPart(path) => OwnedCacheKey::SitemapPart(path.into()),
            CacheKey::SectionFeed(path) => OwnedCacheKey::SectionFeed(path.into()),
            CacheKey::File(path, width) => OwnedCacheKey::File(path.into(), width),
            CacheKey::FilesOf(path) => OwnedCacheKey::FilesOf(path.into()),
            CacheKey::Passage(path) => OwnedCacheKey::Passage(path.into()),
            CacheKey::ErrorPage(name, html, language) => OwnedCacheKey::ErrorPage(name, html, language.into()),
        }
    }
}

/// The viewer of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Everybody without an account, with the notice about credentials that were not accepted; empty without one.
    Anyone(&'static str),
    /// One user.
    User(UserId),
    /// One app password, which may open less than its owner reads.
    AppPassword(AppPasswordId),
}

impl Viewer {
    fn of(account: &Account) -> Viewer {
        match account.app_password() {
            None => Viewer::User(account.member.id),
            Some(password) => Viewer::AppPassword(password),
        }
    }
}

/// A cached value.
#[derive(Clone, Debug)]
pub enum Cached {
    /// The answer.
    Answer(Answer),
    /// The path is private, and the viewer must sign in.
    Guarded {
        /// Whether the page ends with a list.
        lists: bool,
        /// Whether strangers must not learn that the page exists.
        is_hidden: bool,
    },
    /// The path is public and has a list. The answer depends on the viewer.
    Listing,
}

impl Cached {
    /// The answer, if it is one.
    pub fn answer(self) -> Option<Answer> {
        match self {
            Cached::Answer(answer) => Some(answer),
            Cached::Guarded { .. } | Cached::Listing => None,
        }
    }
}

/// The answer for one account.
pub struct OwnAnswer {
    /// The answer.
    pub answer: Answer,
    /// Whether it is a private page.
    pub is_private: bool,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    key: OwnedCacheKey,
    viewer: Viewer,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum OwnedCacheKey {
    Path(Box<str>),
    List(Box<str>),
    Feed,
    Sitemap,
    SitemapPart(Box<str>),
    SectionFeed(Box<str>),
    File(Box<str>, u32),
    FilesOf(Box<str>),
    Passage(Box<str>),
    ErrorPage(&'static str, bool, Box<str>),
}

/// [`Key`], borrowed: a lookup allocates nothing. Both must hash alike.
#[derive(Hash)]
struct BorrowedKey<'a> {
    key: CacheKey<'a>,
    viewer: Viewer,
}

impl Equivalent<Key> for BorrowedKey<'_> {
    fn equivalent(&self, own: &Key) -> bool {
        let is_same = match (&self.key, &own.key) {
            (CacheKey::Path(path), OwnedCacheKey::Path(own))
            | (CacheKey::List(path), OwnedCacheKey::List(own))
            | (CacheKey::SitemapPart(path), OwnedCacheKey::SitemapPart(own))
            | (CacheKey::SectionFeed(path), OwnedCacheKey::SectionFeed(own))
            | (CacheKey::FilesOf(path), OwnedCacheKey::FilesOf(own))
            | (CacheKey::Passage(path), OwnedCacheKey::Passage(own)) => **path == **own,
            (CacheKey::File(path, width), OwnedCacheKey::File(own, own_width)) => **path == **own && width == own_width,
            (CacheKey::Feed, OwnedCacheKey::Feed) | (CacheKey::Sitemap, OwnedCacheKey::Sitemap) => true,
            (CacheKey::ErrorPage(name, html, language), OwnedCacheKey::ErrorPage(own_name, own_html, own_language)) => {
                name == own_name && html == own_html && **language == **own_language
            }
            _ => false,
        };
        is_same && self.viewer == own.viewer
    }
}

#[derive(Clone)]
struct Entry {
    generation: Generation,
    /// When the answer was made. The answer is not valid at earlier moments, to which the clock may be set back.
    made_at: Timestamp,
    /// When the next page is published or ends.
    expires_at: Option<Timestamp>,
    /// The account of the viewer when the answer was made.
    account: Option<Arc<Account>>,
    /// Whether the answer is a private page.
    is_private: bool,
    value: Cached,
}

impl Entry {
    fn is_valid_at(&self, now: Timestamp) -> bool {
        now >= self.made_at && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

#[derive(Clone)]
struct ByteWeighter;

impl Weighter<Key, Entry> for ByteWeighter {
    fn weight(&self, own: &Key, entry: &Entry) -> u64 {
        /// The size of an entry in bytes without its texts: keys, headers and the hash table. Measured, and rounded up.
        const OVERHEAD: usize = 1024;
        let path = match &own.key {
            OwnedCacheKey::Path(path)
            | OwnedCacheKey::List(path)
            | OwnedCacheKey::SitemapPart(path)
            | OwnedCacheKey::SectionFeed(path)
            | OwnedCacheKey::File(path, _)
            | OwnedCacheKey::FilesOf(path)
            | OwnedCacheKey::Passage(path) => path.len(),
            _ => 0,
        };
        let answer = match &entry.value {
            Cached::Answer(answer) => answer.bytes(),
            Cached::Guarded { .. } | Cached::Listing => 0,
        };
        (OVERHEAD + path + answer) as u64
    }
}

/// The cached answers.
pub struct Answers {
    generations: Arc<Generations>,
    lookups: Lookups,
    max_bytes: u64,
    /// `None` when caching is off.
    entries: Option<Cache<Key, Entry, ByteWeighter>>,
}

/// The permission to insert an answer; must be taken before the database is read.
#[derive(Clone, Debug)]
pub struct FillToken {
    key: OwnedCacheKey,
    generations: ReadGenerations,
}

/// The generations of the data of an answer: as strangers see it, and with what only signed-in people see.
#[derive(Clone, Copy, Debug)]
pub struct ReadGenerations {
    open: Generation,
    all: Generation,
}

impl FillToken {
    /// Makes the answer depend on something other than its key says; `generations` must be taken before the database is
    /// read.
    pub fn depend_on(&mut self, generations: ReadGenerations) {
        self.generations = generations;
    }
}

impl Answers {
    /// A cache of at most `max_bytes`; 0 turns caching off.
    pub(super) fn new(generations: Arc<Generations>, max_bytes: u64) -> Answers {
        /// Few: a shard gets its part of the bytes, and a large page must fit into one.
        const SHARDS: usize = 4;
        /// The typical size in bytes of a page in all its codings.
        const TYPICAL_BYTES: u64 = 8 * 1024;
        let items = usize::try_from(max_bytes / TYPICAL_BYTES).unwrap_or(usize::MAX).max(64);
        let options =
            OptionsBuilder::new().shards(SHARDS).estimated_items_capacity(items).weight_capacity(max_bytes).build();
        let entries = options.ok().filter(|_| max_bytes > 0).map(|options| {
            Cache::with_options(options, ByteWeighter, DefaultHashBuilder::default(), DefaultLifecycle::default())
        });
        Answers { generations, lookups: Lookups::default(), max_bytes, entries }
    }

    /// The lookups so far, and the size of the cache now.
    pub fn load(&self) -> CacheLoad {
        CacheLoad {
            hits: self.lookups.hits(),
            misses: self.lookups.misses(),
            entries: self.len(),
            bytes: self.entries.as_ref().map_or(0, Cache::weight),
            max_bytes: self.max_bytes,
        }
    }

    /// Counts an answer that is made from the database because none was cached.
    pub fn count_miss(&self) {
        self.lookups.count_miss();
    }

    /// The number of entries, outdated ones included.
    pub fn len(&self) -> usize {
        self.entries.as_ref().map_or(0, Cache::len)
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value for everybody without an account, with the notice about credentials that were not accepted.
    pub fn get(&self, key: CacheKey<'_>, notice: &'static str) -> Option<Cached> {
        let entry = self.entries.as_ref()?.get(&BorrowedKey { key, viewer: Viewer::Anyone(notice) })?;
        let is_fresh = match entry.value {
            Cached::Answer(_) | Cached::Listing => self.generations.is_fresh_for_public(),
            Cached::Guarded { .. } => self.generations.is_fresh(),
        };
        if !is_fresh || !self.is_current(&entry) {
            return None;
        }
        if matches!(entry.value, Cached::Answer(_)) && !matches!(key, CacheKey::ErrorPage(..)) {
            self.lookups.count_hit();
        }
        Some(entry.value)
    }

    /// The answer for an account, if it was made for the same state of the account.
    pub fn get_for(&self, key: CacheKey<'_>, account: &Account) -> Option<Answer> {
        self.get_own(key, account).map(|own| own.answer)
    }

    /// As [`Answers::get_for`], with whether the answer is a private page.
    pub fn get_own(&self, key: CacheKey<'_>, account: &Account) -> Option<OwnAnswer> {
        let entry = self.entries.as_ref()?.get(&BorrowedKey { key, viewer: Viewer::of(account) })?;
        let is_same = entry.account.as_ref()?.renders_like(account);
        if !is_same || !entry.is_valid_at(clock::now()) || !self.generations.is_proven(&entry.generation) {
            return None;
        }
        let answer = entry.value.answer()?;
        self.lookups.count_hit();
        Some(OwnAnswer { answer, is_private: entry.is_private })
    }

    fn is_current(&self, entry: &Entry) -> bool {
        entry.is_valid_at(clock::now()) && self.generations.is_current(&entry.generation)
    }

    /// A token for [`Answers::insert`].
    pub fn fill_token(&self, key: CacheKey<'_>) -> FillToken {
        FillToken { key: key.to_owned(), generations: self.generations_of(key.dependency()) }
    }

    /// The generation of all pages, for [`FillToken::depend_on`].
    pub fn all_pages(&self) -> ReadGenerations {
        self.generations_of(Dependency::Pages)
    }

    fn generations_of(&self, dependency: Dependency) -> ReadGenerations {
        let generation = |dependency| self.generations.generation(dependency);
        ReadGenerations { open: generation(dependency.for_strangers()), all: generation(dependency) }
    }

    /// Inserts a value for everybody without an account that was read after the token was taken.
    pub fn insert(&self, token: FillToken, notice: &'static str, value: Cached, expires_at: Option<Timestamp>) {
        self.insert_entry(token, Viewer::Anyone(notice), None, false, value, expires_at);
    }

    /// Inserts an answer for one account that was read after the token was taken.
    pub fn insert_for(&self, token: FillToken, account: Arc<Account>, answer: Answer, expires_at: Option<Timestamp>) {
        self.insert_own(token, account, OwnAnswer { answer, is_private: false }, expires_at);
    }

    /// As [`Answers::insert_for`], with whether the answer is a private page.
    pub fn insert_own(&self, token: FillToken, account: Arc<Account>, own: OwnAnswer, expires_at: Option<Timestamp>) {
        let (viewer, value) = (Viewer::of(&account), Cached::Answer(own.answer));
        self.insert_entry(token, viewer, Some(account), own.is_private, value, expires_at);
    }

    fn insert_entry(
        &self,
        token: FillToken,
        viewer: Viewer,
        account: Option<Arc<Account>>,
        is_private: bool,
        value: Cached,
        expires_at: Option<Timestamp>,
    ) {
        let FillToken { key, generations: ReadGenerations { open, all } } = token;
        let generation = match (viewer, &value) {
            (Viewer::User(_) | Viewer::AppPassword(_), _) | (_, Cached::Guarded { .. }) => all,
            (Viewer::Anyone(_), Cached::Answer(_) | Cached::Listing) => open,
        };
        if let Some(entries) = self.entries.as_ref().filter(|_| self.generations.is_current(&generation)) {
            let made_at = clock::now();
            entries.insert(Key { key, viewer }, Entry { generation, made_at, expires_at, account, is_private, value });
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::cache::generations::StalenessLimits;

    #[test]
    fn an_entry_has_a_beginning_and_an_end() {
        let made_at = clock::now();
        let generation = Generations::new(StalenessLimits::default()).generation(Dependency::Site);
        let expires_at = Some(made_at + TimeDelta::hours(1));
        let entry = Entry { generation, made_at, expires_at, account: None, is_private: false, value: Cached::Listing };
        let check = |minutes: i64, expected: bool| {
            assert_eq!(entry.is_valid_at(made_at + TimeDelta::minutes(minutes)), expected, "{minutes}");
        };
        // It was made while the clock was ahead.
        check(-5, false);
        check(0, true);
        check(59, true);
        check(60, false);
    }
}
