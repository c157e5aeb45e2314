//! Generations: counters that say whether a cached value is still current.
//!
//! Each value has a [`Generation`], taken before the database was read for it, and is valid while that generation is
//! current. A fill that began before a change is therefore invalid after it, whenever it ends, and no entry has to be
//! found and removed. See docs/decisions/0010.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    time::{Duration, Instant},
};

use domain::{page::PagePath, user::Username};
use store::feed::{Change, DELIVERED_WITHIN, Event};

/// The number of counters for sections, and for users. A change invalidates everything that shares its counter.
const COUNTERS: usize = 512;

/// How old the last poll of the change feed, or the last tick of the watchdog, may be while cached values are used. After a longer
/// time the process may have been suspended.
pub(super) const MAX_PAUSE: Duration = Duration::from_millis(250);

/// How soon after its commit a change holds for every request to any process on the database, also to one that was suspended
/// meanwhile: a process that answers from its cache has looked for changes within the last 250 ms, and what was committed
/// [`DELIVERED_WITHIN`] before had arrived then.
pub const HOLDS_WITHIN: Duration = MAX_PAUSE.saturating_add(DELIVERED_WITHIN);

/// How old the last heartbeat of the change feed may be while cached values are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StalenessLimits {
    /// The limit for private pages and for credentials.
    pub private: Duration,
    /// The additional time for public pages.
    pub public: Duration,
}

impl Default for StalenessLimits {
    fn default() -> StalenessLimits {
        StalenessLimits { private: Duration::from_secs(5), public: Duration::from_secs(60) }
    }
}

/// The counters of changes, and the last heartbeat. The change feed writes them, and every thread reads them.
pub struct Generations {
    epoch: Instant,
    limits: StalenessLimits,
    /// The last heartbeat in milliseconds since `epoch`, plus one; 0 before the first one.
    last_heartbeat: AtomicU64,
    /// A heartbeat counts only if it is newer than this moment, in the same unit.
    required_heartbeat: AtomicU64,
    /// When the change feed last looked for changes, or while it cannot, when the watchdog last ran; in the same unit, and far in
    /// the future before both start.
    last_look: AtomicU64,
    /// Whether the change feed looks for changes without waiting for a server.
    is_polling: AtomicBool,
    /// Whether the database does not answer the change feed.
    is_unreachable: AtomicBool,
    /// Counts changes that invalidate everything.
    everything: AtomicU64,
    /// Counts changes that strangers can see.
    open: PageCounters,
    /// Counts these, and changes that only signed-in people can see.
    all: PageCounters,
    users: Box<[AtomicU64]>,
}

/// The counters of changes of pages.
struct PageCounters {
    /// Counts changes of any page.
    pages: AtomicU64,
    sections: Box<[AtomicU64]>,
    /// Counts changes of the menu, which every page shows.
    menu: AtomicU64,
}

impl PageCounters {
    fn new() -> PageCounters {
        PageCounters { pages: AtomicU64::new(0), sections: counters(), menu: AtomicU64::new(0) }
    }

    fn count_menu(&self) {
        self.menu.fetch_add(1, SeqCst);
    }

    fn count(&self, path: &str) {
        self.pages.fetch_add(1, SeqCst);
        if let Dependency::Section(counter) = Dependency::of_path(path) {
            self.sections[usize::from(counter)].fetch_add(1, SeqCst);
        }
    }
}

fn counters() -> Box<[AtomicU64]> {
    (0..COUNTERS).map(|_| AtomicU64::new(0)).collect()
}

/// The data that a cached value was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dependency {
    /// The settings of the site alone.
    Site,
    /// A page, the titles of its ancestors and the list of its descendants: their paths share the first segment.
    Section(u16),
    /// All pages.
    Pages,
    /// The part of a section that strangers see. A change that they cannot see leaves the value valid, and does not show in
    /// the time of the next answer.
    OpenSection(u16),
    /// The part of all pages that strangers see.
    OpenPages,
    /// The menu alone.
    Menu,
    /// The part of the menu that strangers see.
    OpenMenu,
    /// One user.
    User(u16),
}

impl Dependency {
    /// The dependency of the answer at a path. The root has no section, and its list may show every page.
    pub fn at(path: &PagePath) -> Dependency {
        Dependency::of_path(path.as_str())
    }

    fn of_path(path: &str) -> Dependency {
        match path.split('/').next() {
            Some("") | None => Dependency::Pages,
            Some(first) => Dependency::Section(counter_of(first)),
        }
    }

