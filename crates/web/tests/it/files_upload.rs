//! Files of a page in its form, by requests: uploading them, their limits, and the buttons of each.

use std::time::Duration;

use actix_web::http::Method;
use domain::{access::Admin, file::File, page::PageId, user::Role};
use serde_json::Value;
use web::{Options, http::upload_limits::Pace, upload::Limits};

use crate::site::{Actor, Response, Site, draft, multipart};

pub struct Hello {
    pub form: String,
    drafts: String,
    pub files: String,
    pub id: PageId,
}

pub fn hello(site: &Site) -> Hello {
    let id = site.page("hello").unwrap().id;
    let drafts = format!("/admin/drafts/{}", id.0);
    Hello { form: format!("/admin/pages/{}", id.0), files: format!("{drafts}/files"), drafts, id }
}

pub fn files(site: &Site, page: PageId) -> Vec<File> {
    site.store().read(|conn| store::files::all(conn, Admin::command_line().editor(), page)).unwrap()
}

pub fn stored(site: &Site) -> u64 {
    site.store().read(store::files::stored_bytes).unwrap()
}

pub async fn token(actor: &Actor<'_>, form: &str) -> String {
    actor.get(form).await.is(200).value_of("form_token")
}

/// Sends a file alone, as the script does.
pub async fn put(actor: &Actor<'_>, hello: &Hello, name: &str, content: &str) -> Response {
    put_with(actor, hello, &[], name, content).await
}

pub async fn put_with(actor: &Actor<'_>, hello: &Hello, more: &[(&str, &str)], name: &str, content: &str) -> Response {
    let token = token(actor, &hello.form).await;
    let fields = [&[("form_token", token.as_str())], more].concat();
    actor.upload(&hello.files, &fields, (name, content.as_bytes())).await
}

pub fn json(response: &Response) -> Value {
    assert_eq!(response.header("content-type"), "application/json", "{response:?}");
    serde_json::from_str(&response.body).unwrap()
}

/// The fields of the page's form with another text.
pub async fn whole_form(actor: &Actor<'_>, form: &str, body: &str) -> Vec<(&'static str, String)> {
    let page = actor.get(form).await.is(200);
    let names = ["form_token", "version", "draft", "form", "title", "path"];
    let mut fields: Vec<(&str, String)> = names.map(|name| (name, page.value_of(name))).to_vec();
    fields.push(("audience", "public".into()));
    fields.push(("body", body.into()));
    fields
}

fn as_pairs<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[actix_web::test]
async fn a_file_waits_in_the_draft_until_the_page_is_published() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let answer = json(&put(&eve, &hello, "My  Übersicht.TXT", "Hello.").await.is(200));
    assert_eq!((answer["name"].as_str(), answer["draft"].as_i64()), (Some("my-ubersicht.txt"), Some(1)));
    assert_eq!(answer["markdown"], "[my-ubersicht.txt](my-ubersicht.txt)");
    assert_eq!((answer["size"].as_str(), answer["notice"].as_str()), (Some("6 bytes"), Some("")));
    eve.get(&hello.form).await.has("my-ubersicht.txt").has("waits for publishing").has("not in the text");
    eve.get(&hello.files).await.is(200).has("my-ubersicht.txt").lacks("<main");
    assert!(files(&site, hello.id).iter().all(|file| file.since.is_none() && file.uploaded_by == "eve"));

    let text = "See [it](my-ubersicht.txt).";
    let mut fields = whole_form(&eve, &hello.form, text).await;
    fields.push(("then", "publish".into()));
    eve.post(&hello.form, &as_pairs(&fields)).await.is(303);
    eve.get(&hello.form).await.has(", published<").lacks("not in the text").lacks("waits for");
    // The same bytes on another page are not stored again.
    let before = stored(&site);
    let secret = site.page("secret").unwrap().id.0;
    let other =
        Hello { form: format!("/admin/pages/{secret}"), files: format!("/admin/drafts/{secret}/files"), ..hello };
    put(&eve, &other, "copy.txt", "Hello.").await.is(200);
    assert_eq!(stored(&site), before);
}

