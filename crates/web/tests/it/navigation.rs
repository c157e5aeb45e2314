//! The menu, sections, contents and the front page: what each visitor sees, and how soon a change holds.

use domain::{
    navigation::{Branch, Entry, Front, Navigation, Target},
    page::{PageId, PageInput},
    placement::PlacementInput,
};
use store::navigation;

use crate::site::{Site, chosen, draft, signed_in};

fn page(site: &Site, path: &str) -> Entry {
    Entry { label: String::new(), target: Target::Page(site.page(path).unwrap().id) }
}

fn alone(entry: Entry) -> Branch {
    Branch { entry, below: Vec::new() }
}

fn save(site: &Site, front: Front, menu: Vec<Branch>) {
    site.write(|conn, admin| {
        let version = navigation::get(conn, admin)?.version;
        let new = Navigation { version, front, menu };
        store::writing::navigation::update(conn, admin, version, &new, web::clock::now())
    });
}

/// A public page, one for signed-in people, one for ann, one whose title is shown with a lock, and one to come, all in the
/// menu and in one section.
fn with_names() -> Site {
    let site = Site::new();
    site.add_user("bob", domain::user::Role::Reader, "open sesame");
    site.put(draft("club", "The club"));
    site.put(draft("club/open", "Open name"));
    site.put(PageInput { audience: signed_in(), ..draft("club/members", "Members name") });
    site.put(PageInput { audience: chosen("ann", &[]), ..draft("club/ann", "Anns name") });
    site.put(PageInput { audience: chosen("ann", &[]), show_title: true, ..draft("club/locked", "Locked name") });
    site.put(PageInput { published: "2999-01-01T00:00".into(), ..draft("club/soon", "Soon name") });
    let paths = ["club/open", "club/members", "club/ann", "club/locked", "club/soon"];
    save(&site, Front::List, paths.iter().map(|path| alone(page(&site, path))).collect());
    site
}

const NAMES: [&str; 5] = ["Open name", "Members name", "Anns name", "Locked name", "Soon name"];

/// The part of a document between two texts; empty if it is not there.
fn part<'a>(body: &'a str, from: &str, to: &str) -> &'a str {
    body.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(part, _)| part)
}

fn menu(body: &str) -> &str {
    part(body, "<nav class=\"menu\"", "</nav>")
}

fn sidebar(body: &str) -> &str {
    part(body, "<nav class=\"sidebar\"", "</nav>")
}

#[track_caller]
fn has_only(part: &str, wanted: &[&str]) {
    for name in NAMES {
        assert_eq!(part.contains(name), wanted.contains(&name), "{name} in {part}");
    }
}

#[actix_web::test]
async fn t44_a_menu_names_what_its_visitor_may_read_on_every_page() {
    let site = with_names();
    // Twice: the second answer is from the cache.
    for _ in 0..2 {
        for uri in ["/", "/hello", "/club", "/search?q=hello", "/sitemap"] {
            has_only(menu(&site.visitor().get(uri).await.is(200).body), &["Open name"]);
        }
        // A page with a list is made for its viewer.
        let bob = site.signed_in("bob", "open sesame");
        for uri in ["/", "/club/members", "/search?q=hello", "/account"] {
            has_only(menu(&bob.get(uri).await.is(200).body), &["Open name", "Members name"]);
            let ann = site.ann().get(uri).await.is(200);
            has_only(menu(&ann.body), &["Open name", "Members name", "Anns name", "Locked name"]);
        }
        // A public page has the menu of a viewer whose credentials were verified before.
        let own = ["Open name", "Members name", "Anns name", "Locked name"];
        has_only(menu(&site.ann().get("/hello").await.body), &own);
        has_only(menu(&site.signed_in("ann", "wrong").get("/hello").await.body), &["Open name"]);
        let seen = site.eve().get("/admin/view-as/user/bob/secret").await.is(200);
        has_only(menu(&seen.body), &["Open name", "Members name"]);
    }
    site.visitor().get("/club/members").await.is(401).lacks("Members name").lacks("Open name");
}

#[actix_web::test]
async fn t44_a_sidebar_and_the_pages_around_name_what_their_visitor_may_see() {
    let site = with_names();
    for _ in 0..2 {
        let open = site.visitor().get("/club/open").await.is(200);
        has_only(sidebar(&open.body), &["Open name", "Locked name"]);
        // A page that is shown with a lock is not one to read next.
        has_only(part(&open.body, "<nav class=\"around\"", "</nav>"), &[]);
        let ann = site.ann().get("/club/members").await.is(200);
        has_only(sidebar(&ann.body), &["Open name", "Members name", "Anns name", "Locked name"]);
        let bob = site.signed_in("bob", "open sesame").get("/club/members").await.is(200);
        has_only(sidebar(&bob.body), &["Open name", "Members name", "Locked name"]);
    }
}

