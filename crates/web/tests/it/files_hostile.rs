//! Malicious and damaged files: they are refused or have no smaller copies, and never cause an error of the server.

use std::time::{Duration, Instant};

use domain::{
    file::{ContentId, FileKind, FileName, MAX_FILES},
    page::PageId,
};
use flate2::{Compression, Crc, write::ZlibEncoder};
use store::{
    Store,
    writing::{AddFile, Command, Consent, Run, contents},
};
use web::{clock, db::POOL_SIZE, upload::Limits};

use crate::{
    files::{add_sized, png},
    files_upload::{Hello, files, hello, json, limited, put, put_with, stored, token, whole_form},
    site::{Actor, Response, Site, multipart},
};

/// Names as percent-encoded bytes.
const NAMES: [&str; 30] = [
    "%00",
    "%00.jpg",
    "plan.jpg%00.png",
    "%0d%0aSet-Cookie:x.jpg",
    "%ff.jpg",
    "%ff%fe%fd.jpg",
    "%c0%ae%c0%ae%2fplan.jpg",
    "%ed%a0%80.jpg",
    "%f4%90%80%80.jpg",
    "%E2%80%AE.gpj.nalp.jpg",
    "%EF%BB%BFplan.jpg",
    "%F0%9F%98%80.jpg",
    "%CC%81.jpg",
    "caf%C3%A9.jpg",
    "cafe%CC%81.jpg",
    "%E6%9D%B1%E4%BA%AC.jpg",
    "..%2f..%2fetc%2fpasswd.txt",
    "..%5c..%5cwin.ini",
    "%2e%2e.jpg",
    "...",
    ".jpg",
    "jpg.",
    "con.txt",
    "plan.jpg::$data",
    "%22plan%22.jpg",
    "%3Cscript%3E.svg",
    "%252e%252e%252fplan.jpg",
    "%u0041.jpg",
    "%.jpg",
    "a'%20or%201=1.jpg",
];

#[actix_web::test]
async fn a_name_in_any_encoding_is_an_answer_and_no_error_of_the_server() {
    let site = Site::new();
    let hello = hello(&site);
    add_sized(&site, hello.id, "plan.jpg", b"the plan", (9, 9), true);
    let long = format!("{}.jpg", "a".repeat(3000));
    let many = format!("{}jpg", "a.".repeat(1500));
    for actor in [site.visitor(), site.ann(), site.root()] {
        for page in ["/hello", "/secret", "/nope", "/nope/below", "/admin", ""] {
            for name in NAMES.into_iter().chain([&*long, &many]) {
                for query in ["", "?w=480", "?w=%ff", "?draft&w=9999999999999999999999", "?download=%00"] {
                    let uri = format!("{page}/{name}{query}");
                    let answer = actor.get(&uri).await.lacks("the plan");
                    assert!((300..500).contains(&answer.status.as_u16()), "{uri}: {answer:?}");
                }
            }
        }
    }
}

/// A form whose file has this header.
fn with_header(token: &str, header: &[u8]) -> Vec<u8> {
    let form = multipart(&[("form_token", token), ("same_name", "number")], ("NAME", b"text"));
    let name = b"filename=\"NAME\"";
    let at = form.windows(name.len()).position(|window| window == name).unwrap();
    [&form[..at], header, &form[at + name.len()..]].concat()
}

