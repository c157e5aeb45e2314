//! `postern check-config` and `postern healthcheck`.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use store::Store;

use crate::{
    config::{Config, Serve},
    first_run,
};

/// The minimum free space for a SQLite database, in bytes: a save needs little, and a backup much more.
const LEAST_FREE_BYTES: u64 = 16 << 20;
/// How long `healthcheck` waits for the connection, and for the answer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Prints the effective options and the state of the database. Changes nothing.
pub(super) fn check_config(config: &Config) -> Result<(), String> {
    let serve = &config.serve;
    println!("listen            {}", serve.listen);
    println!("base URL          {}", serve.base_url());
    println!("trusted proxies   {}", networks(serve));
    println!("HTTPS required    {}", if serve.require_https { "yes" } else { "no" });
    println!("metrics           {}", serve.metrics.0.map_or("none".into(), |address| address.to_string()));
    println!("bcrypt cost       {}", serve.bcrypt_cost);
    let database = config.database()?;
    println!("database          {database}");
    if let Some(hint) = database.hint() {
        println!("                  {hint}");
    }
    Store::check_location(&database).map_err(|error| error.to_string())?;
    if let Some(free) = Store::free_bytes(&database) {
        println!("free space        {} MiB", free >> 20);
        if free < LEAST_FREE_BYTES {
            return Err(format!("less than {} MiB are free for {database}: free space", LEAST_FREE_BYTES >> 20));
        }
    }
    if let Some(file) = database.missing_file() {
        first_run::check(serve)?;
        println!("schema            none yet: `postern` creates {}", file.display());
        return Ok(());
    }
    let store = super::database::connect(config, 1)?;
    if let Some(exposure) = Store::exposure(&database) {
        println!("not private       {exposure}");
    }
    match store.pending().map_err(|error| error.to_string())?.len() {
        0 => println!("schema            up to date"),
        pending => println!("schema            {pending} migrations pending; `postern` applies them"),
    }
    if store.pending().map_err(|error| error.to_string())?.is_empty() {
        store.read(store::site::get).map_err(|error| error.to_string())?;
        if !store.read(store::users::has_admin).map_err(|error| error.to_string())? {
            first_run::check(serve)?;
            println!("administrator     none yet: `postern` adds {}", serve.admin_user);
        }
    }
    match store.find_write_obstacle().map_err(|error| error.to_string())? {
        None => println!("Everything is in order."),
        Some(obstacle) => println!("Pages can be served, but nothing can be saved: {obstacle}"),
    }
    Ok(())
}

fn networks(serve: &Serve) -> String {
    match &serve.trusted_proxies.0[..] {
        [] => "none".into(),
        networks => networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Requests `/healthz` from the server on this machine.
pub(super) fn healthcheck(serve: &Serve) -> Result<(), String> {
    let ip = match serve.listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let address = SocketAddr::new(ip, serve.listen.port());
    let status = status_line(address).map_err(|error| format!("no answer from {address}: {error}"))?;
    if status.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(format!("{address} answers {status}")) }
}

fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