#[actix_web::test]
async fn without_a_script_the_draft_is_saved_with_what_was_typed_before_the_file_is_taken() {
    let site = Site::new();
    let (eve, hello) = (site.eve().browser(), hello(&site));
    let fields = whole_form(&eve, &hello.form, "Typed and not saved.").await;
    let fields = as_pairs(&fields);
    let saved = eve.upload(&hello.files, &fields, ("plan.txt", b"Plan.")).await.is(303);
    let to = saved.header("location");
    assert!(to.starts_with(&hello.form) && to.ends_with("#files") && to.contains("done=uploaded&"), "{to}");
    let shown = eve.get(to.split('#').next().unwrap()).await.is(200);
    shown.has("The file is in the draft.").has("Typed and not saved.").has("value=\"plan.txt\"");
    // Without a file, and with one that is refused, too.
    for (file, words) in
        [(("", b"".as_slice()), "Choose a file first."), (("a.png", b"no".as_slice()), "a.png: The name ends")]
    {
        let fields = whole_form(&eve, &hello.form, "Typed again.").await;
        let refused = eve.upload(&hello.files, &as_pairs(&fields), file).await.is(422);
        refused.has(words).has("Typed again.").has("plan.txt");
        eve.get(&hello.form).await.has("Typed again.");
    }
    // Somebody else saved meanwhile: the texts are compared, and nothing is stored.
    let fields = whole_form(&eve, &hello.form, "Mine.").await;
    let root = site.root();
    let mut theirs = whole_form(&root, &hello.form, "Theirs.").await;
    theirs.push(("then", "draft".into()));
    root.post(&hello.form, &as_pairs(&theirs)).await.is(303);
    eve.upload(&hello.files, &as_pairs(&fields), ("late.txt", b"x")).await.is(409).has("Mine.");
    assert_eq!(files(&site, hello.id).len(), 1);
}

#[actix_web::test]
async fn t53_the_token_stands_before_the_file() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let token = token(&eve, &hello.form).await;
    for fields in [vec![], vec![("form_token", "1.2")], vec![("then", "draft")]] {
        eve.upload(&hello.files, &fields, ("a.txt", b"x")).await.is(403);
    }
    let mut after = multipart(&[], ("a.txt", b"x"));
    after.truncate(after.len() - "--XX--\r\n".len());
    after.extend_from_slice(&multipart(&[("form_token", &token)], ("", b"")));
    let after = String::from_utf8(after).unwrap();
    eve.multipart().send(Method::POST, &hello.files, Some(after)).await.is(403).has("comes after the file");
    let foreign = eve.with("origin", "http://other.test");
    foreign.upload(&hello.files, &[("form_token", &token)], ("a.txt", b"x")).await.is(403);
    site.ann().upload(&hello.files, &[("form_token", &token)], ("a.txt", b"x")).await.is(403);
    // The input comes back, so that it can be sent again.
    let stale = eve.browser().upload(&hello.files, &[("form_token", "1.2"), ("body", "Typed.")], ("a.txt", b"x")).await;
    stale.is(403).has("Typed.");
    assert_eq!((stored(&site), files(&site, hello.id).len()), (0, 0));
}

#[actix_web::test]
async fn a_name_is_made_usable_or_refused() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    for (sent, name) in [
        ("IMG 2041.TXT", "img-2041.txt"),
        ("..\\..\\Evil.CSV", "evil.csv"),
        (".hidden.txt", "hidden.txt"),
        // As browsers write quotation marks.
        ("The %22plan%22.txt", "the-plan.txt"),
    ] {
        assert_eq!(json(&put(&eve, &hello, sent, "x").await.is(200))["name"], name, "{sent}");
    }
    for sent in ["notes.md", "data.json", "README", "robots.txt", "feed.xml"] {
        put(&eve, &hello, sent, "x").await.is(422).has(sent);
    }
    let page = PageId(1);
    let nowhere = Hello { files: "/admin/drafts/1/files".into(), id: page, ..self::hello(&site) };
    put(&eve, &nowhere, "a.txt", "x").await.is(404);
}

