//! The feed of a section: the pages below a path that its reader may read.

use std::sync::Arc;

use actix_web::{HttpRequest, web::Data};
use domain::{
    page::{PageId, PagePath},
    visitor::Visitor,
};
use store::lists::{self, Position, VisiblePages};

use super::atom::{self, ATOM, Head, MAX_FEED_PAGES};
use crate::{
    App,
    auth::{
        account::Account,
        extract::{MaybeReader, Reader},
    },
    cache::answers::{CacheKey, Cached},
    clock,
    http::{
        answer::{Answer, Caching, Outcome},
        error::Error,
        responses::permanent_redirect_with_query,
    },
    site::{
        lists::feed_href,
        resolve::{self, Resolved},
    },
};

/// GET `/{section}/feed.xml`: the newest pages below a path, for a feed reader that sends the credentials of its reader.
///
/// # Errors
/// As the page at the path: 401 if it is private. 404 if there is no page and the reader may read none below it.
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<Outcome, Error> {
    // As the router matched it: what is decoded later is the path of no page.
    let path = request.match_info().get("section").unwrap_or_default();
    let path = match PagePath::parse(path) {
        Ok(path) => path,
        Err(_) => return Err(resolve::no_path(&app, &request).await),
    };
    if let Some(answer) = cached(&app, &request, &path).await? {
        return Ok(Outcome::Page(answer));
    }
    match read(&request, &app, path.clone()).await {
        // The database does not answer: the feed of strangers may be in the cache.
        Err(error @ Error::Unavailable(_)) => {
            let public = app.db.cache().answers.get(CacheKey::SectionFeed(path.as_str()), "");
            public.and_then(Cached::answer).map(Outcome::Page).ok_or(error)
        }
        outcome => outcome,
    }
}

async fn read(request: &HttpRequest, app: &Data<App>, path: PagePath) -> Result<Outcome, Error> {
    let answers = &app.db.cache().answers;
    let key = CacheKey::SectionFeed(path.as_str());
    let (mut token, all_pages) = (answers.fill_token(key), answers.all_pages());
    let section = match Resolved::page(app, request, path.clone()).await? {
        Resolved::Moved(path) => {
            return Ok(Outcome::Redirect(permanent_redirect_with_query(&feed_href(&path), request.query_string())));
        }
        resolved => Section::of(resolved, request).await?,
    };
    if section.page.is_none() {
        // A page that moved away from here is reported with its new path.
        token.depend_on(all_pages);
    }
    let (visitor, now, below) = (section.visitor(), clock::now(), path.clone());
    let read = move |conn: &mut store::Conn| {
        let visible = VisiblePages::readable(&visitor, now);
        let part = lists::list_below(conn, &visible, &below, &Position::Newest, MAX_FEED_PAGES)?;
        let entries = atom::entries(conn, &visible, part.map(|part| part.rows).unwrap_or_default())?;
        Ok((entries, store::pages::next_boundary(conn, now)?))
    };
    let (site, (entries, next)) = app.db.read_with_site(read).await?;
    if entries.is_empty() && section.page.is_none() {
        return Err(section.absent);
    }
    let (is_hidden, expires_at) = (site.hides_pages, section.ends_at.into_iter().chain(next).min());
    let Section { account, is_guarded, is_cacheable, .. } = &section;
    let caching = if account.is_some() { Caching::Personal } else { Caching::Shared };
    let (account, is_guarded, is_cacheable) = (account.clone(), *is_guarded, *is_cacheable);
    let (rendering_app, own) = (app.clone(), path.clone());
    let rendering = move || {
        let base = &rendering_app.options.base_url;
        let (name, id) = match section.page {
            Some((id, title)) => (title, atom::page_urn(id)),
            None => (own.segment_title(), format!("{base}{}", own.href())),
        };
        let head = Head {
            base,
            site: &site,
            title: format!("{name} · {}", site.title),
            subtitle: String::new(),
            id,
            path: own.href(),
            own_path: &feed_href(&own),
        };
        Answer::new(ATOM, atom::write(&head, &entries), caching).finish()
    };
    let answer = app.render_pool.run(rendering).await?;
    if is_cacheable {
        match account {
            None => answers.insert(token, "", Cached::Answer(answer.clone()), expires_at),
            Some(account) => {
                if is_guarded {
                    answers.insert(token.clone(), "", Cached::Guarded { lists: false, is_hidden }, expires_at);
                } else if answers.get(key, "").is_none() {
                    answers.insert(token.clone(), "", Cached::Listing, expires_at);
                }
                answers.insert_for(token, account, answer.clone(), expires_at);
            }
        }
    }
    Ok(Outcome::Page(answer))
}

/// The cached feed. The access rule decided when it was made; the cache returns it only while neither the pages nor the
/// account have changed since.
async fn cached(app: &App, request: &HttpRequest, path: &PagePath) -> Result<Option<Answer>, Error> {
    let answers = &app.db.cache().answers;
    let key = CacheKey::SectionFeed(path.as_str());
    Ok(match answers.get(key, "") {
        None => None,
        Some(Cached::Guarded { is_hidden: false, .. }) => {
            answers.get_for(key, Reader::of(request).await?.shared_account())
        }
        Some(Cached::Answer(public)) => match MaybeReader::of(request).await?.shared_account() {
            Some(account) => answers.get_for(key, account),
            None => Some(public),
        },
        Some(Cached::Guarded { is_hidden: true, .. } | Cached::Listing) => {
            MaybeReader::of(request).await?.shared_account().and_then(|account| answers.get_for(key, account))
        }
    })
}

/// A section, as its reader may see it.
struct Section {
    /// The page at the path, if there is one for this reader.
    page: Option<(PageId, String)>,
    account: Option<Arc<Account>>,
    /// Whether strangers are asked for credentials.
    is_guarded: bool,
    is_cacheable: bool,
    ends_at: Option<domain::Timestamp>,
    /// The error if the reader finds nothing.
    absent: Error,
}

impl Section {
    async fn of(resolved: Resolved, request: &HttpRequest) -> Result<Section, Error> {
        let without_page = |account, absent, is_cacheable| {
            let (page, is_guarded, ends_at) = (None, false, None);
            Section { page, account, is_guarded, is_cacheable, ends_at, absent }
        };
        Ok(match resolved {
            Resolved::Page(visible) => {
                let (page, reader) = (visible.page(), visible.shared_account());
                let account = match &reader {
                    Some(reader) => Some(reader.clone()),
                    // Below a public page there may be private ones.
                    None => MaybeReader::of(request).await?.shared_account().cloned(),
                };
                Section {
                    page: Some((page.id, page.content.title.clone())),
                    account,
                    is_guarded: reader.is_some(),
                    is_cacheable: page.content.is_published(clock::now()),
                    ends_at: page.content.unpublish_at,
                    absent: Error::NotFound,
                }
            }
            Resolved::Section(section) => without_page(section.viewer.shared_account().cloned(), section.absent, true),
            Resolved::Draft(_) => {
                without_page(MaybeReader::of(request).await?.shared_account().cloned(), Error::NotFound, false)
            }
            Resolved::Finished(_) | Resolved::Moved(_) => return Err(Error::NotFound),
        })
    }

    fn visitor(&self) -> Visitor {
        self.account.as_ref().map_or(Visitor::Anonymous, |account| account.visitor())
    }
}
