//! Shares: links with a secret. A share opens a page, a page and the pages below it, or a draft to everyone who has the link.

use chrono::{NaiveDate, TimeDelta};

use crate::{
    Timestamp,
    invalid::Invalid,
    page::{PageId, PagePath},
    text,
    user::Role,
    zone::Zone,
};

pub use crate::id::ShareId;

/// The most characters in a label.
pub const LABEL_CHARS: usize = 100;
/// The most days that a link opens something.
pub const MAX_DAYS: i64 = 366;

/// What a share shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// One page, as its readers have it.
    #[default]
    Page,
    /// The page, and the pages below it that inherit from it or from the page that it inherits from, those of later as well.
    Section,
    /// The draft of the page, as it is when the link is opened.
    Draft,
}

impl Shows {
    /// All kinds, the default first.
    pub const ALL: [Shows; 3] = [Shows::Page, Shows::Section, Shows::Draft];

    /// The word for the kind in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Shows::Page => "page",
            Shows::Section => "section",
            Shows::Draft => "draft",
        }
    }

    /// The words for the kind in the panel, on the command line and in the audit trail.
    pub fn label(self) -> &'static str {
        match self {
            Shows::Page => "the page",
            Shows::Section => "the page and pages below it",
            Shows::Draft => "the draft",
        }
    }

    /// Parses the word of a kind; anything else is `None`.
    pub fn parse(word: &str) -> Option<Shows> {
        Shows::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Who may make shares: a setting of the site. Existing shares open until they end, whatever the setting is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharers {
    /// Editors and administrators.
    #[default]
    Editors,
    /// Administrators.
    Administrators,
    /// Nobody, the command line included.
    Nobody,
}

impl Sharers {
    /// All choices, the default first.
    pub const ALL: [Sharers; 3] = [Sharers::Editors, Sharers::Administrators, Sharers::Nobody];

    /// The word for the choice in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Sharers::Editors => "editors",
            Sharers::Administrators => "administrators",
            Sharers::Nobody => "nobody",
        }
    }

    /// The words for the choice in the panel.
    pub fn label(self) -> &'static str {
        match self {
            Sharers::Editors => "Editors and administrators",
            Sharers::Administrators => "Administrators",
            Sharers::Nobody => "Nobody",
        }
    }

    /// Parses the word of a choice; anything else is `None`.
    pub fn parse(word: &str) -> Option<Sharers> {
        Sharers::ALL.into_iter().find(|choice| choice.as_str() == word)
    }

    /// Whether an account with a role may make shares.
    pub fn include(self, role: Role) -> bool {
        match self {
            Sharers::Editors => role.may_edit(),
            Sharers::Administrators => role.may_administer(),
            Sharers::Nobody => false,
        }
    }
}

/// A share, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The key of the share.
    pub id: ShareId,
    /// The page, or the page of the draft.
    pub page: PageId,
    /// For whom it was made: 1 to 100 characters on one line.
    pub label: String,
    /// What it shows.
    pub shows: Shows,
    /// The moment at which it was made.
    pub made_at: Timestamp,
    /// The name of the user who made it.
    pub made_by: String,
    /// The moment from which it opens nothing.
    pub ends_at: Timestamp,
    /// The moment at which somebody ended it; `None` if nobody has.
    pub ended_at: Option<Timestamp>,
    /// The moment at which the share was last opened, exact to a minute; `None` if it was never opened.
    pub opened_at: Option<Timestamp>,
    /// Whether the account that made it cannot sign in or is not an editor's. The share opens nothing until that is over.
    pub is_suspended: bool,
}

impl Share {
    /// For this long after a recorded opening, further ones are not recorded.
    pub const RECORD_INTERVAL: TimeDelta = TimeDelta::minutes(1);

    /// The moment from which the share opens nothing: the end that was chosen for it, or an earlier one.
    pub fn end(&self) -> Timestamp {
        self.ended_at.map_or(self.ends_at, |ended| ended.min(self.ends_at))
    }

    /// Whether nobody ended the share and its end has not come.
    pub fn is_in_circulation(&self, now: Timestamp) -> bool {
        now < self.end()
    }