#[actix_web::test]
async fn an_uploaded_name_in_any_encoding_is_made_usable_or_refused() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let token = token(&eve, &hello.form).await;
    let quoted = |name: &[u8]| [&b"filename=\""[..], name, b"\""].concat();
    let mut headers: Vec<Vec<u8>> = [
        &b"plan.txt"[..],
        b"\xff\xfe.txt",
        b"caf\xe9.txt",
        "caf\u{e9}.txt".as_bytes(),
        "cafe\u{301}.txt".as_bytes(),
        "\u{202e}txt.exe".as_bytes(),
        "\u{1f600}.txt".as_bytes(),
        "\u{6771}\u{4eac}.txt".as_bytes(),
        "\u{feff}plan.txt".as_bytes(),
        b"\0plan.txt",
        b"plan.txt\0.png",
        b"\x01\x02\x7f.txt",
        b"..",
        b"../../etc/passwd.txt",
        b"..\\..\\win.txt",
        b"C:\\Users\\eve\\plan.txt",
        b"/",
        b".",
        b".txt",
        b"txt.",
        b"....txt",
        b" ",
        b"%2e%2e%2fplan.txt",
        b"&#46;&#46;/plan.txt",
        b"<script>alert(1)</script>.txt",
        b"a\\\"b.txt",
        b"a;b=c.txt",
        b"a.txt\tb.txt",
        b"con.txt",
        b"?.txt",
    ]
    .map(quoted)
    .into();
    headers.push(quoted(&[&b"a".repeat(5000)[..], b".txt"].concat()));
    headers.push(quoted(&[&b"a."[..]; 3000].concat()));
    headers.push(quoted("\u{1100}".repeat(3000).as_bytes()));
    headers.push(b"filename*=UTF-8''%e2%82%ac.txt".to_vec());
    headers.push(b"filename*=UTF-8''%00%ff.txt".to_vec());
    headers.push(b"filename*=ISO-8859-1''caf%e9.txt".to_vec());
    headers.push(b"filename*=UTF-7''+AC8-.txt; filename=\"b.txt\"".to_vec());
    headers.push(b"filename*=".to_vec());
    headers.push(b"filename=".to_vec());
    headers.push(b"filename=a.txt".to_vec());
    headers.push(b"filename=\"a.txt\"; filename=\"b.txt\"".to_vec());
    headers.push(b"filename=\"a.txt".to_vec());
    headers.push(b"filename=\"a.txt\"\r\nContent-Type: text/html\r\nContent-Disposition: form-data".to_vec());
    for header in headers {
        let answer = eve.send_form(&hello.files, with_header(&token, &header)).await;
        let words = String::from_utf8_lossy(&header[..header.len().min(80)]).into_owned();
        match answer.status.as_u16() {
            200 => assert!(FileName::parse(json(&answer)["name"].as_str().unwrap()).is_ok(), "{words}: {answer:?}"),
            status => assert!((400..500).contains(&status), "{words}: {answer:?}"),
        }
    }
    // With a name beside the file, too.
    for name in ["\0.txt", "../x.txt", "\u{202e}.txt", "a\u{301}.txt", "", " ", "x", "X.TXT"] {
        let fields = [("form_token", &*token), ("same_name", "number"), ("name", name)];
        let answer = eve.upload(&hello.files, &fields, ("plan.txt", b"text")).await;
        assert!(matches!(answer.status.as_u16(), 200 | 422), "{name:?}: {answer:?}");
    }
    for file in files(&site, hello.id) {
        eve.get(&format!("/hello/{}?draft", file.name)).await.is(200);
    }
    eve.get(&hello.form).await.is(200).lacks("<script>alert");
}

fn riff(kind: &[u8; 4]) -> Vec<u8> {
    [&b"RIFF\x20\0\0\0"[..], kind, b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0"].concat()
}

fn box_(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(u32::try_from(content.len()).unwrap() + 8).to_be_bytes()[..], name, content].concat()
}

