//! The language of a page and of the pages below it: what its readers get, and what nobody else learns of it.

use domain::{
    navigation::{Branch, Entry, Front, Navigation, Target},
    page::PageInput,
    placement::PlacementInput,
};

use crate::site::{Site, chosen, draft, signed_in};

fn in_language(tag: &str) -> PlacementInput {
    PlacementInput { language: tag.into(), ..PlacementInput::default() }
}

/// A page of March with a list of the pages below it.
fn section(path: &str, title: &str, language: &str) -> PageInput {
    PageInput {
        placement: in_language(language),
        list_below: true,
        published: "2026-03-01T09:30".into(),
        ..draft(path, title)
    }
}

fn page(path: &str, title: &str) -> PageInput {
    PageInput { summary: format!("Of {title}."), published: "2026-03-01T09:30".into(), ..draft(path, title) }
}

#[actix_web::test]
async fn a_page_and_the_pages_below_it_speak_its_language() {
    let site = Site::new();
    site.put(section("verein", "Verein", "de"));
    site.put(page("verein/regeln", "Regeln"));
    site.put(section("verein/club", "Club", "fr-CA"));
    site.put(page("verein/club/avis", "Avis"));
    site.put(section("nadi", "Nadi", "ar"));
    for (path, html, words) in [
        ("/verein", "<html lang=\"de\" dir=\"ltr\"", "Suchen"),
        ("/verein/regeln", "<html lang=\"de\" dir=\"ltr\"", "1. März 2026"),
        ("/verein/club/avis", "<html lang=\"fr-CA\" dir=\"ltr\"", "1 mars 2026"),
        ("/nadi", "<html lang=\"ar\" dir=\"rtl\"", "بحث"),
        ("/hello", "<html lang=\"en\" dir=\"ltr\"", "Search"),
    ] {
        // Twice: the second answer is from the cache.
        for _ in 0..2 {
            site.visitor().get(path).await.is(200).has(html).has(words);
        }
    }
}

