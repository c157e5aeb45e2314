//! Runs the site: opens the database, binds the port, and serves until SIGTERM or SIGINT.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use actix_web::web::Data;
use socket2::{Domain, Socket, Type};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    App, Options, admin,
    config::{Config, Serve},
    db::POOL_SIZE,
    first_run,
    routes::application,
};
use crate::{
    cache::{generations::Generations, process::Cache},
    http::{client::Proxies, listener},
};

/// The maximum time that a client may stop reading its response.
#[cfg(target_os = "linux")]
const STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// One line with the cause and the fix, before any request is served.
pub fn run(config: &Config) -> Result<(), String> {
    let database = config.database()?;
    // Before the database is opened: a failed start must not leave a new database file behind.
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
    let obstacle = store.find_write_obstacle().map_err(|error| error.to_string())?;
    if let Some(obstacle) = &obstacle {
        log::warn!("pages are served, but nothing can be saved: {obstacle}");
    }
    let first_admin = first_run::run(&store, &serve, config.bcrypt_cost)?;
    let cache = Cache::new(Arc::new(Generations::new(serve.staleness_limits())), u64::from(serve.page_cache) << 20);
    let options = Options {
        base_url: serve.base_url(),
        proxies: Proxies { trusted: serve.trusted_proxies.0.clone(), header: serve.forwarded_header },
        require_https: serve.require_https,
        trash_days: serve.trash_days,
        is_read_only: obstacle.is_some(),
    };
    let app = Data::new(App::new(store, cache, config.bcrypt_cost, serve.verified_limits(), options)?);
    log::info!("version {} listens on {address}, database {database}", env!("CARGO_PKG_VERSION"));
    println!("Postern runs at {}/", serve.base_url());
    if let Some(admin) = first_admin {
        println!("{}", admin.introduction(&serve.base_url()));
    }
    let drain = Duration::from_secs(serve.drain.into());
    actix_web::rt::System::new().block_on(serve_on(listener, app, drain)).map_err(|error| error.to_string())
}

async fn serve_on(listener: TcpListener, app: Data<App>, drain: Duration) -> std::io::Result<()> {
    let state = app.clone();
    actix_web::rt::spawn(app.failed_logins.clone().write_periodically(app.db.clone()));
    actix_web::rt::spawn(admin::trash::purge_expired(app.clone()));
    actix_web::rt::spawn(admin::links::read_changed_texts(app.clone()));
    actix_web::rt::spawn(admin::search_index::read_changed_texts(app.clone()));
    let application = move || application(app.clone());
    let stop = stop_signal(state.clone(), drain);
    listener::serve(listener, &state.options.proxies, application, stop)?.await?;
    state.failed_logins.write(&state.db).await;
    log::info!("stopped; {} sign-ins were verified", state.authenticator.bcrypt_pool.verified());
    Ok(())
}

/// Waits for SIGTERM or SIGINT; both stop the server gracefully. After SIGTERM the server goes on for the time `drain`,
/// in which `/readyz` answers 503, so that a load balancer sends no more requests before the port is closed.
async fn stop_signal(app: Data<App>, drain: Duration) {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        log::error!("signals cannot be handled; the server stops only when it is killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {
            app.is_draining.store(true, Relaxed);
            if !drain.is_zero() {
                log::info!("SIGTERM: stopping in {} seconds", drain.as_secs());
                actix_web::rt::time::sleep(drain).await;
            }
            log::info!("SIGTERM: finishing running requests");
        }
        _ = int.recv() => log::info!("SIGINT: finishing running requests"),
    }
}

fn bind(serve: &Serve) -> Result<TcpListener, String> {
    listen(serve.listen).map_err(|error| {
        let fix = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program uses this port; stop it, or choose another port",
            std::io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege; choose another port",
            _ => "choose an address of this machine",
        };
        format!("cannot listen on {}: {fix} with --listen or POSTERN_LISTEN ({error})", serve.listen)
    })
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // Accepted connections inherit the timeout, which disconnects clients that stop reading.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(STALL_TIMEOUT))?;
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
