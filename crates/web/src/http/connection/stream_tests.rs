//! What Actix may read of a connection, over a real socket.

use std::{future::poll_fn, io::Write};

use futures_util::FutureExt;
use tokio::time::timeout;

use super::*;
use crate::http::{budget::Budget, read_ahead::WINDOW};

/// A connection, its stream, and its client.
async fn connect() -> (Rc<Connection>, Stream, std::net::TcpStream) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let connection = Rc::<Worker>::default().connection(Budget::new(1).take(None, 1).unwrap());
    let (socket, _) = listener.accept().await.unwrap();
    (connection.clone(), Stream::new(socket, connection), client)
}

/// Reads as Actix does, until it has to wait; returns the number of bytes, at least one unless the client has closed
/// its side.
async fn read(stream: &mut Stream) -> usize {
    let mut bytes = 0;
    let read = poll_fn(|context| {
        loop {
            let mut room = [0; 8192];
            let mut buffer = ReadBuf::new(&mut room);
            match Pin::new(&mut *stream).poll_read(context, &mut buffer) {
                Poll::Ready(read) if buffer.filled().is_empty() => return Poll::Ready(read),
                Poll::Ready(_) => bytes += buffer.filled().len(),
                Poll::Pending if bytes > 0 => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
            }
        }
    });
    timeout(Duration::from_secs(10), read).await.expect("the reader is woken").unwrap();
    bytes
}

#[actix_web::test]
async fn t96_requests_that_are_sent_at_once_are_read_a_few_at_a_time() {
    let (connection, mut stream, mut client) = connect().await;
    client.write_all(&[b'x'; 6 * WINDOW]).unwrap();
    assert_eq!(read(&mut stream).await, WINDOW);
    // They are handled at once, and Actix reads on.
    assert_eq!(read(&mut stream).await, WINDOW);
    let handling = Connection::handle(Some(&connection));
    assert!(read(&mut stream).now_or_never().is_none(), "the requests behind one that is handled fill the window");
    let ((), bytes) = tokio::join!(async { drop(handling) }, read(&mut stream));
    assert_eq!(bytes, WINDOW);
    let sending = Connection::handle(Some(&connection)).answered();
    assert!(read(&mut stream).now_or_never().is_none(), "so do those behind one whose answer is being sent");
    let (bytes, ()) = tokio::join!(read(&mut stream), async { drop(sending) });
    assert_eq!(bytes, WINDOW);
    connection.stalled_since.set(Some(0));
    assert!(read(&mut stream).now_or_never().is_none(), "and those of a client that does not take its answer");
    let taken = async { poll_fn(|context| Pin::new(&mut stream).poll_write(context, b"x")).await.unwrap() };
    assert_eq!(taken.await, 1);
    assert_eq!(read(&mut stream).await, WINDOW);
}

#[actix_web::test]
async fn t96_a_body_is_read_while_its_request_is_handled() {
    let (connection, mut stream, mut client) = connect().await;
    let body = 20 * WINDOW;
    client.write_all(&vec![b'x'; body + 2 * WINDOW]).unwrap();
    assert_eq!(read(&mut stream).await, WINDOW);
    let _handling = Connection::handle(Some(&connection));
    let mut head = RequestHead::default();
    head.method = Method::POST;
    head.headers.insert(header::CONTENT_LENGTH, body.to_string().parse().unwrap());
    connection.expect(&head);
    assert_eq!(read(&mut stream).await, body);
    assert!(read(&mut stream).now_or_never().is_none(), "the requests behind the body wait");
}

#[actix_web::test]
async fn t96_a_body_of_unknown_length_is_read_as_far_as_its_handler_wants_it() {
    let (connection, mut stream, mut client) = connect().await;
    client.write_all(&[b'x'; 3 * WINDOW]).unwrap();
    assert_eq!(read(&mut stream).await, WINDOW);
    let _handling = Connection::handle(Some(&connection));
    assert!(read(&mut stream).now_or_never().is_none());
    let (bytes, ()) = tokio::join!(read(&mut stream), async { connection.want() });
    assert_eq!(bytes, WINDOW);
    assert!(read(&mut stream).now_or_never().is_none());
}

#[actix_web::test]
async fn t95_a_request_of_a_client_that_has_closed_its_side_is_given_up_unless_it_changes_something() {
    for (method, is_given_up) in [(Method::GET, true), (Method::HEAD, true), (Method::POST, false)] {
        let (connection, mut stream, client) = connect().await;
        client.shutdown(std::net::Shutdown::Write).unwrap();
        let mut head = RequestHead::default();
        head.method = method.clone();
        let handling = Connection::handle(Some(&connection));
        connection.expect(&head);
        assert_eq!(read(&mut stream).await, 0);
        let flush = poll_fn(|context| Pin::new(&mut stream).poll_flush(context));
        (0..CLOSED_SECONDS).for_each(|_| connection.worker.tick());
        flush.await.expect("its answer may still come");
        connection.worker.tick();
        let flushed = poll_fn(|context| Pin::new(&mut stream).poll_flush(context)).await;
        assert_eq!(flushed.is_err(), is_given_up, "{method}");
        drop(handling);
    }
}

#[actix_web::test]
async fn t95_an_answer_is_sent_to_its_end_after_its_client_has_closed_its_side() {
    let (connection, mut stream, client) = connect().await;
    client.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(read(&mut stream).await, 0);
    let _sending = Connection::handle(Some(&connection)).answered();
    (0..10 * CLOSED_SECONDS).for_each(|_| connection.worker.tick());
    poll_fn(|context| Pin::new(&mut stream).poll_flush(context)).await.unwrap();
}
