//! Who can read the page of a form, now and after it is published: for the form itself, and for its script while somebody types.

use actix_web::web::Data;
use domain::{
    access,
    audience::{Audience, AudienceInput},
    draft::DraftInput,
    effective_access::AccessKind,
    page::{PageContent, PageId, PageInput},
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::{
    Conn, pages,
    readers::{self, Intention, Outlook},
    writing::{self, AccessDiff, Command, Publish},
};

use super::Fields;
use crate::{
    App,
    admin::readers::{Dates, Status},
    auth::extract::Editor,
    clock,
    http::{
        answer::Answer,
        error::Error,
        form::{TextForm, checkbox},
    },
};

/// The maximum number of pages below a page for which the effect on them is computed while somebody types. For more,
/// only publishing shows it.
const MAX_BELOW: u64 = 1_000;

/// The fields of a page's form on which its readers depend.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Typed {
    /// The key of the page; empty for a new one.
    #[serde(default)]
    page: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    audience: String,
    #[serde(default)]
    people: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    published: String,
    #[serde(default)]
    unpublish: String,
    #[serde(default, deserialize_with = "checkbox")]
    move_below: bool,
}

impl Typed {
    pub(super) fn of(fields: &Fields, page: Option<PageId>) -> Typed {
        let AudienceInput { kind, people, groups } = fields.audience();
        Typed {
            page: page.map_or(String::new(), |page| page.0.to_string()),
            title: fields.title.clone(),
            path: fields.path.clone(),
            audience: kind,
            people,
            groups,
            published: fields.published.clone(),
            unpublish: fields.unpublish.clone(),
            move_below: fields.move_below,
        }
    }

    fn page(&self) -> Option<PageId> {
        self.page.parse().ok().map(PageId)
    }

    fn intention(&self) -> Intention {
        // A path that is made from the title is at the top of the site.
        let path = if self.path.trim().is_empty() && self.title.trim().is_empty() { "new" } else { self.path.as_str() };
        let input = PageInput { title: self.title.clone(), path: path.to_owned(), ..PageInput::default() };
        let audience =
            AudienceInput { kind: self.audience.clone(), people: self.people.clone(), groups: self.groups.clone() };
        // If nobody is chosen, only editors could read the page.
        let nobody = if self.audience == "chosen" { Audience::Chosen(Default::default()) } else { Audience::Inherited };
        Intention {
            page: self.page(),
            path: DraftInput::from(input).path(),
            audience: audience.check().unwrap_or(nobody),
        }
    }

    /// The dates; one that is not valid does not count.
    fn dates(&self, zone: Zone) -> Dates {
        let moment = |typed: &str| zone.parse_moment(typed).ok().flatten();
        Dates { published_at: moment(&self.published), unpublish_at: moment(&self.unpublish) }
    }
}

#[derive(Serialize)]
struct Lines {
    status: Status,
}

/// POST `/admin/readers`: the lines of a form, without a page around them. Nothing is saved.
pub async fn show(app: Data<App>, editor: Editor, TextForm(typed): TextForm<Typed>) -> Result<Answer, Error> {
    let (status, _) = load(&app, &editor, typed).await?;
    Ok(Answer::panel(app.view.render("admin/pages/reader_status.html", &Lines { status })?))
}

/// Reads who can read the page of a form, in one snapshot.
pub(super) async fn load(app: &App, editor: &Editor, typed: Typed) -> Result<(Status, Outlook), Error> {
    let zone = app.db.site().await.time_zone;
    let (proof, intention, dates) = (editor.proof(), typed.intention(), typed.dates(zone));
    let move_below = typed.move_below;
    let read = move |conn: &mut Conn| {
        let outlook = readers::outlook(conn, &proof, &intention)?;
        let others = others(conn, &proof, &intention, move_below)?;
        Ok((outlook, others))
    };
    let (outlook, others) = app.db.snapshot(read).await??;
    Ok((Status::new(&outlook, dates, others, clock::now(), zone), outlook))
}

/// The effect of publishing on the pages below, in a sentence; empty if there is none.
fn others(conn: &mut Conn, by: &access::Editor, intention: &Intention, move_below: bool) -> store::Result<String> {
    let Some((page, path)) = intention.page.zip(intention.path.clone()) else { return Ok(String::new()) };
    let Some(current) = pages::get(conn, by, page)? else { return Ok(String::new()) };
    if current.content.path == path && current.content.audience == intention.audience {
        return Ok(String::new());
    }
    let below = [&current.content.path, &path].map(|path| pages::count_below(conn, by, path));
    let [old, new] = below;
    if old? + new? > MAX_BELOW {
        return Ok("The readers of its subpages may change with it.".into());
    }
    let content = PageContent { path, audience: intention.audience.clone(), ..current.content };
    let publish = Publish { move_below, ..Publish::after(current.version, page, content) };
    // The form itself says why it cannot be published.
    let diff = writing::preview(conn, by, &Command::Publish(publish)).unwrap_or_default();
    Ok(effect(&diff, page))
}

/// The effect of a change on other pages than its own, in a sentence; empty if there is none.
pub(super) fn effect(diff: &AccessDiff, own: PageId) -> String {
    let others = || diff.changes().iter().filter(|change| change.page != own);
    let more = others().filter(|change| change.added.is_some()).count();
    let fewer = others().filter(|change| change.added.is_none()).count();
    let pages = |count| if count == 1 { "1 other page".to_owned() } else { format!("{count} other pages") };
    match (more, fewer) {
        (0, 0) => String::new(),
        (more, 0) => format!("More people will be able to read {}.", pages(more)),
        (0, fewer) => format!("Fewer people will be able to read {}.", pages(fewer)),
        (more, fewer) => {
            format!("More people will be able to read {}, and fewer people {}.", pages(more), pages(fewer))
        }
    }
}

/// The audience with which the form of a new page at a path begins, as the site's settings say: signed-in users, unless the
/// page would inherit fewer readers.
pub(super) async fn first_audience(
    app: &App,
    editor: &Editor,
    path: &str,
    kind: Audience,
) -> Result<AudienceInput, Error> {
    let typed = Typed { path: path.to_owned(), ..Typed::default() };
    let (proof, intention) = (editor.proof(), typed.intention());
    let read = move |conn: &mut Conn| readers::outlook(conn, &proof, &intention);
    let inherited = app.db.read(read).await?.after.map(|readers| readers.access);
    let is_open = inherited.is_none_or(|access| access == AccessKind::Everybody);
    Ok(AudienceInput::of(if is_open { &kind } else { &Audience::Inherited }))
}
