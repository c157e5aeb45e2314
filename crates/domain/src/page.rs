//! A page, and the form input from which it is made.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp, Version,
    audience::{Audience, AudienceInput, Readers},
    invalid::Invalid,
    placement::{Placement, PlacementInput},
    text,
    zone::Zone,
};
pub use crate::{
    id::PageId,
    page_path::{PagePath, RESERVED},
};

/// The most bytes in the Markdown of a page: 1 MiB.
pub const BODY_BYTES: usize = 1024 * 1024;
/// The most characters in a summary.
pub const SUMMARY_CHARS: usize = 500;

/// The part of a page that its author writes: all but its key, its versions and its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContent {
    /// The path of the page.
    pub path: PagePath,
    /// The title: 1 to 200 characters on one line.
    pub title: String,
    /// The summary, which lists show: at most 500 characters on one line.
    pub summary: String,
    /// The text in Markdown, at most 1 MiB, with line ends `\n`.
    pub body: String,
    /// The audience, as the author chose it.
    pub audience: Audience,
    /// Whether lists show the title of a private page, with a lock, to visitors who may not read it.
    pub show_title: bool,
    /// Whether the page ends with a list of the pages below it.
    pub list_below: bool,
    /// The date that lists show and sort by; before it, the page exists for editors only.
    pub published_at: Timestamp,
    /// The end of publication: from then on, the page exists for editors only. `None` if it has no end.
    pub unpublish_at: Option<Timestamp>,
    /// Whether read receipts are kept for a page with chosen readers. The page tells its readers.
    pub receipts: bool,
    /// The place of the page in its section, and what it leaves out.
    pub placement: Placement,
}

impl PageContent {
    /// Whether the page is published: not before its date, and before its end.
    pub fn is_published(&self, now: Timestamp) -> bool {
        is_published(self.published_at, self.unpublish_at, now)
    }
}

/// Whether a page with a date and an end is published: not before its date, and before its end.
pub fn is_published(published_at: Timestamp, unpublish_at: Option<Timestamp>, now: Timestamp) -> bool {
    published_at <= now && unpublish_at.is_none_or(|end| now < end)
}

/// A page as stored in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The key of the page.
    pub id: PageId,
    /// The part that its authors wrote.
    pub content: PageContent,
    /// The readers after inheritance.
    pub readers: Readers,
    /// The page whose audience applies: the page itself or one above it; `None` for a page that everyone may read.
    pub governor: Option<PageId>,
    /// The moment at which the page was created.
    pub created_at: Timestamp,
    /// The moment of the last save.
    pub updated_at: Timestamp,
    /// The version of the page, which grows by 1 with each save.
    pub version: Version,
}

/// The input of a page's form or of the command line, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct PageInput {
    /// The path as typed: `handbook/rules`, or `/` for the root. If empty, the title suggests a path.
    pub path: String,
    /// The title as typed.
    pub title: String,
    /// The summary as typed.
    pub summary: String,
    /// The text in Markdown, as typed.
    pub body: String,
    /// The audience as typed.
    pub audience: AudienceInput,
    /// Whether lists show the title of a private page to visitors who may not read it.
    pub show_title: bool,
    /// Whether the page ends with a list of the pages below it.
    pub list_below: bool,
    /// Whether read receipts are kept.
    pub receipts: bool,
    /// The place of the page in its section, as typed.
    pub placement: PlacementInput,
    /// The date of publication, with or without a time; empty means now.
    pub published: String,
    /// The end of publication, a date with or without a time; empty means never.
    pub unpublish: String,
    /// The time zone of the two dates.
    pub zone: Zone,
}

impl PageInput {
    /// The input that a form shows for an existing page, with its dates in a zone.
    pub fn of(content: &PageContent, zone: Zone) -> PageInput {
        PageInput {
            path: content.path.href(),
            title: content.title.clone(),
            summary: content.summary.clone(),
            body: content.body.clone(),
            audience: AudienceInput::of(&content.audience),
            show_title: content.show_title,
            list_below: content.list_below,
            receipts: content.receipts,
            placement: PlacementInput::of(&content.placement),
            published: zone.typed(content.published_at),
            unpublish: content.unpublish_at.map(|end| zone.typed(end)).unwrap_or_default(),
            zone,
        }
    }