#[actix_web::test]
async fn a_second_file_with_the_same_name_replaces_the_first_or_gets_a_number() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    put(&eve, &hello, "plan.txt", "one").await.is(200);
    let question = json(&put(&eve, &hello, "plan.txt", "two").await.is(409));
    assert_eq!((question["name"].as_str(), question["numbered"].as_str()), (Some("plan.txt"), Some("plan-2.txt")));
    // The bytes are stored already, whichever button is pressed.
    let (action, content) = (question["action"].as_str().unwrap(), question["content"].as_str().unwrap());
    let answer = |same| [("action", "add"), ("content", content), ("same_name", same)];
    let numbered = json(&eve.submit(&hello.form, action, &answer("number")).await.is(200));
    assert_eq!(numbered["name"], "plan-2.txt");
    eve.submit(&hello.form, action, &answer("replace")).await.is(200);
    eve.submit(&hello.form, action, &[("action", "add"), ("content", "7"), ("same_name", "replace")]).await.is(409);
    let sizes: Vec<(String, u64)> =
        files(&site, hello.id).into_iter().map(|f| (f.name.to_string(), f.content.bytes)).collect();
    assert_eq!(sizes, [("plan-2.txt".to_owned(), 3), ("plan.txt".to_owned(), 3)]);
    // With the question before the upload, and without a script.
    let third = put_with(&eve, &hello, &[("same_name", "number")], "plan.txt", "three").await.is(200);
    assert_eq!(json(&third)["name"], "plan-3.txt");
    put_with(&eve, &hello, &[("same_name", "replace")], "plan.txt", "four").await.is(200);
    put_with(&eve, &hello, &[("same_name", "maybe")], "plan.txt", "five").await.is(422);
    let page = put(&eve.browser(), &hello, "plan.txt", "six").await.is(409);
    page.has("Replace plan.txt").has("Keep both, the new one as plan-4.txt").has("</html>");
}

/// A JPEG that says where it was taken, in XMP.
fn jpeg_with_position() -> Vec<u8> {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(16, 8).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='52,31N'/>";
    let length = u16::try_from(xmp.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, xmp, &jpeg[2..]].concat()
}

#[actix_web::test]
async fn the_metadata_that_was_left_out_of_a_file_is_named_after_the_question_about_its_name() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let token = token(&eve, &hello.form).await;
    let (fields, photo) = ([("form_token", &*token)], jpeg_with_position());
    let removed = "GPS position removed";
    let first = json(&eve.upload(&hello.files, &fields, ("photo.jpg", &photo)).await.is(200));
    assert_eq!(first["notice"], removed);
    let question = json(&eve.upload(&hello.files, &fields, ("photo.jpg", &photo)).await.is(409));
    let text = |field: &str| question[field].as_str().unwrap().to_owned();
    let (action, content, notice) = (text("action"), text("content"), text("notice"));
    let answer = |same: &'static str, notice: &str| {
        let fields = [("action", "add"), ("content", &*content), ("same_name", same), ("notice", notice)];
        fields.map(|(name, value)| (name, value.to_owned()))
    };
    let number = answer("number", &notice);
    let number: Vec<(&str, &str)> = number.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(json(&eve.submit(&hello.form, &action, &number).await.is(200))["notice"], removed);
    let odd = answer("number", "<b>anything</b>");
    let odd: Vec<(&str, &str)> = odd.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(json(&eve.submit(&hello.form, &action, &odd).await.is(200))["notice"], "");
    // Without a script, too.
    let browser = eve.browser();
    let page = browser.upload(&hello.files, &fields, ("photo.jpg", &photo)).await.is(409);
    let (content, notice) = (page.value_of("content"), page.value_of("notice"));
    let replace = [("action", "add"), ("content", &*content), ("same_name", "replace"), ("notice", &*notice)];
    let replaced = browser.submit(&hello.form, &action, &replace).await.is(303);
    browser.get(replaced.header("location").split('#').next().unwrap()).await.is(200).has(removed);
}

#[actix_web::test]
async fn without_a_script_the_page_after_an_upload_names_the_metadata_that_was_left_out() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let token = token(&eve, &hello.form).await;
    let fields = [("form_token", &*token)];
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(16, 8).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let plain = jpeg.into_inner();
    // A comment of the camera, and no position.
    let comment = [&plain[..2], &[0xff, 0xfe, 0, 6], b"Anna", &plain[2..]].concat();
    let photo = jpeg_with_position();
    let browser = eve.browser();
    for (name, bytes, words) in [
        ("plain.jpg", &plain, "The file is in the draft."),
        ("comment.jpg", &comment, "The file is in the draft. Metadata removed."),
        ("photo.jpg", &photo, "The file is in the draft. GPS position removed."),
    ] {
        let sent = browser.upload(&hello.files, &fields, (name, bytes)).await.is(303);
        let after = browser.get(sent.header("location").split('#').next().unwrap()).await.is(200);
        after.has(&format!("role=\"status\">{words}</p>"));
    }
}

