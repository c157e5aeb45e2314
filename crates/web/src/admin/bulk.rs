//! What is done with many rows that were chosen in a list: asked first, with their names and what it does, and done when
//! it is confirmed. A choice that needs to know more asks for that before.

use actix_web::http::StatusCode;
use domain::{audience::AudienceInput, group::GroupName, invalid::Invalid, site::Site};
use serde::{Deserialize, Serialize};
use store::writing::{AccessDiff, Consent, Fingerprint};

use super::{access_preview::AccessPreview, panel::Panel, readers::Readers, sections::Section};
use crate::{
    App,
    auth::account::Account,
    http::{answer::Answer, error::Error, view::Errors},
};

/// How many rows the question names when they were not ticked one by one.
const NAMED: usize = 20;

/// What a list's form sends.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    action: String,
    #[serde(default)]
    id: Vec<i64>,
    /// `yes` for all that match the filter in `back`, instead of `id`.
    #[serde(default)]
    all: String,
    #[serde(default)]
    confirm: String,
    /// What the question showed, as [`Seen`] writes it.
    #[serde(default)]
    seen: String,
    #[serde(default)]
    back: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    audience: Option<String>,
    #[serde(default)]
    people: String,
    #[serde(default)]
    groups: Vec<String>,
}

/// Something that can be done with rows.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    #[serde(skip)]
    pub(super) question: &'static str,
    #[serde(skip)]
    pub(super) danger: bool,
    #[serde(skip)]
    pub(super) needs: Needs,
}

/// What a choice has to know besides the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Rows,
    /// A section, as a path.
    Section,
    /// People and groups.
    Readers,
}

/// A row as the question names it.
#[derive(Serialize)]
pub(super) struct Item {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) note: String,
}

/// What was typed of what a choice needs; `None` until it was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    pub(super) section: Option<String>,
    pub(super) readers: Option<AudienceInput>,
}

impl Parameters {
    /// As hidden fields of the question.
    fn fields(&self) -> Vec<Hidden> {
        let hidden = |name, value: &String| Hidden { name, value: value.clone() };
        let mut fields: Vec<Hidden> = self.section.iter().map(|section| hidden("to", section)).collect();
        if let Some(readers) = &self.readers {
            fields.extend([hidden("audience", &readers.kind), hidden("people", &readers.people)]);
            fields.extend(readers.groups.iter().map(|group| hidden("groups", group)));
        }
        fields
    }
}

/// A choice that was made among those of a section, with the rows it is for.
pub(super) struct Action {
    pub(super) choice: Choice,
    pub(super) ids: Vec<i64>,
    /// Whether it is for all that match the list's filter, and not for `ids`.
    pub(super) all: bool,
    pub(super) confirmed: bool,
    pub(super) seen: Seen,
    pub(super) parameters: Parameters,
    pub(super) back: String,
}

/// What the page that asks says.
#[derive(Default)]
pub(super) struct Question {
    /// All the rows.
    pub(super) items: Vec<Item>,
    /// Rows that were chosen and for which it cannot be done, each with why.
    pub(super) left_out: Vec<Item>,
    /// The effect on access.
    pub(super) access: AccessPreview,
    /// What becomes of them, where the choice alone does not say it.
    pub(super) detail: String,
    /// What is wrong with what was typed.
    pub(super) invalid: Invalid,
    /// Why it is asked again.
    pub(super) notice: &'static str,
    /// Whether what the choice needs is asked for; otherwise the next answer does it.
    pub(super) asks: bool,
    /// The groups that there are.
    pub(super) groups: Vec<GroupName>,
    /// What it shows.
    pub(super) seen: Seen,
}

#[derive(Serialize)]
struct Hidden {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
struct ConfirmPage {
    #[serde(flatten)]
    panel: Panel,
    question: &'static str,
    detail: String,
    notice: &'static str,
    errors: Errors,
    items: Vec<Item>,
    /// How many rows are not named.
    more: usize,
    left_out: Vec<Item>,
    access: AccessPreview,
    action_url: String,
    hidden: Vec<Hidden>,
    /// The section as it is typed, if it is asked for.
    section_field: Option<String>,
    /// The readers as they are chosen, if they are asked for.
    readers: Option<Readers>,
    cancel_href: String,
    danger: bool,
    confirm_label: String,
}

/// What a question showed, as its answer sends it back: the fingerprint of the rows and that of the effect on access.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) rows: Option<Fingerprint>,
    access: Option<Fingerprint>,
}

impl Seen {
    pub(super) fn new(rows: Fingerprint, diff: Option<&AccessDiff>) -> Seen {
        let access = diff.filter(|diff| !diff.changes().is_empty()).map(|diff| diff.fingerprint().clone());
        Seen { rows: Some(rows), access }
    }

