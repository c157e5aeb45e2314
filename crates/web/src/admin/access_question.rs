//! The question of a form whose change lets more people read pages: the effect, and a button that says what it does.

use domain::{audience::Gain, page::PageId};
use serde::Serialize;
use store::writing::{AccessChange, AccessDiff};

use super::access_preview::AccessPreview;

/// A question about access.
#[derive(Serialize)]
pub(super) struct AccessQuestion {
    access: AccessPreview,
    title: String,
    /// The button, which sends the fingerprint of the effect.
    label: String,
    fingerprint: String,
    /// The submit action that asked.
    then: &'static str,
}

impl AccessQuestion {
    /// The question about a change that its form cannot make without the user's consent. `own` is the page of the form,
    /// `verb` begins the label: `Publish and` or `Save and`; without one, the button only lets people read.
    pub(super) fn new(diff: &AccessDiff, own: Option<PageId>, verb: &str, then: &'static str) -> AccessQuestion {
        let gains: Vec<&AccessChange> = diff.changes().iter().filter(|change| change.is_unstated_gain()).collect();
        let who = match gains.iter().map(|change| change.gain).max() {
            Some(Gain::Everyone) => "everyone".to_owned(),
            Some(Gain::SignedIn) => "signed-in users".to_owned(),
            Some(Gain::People(1)) if gains.len() == 1 => "1 more person".to_owned(),
            Some(Gain::People(people)) if gains.len() == 1 => format!("{people} more people"),
            _ => "more people".to_owned(),
        };
        let what = match gains.as_slice() {
            [one] if Some(one.page) == own => "it".to_owned(),
            [_] => "1 page".to_owned(),
            _ => format!("{} pages", gains.len()),
        };
        let label = match verb {
            "" => format!("Let {who} read {what}"),
            verb => format!("{verb} let {who} read {what}"),
        };
        let title = match gains.as_slice() {
            [one] if Some(one.page) == own => "More people will be able to read this page".to_owned(),
            [_] => "More people will be able to read 1 page".to_owned(),
            _ => format!("More people will be able to read {} pages", gains.len()),
        };
        let fingerprint = diff.fingerprint().as_str().to_owned();
        AccessQuestion { access: AccessPreview::new(diff), title, label, fingerprint, then }
    }
}
