//! Undoes a bulk action on pages. An undo is a bulk action like any other: one transaction, a job if it takes long, and a
//! question with the effect if somebody would gain access by it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use actix_web::{http::StatusCode, web::Data};
use domain::{bulk_action::BulkActionId, page::PageId, site::Site};
use store::{
    Conn,
    bulk_actions::{self, NamedPage},
    writing::{self, Command, Outcome as Written, UndoBulk},
};

use crate::{
    App,
    admin::{
        access_preview::AccessPreview,
        bulk::{Action, BulkForm, Choice, NOUNS, Needs, Question, Seen},
        bulk_done,
        drafts::naming::{form_href, title},
        items::Item,
        jobs::Job,
        sections::PAGES,
        undo_form::UNDO,
    },
    auth::extract::Editor,
    clock,
    http::{answer::Outcome, error::Error, responses::see_other},
};

const CHOICE: Choice = Choice {
    value: UNDO,
    label: "Undo",
    verb: "Undo the change of",
    nouns: NOUNS,
    after: "",
    question: "Undoing this also lets people read what they cannot read now.",
    danger: false,
    needs: Needs::Rows,
    address: "",
};

/// The answer when nothing can be undone any more.
const CHANGED: &str = "Nothing was undone: these pages were changed since. The history of each has all its versions.";

/// An undo that somebody asked for.
struct Undoing {
    app: Data<App>,
    editor: Editor,
    site: Arc<Site>,
    undone: BulkActionId,
    job: Arc<Job>,
}

/// Undoes a bulk action, or asks with the effect if somebody would gain access. 409 when no page of it is as the action left
/// it.
pub(super) async fn act(app: Data<App>, editor: Editor, form: BulkForm) -> Result<Outcome, Error> {
    let action = Action::of(form, &PAGES, &[CHOICE])?;
    let undone = action.undone.ok_or_else(|| Error::Unprocessable("This cannot be undone.".into()))?;
    let site = app.db.site().await;
    let (jobs, db, account) = (app.jobs.clone(), app.db.clone(), editor.clone());
    let work = |job| Undoing { app, editor, site, undone, job }.run(action);
    jobs.run(&db, account.account(), CHOICE.label, work).await
}

impl Undoing {
    /// Runs the undo, unless somebody gains access who was not shown, or other pages are undone than were shown.
    async fn run(self, action: Action) -> Result<Outcome, Error> {
        let seen = action.confirmed.then(|| action.seen.rows.clone().unwrap_or_default());
        let (db, proof, undone) = (&self.app.db, self.editor.proof(), self.undone);
        let command = Command::UndoBulk(UndoBulk { action: undone, seen });
        let by = proof.clone();
        let found = db.read(move |conn| bulk_actions::get(conn, &by, undone)).await?;
        self.job.begin(db, found.map_or(0, |found| found.pages)).await;
        let (deadline, job, commit) = (self.job.deadline.clone(), self.job.clone(), self.job.commit());
        let report = move |done| job.set_done(done);
        let finish = move |conn: &mut Conn, _: &Written| {
            // The command recorded when it began; the message is shown for a minute after it has ended.
            writing::bulk_actions::set_undone(conn, undone, clock::now())?;
            commit(conn)
        };
        match db.long_run(proof, command, action.seen.consent(), deadline, report, finish).await? {
            Ok(_) => {
                let query = bulk_done::undone_query(undone, &action.back);
                Ok(Outcome::Redirect(see_other(&format!("{}?{query}", PAGES.list))))
            }
            Err(store::Error::Unconfirmed) => self.ask(action).await,
            Err(store::Error::Stale) => Err(Error::Conflict(CHANGED.into())),
            Err(store::Error::Duplicate) => {
                Err(Error::Conflict("One of these paths was just taken. Try again.".into()))
            }
            Err(store::Error::Refused(message)) => Err(Error::Conflict(message.into())),
            Err(error) => Err(error.into()),
        }
    }

    /// Shows the effect on access, the pages, and those that stay as they are.
    async fn ask(&self, action: Action) -> Result<Outcome, Error> {
        let (proof, undo) = (self.editor.proof(), UndoBulk { action: self.undone, seen: None });
        let query = move |conn: &mut Conn| {
            let sorted = undo.sort(conn, &proof)?;
            let diff = writing::preview(conn, &proof, &Command::UndoBulk(undo))?;
            let names = bulk_actions::names(conn, &proof, &sorted.ready)?;
            let left_out = bulk_done::items(conn, &proof, &sorted.staying)?;
            Ok((sorted, diff, names, left_out))
        };
        let (sorted, diff, names, left_out) = match self.app.db.long_snapshot(query).await? {
            Ok(shown) => shown,
            Err(store::Error::Stale) => return Err(Error::Conflict(CHANGED.into())),
            Err(error) => return Err(error.into()),
        };
        let selected: HashSet<PageId> = sorted.ready.iter().copied().collect();
        // The effect on access already names the pages that change: only the others are listed in addition.
        let changed: HashSet<PageId> = diff.changes().iter().map(|change| change.page).collect();
        let others = sorted.ready.iter().filter(|page| !changed.contains(page));
        let items: Vec<Item> = others.map(|page| item(*page, &names)).collect();
        let notice = if action.confirmed { AGAIN } else { "" };
        let question = Question {
            heading: if items.is_empty() { String::new() } else { "Nobody gains or loses access".into() },
            named: sorted.ready.len() - items.len(),
            items,
            left_out,
            access: AccessPreview::of_selected(&diff, &selected),
            seen: Seen::new(sorted.fingerprint(), Some(&diff)),
            notice,
            ..Question::default()
        };
        let status = if action.confirmed { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        let page = action.ask(&self.app, self.editor.account(), &self.site, &PAGES, question)?;
        Ok(Outcome::Page(page.with_status(status)))
    }
}

const AGAIN: &str = "Nothing was changed: other pages would be undone now, or access would change for other people, than you \
                     confirmed. Please check again.";

fn item(page: PageId, names: &HashMap<PageId, NamedPage>) -> Item {
    let name = names.get(&page).map(|name| name.title.clone()).unwrap_or_default();
    Item { title: title(name), href: form_href(page), note: String::new() }
}
