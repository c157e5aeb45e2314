//! The front page and sections: their content for each visitor.

use domain::page::PageInput;

use crate::site::{Site, draft, signed_in};

fn with_private_pages() -> Site {
    let site = Site::new();
    site.put(PageInput {
        audience: signed_in(),
        show_title: true,
        summary: "Hidden summary".into(),
        body: "ocelot".into(),
        ..draft("locked", "Locked title")
    });
    site
}

#[actix_web::test]
async fn t44_case_25_lists_hold_what_the_visitor_may_see() {
    let site = with_private_pages();
    let index = site.visitor().get("/").await.is(200).has("Hello").lacks("Secret").lacks("oak");
    index.has("Locked title").has("Private").lacks("Hidden summary");
    let index = site.ann().get("/").await.is(200);
    index.has("Hello").has("Secret").has("Locked title").has("Hidden summary").has("<strong>ann</strong>");
}

#[actix_web::test]
async fn wrong_credentials_get_the_anonymous_list_and_are_told_so() {
    let site = with_private_pages();
    for uri in ["/", "/search?q=oak"] {
        let list = site.signed_in("ann", "wrong").get(uri).await.is(200).has("are not valid here").lacks("oak.");
        list.lacks("href=\"/secret\"");
    }
    site.put(PageInput { audience: signed_in(), ..draft("clients/acme", "Acme") });
    site.visitor().get("/clients").await.is(404);
    site.signed_in("ann", "wrong").get("/clients").await.is(404);
    site.ann().get("/clients").await.is(200).has("Acme");
}

#[actix_web::test]
async fn a_path_without_a_page_lists_the_subpages_that_the_visitor_may_see() {
    let site = Site::new();
    site.put(draft("guides/first", "First guide"));
    site.put(draft("guides/deep/er", "Deeper guide"));
    site.put(PageInput { audience: signed_in(), ..draft("guides/private", "Private guide") });
    site.put(draft("guides-2/other", "Other guide"));
    let list =
        site.visitor().get("/guides").await.is(200).has("First guide").has("Deeper guide").has("<h1>Guides</h1>");
    list.lacks("Private guide").lacks("Other guide");
    site.ann().get("/guides").await.is(200).has("Private guide");
    site.visitor().get("/guides/deep").await.is(200).has("Deeper guide").lacks("First guide");
    site.visitor().get("/guide").await.is(404);
}

#[actix_web::test]
async fn a_page_lists_the_pages_below_it_if_its_author_ticked_so() {
    let site = Site::new();
    site.put(draft("docs/one", "One"));
    site.put(PageInput { audience: signed_in(), ..draft("docs/two", "Two") });
    site.put(draft("docs", "Documents"));
    site.visitor().get("/docs").await.is(200).lacks("class=\"teasers\"");
    site.put(PageInput { list_below: true, ..draft("docs", "Documents") });
    let list = site.visitor().get("/docs").await.is(200).has(">One<").lacks(">Two<");
    assert_eq!((list.header("cache-control"), list.header("vary")), ("no-cache", "Authorization, Accept-Encoding"));
    site.ann().get("/docs").await.is(200).has(">One<").has(">Two<").has("<strong>ann</strong>");
}

#[actix_web::test]
async fn lists_are_split_after_twenty_pages_newest_first() {
    let site = Site::new();
    for n in 1..=45 {
        site.put(PageInput {
            published: format!("2020-01-{:02}T{:02}:00", n % 28 + 1, n % 24),
            ..draft(&format!("n/p{n}"), &format!("Number {n}."))
        });
    }
    let titles = |body: &str| body.matches("Number ").count();
    let first = site.visitor().get("/n").await.is(200);
    assert_eq!(titles(&first.body), 20);
    let first = first.lacks("Newer");
    let second = site.visitor().get(link(&first.body, "next")).await.is(200);
    let last = site.visitor().get(link(&second.body, "next")).await.is(200);
    assert_eq!((titles(&second.body), titles(&last.body)), (20, 5));
    let last = last.lacks("Older");
    // The beginning has one address.
    let back = site.visitor().get(link(&last.body, "prev")).await.is(200);
    assert_eq!(rows(&back.body), rows(&second.body));
    let start = site.visitor().get(link(&back.body, "prev")).await.is(200).lacks("Newer");
    assert_eq!(rows(&start.body), rows(&first.body));
}

