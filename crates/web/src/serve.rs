//! Runs the site: opens the database, binds the port, and serves until SIGTERM or SIGINT.

mod socket;

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use actix_web::web::Data;
use store::Store;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    App, Options, admin,
    cache::{generations::Generations, process::Cache},
    config::{Config, Serve, values::Networks},
    db::POOL_SIZE,
    first_run,
    http::{
        client::Proxies,
        listener::{self, Capacity},
        upload_limits::Pace,
    },
    markdown, metrics,
    routes::application,
};
use socket::BoundSocket;

/// The maximum time for bulk jobs to end after the port was closed.
const JOB_SECONDS: Duration = Duration::from_secs(8);

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// One line with the cause and the fix, before any request is served.
pub fn run(config: &Config) -> Result<(), String> {
    let database = config.database()?;
    for option in &config.exposed {
        log::warn!(
            "{option} shows a password to every user of this machine: use a file instead (POSTERN_ADMIN_PASSWORD_FILE, \
             PGPASSFILE), or a variable"
        );
    }
    if let Some(hint) = database.hint() {
        log::warn!("DATABASE_URL has characters that mean something else in a URL: {hint}");
    }
    // Before the database is opened: a failed start must not leave a new database file behind.
    let socket = BoundSocket::bind(config.serve.listen, "--listen or POSTERN_LISTEN")?;
    let metrics = config.serve.metrics.0.map(|address| BoundSocket::bind(address, "--metrics or POSTERN_METRICS"));
    let metrics = metrics.transpose()?;
    let address = socket.address();
    let serve = Serve { listen: address, ..config.serve.clone() };
    warn_of_clear_text(&serve);

    if database.missing_file().is_some() {
        first_run::check(&serve)?;
    }
    let store = Store::open(&database, POOL_SIZE).map_err(|error| error.to_string())?.indexing(markdown::plain);
    if let Some(exposure) = Store::exposure(&database) {
        log::warn!("the database is not private: {exposure}");
    }
    let is_new = store.is_new().map_err(|error| error.to_string())?;
    let migrations = store.migrate().map_err(|error| error.to_string())?;
    match is_new {
        true => log::info!("made the tables of a new database, with {} migrations", migrations.len()),
        false => migrations.iter().for_each(|migration| log::info!("migrated the database: {migration}")),
    }
    let obstacle = store.find_write_obstacle().map_err(|error| error.to_string())?;
    if let Some(obstacle) = &obstacle {
        log::warn!("pages are served, but nothing can be saved: {obstacle}");
    }
    let first_admin = first_run::run(&store, &serve, config.serve.bcrypt_cost, obstacle.is_none())?;
    let app = assembled(store, &serve, obstacle.is_some())?;
    let drain = Duration::from_secs(serve.drain.into());
    // Nobody is let in before the first administrator exists.
    let metrics = metrics.map(listen_for_metrics).transpose()?;
    let listener = socket.listen()?;
    let introduce = move || {
        log::info!("version {} listens on {address}, database {database}", env!("CARGO_PKG_VERSION"));
        println!("Postern runs at {}/", serve.base_url());
        if let Some(admin) = first_admin {
            println!("{}", admin.introduction(&serve.base_url()));
        }
    };
    let serving = serve_on(listener, metrics, app, drain, introduce);
    actix_web::rt::System::new().block_on(serving).map_err(|error| error.to_string())
}

/// The state of a server with these options.
fn assembled(store: Store, serve: &Serve, is_read_only: bool) -> Result<Data<App>, String> {
    let cache = Cache::new(Arc::new(Generations::new(serve.staleness_limits())), u64::from(serve.page_cache) << 20);
    let options = Options {
        base_url: serve.base_url(),
        is_base_url_chosen: serve.is_base_url_chosen(),
        proxies: Proxies { trusted: serve.trusted_proxies.0.clone(), header: serve.forwarded_header },
        require_https: serve.require_https,
        trash_days: serve.trash_days,
        uploads: serve.upload_limits(),
        pace: Pace::default(),
        is_read_only,
    };
    Ok(Data::new(App::new(store, cache, serve.bcrypt_cost, serve.verified_limits(), options)?))
}

/// The state of a server on the loopback address, with these options as far as they apply there: without a proxy and
/// without HTTPS.
///
/// # Errors
/// One line with the cause.
pub fn local_app(store: Store, serve: &Serve, address: SocketAddr) -> Result<Data<App>, String> {
    let local = Serve {
        listen: address,
        base_url: Some(format!("http://{address}").parse()?),
        trusted_proxies: Networks::default(),
        require_https: false,
        ..serve.clone()
    };
    assembled(store, &local, false)
}

fn listen_for_metrics(socket: BoundSocket) -> Result<TcpListener, String> {
    let address = socket.address();
    let listener = socket.listen()?;
    log::info!("metrics are served on http://{address}/metrics");
    if !address.ip().is_loopback() {
        log::warn!("the metrics on {address} can be read by everyone who reaches this address");
    }
    Ok(listener)
}

/// Serves until a signal; calls `introduce` once requests are answered, after every line of the start.
async fn serve_on(
    listener: TcpListener,
    metrics: Option<TcpListener>,
    app: Data<App>,
    drain: Duration,
    introduce: impl FnOnce(),
) -> std::io::Result<()> {
    let state = app.clone();
    actix_web::rt::spawn(app.failed_logins.clone().write_periodically(app.db.clone()));
    let sharing = app.clone();
    actix_web::rt::spawn(async move { sharing.authenticator.share_periodically(&sharing.db).await });
    actix_web::rt::spawn(admin::jobs::Jobs::purge_periodically(app.db.clone()));
    actix_web::rt::spawn(admin::trash::purge_expired(app.clone()));
    actix_web::rt::spawn(admin::unused_contents::sweep_periodically(app.clone()));
    actix_web::rt::spawn(admin::links::read_changed_texts(app.clone()));
    actix_web::rt::spawn(admin::search_index::read_changed_texts(app.clone()));
    app.jobs.run_on(tokio::runtime::Handle::current());
    let application = move || application(app.clone());
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let signal = state.clone();
    let stop = async move {
        stop_signal(signal, drain).await;
        let _unread = stopping.send(Instant::now());
    };
    let server = listener::serve(listener, Capacity::of_site(), &state.options.proxies, application, stop)?;
    let metrics = metrics.map(|listener| metrics::serve(listener, state.clone())).transpose()?;
    introduce();
    // Metrics are served until the end, even while the site drains: operators look at them then.
    let metrics = metrics.map(|server| (server.handle(), actix_web::rt::spawn(server)));
    server.await?;
    let since_stop = stopped.await.map_or(Duration::ZERO, |at| at.elapsed());
    state.jobs.stop(&state.db, JOB_SECONDS.saturating_sub(since_stop)).await;
    if let Some((handle, _)) = metrics {
        handle.stop(false).await;
    }
    state.failed_logins.write(&state.db).await;
    if let Err(error) = state.authenticator.share(&state.db).await {
        log::warn!("wrong passwords are counted by this instance alone: {error}");
    }
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

fn warn_of_clear_text(serve: &Serve) {
    if !serve.listen.ip().is_loopback() && serve.trusted_proxies.0.is_empty() {
        log::warn!(
            "listening on {} without TLS: passwords cross the network in the clear. Put a TLS proxy in front, name it \
             with POSTERN_TRUSTED_PROXIES, and set POSTERN_REQUIRE_HTTPS=true",
            serve.listen
        );
    }
}
