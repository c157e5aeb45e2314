//! Bulk actions on selected rows of a list. A confirmation page names the rows and the effect; the action runs when the user
//! confirms. An action that needs more input asks for it first.

use actix_web::http::StatusCode;
use domain::{audience::AudienceInput, bulk_action::BulkActionId, invalid::Invalid, site::Site};
use serde::{Deserialize, Serialize};
use store::{
    groups::OfferedGroups,
    writing::{AccessDiff, Consent, Fingerprint},
};

use super::{
    access_preview::AccessPreview,
    items::{Item, MAX_NAMED},
    panel::Panel,
    readers::Readers,
    sections::Section,
    undo_form::{Hidden, UNDO},
};
use crate::{
    App,
    auth::account::Account,
    http::{answer::Answer, error::Error, view::Errors},
};

/// The fields of a list's form and of the confirmation page.
#[derive(Deserialize)]
pub struct BulkForm {
    #[serde(default)]
    action: String,
    #[serde(default)]
    id: Vec<i64>,
    /// `yes` for all rows that match the filter in `back`, instead of `id`.
    #[serde(default)]
    all: String,
    #[serde(default)]
    confirm: String,
    /// The fingerprints of the rows and the effect that were shown, as [`Seen`] writes them.
    #[serde(default)]
    seen: String,
    #[serde(default)]
    back: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    audience: Option<String>,
    /// A moment as typed; empty for none.
    #[serde(default)]
    until: Option<String>,
    /// The editor who gets the drafts of users who leave; empty for nobody.
    #[serde(default)]
    drafts_to: String,
    #[serde(default)]
    people: String,
    #[serde(default)]
    groups: Vec<String>,
    /// The bulk action that is undone.
    #[serde(default)]
    bulk: String,
}

impl BulkForm {
    /// Whether a bulk action is undone.
    pub(super) fn is_undo(&self) -> bool {
        self.action == UNDO
    }
}

/// A bulk action that a list offers.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Choice {
    pub(super) value: &'static str,
    /// The button below the list.
    pub(super) label: &'static str,
    /// What the action does, in words around the number of rows: `Delete`, `page`, `pages` and ` for good`.
    #[serde(skip)]
    pub(super) verb: &'static str,
    #[serde(skip)]
    pub(super) nouns: [&'static str; 2],
    #[serde(skip)]
    pub(super) after: &'static str,
    #[serde(skip)]
    pub(super) question: &'static str,
    pub(super) danger: bool,
    #[serde(skip)]
    pub(super) needs: Needs,
    /// The address of the action, if it is not that of the list's form.
    pub(super) address: &'static str,
}

impl Choice {
    /// What the action does, with the number of rows: `Delete 3 pages for good`.
    fn words(&self, count: usize) -> String {
        let [one, many] = self.nouns;
        format!("{} {count} {}{}", self.verb, if count == 1 { one } else { many }, self.after)
    }
}

/// The nouns of actions on pages.
pub(super) const NOUNS: [&str; 2] = ["page", "pages"];

/// The input that a choice needs besides the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// No other input.
    Rows,
    /// A path below which pages move.
    Section,
    /// People and groups.
    Readers,
    /// A moment, or none.
    Moment,
}

/// The input that was typed for a choice; `None` before the user was asked for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    pub(super) section: Option<String>,
    pub(super) readers: Option<AudienceInput>,
    pub(super) moment: Option<String>,
}

impl Parameters {
    /// The input as hidden fields of the question.
    fn fields(&self) -> Vec<Hidden> {
        let hidden = |name, value: &String| Hidden::new(name, value.as_str());
        let mut fields: Vec<Hidden> = self.section.iter().map(|section| hidden("to", section)).collect();
        fields.extend(self.moment.iter().map(|moment| hidden("until", moment)));
        if let Some(readers) = &self.readers {
            fields.extend([hidden("audience", &readers.kind), hidden("people", &readers.people)]);
            fields.extend(readers.groups.iter().map(|group| hidden("groups", group)));
        }
        fields
    }
}

/// A choice of a section, with the selected rows.
pub(super) struct Action {
    pub(super) choice: Choice,
    pub(super) ids: Vec<i64>,
    /// Whether all rows that match the list's filter are selected, instead of `ids`.
    pub(super) all: bool,
    pub(super) confirmed: bool,
    pub(super) seen: Seen,
    pub(super) parameters: Parameters,
    /// The editor who gets the drafts of users who leave, as chosen beside the confirmation; empty for nobody.
    pub(super) drafts_to: String,
    pub(super) back: String,
    /// The bulk action that is undone, instead of selected rows.
    pub(super) undone: Option<BulkActionId>,
}

/// The contents of the confirmation page.
#[derive(Default)]
pub(super) struct Question {
    /// The selected rows.
    pub(super) items: Vec<Item>,
    /// The heading above the rows, if the effect on access names other rows already.
    pub(super) heading: String,
    /// The number of rows that the effect on access names and `items` does not.
    pub(super) named: usize,
    /// Selected rows that the action leaves out, each with the reason.
    pub(super) left_out: Vec<Item>,
    /// The effect on access.
    pub(super) access: AccessPreview,
    /// A sentence about the result, if the choice alone does not say it.
    pub(super) detail: String,
    /// The errors in the input.
    pub(super) invalid: Invalid,
    /// The reason for asking again; empty at first.
    pub(super) notice: &'static str,
    /// Whether the page asks for input; otherwise it asks for confirmation.
    pub(super) asks: bool,
    /// The editors who can have the drafts of users who leave; none if there are no drafts.
    pub(super) heirs: Vec<String>,
    /// The groups that the page offers.
    pub(super) groups: OfferedGroups,
    /// The fingerprints of the rows and the effect that are shown.
    pub(super) seen: Seen,
}

