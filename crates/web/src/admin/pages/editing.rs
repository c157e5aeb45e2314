//! The form of a page: rendering it, with messages or a preview, and the redirect after it was saved.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use domain::{
    Timestamp, Version,
    audience::AudienceInput,
    draft::Draft,
    invalid::Invalid,
    page::{Page, PageId, PagePath},
    site::Site,
    zone::Zone,
};
use serde::Serialize;
use store::{readers::Outlook, writing::AccessDiff};

use super::{
    editor_context::EditorContext,
    fields::{Fields, SubmitAction},
    files::panel::FilesPanel,
    merging::OtherEditor,
    outlook::{self, Typed},
    preview::{self, Preview},
};
use crate::{
    App,
    admin::{
        access_question::AccessQuestion,
        destinations::NO_PAGE,
        diff,
        done::{self, Done, Place},
        flash::Flash,
        message::Notice,
        panel::Panel,
        readers::Readers,
        sections::{DRAFTS, PAGES},
        view_as::ViewAs,
    },
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        query::{QueryString, encode},
        view::Errors,
    },
    markdown::SafeHtml,
    site::lists::login_href,
};

/// How long after the last save of a draft its editor counts as busy with it.
const BUSY: TimeDelta = TimeDelta::minutes(15);

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    panel: Panel,
    is_new: bool,
    is_published: bool,
    action: String,
    drafts_url: String,
    draft: Option<Pending>,
    fields: Fields,
    errors: Errors,
    list_href: String,
    delete_href: String,
    view_href: String,
    history_href: String,
    receipts_href: String,
    shares_href: String,
    /// The number of links to the page or its draft that have not ended.
    open_shares: u64,
    /// Who sees the draft, or the next one, besides editors; empty if nobody does and there is none.
    draft_viewers: String,
    preview: Option<SafeHtml>,
    readers: Readers,
    files: FilesPanel,
    /// The question about people who gain access.
    access: Option<AccessQuestion>,
    /// The menu of people as whom the published page can be viewed.
    views: Option<ViewAs>,
    /// The number of pages below this one.
    below: u64,
    old_paths: Vec<String>,
    /// Whether the form shows the stored page or draft, and no input of its user.
    is_stored: bool,
    /// The editor who saved the draft a short time ago.
    busy: Option<String>,
    merged: Option<MergedNotice>,
    /// A remark about the path.
    remark: &'static str,
    /// The path of the published page; empty for one that is not published.
    live_path: String,
    /// What is online and what is not, in words; empty for a new page.
    status: String,
    /// The label of the button that publishes, and its label without a date in the future.
    publish_label: String,
    publish_now_label: &'static str,
    /// The date of publication as the drawer shows it.
    publish_date: String,
    question: Option<Question>,
}

/// The changes of somebody else that were merged into a form.
#[derive(Serialize)]
pub(super) struct MergedNotice {
    pub(super) other: OtherEditor,
    /// What they changed in the text.
    pub(super) diff: Vec<diff::Line>,
}

/// A question that the form asks before it publishes, with the button that confirms.
#[derive(Serialize)]
struct Question {
    words: &'static str,
    label: &'static str,
    then: &'static str,
}

/// The parts of a form that depend on the button that was pressed.
#[derive(Default)]
struct Extras {
    preview: Option<Preview>,
    access: Option<AccessQuestion>,
    merged: Option<MergedNotice>,
    is_stored: bool,
    question: Option<Question>,
    notice: Option<Notice>,
}

/// The form of a page and its editor.
pub(super) struct Editing<'a> {
    pub(super) app: &'a App,
    pub(super) editor: &'a Editor,
    pub(super) site: &'a Site,
    pub(super) context: &'a EditorContext,
}

