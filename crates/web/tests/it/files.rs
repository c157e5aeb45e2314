//! Requests for files: the access of the page comes first, and a name is looked up only after it.

use actix_web::http::Method;
use chrono::TimeDelta;
use domain::{
    access::Admin,
    audience::Audience,
    file::{FileName, PART_BYTES},
    page::{Page, PageContent, PageId, PageInput},
    user::Role,
};
use store::writing::{AddFile, ChangeFile, Command, Consent, FileChange, Selection, SetAudience, Unpublish, contents};
use web::clock;

use crate::site::{Actor, Response, Site, chosen, draft, public, signed_in};

/// Adds a file to a page, for its readers at once or for its draft.
pub fn add(site: &Site, page: &Page, name: &str, bytes: &[u8], at_once: bool) {
    add_sized(site, page.id, name, bytes, (2000, 1000), at_once);
}

/// Adds a file that is a picture of this size to a page or to a draft.
pub fn add_sized(site: &Site, page: PageId, name: &str, bytes: &[u8], size: (u32, u32), at_once: bool) {
    let content = site.write(|conn, _| {
        let content = contents::begin(conn, clock::now())?;
        let parts: Vec<Vec<u8>> = bytes.chunks(PART_BYTES).map(<[u8]>::to_vec).collect();
        contents::add_parts(conn, content, 0, &parts)?;
        // In these tests the hash is the text of short files.
        let hash = format!("{:0>64}", String::from_utf8_lossy(&bytes[..bytes.len().min(20)]));
        contents::finish(conn, content, &hash, Some(size), clock::now())
    });
    let name = FileName::parse(name).unwrap();
    let add = AddFile { page, name, content, alt: String::new(), replaces: true, at_once };
    site.run(Command::AddFile(add));
}

fn set_audience(site: &Site, page: &Page, audience: Audience) {
    site.run(Command::SetAudience(SetAudience { pages: Selection::one(page.id), audience }));
}

/// A site with a private page that ann may read and eve may not, and a public page, with a file each.
fn site() -> (Site, Page, Page) {
    let site = Site::new();
    let private = site.put(PageInput { audience: chosen("ann", &[]), ..draft("clients/acme", "Acme") });
    let open = site.put(PageInput { audience: public(), ..draft("open", "Open") });
    add(&site, &private, "plan.jpg", b"the private plan", true);
    add(&site, &open, "map.png", b"the public map", true);
    site.add_user("bob", Role::Reader, "bob's password");
    let page = |path: &str| site.page(path).unwrap();
    let (private, open) = (page("clients/acme"), page("open"));
    (site, private, open)
}

/// A reader who may not read the private page.
fn bob(site: &Site) -> Actor<'_> {
    site.signed_in("bob", "bob's password")
}

fn same(a: &Response, b: &Response) {
    assert_eq!(a.fingerprint(), b.fingerprint());
}

#[actix_web::test]
async fn a_file_is_read_by_the_readers_of_its_page() {
    let (site, ..) = site();
    site.visitor().get("/open/map.png").await.is(200).has("the public map");
    site.ann().get("/clients/acme/plan.jpg").await.is(200).has("the private plan");
    bob(&site).get("/clients/acme/plan.jpg").await.is(403).lacks("plan");
    site.root().get("/clients/acme/plan.jpg").await.is(200);
    site.visitor().get("/clients/acme/plan.jpg").await.is(401).lacks("plan");
    site.signed_in("ann", "wrong").get("/clients/acme/plan.jpg").await.is(401).lacks("plan");
}