/// A small file of each kind.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let picture = image::RgbImage::from_fn(60, 40, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    let encoded = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let film = |brand: &[u8; 4]| {
        let head = box_(b"ftyp", &[&brand[..], b"\0\0\0\0isom"].concat());
        [head, box_(b"moov", &box_(b"mvhd", &[0; 100])), box_(b"mdat", &[9; 300])].concat()
    };
    let gif = b"GIF89a\x02\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x02\0\x01\0\0\x02\x02\x44\x0a\0\x3b";
    vec![
        ("png", encoded(image::ImageFormat::Png)),
        ("jpg", encoded(image::ImageFormat::Jpeg)),
        ("webp", encoded(image::ImageFormat::WebP)),
        ("gif", gif.to_vec()),
        ("avif", film(b"avif")),
        ("heic", film(b"heic")),
        ("mp4", film(b"isom")),
        ("m4a", film(b"M4A ")),
        ("webm", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm\x42\x87\x81\x04".to_vec()),
        ("mp3", b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x64\0\0\0\0".to_vec()),
        ("ogg", b"OggS\0\x02\0\0\0\0\0\0\0\0vorbis".to_vec()),
        ("wav", riff(b"WAVE")),
        ("pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n".to_vec()),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec()),
        ("txt", "Gr\u{fc}\u{df}e, \u{6771}\u{4eac}".as_bytes().to_vec()),
        ("csv", b"a;b\n1;2\n".to_vec()),
        ("bin", vec![0, 1, 2, 3]),
    ]
}

/// Uploads bytes under a name, and requests the stored file in all ways that a browser has.
async fn try_file(eve: &Actor<'_>, hello: &Hello, token: &str, name: &str, bytes: &[u8]) -> u16 {
    let fields = [("form_token", token), ("same_name", "replace")];
    let answer = eve.upload(&hello.files, &fields, (name, bytes)).await;
    let status = answer.status.as_u16();
    assert!(matches!(status, 200 | 422), "{name}, {} bytes: {answer:?}", bytes.len());
    if status == 200 {
        let stored = eve.get(&format!("/hello/{name}?draft")).await.is(200);
        assert_eq!(stored.header("x-content-type-options"), "nosniff", "{name}");
    }
    status
}

#[actix_web::test]
async fn a_file_that_is_cut_off_or_is_not_what_its_name_says_is_refused_or_stored_and_never_an_error() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let token = token(&eve, &hello.form).await;
    let samples = samples();
    for (ending, bytes) in &samples {
        let name = format!("a.{ending}");
        assert_eq!(try_file(&eve, &hello, &token, &name, bytes).await, 200, "{name}");
        let is_container = matches!(*ending, "png" | "jpg" | "webp" | "gif");
        for cut in (1..5).map(|part| bytes.len() * part / 5).chain([1, bytes.len() - 1]) {
            let status = try_file(&eve, &hello, &token, &name, &bytes[..cut]).await;
            assert!(!is_container || status == 422, "{name} of {cut} bytes of {}: {status}", bytes.len());
        }
        // Every byte may be wrong.
        for at in (0..bytes.len()).step_by(bytes.len().div_ceil(8)) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            try_file(&eve, &hello, &token, &name, &damaged).await;
        }
        for (other, _) in &samples {
            let status = try_file(&eve, &hello, &token, &format!("b.{other}"), bytes).await;
            let (promised, kind) = (FileKind::of_extension(other), FileKind::of_extension(ending));
            let is_told = promised.is_picture() && kind != promised;
            assert!(!is_told || status == 422, "a .{ending} named .{other}: {status}");
        }
    }
    // Empty files.
    for (ending, _) in &samples {
        let status = try_file(&eve, &hello, &token, &format!("c.{ending}"), b"").await;
        assert_eq!(status == 200, matches!(*ending, "txt" | "csv" | "bin"), "{ending}");
    }
    eve.get(&hello.form).await.is(200);
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(content);
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], kind, content, &crc.sum().to_be_bytes()].concat()
}

/// A PNG of less than 60 KB that says that it has this many pixels on a side.
fn bomb(side: u32) -> Vec<u8> {
    let mut zeros = ZlibEncoder::new(Vec::new(), Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 40 << 20), &mut zeros).unwrap();
    let side = side.to_be_bytes();
    let header = chunk(b"IHDR", &[&side[..], &side, &[8, 6, 0, 0, 0]].concat());
    let png = [&b"\x89PNG\r\n\x1a\n"[..], &header, &chunk(b"IDAT", &zeros.finish().unwrap()), &chunk(b"IEND", b"")];
    png.concat()
}

