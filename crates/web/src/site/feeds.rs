//! The Atom feeds, the sitemap and robots.txt. Those of the whole site contain public pages only, and are the same for
//! everybody.

mod atom;
pub mod section;
pub mod sitemap;
mod xml;

use actix_web::web::Data;
use domain::access::Visitor;
use store::{
    lists::{self, VisiblePages},
    pages,
};

use crate::{
    App,
    cache::answers::{CacheKey, Cached},
    clock,
    http::{
        answer::{Answer, Caching, TEXT},
        error::Error,
    },
};
use atom::{ATOM, Head, MAX_FEED_PAGES};

/// GET `/feed.xml`: the newest public pages.
pub async fn atom(app: Data<App>) -> Result<Answer, Error> {
    let answers = &app.db.cache().answers;
    if let Some(Cached::Answer(answer)) = answers.get(CacheKey::Feed, "") {
        return Ok(answer);
    }
    answers.count_miss();
    let token = answers.fill_token(CacheKey::Feed);
    let now = clock::now();
    let read = move |conn: &mut store::Conn| {
        let visible = VisiblePages::readable(&Visitor::Anonymous, now);
        let rows = lists::list(conn, &visible, MAX_FEED_PAGES)?;
        Ok((atom::entries(conn, &visible, rows)?, pages::next_boundary(conn, now)?))
    };
    let (site, (entries, expires_at)) = app.db.read_with_site(read).await?;
    let rendering_app = app.clone();
    let rendering = move || {
        let base = &rendering_app.options.base_url;
        let head = Head {
            base,
            site: &site,
            title: site.title.clone(),
            subtitle: site.tagline.clone(),
            id: format!("{base}/"),
            path: "/".into(),
            own_path: "/feed.xml",
        };
        Answer::new(ATOM, atom::write(&head, &entries), Caching::Public).finish()
    };
    let answer = app.render_pool.run(rendering).await?;
    answers.insert(token, "", Cached::Answer(answer.clone()), expires_at);
    Ok(answer)
}

/// GET `/robots.txt`. It names no private page, because attackers read it first.
pub async fn robots(app: Data<App>) -> Answer {
    let base = &app.options.base_url;
    let text = format!(
        "User-agent: *\nDisallow: /admin\nDisallow: /join\nDisallow: /login\nDisallow: /s/\nDisallow: /search\n\n\
         Sitemap: {base}/sitemap.xml\n"
    );
    Answer::new(TEXT, text, Caching::Public)
}
