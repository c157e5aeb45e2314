//! How far what is kept in memory is still true: counts of what changed, and how long ago the database was heard.
//!
//! Whatever is kept bears a [`Stamp`] that was taken before the database was asked for it. It may be used while the stamp
//! holds; so a fill that began before a change is void after it, whenever it ends, and nothing has to be searched and
//! removed.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    time::{Duration, Instant},
};

use domain::{page::PagePath, user::Username};
use store::feed::{Change, Event};

/// How many counts there are for pages, and for users: a change makes void what shares its count.
const COUNTS: usize = 512;

/// How long silence is borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// After this nothing that is for somebody is answered from memory, and no credentials are.
    pub private: Duration,
    /// For so long after that, what was for everybody is.
    pub public: Duration,
}

impl Default for Silence {
    fn default() -> Silence {
        Silence { private: Duration::from_secs(5), public: Duration::from_secs(60) }
    }
}

/// What is known of changes; every thread reads it, the change feed writes it.
pub struct Truth {
    born: Instant,
    silence: Silence,
    /// Milliseconds from `born` to the moment up to which all changes are known, plus one; 0 until the feed began.
    heard: AtomicU64,
    /// Counts what makes everything void.
    everything: AtomicU64,
    /// Counts changes of any page.
    pages: AtomicU64,
    sections: Box<[AtomicU64]>,
    users: Box<[AtomicU64]>,
}

/// What something in memory was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Matter {
    /// The site's settings alone.
    Site,
    /// A page, with the titles of those above it and the list of those below it: all have the first segment in common.
    Section(u16),
    /// Any pages.
    Pages,
    /// One user.
    User(u16),
}

impl Matter {
    /// What the answer at a path is made of. The root's is below nothing, and may list everything.
    pub fn at(path: &PagePath) -> Matter {
        Matter::below(path.as_str())
    }

    fn below(path: &str) -> Matter {
        match path.split('/').next() {
            Some("") | None => Matter::Pages,
            Some(first) => Matter::Section(count_of(first)),
        }
    }

    /// What is known of the user of a name.
    pub fn user(name: &Username) -> Matter {
        Matter::User(count_of(name.as_str()))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the remainder is below 512")]
fn count_of(name: &str) -> u16 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    (hasher.finish() % COUNTS as u64) as u16
}

/// The counts of a matter at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    matter: Matter,
    everything: u64,
    own: u64,
}

impl Truth {
    /// Nothing is known yet.
    pub fn new(silence: Silence) -> Truth {
        let counts = || (0..COUNTS).map(|_| AtomicU64::new(0)).collect();
        Truth {
            born: Instant::now(),
            silence,
            heard: AtomicU64::new(0),
            everything: AtomicU64::new(0),
            pages: AtomicU64::new(0),
            sections: counts(),
            users: counts(),
        }
    }

    /// The stamp for what is about to be read from the database.
    pub fn stamp(&self, matter: Matter) -> Stamp {
        Stamp { matter, everything: self.everything.load(SeqCst), own: self.count(matter) }
    }

    /// Whether nothing that the stamp is about has changed since.
    pub fn holds(&self, stamp: &Stamp) -> bool {
        self.stamp(stamp.matter) == *stamp
    }

    /// Whether private pages and credentials may be answered from memory: all changes up to a moment ago are known.
    pub fn is_fresh(&self) -> bool {
        self.is_heard_within(self.silence.private)
    }

    /// Whether what was public may be answered from memory; for a while also when the database does not answer.
    pub fn is_fresh_for_public(&self) -> bool {
        self.is_heard_within(self.silence.private + self.silence.public)
    }

    /// Takes in what the feed tells.
    pub fn note(&self, news: &Event) {
        match news {
            Event::Heartbeat(at) => {
                self.heard.fetch_max(self.millis(*at) + 1, SeqCst);
            }
            Event::Changed(Change::Page(path)) => {
                self.pages.fetch_add(1, SeqCst);
                if let Matter::Section(count) = Matter::below(path) {
                    self.sections[usize::from(count)].fetch_add(1, SeqCst);
                }
            }
            Event::Changed(Change::User(name)) => {
                self.users[usize::from(count_of(name))].fetch_add(1, SeqCst);
            }
            Event::Changed(Change::Everything) => self.forget(),
        }
    }

