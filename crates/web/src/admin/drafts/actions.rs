//! Many drafts at once: published, or discarded. Those that cannot be published are named with the reason and left out.

use std::collections::HashSet;

use actix_web::{http::StatusCode, web::Data};
use domain::{
    Timestamp, access,
    draft::{Draft, DraftLock, FormId},
    page::{Page, PageContent, PageId, PagePath},
    revision::{Note, Save},
    zone::Zone,
};
use store::{
    Conn, drafts, old_paths,
    pages::{self, Effect, Touched},
};

use super::naming::{form_href, title};
use crate::{
    App,
    admin::{
        bulk::{Action, Choice, Chosen, Item, Needs, Question, seen},
        done::Done,
        effects::Effects,
        links,
        sections::DRAFTS,
    },
    auth::extract::Editor,
    clock,
    http::{answer::Outcome, error::Error, form::Form},
};

pub(super) const ACTIONS: [Choice; 2] = [
    Choice {
        value: "publish",
        label: "Publish",
        question: "These drafts are published as they are:",
        danger: false,
        needs: Needs::Rows,
    },
    Choice {
        value: "discard",
        label: "Discard",
        question: "What is typed in these drafts is lost. A page that was published once goes to the trash as it was then:",
        danger: true,
        needs: Needs::Rows,
    },
];

/// A draft that can be published, checked.
struct Ready {
    draft: Draft,
    page: Option<Page>,
    content: PageContent,
    note: Note,
}

impl Ready {
    /// Checks a draft; `Err` inside says why it cannot be published.
    fn of(conn: &mut Conn, proof: &access::Editor, draft: &Draft, zone: Zone) -> store::Result<Result<Ready, String>> {
        let page = pages::get(conn, proof, draft.page)?;
        if page.as_ref().is_some_and(|page| page.version != draft.based_on) {
            return Ok(Err("was begun before somebody published another version of the page.".into()));
        }
        let typed = draft.typed.page.clone().in_zone(zone);
        let content = match &page {
            Some(page) => typed.check_over(&page.content),
            None => typed.check(clock::now()),
        };
        let content = match content {
            Ok(content) => content,
            Err(invalid) => return Ok(Err(invalid.iter().map(|(_, message)| message).collect::<Vec<_>>().join(" "))),
        };
        let note = match Note::parse(&draft.typed.note) {
            Ok(note) => note,
            Err(message) => return Ok(Err(message)),
        };
        if let Some(why) = obstacle(conn, draft.page, &content)? {
            return Ok(Err(why));
        }
        Ok(Ok(Ready { draft: draft.clone(), page, content, note }))
    }

    /// The path that the pages below leave along with it.
    fn left(&self) -> Option<&PagePath> {
        let old = &self.page.as_ref()?.content.path;
        (self.draft.typed.move_below && *old != self.content.path && !old.is_root()).then_some(old)
    }

    fn paths(&self) -> impl Iterator<Item = PagePath> {
        let old = self.page.as_ref().map(|page| page.content.path.clone());
        old.into_iter().chain([self.content.path.clone()])
    }

    fn publish(&self, conn: &mut Conn, proof: &access::Editor, now: Timestamp) -> store::Result<()> {
        let Draft { page, based_on, version, .. } = &self.draft;
        let held = DraftLock { draft: *version, form: FormId(0) };
        let save = Save { content: &self.content, note: Some(&self.note) };
        drafts::publish(conn, proof, *page, *based_on, held, save, now)?;
        if let Some(left) = self.left() {
            pages::move_section(conn, proof, left, &self.content.path, now)?;
        }
        store::links::refresh(conn, *page, links::targets)
    }
}

/// What stands in the way of a page as it was checked.
fn obstacle(conn: &mut Conn, own: PageId, content: &PageContent) -> store::Result<Option<String>> {
    if let Some(chosen) = content.audience.chosen() {
        let missing = pages::missing(conn, chosen)?;
        if let Some(person) = missing.people.first() {
            return Ok(Some(format!("There is no user {person}.")));
        }
        if let Some(group) = missing.groups.first() {
            return Ok(Some(format!("There is no group {group}.")));
        }
    }
    let path = &content.path;
    if pages::find(conn, path)?.is_some_and(|page| page.id != own) {
        return Ok(Some(format!("There is another page at {path} already.")));
    }
    let lived = old_paths::target(conn, path)?.filter(|page| page.id != own);
    Ok(lived.map(|page| format!("“{}” is still found at {path}, where it lived before.", page.content.title)))
}

/// Drafts that can be published, and those that cannot, with why.
#[derive(Default)]
struct Sorted {
    ready: Vec<Ready>,
    left_out: Vec<(Draft, String)>,
}

impl Sorted {
    fn of(conn: &mut Conn, proof: &access::Editor, ids: &[PageId], zone: Zone) -> store::Result<Sorted> {
        let (mut sorted, mut paths) = (Sorted::default(), HashSet::new());
        for draft in drafts::some(conn, proof, ids)? {
            match Ready::of(conn, proof, &draft, zone)? {
                Ok(ready) if paths.insert(ready.content.path.clone()) => sorted.ready.push(ready),
                Ok(ready) => {
                    let why = format!("Another of the chosen drafts has the path {}, too.", ready.content.path);
                    sorted.left_out.push((draft, why));
                }
                Err(why) => sorted.left_out.push((draft, why)),
            }
        }
        Ok(sorted)
    }