#[derive(Serialize)]
struct ConfirmPage {
    #[serde(flatten)]
    panel: Panel,
    question: &'static str,
    detail: String,
    notice: &'static str,
    errors: Errors,
    /// The number of selected rows, in words.
    count: String,
    heading: String,
    items: Vec<Item>,
    /// The number of `items`, and the number of further rows that are not named.
    listed: usize,
    more: usize,
    /// Whether there is something to confirm.
    is_possible: bool,
    asks: bool,
    left_out: Vec<Item>,
    access: AccessPreview,
    action_url: String,
    hidden: Vec<Hidden>,
    /// The path as it was typed, if the page asks for it.
    section_field: Option<String>,
    /// The readers as they were chosen, if the page asks for them.
    readers: Option<Readers>,
    /// The moment as it was typed, if the page asks for it.
    moment_field: Option<String>,
    cancel_href: String,
    heirs: Vec<String>,
    danger: bool,
    confirm_label: String,
}

/// The fingerprints of the rows and of the effect on access that a confirmation page showed; its form sends them back.
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

    /// The consent to the effect on access that was shown.
    pub(super) fn consent(&self) -> Consent {
        self.access.clone().map_or(Consent::Stated, Consent::Shown)
    }
}

impl Action {
    /// The action on selected rows.
    ///
    /// # Errors
    /// 422 when no row is selected, or the section has no such action.
    pub(super) fn of(form: BulkForm, section: &Section, choices: &[Choice]) -> Result<Action, Error> {
        Action::of_all(BulkForm { all: String::new(), ..form }, section, choices)
    }

    /// The action on selected rows, or on all that match.
    ///
    /// # Errors
    /// As [`Action::of`].
    pub(super) fn of_all(form: BulkForm, section: &Section, choices: &[Choice]) -> Result<Action, Error> {
        let choice = choices.iter().find(|choice| choice.value == form.action).copied();
        let choice = choice.ok_or_else(|| Error::Unprocessable("Choose what to do with the selected rows.".into()))?;
        let all = form.all == "yes";
        let undone = BulkActionId::parse(&form.bulk).filter(|_| choice.value == UNDO);
        if form.id.is_empty() && !all && undone.is_none() {
            return Err(Error::Unprocessable("Nothing is selected. Select some rows of the list first.".into()));
        }
        let confirmed = form.confirm == "yes";
        let back = section.back(&form.back);
        let BulkForm { id: ids, seen, to, audience, until, people, groups, drafts_to, .. } = form;
        let readers = audience.map(|kind| AudienceInput { kind, people, groups });
        let parameters = match choice.needs {
            Needs::Rows => Parameters::default(),
            Needs::Section => Parameters { section: to, ..Parameters::default() },
            Needs::Readers => Parameters { readers, ..Parameters::default() },
            Needs::Moment => Parameters { moment: until, ..Parameters::default() },
        };
        let seen = Seen::parse(&seen);
        Ok(Action { choice, ids, all, confirmed, seen, parameters, drafts_to, back, undone })
    }

    /// The confirmation page.
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
        let Question {
            mut items,
            heading,
            named,
            left_out,
            access,
            detail,
            invalid,
            notice,
            asks,
            heirs,
            groups,
            seen,
        } = question;
        let Choice { question, danger, needs, nouns: [one, many], .. } = self.choice;
        let count = items.len() + named;
        let words = self.choice.words(count);
        let hidden = self.hidden(asks, &seen.text());
        let rows = items.len();
        if self.all || asks || !heading.is_empty() {
            items.truncate(MAX_NAMED);
        }
        let page = ConfirmPage {
            panel: Panel::new(site, account, section.name, format!("{words}?"), &section.trail(&self.back)),
            question,
            detail,
            notice,
            errors: Errors::of(&invalid),
            count: format!("{count} {}", if count == 1 { one } else { many }),
            heading,
            listed: rows,
            more: rows - items.len(),
            items,
            is_possible: count > 0,
            asks,
            left_out,
            access,
            action_url: format!("{}/actions", section.rows),
            hidden,
            cancel_href: section.list_href(&self.back),
            danger,
            confirm_label: if asks { "Next".into() } else { words },
            section_field: (asks && needs == Needs::Section).then(|| self.parameters.section.unwrap_or_default()),
            readers: (asks && needs == Needs::Readers)
                .then(|| Readers::new(&self.parameters.readers.unwrap_or_default(), &groups)),
            heirs,
            moment_field: (asks && needs == Needs::Moment).then(|| self.parameters.moment.unwrap_or_default()),
        };
        let status = if invalid.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        Ok(Answer::panel(app.view.render("admin/confirm.html", &page)?).with_status(status))
    }

    /// The hidden fields of the confirmation page.
    fn hidden(&self, asks: bool, seen: &str) -> Vec<Hidden> {
        let hidden = |name, value: &str| Hidden::new(name, value);
        let mut fields = vec![hidden("action", self.choice.value), hidden("back", &self.back)];
        if let Some(action) = self.undone {
            fields.push(hidden("bulk", &action.word()));
        } else if self.all {
            fields.push(hidden("all", "yes"));
        } else {
            fields.extend(self.ids.iter().map(|id| hidden("id", &id.to_string())));
        }
        if !asks {
            fields.extend(self.parameters.fields());
            fields.extend([hidden("confirm", "yes"), hidden("seen", seen)]);
        }
        fields
    }
}
