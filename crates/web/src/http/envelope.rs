//! The envelope of a request: its id and its client, known before any handler runs.

use std::{
    future::{Ready, ready},
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use super::{client::Client, error::Error};

/// The id and the client of a request, and whether its path has a secret.
#[derive(Clone, Copy, Debug)]
pub struct Envelope {
    id: u64,
    /// The client that sent the request.
    pub client: Client,
    /// Whether the path has a secret, which no log, no other site and no account may learn.
    pub has_secret: bool,
}

impl Envelope {
    /// The envelope of a request that passed the middleware.
    pub fn of(request: &HttpRequest) -> Envelope {
        request
            .extensions()
            .get::<Envelope>()
            .copied()
            .unwrap_or_else(|| Envelope::new(Client { address: IpAddr::from([0, 0, 0, 0]), https: false }, false))
    }

    /// The id in the log and on error pages: 16 hexadecimal digits that reveal nothing.
    pub fn id(&self) -> String {
        String::from_iter(self.digits().map(char::from))
    }

    pub(super) fn digits(&self) -> [u8; 16] {
        let mut rest = self.id;
        [(); 16].map(|()| {
            rest = rest.rotate_left(4);
            b"0123456789abcdef"[(rest & 0xf) as usize]
        })
    }

    /// The envelope of a new request.
    pub(super) fn new(client: Client, has_secret: bool) -> Envelope {
        Envelope { id: next_id(), client, has_secret }
    }

    /// An envelope for unit tests.
    #[cfg(test)]
    pub fn for_tests() -> Envelope {
        let client = Client { address: IpAddr::from([192, 0, 2, 1]), https: false };
        Envelope { id: 1, client, has_secret: false }
    }
}

impl FromRequest for Envelope {
    type Error = Error;
    type Future = Ready<Result<Envelope, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Envelope::of(request)))
    }
}

/// An id that is unique within the process and cannot be guessed from another one.
fn next_id() -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NEXT: AtomicU64 = AtomicU64::new(0);
    KEY.hash_one(NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_16_hexadecimal_digits() {
        assert_eq!(Envelope::for_tests().id(), "0000000000000001");
        let id = |id| Envelope { id, ..Envelope::for_tests() }.id();
        assert_eq!(id(0xfedc_ba98_7654_3210), "fedcba9876543210");
    }
}