/// Waits until a smaller copy of a picture was tried, and returns whether there is one.
async fn has_copy(site: &Site, content: ContentId) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !site.store().read(|conn| store::files::tried_widths(conn, content)).unwrap().contains(&480) {
        assert!(Instant::now() < deadline, "nothing was tried");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    site.store().read(|conn| store::files::rendition(conn, content, 480)).unwrap().is_some()
}

#[actix_web::test]
async fn a_small_file_that_claims_to_be_a_huge_picture_has_no_smaller_copy() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(600, 600).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let mut jpeg = jpeg.into_inner();
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xff);
    add_sized(&site, hello.id, "fine.png", &png(700), (700, 700), true);
    let bombs = [("a.png", bomb(65_535)), ("b.png", bomb(u32::MAX >> 1)), ("c.png", bomb(20_000)), ("d.jpg", jpeg)];
    for (name, bytes) in &bombs {
        assert!(bytes.len() < 60_000, "{name}: {}", bytes.len());
        let token = token(&eve, &hello.form).await;
        let answer = eve.upload(&hello.files, &[("form_token", &token)], (name, bytes)).await;
        assert!(matches!(answer.status.as_u16(), 200 | 422), "{name}: {answer:?}");
    }
    publish(&eve, &hello).await;
    let stored = files(&site, hello.id);
    assert!(stored.iter().any(|file| file.name.as_str() == "a.png"), "{stored:?}");
    for file in stored {
        let address = format!("/hello/{}", file.name);
        let original = site.visitor().get(&address).await.is(200).header("etag").to_owned();
        let small = site.visitor().get(&format!("{address}?w=480")).await.is(200);
        assert_eq!(small.header("etag"), original, "{address}");
        if file.content.size.is_some_and(|(width, _)| width > 480) {
            assert_eq!(has_copy(&site, file.content.id).await, file.name.as_str() == "fine.png", "{address}");
        }
    }
    site.visitor().get("/hello").await.is(200);
}

