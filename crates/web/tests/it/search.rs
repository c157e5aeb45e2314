//! Search, as readers and editors use it.

use domain::page::PageInput;

use crate::site::{Site, draft};

#[actix_web::test]
async fn t44_search_finds_only_what_the_visitor_may_read() {
    let site = Site::new();
    site.put(PageInput {
        audience: crate::site::signed_in(),
        show_title: true,
        summary: "Hidden summary".into(),
        body: "ocelot".into(),
        ..draft("locked", "Locked title")
    });
    for word in ["oak", "ocelot", "Secret", "Locked"] {
        let found = site.visitor().get(&format!("/search?q={word}")).await.is(200);
        found.lacks("href=\"/secret\"").lacks("href=\"/locked\"").has("No results");
    }
    site.ann().get("/search?q=OAK").await.has("href=\"/secret\"");
    site.ann().get("/search?q=hidden+OCELOT").await.has("href=\"/locked\"");
    site.visitor().get("/search?q=hel+WORLD").await.has("href=\"/hello\"");
    site.visitor().get("/search?q=%25").await.has("No page");
    site.visitor().get("/search").await.is(200).has("Enter one or more words");
}

#[actix_web::test]
async fn what_was_found_is_marked_in_titles_and_excerpts_and_nothing_of_it_is_markup() {
    let site = Site::new();
    let body = format!("{} under the <b>old</b> [oak](/oak) & *beech* <!-- a secret oak -->", "word ".repeat(100));
    site.put(PageInput { body, summary: "A summary".into(), ..draft("trees", "Oaks & <others>") });
    let found = site.visitor().get("/search?q=%22old%22+oak").await.is(200);
    let found = found.has("<mark>Oaks</mark> &amp; &lt;others&gt;").lacks("secret oak").lacks("A summary");
    found.has("under the <mark>old</mark> <mark>oak</mark> &amp; beech");
    site.visitor().get("/search?q=summary").await.has("A <mark>summary</mark>");
    let body = "<blink>made up</blink>".into();
    site.put(PageInput { body, ..draft("mark", "Marks") });
    site.visitor().get("/search?q=made").await.has("&lt;blink&gt;<mark>made</mark> up&lt;");
}

#[actix_web::test]
async fn phrases_are_found_exclusions_are_left_out_and_nothing_to_find_is_said() {
    let site = Site::new();
    site.put(PageInput { body: "old oak".into(), ..draft("a", "One") });
    site.put(PageInput { body: "oak, old".into(), ..draft("b", "Two") });
    site.visitor().get("/search?q=%22old+oak%22").await.has("href=\"/a\"").lacks("href=\"/b\"");
    site.visitor().get("/search?q=oak+-two").await.has("href=\"/a\"").lacks("href=\"/b\"");
    site.visitor().get("/search?q=-oak").await.is(200).has("only excludes words").lacks("href=\"/a\"");
    site.visitor().get("/search?q=%22").await.is(200).has("has no word");
    for odd in
        ["%00", "%22%22%22", "NEAR%28a%2C+b%29", "title%3Aoak", "%7B", "*", "%27", "a%00b", "%ff%fe", "%F0%9F%99%82"]
    {
        site.visitor().get(&format!("/search?q={odd}")).await.is(200);
        site.eve().get(&format!("/admin/pages?q={odd}")).await.is(200);
    }
}

#[actix_web::test]
async fn a_search_goes_on_after_twenty_pages() {
    let site = Site::new();
    for n in 1..=25 {
        site.put(PageInput {
            audience: if n == 25 { crate::site::signed_in() } else { Default::default() },
            ..draft(&format!("n/{n}"), &format!("Number {n}"))
        });
    }
    let found = |body: &str| body.matches("<li class=\"teaser\">").count();
    let first = site.visitor().get("/search?q=number").await.is(200);
    assert_eq!(found(&first.body), 20);
    let second = first.has("href=\"/search?q=number&amp;page=2\"");
    assert!(!second.body.contains("← Previous"));
    let second = site.visitor().get("/search?q=number&page=2").await.is(200).has("← Previous").lacks("More →");
    assert_eq!(found(&second.body), 4, "the private one is not among them");
    assert_eq!(found(&site.visitor().get("/search?q=number&page=9999").await.is(200).body), 0);
}

#[actix_web::test]
async fn the_panel_searches_texts_and_paths() {
    let site = Site::new();
    site.eve().get("/admin/pages?q=treasure").await.has(">Secret</a>").lacks(">Hello</a>");
    site.eve().get("/admin/pages?q=%2Fsecret").await.has(">Secret</a>").lacks(">Hello</a>");
    site.eve().get("/admin/pages?q=treasure+-oak").await.has("No page matches.");
}

#[actix_web::test]
async fn t85_a_search_finds_and_prints_what_the_page_shows_and_nothing_that_it_hides() {
    let site = Site::new();
    let body = "---\nauthor: zqa\n---\nVisible <!-- zqb fire Bob in march -->text\n\n<!-- zqc -->\n\n\
                [//]: # (zqd)\n[zqe]: <> (zqe)\n\n[^used] [^unused] `zqshown` [zqx](/zqf 'zqg')\n\n\
                [^used]: zqnote\n[^zqh]: zqh\n\n<p data-x=\"zqi\">last</p>\n";
    site.put(PageInput { body: body.into(), ..draft("notes", "Notes") });
    let page = site.visitor().get("/notes").await.is(200);
    for shown in ["Visible", "text", "zqshown", "zqnote", "zqx", "last", "\"visible text\""] {
        let query = shown.replace('"', "%22").replace(' ', "+");
        site.visitor().get(&format!("/search?q={query}")).await.has("href=\"/notes\"");
    }
    for hidden in ["zqa", "zqb", "zqc", "zqd", "zqe", "zqh", "zqi", "%22fire+bob+in+march%22"] {
        assert!(!page.body.contains(hidden), "{hidden}");
        site.visitor().get(&format!("/search?q={hidden}")).await.lacks("href=\"/notes\"");
    }
    let found = site.visitor().get("/search?q=visible").await.has("</mark> text");
    assert!(!found.body.contains("fire") && !found.body.contains("zqd"), "{}", found.body);
}