impl Editing<'_> {
    pub(super) async fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, invalid, query, Extras::default()).await
    }

    /// The form of the stored page or draft, with the message after an action.
    pub(super) async fn open(&self, fields: Fields, query: &QueryString) -> Result<Answer, Error> {
        let notice = done::notice(self.app, self.editor, query, Place::Form).await?;
        self.form_with(fields, &Invalid::default(), query, Extras { notice, is_stored: true, ..Extras::default() })
            .await
    }

    /// 409: the form with the changes of somebody else merged into it. Nothing is saved.
    pub(super) async fn merged(&self, fields: Fields, notice: MergedNotice) -> Result<Outcome, Error> {
        let extras = Extras { merged: Some(notice), ..Extras::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), extras).await?;
        Ok(Outcome::Page(form.with_status(StatusCode::CONFLICT)))
    }

    /// The form with a preview of its text. Nothing is saved.
    pub(super) async fn preview(&self, fields: Fields) -> Result<Outcome, Error> {
        let text = preview::Text::of(&fields, self.context.id());
        let preview = preview::render(self.app, self.editor, text).await?;
        let extras = Extras { preview: Some(preview), ..Extras::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), extras).await?;
        Ok(Outcome::Page(form))
    }

    /// The form with the readers of the pages nearby. Nothing is saved.
    pub(super) async fn use_near(&self, mut fields: Fields) -> Result<Outcome, Error> {
        let (_, Outlook { near, .. }) =
            outlook::load(self.app, self.editor, Typed::of(&fields, self.context.id())).await?;
        if let Some(near) = near {
            let AudienceInput { kind, people, groups } = AudienceInput::of(&near.audience);
            (fields.audience, fields.people, fields.groups) = (kind, people, groups);
        }
        self.form(fields, &Invalid::default(), &QueryString::default()).await.map(Outcome::Page)
    }

    async fn form_with(
        &self,
        fields: Fields,
        invalid: &Invalid,
        query: &QueryString,
        extras: Extras,
    ) -> Result<Answer, Error> {
        let context = self.context;
        let id = context.id();
        let page = context.page.as_ref();
        let list_href = PAGES.list_href(&fields.back);
        let (outlook, _) = outlook::load(self.app, self.editor, Typed::of(&fields, id)).await?;
        let readers = Readers::new(&fields.audience(), &context.surroundings.groups)
            .of_page(outlook, id.map_or(String::new(), |id| id.0.to_string()));
        let (preview, elsewhere) = match extras.preview {
            Some(Preview { html, elsewhere }) => (Some(html), elsewhere),
            None => (None, preview::elsewhere(self.app, self.editor, preview::Text::of(&fields, id)).await?),
        };
        let files = FilesPanel::load(self.app, self.editor, context, &fields.body, query.get("file"))
            .await?
            .with_elsewhere(elsewhere);
        let (now, zone) = (clock::now(), self.site.time_zone);
        let date = zone.parse_moment(&fields.published).ok().flatten();
        let to_come = date.filter(|date| *date > now);
        let publish_now_label = if page.is_some() { "Publish changes" } else { "Publish" };
        let page = FormPage {
            panel: Panel::new(self.site, self.editor.account(), "pages", context.title(), &PAGES.trail(&fields.back))
                .with_message(query)
                .with_notice(extras.notice),
            status: status(page, context.draft.as_ref(), now, zone),
            publish_label: to_come
                .map_or(publish_now_label.into(), |date| format!("Schedule for {}", clock::to_come(date, now, zone))),
            publish_now_label,
            publish_date: date.map_or("now".into(), |date| clock::day(date, now, zone)),
            question: extras.question,
            live_path: page.map(|page| page.content.path.href()).unwrap_or_default(),
            is_new: id.is_none(),
            is_published: page.is_some(),
            action: id.map_or(PAGES.list.into(), |id| PAGES.form_href(id.0)),
            drafts_url: id.map_or("/admin/drafts".into(), |id| format!("/admin/drafts/{}", id.0)),
            draft: context.draft.as_ref().map(|draft| Pending::new(draft, page, self.site.time_zone)),
            errors: Errors::of(invalid),
            list_href,
            delete_href: page.map_or(String::new(), |page| PAGES.href(page.id.0, "/delete", &fields.back)),
            history_href: context
                .surroundings
                .last
                .and(id)
                .map_or(String::new(), |id| PAGES.href(id.0, "/history", "")),
            receipts_href: page
                .filter(|page| page.content.receipts)
                .map_or(String::new(), |page| PAGES.href(page.id.0, "/receipts", "")),
            shares_href: id.map_or(String::new(), |id| PAGES.href(id.0, "/shares", "")),
            open_shares: context.open_shares,
            draft_viewers: draft_viewers(context.draft_shares, context.draft.is_some()),
            preview,
            readers,
            files,
            access: extras.access,
            views: page.map(|page| ViewAs::new(&page.content.path, &context.surroundings.some_readers)),
            below: context.surroundings.below,
            old_paths: context.surroundings.old_paths.iter().map(PagePath::href).collect(),
            is_stored: extras.is_stored,
            busy: context.draft.as_ref().and_then(|draft| self.busy(draft)),
            merged: extras.merged,
            remark: if context.surroundings.is_below_no_page { NO_PAGE } else { "" },
            view_href: context.href().map(|href| login_href(&href)).unwrap_or_default(),
            fields,
        };
        Ok(Answer::panel(self.app.view.render("admin/pages/form.html", &page)?))
    }

    /// A sentence about somebody else who saved the draft a short time ago, and perhaps still writes.
    fn busy(&self, draft: &Draft) -> Option<String> {
        let is_other = draft.saved_by != self.editor.account().member.name.as_str();
        let is_fresh = clock::now() - draft.saved_at < BUSY;
        (is_other && is_fresh).then(|| busy_words(draft, self.site.time_zone))
    }

    /// The form with the effect on access that it asks to confirm.
    pub(super) async fn ask(&self, fields: Fields, diff: &AccessDiff, verb: &str) -> Result<Outcome, Error> {
        let access = Some(AccessQuestion::new(diff, self.context.id(), verb, fields.then.word()));
        let extras = Extras { access, ..Extras::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), extras).await?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }

    /// The form with the question whether the page is published without a text.
    pub(super) async fn ask_for_text(&self, mut fields: Fields) -> Result<Outcome, Error> {
        fields.empty = true;
        let question = Question {
            words: "Nothing was published: the page has no text.",
            label: "Publish without a text",
            then: fields.then.word(),
        };
        let extras = Extras { question: Some(question), ..Extras::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), extras).await?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }

    pub(super) async fn refused(&self, fields: Fields, invalid: &Invalid) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default()).await?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }
}