/// Publishes the draft of a page.
async fn publish(eve: &Actor<'_>, hello: &Hello) -> Response {
    let mut fields = whole_form(eve, &hello.form, "Published.").await;
    fields.push(("then", "publish".into()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    eve.post(&hello.form, &pairs).await.is(303)
}

/// Gives a page as many files as it may have, in one transaction.
fn fill(site: &Site, page: PageId) {
    site.write(|conn, admin| {
        let content = contents::begin(conn, clock::now())?;
        contents::add_parts(conn, content, 0, &[b"same".to_vec()])?;
        let content = contents::finish(conn, content, "same", None, clock::now())?;
        for number in 0..MAX_FILES {
            let name = FileName::parse(&format!("{number}.txt")).unwrap();
            let add = AddFile { page, name, content, alt: String::new(), replaces: false, at_once: false };
            let (now, consent, links) = (clock::now(), Consent::Stated, web::markdown::facts);
            let mut run = Run { by: admin.editor(), now, consent, links, progress: &mut |_| {}, takes_access: false };
            store::writing::run(conn, &mut run, &Command::AddFile(add))?;
        }
        Ok(())
    });
}

#[actix_web::test]
async fn a_page_with_five_hundred_files_accepts_no_further_one() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    fill(&site, hello.id);
    put(&eve, &hello, "more.txt", "x").await.is(422).has("a page has at most 500 files");
    put_with(&eve, &hello, &[("same_name", "number")], "7.txt", "x").await.is(422);
    put_with(&eve, &hello, &[("same_name", "replace")], "7.txt", "seven").await.is(200);
    assert_eq!((files(&site, hello.id).len(), stored(&site)), (MAX_FILES, 9));
    eve.get(&hello.form).await.is(200).has("499.txt");
    publish(&eve, &hello).await;
    site.visitor().get("/hello/7.txt").await.is(200).has("seven");
    put(&eve, &hello, "more.txt", "x").await.is(422);
    for action in ["delete", "keep", "delete"] {
        eve.submit(&hello.form, &format!("{}/8.txt", hello.files), &[("action", action)]).await.is(303);
    }
    put(&eve, &hello, "more.txt", "x").await.is(200);
    // The place of the deleted file is taken.
    let keep = eve.submit(&hello.form, &format!("{}/8.txt", hello.files), &[("action", "keep")]).await;
    keep.is(422).has("at most 500 files");
}

#[actix_web::test]
async fn a_file_beyond_the_limit_of_the_site_leaves_the_page_and_its_draft_as_they_are() {
    let site = limited(Limits { file: 5_000_000, all: Some(6_000_000) }, web::http::upload_limits::Pace::default());
    let (eve, hello) = (site.eve(), hello(&site));
    put(&eve, &hello, "plan.txt", "the plan").await.is(200);
    publish(&eve, &hello).await;
    let large = vec![b'x'; 4_500_000];
    let token = token(&eve, &hello.form).await;
    eve.upload(&hello.files, &[("form_token", &token)], ("one.txt", &large)).await.is(200);
    let before = stored(&site);
    // The limit is reached after a part of it was stored.
    let other = vec![b'y'; 4_500_000];
    for browser in [false, true] {
        let fields = whole_form(&eve, &hello.form, "Typed.").await;
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let actor = if browser { eve.browser() } else { eve.clone() };
        let refused = actor.upload(&hello.files, &fields, ("two.txt", &other)).await.is(507).has("space");
        assert_eq!(refused.body.contains("Typed."), browser || refused.body.contains("</html>"));
        assert_eq!(stored(&site), before);
    }
    eve.get(&hello.form).await.is(200).has("Typed.").has("one.txt").has("plan.txt").lacks("two.txt");
    site.visitor().get("/hello").await.is(200).has("Published.").lacks("Typed.");
    site.visitor().get("/hello/plan.txt").await.is(200).has("the plan");
    publish(&eve, &hello).await;
    site.visitor().get("/hello/one.txt").await.is(200);
}

/// Sets the maximum number of database pages of a SQLite file on each connection of a pool.
fn limit_pages(store: &Store, pages: u32, connections: usize) {
    use diesel::connection::SimpleConnection;
    let limit = |conn: &mut store::Conn| {
        conn.batch_execute(&format!("PRAGMA max_page_count = {pages}"))?;
        if connections > 1 {
            limit_pages(store, pages, connections - 1);
        }
        Ok(())
    };
    store.read(limit).unwrap();
}

#[actix_web::test]
async fn a_file_for_a_full_disk_leaves_the_page_and_its_draft_as_they_are() {
    let site = Site::new();
    let (eve, hello) = (site.eve(), hello(&site));
    put(&eve, &hello, "plan.txt", "the plan").await.is(200);
    publish(&eve, &hello).await;
    let connections = usize::try_from(POOL_SIZE).unwrap();
    limit_pages(site.store(), 1, connections);
    let before = stored(&site);
    let large = vec![b'x'; 3_000_000];
    let token = token(&eve, &hello.form).await;
    for actor in [eve.clone(), eve.browser()] {
        let fields = [("form_token", &*token)];
        actor.upload(&hello.files, &fields, ("large.txt", &large)).await.is(507).has("The disk of the site is full");
        assert_eq!(stored(&site), before);
    }
    // With a text that cannot be saved, either, or can because it is short.
    let fields = whole_form(&eve, &hello.form, &"Typed. ".repeat(100_000)).await;
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = eve.browser().upload(&hello.files, &fields, ("large.txt", &large)).await;
    assert!(matches!(refused.status.as_u16(), 503 | 507), "{refused:?}");
    site.visitor().get("/hello").await.is(200).has("Published.").lacks("Typed.");
    site.visitor().get("/hello/plan.txt").await.is(200).has("the plan");
    assert_eq!(files(&site, hello.id).len(), 1);
    limit_pages(site.store(), 1_000_000, connections);
    eve.upload(&hello.files, &[("form_token", &token)], ("large.txt", &large)).await.is(200);
    publish(&eve, &hello).await;
    site.visitor().get("/hello/large.txt").await.is(200);
}
