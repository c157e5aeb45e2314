//! Finished answers in memory: public pages for everybody, private ones and lists for each who reads them.

use std::{hash::Hash, sync::Arc};

use domain::{Timestamp, page::PagePath, user::UserId};
use quick_cache::{
    DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

use super::generations::{Dependency, Generation, Generations};
use crate::{auth::account::Account, clock, http::answer::Answer};

/// What an answer is an answer to, apart from who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheKey<'a> {
    /// What stands at a path. Of a list, which of its pages from 1; 0 is what is known before anything is listed.
    Path(&'a str, u32),
    /// `/feed.xml`.
    Feed,
    /// `/sitemap.xml`.
    Sitemap,
    /// The body of an error page, by its name, as HTML or as text.
    ErrorPage(&'static str, bool),
}

impl CacheKey<'_> {
    fn dependency(&self) -> Dependency {
        match self {
            CacheKey::Path(path, _) => PagePath::parse(path).map_or(Dependency::Pages, |path| Dependency::at(&path)),
            CacheKey::Feed | CacheKey::Sitemap => Dependency::Pages,
            CacheKey::ErrorPage(..) => Dependency::Site,
        }
    }
}

/// For whom an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// For everybody, with what is said of credentials that cannot be used; empty without any.
    Anyone(&'static str),
    /// For one user.
    User(UserId),
}

/// What is known of a place.
#[derive(Clone, Debug)]
pub enum Cached {
    /// The answer.
    Answer(Answer),
    /// It is private, so who asks has to sign in; and whether it lists pages.
    Guarded {
        /// The answer depends on which page of the list is asked for.
        lists: bool,
    },
    /// It is for everybody and lists pages, so it depends on who asks.
    Listing,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    key: OwnedCacheKey,
    viewer: Viewer,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum OwnedCacheKey {
    Path(Box<str>, u32),
    Feed,
    Sitemap,
    ErrorPage(&'static str, bool),
}

/// The same as [`Key`], borrowed; it has to hash alike.
#[derive(Hash)]
struct Asked<'a> {
    key: CacheKey<'a>,
    viewer: Viewer,
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, own: &Key) -> bool {
        let same = match (&self.key, &own.key) {
            (CacheKey::Path(path, page), OwnedCacheKey::Path(own, own_page)) => **path == **own && page == own_page,
            (CacheKey::Feed, OwnedCacheKey::Feed) | (CacheKey::Sitemap, OwnedCacheKey::Sitemap) => true,
            (CacheKey::ErrorPage(name, html), OwnedCacheKey::ErrorPage(own, own_html)) => {
                name == own && html == own_html
            }
            _ => false,
        };
        same && self.viewer == own.viewer
    }
}

#[derive(Clone)]
struct Entry {
    generation: Generation,
    /// A page's date or its end comes then.
    until: Option<Timestamp>,
    /// For whom it was made, as their account was.
    account: Option<Arc<Account>>,
    kept: Cached,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Entry> for Bytes {
    fn weight(&self, own: &Key, entry: &Entry) -> u64 {
        /// What an entry takes beside its texts: keys, headers, the table itself. Measured, rounded up.
        const OVERHEAD: usize = 1024;
        let path = match &own.key {
            OwnedCacheKey::Path(path, _) => path.len(),
            _ => 0,
        };
        let answer = match &entry.kept {
            Cached::Answer(answer) => answer.bytes(),
            Cached::Guarded { .. } | Cached::Listing => 0,
        };
        (OVERHEAD + path + answer) as u64
    }
}

/// The answers that are kept, within so many bytes.
pub struct Answers {
    generations: Arc<Generations>,
    kept: Option<Cache<Key, Entry, Bytes>>,
}

/// The right to keep what was read from the database after it was taken.
#[derive(Clone, Debug)]
pub struct FillToken {
    key: OwnedCacheKey,
    generation: Generation,
}

impl Answers {
    /// With 0 bytes nothing is kept.
    pub(super) fn new(generations: Arc<Generations>, bytes: u64) -> Answers {
        /// Few, so that one large page still fits into the part of its own.
        const SHARDS: usize = 4;
        /// What a page takes in all its codings, about.
        const ORDINARY: u64 = 8 * 1024;
        let items = usize::try_from(bytes / ORDINARY).unwrap_or(usize::MAX).max(64);
        let options =
            OptionsBuilder::new().shards(SHARDS).estimated_items_capacity(items).weight_capacity(bytes).build();
        let kept = options.ok().filter(|_| bytes > 0).map(|options| {
            Cache::with_options(options, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default())
        });
        Answers { generations, kept }
    }

    /// How many answers are kept, those among them that are no longer true.
    pub fn len(&self) -> usize {
        self.kept.as_ref().map_or(0, Cache::len)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known of a question for anybody who asks, with what is said of their credentials.
    pub fn get(&self, key: CacheKey<'_>, notice: &'static str) -> Option<Cached> {
        let asked = Asked { key, viewer: Viewer::Anyone(notice) };
        let entry = self.kept.as_ref()?.get(&asked)?;
        let trusted = match entry.kept {
            Cached::Answer(_) | Cached::Listing => self.generations.is_fresh_for_public(),
            Cached::Guarded { .. } => self.generations.is_fresh(),
        };
        (trusted && self.is_true(&entry)).then_some(entry.kept)
    }

    /// The answer to a question for an account, if one was made for it as it is now.
    pub fn get_for(&self, key: CacheKey<'_>, account: &Arc<Account>) -> Option<Answer> {
        let entry = self.kept.as_ref()?.get(&Asked { key, viewer: Viewer::User(account.member.id) })?;
        let same = entry.account.is_some_and(|kept| Arc::ptr_eq(&kept, account) || kept.looks_like(account));
        match entry.kept {
            Cached::Answer(ref answer)
                if same && self.generations.is_fresh() && self.generations.holds(&entry.generation) =>
            {
                is_now(entry.until).then(|| answer.clone())
            }
            _ => None,
        }
    }

    fn is_true(&self, entry: &Entry) -> bool {
        self.generations.holds(&entry.generation) && is_now(entry.until)
    }

    /// Before the database is asked a question.
    pub fn fill_token(&self, key: CacheKey<'_>) -> FillToken {
        let generation = self.generations.generation(key.dependency());
        let key = match key {
            CacheKey::Path(path, page) => OwnedCacheKey::Path(path.into(), page),
            CacheKey::Feed => OwnedCacheKey::Feed,
            CacheKey::Sitemap => OwnedCacheKey::Sitemap,
            CacheKey::ErrorPage(name, html) => OwnedCacheKey::ErrorPage(name, html),
        };
        FillToken { key, generation }
    }

    /// Keeps what was read with the ticket in hand, for everybody; `until` is when a page's date or its end comes.
    pub fn insert(&self, token: FillToken, notice: &'static str, kept: Cached, until: Option<Timestamp>) {
        self.put(token, Viewer::Anyone(notice), None, kept, until);
    }

    /// Keeps an answer that was read with the ticket in hand, for one account.
    pub fn insert_for(&self, token: FillToken, account: Arc<Account>, answer: Answer, until: Option<Timestamp>) {
        let viewer = Viewer::User(account.member.id);
        self.put(token, viewer, Some(account), Cached::Answer(answer), until);
    }

    fn put(
        &self,
        token: FillToken,
        viewer: Viewer,
        account: Option<Arc<Account>>,
        kept: Cached,
        until: Option<Timestamp>,
    ) {
        let FillToken { key, generation } = token;
        if let Some(cache) = self.kept.as_ref().filter(|_| self.generations.holds(&generation)) {
            cache.insert(Key { key, viewer }, Entry { generation, until, account, kept });
        }
    }
}

fn is_now(until: Option<Timestamp>) -> bool {
    until.is_none_or(|until| clock::now() < until)
}
