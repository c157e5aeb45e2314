//! Two editors of one page: they are told early of each other, their texts are merged by line, and they see the lines
//! that both changed.

use domain::page::PageInput;

use crate::site::{Actor, Response, Site, draft, signed_in};

const TEXT: &str = "First line.\n\nSecond line.\n\nThird line.";

/// A site with the page `/plan`; returns the address of its form.
fn planned() -> (Site, String) {
    let site = Site::new();
    let page = site.put(PageInput { body: TEXT.into(), ..draft("plan", "The plan") });
    (site, format!("/admin/pages/{}", page.id.0))
}

/// Sends a form of the first version of the page with some fields changed.
async fn send(actor: &Actor<'_>, form: &str, to: &str, changes: &[(&str, &str)]) -> Response {
    let fields = [("title", "The plan"), ("path", "/plan"), ("body", TEXT), ("version", "1")];
    let kept = fields.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let fields: Vec<(&str, &str)> = kept.chain(changes.iter().copied()).collect();
    actor.submit(form, to, &fields).await
}

#[actix_web::test]
async fn changes_of_separate_lines_come_back_merged_and_nothing_is_online() {
    let (site, form) = planned();
    let (eve, root) = (site.eve(), site.root());
    send(&eve, &form, &form, &[("body", "First of eve.\n\nSecond line.\n\nThird line.")]).await.is(303);
    let mine = [("body", "First line.\r\n\r\nSecond line.\r\n\r\nThird of root."), ("summary", "When we meet")];
    let merged = send(&root, &form, &form, &mine).await.is(409);
    let merged = merged.has("eve’s changes were merged into yours. Check and publish.").has("When we meet");
    let text = "First of eve.\n\nSecond line.\n\nThird of root.";
    let merged = merged.has(text).lacks("Nothing was saved");
    assert_eq!((merged.value_of("version"), merged.value_of("draft")), ("2".into(), "0".into()));
    assert_eq!(site.page("plan").unwrap().version.0, 2, "nothing is saved");
    site.visitor().get("/plan").await.has("First of eve.").lacks("Third of root.");
    // The merged form saves.
    send(&root, &form, &form, &[("body", text), ("version", "2")]).await.is(303);
    site.visitor().get("/plan").await.has("First of eve.").has("Third of root.");
}

#[actix_web::test]
async fn a_conflict_shows_the_lines_that_both_changed_and_names_who() {
    let (site, form) = planned();
    let (eve, root) = (site.eve(), site.root());
    let theirs = "First of eve.\n\nSecond line.\n\nEve’s end.";
    send(&eve, &form, &form, &[("body", theirs), ("summary", "Of eve")]).await.is(303);
    let mine = [("body", "First line.\n\nSecond line.\n\nRoot’s end."), ("title", "Root’s plan")];
    let shown = send(&root, &form, &form, &mine).await.is(409).has("eve saved this page while you were editing");
    let shown = shown.has("<h3>Line 5</h3>").lacks("<h3>Line 1</h3>").has("Replace eve’s version").has("Discard mine");
    // Everything else is merged: the title is root's, the summary and the first line are eve's.
    let shown = shown.has("First of eve.\n\nSecond line.\n\nRoot’s end.").lacks("Fields that differ");
    assert_eq!((shown.value_of("title"), shown.value_of("summary")), ("Root’s plan".into(), "Of eve".into()));
    assert_eq!(site.page("plan").unwrap().content.body, theirs);
    let both = [("title", "Root’s plan"), ("version", "1")];
    send(&eve, &form, &form, &[("body", theirs), ("title", "Eve’s plan"), ("version", "2")]).await.is(303);
    send(&root, &form, &form, &both).await.is(409).has("Fields that differ").has("Eve’s plan").has("Root’s plan");
}

#[actix_web::test]
async fn a_change_of_readers_by_somebody_else_is_shown_and_not_undone() {
    let (site, form) = planned();
    let root = site.root();
    site.put(PageInput { body: TEXT.into(), audience: signed_in(), ..draft("plan", "The plan") });
    let mine = [("audience", "inherited"), ("body", "First of root.\n\nSecond line.\n\nThird line.")];
    let shown = send(&root, &form, &form, &mine).await.is(409);
    let shown = shown.has("to <strong>signed-in users</strong>").has("First of root.");
    shown.has("name=\"audience\" value=\"signed-in\" checked");
    site.visitor().get("/plan").await.is(401);
}

#[actix_web::test]
async fn editors_are_told_of_each_other_for_fifteen_minutes() {
    let (site, form) = planned();
    let (eve, root) = (site.eve(), site.root());
    let drafts = form.replace("/pages/", "/drafts/");
    send(&eve, &form, &drafts, &[("body", "Eve’s draft."), ("form", "7")]).await.is(200);
    root.get(&form).await.is(200).has("eve is editing this page (last change ");
    eve.get(&form).await.is(200).lacks("is editing this page");
    // The editor who began earlier learns of it with the next save of a draft.
    let conflict = send(&root, &form, &drafts, &[("body", "Root’s draft."), ("form", "8")]).await.is(409);
    conflict.has("eve is editing this page (last change ");
    let conflict = send(&eve, &form, &drafts, &[("body", "Eve’s other window."), ("form", "9")]).await.is(409);
    conflict.has("You are editing this page in another window.");
    site.write(|conn, _| {
        use diesel::RunQueryDsl;
        Ok(diesel::sql_query("UPDATE drafts SET saved_at = '2020-01-01 00:00:00'").execute(conn)?)
    });
    root.get(&form).await.is(200).lacks("is editing this page").has("Eve’s draft.");
}

#[actix_web::test]
async fn drafts_merge_over_the_published_page_and_over_the_draft_that_the_script_sends() {
    let (site, form) = planned();
    let (eve, root) = (site.eve(), site.root());
    let drafts = form.replace("/pages/", "/drafts/");
    let with = |first: &str, third: &str| format!("{first}\n\nSecond line.\n\n{third}");
    send(&eve, &form, &drafts, &[("body", &with("Of eve.", "Third line.")), ("form", "7")]).await.is(200);
    let mine = [("body", &*with("First line.", "Of root.")), ("form", "8"), ("then", "draft")];
    let merged = send(&root, &form, &form, &mine).await.is(409).has("eve’s changes were merged into yours.");
    let merged = merged.has(&with("Of eve.", "Of root."));
    assert_eq!(merged.value_of("draft"), "1");
    // Both go on with the draft; root deletes a line that eve's draft added.
    let again = with("Of eve.", "More of eve.");
    send(&eve, &form, &drafts, &[("body", &again), ("form", "7"), ("draft", "1")]).await.is(200);
    let mine = [("body", "Second line.\n\nThird line."), ("form", "8"), ("draft", "1"), ("then", "draft")];
    // Without the draft with which root began, nobody knows who changed what.
    send(&root, &form, &form, &mine).await.is(409).has("Lines that both of you changed");
    let base = serde_html_form::to_string([
        ("title", "The plan"),
        ("path", "/plan"),
        ("body", &with("Of eve.", "Third line.")),
        ("version", "1"),
    ]);
    let base = base.unwrap();
    let mine = [&mine[..], &[("base", base.as_str())]].concat();
    let merged = send(&root, &form, &form, &mine).await.is(409).has("eve’s changes were merged into yours.");
    merged.has("\nSecond line.\n\nMore of eve.</textarea>");
}
