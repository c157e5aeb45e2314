//! Bulk actions on drafts: publish and discard. A draft that cannot be published is named with the reason and left out.

use std::sync::Arc;

use actix_web::{http::StatusCode, web::Data};
use domain::{draft::Draft, page::PageId};
use store::{
    Conn, drafts,
    writing::{self, Command, DiscardDrafts, DraftVersion, Fingerprint, PublishDrafts},
};

use super::naming::{form_href, title};
use crate::{
    App,
    admin::{
        access_preview::AccessPreview,
        bulk::{Action, BulkForm, Choice, Needs, Question, Seen},
        flash::Flash,
        items::Item,
        jobs::Job,
        sections::DRAFTS,
    },
    auth::extract::Editor,
    clock,
    http::{answer::Outcome, error::Error, form::Form},
};

const NOUNS: [&str; 2] = ["draft", "drafts"];

/// The bulk actions that the list of pages offers for drafts and pending changes.
pub(in crate::admin) const ACTIONS: [Choice; 2] = [
    Choice {
        value: "publish",
        label: "Publish…",
        verb: "Publish",
        nouns: NOUNS,
        after: "",
        question: "These drafts will be published as they are.",
        danger: false,
        needs: Needs::Rows,
        address: "/admin/drafts/actions",
    },
    Choice {
        value: "discard",
        label: "Discard…",
        verb: "Discard",
        nouns: NOUNS,
        after: "",
        question: "These drafts will be discarded. A page that was published before goes to the trash as it was then.",
        danger: true,
        needs: Needs::Rows,
        address: "/admin/drafts/actions",
    },
];

/// The fingerprint of drafts with their versions.
fn versions(drafts: &[Draft]) -> Fingerprint {
    Fingerprint::of(drafts.iter().flat_map(|draft| [draft.page.0, draft.version.0]))
}

fn item(draft: &Draft, note: String) -> Item {
    Item { title: title(draft.typed.page.title.clone()), href: form_href(draft.page), note }
}

const AGAIN: &str = "Nothing was changed: something is different from what you confirmed. Please check again.";

/// POST `/admin/drafts/actions`: asks for confirmation; runs a confirmed action if the drafts are still those that were shown.
pub async fn act(app: Data<App>, editor: Editor, Form(form): Form<BulkForm>) -> Result<Outcome, Error> {
    let action = Action::of(form, &DRAFTS, &ACTIONS)?;
    let pages: Vec<PageId> = action.ids.iter().copied().map(PageId).collect();
    if !action.confirmed {
        return ask(&app, &editor, action, pages, "").await;
    }
    let (jobs, db, account) = (app.jobs.clone(), app.db.clone(), editor.clone());
    let title = action.choice.label.trim_end_matches('…');
    jobs.run(&db, account.account(), title, |job| run(app, editor, action, pages, job)).await
}

/// Runs a confirmed action.
async fn run(
    app: Data<App>,
    editor: Editor,
    action: Action,
    pages: Vec<PageId>,
    job: Arc<Job>,
) -> Result<Outcome, Error> {
    let (done, command) = match action.choice.value {
        "publish" => (Flash::Published, publication(&app, pages.clone(), action.seen.rows.clone()).await),
        _ => (Flash::DraftsDiscarded, discarding(&app, &editor, &pages, &action).await?),
    };
    let Some(command) = command else { return ask(&app, &editor, action, pages, AGAIN).await };
    job.begin(&app.db, pages.len()).await;
    let (deadline, commit, progress) = (job.deadline.clone(), job.commit_bulk(editor.proof()), job.clone());
    let report = move |done| progress.set_done(done);
    match app.db.long_run(editor.proof(), command, action.seen.consent(), deadline, report, commit).await? {
        Ok(outcome) => {
            let undoable = matches!(outcome, writing::Outcome::Pages(_)).then(|| job.action());
            Ok(Outcome::Redirect(done.of_many(DRAFTS.list, &action.back, outcome.count(), undoable)))
        }
        Err(store::Error::Unconfirmed | store::Error::Stale) => ask(&app, &editor, action, pages, AGAIN).await,
        Err(error) => Err(error.into()),
    }
}

async fn publication(app: &App, pages: Vec<PageId>, seen: Option<Fingerprint>) -> Option<Command> {
    let (zone, now) = (app.db.site().await.time_zone, clock::now());
    // A confirmation without a fingerprint confirms no draft.
    let seen = Some(seen.unwrap_or_default());
    Some(Command::PublishDrafts(PublishDrafts { pages, zone, now, seen }))
}

/// The command that discards drafts in the versions that were shown; `None` when their versions changed.
async fn discarding(app: &App, editor: &Editor, pages: &[PageId], action: &Action) -> Result<Option<Command>, Error> {
    let (proof, pages) = (editor.proof(), pages.to_vec());
    let found = app.db.read(move |conn| drafts::get_many(conn, &proof, &pages)).await?;
    let same = action.seen.rows.as_ref() == Some(&versions(&found));
    Ok(same.then(|| Command::DiscardDrafts(DiscardDrafts(found.iter().map(DraftVersion::from).collect()))))
}

/// Names the drafts and asks for confirmation.
async fn ask(
    app: &App,
    editor: &Editor,
    mut action: Action,
    pages: Vec<PageId>,
    notice: &'static str,
) -> Result<Outcome, Error> {
    let (site, proof) = (app.db.site().await, editor.proof());
    let mut question = Question { notice, ..Question::default() };
    if action.choice.value == "publish" {
        let publish = PublishDrafts { pages, zone: site.time_zone, now: clock::now(), seen: None };
        let query = move |conn: &mut Conn| {
            let sorted = publish.sort(conn, &proof)?;
            let diff = writing::preview(conn, &proof, &Command::PublishDrafts(publish))?;
            Ok((sorted, diff))
        };
        let (sorted, diff) = app.db.snapshot(query).await??;
        question.seen = Seen::new(sorted.fingerprint(), Some(&diff));
        question.access = AccessPreview::new(&diff);
        action.ids = sorted.ready.iter().map(|(draft, _)| draft.page.0).collect();
        question.items =
            sorted.ready.iter().map(|(draft, publish)| item(draft, publish.content.path.to_string())).collect();
        question.left_out = sorted.left_out.into_iter().map(|(draft, why)| item(&draft, why)).collect();
    } else {
        let found = app.db.read(move |conn| drafts::get_many(conn, &proof, &pages)).await?;
        question.seen = Seen::new(versions(&found), None);
        question.items = found.iter().map(|draft| item(draft, format!("saved by {}", draft.saved_by))).collect();
    }
    if question.items.is_empty() && question.left_out.is_empty() {
        return Err(Error::Unprocessable("None of the selected pages has a draft.".into()));
    }
    let status = if notice.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let page = action.ask(app, editor.account(), &site, &DRAFTS, question)?;
    Ok(Outcome::Page(page.with_status(status)))
}
