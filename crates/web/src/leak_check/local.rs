//! A site in this process, on a port of its own that only this machine can reach.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    thread::JoinHandle,
};

use actix_http::Request;
use actix_service::{IntoServiceFactory, ServiceFactory};
use actix_web::{
    Error as ActixError,
    body::MessageBody,
    dev::{AppConfig, ServiceResponse},
    web::Data,
};
use tokio::sync::oneshot::{self, Sender};

use crate::{
    App,
    http::{
        client::Proxies,
        listener::{self, Capacity},
    },
    routes::application,
};

/// A site that serves until this is dropped. It purges and sweeps nothing.
pub struct Local {
    stop: Option<Sender<()>>,
    serving: Option<JoinHandle<std::io::Result<()>>>,
}

impl Local {
    /// Binds a random port of the loopback address; returns the address of the site with the listening socket.
    ///
    /// # Errors
    /// One line with the cause.
    pub fn bind() -> Result<(TcpListener, SocketAddr), String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let bound = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
        bound
            .map(|(address, listener)| (listener, address))
            .map_err(|error| format!("no port of 127.0.0.1 can be used: {error}"))
    }

    /// Serves a site on a socket.
    ///
    /// # Errors
    /// One line with the cause.
    pub fn serve(listener: TcpListener, app: Data<App>) -> Result<Local, String> {
        let proxies = app.options.proxies.clone();
        Local::serve_with(listener, &proxies, move || application(app.clone()))
    }

    /// Serves an application on a socket.
    ///
    /// # Errors
    /// One line with the cause.
    pub fn serve_with<A, S, B>(
        listener: TcpListener,
        proxies: &Proxies,
        application: impl Fn() -> A + Send + Clone + 'static,
    ) -> Result<Local, String>
    where
        A: IntoServiceFactory<S, Request>,
        S: ServiceFactory<
                Request,
                Config = AppConfig,
                Response = ServiceResponse<B>,
                Error = ActixError,
                InitError = (),
            > + 'static,
        S::Service: 'static,
        B: MessageBody + Unpin + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        let proxies = proxies.clone();
        let serve = move || {
            actix_web::rt::System::new().block_on(async move {
                let stopped = async move {
                    let _dropped = stopped.await;
                };
                listener::serve(listener, Capacity::of_site(), &proxies, application, stopped)?.await
            })
        };
        let serving = std::thread::Builder::new().name("audited site".into()).spawn(serve);
        let serving = serving.map_err(|error| format!("no thread for the site: {error}"))?;
        Ok(Local { stop: Some(stop), serving: Some(serving) })
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            let _ended = serving.join();
        }
    }
}