    /// The dependency of what strangers see of the same data.
    pub fn for_strangers(self) -> Dependency {
        match self {
            Dependency::Section(counter) => Dependency::OpenSection(counter),
            Dependency::Pages => Dependency::OpenPages,
            Dependency::Menu => Dependency::OpenMenu,
            other => other,
        }
    }

    /// The dependency of a cached user.
    pub fn user(name: &Username) -> Dependency {
        Dependency::User(counter_of(name.as_str()))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the remainder is below 512")]
fn counter_of(name: &str) -> u16 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    (hasher.finish() % COUNTERS as u64) as u16
}

/// The counters of a dependency at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Generation {
    dependency: Dependency,
    everything: u64,
    /// The counter of the menu, which every page shows.
    menu: u64,
    own: u64,
}

impl Generations {
    /// Generations without a heartbeat: nothing is fresh until the change feed has connected.
    pub fn new(limits: StalenessLimits) -> Generations {
        Generations {
            epoch: Instant::now(),
            limits,
            last_heartbeat: AtomicU64::new(0),
            required_heartbeat: AtomicU64::new(0),
            last_look: AtomicU64::new(u64::MAX),
            is_polling: AtomicBool::new(false),
            is_unreachable: AtomicBool::new(false),
            everything: AtomicU64::new(0),
            open: PageCounters::new(),
            all: PageCounters::new(),
            users: counters(),
        }
    }

    /// Generations for unit tests that no heartbeat makes fresh.
    #[cfg(test)]
    pub fn never_fresh() -> Generations {
        Generations { required_heartbeat: AtomicU64::new(u64::MAX), ..Generations::new(StalenessLimits::default()) }
    }

    /// The current generation of a dependency; must be taken before the database is read.
    pub fn generation(&self, dependency: Dependency) -> Generation {
        Generation {
            dependency,
            everything: self.everything.load(SeqCst),
            menu: self.menu_counter(dependency),
            own: self.counter(dependency),
        }
    }

    /// Whether no change of the dependency is known since the generation was taken.
    pub fn is_current(&self, generation: &Generation) -> bool {
        self.generation(generation.dependency) == *generation
    }

    /// Whether cached values are proven to be current: the last heartbeat is recent, and this process was not suspended
    /// since it looked for changes. To be asked before [`Generations::is_current`]: between the two, changes may arrive.
    pub fn is_fresh(&self) -> bool {
        self.is_fresh_at(Instant::now())
    }

    /// Whether a cached value with this generation is proven to be current.
    pub fn is_proven(&self, generation: &Generation) -> bool {
        self.is_proven_at(generation, Instant::now())
    }

    /// As [`Generations::is_proven`], with the present moment.
    pub fn is_proven_at(&self, generation: &Generation, now: Instant) -> bool {
        self.is_fresh_at(now) && self.is_current(generation)
    }

    fn is_fresh_at(&self, now: Instant) -> bool {
        let (now, last) = (self.millis(now) + 1, self.last_heartbeat.load(SeqCst));
        last > self.required_heartbeat.load(SeqCst)
            && is_within(now, last, self.limits.private)
            && is_within(now, self.last_look.load(SeqCst), MAX_PAUSE)
    }

    /// Whether cached public pages are used: they stay up during an outage of the database, in which nothing is changed.
    pub fn is_fresh_for_public(&self) -> bool {
        let last = self.last_heartbeat.load(SeqCst);
        let is_outage = self.is_unreachable.load(SeqCst) && last > 0;
        self.is_fresh() || (is_outage && is_within(self.now(), last, self.limits.private + self.limits.public))
    }

    /// How long ago the moment was up to which the last heartbeat proves every change to have arrived; `None` before the
    /// first heartbeat.
    pub fn heartbeat_age(&self) -> Option<Duration> {
        let last = self.last_heartbeat.load(SeqCst);
        (last > 0).then(|| Duration::from_millis(self.now().saturating_sub(last)))
    }

    /// Records that the process runs. [`super::watchdog`] calls it several times a second. It counts only while the change feed
    /// waits for a server: otherwise a process that was suspended might answer between this tick and the next poll.
    pub fn tick(&self) {
        let now = self.now();
        if !self.is_polling.load(SeqCst) {
            self.last_look.store(now, SeqCst);
        }
    }

    /// Requires a new heartbeat before any cached value is used.
    pub fn require_heartbeat(&self) {
        self.required_heartbeat.fetch_max(self.now(), SeqCst);
    }

