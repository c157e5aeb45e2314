//! What is done with many pages of the list at once: those that were ticked, or all that match its filter.

use std::{collections::HashMap, sync::Arc};

use actix_web::{http::StatusCode, web::Data};
use domain::{
    Timestamp, access,
    audience::Audience,
    invalid::Invalid,
    page::{PageId, PagePath},
    site::Site,
};
use store::{
    Conn, drafts,
    pages::{self, Effect, Move, PageFilter, PageRow, Reach, Touched},
};

use super::{audience, filter};
use crate::{
    App,
    admin::{
        bulk::{Action, Choice, Chosen, Item, Needs, Question, seen},
        done::Done,
        effects::Effects,
        jobs::Progress,
        sections::PAGES,
    },
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
    },
};

pub(super) const ACTIONS: [Choice; 7] = [
    Choice {
        value: "make-private",
        label: "Make private",
        question: "Only those who are signed in will read these pages:",
        danger: false,
        needs: Needs::Rows,
    },
    Choice {
        value: "make-public",
        label: "Make public",
        question: "Everybody will read these pages:",
        danger: false,
        needs: Needs::Rows,
    },
    Choice {
        value: "make-inherited",
        label: "Read as the page above",
        question: "Whoever reads the page above will read these pages:",
        danger: false,
        needs: Needs::Rows,
    },
    Choice {
        value: "choose-readers",
        label: "Choose readers…",
        question: "Who will read these pages?",
        danger: false,
        needs: Needs::Readers,
    },
    Choice {
        value: "move",
        label: "Move under…",
        question: "These pages move below another one, each with all below it. They are still found where they were:",
        danger: false,
        needs: Needs::Section,
    },
    Choice {
        value: "unpublish",
        label: "Unpublish",
        question: "These pages become drafts, which only editors see. They keep their history, and can be published again:",
        danger: false,
        needs: Needs::Rows,
    },
    Choice {
        value: "delete",
        label: "Delete",
        question: "These pages go to the trash, from where they can be brought back for a while:",
        danger: true,
        needs: Needs::Rows,
    },
];

/// How many pages are changed before it is told how far it is.
const STEP: usize = 50;

/// A change of many pages, all of it known.
#[derive(Clone, Debug)]
enum Change {
    Read(Audience),
    Move(PagePath),
    Unpublish,
    Delete,
}

impl Change {
    /// The change that was chosen; `None` while it needs more than was asked for yet.
    fn of(action: &Action) -> Result<Option<Change>, Invalid> {
        let parameters = &action.parameters;
        Ok(Some(match action.choice.value {
            "make-private" => Change::Read(Audience::SignedIn),
            "make-public" => Change::Read(Audience::Public),
            "make-inherited" => Change::Read(Audience::Inherited),
            "unpublish" => Change::Unpublish,
            "delete" => Change::Delete,
            "move" => match &parameters.section {
                None => return Ok(None),
                Some(to) => Change::Move(PagePath::typed(to).map_err(|why| Invalid::one("to", why))?),
            },
            _ => match &parameters.readers {
                None => return Ok(None),
                Some(readers) => Change::Read(readers.check()?),
            },
        }))
    }

    /// What the page that asks says of it.
    fn detail(&self) -> String {
        match self {
            Change::Read(audience) => format!("Read by: {}.", audience.words()),
            Change::Move(to) if to.is_root() => "They will live at the top of the site.".into(),
            Change::Move(to) => format!("They will live below {to}."),
            Change::Unpublish | Change::Delete => String::new(),
        }
    }

    /// The pages whose readers it may change.
    fn touched(&self, moves: &[Move], rows: &[PageRow]) -> Touched {
        let left = rows.iter().map(|row| row.path.clone());
        let taken = moves.iter().filter_map(|one| one.to.clone().ok());
        Touched::Below(left.chain(taken).collect())
    }

    /// Does it, a few pages at a time, and tells how many are done; how many changed.
    fn run(
        &self,
        conn: &mut Conn,
        proof: &access::Editor,
        ids: &[PageId],
        progress: &mut dyn FnMut(usize),
    ) -> store::Result<usize> {
        let now = clock::now();
        if let Change::Move(to) = self {
            return pages::move_under(conn, proof, ids, to, now, progress);
        }
        let (mut changed, mut done) = (0, 0);
        for ids in ids.chunks(STEP) {
            changed += match self {
                Change::Read(audience) => pages::set_audience(conn, proof, ids, audience, now)?,
                Change::Unpublish => drafts::unpublish(conn, proof, ids, now)?,
                Change::Move(_) | Change::Delete => pages::delete(conn, proof, ids, now)?,
            };
            done += ids.len();
            progress(done);
        }
        Ok(changed)
    }
}