#[actix_web::test]
async fn t48_a_menu_page_that_is_made_private_is_gone_from_every_kept_answer_of_every_instance() {
    let site = with_names();
    let other = site.instance();
    let uris = ["/", "/hello", "/search?q=hello", "/nope"];
    let readers = async |site: &Site, is_shown: bool| {
        for uri in uris {
            let body = site.visitor().get(uri).await.body;
            assert_eq!(body.contains("Open name"), is_shown && uri != "/nope", "{uri}");
        }
    };
    for change in ["private = TRUE", "unpublish_at = '2020-01-02 00:00:00', published_at = '2020-01-01 00:00:00'"] {
        readers(&site, true).await;
        readers(&other, true).await;
        let set = |change: &str| {
            let statement = format!("UPDATE pages SET {change} WHERE path = 'club/open'");
            site.write(|conn, _| {
                diesel::RunQueryDsl::execute(diesel::sql_query(statement), conn)?;
                Ok(())
            });
            other.app.db.wait_until_caught_up();
        };
        set(change);
        readers(&other, false).await;
        readers(&site, false).await;
        set("private = FALSE, unpublish_at = NULL");
    }
    readers(&other, true).await;
    // An entry is renamed, and another one is removed.
    let renamed = PageInput { ..draft("club/open", "Another name") };
    site.put(renamed);
    other.app.db.wait_until_caught_up();
    other.visitor().get("/hello").await.has("Another name").lacks("Open name");
    save(&site, Front::List, Vec::new());
    other.app.db.wait_until_caught_up();
    other.visitor().get("/hello").await.lacks("Another name");
}

#[actix_web::test]
async fn a_change_of_a_private_menu_page_leaves_the_answers_for_strangers_in_the_cache() {
    let site = with_names();
    site.visitor().get("/hello").await.is(200);
    let misses = site.app.db.cache().answers.load().misses;
    site.put(PageInput { audience: signed_in(), ..draft("club/members", "Renamed members") });
    site.visitor().get("/hello").await.is(200);
    assert_eq!(site.app.db.cache().answers.load().misses, misses);
    has_only(menu(&site.ann().get("/secret").await.body), &["Open name", "Anns name", "Locked name"]);
    site.ann().get("/secret").await.has("Renamed members");
}

#[actix_web::test]
async fn the_menu_marks_the_page_and_the_entries_above_it() {
    let site = Site::new();
    site.put(draft("club", "The club"));
    site.put(draft("club/open", "Open"));
    let below = vec![page(&site, "club/open")];
    save(&site, Front::List, vec![Branch { entry: page(&site, "club"), below }, alone(page(&site, "hello"))]);
    let body = site.visitor().get("/club/open").await.is(200).body;
    let menu = menu(&body);
    assert!(menu.contains("<a href=\"/club\" aria-current=\"true\">"), "{menu}");
    assert!(menu.contains("<a href=\"/club/open\" aria-current=\"page\">"), "{menu}");
    assert!(menu.contains("<a href=\"/hello\">"), "{menu}");
}

#[actix_web::test]
async fn administrators_edit_the_menu_in_a_form_that_needs_no_script() {
    let site = Site::new();
    let form = "/admin/site/navigation";
    let row =
        |number, level, target, label| [("number", number), ("level", level), ("target", target), ("label", label)];
    let version = [("version", "1"), ("front", "list")];
    let rows = [
        row("20", "below", "/secret", ""),
        row("10", "top", "/hello", "Greeting"),
        row("30", "top", "https://example.org/", "Elsewhere"),
        row("", "top", "", ""),
    ];
    let fields = [&version[..], &rows.concat()].concat();
    site.root().submit(form, form, &fields).await.is(303);
    let shown = site.root().get(form).await.is(200).has("value=\"/hello\"").has("value=\"/secret\"");
    shown.has("value=\"https://example.org/\"").has("name=\"version\" value=\"2\"");
    site.visitor()
        .get("/")
        .await
        .has("<bdi>Greeting</bdi></a>")
        .has("href=\"https://example.org/\" rel=\"noopener\"")
        .lacks("Secret");
    site.ann().get("/").await.has("<bdi>Greeting</bdi></a>").has("href=\"/secret\"><bdi>Secret</bdi></a>");
    site.root().get("/admin/audit").await.has("menu and front page").has("/hello (/secret), https://example.org/");
    // Nothing typed is lost by a mistake, or by another administrator.
    let wrong = [&version[..], &row("10", "top", "/nope", "Mine")[..]].concat();
    site.root().submit(form, form, &wrong).await.is(422).has("There is no page at /nope.").has("value=\"Mine\"");
    let late = [&version[..], &row("10", "top", "/hello", "Mine")[..]].concat();
    site.root().submit(form, form, &late).await.is(409).has("Somebody else saved").has("value=\"Mine\"");
    site.eve().get(form).await.is(403);
}

