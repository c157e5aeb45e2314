//! Runs the site: opens the database, binds the port, serves until it is told to stop.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{App as ActixApp, HttpServer, middleware::from_fn, web::Data};
use socket2::{Domain, Socket, Type};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    App, Options, admin,
    config::{Config, Serve},
    first_run,
    routes::routes,
};
use crate::{
    cache::{generations::Generations, process::Cache},
    http::{client::Proxies, middleware::envelope},
};

/// How long a request that runs may take to finish when the server stops, in seconds.
const GRACE_SECONDS: u64 = 10;
/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take none of its answer.
#[cfg(target_os = "linux")]
const STALLED: Duration = Duration::from_secs(30);
/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;
/// How long a connection without a request is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// One line with the cause and the mend, before anything was served.
pub fn run(config: &Config) -> Result<(), String> {
    let database = config.database()?;
    // The port first: if somebody has it, no database file should have been made.
    let listener = bind(&config.serve)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let serve = Serve { listen: address, ..config.serve.clone() };
    warn_of_clear_text(&serve);

    if database.missing_file().is_some() {
        first_run::check(&serve)?;
    }
    let store = store::Store::open(&database, POOL_SIZE).map_err(|error| error.to_string())?;
    for migration in store.migrate().map_err(|error| error.to_string())? {
        log::info!("migrated the database: {migration}");
    }
    let first_admin = first_run::run(&store, &serve, config.bcrypt_cost)?;
    let cache = Cache::new(Arc::new(Generations::new(serve.silence())), u64::from(serve.page_cache) << 20);
    let options = Options {
        base_url: serve.base_url(),
        proxies: Proxies { trusted: serve.trusted_proxies.0.clone(), header: serve.forwarded_header },
        require_https: serve.require_https,
        trash_days: serve.trash_days,
    };
    let app = Data::new(App::new(store, cache, config.bcrypt_cost, serve.proofs(), options)?);
    log::info!("version {} listens on {address}, database {database}", env!("CARGO_PKG_VERSION"));
    println!("Postern runs at {}/", serve.base_url());
    if let Some(admin) = first_admin {
        println!("{}", admin.introduction(&serve.base_url()));
    }
    actix_web::rt::System::new().block_on(serve_on(listener, app)).map_err(|error| error.to_string())
}

/// Connections to the database: one for each request that blocks, and no more than PostgreSQL gives a small site.
const POOL_SIZE: u32 = 10;

async fn serve_on(listener: TcpListener, app: Data<App>) -> std::io::Result<()> {
    let (stopping, failed_logins) = (app.clone(), app.failed_logins.clone());
    actix_web::rt::spawn(failed_logins.write_for_ever(app.db.clone()));
    actix_web::rt::spawn(admin::trash::purge_expired(app.clone()));
    actix_web::rt::spawn(admin::links::read_changed_texts(app.clone()));
    let server =
        HttpServer::new(move || ActixApp::new().app_data(app.clone()).wrap(from_fn(envelope)).configure(routes))
            .client_request_timeout(HEAD_TIMEOUT)
            .keep_alive(KEEP_ALIVE)
            .shutdown_timeout(GRACE_SECONDS)
            .shutdown_signal(stop_signal())
            .listen(listener)?
            .run();
    server.await?;
    stopping.failed_logins.write(&stopping.db).await;
    log::info!("stopped; {} sign-ins were verified", stopping.authenticator.bcrypt_pool.verified());
    Ok(())
}

/// SIGTERM and SIGINT alike stop the server in peace.
async fn stop_signal() {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        log::error!("signals cannot be watched; the server stops only when it is killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => log::info!("SIGTERM: finishing what runs"),
        _ = int.recv() => log::info!("SIGINT: finishing what runs"),
    }
}

fn bind(serve: &Serve) -> Result<TcpListener, String> {
    listen(serve.listen).map_err(|error| {
        let mend = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there; stop it, or choose another port",
            std::io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege; choose another port",
            _ => "choose an address of this machine",
        };
        format!("cannot listen on {}: {mend} with --listen or POSTERN_LISTEN ({error})", serve.listen)
    })
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // Each connection inherits it: a client that stops reading its answer is cut off.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(STALLED))?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn warn_of_clear_text(serve: &Serve) {
    if !serve.listen.ip().is_loopback() && serve.trusted_proxies.0.is_empty() {
        log::warn!(
            "listening on {} without TLS: passwords cross the network in the clear. Put a TLS proxy in front, name it \
             with POSTERN_TRUSTED_PROXIES, and set POSTERN_REQUIRE_HTTPS=true",
            serve.listen
        );
    }
}