    /// Records an event of the change feed.
    pub fn record(&self, event: &Event) {
        match event {
            Event::Heartbeat(at) => {
                self.last_heartbeat.fetch_max(self.millis(*at) + 1, SeqCst);
                self.is_unreachable.store(false, SeqCst);
            }
            Event::Polled(at) => {
                self.is_polling.store(true, SeqCst);
                self.last_look.store(self.millis(*at) + 1, SeqCst);
            }
            Event::Waiting => self.is_polling.store(false, SeqCst),
            Event::Interrupted => {
                self.is_unreachable.store(false, SeqCst);
                self.require_heartbeat();
            }
            Event::Unreachable => self.is_unreachable.store(true, SeqCst),
            Event::Changed(Change::Page(path)) => {
                self.open.count(path);
                self.all.count(path);
            }
            Event::Changed(Change::PrivatePage(path)) => self.all.count(path),
            Event::Changed(Change::Menu) => {
                self.open.count_menu();
                self.all.count_menu();
            }
            Event::Changed(Change::PrivateMenu) => self.all.count_menu(),
            Event::Changed(Change::User(name)) => {
                self.users[usize::from(counter_of(name))].fetch_add(1, SeqCst);
            }
            Event::Changed(Change::Everything) => self.invalidate_all(),
        }
    }

    /// Invalidates every cached value.
    pub fn invalidate_all(&self) {
        self.everything.fetch_add(1, SeqCst);
    }

    fn counter(&self, dependency: Dependency) -> u64 {
        match dependency {
            // The change feed reports changed settings as a change of everything.
            Dependency::Site | Dependency::Menu | Dependency::OpenMenu => 0,
            Dependency::Pages => self.all.pages.load(SeqCst),
            Dependency::Section(counter) => self.all.sections[usize::from(counter)].load(SeqCst),
            Dependency::OpenPages => self.open.pages.load(SeqCst),
            Dependency::OpenSection(counter) => self.open.sections[usize::from(counter)].load(SeqCst),
            Dependency::User(counter) => self.users[usize::from(counter)].load(SeqCst),
        }
    }

    /// The counter of the menu as the viewers of a dependency see it.
    fn menu_counter(&self, dependency: Dependency) -> u64 {
        match dependency {
            Dependency::Site | Dependency::User(_) => 0,
            Dependency::Menu | Dependency::Pages | Dependency::Section(_) => self.all.menu.load(SeqCst),
            Dependency::OpenMenu | Dependency::OpenPages | Dependency::OpenSection(_) => self.open.menu.load(SeqCst),
        }
    }

    /// The current moment, in milliseconds since `epoch` plus one.
    fn now(&self) -> u64 {
        self.millis(Instant::now()) + 1
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.epoch).as_millis()).unwrap_or(u64::MAX)
    }
}