/// Which pages a change is for.
#[derive(Clone, Debug)]
enum Selection {
    Ticked(Vec<PageId>),
    Matching(PageFilter),
}

impl Selection {
    fn of(action: &Action, site: &Site, now: Timestamp) -> Selection {
        if !action.all {
            return Selection::Ticked(action.ids.iter().copied().map(PageId).collect());
        }
        let state = PAGES.state(&QueryString::parse(&action.back));
        Selection::Matching(filter::filter(&state, now, site.time_zone))
    }

    /// The pages as they are now; with a word of whoever confirms, `None` if those are others than they know of.
    fn ids(&self, conn: &mut Conn, proof: &access::Editor, known: Option<&str>) -> store::Result<Option<Vec<PageId>>> {
        let ids = match self {
            Selection::Ticked(ids) => return Ok(Some(ids.clone())),
            Selection::Matching(filter) => pages::matching(conn, proof, filter)?,
        };
        let same = known.is_none_or(|known| seen(ids.iter().map(|id| id.0)) == known);
        Ok(same.then_some(ids))
    }
}

/// An action that is being asked about, or done.
struct Asking {
    app: Data<App>,
    editor: Editor,
    site: Arc<Site>,
    selection: Selection,
    progress: Arc<Progress>,
}

/// What a change would do.
struct Told {
    rows: Vec<PageRow>,
    moves: Vec<Move>,
    effects: Vec<Effect>,
}

/// POST `/admin/pages/actions`: asks for what it needs, then whether to do it, and does it when that is confirmed.
pub async fn act(app: Data<App>, editor: Editor, Form(chosen): Form<Chosen>) -> Result<Outcome, Error> {
    let action = Action::of_all(chosen, &PAGES, &ACTIONS)?;
    let site = app.db.site().await;
    let selection = Selection::of(&action, &site, clock::now());
    let (jobs, account, title) = (app.jobs.clone(), editor.clone(), action.choice.label);
    let progress = Arc::new(Progress::default());
    let asking = Asking { app, editor, site, selection, progress: progress.clone() };
    jobs.run(account.account(), title, progress, asking.answer(action)).await
}

impl Asking {
    async fn answer(self, action: Action) -> Result<Outcome, Error> {
        match Change::of(&action) {
            Ok(None) => self.needs(action, Invalid::default()).await,
            Err(invalid) => self.needs(action, invalid).await,
            Ok(Some(change)) if action.confirmed => self.run(action, change).await,
            Ok(Some(change)) => self.ask(action, change, "").await,
        }
    }

    /// Asks for what the choice needs.
    async fn needs(&self, action: Action, invalid: Invalid) -> Result<Outcome, Error> {
        let (proof, selection) = (self.editor.proof(), self.selection.clone());
        let read = move |conn: &mut Conn| {
            let ids = selection.ids(conn, &proof, None)?.unwrap_or_default();
            Ok((pages::some(conn, &proof, &ids)?, store::groups::names(conn, &proof)?))
        };
        let (rows, groups) = self.app.db.read(read).await?;
        let items = rows.into_iter().map(|row| item(&row, None)).collect();
        self.question(action, Question { items, invalid, groups, asks: true, ..Question::default() }).map(Outcome::Page)
    }

    /// Tells what a change would do, and asks whether to do it.
    async fn ask(&self, action: Action, change: Change, notice: &'static str) -> Result<Outcome, Error> {
        if let Change::Read(audience) = &change
            && let Some(unknown) = audience::unknown(&self.app, audience).await?
        {
            return self.needs(action, unknown).await;
        }
        let detail = change.detail();
        let told = match self.rehearse(change).await? {
            Ok(told) => told,
            Err(error) => return self.refused(action, error).await,
        };
        let Told { rows, moves, effects } = told;
        let seen = seen(rows.iter().map(|row| row.id.0));
        let places: HashMap<&PagePath, &PagePath> =
            moves.iter().filter_map(|one| Some((&one.from, one.to.as_ref().ok()?))).collect();
        let items = rows.into_iter().map(|row| item(&row, places.get(&row.path).copied())).collect();
        let effects = Effects::new(effects);
        let status = if notice.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
        let question = Question { items, effects, detail, notice, seen, ..Question::default() };
        Ok(Outcome::Page(self.question(action, question)?.with_status(status)))
    }

