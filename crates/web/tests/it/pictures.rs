//! The cover picture of a page, and the logo and the icon of the site.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use domain::{
    access::Admin,
    draft::{DraftLock, FormId},
    file::FileName,
    page::{Page, PageInput},
};
use store::writing::{ChangeFile, Command, FileChange, Publish, contents};
use web::clock;

use crate::site::{Actor, Response, Site, chosen, draft, public};

const LOOK: &str = "/admin/site/look";

/// A picture of one pixel.
fn pixel() -> Vec<u8> {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    BASE64_STANDARD.decode(png).unwrap()
}

/// Another picture, of one pixel in GIF.
fn other_pixel() -> Vec<u8> {
    BASE64_STANDARD.decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7").unwrap()
}

/// A page with a cover, as its readers have it.
fn with_cover(site: &Site, page: PageInput) -> Page {
    let page = site.put(page);
    site.add_file(page.id, "plan.jpg", "The \"plan\"");
    set_cover(site, &page, true);
    publish(site, &page);
    stored(site, &page)
}

fn set_cover(site: &Site, page: &Page, is_cover: bool) {
    let (name, change) = (FileName::parse("plan.jpg").unwrap(), FileChange::SetCover { is_cover, at_once: false });
    site.run(Command::ChangeFile(ChangeFile { page: page.id, name, change }));
}

/// A page as it is stored.
fn stored(site: &Site, page: &Page) -> Page {
    let by = Admin::command_line();
    site.store().read(|conn| store::pages::get(conn, by.editor(), page.id)).unwrap().unwrap()
}

/// Publishes the draft of a page as it is.
fn publish(site: &Site, page: &Page) {
    let by = Admin::command_line();
    let draft = site.store().read(|conn| store::drafts::get(conn, by.editor(), page.id)).unwrap().unwrap();
    let Page { version, content, .. } = stored(site, page);
    let lock = Some(DraftLock { draft: draft.version, form: FormId(0) });
    site.run(Command::Publish(Publish { lock, ..Publish::after(version, page.id, content) }));
}

#[actix_web::test]
async fn a_cover_is_at_the_top_of_its_page_and_in_link_previews_of_public_pages() {
    let site = Site::new();
    let open = with_cover(&site, PageInput { audience: public(), ..draft("open", "Open") });
    with_cover(&site, PageInput { audience: chosen("ann", &[]), ..draft("closed", "Closed") });
    let page = site.visitor().get("/open").await.is(200);
    let page = page
        .has("<img class=\"cover\" src=\"/open/plan.jpg\" alt=\"The &quot;plan&quot;\" width=\"2000\" height=\"1000\"");
    let page = page.has("srcset=\"/open/plan.jpg?w=480 480w, /open/plan.jpg?w=960 960w, /open/plan.jpg?w=1600 1600w");
    page.has("<meta property=\"og:image\" content=\"http://site.test/open/plan.jpg?w=960\">")
        .has("<meta property=\"og:image:alt\" content=\"The &quot;plan&quot;\">")
        .has("og:title");
    site.visitor().get("/open/plan.jpg?w=960").await.is(200);
    let closed = site.ann().get("/closed").await.is(200);
    closed.has("src=\"/closed/plan.jpg\"").lacks("og:image");
    site.visitor().get("/closed").await.is(401).lacks("plan.jpg").lacks("og:image");
    site.visitor().get("/closed/plan.jpg?w=960").await.is(401);
    // Until the draft is published, only the draft has no cover.
    set_cover(&site, &open, false);
    site.visitor().get("/open").await.has("class=\"cover\"");
    publish(&site, &open);
    site.visitor().get("/open").await.lacks("class=\"cover\"").lacks("og:image");
    // A cover in the draft is only in the preview of the draft.
    set_cover(&site, &open, true);
    let preview = site.eve().get(&format!("/admin/drafts/{}/preview", open.id.0)).await.is(200);
    preview.has("class=\"cover\" src=\"/open/plan.jpg?draft\"").lacks("og:image");
}

#[actix_web::test]
async fn a_card_has_the_cover_of_its_page_for_those_who_may_read_the_page() {
    let site = Site::new();
    with_cover(&site, PageInput { audience: public(), ..draft("open", "Open") });
    with_cover(&site, PageInput { audience: chosen("ann", &[]), ..draft("closed", "Closed") });
    for path in ["open/a", "closed/b"] {
        site.put(PageInput { audience: public(), ..draft(path, "Below") });
    }
    site.write(|conn, admin| {
        let old = store::navigation::get(conn, admin)?;
        let new = domain::navigation::Navigation { front: domain::navigation::Front::Cards, ..old.clone() };
        store::writing::navigation::update(conn, admin, old.version, &new, clock::now())
    });
    let cards = site.visitor().get("/").await.is(200).has("class=\"cards\"");
    cards
        .has("<img class=\"card-cover\" src=\"/open/plan.jpg\" alt=\"\"")
        .has("href=\"/closed\"")
        .lacks("/closed/plan.jpg");
    site.ann().get("/").await.has("src=\"/open/plan.jpg\"").has("src=\"/closed/plan.jpg\"");
}