#[actix_web::test]
async fn a_section_is_sorted_as_its_page_says() {
    let site = Site::new();
    for (path, title, position, day) in
        [("sec/a", "Cello", "2", "02"), ("sec/b", "Alto", "", "03"), ("sec/c", "Bass", "1", "01")]
    {
        let placement = PlacementInput { position: position.into(), ..PlacementInput::default() };
        site.put(PageInput { placement, published: format!("2020-01-{day}T00:00"), ..draft(path, title) });
    }
    let order = async |site: &Site| {
        let body = site.visitor().get("/sec/b").await.is(200).body;
        let list = part(sidebar(&body), "sidebar-column", "</ul>").to_owned();
        let mut titles = ["Alto", "Bass", "Cello"];
        titles.sort_by_key(|title| list.find(&format!(">{title}<")).unwrap());
        let link = |rel: &str| part(&body, &format!("<a rel=\"{rel}\" href=\""), "\"").to_owned();
        (titles, link("prev"), link("next"))
    };
    let words = |prev: &str, next: &str| (prev.to_owned(), next.to_owned());
    let (titles, prev, next) = order(&site).await;
    assert_eq!((titles, (prev, next)), (["Alto", "Cello", "Bass"], words("", "/sec/a")), "newest first");
    for (children, titles, prev, next) in [
        ("title", ["Alto", "Bass", "Cello"], "/sec", "/sec/c"),
        ("hand", ["Bass", "Cello", "Alto"], "/sec/a", ""),
        ("date", ["Alto", "Cello", "Bass"], "/sec", "/sec/a"),
    ] {
        let placement = PlacementInput { children: children.into(), ..PlacementInput::default() };
        site.put(PageInput { placement, ..draft("sec", "Section") });
        let (found, found_prev, found_next) = order(&site).await;
        assert_eq!((found, (found_prev, found_next)), (titles, words(prev, next)), "{children}");
    }
    // The page of the section shows it, and leads to its first page.
    let own = site.visitor().get("/sec").await.is(200).has("<a rel=\"next\" href=\"/sec/b\">");
    assert!(sidebar(&own.body).contains("<a href=\"/sec\" aria-current=\"page\"><bdi>Section</bdi></a>"));
    // A page without pages beside it has no sidebar, and a page can leave it out.
    site.visitor().get("/hello").await.lacks("class=\"sidebar\"");
    let placement = PlacementInput { hides_sidebar: true, ..PlacementInput::default() };
    site.put(PageInput { placement, ..draft("sec/b", "Alto") });
    site.visitor().get("/sec/b").await.lacks("class=\"sidebar\"");
}

#[actix_web::test]
async fn a_long_section_has_a_hundred_pages_in_its_sidebar_and_a_link_to_all() {
    let site = Site::new();
    for n in 0..102 {
        site.put(PageInput {
            published: "2020-01-01T00:00".into(),
            ..draft(&format!("sec/p{n:03}"), &format!("Page {n}."))
        });
    }
    let body = site.visitor().get("/sec/p050").await.is(200).body;
    let column = part(sidebar(&body), "sidebar-column", "</div>");
    assert_eq!(column.matches("<li>").count(), 100);
    assert!(column.contains("href=\"/sitemap/sec\""), "{column}");
    let list = site.visitor().get("/sitemap/sec").await.is(200).has("older=/sec/p").body;
    assert!(list.contains("/sitemap/sec?older="));
    site.visitor().get("/sitemap/nothing").await.is(404);
    site.visitor().get("/sitemap").await.is(200).has("/sitemap?older=");
}

#[actix_web::test]
async fn a_long_text_has_contents_that_its_author_may_leave_out() {
    let site = Site::new();
    let body = "## First part\n\n### Detail\n\n## Second part\n\n## Third <part>";
    site.put(PageInput { body: body.into(), ..draft("long", "Long") });
    let shown = site.visitor().get("/long").await.is(200);
    let contents = part(&shown.body, "<nav class=\"contents\"", "</nav>");
    let id = part(contents, "href=\"#", "\"");
    assert!(shown.body.contains(&format!("id=\"{id}\"")), "{id}");
    assert!(contents.contains("<li class=\"sub\">") && contents.contains("Third"), "{contents}");
    let placement = PlacementInput { hides_contents: true, ..PlacementInput::default() };
    site.put(PageInput { body: body.into(), placement, ..draft("long", "Long") });
    site.visitor().get("/long").await.is(200).lacks("class=\"contents\"");
    site.visitor().get("/hello").await.is(200).lacks("class=\"contents\"");
}

