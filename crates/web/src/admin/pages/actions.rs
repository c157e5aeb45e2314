//! Bulk actions on pages: on ticked rows, or on all rows that match the filter of the list.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use actix_web::{http::StatusCode, web::Data};
use domain::{
    Timestamp,
    audience::{Audience, Chosen as ChosenReaders},
    draft::Draft,
    effective_access::AccessKind,
    invalid::Invalid,
    page::{PageId, PagePath},
    site::Site,
};
use store::{
    Conn,
    admin_list::{self, PageRow},
    drafts, readers, tree,
    writing::{self, Command, Delete, Fingerprint, Move, PlannedMove, Selection, SetAudience, Unpublish},
};

use super::{
    bulk_undo,
    filter::{ListState, filter},
};
use crate::{
    App,
    admin::{
        access_preview::AccessPreview,
        bulk::{Action, BulkForm, Choice, NOUNS, Needs, Question, Seen},
        destinations::NO_PAGE,
        drafts::naming::{form_href, title},
        flash::Flash,
        items::Item,
        jobs::Job,
        sections::PAGES,
    },
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::TextForm,
        query::QueryString,
    },
};

/// The bulk actions that the list of pages offers for its rows.
pub(super) const ACTIONS: [Choice; 4] = [
    Choice {
        value: "choose-readers",
        label: "Change readers…",
        verb: "Change readers of",
        nouns: NOUNS,
        after: "",
        question: "",
        danger: false,
        needs: Needs::Readers,
        address: "",
    },
    Choice {
        value: "move",
        label: "Move…",
        verb: "Move",
        nouns: NOUNS,
        after: "",
        question: "Each page moves with its subpages. The old paths redirect to the new ones.",
        danger: false,
        needs: Needs::Section,
        address: "",
    },
    Choice {
        value: "unpublish",
        label: "Unpublish…",
        verb: "Unpublish",
        nouns: NOUNS,
        after: "",
        question: "These pages become drafts, which only editors and people with a link to the draft can see. They keep their history and can be published again.",
        danger: false,
        needs: Needs::Rows,
        address: "",
    },
    Choice {
        value: "delete",
        label: "Delete…",
        verb: "Delete",
        nouns: NOUNS,
        after: "",
        question: "These pages go to the trash. They can be restored from there for a while.",
        danger: true,
        needs: Needs::Rows,
        address: "",
    },
];

/// A command for many pages before its pages are selected.
#[derive(Clone, Debug)]
enum Change {
    SetAudience(Audience),
    Move(PagePath),
    Unpublish,
    Delete,
}

impl Change {
    /// The change that was chosen; `None` while the choice needs more input.
    fn of(action: &Action) -> Result<Option<Change>, Invalid> {
        let parameters = &action.parameters;
        Ok(Some(match action.choice.value {
            "unpublish" => Change::Unpublish,
            "delete" => Change::Delete,
            "move" => match &parameters.section {
                None => return Ok(None),
                Some(to) => Change::Move(PagePath::typed(to).map_err(|why| Invalid::one("to", why))?),
            },
            _ => match &parameters.readers {
                None => return Ok(None),
                Some(readers) => Change::SetAudience(readers.check()?),
            },
        }))
    }

    /// The command for a selection of pages.
    fn command(&self, pages: Selection) -> Command {
        match self.clone() {
            Change::SetAudience(audience) => Command::SetAudience(SetAudience { pages, audience }),
            Change::Move(under) => Command::Move(Move { pages, under }),
            Change::Unpublish => Command::Unpublish(Unpublish(pages)),
            Change::Delete => Command::Delete(Delete(pages)),
        }
    }

    /// A sentence about the result, if the choice alone does not say it.
    fn detail(&self) -> String {
        match self {
            Change::SetAudience(audience) => format!("Who can read them: {}.", audience.words()),
            Change::Move(to) if to.is_root() => "They move to the top of the site.".into(),
            Change::Move(to) => format!("They move below {to}."),
            Change::Unpublish | Change::Delete => String::new(),
        }
    }
}

/// The pages of an action: ticked rows, or all that match the filter of its list.
///
/// # Errors
/// 422 for all rows of a list that has other rows than pages.
fn selection(action: &Action, site: &Site, now: Timestamp) -> Result<Selection, Error> {
    if !action.all {
        return Ok(Selection::Pages(action.ids.iter().copied().map(PageId).collect()));
    }
    let state = PAGES.state(&QueryString::parse(&action.back));
    if !ListState::of(&state).has_pages() || !state.get("below").is_empty() {
        return Err(Error::Unprocessable("Not all rows of this list are pages. Select some of them.".into()));
    }
    Ok(Selection::Matching { filter: filter(&state, now, site.time_zone), seen: None })
}

