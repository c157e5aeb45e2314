//! The fields of a page's form: as typed, as validated content, and as a draft.

use domain::{
    Version,
    audience::AudienceInput,
    draft::{Draft, DraftInput, DraftLock, FormId},
    invalid::Invalid,
    page::{PageContent, PageInput},
    placement::PlacementInput,
    revision::Note,
    zone::Zone,
};
use serde::{Deserialize, Serialize};

use super::editor_context::EditorContext;
use crate::{
    clock,
    http::{
        error::Error,
        form::{checkbox, new_form_id},
    },
};

/// The fields of the form as they were typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Fields {
    #[serde(default)]
    pub(super) path: String,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) body: String,
    /// As `AudienceInput::kind`; a script may leave it out.
    #[serde(default)]
    pub(super) audience: String,
    #[serde(default)]
    pub(super) people: String,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// A synonym of `audience=signed-in`, for scripts.
    #[serde(default, deserialize_with = "checkbox", skip_serializing)]
    pub(super) private: bool,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) show_title: bool,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) list_below: bool,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) receipts: bool,
    #[serde(default)]
    pub(super) position: String,
    #[serde(default)]
    pub(super) children: String,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) hides_contents: bool,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) hides_sidebar: bool,
    #[serde(default)]
    pub(super) language: String,
    #[serde(default)]
    pub(super) published: String,
    #[serde(default)]
    pub(super) unpublish: String,
    #[serde(default)]
    pub(super) note: String,
    /// Whether subpages move with the page when its path changes.
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) move_below: bool,
    /// The fingerprint of the effect on access that the user confirmed.
    #[serde(default)]
    pub(super) agreed: String,
    /// The button that was pressed before the question about access; its action is done once `agreed` is sent.
    #[serde(default, skip_serializing)]
    pub(super) asked: Option<SubmitAction>,
    /// Whether the user confirmed that the page is published without a text.
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) empty: bool,
    /// The old path of another page that the user chose to take over.
    #[serde(default)]
    pub(super) takes: String,
    #[serde(default)]
    pub(super) version: i64,
    /// The version of the draft that the form shows; 0 for none.
    #[serde(default)]
    pub(super) draft: i64,
    /// The random id of this form; it identifies repeated saves of one form.
    #[serde(default)]
    pub(super) form: i64,
    #[serde(default)]
    pub(super) back: String,
    #[serde(default, skip_serializing)]
    pub(super) then: SubmitAction,
    /// The draft with which the form began, as its script sends it: the encoded fields of a form, or empty.
    #[serde(default, skip_serializing)]
    base: String,
}

impl Fields {
    pub(super) fn of(typed: DraftInput, version: Version, draft: Version, back: String) -> Result<Fields, Error> {
        let DraftInput { page, note, move_below } = typed;
        let form = new_form_id()?.0;
        let empty = Fields { note, move_below, version: version.0, draft: draft.0, form, back, ..Fields::default() };
        Ok(empty.with_page(page))
    }

    /// The form with other fields of the page.
    pub(super) fn with_page(self, page: PageInput) -> Fields {
        let PageInput {
            path,
            title,
            summary,
            body,
            audience,
            show_title,
            list_below,
            receipts,
            placement,
            published,
            unpublish,
            zone: _,
        } = page;
        Fields {
            path,
            title,
            summary,
            body,
            audience: audience.kind,
            people: audience.people,
            groups: audience.groups,
            private: false,
            show_title,
            list_below,
            receipts,
            position: placement.position,
            children: placement.children,
            hides_contents: placement.hides_contents,
            hides_sidebar: placement.hides_sidebar,
            language: placement.language,
            published,
            unpublish,
            ..self
        }
    }

    /// The form in the state with which its user began, if its script sent that.
    pub(super) fn base(&self) -> Option<Fields> {
        match self.base.is_empty() {
            true => None,
            false => serde_html_form::from_str(&self.base).ok(),
        }
    }

    /// The fields of the draft if there is one, otherwise of the page.
    pub(super) fn of_context(context: &EditorContext, zone: Zone, back: String) -> Result<Fields, Error> {
        match (&context.draft, &context.page) {
            (Some(Draft { typed, based_on, version, .. }), _) => {
                let typed = DraftInput { page: typed.page.clone().in_zone(zone), ..typed.clone() };
                Fields::of(typed, *based_on, *version, back)
            }
            (None, Some(page)) => Fields::of(PageInput::of(&page.content, zone).into(), page.version, Version(0), back),
            (None, None) => Err(Error::NotFound),
        }
    }

