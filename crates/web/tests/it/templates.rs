//! This test requests every template over HTTP, so that each is rendered.

use domain::{page::PageInput, share::Shows};

use crate::site::{Site, draft};

#[actix_web::test]
async fn every_template_renders_as_a_whole_document() {
    let site = Site::new();
    site.put(draft("guides/one", "One"));
    let page = format!("/admin/pages/{}", site.page("hello").unwrap().id.0);
    let user = format!("/admin/users/{}", site.user("ann").id.0);
    let gone = site.put(draft("gone", "Gone")).id;
    site.delete(gone);
    let group = site.group("Staff", &["ann"]);
    let root = site.root().browser();
    let waiting = site.page("secret").unwrap().id.0;
    let kept = [("then", "draft"), ("version", "1"), ("title", "Draft")];
    root.submit("/admin/pages", &format!("/admin/pages/{waiting}"), &kept).await.is(303);
    let impatient = Site::impatient();
    let someone = impatient.root().browser();
    let job =
        someone.submit("/admin/pages", "/admin/pages/actions", &[("action", "delete"), ("id", "1")]).await.is(303);
    let hello = site.page("hello").unwrap().id.0.to_string();
    let stale = [("title", "x"), ("path", "/hello"), ("version", "0")];
    let narrowed =
        [("title", "One"), ("path", "/guides/one"), ("body", "x"), ("audience", "signed-in"), ("version", "1")];
    let guide = format!("/admin/pages/{}", site.page("guides/one").unwrap().id.0);
    root.submit(&guide, &guide, &narrowed).await.is(303);
    let undone = [("what", "changed"), ("version", "2")];
    let answers = [
        ("index.html", root.get("/").await),
        ("list.html", root.get("/guides").await),
        ("page.html", root.get("/hello").await),
        ("search.html", root.get("/search?q=x").await),
        ("share.html", root.get(&format!("/s/{}", site.link("secret", Shows::Page))).await),
        ("error.html", root.get("/nope").await),
        ("join.html", site.visitor().browser().get(&crate::join::link(&site, "ann")).await.is(200)),
        ("signed_out.html", site.signed_in("signed-out", "x").get("/logout").await),
        ("account.html", root.get("/account").await),
        ("admin/home.html", root.get("/admin/").await),
        ("admin/audit.html", root.get("/admin/audit").await),
        ("admin/site.html", root.get("/admin/site").await),
        ("admin/look.html", root.get("/admin/site/look").await),
        ("admin/navigation.html", root.get("/admin/site/navigation").await),
        ("admin/pages/list.html", root.get("/admin/pages").await),
        ("admin/pages/form.html", root.get("/admin/pages/new").await),
        ("admin/pages/delete.html", root.get(&format!("{page}/delete")).await),
        ("admin/pages/order.html", root.get(&format!("{page}/order")).await),
        ("admin/pages/receipts.html", root.get(&format!("{page}/receipts")).await),
        ("admin/pages/shares.html", root.get(&format!("{page}/shares")).await),
        ("admin/shares/list.html", root.get("/admin/shares").await),
        ("admin/pages/history.html", root.get(&format!("{page}/history")).await),
        ("admin/pages/revision.html", root.get(&format!("{page}/history/1")).await),
        ("admin/pages/undo.html", root.submit(&guide, &format!("{guide}/undo"), &undone).await.is(422)),
        ("admin/pages/compare.html", root.get(&format!("{page}/history/compare")).await),
        ("admin/drafts/compare.html", root.get(&format!("/admin/drafts/{waiting}/compare")).await),
        ("admin/drafts/discard.html", root.get(&format!("/admin/drafts/{waiting}/discard")).await),
        ("admin/links/broken.html", root.get("/admin/links/broken").await),
        ("admin/trash/restore.html", root.get(&format!("/admin/trash/{}", gone.0)).await),
        ("admin/pages/conflict.html", root.submit(&page, &page, &stale).await),
        (
            "admin/confirm.html",
            root.submit("/admin/pages", "/admin/pages/actions", &[("action", "delete"), ("id", &hello)]).await.is(200),
        ),
        (
            "admin/pages/file_question.html",
            root.submit(&page, &format!("/admin/drafts/{hello}/files/plan.txt"), &[("action", "ask-purge")])
                .await
                .is(200),
        ),
        ("admin/job.html", someone.get(job.header("location")).await),
        ("admin/groups/list.html", root.get("/admin/groups").await),
        ("admin/groups/form.html", root.get("/admin/groups/new").await),
        ("admin/groups/delete.html", root.get(&format!("/admin/groups/{}/delete", group.id.0)).await),
        ("admin/view_as/choose.html", root.get("/admin/view-as").await),
        ("admin/keys.html", root.get("/admin/keys").await),
        ("admin/users/keys.html", root.get(&format!("{user}/keys")).await),
        ("admin/users/list.html", root.get("/admin/users").await),
        ("admin/users/form.html", root.get("/admin/users/new").await),
        ("admin/users/add_many.html", root.get("/admin/users/add-many").await),
        (
            "admin/users/sheet.html",
            root.submit("/admin/users/add-many", "/admin/users/add-many", &[("names", "kim"), ("role", "reader")])
                .await,
        ),
        ("admin/users/password.html", root.get(&format!("{user}/password")).await),
        ("admin/users/delete.html", root.get(&format!("{user}/delete")).await),
        ("resend.html", root.post("/admin/pages", &[("title", "x")]).await),
    ];
    for (template, answer) in &answers {
        assert!(answer.body.starts_with("<!doctype html>"), "{template}: {answer:?}");
        assert!(answer.body.trim_end().ends_with("</html>"), "{template}: {}", answer.body);
        assert_eq!(answer.body.matches("<h1").count(), 1, "{template}: one heading of the first level");
        assert_eq!(answer.body.matches("<main").count(), 1, "{template}: one main landmark");
    }
    let known: Vec<&str> = answers.iter().map(|(template, _)| *template).collect();
    let frames = ["base.html", "components.html", "menu.html", "admin/base.html", "admin/components.html"];
    // Parts of a page that its scripts request are tested in audiences.rs, files_upload.rs and links.rs.
    let parts = ["admin/pages/reader_status.html", "admin/pages/files.html", "admin/pages/preview.html"];
    for template in site.app.view.names().iter().filter(|name| !parts.contains(&name.as_str())) {
        assert!(frames.contains(&template.as_str()) || known.contains(&template.as_str()), "no sample for {template}");
    }
}

#[actix_web::test]
async fn a_page_renders_with_every_markdown_element() {
    let site = Site::new();
    let body = include_str!("../../src/examples/how-to-write.md");
    site.put(PageInput { body: body.into(), summary: "Summary.".into(), ..draft("all", "All of it") });
    site.visitor()
        .get("/all")
        .await
        .is(200)
        .has("<table tabindex=\"0\">")
        .has("type=\"checkbox\"")
        .has("hl-")
        .has("footnote");
}
