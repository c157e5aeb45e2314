//! Finished answers in memory: public pages for everybody, private ones and lists for each who reads them.

use std::{hash::Hash, sync::Arc};

use domain::{Timestamp, page::PagePath, user::UserId};
use quick_cache::{
    DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

use super::generations::{Matter, Stamp, Truth};
use crate::{auth::account::Account, clock, http::answer::Answer};

/// What an answer is an answer to, apart from who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question<'a> {
    /// What stands at a path. Of a list, which of its pages from 1; 0 is what is known before anything is listed.
    Place(&'a str, u32),
    /// `/feed.xml`.
    Feed,
    /// `/sitemap.xml`.
    Sitemap,
    /// The body of an error page, by its name, as HTML or as text.
    Refusal(&'static str, bool),
}

impl Question<'_> {
    fn matter(&self) -> Matter {
        match self {
            Question::Place(path, _) => PagePath::parse(path).map_or(Matter::Pages, |path| Matter::at(&path)),
            Question::Feed | Question::Sitemap => Matter::Pages,
            Question::Refusal(..) => Matter::Site,
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
pub enum Kept {
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
    question: OwnQuestion,
    viewer: Viewer,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum OwnQuestion {
    Place(Box<str>, u32),
    Feed,
    Sitemap,
    Refusal(&'static str, bool),
}

/// The same as [`Key`], borrowed; it has to hash alike.
#[derive(Hash)]
struct Asked<'a> {
    question: Question<'a>,
    viewer: Viewer,
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        let same = match (&self.question, &key.question) {
            (Question::Place(path, page), OwnQuestion::Place(own, own_page)) => **path == **own && page == own_page,
            (Question::Feed, OwnQuestion::Feed) | (Question::Sitemap, OwnQuestion::Sitemap) => true,
            (Question::Refusal(name, html), OwnQuestion::Refusal(own, own_html)) => name == own && html == own_html,
            _ => false,
        };
        same && self.viewer == key.viewer
    }
}

#[derive(Clone)]
struct Entry {
    stamp: Stamp,
    /// A page's date or its end comes then.
    until: Option<Timestamp>,
    /// For whom it was made, as their account was.
    account: Option<Arc<Account>>,
    kept: Kept,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Entry> for Bytes {
    fn weight(&self, key: &Key, entry: &Entry) -> u64 {
        /// What an entry takes beside its texts: keys, headers, the table itself. Measured, rounded up.
        const OVERHEAD: usize = 1024;
        let path = match &key.question {
            OwnQuestion::Place(path, _) => path.len(),
            _ => 0,
        };
        let answer = match &entry.kept {
            Kept::Answer(answer) => answer.bytes(),
            Kept::Guarded { .. } | Kept::Listing => 0,
        };
        (OVERHEAD + path + answer) as u64
    }
}

/// The answers that are kept, within so many bytes.
pub struct Answers {
    truth: Arc<Truth>,
    kept: Option<Cache<Key, Entry, Bytes>>,
}

/// The right to keep what was read from the database after it was taken.
#[derive(Clone, Debug)]
pub struct Ticket {
    question: OwnQuestion,
    stamp: Stamp,
}

impl Answers {
    /// With 0 bytes nothing is kept.
    pub(super) fn new(truth: Arc<Truth>, bytes: u64) -> Answers {
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
        Answers { truth, kept }
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
    pub fn recall(&self, question: Question<'_>, notice: &'static str) -> Option<Kept> {
        let asked = Asked { question, viewer: Viewer::Anyone(notice) };
        let entry = self.kept.as_ref()?.get(&asked)?;
        let trusted = match entry.kept {
            Kept::Answer(_) | Kept::Listing => self.truth.is_fresh_for_public(),
            Kept::Guarded { .. } => self.truth.is_fresh(),
        };
        (trusted && self.is_true(&entry)).then_some(entry.kept)
    }

    /// The answer to a question for an account, if one was made for it as it is now.
    pub fn recall_for(&self, question: Question<'_>, account: &Arc<Account>) -> Option<Answer> {
        let entry = self.kept.as_ref()?.get(&Asked { question, viewer: Viewer::User(account.member.id) })?;
        let same = entry.account.is_some_and(|kept| Arc::ptr_eq(&kept, account) || kept.looks_like(account));
        match entry.kept {
            Kept::Answer(ref answer) if same && self.truth.is_fresh() && self.truth.holds(&entry.stamp) => {
                is_now(entry.until).then(|| answer.clone())
            }
            _ => None,
        }
    }

    fn is_true(&self, entry: &Entry) -> bool {
        self.truth.holds(&entry.stamp) && is_now(entry.until)
    }

    /// Before the database is asked a question.
    pub fn ticket(&self, question: Question<'_>) -> Ticket {
        let stamp = self.truth.stamp(question.matter());
        let question = match question {
            Question::Place(path, page) => OwnQuestion::Place(path.into(), page),
            Question::Feed => OwnQuestion::Feed,
            Question::Sitemap => OwnQuestion::Sitemap,
            Question::Refusal(name, html) => OwnQuestion::Refusal(name, html),
        };
        Ticket { question, stamp }
    }

    /// Keeps what was read with the ticket in hand, for everybody; `until` is when a page's date or its end comes.
    pub fn keep(&self, ticket: Ticket, notice: &'static str, kept: Kept, until: Option<Timestamp>) {
        self.insert(ticket, Viewer::Anyone(notice), None, kept, until);
    }

    /// Keeps an answer that was read with the ticket in hand, for one account.
    pub fn keep_for(&self, ticket: Ticket, account: Arc<Account>, answer: Answer, until: Option<Timestamp>) {
        let viewer = Viewer::User(account.member.id);
        self.insert(ticket, viewer, Some(account), Kept::Answer(answer), until);
    }

    fn insert(
        &self,
        ticket: Ticket,
        viewer: Viewer,
        account: Option<Arc<Account>>,
        kept: Kept,
        until: Option<Timestamp>,
    ) {
        let Ticket { question, stamp } = ticket;
        if let Some(cache) = self.kept.as_ref().filter(|_| self.truth.holds(&stamp)) {
            cache.insert(Key { question, viewer }, Entry { stamp, until, account, kept });
        }
    }
}

fn is_now(until: Option<Timestamp>) -> bool {
    until.is_none_or(|until| clock::now() < until)
}
