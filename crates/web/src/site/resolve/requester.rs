//! The requester of a path.

use actix_web::HttpRequest;
use domain::{
    Timestamp,
    access::{Access, Visitor, decide},
    page::Page,
};

use crate::{
    auth::extract::{MaybeReader, Reader},
    http::error::Error,
};

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

    /// The signed-in reader; 401 without one.
    pub(super) async fn reader(&self) -> Result<Reader, Error> {
        match self {
            Requester::Sender(request) => Reader::of(request).await,
            Requester::Impersonated(viewer) => viewer.reader().ok_or(Error::Unauthorized),
        }
    }

    /// Whether the viewer may see a page. Invalid credentials count as none.
    pub(super) async fn may_see(&self, page: &Page, now: Timestamp) -> Result<bool, Error> {
        let shows = |visitor: &Visitor| decide(page, visitor, now) == Access::Show;
        Ok(shows(&Visitor::Anonymous) || shows(&self.viewer().await?.visitor()))
    }
}
