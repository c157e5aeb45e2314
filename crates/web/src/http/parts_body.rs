//! A large body, sent in parts. Actix copies what it sends into the buffer of the connection: for a client that reads
//! slowly, it would keep a copy of the whole body.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};

use super::budget::Share;

/// The maximum size of a part in bytes, and of a body that is sent in one part.
pub(super) const PART: usize = 32 * 1024;

/// A body whose parts share one buffer.
struct PartsBody {
    rest: Bytes,
    _share: Arc<Share>,
}

/// A body in parts, which holds its share of the budget until it is sent.
pub(super) fn in_parts(body: Bytes, share: Arc<Share>) -> BoxBody {
    BoxBody::new(PartsBody { rest: body, _share: share })
}

impl MessageBody for PartsBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let length = self.rest.len().min(PART);
        Poll::Ready((length > 0).then(|| Ok(self.rest.split_to(length))))
    }
}