/// The selection that a user confirmed: all that match must be the pages that were shown.
fn confirmed(selection: Selection, action: &Action) -> Selection {
    match selection {
        Selection::Matching { filter, .. } => {
            Selection::Matching { filter, seen: Some(action.seen.rows.clone().unwrap_or_default()) }
        }
        pages => pages,
    }
}

/// A bulk action: the pages that it selects, and who asked for it.
struct BulkAction {
    app: Data<App>,
    editor: Editor,
    site: Arc<Site>,
    selection: Selection,
    job: Arc<Job>,
}

/// POST `/admin/pages/actions`: asks for input, then for confirmation; runs a confirmed action.
pub async fn act(app: Data<App>, editor: Editor, TextForm(form): TextForm<BulkForm>) -> Result<Outcome, Error> {
    if form.is_undo() {
        return bulk_undo::act(app, editor, form).await;
    }
    let action = Action::of_all(form, &PAGES, &ACTIONS)?;
    let site = app.db.site().await;
    let selection = selection(&action, &site, clock::now())?;
    let (jobs, db, account) = (app.jobs.clone(), app.db.clone(), editor.clone());
    let title = action.choice.label.trim_end_matches('…');
    let work = |job| BulkAction { app, editor, site, selection, job }.answer(action);
    jobs.run(&db, account.account(), title, work).await
}

impl BulkAction {
    async fn answer(self, action: Action) -> Result<Outcome, Error> {
        match Change::of(&action) {
            Ok(None) => self.ask_for_input(action, Invalid::default()).await,
            Err(invalid) => self.ask_for_input(action, invalid).await,
            Ok(Some(change)) if action.confirmed => self.run(action, change).await,
            Ok(Some(change)) => self.ask(action, change, "").await,
        }
    }

    /// Asks for the input that the choice needs.
    async fn ask_for_input(&self, action: Action, invalid: Invalid) -> Result<Outcome, Error> {
        let (proof, selection) = (self.editor.proof(), self.selection.clone());
        let typed = action.parameters.readers.as_ref().map(|readers| readers.groups.clone()).unwrap_or_default();
        let query = move |conn: &mut Conn| {
            let ids = selection.ids(conn, &proof)?;
            Ok((admin_list::get_many(conn, &proof, &ids)?, store::groups::offered(conn, &proof, &typed)?))
        };
        let (rows, groups) = self.app.db.long_snapshot(query).await??;
        let items = rows.into_iter().map(|row| item(&row, None)).collect();
        self.question(action, Question { items, invalid, groups, asks: true, ..Question::default() }).map(Outcome::Page)
    }

    /// Shows the pages and the effect on access, and asks for confirmation.
    async fn ask(&self, action: Action, change: Change, notice: &'static str) -> Result<Outcome, Error> {
        if let Change::SetAudience(Audience::Chosen(chosen)) = &change
            && let Some(unknown) = self.unknown(chosen.clone()).await?
        {
            return self.ask_for_input(action, unknown).await;
        }
        let mut detail = change.detail();
        if let Change::Move(to) = &change
            && self.is_without_page(to.clone()).await?
        {
            detail = format!("{detail} {NO_PAGE}");
        }
        let (proof, command) = (self.editor.proof(), change.command(self.selection.clone()));
        let selection = self.selection.clone();
        let query = move |conn: &mut Conn| {
            let ids = selection.ids(conn, &proof)?;
            let moves = match &command {
                Command::Move(command) => command.plan(conn, &proof)?,
                _ => Vec::new(),
            };
            // All pages move, or none.
            if let Some(PlannedMove { from, to: Err(why), .. }) = moves.iter().find(|one| one.to.is_err()) {
                return Err(store::Error::Refused(format!("{from} cannot move there: {why}")));
            }
            let diff = writing::preview(conn, &proof, &command)?;
            let rows = admin_list::get_many(conn, &proof, &ids)?;
            let published: HashSet<PageId> = rows.iter().map(|row| row.id).collect();
            let others: Vec<PageId> = ids.iter().copied().filter(|id| !published.contains(id)).collect();
            let others = drafts::get_many(conn, &proof, &others)?;
            Ok((rows, others, moves, diff))
        };
        let (rows, others, moves, diff) = match self.app.db.long_snapshot(query).await? {
            Ok(shown) => shown,
            Err(error) => return self.refused(action, error).await,
        };
        let seen = Seen::new(Fingerprint::of(rows.iter().map(|row| row.id.0)), Some(&diff));
        let places: HashMap<&PagePath, &PagePath> =
            moves.iter().filter_map(|one| Some((&one.from, one.to.as_ref().ok()?))).collect();
        let selected: HashSet<PageId> = rows.iter().map(|row| row.id).collect();
        let access = AccessPreview::of_selected(&diff, &selected);
        // The effect on access already names the pages that change: only the others are listed in addition.
        let is_about_readers = matches!(change, Change::SetAudience(_)) && !access.is_empty();
        let changed: HashSet<PageId> = diff.changes().iter().map(|change| change.page).collect();
        let listed = |row: &PageRow| !(is_about_readers && changed.contains(&row.id));
        let items: Vec<Item> =
            rows.iter().filter(|row| listed(row)).map(|row| item(row, places.get(&row.path).copied())).collect();
        let heading =
            if is_about_readers && !items.is_empty() { "Nobody gains or loses access".into() } else { String::new() };
        let named = rows.len() - items.len();
        let left_out = others.iter().map(draft_item).collect();
        let status = if notice.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
        let question =
            Question { items, heading, named, left_out, access, detail, notice, seen, ..Question::default() };
        Ok(Outcome::Page(self.question(action, question)?.with_status(status)))
    }