    /// Converts the dates to another zone; a text that is no moment stays as it was typed.
    pub fn in_zone(self, zone: Zone) -> PageInput {
        let moved = |typed: String| match self.zone.parse_moment(&typed) {
            Ok(Some(at)) if self.zone != zone => zone.typed(at),
            _ => typed,
        };
        PageInput { published: moved(self.published), unpublish: moved(self.unpublish), zone, ..self }
    }

    /// Checks all fields; an empty date of publication becomes `now`.
    ///
    /// # Errors
    /// [`Invalid`] with a message for each field that has to be fixed: `path`, `title`, `summary`, `body`, `audience`,
    /// `people`, `groups`, `published`, `unpublish`, `position`, `children`, `language`.
    pub fn check(&self, now: Timestamp) -> Result<PageContent, Invalid> {
        let mut invalid = Invalid::default();
        let title = invalid.take("title", check_title(&self.title));
        let path = invalid.take("path", self.check_path());
        let summary = invalid.take("summary", text::line(&self.summary, SUMMARY_CHARS));
        let body = invalid.take("body", check_body(&self.body));
        let audience = self.audience.check().map_err(|wrong| invalid.extend(wrong)).ok();
        let published = self.zone.parse_moment(&self.published).map(|at| at.unwrap_or(now));
        let published_at = invalid.take("published", published);
        let unpublish_at = invalid.take("unpublish", self.check_unpublish(published_at));
        let placement = self.placement.check().map_err(|wrong| invalid.extend(wrong)).ok();
        match (path, title, summary, body, audience, published_at.zip(unpublish_at), placement) {
            (
                Some(path),
                Some(title),
                Some(summary),
                Some(body),
                Some(audience),
                Some((published_at, unpublish_at)),
                Some(placement),
            ) => Ok(PageContent {
                path,
                title,
                summary,
                body,
                audience,
                show_title: self.show_title,
                list_below: self.list_below,
                published_at,
                unpublish_at,
                receipts: self.receipts,
                placement,
            }),
            _ => Err(invalid),
        }
    }

    /// Checks the input for an existing page. An empty date of publication keeps the old one. A date in the same second
    /// as the old one also keeps it, because a form shows whole seconds.
    ///
    /// # Errors
    /// As [`PageInput::check`].
    pub fn check_over(&self, old: &PageContent) -> Result<PageContent, Invalid> {
        let mut content = self.check(old.published_at)?;
        if content.published_at.timestamp() == old.published_at.timestamp() {
            content.published_at = old.published_at;
        }
        if content.unpublish_at.map(|end| end.timestamp()) == old.unpublish_at.map(|end| end.timestamp()) {
            content.unpublish_at = old.unpublish_at;
        }
        Ok(content)
    }

    fn check_unpublish(&self, published_at: Option<Timestamp>) -> Result<Option<Timestamp>, String> {
        match (self.zone.parse_moment(&self.unpublish)?, published_at) {
            (Some(end), Some(start)) if end <= start => Err("The end has to be after the date of publication.".into()),
            (end, _) => Ok(end),
        }
    }

    pub(crate) fn check_path(&self) -> Result<PagePath, String> {
        if !self.path.trim().is_empty() {
            return PagePath::typed(&self.path);
        }
        PagePath::suggest(&self.title)
            .ok_or_else(|| "Write a path, such as handbook/rules; a single / is the front page.".into())
    }
}

fn check_title(typed: &str) -> Result<String, String> {
    match text::label(typed, text::LINE_CHARS)? {
        title if title.is_empty() => Err("A page needs a title.".into()),
        title => Ok(title),
    }
}

fn check_body(typed: &str) -> Result<String, String> {
    // A browser sends each line end as two bytes, so the limit before normalising is twice as high.
    if typed.len() > 2 * BODY_BYTES {
        return Err(too_long(typed.len()));
    }
    match text::lines(typed, usize::MAX)? {
        body if body.len() > BODY_BYTES => Err(too_long(body.len())),
        body => Ok(body),
    }
}

fn too_long(bytes: usize) -> String {
    format!("At most {BODY_BYTES} bytes (1 MiB); this has {bytes}. Split it into several pages.")
}
