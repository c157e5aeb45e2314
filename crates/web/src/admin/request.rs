//! Parts of a request to the panel that are not fields: the id in its address and the button of its form.

use actix_web::{HttpRequest, http::header};
use serde::Deserialize;

use crate::{App, http::error::Error};

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

/// The address of the site, without a slash at its end: as the operator set it, otherwise the `Origin` that the browser
/// sent, which the guard of the panel has compared with the address of the request.
pub(super) fn site_address<'a>(app: &'a App, request: &'a HttpRequest) -> &'a str {
    let origin = request.headers().get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let origin = origin.filter(|origin| origin.starts_with("http")).filter(|_| !app.options.is_base_url_chosen);
    origin.unwrap_or(&app.options.base_url)
}

/// A segment of an address, decoded. Actix leaves `%25`, `%2B` and `%2F` as they are, so that its routes tell them from `%`, `+`
/// and `/`, and a name with a `+` would be another name.
pub(super) fn segment(request: &HttpRequest, name: &str) -> String {
    let segment = request.match_info().query(name);
    // The percent sign last: what it makes is not decoded again.
    segment.replace("%2B", "+").replace("%2b", "+").replace("%2F", "/").replace("%2f", "/").replace("%25", "%")
}

/// The id in an address; anything but a number is 404.
pub(super) fn id(request: &HttpRequest) -> Result<i64, Error> {
    request.match_info().query("id").parse().map_err(|_| Error::NotFound)
}
