//! How far what is kept in memory is still true: counts of what changed, and how long ago the database was heard.
//!
//! Whatever is kept bears a [`Generation`] that was taken before the database was asked for it. It may be used while the stamp
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
pub struct StalenessLimits {
    /// After this nothing that is for somebody is answered from memory, and no credentials are.
    pub private: Duration,
    /// For so long after that, what was for everybody is.
    pub public: Duration,
}

impl Default for StalenessLimits {
    fn default() -> StalenessLimits {
        StalenessLimits { private: Duration::from_secs(5), public: Duration::from_secs(60) }
    }
}

/// What is known of changes; every thread reads it, the change feed writes it.
pub struct Generations {
    born: Instant,
    silence: StalenessLimits,
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
pub enum Dependency {
    /// The site's settings alone.
    Site,
    /// A page, with the titles of those above it and the list of those below it: all have the first segment in common.
    Section(u16),
    /// Any pages.
    Pages,
    /// One user.
    User(u16),
}

impl Dependency {
    /// What the answer at a path is made of. The root's is below nothing, and may list everything.
    pub fn at(path: &PagePath) -> Dependency {
        Dependency::below(path.as_str())
    }

    fn below(path: &str) -> Dependency {
        match path.split('/').next() {
            Some("") | None => Dependency::Pages,
            Some(first) => Dependency::Section(count_of(first)),
        }
    }

    /// What is known of the user of a name.
    pub fn user(name: &Username) -> Dependency {
        Dependency::User(count_of(name.as_str()))
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
pub struct Generation {
    dependency: Dependency,
    everything: u64,
    own: u64,
}

impl Generations {
    /// Nothing is known yet.
    pub fn new(silence: StalenessLimits) -> Generations {
        let counts = || (0..COUNTS).map(|_| AtomicU64::new(0)).collect();
        Generations {
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
    pub fn generation(&self, dependency: Dependency) -> Generation {
        Generation { dependency, everything: self.everything.load(SeqCst), own: self.count(dependency) }
    }

    /// Whether nothing that the stamp is about has changed since.
    pub fn holds(&self, generation: &Generation) -> bool {
        self.generation(generation.dependency) == *generation
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
                if let Dependency::Section(count) = Dependency::below(path) {
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

    fn count(&self, dependency: Dependency) -> u64 {
        match dependency {
            Dependency::Site => 0,
            Dependency::Pages => self.pages.load(SeqCst),
            Dependency::Section(count) => self.sections[usize::from(count)].load(SeqCst),
            Dependency::User(count) => self.users[usize::from(count)].load(SeqCst),
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

    fn generations() -> Generations {
        let generations = Generations::new(StalenessLimits::default());
        generations.note(&Event::Heartbeat(Instant::now()));
        generations
    }

    fn at(path: &str) -> Dependency {
        Dependency::at(&PagePath::parse(path).unwrap())
    }

    fn user(name: &str) -> Dependency {
        Dependency::user(&Username::parse(name).unwrap())
    }

    #[test]
    fn a_change_voids_what_was_made_of_it_and_nothing_else() {
        let page = |path: &str| Change::Page(path.into());
        let check = |change: Change, dependency: Dependency, voided: bool| {
            let generations = generations();
            let generation = generations.generation(dependency);
            assert!(generations.holds(&generation));
            generations.note(&Event::Changed(change.clone()));
            assert_eq!(generations.holds(&generation), !voided, "{change:?} {dependency:?}");
            assert!(generations.holds(&generations.generation(dependency)));
        };
        check(page("clients/acme"), at("clients/acme"), true);
        // The title of what is above stands in the breadcrumbs; what is below may stand in a list.
        check(page("clients"), at("clients/acme/brief"), true);
        check(page("clients/acme/brief"), at("clients"), true);
        check(page("clients"), at("handbook"), false);
        check(page("clients"), at(""), true);
        check(page(""), at(""), true);
        check(page(""), at("clients"), false);
        check(page("clients"), Dependency::Pages, true);
        check(page("clients"), Dependency::Site, false);
        check(page("ann"), user("ann"), false);
        check(Change::User("ann".into()), user("ann"), true);
        check(Change::User("ann".into()), user("bob"), false);
        check(Change::User("ann".into()), at("ann"), false);
        for dependency in [Dependency::Site, Dependency::Pages, at("x"), user("ann")] {
            check(Change::Everything, dependency, true);
        }
    }

    #[test]
    fn case_32_a_stamp_taken_before_a_change_never_holds_again() {
        let generations = generations();
        let before = generations.generation(at("a"));
        generations.note(&Event::Changed(Change::Page("a".into())));
        generations.note(&Event::Changed(Change::Page("a".into())));
        generations.forget();
        assert!(!generations.holds(&before));
    }

    #[test]
    fn memory_is_trusted_for_as_long_as_silence_is_borne() {
        let silence = StalenessLimits { private: Duration::from_secs(5), public: Duration::from_secs(60) };
        let check = |seconds_ago: u64, private: bool, public: bool| {
            let mut generations = Generations::new(silence);
            generations.born = Instant::now() - Duration::from_secs(1000);
            generations.note(&Event::Heartbeat(Instant::now() - Duration::from_secs(seconds_ago)));
            assert_eq!((generations.is_fresh(), generations.is_fresh_for_public()), (private, public), "{seconds_ago}");
        };
        check(0, true, true);
        check(4, true, true);
        check(6, false, true);
        check(64, false, true);
        check(66, false, false);
        let never = Generations::new(silence);
        assert!(!never.is_fresh() && !never.is_fresh_for_public());
    }

    #[test]
    fn an_old_sign_of_life_does_not_undo_a_newer_one() {
        let generations = generations();
        generations.note(&Event::Heartbeat(generations.born));
        assert!(generations.is_fresh());
    }
}
