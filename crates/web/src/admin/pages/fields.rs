//! The fields of a page's form: as they are typed, as they are checked, as they are kept.

use domain::{
    Version,
    audience::AudienceInput,
    draft::{Draft, DraftInput, DraftLock, FormId},
    invalid::Invalid,
    page::{PageContent, PageInput},
    revision::Note,
    zone::Zone,
};
use serde::{Deserialize, Serialize};

use super::known::Known;
use crate::{
    clock,
    http::{error::Error, form::checkbox},
};

/// The fields of the form, as they are typed.
#[derive(Clone, Debug, Deserialize, Serialize)]
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
    /// Another word for `audience=signed-in`, for scripts.
    #[serde(default, deserialize_with = "checkbox", skip_serializing)]
    pub(super) private: bool,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) show_title: bool,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) list_below: bool,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) receipts: bool,
    #[serde(default)]
    pub(super) published: String,
    #[serde(default)]
    pub(super) unpublish: String,
    #[serde(default)]
    pub(super) note: String,
    /// Whether the pages below move along with the path.
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) move_below: bool,
    /// The fingerprint of the effect on access that the user confirmed.
    #[serde(default)]
    pub(super) agreed: String,
    /// An old path of another page that is knowingly taken.
    #[serde(default)]
    pub(super) takes: String,
    #[serde(default)]
    pub(super) version: i64,
    /// The version of the draft that the form shows; 0 for none.
    #[serde(default)]
    pub(super) draft: i64,
    /// The number of the form.
    #[serde(default)]
    pub(super) form: i64,
    #[serde(default)]
    pub(super) back: String,
    #[serde(default, skip_serializing)]
    pub(super) then: Then,
}

impl Fields {
    pub(super) fn of(typed: DraftInput, version: Version, draft: Version, back: String) -> Result<Fields, Error> {
        let DraftInput { page, note, move_below } = typed;
        let PageInput {
            path,
            title,
            summary,
            body,
            audience,
            show_title,
            list_below,
            receipts,
            published,
            unpublish,
            zone: _,
        } = page;
        Ok(Fields {
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
            published,
            unpublish,
            note,
            move_below,
            agreed: String::new(),
            takes: String::new(),
            version: version.0,
            draft: draft.0,
            form: new_form()?.0,
            back,
            then: Then::Save,
        })
    }

    /// The fields of a page as it is being written: its draft if there is one, otherwise the page.
    pub(super) fn of_known(known: &Known, zone: Zone, back: String) -> Result<Fields, Error> {
        match (&known.draft, &known.page) {
            (Some(Draft { typed, based_on, version, .. }), _) => {
                let typed = DraftInput { page: typed.page.clone().in_zone(zone), ..typed.clone() };
                Fields::of(typed, *based_on, *version, back)
            }
            (None, Some(page)) => Fields::of(PageInput::of(&page.content, zone).into(), page.version, Version(0), back),
            (None, None) => Err(Error::NotFound),
        }
    }

    /// What is kept of the form as a draft.
    pub(super) fn typed(&self, zone: Zone) -> DraftInput {
        DraftInput { page: self.draft(zone), note: self.note.clone(), move_below: self.move_below }
    }

    /// The draft that the form holds.
    pub(super) fn lock(&self) -> DraftLock {
        DraftLock { draft: Version(self.draft), form: FormId(self.form) }
    }

    /// What is to be saved, and the word for its history.
    pub(super) fn check(&self, old: Option<&PageContent>, zone: Zone) -> Result<(PageContent, Note), Invalid> {
        let content = match old {
            Some(old) => PageInput { audience: self.audience_over(old), ..self.draft(zone) }.check_over(old),
            None => self.draft(zone).check(clock::now()),
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

    /// The audience of a page that exists: a form without one, as a script may send it, keeps the page's own.
    pub(super) fn audience_over(&self, old: &PageContent) -> AudienceInput {
        match self.audience.is_empty() && !self.private {
            true => AudienceInput::of(&old.audience),
            false => self.audience(),
        }
    }

    pub(super) fn draft(&self, zone: Zone) -> PageInput {
        PageInput {
            path: self.path.clone(),
            title: self.title.clone(),
            summary: self.summary.clone(),
            body: self.body.clone(),
            audience: self.audience(),
            show_title: self.show_title,
            list_below: self.list_below,
            receipts: self.receipts,
            published: self.published.clone(),
            unpublish: self.unpublish.clone(),
            zone,
        }
    }
}

/// Which button of the form was pressed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Then {
    /// It is published, and back to the list.
    #[default]
    Save,
    /// It is published, and on with the same form.
    Continue,
    /// It is published, and on with an empty form.
    Another,
    /// Nothing is saved: the text is shown as it will look.
    Preview,
    /// It is kept, and not published.
    Draft,
    /// It is kept, and the page is taken off the site.
    Unpublish,
}

/// A number for a form that is opened now.
///
/// # Errors
/// 500 when the system has no randomness.
fn new_form() -> Result<FormId, Error> {
    let random = getrandom::u64().map_err(|error| Error::Internal(format!("no randomness: {error}")))?;
    // At most 53 bits, exact in a script; never 0, which is none.
    Ok(FormId((random >> 11).max(1).cast_signed()))
}
