//! Attacks through a browser: stored payloads, cross-site posts, frames.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use super::{
    chromium::Chromium,
    server::{PASSWORD, Server},
    walk,
};

const PAYLOAD: &str = "<img src=x onerror=alert(1)>";
const BODY: &str = "[one](javascript:alert(1)) [two](JaVaScRiPt:alert(2)) [three](data:text/html,<script>alert(3)</script>)\n\n\
    <script>alert(4)</script> <img src=x onerror=alert(5)> <svg onload=alert(6)></svg> <a href=\"javascript:alert(7)\">four</a>\n\n\
    ![x](x\" onerror=\"alert(8)) <iframe srcdoc=\"<script>alert(9)</script>\"></iframe> <style>body { display: none }</style>\n";

#[test]
fn stored_payloads_run_on_no_page_and_violate_no_policy() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    walk::furnish(&server);
    server.page("payload", PAYLOAD, BODY, &["--summary", PAYLOAD, "--private", "--show-title"]);
    server.page("payload/below", PAYLOAD, BODY, &["--summary", PAYLOAD]);
    let admin = browser.user(&server, "admin");
    admin.open("/admin/site").fill("#title", PAYLOAD).fill("#tagline", PAYLOAD).fill("#footer", PAYLOAD);
    admin.fill("#refusal", PAYLOAD).press("Save settings").sees(PAYLOAD);

    let mut seen = 0;
    let mut look = |name: &str, person: &super::chromium::Person| {
        // A text may have pictures; titles and other fields may not.
        let found = person.js(
            "document.querySelectorAll('[onerror], [onload], iframe, img[src=x]:not(.prose img, .footer img)').length",
        );
        assert_eq!(found, 0, "{name}");
        let links = person.js("[...document.links].filter((a) => !/^https?:$/.test(a.protocol)).map((a) => a.href)");
        assert_eq!(links.as_array().map(Vec::len), Some(0), "{name}: {links}");
        let refused = person.js("globalThis.refused");
        assert_eq!(refused.as_array().map(Vec::len), Some(0), "{name}: {refused}");
        assert_eq!(person.dialogs(), [""; 0], "{name}");
        seen += 1;
    };
    walk::everywhere(&browser, &server, |_| (), &mut look);
    let (admin, visitor) = (browser.user(&server, "admin"), browser.visitor(&server));
    for address in ["/payload", "/payload/below", "/search?q=onerror", "/search?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E"]
    {
        look(address, visitor.open(address));
        look(address, admin.open(address));
    }
    walk::edit(&admin, PAYLOAD);
    look("its form", &admin);
    admin.js("document.querySelector('input[name=version]').value = '0'");
    look("its conflict", admin.fill("#body", PAYLOAD).press("Publish changes"));
    assert!(seen > 40, "{seen}");
}

#[test]
fn a_post_from_another_origin_changes_nothing() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    admin.open("/admin/users/new");
    let token = admin.value("input[name=form_token]");
    // Even with a token that is valid, and with credentials that the browser sends along.
    let form = format!(
        "<!doctype html><form method=post action='{}/admin/users'><input name=name value=mallory>\
         <input name=role value=admin><input name=active value=on><input name=password value={PASSWORD}>\
         <input name=password_again value={PASSWORD}><input name=form_token value='{token}'><button>Win</button></form>",
        server.origin
    );
    for host in ["127.0.0.1", "localhost"] {
        let elsewhere = serve(form.clone());
        admin.open(&format!("http://{host}:{elsewhere}/")).press("Win");
        assert_eq!(admin.address(), "/admin/users");
        assert_eq!(admin.status(), 403, "from {host}:\n{}", admin.text());
    }
    assert!(!server.command(&["user", "list"], "").contains("mallory"));
    admin
        .open("/admin/users/new")
        .fill("#name", "mallory")
        .fill("#password", PASSWORD)
        .fill("#password_again", PASSWORD);
    admin.press("Add this user");
    assert!(server.command(&["user", "list"], "").contains("mallory"), "the same form from the panel itself works");
}

#[test]
fn no_page_shows_itself_in_a_frame_of_another_origin() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    admin.open("/admin/");
    for address in ["/", "/welcome", "/admin/", "/admin/users", "/account", "/nowhere"] {
        let page = format!("<!doctype html><iframe src='{}{address}' width=900 height=600></iframe>", server.origin);
        admin.open(&format!("http://127.0.0.1:{}/", serve(page)));
        // A refused frame holds an error page of the browser's, whose origin is opaque: not even its address is told.
        let frames = admin.frames();
        assert_eq!(frames.len(), 1, "{address}: {frames:?}");
        assert!(frames[0].starts_with("chrome-error:"), "{address} stands in a frame: {frames:?}");
    }
}

/// Serves one page to every client, on a port of its own.
fn serve(page: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _asked = stream.read(&mut [0; 8192]);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close";
            let _told = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
        }
    });
    port
}
