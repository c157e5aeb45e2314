//! The body of an answer, whose connection is busy until the body has been sent.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};

use super::connection::Sending;

/// A body that is being sent.
pub(super) struct SendingBody<B> {
    body: B,
    _sending: Sending,
}

impl<B> SendingBody<B> {
    pub(super) fn new(body: B, sending: Sending) -> SendingBody<B> {
        SendingBody { body, _sending: sending }
    }
}

impl<B: MessageBody + Unpin> MessageBody for SendingBody<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
