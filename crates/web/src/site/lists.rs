//! Lists of pages for readers: the front page, the pages below a path, and all pages at `/sitemap`.

use std::collections::HashMap;

use actix_web::{
    HttpRequest,
    web::{Data, Path},
};
use domain::{
    Timestamp,
    access::Visitor,
    file::File,
    language::LanguageTag,
    navigation::Front,
    page::{PageId, PagePath},
    site::Site,
};
use serde::Serialize;
use store::{
    files,
    lists::{self, ListPart, Teaser, VisiblePages},
    navigation, pages,
};

use super::{
    breadcrumbs::{Crumb, Titles},
    cards::{self, Card},
    list_query::ListQuery,
    resolve::{self, Section},
};
use crate::{
    App,
    auth::extract::MaybeReader,
    clock,
    http::{
        answer::{Answer, Caching, Outcome},
        error::Error,
        menu,
        query::{PAGE_SIZE, QueryString, encode},
        responses::see_other,
        view::Frame,
    },
    language::Language,
    pictures::{LIST_SIZES, Picture},
};

/// A page in a list.
#[derive(Serialize)]
pub struct Row {
    href: String,
    title: String,
    summary: String,
    date: String,
    date_iso: String,
    private: bool,
    locked: bool,
    /// The tag of its language, if it differs from that of the list; otherwise empty.
    language: String,
    /// The minutes that its text takes to read, if there is more than one; otherwise 0.
    minutes: u32,
    /// The cover picture of a page that the viewer may read.
    cover: Option<Picture>,
}

impl Row {
    fn new(teaser: Teaser, cover: Option<&File>, site: &Site, list_language: &str) -> Row {
        let language = Language::for_words(list_language);
        // A locked teaser shows its title and nothing else.
        let published = (!teaser.locked).then_some(teaser.published_at);
        Row {
            language: other_language(&teaser, site, list_language),
            minutes: teaser.minutes,
            cover: cover.map(|cover| Picture::of(&teaser.path, cover, LIST_SIZES)),
            href: teaser.path.href(),
            title: teaser.title,
            summary: teaser.summary,
            date: published.map(|at| language.date(site.time_zone.local(at))).unwrap_or_default(),
            date_iso: published.map(clock::iso).unwrap_or_default(),
            private: teaser.private,
            locked: teaser.locked,
        }
    }
}

/// The tag of the language of a teaser, if it differs from that of its list; otherwise empty, as for a locked page.
pub fn other_language(teaser: &Teaser, site: &Site, list_language: &str) -> String {
    if teaser.locked { String::new() } else { site.other_language(teaser.language.as_ref(), list_language) }
}

/// The rows of a list, and the addresses of those before and after them.
#[derive(Serialize)]
pub struct Rows {
    rows: Vec<Row>,
    newer_href: String,
    older_href: String,
}

impl Rows {
    /// The rows of a part of the list at an address, with dates in the site's zone and in the language of the list.
    pub fn new(below: Below, address: &str, site: &Site, language: &str) -> Rows {
        let Below { part, covers } = below;
        let first = part.rows.first().filter(|_| part.newer);
        let last = part.rows.last().filter(|_| part.older);
        Rows {
            newer_href: first.map(|row| ListQuery::newer_href(address, &row.path)).unwrap_or_default(),
            older_href: last.map(|row| ListQuery::older_href(address, &row.path)).unwrap_or_default(),
            rows: part
                .rows
                .into_iter()
                .map(|teaser| {
                    let cover = covers.get(&teaser.id);
                    Row::new(teaser, cover, site, language)
                })
                .collect(),
        }
    }

    /// A list without rows.
    pub fn none() -> Rows {
        Rows { rows: Vec::new(), newer_href: String::new(), older_href: String::new() }
    }
}

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    frame: Frame,
    heading: String,
    /// Whether the list is at `/sitemap`.
    is_of_all: bool,
    notice: &'static str,
    breadcrumbs: Vec<Crumb>,
    canonical_href: String,
    feed_href: String,
    /// The cards of a front page that shows them; otherwise the page has `rows`.
    cards: Vec<Card>,
    #[serde(flatten)]
    rows: Rows,
}

/// At most 20 rows of the list of the pages below a path, as a visitor finds them at `now`; `None` for a position that is not
/// in this list. On a site that hides its pages, no title of a page is shown to somebody who may not read it.
///
/// # Errors
/// As every query.
pub fn below(
    conn: &mut store::Conn,
    visitor: &Visitor,
    now: Timestamp,
    hides_pages: bool,
    path: &PagePath,
    list_query: &ListQuery,
) -> store::Result<Option<Below>> {
    let Some(position) = list_query.position() else { return Ok(None) };
    let scope = VisiblePages::in_lists(visitor, now, hides_pages);
    let Some(part) = lists::list_below(conn, &scope, path, position, PAGE_SIZE)? else { return Ok(None) };
    // The viewer learns only the title of a locked page.
    let open: Vec<PageId> = part.rows.iter().filter(|row| !row.locked).map(|row| row.id).collect();
    Ok(Some(Below { covers: files::covers(conn, &open)?, part }))
}

/// A part of the list of the pages below a path, with the cover pictures of those that the visitor may read.
pub struct Below {
    part: ListPart,
    covers: HashMap<PageId, File>,
}

/// Redirects to the beginning of a list: the position in the address is no longer in it, or never was.
pub fn to_start(address: &str) -> Outcome {
    Outcome::Redirect(see_other(address))
}

