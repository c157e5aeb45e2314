//! The gate of a path: finds the page there and applies the access rule to its requester, before anything of the page
//! is shown.

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::{
    Timestamp,
    access::{Access, Visitor},
    navigation::Front,
    page::PagePath,
    site::Site,
};
use store::{
    navigation,
    pages::{self, Located, OutlinedPage},
};

use super::requester::Requester;
use crate::{
    App,
    auth::extract::{MaybeReader, Reader},
    http::{budget::Share, error::Error},
    language::sentence::Sentence,
};

/// The decision about the page at a path, before anything of it is shown.
pub(super) struct Decided<T> {
    pub(super) site: Arc<Site>,
    pub(super) located: OutlinedPage,
    /// Whether the path is an old one of the page.
    pub(super) is_moved: bool,
    /// The reader whom the access rule asked for; `None` for a page that strangers may read.
    pub(super) reader: Option<Reader>,
    pub(super) visitor: Visitor,
    pub(super) access: Access,
    /// The result of `load`, for a page that everybody may see.
    pub(super) loaded: Option<T>,
    /// The share that the caller held for loading it.
    pub(super) held: Option<Share>,
}

/// The page at a path for a requester, or nothing.
#[expect(clippy::large_enum_variant, reason = "there is one for each request, and most have a page")]
pub(super) enum Gate<T> {
    Page(Decided<T>),
    /// For this requester there is no page. For those who may not see it, a page before its date or after its end, or an old
    /// path, is the same as an unknown one; on a site that hides its pages, every page is.
    Nothing {
        site: Arc<Site>,
        is_moved: bool,
    },
}

/// Finds the page at a path and decides about its requester. `load` is called for a page that everybody may see; `held` is
/// dropped before credentials are verified.
///
/// # Errors
/// 401 for a private page without valid credentials, or as [`sign_in`](crate::auth::sign_in::sign_in).
pub(super) async fn gate<T: Send + 'static>(
    app: &App,
    requester: &Requester<'_>,
    path: &PagePath,
    now: Timestamp,
    held: Option<Share>,
    load: impl FnOnce(&mut store::Conn, &OutlinedPage) -> store::Result<Option<T>> + Send + 'static,
) -> Result<Gate<T>, Error> {
    let wanted = path.clone();
    let found = app.db.read_with_site(move |conn| {
        let located = match pages::locate(conn, &wanted)? {
            located @ Located::Page(_) => located,
            // No page has the path `/`: another one may be the front page.
            located if wanted.is_root() => match front_page(conn)? {
                Some(page) => Located::Page(page),
                None => located,
            },
            located => located,
        };
        let loaded = match &located {
            Located::Page(located) if is_open(located, now) => load(conn, located)?,
            _ => None,
        };
        Ok((located, loaded))
    });
    let (site, (located, loaded)) = found.await.map_err(Error::undecided)?;
    let (located, is_moved) = match located {
        Located::Page(located) => (Some(located), false),
        Located::Moved(located) => (located, true),
        Located::Nothing => (None, false),
    };
    let hides = site.hides_pages;
    let Some(located) = located else { return Ok(Gate::Nothing { site, is_moved }) };
    // Verifying credentials may take long, and needs no text.
    let held = held.filter(|_| loaded.is_some());
    let reader = match located.decide(&Visitor::Anonymous, now) {
        Some(Access::Show) => None,
        Some(Access::Challenge) if !is_moved && !hides => Some(requester.reader().await?),
        // Credentials that are invalid, or that cannot be verified at the moment, change nothing here.
        _ => match requester.viewer().await?.account() {
            Some(_) => Some(requester.reader().await?),
            None => return Ok(Gate::Nothing { site, is_moved }),
        },
    };
    let visitor = reader.as_ref().map_or(Visitor::Anonymous, |reader| reader.account().visitor());
    let access = match located.decide(&visitor, now) {
        Some(access) => access,
        None => {
            let (located, visitor) = (located.clone(), visitor.clone());
            let read = app.db.read(move |conn| pages::access(conn, &located, &visitor, now));
            read.await.map_err(Error::undecided)?
        }
    };
    Ok(Gate::Page(Decided { site, located, is_moved, reader, visitor, access, loaded, held }))
}

/// The page that the settings name as the front page.
fn front_page(conn: &mut store::Conn) -> store::Result<Option<OutlinedPage>> {
    match navigation::front(conn)? {
        Front::Page(page) => pages::outline(conn, page),
        Front::List | Front::Cards => Ok(None),
    }
}

/// Whether everybody may see a page.
fn is_open(located: &OutlinedPage, now: Timestamp) -> bool {
    located.decide(&Visitor::Anonymous, now) == Some(Access::Show)
}

/// The error for an address that is not a valid path: 404, or on a site that hides its pages, for strangers the same as
/// at a private page.
pub async fn no_path(app: &App, request: &HttpRequest) -> Error {
    match app.db.site().await.hides_pages {
        true => Reader::of(request).await.err().unwrap_or(Error::NotFound),
        false => Error::NotFound,
    }
}

/// The error for a path without a page: on a site that hides its pages, strangers get the same as at a private page.
pub(super) async fn absence(requester: &Requester<'_>, viewer: &MaybeReader, hides_pages: bool) -> Error {
    match viewer.account() {
        None if hides_pages => requester.reader().await.err().unwrap_or(Error::NotFound),
        _ => Error::NotFound,
    }
}

/// 403, not 404: the earlier 401 already revealed that the page exists.
pub(super) fn not_a_reader(visitor: &Visitor) -> Error {
    let name = visitor.member().map_or("", |member| member.name.as_str());
    Error::Forbidden(match visitor.limit() {
        None => Sentence::new("error-forbidden-page").with("name", name),
        // Without its path: the log has this sentence, and no path of a page.
        Some(_) => Sentence::new("error-forbidden-limit").with("name", name),
    })
}