    fn parse(text: &str) -> Seen {
        let part = |text: &str| (!text.is_empty()).then(|| Fingerprint::sent(text));
        let (rows, access) = text.split_once('-').unwrap_or((text, ""));
        Seen { rows: part(rows), access: part(access) }
    }

    fn text(&self) -> String {
        let part = |fingerprint: &Option<Fingerprint>| fingerprint.as_ref().map_or("", Fingerprint::as_str).to_owned();
        match &self.access {
            Some(access) => format!("{}-{}", part(&self.rows), access.as_str()),
            None => part(&self.rows),
        }
    }

    /// The consent to the effect on access that the question showed.
    pub(super) fn consent(&self) -> Consent {
        self.access.clone().map_or(Consent::Stated, Consent::Shown)
    }
}

impl Action {
    /// What was chosen, for rows that were ticked.
    ///
    /// # Errors
    /// 422 when nothing was, or something that the section does not have.
    pub(super) fn of(chosen: Chosen, section: &Section, choices: &[Choice]) -> Result<Action, Error> {
        Action::of_all(Chosen { all: String::new(), ..chosen }, section, choices)
    }

    /// What was chosen, for rows that were ticked or for all that match.
    ///
    /// # Errors
    /// As [`Action::of`].
    pub(super) fn of_all(chosen: Chosen, section: &Section, choices: &[Choice]) -> Result<Action, Error> {
        let choice = choices.iter().find(|choice| choice.value == chosen.action).copied();
        let choice = choice.ok_or_else(|| Error::Unprocessable("Choose what to do with the selected rows.".into()))?;
        let all = chosen.all == "yes";
        if chosen.id.is_empty() && !all {
            return Err(Error::Unprocessable("Nothing was chosen. Tick rows of the list first.".into()));
        }
        let (confirmed, back) = (chosen.confirm == "yes", section.back(&chosen.back));
        let Chosen { id: ids, seen, to, audience, people, groups, .. } = chosen;
        let readers = audience.map(|kind| AudienceInput { kind, people, groups });
        let parameters = match choice.needs {
            Needs::Rows => Parameters::default(),
            Needs::Section => Parameters { section: to, readers: None },
            Needs::Readers => Parameters { section: None, readers },
        };
        let seen = Seen::parse(&seen);
        Ok(Action { choice, ids, all, confirmed, seen, parameters, back })
    }

    /// The page that asks.
    ///
    /// # Errors
    /// 500 when the template fails.
    pub(super) fn ask(
        self,
        app: &App,
        account: &Account,
        site: &Site,
        section: &Section,
        question: Question,
    ) -> Result<Answer, Error> {
        let Question { mut items, left_out, access, detail, invalid, notice, asks, groups, seen } = question;
        let Choice { label, question, danger, needs, .. } = self.choice;
        let (name, count) = (label.trim_end_matches('…'), items.len());
        let hidden = self.hidden(asks, &seen.text());
        if self.all {
            items.truncate(NAMED);
        }
        let page = ConfirmPage {
            panel: Panel::new(site, account, section.name, format!("{name}?"), &section.trail(&self.back)),
            question,
            detail,
            notice,
            errors: Errors::of(&invalid),
            more: count - items.len(),
            items,
            left_out,
            access,
            action_url: format!("{}/actions", section.list),
            hidden,
            cancel_href: section.list_href(&self.back),
            danger,
            confirm_label: if asks { "Next".into() } else { format!("{name} {count}") },
            section_field: (asks && needs == Needs::Section).then(|| self.parameters.section.unwrap_or_default()),
            readers: (asks && needs == Needs::Readers)
                .then(|| Readers::new(&self.parameters.readers.unwrap_or_default(), &groups, None)),
        };
        let status = if invalid.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        Ok(Answer::panel(app.view.render("admin/confirm.html", &page)?).with_status(status))
    }

    /// What the page that asks sends besides what is typed into it.
    fn hidden(&self, asks: bool, seen: &str) -> Vec<Hidden> {
        let hidden = |name, value: &str| Hidden { name, value: value.into() };
        let mut fields = vec![hidden("action", self.choice.value), hidden("back", &self.back)];
        match self.all {
            true => fields.push(hidden("all", "yes")),
            false => fields.extend(self.ids.iter().map(|id| hidden("id", &id.to_string()))),
        }
        if !asks {
            fields.extend(self.parameters.fields());
            fields.extend([hidden("confirm", "yes"), hidden("seen", seen)]);
        }
        fields
    }
}