#[actix_web::test]
async fn strangers_cannot_tell_an_existing_name_from_an_invented_one() {
    let (site, ..) = site();
    for round in ["first", "cached"] {
        let existing = site.visitor().get("/clients/acme/plan.jpg").await.is(401);
        for path in ["nope.jpg", "plan.jpg?w=480", "plan.jpg?w=7", "plan.jpg?draft", "PLAN.JPG", ".env", "a.b.c.html"] {
            same(&existing, &site.visitor().get(&format!("/clients/acme/{path}")).await);
        }
        same(&existing, &site.visitor().with("range", "bytes=0-1").get("/clients/acme/plan.jpg").await);
        same(&existing, &site.visitor().with("if-none-match", "*").get("/clients/acme/plan.jpg").await);
        let refused = bob(&site).get("/clients/acme/plan.jpg").await.is(403);
        same(&refused, &bob(&site).get("/clients/acme/nope.jpg").await);
        site.ann().get("/clients/acme/plan.jpg").await.is(200).has(if round == "first" { "private" } else { "plan" });
        site.ann().get("/clients/acme/nope.jpg").await.is(404);
    }
}

#[actix_web::test]
async fn a_file_has_a_strong_etag_a_policy_and_its_kind() {
    let (site, private, open) = site();
    add(&site, &open, "page.html", b"<script>alert(1)</script>", true);
    add(&site, &open, "drawing.svg", b"<svg onload='alert(1)'/>", true);
    add(&site, &open, "paper.pdf", b"%PDF-1.7", true);
    let map = site.visitor().get("/open/map.png").await.is(200);
    assert_eq!(map.header("content-type"), "image/png");
    assert_eq!(map.header("cache-control"), "no-cache");
    assert_eq!((map.header("vary"), map.header("accept-ranges")), ("", "bytes"));
    assert_eq!(map.header("content-disposition"), "inline; filename=\"map.png\"");
    assert_eq!(map.header("x-content-type-options"), "nosniff");
    assert!(map.header("content-security-policy").contains("default-src 'none'"));
    assert!(map.header("content-security-policy").ends_with("sandbox"));
    assert_eq!(map.headers.get_all("content-security-policy").count(), 1);
    for name in ["page.html", "drawing.svg"] {
        let answer = site.visitor().get(&format!("/open/{name}")).await.is(200);
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert!(answer.header("content-security-policy").ends_with("sandbox"));
    }
    let paper = site.visitor().get("/open/paper.pdf").await.is(200);
    assert_eq!(paper.header("content-security-policy"), "frame-ancestors 'none'");
    let saved = site.visitor().get("/open/map.png?download").await.is(200);
    assert_eq!(saved.header("content-disposition"), "attachment; filename=\"map.png\"");
    let plan = site.ann().get("/clients/acme/plan.jpg").await.is(200);
    assert_eq!((plan.header("cache-control"), plan.header("vary")), ("private, no-cache", "Authorization"));
    let etag = plan.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    site.ann().with("if-none-match", &etag).get("/clients/acme/plan.jpg").await.is(304).lacks("plan");
    site.visitor().with("if-none-match", &etag).get("/clients/acme/plan.jpg").await.is(401);
    set_audience(&site, &private, Audience::Public);
    let opened = site.visitor().with("if-none-match", &etag).get("/clients/acme/plan.jpg").await.is(200);
    assert_ne!(opened.header("etag"), etag, "a file that becomes private must not match");
}

