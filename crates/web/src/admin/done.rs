//! What an action did to one page: the message after it, with a link to the page and an undo.
//!
//! The address after an action names the action, the page and the version. The message itself is read from the
//! database, and is shown only if this user made that version within the last minute: an address that is opened again
//! later says nothing, and a foreign link cannot make the panel say anything. A script takes the word out of the
//! address, so that a reload in that minute does not repeat it either. See docs/decisions/0032.

use actix_web::HttpResponse;
use domain::{
    Timestamp, Version,
    access::Editor as Proof,
    draft::Draft,
    page::{Page, PageId},
    revision::Revision,
    zone::Zone,
};
use store::{Conn, drafts, pages, revisions, trash};

use super::{
    bulk_done,
    drafts::naming,
    message::{Notice, is_fresh},
    sections::{DRAFTS, PAGES},
    undo_form::UndoForm,
};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        error::Error,
        query::{QueryString, encode},
        responses::see_other,
        view::Link,
    },
    site::lists::login_href,
};

/// What an action did to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// Readers did not have the page before.
    Published,
    /// The published page has a new version.
    Changed,
    Unpublished,
    Deleted,
    /// The form was closed, and its input was kept as a draft.
    Kept,
    /// An earlier version is the draft of the page.
    Reverted,
    /// An earlier action was taken back.
    Undone,
}

impl Done {
    const ALL: [(Done, &'static str); 7] = [
        (Done::Published, "published"),
        (Done::Changed, "changed"),
        (Done::Unpublished, "unpublished"),
        (Done::Deleted, "deleted"),
        (Done::Kept, "kept"),
        (Done::Reverted, "reverted"),
        (Done::Undone, "undone"),
    ];

    /// The word of the action in an address and in the form of its undo.
    pub(super) fn word(self) -> &'static str {
        Done::ALL.iter().find(|(done, _)| *done == self).map_or("", |(_, word)| word)
    }

    /// The action with a word.
    pub(super) fn parse(word: &str) -> Option<Done> {
        Done::ALL.iter().find(|(_, known)| *known == word).map(|(done, _)| *done)
    }

    /// The redirect to an address that says what was done to a page, with its current version; for a draft, any
    /// version. `back` is the rest of the query.
    pub(super) fn at(self, address: &str, page: PageId, version: Version, back: &str) -> HttpResponse {
        let (page, version) = (page.0.to_string(), version.0.to_string());
        let query = encode(&[("done", self.word()), ("of", &page), ("version", &version)]);
        let more = if back.is_empty() { String::new() } else { format!("&{back}") };
        see_other(&format!("{address}?{query}{more}"))
    }
}

/// Where a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    List,
    Form,
}

/// What the database knows of the page of a message.
struct Found {
    page: Option<Page>,
    draft: Option<Draft>,
    /// The version that the address names.
    revision: Option<Revision>,
    last: Option<Version>,
    /// The path of the version before it, if the page moved.
    left: Option<String>,
    /// The title of the page in the trash, and the moment and the user of its deletion.
    deleted: Option<(String, Timestamp, String)>,
}

impl Found {
    fn read(conn: &mut Conn, proof: &Proof, id: PageId, version: Version) -> store::Result<Found> {
        let revision = revisions::get(conn, proof, id, version)?;
        let before = match revisions::before(conn, proof, id, version)? {
            Some(before) => revisions::get(conn, proof, id, before)?,
            None => None,
        };
        let left = before
            .zip(revision.as_ref())
            .filter(|(before, now)| before.content.path != now.content.path)
            .map(|(before, _)| before.content.path.to_string());
        let deleted = trash::get_many(conn, proof, &[id])?.pop();
        Ok(Found {
            page: pages::get(conn, proof, id)?,
            draft: drafts::get(conn, proof, id)?,
            last: revisions::last(conn, proof, id)?,
            deleted: deleted.map(|row| (row.title, row.deleted_at, row.deleted_by)),
            revision,
            left,
        })
    }

    /// The draft, if the user saved it a moment ago.
    fn own_draft(&self, by: &str, now: Timestamp) -> Option<&Draft> {
        self.draft.as_ref().filter(|draft| draft.saved_by == by && is_fresh(draft.saved_at, now))
    }

    /// The page, if it still has the version that the user made a moment ago.
    fn own_page(&self, by: &str, now: Timestamp) -> Option<(&Page, &Revision)> {
        let (page, revision) = self.page.as_ref().zip(self.revision.as_ref())?;
        let is_own = revision.actor == by && is_fresh(revision.at, now) && page.version == revision.version;
        is_own.then_some((page, revision))
    }
}

