//! Search for readers: the pages that match and that the viewer may read, with the words marked.

use actix_web::web::Data;
use domain::{
    search::{EmptyQuery, Piece, Query},
    site::Site,
};
use serde::Serialize;
use store::{
    Slice,
    search::{self, Found},
};

use super::{
    lists::{caching, login_href, other_language},
    plain,
};
use crate::{
    App,
    auth::extract::MaybeReader,
    clock,
    http::{
        answer::{Answer, Caching},
        error::Error,
        menu,
        query::{QueryString, encode, paging},
        view::Frame,
    },
    language::Language,
    markdown,
};

#[derive(Serialize)]
struct SearchPage {
    #[serde(flatten)]
    frame: Frame,
    query: String,
    asked: bool,
    problem: &'static str,
    notice: &'static str,
    rows: Vec<Row>,
    previous_href: String,
    next_href: String,
}

/// A search result.
#[derive(Serialize)]
struct Row {
    href: String,
    title: Vec<Part>,
    excerpt: Vec<Part>,
    private: bool,
    date: String,
    date_iso: String,
    /// The tag of its language, if it differs from that of the page of results; otherwise empty.
    language: String,
    /// The minutes that its text takes to read, as in lists.
    minutes: u32,
}

impl Row {
    fn new(query: &Query, Found { teaser, text }: Found, site: &Site, language: Language) -> Row {
        let text = query.excerpt(&markdown::plain(&text));
        let excerpt = text.or_else(|| query.excerpt(&teaser.summary));
        Row {
            language: other_language(&teaser, site, &site.language),
            minutes: teaser.minutes,
            href: teaser.path.href(),
            title: parts(query.mark(&teaser.title)),
            excerpt: parts(excerpt.unwrap_or_else(|| vec![Piece::plain(teaser.summary)])),
            private: teaser.private,
            date: language.date(site.time_zone.local(teaser.published_at)),
            date_iso: clock::iso(teaser.published_at),
        }
    }
}

/// A part of a text, marked if it matches the query.
#[derive(Serialize)]
struct Part {
    text: String,
    marked: bool,
}

fn parts(pieces: Vec<Piece>) -> Vec<Part> {
    pieces.into_iter().map(|Piece { text, marked }| Part { text, marked }).collect()
}

/// The key of the message for a query that can find nothing.
fn message(empty: EmptyQuery) -> &'static str {
    match empty {
        EmptyQuery::NoWord => "search-no-word",
        EmptyQuery::OnlyExcluded => "search-only-excludes",
    }
}

/// GET `/search?q=`: the pages that contain all words and that the viewer may read.
pub async fn show(app: Data<App>, address: QueryString, viewer: MaybeReader) -> Result<Answer, Error> {
    let paging = paging(&address);
    let visitor = viewer.visitor();
    let typed = address.get("q").trim().to_owned();
    let query = Query::parse(&typed);
    let problem = query.as_ref().err().copied().map_or("", message);
    let read = move |conn: &mut store::Conn| {
        let Ok(query) = query else { return Ok((Vec::new(), false)) };
        let Slice { rows, more } = search::list(conn, &visitor, clock::now(), &query, paging)?;
        let site = store::site::get(conn)?;
        let language = Language::for_words(&site.language);
        // On the blocking thread, because excerpts of many large texts take long.
        Ok((rows.into_iter().map(|found| Row::new(&query, found, &site, language)).collect(), more))
    };
    let (site, (rows, more)) = app.db.search_with_site(read).await?;
    let own = format!("/search?{}", encode(&[("q", &typed)]));
    let page_href = |number: u32| format!("{own}&page={number}");
    let menu = menu::of(&app, &viewer.visitor()).await?;
    let page = SearchPage {
        frame: Frame::for_viewer(&site, viewer.account(), viewer.is_sender(), login_href(&own)).with_menu(&menu, None),
        asked: !typed.is_empty(),
        problem,
        notice: viewer.notice(),
        rows,
        previous_href: if paging.number > 1 { page_href(paging.number - 1) } else { String::new() },
        next_href: if more { page_href(paging.number + 1) } else { String::new() },
        query: typed,
    };
    let (view, caching) = (app.view.clone(), caching(&viewer));
    let rendering = move || {
        let answer = Answer::html(view.render("search.html", &page)?, caching);
        // Results for one user are not compressed (see `Answer::respond_to`).
        Ok(if caching == Caching::Shared { answer.finish() } else { answer })
    };
    let answer: Result<Answer, Error> = app.render_pool.run(rendering).await?;
    Ok(plain::if_asked(&address, answer?))
}