    /// The form as a draft.
    pub(super) fn draft_input(&self, zone: Zone) -> DraftInput {
        DraftInput { page: self.input(zone), note: self.note.clone(), move_below: self.move_below }
    }

    /// The version of the draft that the form edits.
    pub(super) fn lock(&self) -> DraftLock {
        DraftLock { draft: Version(self.draft), form: FormId(self.form) }
    }

    /// Takes front matter out of the text, and fills in empty fields from it; see [`PageInput::take_front_matter`].
    pub(super) fn take_front_matter(&mut self, zone: Zone) -> Option<String> {
        let mut input = self.input(zone);
        let remark = input.take_front_matter()?;
        (self.title, self.summary, self.published, self.body) =
            (input.title, input.summary, input.published, input.body);
        self.language = input.placement.language;
        Some(remark)
    }

    /// The validated content and change note.
    pub(super) fn check(&self, old: Option<&PageContent>, zone: Zone) -> Result<(PageContent, Note), Invalid> {
        let content = match old {
            Some(old) => self.input(zone).check_over(old),
            None => self.input(zone).check(clock::now()),
        };
        match (content, Note::parse(&self.note)) {
            (Ok(content), Ok(note)) => Ok((content, note)),
            (Err(mut invalid), Err(message)) => {
                invalid.add("note", message);
                Err(invalid)
            }
            (Err(invalid), Ok(_)) => Err(invalid),
            (Ok(_), Err(message)) => Err(Invalid::one("note", message)),
        }
    }

    pub(super) fn audience(&self) -> AudienceInput {
        let kind = if self.audience.is_empty() && self.private { "signed-in".into() } else { self.audience.clone() };
        AudienceInput { kind, people: self.people.clone(), groups: self.groups.clone() }
    }

    /// Restores the button that was pressed first if the question about access was answered.
    pub(super) fn take_answer(&mut self) {
        if let Some(asked) = self.asked.filter(|_| !self.agreed.is_empty()) {
            self.then = asked;
        }
    }

    /// Fills in the audience of a form without one, as a script may send it: the page, or the draft if one is saved,
    /// keeps its audience.
    pub(super) fn keep_audience(&mut self, context: &EditorContext) {
        if !self.audience.is_empty() || self.private {
            return;
        }
        let of_page = context.page.as_ref().map(|page| AudienceInput::of(&page.content.audience));
        let of_draft = context.draft.as_ref().map(|draft| draft.typed.page.audience.clone());
        let kept = if matches!(self.then, SubmitAction::Draft | SubmitAction::Close) {
            of_draft.or(of_page)
        } else {
            of_page.or(of_draft)
        };
        if let Some(AudienceInput { kind, people, groups }) = kept {
            (self.audience, self.people, self.groups) = (kind, people, groups);
        }
    }

    pub(super) fn input(&self, zone: Zone) -> PageInput {
        PageInput {
            path: self.path.clone(),
            title: self.title.clone(),
            summary: self.summary.clone(),
            body: self.body.clone(),
            audience: self.audience(),
            show_title: self.show_title,
            list_below: self.list_below,
            receipts: self.receipts,
            placement: PlacementInput {
                position: self.position.clone(),
                children: self.children.clone(),
                hides_contents: self.hides_contents,
                hides_sidebar: self.hides_sidebar,
                language: self.language.clone(),
            },
            published: self.published.clone(),
            unpublish: self.unpublish.clone(),
            zone,
        }
    }
}

/// The button with which the form was submitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SubmitAction {
    /// Publishes and returns to the list; also the meaning of a form without a button, as a script may send it.
    #[default]
    #[serde(alias = "save")]
    Publish,
    /// Publishes and opens the same form again.
    Continue,
    /// Publishes and opens an empty form.
    Another,
    /// Shows the rendered text and saves nothing.
    Preview,
    /// Saves a draft and opens the same form again.
    Draft,
    /// Saves a draft if something was typed, and returns to the list.
    Close,
    /// Saves a draft and unpublishes the page.
    Unpublish,
    /// Chooses the readers of the pages nearby and saves nothing.
    Near,
}

impl SubmitAction {
    /// The value of the button.
    pub(super) fn word(self) -> &'static str {
        match self {
            SubmitAction::Publish => "publish",
            SubmitAction::Continue => "continue",
            SubmitAction::Another => "another",
            SubmitAction::Preview => "preview",
            SubmitAction::Draft => "draft",
            SubmitAction::Close => "close",
            SubmitAction::Unpublish => "unpublish",
            SubmitAction::Near => "near",
        }
    }
}