    fn publish(&self, conn: &mut Conn, proof: &access::Editor) -> store::Result<usize> {
        let now = clock::now();
        self.ready.iter().try_for_each(|ready| ready.publish(conn, proof, now))?;
        Ok(self.ready.len())
    }

    fn effects(&self, conn: &mut Conn, proof: &access::Editor) -> store::Result<Vec<Effect>> {
        let touched = Touched::Below(self.ready.iter().flat_map(Ready::paths).collect());
        pages::effect(conn, proof, &touched, |conn| self.publish(conn, proof).map(drop))
    }
}

/// The drafts in the versions that somebody saw.
fn versions<'a>(drafts: impl Iterator<Item = &'a Draft>) -> String {
    seen(drafts.flat_map(|draft| [draft.page.0, draft.version.0]))
}

fn item(draft: &Draft, note: String) -> Item {
    Item { title: title(draft.typed.page.title.clone()), href: form_href(draft.page), note }
}

const AGAIN: &str = "Nothing was done yet: something changed since you were asked. Look at it again.";

/// POST `/admin/drafts/actions`: asks, and does it when it is confirmed, if the drafts are still those that were named.
pub async fn act(app: Data<App>, editor: Editor, Form(chosen): Form<Chosen>) -> Result<Outcome, Error> {
    let action = Action::of(chosen, &DRAFTS, &ACTIONS)?;
    let ids: Vec<PageId> = action.ids.iter().copied().map(PageId).collect();
    if !action.confirmed {
        return ask(&app, &editor, action, ids, "").await;
    }
    let (proof, zone, known) = (editor.proof(), app.db.site().await.time_zone, action.seen.clone());
    let publishes = action.choice.value == "publish";
    let wanted = ids.clone();
    let change = move |conn: &mut Conn| match publishes {
        true => publish(conn, &proof, &wanted, zone, &known),
        false => discard(conn, &proof, &wanted, &known),
    };
    match app.db.write_or_stale(change).await? {
        Some(count) => {
            let done = if publishes { Done::Published } else { Done::DraftsDiscarded };
            Ok(Outcome::Redirect(done.at(DRAFTS.list, &action.back, Some(count))))
        }
        None => ask(&app, &editor, action, ids, AGAIN).await,
    }
}

fn publish(conn: &mut Conn, proof: &access::Editor, ids: &[PageId], zone: Zone, known: &str) -> store::Result<usize> {
    conn.lock_readers()?;
    let sorted = Sorted::of(conn, proof, ids, zone)?;
    if versions(sorted.ready.iter().map(|ready| &ready.draft)) != known {
        return Err(store::Error::Stale);
    }
    sorted.publish(conn, proof)
}

fn discard(conn: &mut Conn, proof: &access::Editor, ids: &[PageId], known: &str) -> store::Result<usize> {
    let found = drafts::some(conn, proof, ids)?;
    if versions(found.iter()) != known {
        return Err(store::Error::Stale);
    }
    for draft in &found {
        drafts::delete(conn, proof, draft.page, draft.version, clock::now())?;
    }
    Ok(found.len())
}

/// Names the drafts, and asks whether to do it.
async fn ask(
    app: &App,
    editor: &Editor,
    mut action: Action,
    ids: Vec<PageId>,
    notice: &'static str,
) -> Result<Outcome, Error> {
    let (site, proof) = (app.db.site().await, editor.proof());
    let zone = site.time_zone;
    let mut question = Question { notice, ..Question::default() };
    if action.choice.value == "publish" {
        let rehearsal = move |conn: &mut Conn| {
            let sorted = Sorted::of(conn, &proof, &ids, zone)?;
            let effects = sorted.effects(conn, &proof)?;
            Ok((sorted, effects))
        };
        let (Sorted { ready, left_out }, effects) = app.db.rehearse(rehearsal).await??;
        action.ids = ready.iter().map(|ready| ready.draft.page.0).collect();
        question.seen = versions(ready.iter().map(|ready| &ready.draft));
        question.items = ready.iter().map(|ready| item(&ready.draft, ready.content.path.to_string())).collect();
        question.left_out = left_out.into_iter().map(|(draft, why)| item(&draft, why)).collect();
        question.effects = Effects::new(effects);
    } else {
        let found = app.db.read(move |conn| drafts::some(conn, &proof, &ids)).await?;
        question.seen = versions(found.iter());
        question.items = found.iter().map(|draft| item(draft, format!("saved by {}", draft.saved_by))).collect();
    }
    if question.items.is_empty() && question.left_out.is_empty() {
        return Err(Error::Unprocessable("None of these drafts is there any more.".into()));
    }
    let status = if notice.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let page = action.ask(app, editor.account(), &site, &DRAFTS, question)?;
    Ok(Outcome::Page(page.with_status(status)))
}