#[actix_web::test]
async fn a_file_that_is_not_what_its_name_says_is_refused_and_the_draft_stays() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    put(&eve, &hello, "a.txt", "x").await.is(200);
    let before = stored(&site);
    put(&eve, &hello, "a.png", &"no picture ".repeat(600)).await.is(422).has("a.png: ");
    // The kind is recognised after a batch was stored.
    let long = format!("{}\u{0}", "text ".repeat(600_000));
    let mut bytes = long.into_bytes();
    bytes.push(0xff);
    let token = token(&eve, &hello.form).await;
    eve.upload(&hello.files, &[("form_token", &token)], ("b.txt", &bytes)).await.is(422).has("b.txt: ");
    assert_eq!((stored(&site), files(&site, hello.id).len()), (before, 1));
}

/// A site with other limits, and an editor eve.
pub fn limited(limits: Limits, pace: Pace) -> Site {
    let site = Site::with(Options { base_url: "http://site.test".into(), uploads: limits, pace, ..Options::default() });
    site.add_user("eve", Role::Editor, "open sesame");
    site.put(draft("hello", "Hello"));
    site
}

#[actix_web::test]
async fn a_file_beyond_a_limit_is_refused() {
    let site = limited(Limits { file: 2_000_000, all: Some(3_000_000) }, Pace::default());
    let (eve, hello) = (site.eve(), hello(&site));
    let token = token(&eve, &hello.form).await;
    let fields = [("form_token", token.as_str())];
    // The size is known before the body is read.
    let announced = eve.with("content-length", "9000000").multipart();
    announced.upload_part(&hello.files, Vec::new(), true).await.is(413);
    // The size is counted while the body is read.
    let large = vec![b'x'; 2_000_001];
    eve.upload(&hello.files, &fields, ("large.txt", &large)).await.is(413);
    assert_eq!(stored(&site), 0);
    eve.upload(&hello.files, &fields, ("one.txt", &large[1..])).await.is(200);
    let other = vec![b'y'; 1_900_000];
    eve.upload(&hello.files, &fields, ("two.txt", &other)).await.is(507).has("space");
    eve.browser().upload(&hello.files, &fields, ("two.txt", &other)).await.is(507);
    assert_eq!((stored(&site), files(&site, hello.id).len()), (2_000_000, 1));
}

#[actix_web::test]
async fn t68_a_file_that_is_too_large_or_too_slow_does_not_say_that_the_draft_beside_it_was_not_saved() {
    let pace = Pace { whole: Duration::from_secs(60), grace: Duration::from_millis(300), rate: 1_000_000_000 };
    let site = limited(Limits { file: 2_000_000, all: None }, pace);
    let (eve, hello) = (site.eve(), hello(&site));
    let large = vec![b'x'; 2_000_001];
    let token = token(&eve, &hello.form).await;
    let alone = eve.upload(&hello.files, &[("form_token", &token)], ("large.txt", &large)).await;
    alone.is(413).has("Nothing was changed");
    let fields = whole_form(&eve, &hello.form, "beside a large file").await;
    let refused = eve.upload(&hello.files, &as_pairs(&fields), ("large.txt", &large)).await;
    refused.is(413).lacks("Nothing was changed").has("A part of this was saved already");
    eve.get(&hello.form).await.is(200).has("beside a large file");
    let fields = whole_form(&eve, &hello.form, "beside a slow file").await;
    let whole = multipart(&as_pairs(&fields), ("slow.txt", &large[..1_000_000]));
    let refused = eve.upload_part(&hello.files, whole[..900_000].to_vec(), false).await;
    refused.is(408).lacks("Nothing was changed").has("A part of this was saved already");
    eve.get(&hello.form).await.is(200).has("beside a slow file");
}

