//! The HTTP servers over listening sockets: how many connections there may be, and how long a client may take.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_http::{HttpService, Request, Response};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, apply_fn_factory, fn_service, map_config,
};
use actix_web::{
    Error as ActixError,
    body::{BoxBody, MessageBody},
    dev::{AppConfig, Server, ServiceResponse},
};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::net::TcpStream;

use super::{
    budget::Budget,
    client::{Client, Proxies},
    connection::{Connection, Stream, Worker},
    logging::LogLimiter,
    sending_body::SendingBody,
};

/// The maximum time in seconds for running requests to finish during the shutdown.
const SHUTDOWN_SECONDS: u64 = 10;
/// The maximum time that a client may take to send the head of a request; see `connection` for later ones.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum time that a connection may stay open without a request.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// The maximum time in which a client's unread bytes are read after the last answer.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum number of connections; each one takes some 20 KB.
const MAX_CONNECTIONS: usize = 8192;
/// The open files that are not connections of clients: the database, its feed, the log, and what the runtime needs.
const OTHER_FILES: usize = 128;

/// How many clients a listener serves at a time.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// The maximum number of connections. A client network gets at most a quarter of those that others leave.
    pub connections: usize,
    /// The number of threads; `None` for one on each core.
    pub threads: Option<usize>,
}

impl Capacity {
    /// The capacity for the site: as many connections as the limit on open files allows.
    pub fn of_site() -> Capacity {
        Capacity { connections: max_connections(), threads: None }
    }
}

/// Serves an application on a listening socket until `stop` is ready, and then finishes what runs.
///
/// # Errors
/// When the socket cannot be used.
pub fn serve<A, S, B>(
    listener: TcpListener,
    capacity: Capacity,
    proxies: &Proxies,
    application: impl Fn() -> A + Send + Clone + 'static,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<Server>
where
    A: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = ActixError, InitError = ()>
        + 'static,
    S::Service: 'static,
    B: MessageBody + Unpin + 'static,
{
    let mut server = Server::build().shutdown_timeout(SHUTDOWN_SECONDS).shutdown_signal(stop);
    if let Some(threads) = capacity.threads {
        server = server.workers(threads);
    }
    let draining = server.graceful_shutdown_signal();
    let connections = Budget::new(capacity.connections);
    let proxies = proxies.clone();
    let services = move || {
        let (worker, draining) = (Worker::start(), draining.clone());
        let (connections, proxies) = (connections.clone(), proxies.clone());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            // Otherwise a client that closes its side, or sends bytes that are no request, gets no answer to the one before.
            // `connection` gives up the requests of clients that have gone.
            .h1_allow_half_closed(true)
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(LINGER_TIMEOUT)
            .on_connect_ext(|stream: &Stream, data| {
                data.insert(stream.connection().clone());
            })
            .h1(map_config(apply_fn_factory(application(), answer).map_err(into_response), |()| AppConfig::default()));
        fn_service(move |socket: TcpStream| {
            let stream = accept(socket, &worker, &connections, &proxies);
            async move { stream }
        })
        .map_err(actix_http::error::DispatchError::Io)
        .and_then(http)
    };
    Ok(server.listen("http", listener, services)?.run())
}

/// Answers a request, and notes for its connection when it is being handled and when its answer is being sent.
fn answer<S, B>(
    request: Request,
    application: &S,
) -> impl Future<Output = Result<ServiceResponse<SendingBody<B>>, ActixError>> + use<S, B>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = ActixError>,
{
    let connection = request.conn_data::<std::rc::Rc<Connection>>();
    let handling = Connection::handle(connection);
    if let Some(connection) = connection {
        connection.expect(request.head());
    }
    let answered = application.call(request);
    async move {
        let answer = answered.await?;
        Ok(answer.map_body(|_, body| SendingBody::new(body, handling.answered())))
    }
}

fn into_response(error: ActixError) -> Response<BoxBody> {
    error.error_response().into()
}

type Accepted = (Stream, Option<std::net::SocketAddr>);

/// Gives a new connection its share of all connections. A refused one is closed without an answer.
fn accept(
    socket: TcpStream,
    worker: &std::rc::Rc<Worker>,
    connections: &Arc<Budget>,
    proxies: &Proxies,
) -> std::io::Result<Accepted> {
    /// A flood opens many of them.
    static LIMITER: LogLimiter = LogLimiter::new();
    let peer = socket.peer_addr()?;
    let address = peer.ip().to_canonical();
    let origin = (!proxies.contain(address)).then(|| Client { address, https: false }.origin());
    let Some(share) = connections.take(origin, 1) else {
        if LIMITER.allows("connections") {
            log::warn!("a connection was closed, because its network has too many: client={address}");
        }
        return Err(std::io::ErrorKind::ConnectionRefused.into());
    };
    Ok((Stream::new(socket, worker.connection(share)), Some(peer)))
}

/// The number of connections that the limit on open files allows, after it was raised as far as the system permits.
fn max_connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = (MAX_CONNECTIONS + OTHER_FILES) as u64;
    let allowed = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let mut current = limit.current.unwrap_or(wanted);
    if current < allowed {
        let raised = rustix::process::Rlimit { current: Some(allowed), ..limit };
        match setrlimit(Resource::Nofile, raised) {
            Ok(()) => current = allowed,
            Err(error) => log::warn!("the limit of {current} open files cannot be raised: {error}"),
        }
    }
    let connections = usize::try_from(current).unwrap_or(MAX_CONNECTIONS).saturating_sub(OTHER_FILES);
    let connections = connections.clamp(16, MAX_CONNECTIONS);
    if connections < MAX_CONNECTIONS {
        log::warn!(
            "the limit of {current} open files allows {connections} connections; raise it, for example with LimitNOFILE"
        );
    }
    connections
}
