//! `service serve`: the embedded provider service on its own.

use std::path::{Path, PathBuf};

use portico_service::{Config, Store, serve, tls};
use tokio::net::TcpListener;

use crate::cli::{Serve, Service};
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(command: &Service) -> Result<(), Failure> {
    match command {
        Service::Serve(options) => tokio::runtime::Runtime::new()?.block_on(serve_until_interrupted(options)),
    }
}

/// The service's one file inside its data folder, which is made when it is not there.
pub(crate) fn store_file(data: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(data).map_err(|source| Failure::File { path: data.to_owned(), source })?;
    Ok(data.join("service.sqlite3"))
}

async fn serve_until_interrupted(options: &Serve) -> Result<(), Failure> {
    let store = Store::open(store_file(&options.data)?)?;
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let config = Config::default();
    // Whoever started this waits for the line: the listener takes connections from here on.
    if options.tls {
        let authority = tls::local_authority(&options.data)?;
        output::line(&format!("listening https://{address}"))?;
        output::line(&format!("ca {}", authority.authority_file().display()))?;
        Ok(tls::serve_tls(listener, &authority, store, config, interrupted()).await?)
    } else {
        output::line(&format!("listening http://{address}"))?;
        Ok(serve(listener, store, config, interrupted()).await?)
    }
}

/// Ends with Ctrl-C, or with the signal by which services are told to end.
async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