#[actix_web::test]
async fn an_upload_that_ends_early_or_is_slow_leaves_nothing() {
    let pace = Pace { whole: Duration::from_secs(60), grace: Duration::from_millis(300), rate: 1_000_000_000 };
    let site = limited(Limits::default(), pace);
    let (eve, hello) = (site.eve(), hello(&site));
    let token = token(&eve, &hello.form).await;
    let whole = multipart(&[("form_token", &token)], ("long.txt", &vec![b'x'; 3_000_000]));
    let part = || whole[..2_900_000].to_vec();
    eve.upload_part(&hello.files, part(), true).await.is(400);
    assert_eq!(stored(&site), 0);
    eve.upload_part(&hello.files, part(), false).await.is(408);
    assert_eq!(stored(&site), 0);
    eve.upload_part(&hello.files, Vec::new(), false).await.is(408);
    // Two at a time; each of the others has to wait.
    let sent = || eve.upload_part(&hello.files, part(), false);
    let three = futures_util::future::join3(sent(), sent(), sent()).await;
    let mut statuses = [three.0, three.1, three.2].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [408, 408, 429]);
    eve.upload(&hello.files, &[("form_token", &token)], ("short.txt", b"x")).await.is(200);
    assert_eq!(stored(&site), 1);
}

#[actix_web::test]
async fn a_file_is_renamed_with_its_links_described_deleted_and_kept() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    put(&eve, &hello, "plan.svg", svg).await.is(200);
    let act = async |action: &'static str, name: &str, more: &[(&'static str, &str)], body: &str| {
        let mut fields = whole_form(&eve, &hello.form, body).await;
        fields.push(("action", action.into()));
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        eve.post(&format!("{}/{name}", hello.files), &as_pairs(&fields)).await
    };
    let text = "![The plan](plan.svg), [once more](/hello/plan.svg)";
    let edited = act("edit", "plan.svg", &[], text).await.is(303);
    let open = eve.get(edited.header("location").split('#').next().unwrap()).await.is(200);
    assert_eq!((open.value_of("file_name"), open.value_of("file_alt")), ("plan.svg".into(), String::new()));
    open.has("once more").lacks("not in the text").lacks("Delete for good");

    for (name, words) in [("plan.png", "Keep the ending"), ("Plan.svg", "Only lower-case")] {
        act("change", "plan.svg", &[("file_name", name), ("file_alt", "x")], text)
            .await
            .is(422)
            .has(words)
            .has("once more");
    }
    act("change", "plan.svg", &[("file_name", "oak.svg"), ("file_alt", "An oak")], text).await.is(303);
    let form = eve.get(&hello.form).await.has("![The plan](oak.svg), [once more](/hello/oak.svg)");
    form.has("oak.svg").lacks("plan.svg");
    assert_eq!(files(&site, hello.id)[0].alt, "An oak");
    act("insert", "oak.svg", &[], "Text.").await.is(303);
    eve.get(&hello.form).await.has("Text.\n\n![An oak](oak.svg)");

    let mut publish = whole_form(&eve, &hello.form, "Text.").await;
    publish.push(("then", "publish".into()));
    eve.post(&hello.form, &as_pairs(&publish)).await.is(303);
    act("delete", "oak.svg", &[], "Typed.").await.is(303);
    eve.get(&hello.form).await.has("removed when you publish").has("Keep<").has("Typed.");
    act("keep", "oak.svg", &[], "Typed.").await.is(303);
    eve.get(&hello.form).await.lacks("leaves when").has(", published");
    act("delete", "other.svg", &[], "Typed.").await.is(404);

    // Administrators can delete it for good, after a question.
    act("purge", "oak.svg", &[], "Typed.").await.is(403);
    act("ask-purge", "oak.svg", &[], "Typed.").await.is(403);
    let root = site.root();
    let address = format!("{}/oak.svg", hello.files);
    root.submit(&hello.form, &address, &[("action", "ask-purge")]).await.is(200).has("cannot be undone");
    root.submit(&hello.form, &address, &[("action", "purge")]).await.is(303);
    assert!(files(&site, hello.id).is_empty());
    assert_eq!(stored(&site), 0);
    eve.get(&hello.drafts).await.is(405);
}

#[actix_web::test]
async fn the_space_of_a_large_file_that_is_deleted_for_good_is_free_soon() {
    let site = Site::new();
    let (root, hello) = (site.root(), hello(&site));
    let token = token(&root, &hello.form).await;
    let large = vec![b'x'; 11_000_000];
    root.upload(&hello.files, &[("form_token", &token)], ("large.txt", &large)).await.is(200);
    let address = format!("{}/large.txt", hello.files);
    root.submit(&hello.form, &address, &[("action", "purge")]).await.is(303);
    assert!(files(&site, hello.id).is_empty());
    let begun = std::time::Instant::now();
    while stored(&site) > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} bytes are left", stored(&site));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
