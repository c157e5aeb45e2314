//! The Atom feed, the sitemap and robots.txt. They contain public pages only, and are the same for everybody.

use std::fmt::Write;

use actix_web::web::Data;
use domain::{Timestamp, access::Visitor, page::PageId, site::Site};
use sha2::{Digest, Sha256};
use store::{
    lists::{self, Teaser, VisiblePages},
    pages,
};

use crate::{
    App,
    cache::answers::{CacheKey, Cached},
    clock::{self, iso},
    http::{
        answer::{Answer, Caching, TEXT},
        error::Error,
        logging::LogLimiter,
    },
};

/// The maximum number of pages in the feed.
const MAX_FEED_PAGES: u32 = 50;
/// The maximum number of pages in the sitemap (sitemaps.org).
const MAX_SITEMAP_PAGES: u32 = 50_000;

/// GET `/feed.xml`: the newest public pages, as Atom (RFC 4287).
pub async fn atom(app: Data<App>) -> Result<Answer, Error> {
    cached(&app, CacheKey::Feed, MAX_FEED_PAGES, write_atom).await
}

/// GET `/sitemap.xml`: the newest public pages, as a sitemap.
pub async fn sitemap(app: Data<App>) -> Result<Answer, Error> {
    cached(&app, CacheKey::Sitemap, MAX_SITEMAP_PAGES, write_sitemap).await
}

/// The cached answer, or a new one from the newest `limit` public pages.
async fn cached(
    app: &Data<App>,
    key: CacheKey<'static>,
    limit: u32,
    write: fn(&App, &Site, &[Teaser]) -> Answer,
) -> Result<Answer, Error> {
    /// The sitemap is made after every change.
    static LIMITER: LogLimiter = LogLimiter::new();
    let answers = &app.db.cache().answers;
    if let Some(Cached::Answer(answer)) = answers.get(key, "") {
        return Ok(answer);
    }
    answers.count_miss();
    let token = answers.fill_token(key);
    let (site, (mut rows, expires_at)) = app.db.read_with_site(move |conn| newest_public(conn, limit + 1)).await?;
    let is_whole = rows.len() <= limit as usize;
    if key == CacheKey::Sitemap && !is_whole && LIMITER.allows("sitemap") {
        log::warn!("the sitemap names the newest {limit} pages only, as many as one may have");
    }
    rows.truncate(limit as usize);
    let app_for_write = app.clone();
    let answer = app.render_pool.run(move || write(&app_for_write, &site, &rows).finish()).await?;
    answers.insert(token, "", Cached::Answer(answer.clone()), expires_at);
    Ok(answer)
}

fn write_atom(app: &App, site: &Site, rows: &[Teaser]) -> Answer {
    let base = &app.options.base_url;
    let updated = rows.iter().map(changed_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <title>{}</title>\n<subtitle>{}</subtitle>\n<id>{base}/</id>\n<link href=\"{base}/\"/>\n\
         <link rel=\"self\" href=\"{base}/feed.xml\"/>\n<updated>{}</updated>\n<author><name>{}</name></author>\n",
        xml(&site.language),
        xml(&site.title),
        xml(&site.tagline),
        iso(updated),
        xml(&site.title),
    );
    for row in rows {
        let (id, address) = (entry_id(row.id), format!("{base}{}", row.path.href()));
        let _infallible = write!(
            feed,
            "<entry>\n<title>{}</title>\n<id>{id}</id>\n<link href=\"{address}\"/>\n<published>{}</published>\n\
             <updated>{}</updated>\n<summary>{}</summary>\n</entry>\n",
            xml(&row.title),
            iso(row.published_at),
            iso(changed_at(row)),
            xml(&row.summary),
        );
    }
    feed.push_str("</feed>\n");
    Answer::new("application/atom+xml; charset=utf-8", feed, Caching::Public)
}

fn write_sitemap(app: &App, _: &Site, rows: &[Teaser]) -> Answer {
    let base = &app.options.base_url;
    let mut sitemap = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for row in rows {
        let (path, changed) = (row.path.href(), iso(changed_at(row)));
        let _infallible = writeln!(sitemap, "<url><loc>{base}{path}</loc><lastmod>{changed}</lastmod></url>");
    }
    sitemap.push_str("</urlset>\n");
    Answer::new("application/xml; charset=utf-8", sitemap, Caching::Public)
}

/// GET `/robots.txt`. It names no private page, because attackers read it first.
pub async fn robots(app: Data<App>) -> Answer {
    let base = &app.options.base_url;
    let text = format!(
        "User-agent: *\nDisallow: /admin\nDisallow: /login\nDisallow: /search\n\nSitemap: {base}/sitemap.xml\n"
    );
    Answer::new(TEXT, text, Caching::Public)
}

/// The newest public pages, and when the next page is published or ends.
fn newest_public(conn: &mut store::Conn, limit: u32) -> store::Result<(Vec<Teaser>, Option<Timestamp>)> {
    let now = clock::now();
    let scope = VisiblePages::readable(&Visitor::Anonymous, now);
    Ok((lists::list(conn, &scope, limit)?, pages::next_boundary(conn, now)?))
}

/// The id of an entry: a UUID of the page's key, so that it stays when the page moves (RFC 4287 section 4.2.6, RFC 9562
/// section 5.8).
fn entry_id(page: PageId) -> String {
    let hash = Sha256::digest(format!("postern page {}", page.0));
    let mut digits: Vec<char> =
        hash[..16].iter().flat_map(|byte| format!("{byte:02x}").chars().collect::<Vec<_>>()).collect();
    // The version and the variant.
    (digits[12], digits[16]) = ('8', '8');
    let part = |from: usize, to: usize| digits[from..to].iter().collect::<String>();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// The last change that a reader could see: a page that was written before its date appeared on its date.
fn changed_at(row: &Teaser) -> Timestamp {
    row.updated_at.max(row.published_at)
}

/// Escapes text for XML, and removes the characters that XML 1.0 forbids.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_a_uuid_of_its_page() {
        let id = entry_id(PageId(7));
        assert_eq!((id.len(), &id[..9], &id[22..24], &id[27..29]), (45, "urn:uuid:", "-8", "-8"));
        assert_eq!(id, entry_id(PageId(7)));
        assert_ne!(id, entry_id(PageId(8)));
    }

    #[test]
    fn case_42_text_in_xml_is_escaped() {
        assert_eq!(xml("a<b> & \"c\"\u{1}"), "a&lt;b&gt; &amp; &quot;c&quot;");
    }
}
