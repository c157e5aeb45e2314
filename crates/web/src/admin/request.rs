//! What a request to the panel says besides its fields: the id in its address, the button that was pressed.

use actix_web::HttpRequest;
use serde::Deserialize;

use crate::http::error::Error;

/// Which button of a form was pressed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Then {
    /// Back to the list.
    #[default]
    Save,
    /// On with the same form.
    Continue,
    /// On with an empty form.
    Another,
}

/// An id in an address; anything else is no such thing.
pub(super) fn id(request: &HttpRequest) -> Result<i64, Error> {
    request.match_info().query("id").parse().map_err(|_| Error::NotFound)
}