#[actix_web::test]
async fn t44_a_list_has_the_covers_of_the_pages_that_its_viewer_may_read() {
    let site = Site::new();
    site.put(PageInput { list_below: true, audience: public(), ..draft("news", "News") });
    with_cover(&site, PageInput { audience: public(), ..draft("news/open", "Open") });
    with_cover(&site, PageInput { audience: chosen("ann", &[]), ..draft("news/closed", "Closed") });
    let locked = PageInput { audience: chosen("ann", &[]), show_title: true, ..draft("news/locked", "Locked title") };
    let locked = with_cover(&site, locked);
    let later = PageInput { published: "2999-01-01T00:00".into(), audience: public(), ..draft("news/later", "Later") };
    with_cover(&site, later);
    let lists = ["/", "/news", "/sitemap", "/sitemap/news"];
    // Twice: the second answer is from the cache.
    for _ in 0..2 {
        for uri in lists {
            let list = site.visitor().get(uri).await.is(200).has("Locked title");
            let list = list.has("src=\"/news/open/plan.jpg\" alt=\"\" width=\"2000\" height=\"1000\" srcset=");
            let list = list.has("sizes=\"(min-width: 38rem) 10rem, 6rem\" loading=\"lazy\"");
            list.lacks("closed/plan.jpg").lacks("locked/plan.jpg").lacks("later/plan.jpg");
            let list = site.ann().get(uri).await.is(200).has("src=\"/news/open/plan.jpg\"");
            list.has("src=\"/news/closed/plan.jpg\"").has("src=\"/news/locked/plan.jpg\"").lacks("later/plan.jpg");
        }
    }
    // Each change holds at once: a change of the cover, and a change of the readers.
    set_cover(&site, &locked, false);
    publish(&site, &locked);
    site.ann().get("/news").await.lacks("/news/locked/plan.jpg");
    site.put(PageInput { audience: chosen("ann", &[]), ..draft("news/open", "Open") });
    for uri in lists {
        site.visitor().get(uri).await.is(200).lacks("open/plan.jpg");
    }
    // Search results and feeds have no covers.
    site.ann().get("/search?q=open").await.has("/news/open").lacks("plan.jpg");
}

#[actix_web::test]
async fn the_cover_is_chosen_with_a_button_of_its_file_and_counts_as_used() {
    let site = Site::new();
    let page = site.page("hello").unwrap();
    site.add_file(page.id, "plan.jpg", "");
    site.add_file(page.id, "old.png", "");
    let (form, eve) = (format!("/admin/pages/{}", page.id.0), site.eve());
    let open = eve.get(&format!("{form}?file=plan.jpg")).await.is(200).has("Use as cover").lacks("No cover");
    assert_eq!(open.body.matches("not in the text").count(), 2);
    let url = format!("/admin/drafts/{}/files/plan.jpg", page.id.0);
    let done = eve.submit(&form, &url, &[("action", "cover")]).await.is(303).header("location").to_owned();
    let after = eve.get(done.split('#').next().unwrap()).await.has("The picture is the cover of the draft.");
    let after = after.has("<strong>cover</strong>").has("No cover").has("waits for publishing");
    assert_eq!(after.body.matches("not in the text").count(), 1, "old.png is unused");
    eve.submit(&form, &url, &[("action", "no-cover")]).await.is(303);
    eve.get(&form).await.lacks("<strong>cover</strong>");
    let text = url.replace("plan.jpg", "notes.txt");
    site.add_file(page.id, "notes.txt", "");
    eve.submit(&form, &text, &[("action", "cover")]).await.is(422).has("Only a picture can be the cover.");
    site.ann().post(&url, &[("action", "cover")]).await.is(403);
}

/// Uploads a picture of the site.
async fn upload(actor: &Actor<'_>, role: &str, file: (&str, &[u8])) -> Response {
    let token = actor.get(LOOK).await.is(200).value_of("form_token");
    actor.upload(&format!("{LOOK}/{role}"), &[("form_token", &token)], file).await
}

