//! A socket that is bound to its address before the database is opened, and listens once pages can be answered.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use socket2::{Domain, Socket, Type};

/// The maximum time that a client may stop reading its response.
#[cfg(target_os = "linux")]
const STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum number of connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// A bound socket. Until it listens, connections to it are refused.
pub(super) struct BoundSocket {
    socket: Socket,
    address: SocketAddr,
    /// The option that names the address.
    option: &'static str,
}

impl BoundSocket {
    /// Binds a socket to an address; port 0 becomes a free one.
    ///
    /// # Errors
    /// One line with the cause and the fix.
    pub(super) fn bind(address: SocketAddr, option: &'static str) -> Result<BoundSocket, String> {
        let bound = bind(address).and_then(|socket| {
            let address = socket.local_addr()?.as_socket().unwrap_or(address);
            Ok(BoundSocket { socket, address, option })
        });
        bound.map_err(|error| explained(address, option, &error))
    }

    /// The address, with the port that was chosen.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to listen.
    ///
    /// # Errors
    /// One line with the cause and the fix: another process may have begun first.
    pub(super) fn listen(self) -> Result<TcpListener, String> {
        match self.socket.listen(BACKLOG) {
            Ok(()) => Ok(self.socket.into()),
            Err(error) => Err(explained(self.address, self.option, &error)),
        }
    }
}

fn bind(address: SocketAddr) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    // Accepted connections inherit the timeout, which disconnects clients that stop reading.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(STALL_TIMEOUT))?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn explained(address: SocketAddr, option: &str, error: &std::io::Error) -> String {
    let fix = match error.kind() {
        ErrorKind::AddrInUse => "another program uses this port; stop it, or choose another port",
        ErrorKind::PermissionDenied => "ports below 1024 need a privilege; choose another port",
        _ => "choose an address of this machine",
    };
    format!("cannot listen on {address}: {fix} with {option} ({error})")
}
