//! Parts of a request to the panel that are not fields: the id in its address and the button of its form.

use actix_web::HttpRequest;
use serde::Deserialize;

use crate::http::error::Error;

/// The button with which a form was submitted.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SubmitAction {
    /// Saves and returns to the list.
    #[default]
    Save,
    /// Saves and opens the same form again.
    Continue,
    /// Saves and opens an empty form.
    Another,
}

impl SubmitAction {
    /// The value of the button.
    pub(super) fn word(self) -> &'static str {
        match self {
            SubmitAction::Save => "save",
            SubmitAction::Continue => "continue",
            SubmitAction::Another => "another",
        }
    }
}

/// The id in an address; anything but a number is 404.
pub(super) fn id(request: &HttpRequest) -> Result<i64, Error> {
    request.match_info().query("id").parse().map_err(|_| Error::NotFound)
}