/// `edith is editing this page (last change 14:02).`
pub(super) fn busy_words(draft: &Draft, zone: Zone) -> String {
    format!("{} is editing this page (last change {}).", draft.saved_by, zone.local(draft.saved_at).format("%H:%M"))
}

/// The redirect after a form was saved.
pub(super) fn after(flash: Flash, id: PageId, fields: &Fields) -> Outcome {
    let (address, more) = target(id, fields);
    Outcome::Redirect(flash.at(&address, &more, None))
}

/// As [`after`], with a message that names the page.
pub(super) fn after_page(done: Done, id: PageId, version: Version, fields: &Fields) -> Outcome {
    let (address, more) = target(id, fields);
    Outcome::Redirect(done.at(&address, id, version, &more))
}

/// As [`after_page`], with the number of other pages that fewer people can read now.
pub(super) fn after_with_losses(done: Done, id: PageId, version: Version, fields: &Fields, fewer: usize) -> Outcome {
    let (address, mut more) = target(id, fields);
    if fewer > 0 {
        let fewer = encode(&[("fewer", &fewer.to_string())]);
        more = if more.is_empty() { fewer } else { format!("{fewer}&{more}") };
    }
    Outcome::Redirect(done.at(&address, id, version, &more))
}

/// The address to which a button leads, and the rest of its query.
fn target(id: PageId, fields: &Fields) -> (String, String) {
    let kept = || encode(&[("back", &fields.back)]);
    match fields.then {
        SubmitAction::Publish | SubmitAction::Preview | SubmitAction::Close | SubmitAction::Near => {
            (PAGES.list.into(), fields.back.clone())
        }
        SubmitAction::Continue | SubmitAction::Draft | SubmitAction::Unpublish => (PAGES.form_href(id.0), kept()),
        SubmitAction::Another => (format!("{}/new", PAGES.list), kept()),
    }
}

/// The status of a page and its draft, in words.
fn status(page: Option<&Page>, draft: Option<&Draft>, now: Timestamp, zone: Zone) -> String {
    let when = |at| clock::day(at, now, zone);
    match (page, draft) {
        (None, None) => String::new(),
        (None, Some(draft)) => format!("Draft by {}, {}", draft.saved_by, when(draft.saved_at)),
        (Some(_), Some(draft)) => format!("Unpublished changes by {}, {}", draft.saved_by, when(draft.saved_at)),
        (Some(page), None) => {
            let content = &page.content;
            match content.unpublish_at {
                _ if content.published_at > now => format!("Scheduled for {}", when(content.published_at)),
                Some(end) if end <= now => format!("Ended {}", when(end)),
                _ => format!("Published {}", when(content.published_at)),
            }
        }
    }
}

/// Who sees the draft of a page, in a sentence. A link that shows the draft shows a later one as well.
fn draft_viewers(links: u64, is_there: bool) -> String {
    match (links, is_there) {
        (0, false) => String::new(),
        (0, true) => "Only editors see the draft.".into(),
        (1, true) => "Editors see the draft, and people who have the link to it.".into(),
        (links, true) => format!("Editors see the draft, and people who have one of {links} links to it."),
        (1, false) => "1 link shows every draft of this page.".into(),
        (links, false) => format!("{links} links show every draft of this page."),
    }
}

/// The draft in a form.
#[derive(Serialize)]
struct Pending {
    saved: String,
    saved_iso: String,
    saved_by: String,
    /// Whether the published page has changed since the draft was started.
    is_behind: bool,
    preview_href: String,
    compare_href: String,
    discard_href: String,
    /// Chosen readers that were deleted since the draft was saved, in words; empty if there are none.
    gone: String,
}

impl Pending {
    fn new(draft: &Draft, page: Option<&Page>, zone: Zone) -> Pending {
        let href = |below: &str| DRAFTS.href(draft.page.0, below, "");
        Pending {
            saved: clock::moment(draft.saved_at, zone),
            saved_iso: clock::iso(draft.saved_at),
            saved_by: draft.saved_by.clone(),
            is_behind: page.is_some_and(|page| page.version != draft.based_on),
            preview_href: href("/preview"),
            compare_href: page.map_or(String::new(), |_| href("/compare")),
            discard_href: href("/discard"),
            gone: draft.gone.join(", "),
        }
    }
}
