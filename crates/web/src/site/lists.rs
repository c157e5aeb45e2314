//! Lists of pages for readers: the front page, and the pages below a path.

use domain::{page::PagePath, zone::Zone};
use serde::Serialize;
use store::{
    Paging, Slice,
    lists::{self, Teaser, VisiblePages},
    pages,
};

use super::resolve::Section;
use crate::{
    App,
    auth::extract::MaybeReader,
    clock,
    http::{
        answer::{Answer, Caching},
        error::Error,
        query::encode,
        view::{Frame, Link},
    },
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
}

impl Row {
    fn new(teaser: Teaser, zone: Zone) -> Row {
        // A locked teaser shows its title and nothing else.
        let published = (!teaser.locked).then_some(teaser.published_at);
        Row {
            href: teaser.path.href(),
            title: teaser.title,
            summary: teaser.summary,
            date: published.map(|at| clock::date(at, zone)).unwrap_or_default(),
            date_iso: published.map(clock::iso).unwrap_or_default(),
            private: teaser.private,
            locked: teaser.locked,
        }
    }
}

/// The rows of a list, and the addresses of its next and previous page.
#[derive(Serialize)]
pub struct Rows {
    rows: Vec<Row>,
    newer_href: String,
    older_href: String,
}

impl Rows {
    /// The rows of a slice; `address` is the address of the list, ending in `?` or `&`.
    pub fn new(slice: Slice<Teaser>, paging: Paging, address: &str, zone: Zone) -> Rows {
        let page = |number: u32| format!("{address}page={number}");
        Rows {
            rows: slice.rows.into_iter().map(|teaser| Row::new(teaser, zone)).collect(),
            newer_href: if paging.number > 1 { page(paging.number - 1) } else { String::new() },
            older_href: if slice.more { page(paging.number + 1) } else { String::new() },
        }
    }

    /// Without rows.
    pub fn none() -> Rows {
        Rows { rows: Vec::new(), newer_href: String::new(), older_href: String::new() }
    }
}

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    frame: Frame,
    heading: String,
    notice: &'static str,
    breadcrumbs: Vec<Link>,
    login_href: String,
    #[serde(flatten)]
    rows: Rows,
}

/// Renders the list of the pages below a path without a page; below the root it is the front page.
///
/// # Errors
/// 404 when the viewer may see no page below the path.
pub async fn section(app: &App, section: Section) -> Result<Answer, Error> {
    let path = &section.path;
    let viewer = &section.viewer;
    let (paging, now) = (section.paging, section.now);
    let visitor = viewer.visitor();
    let wanted = path.clone();
    let query = move |conn: &mut store::Conn| {
        let slice = match wanted.is_root() {
            true => lists::list(conn, &VisiblePages::listed(&visitor, now), paging)?,
            false => lists::list_below(conn, &VisiblePages::listed(&visitor, now), &wanted, paging)?,
        };
        let titles = pages::titles(conn, &VisiblePages::readable(&visitor, now), &wanted.ancestors())?;
        Ok((slice, titles, pages::next_boundary(conn, now)?))
    };
    let (site, (slice, titles, expires_at)) = app.db.read_with_site(query).await?;
    if slice.rows.is_empty() && !path.is_root() {
        return Err(Error::NotFound);
    }
    let heading = if path.is_root() { site.title.clone() } else { humanise(path.last_segment()) };
    let template = if path.is_root() { "index.html" } else { "list.html" };
    let address = format!("{}?", path.href());
    let page = ListPage {
        frame: Frame::new(&site, viewer.account()),
        heading,
        notice: viewer.notice(),
        breadcrumbs: breadcrumbs(path, &titles),
        login_href: login_href(&path.href()),
        rows: Rows::new(slice, paging, &address, site.time_zone),
    };
    let answer = Answer::html(app.view.render(template, &page)?, caching(viewer)).finish();
    section.into_cache_fill().insert(app.db.cache(), &answer, expires_at);
    Ok(answer)
}

/// The cache policy of a list, which shows more to signed-in viewers.
pub fn caching(viewer: &MaybeReader) -> Caching {
    if viewer.account().is_some() { Caching::Personal } else { Caching::Shared }
}

/// The breadcrumbs of a path: each ancestor by its title if the viewer may read it, else by its segment.
pub fn breadcrumbs(path: &PagePath, titles: &[(PagePath, String)]) -> Vec<Link> {
    let title = |path: &PagePath| titles.iter().find(|(known, _)| known == path).map(|(_, title)| title.clone());
    let link = |path: PagePath| Link::new(path.href(), title(&path).unwrap_or_else(|| humanise(path.last_segment())));
    path.ancestors().into_iter().map(link).collect()
}

/// Makes a title of a segment: `house-rules` becomes `House rules`.
fn humanise(segment: &str) -> String {
    let words = segment.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The address of the sign-in that redirects back to `address`. The panel's links to the site go through it, too: after
/// a sign-in at `/admin/`, a browser sends the password only below that path, until another path asks for it (RFC 7617
/// section 2.2).
pub fn login_href(address: &str) -> String {
    format!("/login?{}", encode(&[("next", address)]))
}