/// GET `/sitemap` and `/sitemap/clients`: the list of all pages, or of those below a path, whatever is at that path.
pub async fn sitemap(request: HttpRequest, app: Data<App>, path: Path<String>) -> Result<Outcome, Error> {
    let path = match PagePath::parse(path.strip_prefix('/').unwrap_or_default()) {
        Ok(path) => path,
        Err(_) => return Err(resolve::no_path(&app, &request).await),
    };
    let viewer = MaybeReader::of(&request).await?;
    let list_query = ListQuery::of(&QueryString::of(&request));
    let hides_pages = app.db.site().await.hides_pages;
    let absent = resolve::no_path(&app, &request).await;
    section(&app, Section::of_all(&app, path, viewer, list_query, clock::now(), (absent, hides_pages))).await
}

/// Renders a path without a page: the list of the pages below it. At the root it is the front page.
///
/// # Errors
/// The error of the section, such as 404, when the viewer may see no page below the path.
pub async fn section(app: &App, section: Section) -> Result<Outcome, Error> {
    let path = &section.path;
    let viewer = &section.viewer;
    let (list_query, now, hides) = (section.list_query.clone(), section.now, section.hides_pages);
    let visitor = viewer.visitor();
    let wanted = path.clone();
    let is_of_all = section.is_of_all;
    let is_front = path.is_root() && !is_of_all;
    let may_have_cards = is_front && list_query == ListQuery::START;
    let query = move |conn: &mut store::Conn| {
        let cards = match may_have_cards && navigation::front(conn)? == Front::Cards {
            true => cards::list(conn, &VisiblePages::readable(&visitor, now))?,
            false => Vec::new(),
        };
        let part = below(conn, &visitor, now, hides, &wanted, &list_query)?;
        let is_empty = match &part {
            Some(below) => below.part.rows.is_empty(),
            None => below(conn, &visitor, now, hides, &wanted, &ListQuery::START)?
                .is_none_or(|below| below.part.rows.is_empty()),
        };
        // Only the list of all pages names a page at the path itself. In other lists there is none for this visitor,
        // and reading it would take longer if its text is long.
        let named: Vec<PagePath> = wanted.ancestors().into_iter().chain(is_of_all.then_some(wanted)).collect();
        let readable = VisiblePages::readable(&visitor, now);
        let titles = Titles::read(conn, &readable, &named)?;
        let language = language(conn, &readable, &named)?;
        Ok((part, is_empty, (titles, language), cards, pages::next_boundary(conn, now)?))
    };
    let (site, (part, is_empty, (titles, language), cards, expires_at)) = app.db.read_with_site(query).await?;
    if is_empty && !path.is_root() {
        return Err(section.absent);
    }
    let address = section.address();
    let Some(part) = part else { return Ok(to_start(&address)) };
    let menu = menu::of(app, &viewer.visitor()).await?;
    let expires_at = expires_at.into_iter().chain(menu.expires_at).min();
    let shown_at = (!section.is_of_all).then_some(path);
    let page = ListPage {
        frame: Frame::for_viewer(&site, viewer.account(), viewer.is_sender(), login_href(&address))
            .in_language(language.as_ref())
            .with_menu(&menu, shown_at),
        is_of_all: section.is_of_all,
        heading: if path.is_root() { site.title.clone() } else { heading(path, &titles, section.is_of_all) },
        cards,
        notice: viewer.notice(),
        breadcrumbs: titles.breadcrumbs(path, &site, site.language_or(language.as_ref())),
        canonical_href: if section.is_of_all { String::new() } else { app.options.canonical(path) },
        feed_href: feed_href(path),
        rows: Rows::new(part, &address, &site, site.language_or(language.as_ref())),
    };
    let template = if is_front { "index.html" } else { "list.html" };
    let (view, caching) = (app.view.clone(), caching(viewer));
    let rendering = move || view.render(template, &page).map(|body| Answer::html(body, caching).finish());
    let answer = app.render_pool.run(rendering).await??;
    section.into_cache_fill().insert(app.db.cache(), &answer, expires_at);
    Ok(Outcome::Page(answer))
}

/// The language of a list: that of the nearest page above it that its visitor may read, the front page included.
/// `above` has the paths of these pages, nearest last, without the root.
fn language(conn: &mut store::Conn, readable: &VisiblePages, above: &[PagePath]) -> store::Result<Option<LanguageTag>> {
    let nearest_first: Vec<PagePath> = above.iter().rev().cloned().chain([PagePath::root()]).collect();
    pages::visible_language(conn, readable, &nearest_first)
}

/// The heading of a list: the title of the page at its path, if the list is at `/sitemap` and the viewer may read that page.
fn heading(path: &PagePath, titles: &Titles, is_of_all: bool) -> String {
    let title = titles.of(path).filter(|_| is_of_all).map(str::to_owned);
    title.unwrap_or_else(|| path.segment_title())
}

/// The cache policy of a list, which shows more to signed-in viewers.
pub fn caching(viewer: &MaybeReader) -> Caching {
    if viewer.account().is_some() { Caching::Personal } else { Caching::Shared }
}

/// The address of the sign-in that redirects back to `address`. The panel's links to the site go through it, too: after
/// a sign-in at `/admin/`, a browser sends the password only below that path, until another path asks for it (RFC 7617
/// section 2.2).
pub fn login_href(address: &str) -> String {
    format!("/login?{}", encode(&[("next", address)]))
}

/// The address of the feed of a section.
pub fn feed_href(path: &PagePath) -> String {
    format!("{}/feed.xml", path.href().trim_end_matches('/'))
}
