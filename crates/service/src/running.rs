//! A service on a free port of this machine, for the program that embeds it.

use std::net::Ipv4Addr;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::config::Config;
use crate::outbox::{self, Mail};
use crate::serve::{ServeError, serve};
use crate::store::{Store, StoreError};

/// A running service. Dropping it stops it without waiting.
pub struct Running {
    base_url: Url,
    store: Store,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), ServeError>>,
}

/// Serves `store` over plain HTTP on 127.0.0.1, on a port that the system chooses. The listener accepts
/// connections when this returns.
///
/// # Errors
/// When no port can be bound.
pub async fn start(store: Store, config: Config) -> Result<Running, ServeError> {
    start_at(store, config, 0).await
}

/// As [`start`], on `port` where that is free.
///
/// # Errors
/// As [`start`].
pub async fn start_at(store: Store, config: Config, port: u16) -> Result<Running, ServeError> {
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(error) if port != 0 => {
            tracing::info!(port, %error, "another port is taken");
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?
        }
        bound => bound?,
    };
    let base_url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        // An error means that the sender was dropped: that is an order to stop as well.
        let _ = stopped.await;
    };
    let task = tokio::spawn(serve(listener, store.clone(), config, shutdown));
    Ok(Running { base_url, store, stop: Some(stop), task })
}

impl Running {
    /// Where the service listens, for `ServerUrls` (protocol.md §6.4, self-hosted).
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The mails that it would have sent, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn outbox(&self) -> Result<Vec<Mail>, StoreError> {
        self.store.read(outbox::mails).await
    }

    /// Stops the service and waits until its port is closed; requests that are still under way after two
    /// seconds are cut off.
    ///
    /// # Errors
    /// What had stopped the service before, if anything had.
    pub async fn stop(mut self) -> Result<(), ServeError> {
        drop(self.stop.take());
        (&mut self.task).await.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked).into()))
    }
}
