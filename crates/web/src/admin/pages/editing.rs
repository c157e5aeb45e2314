//! The form of a page: as it is shown, shown again, and left.

use actix_web::http::StatusCode;
use domain::{
    draft::Draft,
    invalid::Invalid,
    page::{Page, PageId, PagePath},
    site::Site,
    zone::Zone,
};
use serde::Serialize;

use super::{
    fields::{Fields, Then},
    known::Known,
    preview,
};
use crate::{
    App,
    admin::{
        done::Done,
        effects::Effects,
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

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    panel: Panel,
    is_new: bool,
    is_published: bool,
    action: String,
    drafts_url: String,
    draft: Option<Waiting>,
    fields: Fields,
    errors: Errors,
    list_href: String,
    delete_href: String,
    view_href: String,
    history_href: String,
    receipts_href: String,
    preview: Option<SafeHtml>,
    readers: Readers,
    effects: Effects,
    /// How many pages lie below this one.
    below: u64,
    old_paths: Vec<String>,
}

/// What a form tells besides what was typed.
#[derive(Default)]
struct Told {
    preview: Option<SafeHtml>,
    effects: Effects,
}

/// What a form is about.
pub(super) struct Editing<'a> {
    pub(super) app: &'a App,
    pub(super) editor: &'a Editor,
    pub(super) site: &'a Site,
    pub(super) known: &'a Known,
}

impl Editing<'_> {
    pub(super) fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, invalid, query, Told::default())
    }

    /// The form as it was typed, with what its text will look like; nothing is saved.
    pub(super) async fn preview(&self, fields: Fields) -> Result<Outcome, Error> {
        let text = preview::Text::of(&fields.body, &fields.path, &fields.audience());
        let preview = preview::render(self.app, self.editor, text).await?;
        let told = Told { preview: Some(preview), ..Told::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), told)?;
        Ok(Outcome::Page(form))
    }

    fn form_with(&self, fields: Fields, invalid: &Invalid, query: &QueryString, told: Told) -> Result<Answer, Error> {
        let (known, id, title) = (self.known, self.known.id(), self.known.title());
        let page = known.page.as_ref();
        let list_href = PAGES.list_href(&fields.back);
        let page = FormPage {
            panel: Panel::new(self.site, self.editor.account(), "pages", title, &PAGES.trail(&fields.back))
                .with_message(query),
            is_new: id.is_none(),
            is_published: page.is_some(),
            action: id.map_or(PAGES.list.into(), |id| PAGES.form_href(id.0)),
            drafts_url: id.map_or("/admin/drafts".into(), |id| format!("/admin/drafts/{}", id.0)),
            draft: known.draft.as_ref().map(|draft| Waiting::new(draft, page, self.site.time_zone)),
            errors: Errors::of(invalid),
            list_href,
            delete_href: page.map_or(String::new(), |page| PAGES.href(page.id.0, "/delete", &fields.back)),
            history_href: known.surroundings.last.and(id).map_or(String::new(), |id| PAGES.href(id.0, "/history", "")),
            receipts_href: page
                .filter(|page| page.content.receipts)
                .map_or(String::new(), |page| PAGES.href(page.id.0, "/receipts", "")),
            preview: told.preview,
            readers: Readers::new(&fields.audience(), &known.surroundings.groups, known.surroundings.who.as_ref()),
            effects: told.effects,
            below: known.surroundings.below,
            old_paths: known.surroundings.old_paths.iter().map(PagePath::href).collect(),
            view_href: known.href().map(|href| login_href(&href)).unwrap_or_default(),
            fields,
        };
        Ok(Answer::panel(self.app.view.render("admin/pages/form.html", &page)?))
    }

    /// The form with what it would do, unless that was told and agreed to.
    pub(super) fn asks(&self, mut fields: Fields, what: String, effects: Effects) -> Result<Asked, Error> {
        if effects.is_empty() || fields.agreed == what {
            return Ok(Asked::Agreed(Box::new(fields)));
        }
        fields.agreed = what;
        let words = "This changes who reads pages, as below. Press the same button again to do it.";
        let told = Told { effects, ..Told::default() };
        let form = self.form_with(fields, &Invalid::one("form", words), &QueryString::default(), told)?;
        Ok(Asked::First(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY))))
    }

    pub(super) fn refused(&self, fields: Fields, invalid: &Invalid) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }
}

/// Whether what a form would do to readers has been agreed to.
pub(super) enum Asked {
    /// It was, or nobody reads more or less by it.
    Agreed(Box<Fields>),
    /// It has to be told first.
    First(Outcome),
}

/// Where a form leads once what it said is done.
pub(super) fn after(done: Done, id: PageId, fields: &Fields) -> Outcome {
    let kept = encode(&[("back", &fields.back)]);
    Outcome::Redirect(match fields.then {
        Then::Save | Then::Preview => done.at(PAGES.list, &fields.back, None),
        Then::Continue | Then::Draft | Then::Unpublish => done.at(&PAGES.form_href(id.0), &kept, None),
        Then::Another => done.at(&format!("{}/new", PAGES.list), &kept, None),
    })
}

/// What a form says of the draft that it shows.
#[derive(Serialize)]
struct Waiting {
    saved: String,
    saved_iso: String,
    saved_by: String,
    /// The page was saved after these changes of it were begun.
    is_behind: bool,
    preview_href: String,
    compare_href: String,
    discard_href: String,
}

impl Waiting {
    fn new(draft: &Draft, page: Option<&Page>, zone: Zone) -> Waiting {
        let href = |below: &str| DRAFTS.href(draft.page.0, below, "");
        Waiting {
            saved: clock::moment(draft.saved_at, zone),
            saved_iso: clock::iso(draft.saved_at),
            saved_by: draft.saved_by.clone(),
            is_behind: page.is_some_and(|page| page.version != draft.based_on),
            preview_href: href("/preview"),
            compare_href: page.map_or(String::new(), |_| href("/compare")),
            discard_href: href("/discard"),
        }
    }
}