#[actix_web::test]
async fn one_range_of_a_file_is_served() {
    let (site, _, open) = site();
    let bytes: Vec<u8> = (0..2 * PART_BYTES + 1000).map(|n| b'a' + u8::try_from(n % 23).unwrap()).collect();
    add(&site, &open, "film.mp4", &bytes, true);
    let length = bytes.len();
    // A cache with room for parts of files, one without, and none.
    let instances = [64 << 20, 2 << 20, 0].map(|cache| site.instance_with_cache(cache));
    for (range, from, to) in [
        ("bytes=0-1".to_owned(), 0, 2),
        (format!("bytes={}-{}", PART_BYTES - 2, PART_BYTES + 1), PART_BYTES - 2, PART_BYTES + 2),
        (format!("bytes={}-", length - 7), length - 7, length),
        ("bytes=-600000".to_owned(), 0, length),
        ("bytes=70000-400000".to_owned(), 70_000, 400_001),
    ] {
        for site in &instances {
            let part = site.visitor().with("range", &range).get("/open/film.mp4").await.is(206);
            assert!(part.body.as_bytes() == &bytes[from..to], "{range}");
            assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{length}", to - 1), "{range}");
            let whole = site.visitor().get("/open/film.mp4").await.is(200);
            assert!(whole.body.as_bytes() == bytes, "after {range}");
        }
    }
    let whole = site.visitor().get("/open/film.mp4").await.is(200);
    assert!(whole.body.as_bytes() == bytes && whole.header("content-encoding").is_empty());
    let beyond = site.visitor().with("range", format!("bytes={length}-")).get("/open/film.mp4").await.is(416);
    assert_eq!((beyond.header("content-range"), &*beyond.body), (&*format!("bytes */{length}"), ""));
    site.visitor().with("range", "bytes=0-1,3-4").get("/open/film.mp4").await.is(200);
    site.visitor().with("range", "bytes=0-1").with("if-range", "\"x\"").get("/open/film.mp4").await.is(200);
    let etag = whole.header("etag").to_owned();
    site.visitor().with("range", "bytes=0-1").with("if-range", etag).get("/open/film.mp4").await.is(206);
    let head = site.visitor().with("range", "bytes=0-1").send(Method::HEAD, "/open/film.mp4", None).await.is(200);
    assert_eq!(head.header("accept-ranges"), "bytes");
    for range in ["bytes=0-3", "bytes=-3"] {
        site.visitor().with("range", range).get("/open/map.png").await.is(206);
        site.visitor().with("range", range).get("/open/map.png").await.is(206);
    }
}

#[actix_web::test]
async fn t69_a_part_of_another_version_of_a_file_gets_412() {
    let (site, _, open) = site();
    add(&site, &open, "film.mp4", &[b'a'; 1000], true);
    let etag = site.visitor().get("/open/film.mp4").await.is(200).header("etag").to_owned();
    let part = |if_match: &str| site.visitor().with("range", "bytes=0-1").with("if-match", if_match);
    part(&etag).get("/open/film.mp4").await.is(206);
    let other = part("\"x\"").get("/open/film.mp4").await.is(412);
    assert_eq!((other.header("etag"), &*other.body), (&*etag, ""));
    part("\"x\"").send(Method::HEAD, "/open/film.mp4", None).await.is(412);
}

#[actix_web::test]
async fn a_change_of_access_holds_for_files_at_once() {
    let (site, private, open) = site();
    let seen = |uri: &'static str| {
        let visitor = site.visitor();
        async move { visitor.get(uri).await.status.as_u16() }
    };
    for uri in ["/open/map.png", "/open/map.png?w=480", "/open/map.png?download"] {
        assert_eq!(seen(uri).await, 200, "{uri}");
    }
    set_audience(&site, &open, Audience::SignedIn);
    for uri in ["/open/map.png", "/open/map.png?w=480", "/open/map.png?download"] {
        assert_eq!(seen(uri).await, 401, "{uri}");
    }
    site.visitor().with("range", "bytes=0-1").get("/open/map.png").await.is(401);
    site.ann().get("/clients/acme/plan.jpg").await.is(200);
    set_audience(
        &site,
        &private,
        PageInput { audience: chosen("bob", &[]), ..draft("x", "X") }.check(clock::now()).unwrap().audience,
    );
    site.ann().get("/clients/acme/plan.jpg").await.is(403);
    bob(&site).get("/clients/acme/plan.jpg").await.is(200);
    site.delete(private.id);
    bob(&site).get("/clients/acme/plan.jpg").await.is(404);
    site.root().get("/clients/acme/plan.jpg").await.is(404);
}

