//! The reader's side speaks the language of the site, whoever asks, and the panel stays English.

use domain::page::PageInput;

use crate::site::{Site, draft};

/// A site with a page of March, in a language.
async fn site_in(language: &str) -> Site {
    let site = Site::new();
    site.put(PageInput { published: "2026-03-01".into(), ..draft("spring", "Spring") });
    let root = site.root().browser();
    let version = root.get("/admin/site").await.value_of("version");
    let fields = [("title", "Site"), ("language", language), ("realm", "Site"), ("version", version.as_str())];
    root.submit("/admin/site", "/admin/site", &fields).await.is(303);
    site
}

#[actix_web::test]
async fn pages_lists_search_account_and_errors_speak_the_language_of_the_site() {
    let site = site_in("de-AT").await;
    let (visitor, ann) = (site.visitor().browser(), site.ann().browser());
    visitor.get("/").await.has("<html lang=\"de-AT\"").has("1. März 2026</time>").has(">Anmelden</a>");
    visitor.get("/spring").await.has("1. März 2026</time>").has("aria-label=\"Brotkrumen\"");
    visitor.get("/search?q=nothing").await.has("Keine Ergebnisse für „nothing“.").has("Anmelden: Danach");
    visitor.get("/search?q=-oak").await.has("schließt nur Wörter aus");
    visitor.get("/secret").await.is(401).has("Zum Lesen dieser Seite anmelden").lacks("lang=\"en\"");
    visitor.get("/nope").await.is(404).has("Seite nicht gefunden").has("Zur Startseite");
    site.visitor().get("/nope").await.is(404).has("Unter dieser Adresse gibt es keine Seite.\n");
    ann.get("/").await.has("aria-label=\"Angemeldet als ann\"");
    ann.get("/account").await.has("Mindestens 8 Zeichen. Mehrere Wörter").has(">Passwort ändern</button>");
    let fields = [("present", "wrong one"), ("password", "short"), ("password_again", "other")];
    let refused = ann.submit("/account", "/account", &fields).await.is(422);
    refused.has("nicht das aktuelle Passwort").has("Zu kurz: mindestens 8 Zeichen verwenden.").has("sind verschieden");
    ann.get("/admin/").await.is(403).has("Angemeldet als ann (Leserecht)");
}

#[actix_web::test]
async fn a_browser_that_asks_for_another_language_gets_the_same_bytes() {
    let site = site_in("fr").await;
    let visitor = site.visitor().browser();
    for path in ["/", "/spring", "/nope"] {
        let ours = visitor.get(path).await;
        let theirs = visitor.with("accept-language", "de, en;q=0.5").get(path).await;
        assert_eq!(ours.body, theirs.body, "{path}");
        assert!(!ours.header("vary").to_lowercase().contains("accept-language"), "{path}");
    }
}

#[actix_web::test]
async fn the_panel_stays_english() {
    let site = site_in("pl").await;
    let root = site.root().browser();
    root.get("/admin/pages").await.has("<html lang=\"en\"").has(">Skip to content</a>").lacks("Szukaj");
    root.get("/admin/site").await.has("value=\"pl\"").has("A tag such as en, de or pt-BR");
    let refused = root.post("/admin/pages", &[("title", "x")]).await.is(403);
    refused.has("<html lang=\"en\"").has("Send this form again");
}

#[actix_web::test]
async fn english_words_in_a_page_of_another_language_say_so() {
    let site = site_in("ja").await;
    let visitor = site.visitor().browser();
    let page = visitor.get("/spring").await.has("<html lang=\"ja\"").has("1 March 2026</time>");
    page.has(" lang=\"en\">Skip to content</a>");
    visitor.get("/nope").await.has("<div class=\"refusal\" lang=\"en\">").has("Page not found");
}