    /// Makes all that is in memory void.
    pub fn forget(&self) {
        self.everything.fetch_add(1, SeqCst);
    }

    fn count(&self, matter: Matter) -> u64 {
        match matter {
            Matter::Site => 0,
            Matter::Pages => self.pages.load(SeqCst),
            Matter::Section(count) => self.sections[usize::from(count)].load(SeqCst),
            Matter::User(count) => self.users[usize::from(count)].load(SeqCst),
        }
    }

    fn is_heard_within(&self, silence: Duration) -> bool {
        let heard = self.heard.load(SeqCst);
        heard > 0 && u128::from(self.millis(Instant::now()).saturating_sub(heard - 1)) <= silence.as_millis()
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.born).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth() -> Truth {
        let truth = Truth::new(Silence::default());
        truth.note(&Event::Heartbeat(Instant::now()));
        truth
    }

    fn at(path: &str) -> Matter {
        Matter::at(&PagePath::parse(path).unwrap())
    }

    fn user(name: &str) -> Matter {
        Matter::user(&Username::parse(name).unwrap())
    }

    #[test]
    fn a_change_voids_what_was_made_of_it_and_nothing_else() {
        let page = |path: &str| Change::Page(path.into());
        let check = |change: Change, matter: Matter, voided: bool| {
            let truth = truth();
            let stamp = truth.stamp(matter);
            assert!(truth.holds(&stamp));
            truth.note(&Event::Changed(change.clone()));
            assert_eq!(truth.holds(&stamp), !voided, "{change:?} {matter:?}");
            assert!(truth.holds(&truth.stamp(matter)));
        };
        check(page("clients/acme"), at("clients/acme"), true);
        // The title of what is above stands in the breadcrumbs; what is below may stand in a list.
        check(page("clients"), at("clients/acme/brief"), true);
        check(page("clients/acme/brief"), at("clients"), true);
        check(page("clients"), at("handbook"), false);
        check(page("clients"), at(""), true);
        check(page(""), at(""), true);
        check(page(""), at("clients"), false);
        check(page("clients"), Matter::Pages, true);
        check(page("clients"), Matter::Site, false);
        check(page("ann"), user("ann"), false);
        check(Change::User("ann".into()), user("ann"), true);
        check(Change::User("ann".into()), user("bob"), false);
        check(Change::User("ann".into()), at("ann"), false);
        for matter in [Matter::Site, Matter::Pages, at("x"), user("ann")] {
            check(Change::Everything, matter, true);
        }
    }

    #[test]
    fn case_32_a_stamp_taken_before_a_change_never_holds_again() {
        let truth = truth();
        let before = truth.stamp(at("a"));
        truth.note(&Event::Changed(Change::Page("a".into())));
        truth.note(&Event::Changed(Change::Page("a".into())));
        truth.forget();
        assert!(!truth.holds(&before));
    }

    #[test]
    fn memory_is_trusted_for_as_long_as_silence_is_borne() {
        let silence = Silence { private: Duration::from_secs(5), public: Duration::from_secs(60) };
        let check = |seconds_ago: u64, private: bool, public: bool| {
            let mut truth = Truth::new(silence);
            truth.born = Instant::now() - Duration::from_secs(1000);
            truth.note(&Event::Heartbeat(Instant::now() - Duration::from_secs(seconds_ago)));
            assert_eq!((truth.is_fresh(), truth.is_fresh_for_public()), (private, public), "{seconds_ago}");
        };
        check(0, true, true);
        check(4, true, true);
        check(6, false, true);
        check(64, false, true);
        check(66, false, false);
        let never = Truth::new(silence);
        assert!(!never.is_fresh() && !never.is_fresh_for_public());
    }

    #[test]
    fn an_old_sign_of_life_does_not_undo_a_newer_one() {
        let truth = truth();
        truth.note(&Event::Heartbeat(truth.born));
        assert!(truth.is_fresh());
    }
}