    /// Whether the share opens something.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.is_in_circulation(now) && !self.is_suspended
    }

    /// Whether an opening at this moment is recorded.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.opened_at.is_none_or(|at| at + Share::RECORD_INTERVAL <= now)
    }

    /// The proof that the holder may see the draft of the page.
    pub fn draft(&self, now: Timestamp) -> Option<SharedDraft> {
        (self.shows == Shows::Draft && self.is_open(now)).then_some(SharedDraft(self.page))
    }
}

/// The pages below a shared page, or the shared page itself, as those who have its links read about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLinks {
    /// The number of links, at least 1.
    pub count: usize,
    /// The page above whose links they are; `None` for links of the page itself.
    pub section: Option<PagePath>,
}

impl OpenLinks {
    /// Those who have the links, as readers in a list: `people who have the link to “/b” and its subpages`.
    pub fn holders(&self) -> String {
        match self.count {
            1 => format!("people who have the link{}", self.of()),
            count => format!("people who have one of {count} links{}", self.of()),
        }
    }

    /// The links in a clause about a page: `1 link to “/b” and its subpages opens it`.
    pub fn words(&self) -> String {
        match self.count {
            1 => format!("1 link{} opens it", self.of()),
            count => format!("{count} links{} open it", self.of()),
        }
    }

    fn of(&self) -> String {
        self.section.as_ref().map_or(String::new(), |page| format!(" to “{page}” and its subpages"))
    }
}

/// Proof that the holder of an open share may see the draft of a page and the files that wait in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedDraft(PageId);

impl SharedDraft {
    /// The page of the draft.
    pub fn page(self) -> PageId {
        self.0
    }
}

/// A share that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewShare {
    /// The page.
    pub page: PageId,
    /// For whom it is.
    pub label: String,
    /// What it shows.
    pub shows: Shows,
    /// The moment from which it opens nothing.
    pub ends_at: Timestamp,
}

/// The input of the form of a share, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareInput {
    /// For whom it is, as typed.
    pub label: String,
    /// The end: a number of days such as `7d`, or the last day as `2026-12-31`.
    pub until: String,
    /// The word of what it shows.
    pub shows: String,
}

impl ShareInput {
    /// Checks all fields.
    ///
    /// # Errors
    /// [`Invalid`] with a message for `label`, `until` or `shows`.
    pub fn check(&self, page: PageId, zone: Zone, now: Timestamp) -> Result<NewShare, Invalid> {
        let mut invalid = Invalid::default();
        let label = invalid.take("label", check_label(&self.label));
        let ends_at = invalid.take("until", check_until(&self.until, zone, now));
        let shows = Shows::parse(&self.shows).ok_or_else(|| "Choose what the link shows.".to_owned());
        match (label, ends_at, invalid.take("shows", shows)) {
            (Some(label), Some(ends_at), Some(shows)) => Ok(NewShare { page, label, shows, ends_at }),
            _ => Err(invalid),
        }
    }
}

fn check_label(typed: &str) -> Result<String, String> {
    match text::label(typed, LABEL_CHARS)? {
        label if label.is_empty() => Err("Write for whom the link is, such as Acme review.".into()),
        label => Ok(label),
    }
}

/// The end of a link. A day is its last one.
fn check_until(typed: &str, zone: Zone, now: Timestamp) -> Result<Timestamp, String> {
    let typed = typed.trim();
    let range = || format!("A link ends within 1 to {MAX_DAYS} days.");
    if let Some(days) = typed.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()) {
        return match (1..=MAX_DAYS).contains(&days) {
            true => Ok(now + TimeDelta::days(days)),
            false => Err(range()),
        };
    }
    let day = NaiveDate::parse_from_str(typed, "%Y-%m-%d").ok().and_then(|day| day.succ_opt());
    let day = day.ok_or_else(|| "Write a number of days such as 7d, or the last day such as 2026-12-31.".to_owned())?;
    let end = Some(zone.midnight(day)).filter(|end| *end > now && *end <= now + TimeDelta::days(MAX_DAYS));
    end.ok_or_else(range)
}