/// The address of the link to the previous or next part of a list.
fn link<'a>(body: &'a str, rel: &str) -> &'a str {
    let (_, rest) = body.split_once(&format!("rel=\"{rel}\" href=\"")).unwrap();
    rest.split('"').next().unwrap()
}

/// The titles of a list with their links.
fn rows(body: &str) -> &str {
    let (_, rest) = body.split_once("<ul class=\"teasers\">").unwrap();
    rest.split_once("</ul>").unwrap().0
}

#[actix_web::test]
async fn t44_an_address_that_is_in_no_list_leads_to_its_beginning_and_reveals_nothing() {
    let site = Site::new();
    site.put(draft("n/open", "Open"));
    site.put(PageInput { audience: signed_in(), ..draft("n/hidden", "Hidden") });
    site.put(PageInput { published: "2999-01-01T00:00".into(), ..draft("n/soon", "Soon") });
    site.put(PageInput { list_below: true, ..draft("docs", "Documents") });
    let mut answers = Vec::new();
    for query in [
        "older=/n/hidden",
        "newer=/n/hidden",
        "older=/n/soon",
        "older=/n/never",
        "newer=/n/never",
        "older=/hello",
        "older=/n/open",
        "older=",
        "older=x",
        "newer=2026-01-01",
        "page=1",
        "page=2",
        "page=10000",
        "page=x",
    ] {
        let answer = site.visitor().get(&format!("/n?{query}")).await.is(303);
        assert_eq!(answer.header("location"), "/n", "{query}");
        answers.push(answer.body);
        let answer = site.visitor().get(&format!("/docs?{query}")).await.is(303);
        assert_eq!(answer.header("location"), "/docs", "{query}");
        site.visitor().get(&format!("/nowhere?{query}")).await.is(404);
        // A page without a list has no positions.
        site.visitor().get(&format!("/hello?{query}")).await.is(200);
        let seen = site.eve().get(&format!("/admin/view-as/visitor/n?{query}")).await.is(303);
        assert_eq!(seen.header("location"), "/admin/view-as/visitor/n", "{query}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    site.visitor().get("/n?newer=/n/open").await.is(200).has("Open").lacks("Hidden");
}

#[actix_web::test]
async fn a_title_that_is_shown_with_a_lock_is_a_position_without_its_date() {
    let site = Site::new();
    for n in 0..45 {
        site.put(PageInput {
            audience: signed_in(),
            show_title: true,
            published: format!("2020-01-{:02}T10:00", n % 28 + 1),
            ..draft(&format!("n/p{n:02}"), &format!("Number {n}."))
        });
    }
    let first = site.visitor().get("/n").await.is(200).lacks("2020");
    let second = site.visitor().get(link(&first.body, "next")).await.is(200).lacks("2020").has("Newer").has("Older");
    let last = site.visitor().get(link(&second.body, "next")).await.is(200).lacks("2020").lacks("Older");
    assert_eq!(last.body.matches("Number ").count(), 5);
}

#[actix_web::test]
async fn the_front_page_is_a_page_where_there_is_one() {
    let site = Site::new();
    site.visitor().get("/").await.is(200).has("Some of these pages are private");
    site.put(PageInput { body: "Come in.".into(), ..draft("", "Front") });
    site.visitor().get("/").await.is(200).has("Come in.").lacks("href=\"/hello\"");
    site.put(PageInput { body: "Come in.".into(), audience: signed_in(), ..draft("", "Front") });
    site.visitor().get("/").await.is(401);
    site.ann().get("/").await.is(200).has("Come in.");
}

#[actix_web::test]
async fn a_list_says_how_long_a_text_takes_to_those_who_may_read_it() {
    let site = Site::new();
    let long = |path: &str, title: &str| PageInput { body: "word ".repeat(450), ..draft(path, title) };
    site.put(PageInput { audience: signed_in(), show_title: true, ..long("locked", "Locked title") });
    site.visitor().get("/").await.is(200).has("Locked title").lacks("min read");
    site.ann().get("/").await.has("</time> · 3 min read · <span class=\"lock\">");
    site.put(long("open", "Open"));
    site.visitor().get("/").await.has("</time> · 3 min read</p>");
    site.visitor().get("/search?q=open").await.has("</time> · 3 min read</p>");
    site.put(draft("open", "Open"));
    site.visitor().get("/").await.has("Open").lacks("min read");
}
