//! Keeps unread chunked bodies alive until the response is sent.
//!
//! When a handler drops a chunked body, actix-http reads it to its end to reuse the connection, and that end may never
//! arrive. While something holds the body, actix-http closes the connection after the response instead.

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

use super::connection::Connection;

/// Holds the body of a request.
pub(crate) struct BodyGuard {
    _body: Rc<RefCell<Payload>>,
}

impl BodyGuard {
    /// Holds the body of a request and lends it to the handlers; `None` for a body of known length.
    pub(crate) fn for_request(request: &mut ServiceRequest) -> Option<BodyGuard> {
        if !request.headers().contains_key(header::TRANSFER_ENCODING) {
            return None;
        }
        let body = Rc::new(RefCell::new(request.take_payload()));
        let connection = request.conn_data::<Rc<Connection>>().cloned();
        request.set_payload(Payload::Stream { payload: Box::pin(LentPayload { body: body.clone(), connection }) });
        Some(BodyGuard { _body: body })
    }

    /// Attaches the guard to the response, which drops it once it is sent.
    pub(crate) fn attach(self, response: HttpResponse) -> HttpResponse {
        response.map_body(|_, body| BoxBody::new(GuardedBody { body, _guard: self }))
    }
}

/// The body that handlers read.
struct LentPayload {
    body: Rc<RefCell<Payload>>,
    connection: Option<Rc<Connection>>,
}

impl Stream for LentPayload {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut *self.body.borrow_mut()).poll_next(context);
        if let (Poll::Pending, Some(connection)) = (&next, &self.connection) {
            connection.want();
        }
        next
    }
}

/// The body of a response, with the guard of the request.
struct GuardedBody {
    body: BoxBody,
    _guard: BodyGuard,
}

impl MessageBody for GuardedBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
