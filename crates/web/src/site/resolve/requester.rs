//! The requester of a path.

use std::time::Duration;

use actix_web::HttpRequest;

use crate::{
    App,
    auth::extract::{MaybeReader, Reader},
    http::{budget::Share, envelope::Envelope, error::Error},
};

/// How long a request waits for other pages of its client network to be finished.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The sender of a request, or the viewer that an editor impersonates.
pub(super) enum Requester<'a> {
    /// The sender of a request. Credentials are checked only when a decision needs them.
    Sender(&'a HttpRequest),
    /// The viewer that an editor impersonates.
    Impersonated(MaybeReader),
}

/// As [`Requester::begin`], for the sender of a request.
///
/// # Errors
/// [`Error::NoRoom`] after five seconds.
pub(super) async fn begin(app: &App, request: &HttpRequest) -> Result<Share, Error> {
    let origin = Some(Envelope::of(request).client.origin());
    app.pages_in_progress.take_within(origin, 1, TIMEOUT).await.ok_or(Error::NoRoom)
}

impl Requester<'_> {
    /// Waits until the text of a page may be loaded. A client network holds a few texts in memory at a time, however many
    /// pages it asks for.
    ///
    /// # Errors
    /// [`Error::NoRoom`] after five seconds.
    pub(super) async fn begin(&self, app: &App) -> Result<Share, Error> {
        match self {
            Requester::Sender(request) => begin(app, request).await,
            Requester::Impersonated(_) => {
                app.pages_in_progress.take_within(None, 1, TIMEOUT).await.ok_or(Error::NoRoom)
            }
        }
    }

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