/// A picture with this many pixels on a side, in PNG.
pub fn png(side: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 7]));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[actix_web::test]
async fn t40_t47_the_file_of_a_page_that_was_public_is_refused_at_the_next_request_of_every_instance() {
    let (site, _, open) = site();
    let other = site.instance();
    let tag = site.visitor().get("/open/map.png").await.is(200).header("etag").to_owned();
    let statuses_at = async |instance: &Site| {
        let (visitor, map) = (instance.visitor(), "/open/map.png");
        let mut statuses = Vec::new();
        for uri in [map, "/open/map.png?w=480", "/open/map.png?download"] {
            statuses.push(visitor.get(uri).await.status.as_u16());
        }
        for (name, value) in [("if-none-match", &*tag), ("if-none-match", "*"), ("range", "bytes=0-1")] {
            statuses.push(visitor.with(name, value).get(map).await.status.as_u16());
        }
        statuses.push(visitor.send(Method::HEAD, map, None).await.status.as_u16());
        statuses
    };
    for _ in 0..5 {
        for (audience, expected) in
            [(Audience::SignedIn, [401; 7]), (Audience::Public, [200, 200, 200, 304, 304, 206, 200])]
        {
            let by = Admin::command_line().editor().clone();
            let command = Command::SetAudience(SetAudience { pages: Selection::one(open.id), audience });
            // As a form of the panel: it is answered when every instance knows.
            site.app.db.run(by, command, Consent::Any).await.unwrap().unwrap();
            for instance in [&other, &site, &other, &site] {
                assert_eq!(statuses_at(instance).await, expected);
            }
        }
    }
}

#[actix_web::test]
async fn a_file_follows_its_page_to_another_path() {
    let (site, private, open) = site();
    site.move_page(&open, "moved");
    let moved = site.visitor().get("/open/map.png?w=480").await.is(308);
    assert_eq!(moved.header("location"), "/moved/map.png?w=480");
    site.visitor().get("/moved/map.png").await.is(200);
    site.visitor().get("/open/a%20b.png").await.is(404);
    site.move_page(&private, "clients/beta");
    let stranger = site.visitor().get("/clients/acme/plan.jpg").await.is(404);
    same(&stranger, &site.visitor().get("/clients/acme/nope.jpg").await);
    assert_eq!(site.ann().get("/clients/acme/plan.jpg").await.is(308).header("location"), "/clients/beta/plan.jpg");
    bob(&site).get("/clients/acme/plan.jpg").await.is(404);
}

#[actix_web::test]
async fn a_draft_file_is_for_editors_only() {
    let (site, _, open) = site();
    add(&site, &open, "map.png", b"a newer map", false);
    add(&site, &open, "new.png", b"a new picture", false);
    for actor in [site.visitor(), site.ann(), site.root()] {
        actor.get("/open/map.png").await.is(200).has("the public map");
        actor.get("/open/new.png").await.is(404);
    }
    for uri in ["/open/map.png?draft", "/open/new.png?draft"] {
        site.visitor().get(uri).await.lacks("new");
        site.ann().get(uri).await.lacks("new");
    }
    // On a public page nothing is verified: an editor is recognised by credentials that were proven before.
    site.root().get("/admin").await.is(200);
    for (uri, bytes) in [("/open/map.png?draft", "a newer map"), ("/open/new.png?draft", "a new picture")] {
        let drafted = site.root().get(uri).await.is(200).has(bytes);
        assert_eq!(drafted.header("cache-control"), "no-store");
        site.visitor().get(uri).await.lacks("new");
    }
    let remove = FileChange::Remove { at_once: false };
    let name = FileName::parse("map.png").unwrap();
    site.run(Command::ChangeFile(ChangeFile { page: open.id, name, change: remove }));
    site.visitor().get("/open/map.png").await.is(200).has("the public map");
}