/// The message that an address names, if this user did it a moment ago.
///
/// # Errors
/// When the database fails.
pub(super) async fn notice(
    app: &App,
    editor: &Editor,
    query: &QueryString,
    place: Place,
) -> Result<Option<Notice>, Error> {
    if query.has("bulk") {
        return bulk_done::notice(app, editor, query).await;
    }
    let number = |name: &str| query.get(name).parse::<i64>().ok();
    let (Some(done), Some(id), Some(version)) = (Done::parse(query.get("done")), number("of"), number("version"))
    else {
        return Ok(None);
    };
    let (id, proof) = (PageId(id), editor.proof());
    let by = proof.actor().to_owned();
    let (site, found) = app.db.read_with_site(move |conn| Found::read(conn, &proof, id, Version(version))).await?;
    let (now, zone) = (clock::now(), site.time_zone);
    let Some((mut words, links)) = message(done, id, version, &found, &by, now, zone) else { return Ok(None) };
    match query.get("fewer").parse::<u32>() {
        Ok(1) => words.push_str(" Fewer people can now read 1 other page."),
        Ok(fewer) => words.push_str(&format!(" Fewer people can now read {fewer} other pages.")),
        Err(_) => {}
    }
    let undo = matches!(done, Done::Published | Done::Changed | Done::Unpublished | Done::Deleted).then(|| {
        let is_form = place == Place::Form;
        let back = PAGES.back(if is_form { query.get("back") } else { "" });
        UndoForm::of_page(id, done.word(), version, back, is_form)
    });
    Ok(Some(Notice { words, links, pages: Vec::new(), more: 0, undo }))
}

/// The words of a message, and its links.
fn message(
    done: Done,
    id: PageId,
    version: i64,
    found: &Found,
    by: &str,
    now: Timestamp,
    zone: Zone,
) -> Option<(String, Vec<Link>)> {
    let edit = || Link::new(PAGES.form_href(id.0), "Edit");
    let title = |draft: &Draft| naming::title(draft.typed.page.title.clone());
    Some(match done {
        Done::Published | Done::Changed => {
            let (page, _) = found.own_page(by, now)?;
            let content = &page.content;
            let (title, at) = (&content.title, content.published_at);
            let mut words = match (done, at > now) {
                (_, true) => format!("Scheduled “{title}”. Appears {}.", clock::day(at, now, zone)),
                (Done::Changed, false) => format!("Published the changes to “{title}”."),
                (_, false) => format!("Published “{title}”."),
            };
            if let Some(left) = found.left.as_ref().filter(|_| done == Done::Changed) {
                words.push_str(&format!(" Moved from {left} to {}.", content.path));
            }
            (words, vec![Link::new(login_href(&content.path.href()), "View")])
        }
        Done::Unpublished => {
            let draft = found.own_draft(by, now).filter(|_| found.page.is_none())?;
            (found.last? == Version(version)).then_some(())?;
            (format!("Unpublished “{}”. It is a draft now.", title(draft)), vec![edit()])
        }
        Done::Deleted => {
            let (title, ..) = found.deleted.as_ref().filter(|(_, at, who)| who == by && is_fresh(*at, now))?;
            (format!("Moved “{title}” to the trash."), Vec::new())
        }
        Done::Kept => {
            let draft = found.own_draft(by, now)?;
            let discard = Link::new(DRAFTS.href(id.0, "/discard", ""), "Discard…");
            let words = match &found.page {
                Some(page) => format!("Draft kept: the changes to “{}” are not published.", page.content.title),
                None => format!("Draft kept: “{}” is not published.", title(draft)),
            };
            (words, vec![edit(), discard])
        }
        Done::Reverted => {
            found.own_draft(by, now)?;
            (format!("Version {version} is in the draft. It goes online when you publish it."), Vec::new())
        }
        Done::Undone => match (found.own_page(by, now), found.own_draft(by, now)) {
            (Some((page, _)), _) => {
                let view = Link::new(login_href(&page.content.path.href()), "View");
                let words = match &found.draft {
                    Some(_) => format!("Undone: “{}” is as before. The changes are a draft.", page.content.title),
                    None => format!("Undone: “{}” is as before.", page.content.title),
                };
                (words, vec![view])
            }
            (None, Some(draft)) => (format!("Undone: “{}” is a draft again.", title(draft)), vec![edit()]),
            (None, None) => return None,
        },
    })
}