/// Whether a moment is not longer ago than `limit`; both moments are in milliseconds.
fn is_within(now: u64, moment: u64, limit: Duration) -> bool {
    u128::from(now.saturating_sub(moment)) <= limit.as_millis()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn generations() -> Generations {
        let generations = Generations::new(StalenessLimits::default());
        generations.record(&Event::Heartbeat(Instant::now()));
        generations
    }

    fn at(path: &str) -> Dependency {
        Dependency::at(&PagePath::parse(path).unwrap())
    }

    fn user(name: &str) -> Dependency {
        Dependency::user(&Username::parse(name).unwrap())
    }

    #[test]
    fn a_change_invalidates_what_depends_on_it_and_nothing_else() {
        let page = |path: &str| Change::Page(path.into());
        let check = |change: Change, dependency: Dependency, invalidated: bool| {
            let generations = generations();
            let generation = generations.generation(dependency);
            assert!(generations.is_current(&generation));
            generations.record(&Event::Changed(change.clone()));
            assert_eq!(generations.is_current(&generation), !invalidated, "{change:?} {dependency:?}");
            assert!(generations.is_current(&generations.generation(dependency)));
        };
        check(page("clients/acme"), at("clients/acme"), true);
        // Breadcrumbs show the titles of ancestors, and lists show descendants.
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
        let private = |path: &str| Change::PrivatePage(path.into());
        for path in ["clients", "clients/acme", ""] {
            check(private("clients/acme"), at(path), true);
            check(private("clients/acme"), at(path).for_strangers(), false);
            check(page("clients/acme"), at(path).for_strangers(), true);
        }
        check(page("clients"), at("handbook").for_strangers(), false);
        for dependency in [at("x"), Dependency::Pages, Dependency::Menu] {
            check(Change::Menu, dependency, true);
            check(Change::Menu, dependency.for_strangers(), true);
            check(Change::PrivateMenu, dependency, true);
            check(Change::PrivateMenu, dependency.for_strangers(), false);
        }
        for dependency in [Dependency::Site, user("ann")] {
            check(Change::Menu, dependency, false);
        }
        for dependency in [
            Dependency::Menu,
            Dependency::OpenMenu,
            Dependency::Site,
            at("x").for_strangers(),
            Dependency::Pages,
            at("x"),
            user("ann"),
        ] {
            check(Change::Everything, dependency, true);
        }
    }

    #[test]
    fn case_32_a_generation_taken_before_a_change_is_never_current_again() {
        let generations = generations();
        let before = generations.generation(at("a"));
        generations.record(&Event::Changed(Change::Page("a".into())));
        generations.record(&Event::Changed(Change::Page("a".into())));
        generations.invalidate_all();
        assert!(!generations.is_current(&before));
    }

    #[test]
    fn cached_values_are_fresh_within_the_staleness_limits() {
        let limits = StalenessLimits { private: Duration::from_secs(5), public: Duration::from_secs(60) };
        let check = |seconds_ago: u64, event: Option<Event>, private: bool, public: bool| {
            let mut generations = Generations::new(limits);
            generations.epoch = Instant::now() - Duration::from_secs(1000);
            generations.record(&Event::Heartbeat(Instant::now() - Duration::from_secs(seconds_ago)));
            if let Some(event) = &event {
                generations.record(event);
            }
            let found = (generations.is_fresh(), generations.is_fresh_for_public());
            assert_eq!(found, (private, public), "{seconds_ago} {event:?}");
        };
        check(0, None, true, true);
        check(4, None, true, true);
        // The database may answer, and somebody may have changed it.
        check(6, None, false, false);
        check(0, Some(Event::Interrupted), false, false);
        // Nobody can change a database that does not answer.
        let outage = || Some(Event::Unreachable);
        check(4, outage(), true, true);
        check(6, outage(), false, true);
        check(64, outage(), false, true);
        check(66, outage(), false, false);
        let never = Generations::new(limits);
        assert!(!never.is_fresh() && !never.is_fresh_for_public());
    }

    #[test]
    fn after_an_interruption_or_a_pause_only_a_heartbeat_that_was_sent_later_counts() {
        let generations = generations();
        let sent_before = Instant::now();
        thread::sleep(Duration::from_millis(2));
        generations.record(&Event::Interrupted);
        assert!(!generations.is_fresh());
        generations.record(&Event::Heartbeat(sent_before));
        assert!(!generations.is_fresh());
        generations.record(&Event::Heartbeat(Instant::now() + Duration::from_millis(2)));
        assert!(generations.is_fresh());
    }

    #[test]
    fn nothing_is_fresh_when_the_watchdog_has_not_run() {
        let mut generations = generations();
        generations.epoch = Instant::now() - Duration::from_secs(1000);
        generations.record(&Event::Heartbeat(Instant::now()));
        assert!(generations.is_fresh());
        generations.last_look.store(generations.millis(Instant::now() - MAX_PAUSE * 2), SeqCst);
        assert!(!generations.is_fresh());
        generations.tick();
        assert!(generations.is_fresh());
    }

    #[test]
    fn while_the_feed_polls_nothing_is_fresh_from_before_its_last_poll() {
        let mut generations = generations();
        generations.epoch = Instant::now() - Duration::from_secs(1000);
        generations.record(&Event::Heartbeat(Instant::now()));
        // A change that was committed just after this poll, and was answered before this moment.
        generations.record(&Event::Polled(Instant::now() - HOLDS_WITHIN));
        generations.tick();
        assert!(!generations.is_fresh(), "the watchdog ran, and nobody looked for changes");
        // A heartbeat may be under way for longer.
        generations.record(&Event::Waiting);
        generations.tick();
        assert!(generations.is_fresh());
        generations.record(&Event::Polled(Instant::now()));
        assert!(generations.is_fresh());
    }

    #[test]
    fn an_old_heartbeat_does_not_replace_a_newer_one() {
        let generations = generations();
        generations.record(&Event::Heartbeat(generations.epoch));
        assert!(generations.is_fresh());
    }
}