#[actix_web::test]
async fn the_files_of_an_unpublished_page_are_for_editors_only() {
    let (site, _, open) = site();
    let later = clock::now() + TimeDelta::days(1);
    let content = PageContent { published_at: later, ..open.content.clone() };
    site.put_content(content);
    site.visitor().get("/open/map.png").await.is(404).lacks("map");
    site.ann().get("/open/map.png").await.is(404);
    site.root().get("/open/map.png").await.is(200);
    site.run(Command::Unpublish(Unpublish(Selection::one(open.id))));
    site.visitor().get("/open/map.png").await.is(404);
    site.ann().get("/open/map.png").await.is(404);
    let drafted = site.root().get("/open/map.png").await.is(200);
    assert_eq!(drafted.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn spellings_of_a_path_open_no_file() {
    let (site, ..) = site();
    for path in [
        "/clients/acme/plan.jpg/",
        "/clients/acme//plan.jpg",
        "/clients//acme/plan.jpg",
        "/clients/acme/./plan.jpg",
        "/clients/acme/x/../plan.jpg",
        "/Clients/acme/plan.jpg",
        "/clients%2facme/plan.jpg",
        "/clients/acme%2Fplan.jpg",
        "/clients/acme/plan%2ejpg",
        "/clients/acme/plan.jpg%00",
        "/clients/acme/plan.jpg%3Fw=480",
        "/clients/acme/plan.jpg;x",
        "/clients/acme/%70lan.jpg",
        "/open/../clients/acme/plan.jpg",
        "/open/..%2fclients/acme/plan.jpg",
    ] {
        let answer = site.visitor().get(path).await.lacks("the private plan");
        assert!(matches!(answer.status.as_u16(), 308 | 400 | 401 | 404), "{path}: {}", answer.status);
        let answer = bob(&site).get(path).await.lacks("the private plan");
        assert!(matches!(answer.status.as_u16(), 308 | 400 | 403 | 404), "{path}: {}", answer.status);
    }
}

#[actix_web::test]
async fn a_site_that_hides_its_pages_hides_their_files() {
    let (site, ..) = site();
    site.write(|conn, admin| {
        let old = store::site::get(conn)?;
        let new = domain::site::Site { hides_pages: true, ..old.clone() };
        store::writing::site::update(conn, admin, old.version, &new, clock::now())
    });
    let private = site.visitor().get("/clients/acme/plan.jpg").await.is(401);
    for path in ["/clients/acme/nope.jpg", "/nowhere/plan.jpg", "/nowhere.jpg", "/open/nope.png"] {
        let answer = site.visitor().get(path).await;
        if path != "/open/nope.png" {
            same(&private, &answer);
        }
    }
    site.ann().get("/clients/acme/plan.jpg").await.is(200);
    site.ann().get("/clients/acme/plan.jpg").await.is(200);
    bob(&site).get("/clients/acme/plan.jpg").await.is(404);
}

#[actix_web::test]
async fn the_width_of_a_picture_is_one_of_three() {
    let (site, ..) = site();
    for width in ["480", "960", "1600"] {
        site.visitor().get(&format!("/open/map.png?w={width}")).await.is(200).has("the public map");
    }
    for width in ["1", "0480", "", "481", "-480", "99999999999"] {
        site.visitor().get(&format!("/open/map.png?w={width}")).await.is(404);
    }
}

#[actix_web::test]
async fn signed_in_pages_are_read_by_everybody_who_signs_in() {
    let site = Site::new();
    let page = site.put(PageInput { audience: signed_in(), ..draft("team", "Team") });
    add(&site, &page, "list.csv", b"a,b", true);
    site.visitor().get("/team/list.csv").await.is(401);
    for _ in 0..2 {
        let list = site.ann().get("/team/list.csv").await.is(200).has("a,b");
        assert_eq!(list.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(list.header("content-encoding"), "");
    }
}

#[actix_web::test]
async fn smaller_copies_are_made_after_the_first_answer() {
    let site = Site::new();
    let page = site.put(PageInput { audience: public(), ..draft("open", "Open") });
    let picture = image::RgbImage::from_fn(700, 350, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 7]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    add_sized(&site, page.id, "photo.jpg", &jpeg, (700, 350), true);
    let sizes = || async {
        let original = site.visitor().get("/open/photo.jpg").await.is(200);
        let copy = site.visitor().get("/open/photo.jpg?w=480").await.is(200);
        (original.header("etag").to_owned(), copy.header("etag").to_owned())
    };
    let (original, first) = sizes().await;
    assert_eq!(original, first, "until there is a copy, the original is sent");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while sizes().await.1 == original {
        assert!(std::time::Instant::now() < deadline, "no copy was made");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let wide = site.visitor().get("/open/photo.jpg?w=960").await.is(200);
    assert_eq!(wide.header("etag"), original, "no copy is larger than the original");
    assert_eq!(sizes().await.0, original);
}