#[actix_web::test]
async fn a_change_of_the_language_above_holds_at_once() {
    let site = Site::new();
    site.put(PageInput { audience: signed_in(), ..section("a", "A", "de") });
    site.put(PageInput { audience: crate::site::public(), ..page("a/b/c", "C") });
    let language = async || {
        let body = site.visitor().get("/a/b/c").await.is(200).body;
        body.split_once("<html lang=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0.to_owned()
    };
    assert_eq!(language().await, "de");
    site.put(PageInput { audience: signed_in(), ..section("a", "A", "pl") });
    assert_eq!(language().await, "pl");
    site.put(PageInput { audience: signed_in(), ..section("a", "A", "") });
    assert_eq!(language().await, "en");
    // The front page is above every other one.
    site.put(section("/", "Front", "it"));
    assert_eq!(language().await, "it");
    site.put(section("/", "Front", "nl"));
    assert_eq!(language().await, "nl");
    let front = site.page("").unwrap();
    let front = site.move_page(&front, "start");
    assert_eq!(language().await, "en");
    let front = site.move_page(&front, "");
    assert_eq!(language().await, "nl");
    site.delete(front.id);
    assert_eq!(language().await, "en");
}

#[actix_web::test]
async fn lists_search_feeds_and_sidebars_mark_titles_in_another_language() {
    let site = Site::new();
    site.put(section("verein", "Verein", "de"));
    site.put(page("verein/regeln", "Regeln"));
    site.put(PageInput { placement: in_language("en"), ..page("verein/rules", "Rules") });
    site.put(PageInput {
        audience: chosen("ann", &[]),
        show_title: true,
        placement: in_language("fr"),
        ..page("verein/secret", "Locked")
    });
    let german = "<bdi lang=\"de\">Regeln</bdi>";
    let visitor = site.visitor();
    visitor
        .get("/")
        .await
        .has(german)
        .has("<p dir=\"auto\" lang=\"de\">Of Regeln.</p>")
        .has("<bdi>Rules</bdi>")
        .lacks("\"fr\"");
    visitor
        .get("/verein")
        .await
        .has("<bdi>Regeln</bdi>")
        .has("<bdi lang=\"en\">Rules</bdi>")
        .has("1. März 2026")
        .lacks("\"fr\"");
    site.ann().get("/verein").await.has("<bdi lang=\"fr\">Locked</bdi>");
    // So do the sidebar and the pages before and after one.
    let page = visitor.get("/verein/regeln").await.is(200);
    let [first, second] = ["<a href=\"/verein/rules\"><bdi lang=\"en\">", "</span> <bdi lang=\"en\">Rules</bdi>"];
    page.has(first).has(second).has("<bdi>Verein</bdi>").has("Locked").lacks("\"fr\"");
    let page = visitor.get("/verein/rules").await.is(200);
    page.has("<a href=\"/verein\"><bdi lang=\"de\">Verein</bdi>").has("<bdi lang=\"de\">Regeln</bdi>");
    site.ann().get("/verein/regeln").await.has("<bdi lang=\"fr\">Locked</bdi>");
    visitor.get("/search?q=regeln").await.has("<bdi lang=\"de\"><mark>Regeln</mark></bdi>");
    visitor
        .get("/feed.xml")
        .await
        .has("<entry xml:lang=\"de\">\n<title>Regeln</title>")
        .has("<entry>\n<title>Rules</title>");
}

/// Puts pages into the menu: each with a label, or with its title.
fn save_menu(site: &Site, entries: &[(&str, &str)]) {
    let branch = |(path, label): &(&str, &str)| Branch {
        entry: Entry { label: (*label).into(), target: Target::Page(site.page(path).unwrap().id) },
        below: Vec::new(),
    };
    let menu: Vec<Branch> = entries.iter().map(branch).collect();
    site.write(|conn, admin| {
        let version = store::navigation::get(conn, admin)?.version;
        let new = Navigation { version, front: Front::List, menu };
        store::writing::navigation::update(conn, admin, version, &new, web::clock::now())
    });
}

#[actix_web::test]
async fn a_language_above_a_page_of_the_menu_holds_at_once_in_every_kept_menu() {
    let site = Site::new();
    let other = site.instance();
    site.put(section("verein", "Verein", ""));
    site.put(page("verein/regeln", "Regeln"));
    save_menu(&site, &[("verein/regeln", "")]);
    let shows = async |entry: &str| {
        other.app.db.wait_until_caught_up();
        for site in [&site, &other] {
            // A kept answer, an answer that is made with a kept menu, and an error.
            for uri in ["/hello", "/search?q=x", "/nothing"] {
                site.visitor().browser().get(uri).await.has(entry);
            }
        }
    };
    shows("<a href=\"/verein/regeln\"><bdi>Regeln</bdi></a>").await;
    for language in ["de", "pl", ""] {
        site.put(section("verein", "Verein", language));
        let lang = if language.is_empty() { String::new() } else { format!(" lang=\"{language}\"") };
        shows(&format!("<a href=\"/verein/regeln\"><bdi{lang}>Regeln</bdi></a>")).await;
    }
    // The page above comes and goes with its language.
    site.put(section("verein", "Verein", "de"));
    shows("<bdi lang=\"de\">Regeln</bdi>").await;
    site.delete(site.page("verein").unwrap().id);
    shows("<a href=\"/verein/regeln\"><bdi>Regeln</bdi></a>").await;
}

#[actix_web::test]
async fn the_menu_and_the_breadcrumbs_mark_titles_in_a_language_other_than_that_of_the_page() {
    let site = Site::new();
    site.put(section("verein", "Verein", "de"));
    site.put(PageInput { placement: in_language("ar"), ..page("verein/nadi", "Nadi") });
    site.put(PageInput { placement: in_language("en"), ..page("verein/nadi/rules", "Rules") });
    save_menu(&site, &[("verein", ""), ("hello", ""), ("verein/nadi", "The club")]);
    let visitor = site.visitor();
    let entry = |href: &str, lang: &str, title: &str| {
        let lang = if lang.is_empty() { String::new() } else { format!(" lang=\"{lang}\"") };
        format!("<a href=\"{href}\"><bdi{lang}>{title}</bdi></a>")
    };
    let shown = visitor.get("/hello").await.is(200).has(&entry("/verein", "de", "Verein"));
    shown.has(&entry("/verein/nadi", "", "The club"));
    // A label is in the language of the site.
    let shown = visitor.get("/verein/nadi").await.is(200).has(&entry("/hello", "en", "Hello"));
    let shown = shown.has("<bdi lang=\"en\">The club</bdi>");
    shown.has(&format!("<li>{}</li>", entry("/verein", "de", "Verein")));
    let shown =
        visitor.get("/verein/nadi/rules").await.is(200).has("<li><a href=\"/verein/nadi\"><bdi lang=\"ar\">Nadi</bdi>");
    shown.has(&entry("/hello", "", "Hello"));
    // So do those of a list, which has the language of the page above it.
    site.put(page("verein/nadi/alt/x", "X"));
    visitor.get("/verein/nadi/alt").await.is(200).has("<li><a href=\"/verein\"><bdi lang=\"de\">Verein</bdi>");
}

#[actix_web::test]
async fn the_texts_of_the_site_keep_their_language_on_a_page_in_another_one() {
    let site = Site::new();
    site.put(section("verein", "Verein", "de"));
    site.write(|conn, admin| {
        let old = store::site::get(conn)?;
        let new = domain::site::Site { footer: "All rights reserved.".into(), ..old.clone() };
        store::writing::site::update(conn, admin, old.version, &new, web::clock::now())
    });
    site.visitor()
        .get("/verein")
        .await
        .has("<bdi lang=\"en\">Postern</bdi>")
        .has("<div lang=\"en\" dir=\"ltr\"><p>All rights reserved.</p>");
    site.visitor().get("/hello").await.has("<bdi>Postern</bdi>").lacks("<div lang=\"en\"");
}

#[actix_web::test]
async fn errors_and_lists_below_a_page_speak_its_language_to_those_who_may_read_it() {
    let site = Site::new();
    site.put(section("verein", "Verein", "de"));
    site.put(page("verein/alt/regeln", "Regeln"));
    site.put(PageInput { audience: chosen("root", &[]), ..page("verein/kasse", "Kasse") });
    let visitor = site.visitor().browser();
    for _ in 0..2 {
        visitor.get("/verein/nichts").await.is(404).has("<html lang=\"de\"").has("Seite nicht gefunden");
        visitor.get("/nothing").await.is(404).has("<html lang=\"en\"").has("Page not found");
    }
    visitor.get("/verein/alt").await.is(200).has("<html lang=\"de\"").has("1. März 2026");
    site.visitor().get("/verein/nichts").await.is(404).has("Unter dieser Adresse gibt es keine Seite.");
    site.ann().browser().get("/verein/kasse").await.is(403).has("<html lang=\"de\"");
    // A change holds at once.
    site.put(section("verein", "Verein", "es"));
    visitor.get("/verein/nichts").await.is(404).has("<html lang=\"es\"");
}

#[actix_web::test]
async fn t5_t7_the_language_of_a_private_page_shows_in_no_answer_to_others() {
    let site = Site::new();
    let plain = site.visitor().browser().get("/secret").await.is(401).fingerprint();
    let absent = site.visitor().browser().get("/nothing").await.is(404).fingerprint();
    site.put(PageInput { audience: signed_in(), ..section("intern", "Intern", "ar") });
    site.put(PageInput { audience: signed_in(), ..page("intern/x", "X") });
    let visitor = site.visitor().browser();
    for path in ["/intern", "/intern/x"] {
        assert_eq!(visitor.get(path).await.is(401).fingerprint(), plain, "{path}");
    }
    assert_eq!(visitor.get("/intern/nothing").await.is(404).fingerprint(), absent);
    // The list of the pages below a page that the visitor may not read.
    site.put(PageInput { audience: crate::site::public(), placement: in_language("en"), ..page("intern/a/b", "B") });
    visitor.get("/intern/a").await.is(200).has("<html lang=\"en\"").lacks("\"ar\"");
    site.ann().browser().get("/intern/nothing").await.is(404).has("<html lang=\"ar\" dir=\"rtl\"");
}

#[actix_web::test]
async fn the_form_chooses_the_language_and_a_draft_and_the_history_have_it() {
    let site = Site::new();
    let eve = site.eve();
    let fields =
        [("title", "Regeln"), ("path", "regeln"), ("audience", "public"), ("body", "Pünktlich."), ("language", "de")];
    eve.submit("/admin/pages/new", "/admin/pages", &[&fields[..], &[("then", "continue")]].concat()).await.is(303);
    let page = site.page("regeln").unwrap();
    let form = format!("/admin/pages/{}", page.id.0);
    eve.get(&form).await.has("<option value=\"de\" selected>German</option>").has("Same as the parent page");
    site.visitor().get("/regeln").await.has("<html lang=\"de\"");
    let send = async |language: &str, then: &str| {
        let page = eve.get(&form).await;
        let (version, draft) = (page.value_of("version"), page.value_of("draft"));
        let own = [("language", language), ("then", then), ("version", &version), ("draft", &draft)];
        eve.submit(&form, &form, &[&fields[..4], &own].concat()).await
    };
    // A tag that the command line gave stays in the form.
    send("pt-BR", "draft").await.is(303);
    eve.get(&form).await.has("<option value=\"pt-BR\" selected>pt-BR</option>");
    site.visitor().get("/regeln").await.has("<html lang=\"de\"");
    eve.get(&format!("/admin/drafts/{}/preview", page.id.0)).await.is(200).has("<html lang=\"pt-BR\"");
    send("german", "save").await.is(422).has("Write a language tag");
    send("pt-BR", "save").await.is(303);
    eve.get(&format!("{form}/history")).await.is(200).has("language “de” → “pt-BR”");
    eve.get("/admin/audit").await.is(403);
    site.root().get("/admin/audit").await.has("language “de” → “pt-BR”");
}