/// The address of a picture of the site.
fn href(page: &Response, role: &str) -> String {
    let start = page.body.find(&format!("/static/look/{role}-")).unwrap_or_else(|| panic!("no {role} in {page:?}"));
    page.body[start..].split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_logo_stands_in_the_header_in_place_of_the_title() {
    let site = Site::new();
    site.visitor().get("/hello").await.has("<bdi>Postern</bdi>");
    upload(&site.root(), "logo", ("Our Logo.PNG", &pixel())).await.is(303);
    let page = site.visitor().get("/hello").await.is(200).lacks("<bdi>Postern</bdi>").lacks("<picture>");
    let logo = href(&page, "logo");
    page.has(&format!("<img class=\"logo\" src=\"{logo}\" alt=\"Postern\" width=\"1\" height=\"1\">"));
    let picture = site.visitor().get(&logo).await.is(200);
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(picture.header("content-security-policy").contains("sandbox"), "{picture:?}");
    assert_eq!(site.ann().get(&logo).await.fingerprint(), picture.fingerprint());
    // The page that asks for a password has it, too.
    site.visitor().browser().get("/secret").await.is(401).has(&logo);
    // The dark theme has another logo; a visitor who chose a theme gets only its logo.
    upload(&site.root(), "logo-dark", ("dark.gif", &other_pixel())).await.is(303);
    let page = site.visitor().get("/hello").await;
    let dark = href(&page, "logo-dark");
    page.has(&format!("<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"{dark}\"")).has(&logo);
    site.ann().submit("/account", "/account/theme", &[("theme", "dark")]).await.is(303);
    site.ann().get("/hello").await.has(&dark).lacks(&logo).lacks("<picture>");
    // Another picture has another address, and the old one is gone.
    upload(&site.root(), "logo", ("logo.gif", &other_pixel())).await.is(303);
    assert_ne!(href(&site.visitor().get("/hello").await, "logo"), logo);
    site.visitor().get(&logo).await.is(404);
    for role in ["logo", "logo-dark"] {
        let token = site.root().get(LOOK).await.has("Remove").value_of("form_token");
        let fields = [("form_token", token.as_str()), ("action", "remove")];
        site.root().upload(&format!("{LOOK}/{role}"), &fields, ("", b"")).await.is(303);
    }
    site.visitor().get("/hello").await.has("<bdi>Postern</bdi>").lacks("/static/look/");
    site.root().get("/admin/audit").await.has("logo set").has("logo replaced").has("logo-dark removed");
}

#[actix_web::test]
async fn an_icon_is_at_its_address_and_at_the_one_that_browsers_guess() {
    let site = Site::new();
    let ours = site.visitor().get("/favicon.ico").await.is(200);
    upload(&site.root(), "icon", ("icon.png", &pixel())).await.is(303);
    let icon = href(&site.visitor().get("/hello").await.lacks("icon.svg"), "icon");
    site.visitor().get("/hello").await.has(&format!("<link rel=\"icon\" href=\"{icon}\" type=\"image/png\">"));
    let guessed = site.visitor().get("/favicon.ico").await.is(200);
    assert_eq!((guessed.header("content-type"), guessed.header("cache-control")), ("image/png", "no-cache"));
    // The sweep of bytes that nothing has leaves those of the look.
    let later = clock::now() + TimeDelta::hours(100);
    site.write(|conn, _| contents::sweep(conn, later));
    site.write(|conn, _| contents::sweep(conn, later + TimeDelta::hours(100)));
    site.visitor().get(&icon).await.is(200);
    let token = site.root().get(LOOK).await.value_of("form_token");
    let fields = [("form_token", token.as_str()), ("action", "remove")];
    site.root().upload(&format!("{LOOK}/icon"), &fields, ("", b"")).await.is(303);
    assert_eq!(site.visitor().get("/favicon.ico").await.fingerprint(), ours.fingerprint());
    site.write(|conn, _| contents::sweep(conn, later));
    assert_eq!(site.write(|conn, _| contents::sweep(conn, later + TimeDelta::hours(100))).contents, 1);
}

#[actix_web::test]
async fn a_file_that_cannot_be_a_picture_of_the_site_is_refused_with_the_reason() {
    let site = Site::new();
    let root = site.root();
    upload(&root, "logo", ("", b"")).await.is(422).has("Choose a file first.");
    upload(&root, "logo", ("logo.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"))
        .await
        .is(422)
        .has("not a PNG, JPEG, WebP or GIF");
    upload(&root, "logo", ("logo.png", b"GIF89a")).await.is(422).has("The name ends with .png");
    let mut large = pixel();
    large.resize(1 << 21, 0);
    upload(&root, "icon", ("large.png", &large)).await.is(422).has("at most 1 MiB");
    upload(&root, "poster", ("logo.png", &pixel())).await.is(404);
    upload(&site.root().with("origin", "http://other.test"), "logo", ("logo.png", &pixel())).await.is(403);
    let token = root.get(LOOK).await.value_of("form_token");
    site.eve().upload(&format!("{LOOK}/logo"), &[("form_token", &token)], ("logo.png", &pixel())).await.is(403);
    site.visitor().get("/hello").await.lacks("/static/look/");
    assert_eq!(site.store().read(store::files::stored_bytes).unwrap(), 0);
}
