//! The sitemap (sitemaps.org): public pages only, in parts where there are many.

use std::fmt::Write;

use actix_web::web::Data;
use domain::{access::Visitor, page::PagePath};
use store::{
    lists::{self, SitemapRow, VisiblePages},
    pages,
};

use super::xml::xml;
use crate::{
    App,
    cache::answers::{CacheKey, Cached},
    clock::{self, iso},
    http::{
        answer::{Answer, Caching},
        error::Error,
        query::{QueryString, encode},
    },
};

/// The maximum number of addresses in one file.
const MAX_ADDRESSES: u32 = 50_000;
const NAMESPACE: &str = "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"";
const XML: &str = "application/xml; charset=utf-8";

/// GET `/sitemap.xml`: the public pages, or an index of the parts, each of which begins with a path: `?from=/clients/acme`.
///
/// # Errors
/// 404 for a path at which no part begins.
pub async fn show(app: Data<App>, query: QueryString) -> Result<Answer, Error> {
    let whole = whole(&app).await?;
    if !query.has("from") {
        return Ok(whole);
    }
    let from = query.get("from").strip_prefix('/').and_then(|path| PagePath::parse(path).ok());
    let from = from.ok_or(Error::NotFound)?;
    // Only addresses of parts in the index are answered, so that each part is made once for all clients.
    let line = index_line(&app.options.base_url, &from);
    let is_part = std::str::from_utf8(whole.body()).is_ok_and(|index| index.contains(&line));
    if is_part { part(&app, from).await } else { Err(Error::NotFound) }
}

/// The sitemap of a site with few pages, or the index.
async fn whole(app: &Data<App>) -> Result<Answer, Error> {
    let answers = &app.db.cache().answers;
    if let Some(Cached::Answer(answer)) = answers.get(CacheKey::Sitemap, "") {
        return Ok(answer);
    }
    answers.count_miss();
    let token = answers.fill_token(CacheKey::Sitemap);
    let now = clock::now();
    let read = move |conn: &mut store::Conn| {
        let visible = VisiblePages::readable(&Visitor::Anonymous, now);
        let starts = lists::sitemap_starts(conn, &visible, MAX_ADDRESSES)?;
        let rows = match starts.is_empty() {
            true => lists::sitemap_part(conn, &visible, &PagePath::root(), MAX_ADDRESSES)?,
            false => Vec::new(),
        };
        Ok((starts, rows, pages::next_boundary(conn, now)?))
    };
    let (starts, rows, expires_at) = app.db.read(read).await?;
    let base = app.options.base_url.clone();
    let rendering = move || {
        let text = if starts.is_empty() { addresses(&base, &rows) } else { index(&base, &starts) };
        Answer::new(XML, text, Caching::Public).finish()
    };
    let answer = app.render_pool.run(rendering).await?;
    answers.insert(token, "", Cached::Answer(answer.clone()), expires_at);
    Ok(answer)
}

async fn part(app: &Data<App>, from: PagePath) -> Result<Answer, Error> {
    let answers = &app.db.cache().answers;
    let key = CacheKey::SitemapPart(from.as_str());
    if let Some(Cached::Answer(answer)) = answers.get(key, "") {
        return Ok(answer);
    }
    answers.count_miss();
    let token = answers.fill_token(key);
    let (now, start) = (clock::now(), from.clone());
    let read = move |conn: &mut store::Conn| {
        let visible = VisiblePages::readable(&Visitor::Anonymous, now);
        Ok((lists::sitemap_part(conn, &visible, &start, MAX_ADDRESSES)?, pages::next_boundary(conn, now)?))
    };
    let (rows, expires_at) = app.db.read(read).await?;
    let base = app.options.base_url.clone();
    let rendering = move || Answer::new(XML, addresses(&base, &rows), Caching::Public).finish();
    let answer = app.render_pool.run(rendering).await?;
    answers.insert(token, "", Cached::Answer(answer.clone()), expires_at);
    Ok(answer)
}

fn addresses(base: &str, rows: &[SitemapRow]) -> String {
    let mut text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset {NAMESPACE}>\n");
    for SitemapRow { path, changed_at } in rows {
        let (path, changed) = (path.href(), iso(*changed_at));
        let _infallible = writeln!(text, "<url><loc>{base}{path}</loc><lastmod>{changed}</lastmod></url>");
    }
    text.push_str("</urlset>\n");
    text
}

/// The index: the first part begins at the root, and the others at `starts`.
fn index(base: &str, starts: &[PagePath]) -> String {
    let mut text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sitemapindex {NAMESPACE}>\n");
    for start in std::iter::once(&PagePath::root()).chain(starts) {
        text.push_str(&index_line(base, start));
    }
    text.push_str("</sitemapindex>\n");
    text
}

fn index_line(base: &str, from: &PagePath) -> String {
    let query = encode(&[("from", &from.href())]);
    format!("<sitemap><loc>{base}/sitemap.xml?{}</loc></sitemap>\n", xml(&query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_names_the_beginning_of_each_part() {
        let text = index("https://example.org", &[PagePath::parse("clients/acme").unwrap()]);
        assert!(text.contains("<sitemap><loc>https://example.org/sitemap.xml?from=%2F</loc></sitemap>"), "{text}");
        assert!(text.contains("<loc>https://example.org/sitemap.xml?from=%2Fclients%2Facme</loc>"), "{text}");
    }
}