#[actix_web::test]
async fn the_front_page_is_a_page_with_its_own_readers() {
    let site = Site::new();
    let front = |id: PageId| save(&site, Front::Page(id), Vec::new());
    front(site.page("hello").unwrap().id);
    let home =
        site.visitor().get("/").await.is(200).has("Hello, <strong>world</strong>").lacks("class=\"breadcrumbs\"");
    drop(home);
    site.visitor().get("/hello").await.is(200).has("<link rel=\"canonical\" href=\"/\">");
    site.visitor().get("/sitemap").await.is(200).has("href=\"/hello\"").lacks("Secret");
    front(site.page("secret").unwrap().id);
    for _ in 0..2 {
        site.visitor().get("/").await.is(401).lacks("oak");
        site.ann().get("/").await.is(200).has("under the oak");
    }
    site.visitor().get("/hello").await.is(200).lacks("rel=\"canonical\"");
    // A page that is gone leaves the list.
    site.delete(site.page("secret").unwrap().id);
    site.visitor().get("/").await.is(200).has("href=\"/hello\"");
    // A page at the root comes first.
    site.put(PageInput { body: "Root.".into(), ..draft("", "Root") });
    front(site.page("hello").unwrap().id);
    site.visitor().get("/").await.is(200).has("Root.");
}

#[actix_web::test]
async fn t44_the_cards_of_the_front_page_count_what_their_visitor_may_read() {
    let site = with_names();
    save(&site, Front::Cards, Vec::new());
    let german = PlacementInput { language: "de".into(), ..PlacementInput::default() };
    let staff = PageInput { summary: "For members".into(), placement: german, ..draft("staff", "Staff only") };
    site.put(PageInput { audience: signed_in(), ..staff });
    site.put(PageInput { audience: signed_in(), ..draft("staff/rota", "Rota") });
    for _ in 0..2 {
        let cards = site.visitor().get("/").await.is(200).has("The club").has("1 page</p>").lacks("Staff only");
        has_only(&cards.body, &[]);
        let bob = site.signed_in("bob", "open sesame").get("/").await.is(200).has("2 pages</p>");
        bob.has("<bdi lang=\"de\">Staff only</bdi>")
            .has("lang=\"de\">For members<")
            .has("<bdi>The club</bdi>")
            .lacks("Rota");
        site.ann().get("/").await.is(200).has("4 pages</p>");
    }
}

#[actix_web::test]
async fn a_section_is_sorted_by_hand_as_one_change() {
    let site = Site::new();
    for (path, title) in
        [("sec", "Section"), ("sec/a", "A"), ("sec/b", "B"), ("sec/c", "C"), ("sec/c/d", "Deeper"), ("t", "Other")]
    {
        site.put(draft(path, title));
    }
    let id = |path: &str| site.page(path).unwrap().id.0.to_string();
    let eve = site.eve();
    let form = format!("/admin/pages/{}", id("sec"));
    let order = format!("{form}/order");
    eve.get(&form).await.has(&format!("<a href=\"{order}\">Order the subpages</a>"));
    eve.get(&order)
        .await
        .is(200)
        .has("Saving sorts them by these numbers")
        .has("A</bdi>")
        .lacks("Deeper")
        .lacks("Other");
    let [a, b, c, t] = ["sec/a", "sec/b", "sec/c", "t"].map(id);
    let send = async |numbers: [(&str, &str); 4]| {
        let fields: Vec<(&str, &str)> =
            numbers.iter().flat_map(|(page, number)| [("page", *page), ("position", *number)]).collect();
        eve.submit(&order, &order, &fields).await
    };
    // A page of another section is left out.
    send([(&c, "1"), (&a, "2"), (&b, ""), (&t, "7")]).await.is(303);
    eve.get(&order).await.lacks("Saving sorts them by these numbers").has("value=\"1\" aria-label=\"Number of C\"");
    let listed = sidebar(&site.visitor().get("/sec/b").await.is(200).body).to_owned();
    let at = |title: &str| listed.find(&format!("<bdi>{title}</bdi>")).unwrap();
    assert!(at("C") < at("A") && at("A") < at("B"), "{listed}");
    assert_eq!(site.page("t").unwrap().content.placement.position, None);
    site.root().get("/admin/audit").await.has("pages below sorted by number: /sec/c 1, /sec/a 2");
    let versions = ["sec", "sec/a", "sec/c"].map(|path| site.page(path).unwrap().version.0);
    assert_eq!(versions, [1, 1, 1], "numbers are part of no version");
    // What is wrong comes back as it was typed, and nothing is saved.
    send([(&c, "3"), (&a, "first"), (&b, ""), (&t, "")])
        .await
        .is(422)
        .has("Write a whole number")
        .has("value=\"first\"");
    eve.get(&order).await.has("value=\"1\" aria-label=\"Number of C\"");
    eve.get(&format!("/admin/pages/{t}/order")).await.is(200).has("This page has no subpages");
}
