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
async fn a_path_without_a_page_lists_the_pages_below_that_one_may_see() {
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
    site.visitor().get("/docs").await.is(200).lacks(">One<");
    site.put(PageInput { list_below: true, ..draft("docs", "Documents") });
    let list = site.visitor().get("/docs").await.is(200).has(">One<").lacks(">Two<");
    assert_eq!((list.header("cache-control"), list.header("vary")), ("no-cache", "Authorization, Accept-Encoding"));
    site.ann().get("/docs").await.is(200).has(">One<").has(">Two<").has("<strong>ann</strong>");
}

#[actix_web::test]
async fn lists_go_on_after_twenty_pages_newest_first() {
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
    first.has("href=\"/n?page=2\"").lacks("Newer");
    let last = site.visitor().get("/n?page=3").await.is(200);
    assert_eq!(titles(&last.body), 5);
    last.lacks("Older").has("href=\"/n?page=2\"");
    site.visitor().get("/n?page=4").await.is(404);
    for odd in ["0", "-1", "x", "99999999999999999999"] {
        let status = site.visitor().get(&format!("/n?page={odd}")).await.status.as_u16();
        assert!(matches!(status, 200 | 404), "{odd}: {status}");
    }
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
