//! What is done with many rows that were chosen in a list: asked first, with their names, and done when it is confirmed.

use domain::site::Site;
use serde::{Deserialize, Serialize};

use super::{Panel, effects::Effects, section::Section};
use crate::{App, answer::Answer, auth::Account, error::Error};

/// What a list's form sends.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    action: String,
    #[serde(default)]
    id: Vec<i64>,
    #[serde(default)]
    confirm: String,
    #[serde(default)]
    back: String,
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
}

/// A row as the question names it.
#[derive(Serialize)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) href: String,
    pub(super) note: String,
}

/// A choice that was made among those of a section, with the rows it is for.
pub(super) struct Action {
    pub(super) choice: Choice,
    pub(super) ids: Vec<i64>,
    pub(super) confirmed: bool,
    pub(super) back: String,
}

#[derive(Serialize)]
struct ConfirmPage {
    #[serde(flatten)]
    panel: Panel,
    question: &'static str,
    items: Vec<Item>,
    effects: Effects,
    action_url: String,
    action: &'static str,
    back: String,
    cancel_href: String,
    danger: bool,
    confirm_label: &'static str,
}

impl Action {
    /// What was chosen.
    ///
    /// # Errors
    /// 422 when nothing was, or something that the section does not have.
    pub(super) fn of(chosen: Chosen, section: &Section, choices: &[Choice]) -> Result<Action, Error> {
        let choice = choices.iter().find(|choice| choice.value == chosen.action).copied();
        let choice = choice.ok_or_else(|| Error::Unprocessable("Choose what to do with the chosen rows.".into()))?;
        if chosen.id.is_empty() {
            return Err(Error::Unprocessable("Nothing was chosen. Tick rows of the list first.".into()));
        }
        let (confirmed, back) = (chosen.confirm == "yes", section.back(&chosen.back));
        Ok(Action { choice, ids: chosen.id, confirmed, back })
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
        items: Vec<Item>,
        effects: Effects,
    ) -> Result<Answer, Error> {
        let Choice { value, label, question, danger } = self.choice;
        let page = ConfirmPage {
            panel: Panel::new(site, account, section.name, format!("{label}?"), &section.trail(&self.back)),
            question,
            items,
            effects,
            action_url: format!("{}/actions", section.list),
            action: value,
            cancel_href: section.list_href(&self.back),
            back: self.back,
            danger,
            confirm_label: label,
        };
        Ok(Answer::panel(app.view.render("admin/confirm.html", &page)?))
    }
}
