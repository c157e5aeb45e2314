//! The requester of a path.

use crate::{
    auth::extract::{MaybeReader, Reader},
    http::error::Error,
};
use actix_web::HttpRequest;

/// The sender of a request, or the viewer that an editor impersonates.
pub(super) enum Requester<'a> {
    /// The sender of a request. Credentials are checked only when a decision needs them.
    Sender(&'a HttpRequest),
    /// The viewer that an editor impersonates.
    Impersonated(MaybeReader),
}

impl Requester<'_> {
    /// The viewer, with or without an account.
    pub(super) async fn viewer(&self) -> Result<MaybeReader, Error> {
        match self {
            Requester::Sender(request) => MaybeReader::of(request).await,
            Requester::Impersonated(viewer) => Ok(viewer.clone()),
        }
    }

    /// The viewer of a public page, for which nothing is verified.
    pub(super) async fn recognised(&self) -> MaybeReader {
        match self {
            Requester::Sender(request) => MaybeReader::recognised(request).await,
            Requester::Impersonated(viewer) => viewer.clone(),
        }
    }

    /// The signed-in reader; 401 without one.
    pub(super) async fn reader(&self) -> Result<Reader, Error> {
        match self {
            Requester::Sender(request) => Reader::of(request).await,
            Requester::Impersonated(viewer) => viewer.reader().ok_or(Error::Unauthorized),
        }
    }
}
