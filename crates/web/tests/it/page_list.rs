//! The one list of pages: its states, filters, tree and selection.

use domain::page::PageInput;

use crate::site::{Site, draft, signed_in};

const LIST: &str = "/admin/pages";

/// Saves the draft of a new page.
async fn keep(site: &Site, title: &str, path: &str) {
    let fields = [("title", title), ("path", path), ("then", "draft")];
    site.eve().submit("/admin/pages/new", LIST, &fields).await.is(303);
}

/// The count in the tab of a state.
fn count(body: &str, state: &str) -> String {
    let (_, rest) = body.split_once(&format!(">{state} <span class=\"count\">")).unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[actix_web::test]
async fn every_state_has_a_tab_with_its_rows_and_their_number() {
    let site = Site::new();
    site.put(PageInput { published: "2999-01-01".into(), ..draft("later", "Later") });
    site.put(PageInput { published: "2001-01-01".into(), unpublish: "2002-01-01".into(), ..draft("over", "Over") });
    keep(&site, "Nascent", "nascent").await;
    let gone = site.put(draft("gone", "Gone")).id;
    site.delete(gone);
    let (eve, hello) = (site.eve(), site.page("hello").unwrap().id.0);
    let form = format!("{LIST}/{hello}");
    let changes = [("title", "Hello"), ("path", "/hello"), ("body", "New."), ("version", "1"), ("then", "draft")];
    eve.submit(&form, &form, &changes).await.is(303);

    let all = eve.get(LIST).await.is(200).has("Nascent").has("Later").has("Over").has("Secret").lacks("Gone");
    let counts =
        ["All", "Live", "Draft", "Changes", "Scheduled", "Ended", "Trash"].map(|state| count(&all.body, state));
    assert_eq!(counts, ["5", "2", "1", "1", "1", "1", "1"]);
    let all = all.has("1–5 of 5 pages").has("<span class=\"badge\">draft</span>").has("Editors only");
    let all = all.has("href=\"/admin/view-as?at=%2Fhello\" aria-label=\"View as… Hello\"");
    all.has("<span class=\"badge\">scheduled</span>").has("<span class=\"badge\">unpublished changes</span>");
    for (state, title, other) in [
        ("live", "Secret", "Later"),
        ("draft", "Nascent", "Secret"),
        ("changes", "Hello", "Nascent"),
        ("scheduled", "Later", "Over"),
        ("ended", "Over", "Later"),
        ("trash", "Gone", "Hello"),
    ] {
        let list = eve.get(&format!("{LIST}?state={state}")).await.is(200).has(title).lacks(&format!(">{other}<"));
        list.has(&format!("href=\"/admin/pages?state={state}\" aria-current=\"page\""));
    }
    // A search is kept from tab to tab, and counts in each.
    let found = eve.get("/admin/pages?q=nasc").await.has("Nascent").has("/admin/pages?q=nasc&amp;state=trash");
    assert_eq!(["All", "Live", "Draft"].map(|state| count(&found.body, state)), ["1", "0", "1"]);
    eve.get("/admin/pages?q=gon&state=trash").await.has("Gone").has("Restore…");
    for (old, new) in [
        ("/admin/drafts", "/admin/pages?state=draft"),
        ("/admin/drafts?kind=changes", "/admin/pages?state=changes"),
        ("/admin/trash", "/admin/pages?state=trash"),
    ] {
        assert_eq!(eve.get(old).await.is(308).header("location"), new);
    }
}

#[actix_web::test]
async fn chosen_filters_are_chips_and_filters_that_find_nothing_are_not_offered() {
    let site = Site::new();
    site.put(PageInput { published: "2020-05-05".into(), ..draft("old", "Old") });
    let eve = site.eve();
    let list = eve.get(LIST).await.is(200).has("<summary>Filter</summary>").lacks("class=\"chips\"");
    list.has("readers=signed-in").lacks("readers=chosen");
    let list = eve.get("/admin/pages?readers=everybody&from=2020-05-05&to=2020-05-05&q=old").await.is(200);
    let list = list.has("1–1 of 1 pages").has("<summary>Filter (3)</summary>").has("Published from 5 May 2020");
    let list = list.has("href=\"/admin/pages?q=old&amp;from=2020-05-05&amp;to=2020-05-05\"");
    list.has("<a class=\"clear\" href=\"/admin/pages?q=old\">Clear all</a>").has("value=\"2020-05-05\"");
    eve.get("/admin/pages?to=2020-05-04").await.has("No page matches.").has("Clear search and filters");
    let none = eve.get("/admin/pages?q=zeppelin").await.is(200).has("No page matches.").has("Clear search</a>");
    none.lacks("<table").lacks("class=\"selection\"");
}

#[actix_web::test]
async fn all_rows_can_be_selected_only_in_a_list_of_pages() {
    let site = Site::new();
    keep(&site, "Nascent", "nascent").await;
    let eve = site.eve();
    eve.get(LIST).await.has("Select all 2 published pages");
    for back in ["state=draft", "state=changes", "state=trash", "below=%2Fhello"] {
        let fields = [("action", "delete"), ("all", "yes"), ("back", back)];
        eve.submit(LIST, "/admin/pages/actions", &fields).await.is(422).has("Not all rows of this list are pages");
    }
    // A draft among the selected rows is named and left out.
    let draft = eve.get("/admin/pages?state=draft").await.value_of("id");
    let hello = site.page("hello").unwrap().id.0.to_string();
    let fields = [("action", "delete"), ("id", draft.as_str()), ("id", hello.as_str())];
    let question = eve.submit(LIST, "/admin/pages/actions", &fields).await.is(200).has(">Delete 1 page<");
    question.has("Left out").has("Nascent").has("is a draft");
    let publish = [("action", "publish"), ("id", hello.as_str())];
    eve.submit(LIST, "/admin/drafts/actions", &publish).await.is(422).has("None of the selected pages has a draft");
}

#[actix_web::test]
async fn the_tree_opens_level_by_level() {
    let site = Site::new();
    for (path, title) in [
        ("handbook", "Handbook"),
        ("handbook/keys", "Keys"),
        ("handbook/keys/spare", "Spare keys"),
        ("news/winter", "Winter"),
    ] {
        site.put(PageInput { audience: signed_in(), ..draft(path, title) });
    }
    let eve = site.eve();
    let tree = eve.get("/admin/pages?below=%2F").await.is(200).has("Handbook").has("Hello").lacks("Keys");
    // A section without a page has no form and cannot be selected.
    let tree = tree.has("<span class=\"no-page\">News</span>").has("aria-label=\"News: 1 below\"").lacks("Select News");
    tree.has("href=\"/admin/pages?below=%2Fhandbook\" aria-expanded=\"false\"").has("aria-current=\"page\">Tree");
    let open = eve.get("/admin/pages?below=%2Fhandbook").await.is(200).has("Keys").has("Hello").lacks("Spare keys");
    open.has("href=\"/admin/pages?below=%2F\" aria-expanded=\"true\"")
        .has("class=\"depth-1\" data-level=\"/handbook\"");
    eve.get("/admin/pages?below=%2Fhandbook%2Fkeys").await.has("Spare keys").has("class=\"depth-2\"").has("Hello");
    eve.get("/admin/pages?below=%2Fnothing").await.is(200).lacks("nothing</code>");
    eve.get("/admin/pages?below=Not+A+Path").await.is(200).has("Handbook");
}

#[actix_web::test]
async fn a_level_of_many_pages_is_shown_in_parts() {
    use diesel::RunQueryDsl;
    let site = Site::new();
    let rows: Vec<String> = (0..250).map(|n| format!("({}, 'many/p{n:03}', 'Page {n:03}')", n + 1)).collect();
    let insert = format!("INSERT INTO pages (id, path, title) VALUES {}", rows.join(", "));
    site.store().write(|conn| Ok(diesel::sql_query(&insert).execute(conn)?)).unwrap();
    site.app.db.wait_until_caught_up();
    let eve = site.eve();
    let first = eve.get("/admin/pages?below=%2Fmany").await.is(200).has("Page 049").lacks("Page 050").has("100+");
    assert!(first.body.len() < 80_000, "{}", first.body.len());
    first.has("href=\"/admin/pages?below=%2Fmany&amp;behind=%2Fmany%2Fp049\">More pages<");
    let last = eve.get("/admin/pages?below=%2Fmany&behind=%2Fmany%2Fp199").await.is(200);
    last.has("Page 200").has("Page 249").lacks("Page 199<").lacks("More pages").has("From the first page");
}

#[actix_web::test]
async fn the_trail_is_searched_by_days_with_suggestions_and_leads_to_forms() {
    let site = Site::new();
    let root = site.root();
    let trail = root.get("/admin/audit").await.is(200).has("name=\"who\"").lacks("<datalist");
    let names = async |query: &str| root.get(&format!("/admin/audit/names?{query}")).await.is(200).body;
    assert_eq!(names("of=who&q=LINE").await, r#"["command line"]"#);
    assert_eq!(names("of=name&q=hel").await, r#"["/hello"]"#);
    let form = format!("href=\"/admin/pages/{}\"", site.page("hello").unwrap().id.0);
    let trail = trail.has(&form).has(&format!("href=\"/admin/users/{}\"", site.user("ann").id.0)).has(">Page</a>");
    trail.has("data-relative>just now</time>");
    root.get("/admin/audit?to=2001-01-01").await.is(200).has("Nothing matches.").has("Activity to 1 Jan 2001");
    root.get("/admin/audit?from=2001-01-01").await.is(200).has("/hello").has("Filter (1)");
    // Other editors see changes of pages without links to users.
    site.eve().get("/admin/").await.is(200).has(&form).lacks("/admin/users/");
}