    /// Whether a destination has no page. The top of the site needs none.
    async fn is_without_page(&self, to: PagePath) -> Result<bool, Error> {
        let proof = self.editor.proof();
        Ok(!to.is_root() && !self.app.db.read(move |conn| tree::has_page(conn, &proof, &to)).await?)
    }

    /// A message for chosen readers who do not exist.
    async fn unknown(&self, chosen: ChosenReaders) -> Result<Option<Invalid>, Error> {
        let missing = self.app.db.read(move |conn| readers::missing(conn, &chosen)).await?;
        let mut invalid = Invalid::default();
        if let Some(person) = missing.people.first() {
            invalid.add("people", format!("There is no user {person}."));
        }
        if let Some(group) = missing.groups.first() {
            invalid.add("groups", format!("There is no group {group}."));
        }
        Ok((!invalid.is_empty()).then_some(invalid))
    }

    /// Runs the command, unless the pages or the effect on access differ from those that were shown.
    async fn run(&self, action: Action, change: Change) -> Result<Outcome, Error> {
        let command = change.command(confirmed(self.selection.clone(), &action));
        let flash = flash(&change);
        let db = &self.app.db;
        self.job.begin(db, action.ids.len()).await;
        let (deadline, job) = (self.job.deadline.clone(), self.job.clone());
        let (report, commit) = (move |done| job.set_done(done), self.job.commit_bulk(self.editor.proof()));
        match db.long_run(self.editor.proof(), command, action.seen.consent(), deadline, report, commit).await? {
            Ok(outcome) => {
                let undoable = Some(self.job.action());
                Ok(Outcome::Redirect(flash.of_many(PAGES.list, &action.back, outcome.count(), undoable)))
            }
            Err(store::Error::Unconfirmed) => {
                let again = "Nothing was changed: other pages match now, or access would change for other people, than \
                             you confirmed. Please check again.";
                self.ask(action, change, again).await
            }
            Err(error) => self.refused(action, error).await,
        }
    }

    /// The question again, with its input and the reason why the command failed.
    async fn refused(&self, action: Action, error: store::Error) -> Result<Outcome, Error> {
        let message = match (action.choice.needs, error) {
            (Needs::Section | Needs::Readers, store::Error::Refused(message)) => message,
            (Needs::Section, store::Error::Duplicate) => "One of these paths was just taken. Try again.".into(),
            (_, error) => return Err(error.into()),
        };
        let field = if action.choice.needs == Needs::Section { "to" } else { "audience" };
        self.ask_for_input(action, Invalid::one(field, message)).await
    }

    fn question(&self, action: Action, question: Question) -> Result<Answer, Error> {
        if question.items.is_empty() && question.named == 0 && question.left_out.is_empty() {
            return Err(Error::Unprocessable("None of these pages is published.".into()));
        }
        action.ask(&self.app, self.editor.account(), &self.site, &PAGES, question)
    }
}

fn flash(change: &Change) -> Flash {
    match change {
        Change::Delete => Flash::Trashed,
        Change::Unpublish => Flash::Unpublished,
        Change::Move(_) => Flash::Moved,
        Change::SetAudience(_) => Flash::ReadersChosen,
    }
}

/// A selected row that is not a published page: the draft of an unpublished one.
fn draft_item(draft: &Draft) -> Item {
    Item {
        title: title(draft.typed.page.title.clone()),
        href: form_href(draft.page),
        note: "is a draft. Publish it first, or discard it.".into(),
    }
}

fn item(row: &PageRow, to: Option<&PagePath>) -> Item {
    let access = if row.access == AccessKind::Everybody { "public" } else { "private" };
    Item {
        title: row.title.clone(),
        href: row.path.href(),
        note: to.map_or(access.into(), |to| format!("{} → {to}", row.path)),
    }
}
