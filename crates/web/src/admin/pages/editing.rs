//! The form of a page: rendering it, with messages or a preview, and the redirect after it was saved.

use actix_web::http::StatusCode;
use chrono::TimeDelta;
use domain::{
    draft::Draft,
    invalid::Invalid,
    page::{Page, PageId, PagePath},
    site::Site,
    zone::Zone,
};
use serde::Serialize;
use store::writing::AccessDiff;

use super::{
    editor_context::EditorContext,
    fields::{Fields, SubmitAction},
    merging::OtherEditor,
    preview,
};
use crate::{
    App,
    admin::{
        access_preview::AccessPreview,
        destinations::NO_PAGE,
        diff,
        flash::Flash,
        panel::Panel,
        readers::Readers,
        sections::{DRAFTS, PAGES},
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
    preview: Option<SafeHtml>,
    readers: Readers,
    access: AccessPreview,
    /// The number of pages below this one.
    below: u64,
    old_paths: Vec<String>,
    /// Whether the form shows what is stored, and no input of its user.
    is_stored: bool,
    /// The editor who saved the draft a short time ago.
    busy: Option<String>,
    merged: Option<MergedNotice>,
    /// A remark about the path.
    remark: &'static str,
}

/// The changes of somebody else that were merged into a form.
#[derive(Serialize)]
pub(super) struct MergedNotice {
    pub(super) other: OtherEditor,
    /// What they changed in the text.
    pub(super) diff: Vec<diff::Line>,
}

/// The parts of a form that answer a button.
#[derive(Default)]
struct Extras {
    preview: Option<SafeHtml>,
    access: AccessPreview,
    merged: Option<MergedNotice>,
    is_stored: bool,
}

/// The form of a page and its editor.
pub(super) struct Editing<'a> {
    pub(super) app: &'a App,
    pub(super) editor: &'a Editor,
    pub(super) site: &'a Site,
    pub(super) context: &'a EditorContext,
}

impl Editing<'_> {
    pub(super) fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, invalid, query, Extras::default())
    }

    /// The form of what is stored.
    pub(super) fn stored(&self, fields: Fields, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, &Invalid::default(), query, Extras { is_stored: true, ..Extras::default() })
    }

    /// 409: the form with the changes of somebody else merged into it. Nothing is saved.
    pub(super) fn merged(&self, fields: Fields, notice: MergedNotice) -> Result<Outcome, Error> {
        let extras = Extras { merged: Some(notice), ..Extras::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), extras)?;
        Ok(Outcome::Page(form.with_status(StatusCode::CONFLICT)))
    }

    /// The form with a preview of its text. Nothing is saved.
    pub(super) async fn preview(&self, fields: Fields) -> Result<Outcome, Error> {
        let text = preview::Text::of(&fields.body, &fields.path, &fields.audience());
        let preview = preview::render(self.app, self.editor, text).await?;
        let extras = Extras { preview: Some(preview), ..Extras::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), extras)?;
        Ok(Outcome::Page(form))
    }

    fn form_with(
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
        let page = FormPage {
            panel: Panel::new(self.site, self.editor.account(), "pages", context.title(), &PAGES.trail(&fields.back))
                .with_message(query),
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
            preview: extras.preview,
            readers: Readers::new(&fields.audience(), &context.surroundings.groups, context.surroundings.who.as_ref()),
            access: extras.access,
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
    pub(super) fn ask(&self, mut fields: Fields, diff: &AccessDiff) -> Result<Outcome, Error> {
        let words = "This changes who can read pages, as shown below. Press the same button again to confirm.";
        let access = AccessPreview::new(diff);
        fields.agreed = diff.fingerprint().as_str().to_owned();
        let extras = Extras { access, ..Extras::default() };
        let form = self.form_with(fields, &Invalid::one("form", words), &QueryString::default(), extras)?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }

    pub(super) fn refused(&self, fields: Fields, invalid: &Invalid) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }
}

/// `edith is editing this page (last change 14:02).`
pub(super) fn busy_words(draft: &Draft, zone: Zone) -> String {
    format!("{} is editing this page (last change {}).", draft.saved_by, zone.local(draft.saved_at).format("%H:%M"))
}

/// The redirect after a form was saved.
pub(super) fn after(flash: Flash, id: PageId, fields: &Fields) -> Outcome {
    let kept = encode(&[("back", &fields.back)]);
    Outcome::Redirect(match fields.then {
        SubmitAction::Save | SubmitAction::Preview => flash.at(PAGES.list, &fields.back, None),
        SubmitAction::Continue | SubmitAction::Draft | SubmitAction::Unpublish => {
            flash.at(&PAGES.form_href(id.0), &kept, None)
        }
        SubmitAction::Another => flash.at(&format!("{}/new", PAGES.list), &kept, None),
    })
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
    /// Chosen readers that were deleted since the draft was saved, in words; empty without any.
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