    async fn rehearse(&self, change: Change) -> Result<store::Result<Told>, Error> {
        let (proof, selection, progress) = (self.editor.proof(), self.selection.clone(), self.progress.clone());
        let rehearsal = move |conn: &mut Conn| {
            let ids = selection.ids(conn, &proof, None)?.unwrap_or_default();
            let rows = pages::some(conn, &proof, &ids)?;
            let moves = match &change {
                Change::Move(to) => pages::moves_under(conn, &proof, &ids, to)?,
                Change::Read(_) | Change::Unpublish | Change::Delete => Vec::new(),
            };
            let touched = change.touched(&moves, &rows);
            progress.begin(ids.len());
            let run = |conn: &mut Conn| change.run(conn, &proof, &ids, &mut |done| progress.reach(done)).map(drop);
            let effects = pages::effect(conn, &proof, &touched, run)?;
            Ok(Told { rows, moves, effects })
        };
        self.app.db.rehearse_long(rehearsal).await
    }

    /// Does it, unless the pages are others than those of which it was asked.
    async fn run(&self, action: Action, change: Change) -> Result<Outcome, Error> {
        let (proof, selection, known) = (self.editor.proof(), self.selection.clone(), action.seen.clone());
        let (done, progress) = (done(&action, &change), self.progress.clone());
        let run = {
            let change = change.clone();
            move |conn: &mut Conn| {
                // Before the pages are selected: whoever changes one meanwhile would change which they are.
                conn.lock_readers()?;
                let Some(ids) = selection.ids(conn, &proof, Some(&known))? else { return Ok(None) };
                progress.begin(ids.len());
                change.run(conn, &proof, &ids, &mut |done| progress.reach(done)).map(Some)
            }
        };
        match self.app.db.try_long_write(run).await? {
            Ok(Some(count)) => Ok(Outcome::Redirect(done.at(PAGES.list, &action.back, Some(count)))),
            Ok(None) => {
                let again = "Nothing was done yet: other pages match now than when you were asked. Look at them again.";
                self.ask(action, change, again).await
            }
            Err(error) => self.refused(action, error).await,
        }
    }

    /// The question for what was typed, with why it cannot be done.
    async fn refused(&self, action: Action, error: store::Error) -> Result<Outcome, Error> {
        let message = match (action.choice.needs, error) {
            (Needs::Section | Needs::Readers, store::Error::Refused(message)) => message,
            (Needs::Section, store::Error::Duplicate) => "Somebody just took one of the paths. Try again.".into(),
            (_, error) => return Err(error.into()),
        };
        let field = if action.choice.needs == Needs::Section { "to" } else { "audience" };
        self.needs(action, Invalid::one(field, message)).await
    }

    fn question(&self, action: Action, question: Question) -> Result<Answer, Error> {
        if question.items.is_empty() {
            return Err(Error::Unprocessable("None of these pages is there any more.".into()));
        }
        action.ask(&self.app, self.editor.account(), &self.site, &PAGES, question)
    }
}

fn done(action: &Action, change: &Change) -> Done {
    match (change, action.choice.value) {
        (Change::Delete, _) => Done::Deleted,
        (Change::Unpublish, _) => Done::Unpublished,
        (Change::Move(_), _) => Done::Moved,
        (Change::Read(_), "make-private") => Done::MadePrivate,
        (Change::Read(_), "make-inherited") => Done::MadeInherited,
        (Change::Read(_), "make-public") => Done::MadePublic,
        (Change::Read(_), _) => Done::ReadersChosen,
    }
}

fn item(row: &PageRow, to: Option<&PagePath>) -> Item {
    let reach = if row.reach == Reach::Everybody { "public" } else { "private" };
    Item {
        title: row.title.clone(),
        href: row.path.href(),
        note: to.map_or(reach.into(), |to| format!("{} → {to}", row.path)),
    }
}
