//! The rest of a body that nobody reads.
//!
//! actix-http waits for the end of a chunked body that a handler has dropped, so as to use the connection again, and that
//! end may never come. While somebody holds the body, it closes the connection after the answer instead.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    HttpMessage, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::header,
    web::Bytes,
};
use futures_util::Stream;

/// A body that is held until the answer was sent.
pub(crate) struct BodyGuard {
    _body: Rc<RefCell<Payload>>,
}

impl BodyGuard {
    /// Holds the body of a request, which handlers read as before; `None` for one whose length is known.
    pub(crate) fn hold(request: &mut ServiceRequest) -> Option<BodyGuard> {
        if !request.headers().contains_key(header::TRANSFER_ENCODING) {
            return None;
        }
        let held = Rc::new(RefCell::new(request.take_payload()));
        request.set_payload(Payload::Stream { payload: Box::pin(Lent(held.clone())) });
        Some(BodyGuard { _body: held })
    }

    /// The answer, which holds the body until it has been sent.
    pub(crate) fn until_sent(self, response: HttpResponse) -> HttpResponse {
        response.map_body(|_, body| BoxBody::new(Holding { body, _unread: self }))
    }
}

/// What handlers read.
struct Lent(Rc<RefCell<Payload>>);

impl Stream for Lent {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

struct Holding {
    body: BoxBody,
    _unread: BodyGuard,
}

impl MessageBody for Holding {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
