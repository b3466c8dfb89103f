//! The service on a listener.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state, map_request_with_state};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use url::{Host, Url};

use crate::app::App;
use crate::beside;
use crate::config::Config;
use crate::connections;
use crate::delivery;
use crate::early::after_the_request;
use crate::error::ApiError;
use crate::origins::from_no_foreign_page;
use crate::routes;
use crate::secrets::SecretsError;
use crate::sends::delete_when_due;
use crate::store::{Store, StoreError};
use crate::target::{Targets, as_the_table_has_it};

/// Bytes of a request body, where the table of routes says nothing else: the largest thing then is one item.
const BODY_LIMIT: usize = 512 * 1024;
/// How long requests under way may take once the service was told to stop: a client that sends half of one, or does not
/// read its answer, would hold up the end for ever.
const GRACE: Duration = Duration::from_secs(2);

/// Why a service did not start or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The service's own secrets could not be read or made.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The folder of attached files could not be put in order.
    #[error("the folder of files")]
    Files(#[source] std::io::Error),
    /// The listener failed.
    #[error("the listener")]
    Listener(#[from] std::io::Error),
    /// Whoever wanted to know that the service is there could not be told.
    #[error("telling that the service is there")]
    Told(#[source] std::io::Error),
    /// The listener's address makes no URL, which no IP address should.
    #[error("the listener's address")]
    Address(#[from] url::ParseError),
}

impl ServeError {
    /// Whether the service's database is broken.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Secrets(SecretsError::Store(error)) => error.is_damage(),
            Self::Files(error) => {
                let of_store = error.get_ref().and_then(|error| error.downcast_ref::<StoreError>());
                of_store.is_some_and(StoreError::is_damage)
            }
            _ => false,
        }
    }
}

/// Serves plain HTTP on `listener` until `shutdown` resolves; then requests under way have two seconds to finish.
///
/// # Errors
/// [`ServeError`]; the listener is closed then.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_and_tell(listener, store, config, || Ok(()), shutdown).await
}

/// As [`serve`], and tells when everything is open that the service needs: nothing but the network can fail it then.
///
/// # Errors
/// [`ServeError`]; the listener is closed then.
pub async fn serve_and_tell(
    listener: TcpListener,
    store: Store,
    config: Config,
    tell: impl FnOnce() -> std::io::Result<()>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let base = config.base(&format!("http://{}", listener.local_addr()?))?;
    run(listener, store, config, base, tell, shutdown).await
}

pub(crate) async fn run<L>(
    listener: L,
    store: Store,
    config: Config,
    base: Url,
    tell: impl FnOnce() -> std::io::Result<()>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError>
where
    L: Listener<Addr = SocketAddr>,
{
    // Making the signing key takes a moment: not on a thread that others wait for.
    let ready = tokio::task::spawn_blocking(move || {
        let serving = store.files().sweep(&store).map_err(ServeError::Files)?;
        Ok::<_, ServeError>(App::new(store, config, &base, serving)?)
    });
    let app = ready.await.map_err(std::io::Error::other)??;
    tell().map_err(ServeError::Told)?;
    // Dropped when this ends, in whatever way.
    let (_served, ended) = watch::channel(());
    let service = service(&app).layer(from_fn_with_state(ended, until_the_end));
    let patience = app.config.patience;
    let hub = app.store.hub().clone();
    let (stop, stopping) = oneshot::channel::<()>();
    let shutdown = async move {
        shutdown.await;
        // Who listens would go on listening.
        hub.close();
        drop(stop);
    };
    let out_of_patience = async move {
        // It is dropped when the end has begun, and nothing else is ever said.
        let _ = stopping.await;
        tokio::time::sleep(GRACE).await;
    };
    let delivery = {
        let (store, smtp) = (app.store.clone(), app.config.smtp.clone());
        async move {
            match smtp {
                Some(account) => delivery::deliver(store, account).await,
                None => std::future::pending().await,
            }
        }
    };
    let others = beside::tell_of_others(app.store.clone());
    tokio::select! {
        () = connections::serve(listener, service, patience, shutdown) => Ok(()),
        () = out_of_patience => Ok(()),
        () = delete_when_due(app) => Ok(()),
        () = delivery => Ok(()),
        () = others => Ok(()),
    }
}

/// Connections outlive the listener that took them: a request that is under way when the service ends, or comes after it,
/// is not served any more.
async fn until_the_end(
    State(mut ended): State<watch::Receiver<()>>,
    request: Request,
    next: Next,
) -> Response {
    tokio::select! {
        biased;
        // Nothing is ever sent: it is the end of the sender that is heard of.
        _ = ended.changed() => (StatusCode::SERVICE_UNAVAILABLE, [(header::CONNECTION, "close")]).into_response(),
        answer = next.run(request) => answer,
    }
}

fn service(app: &App) -> Router {
    let routes = routes::router(app)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(app.clone(), from_no_foreign_page))
        .layer(from_fn_with_state(app.clone(), addressed_to_us));
    // Around the router, which looks at the path first.
    Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(app.config.patience, after_the_request))
        .layer(map_request_with_state(Targets::of_the_table(), as_the_table_has_it))
}

/// A web page whose name was pointed at this machine (DNS rebinding) sends its own name as host: turned away.
async fn addressed_to_us(State(app): State<App>, request: Request, next: Next) -> Response {
    // Who looks at one and who at the other would not agree on whom the request is for (RFC 9112 §3.2).
    if request.headers().get_all(header::HOST).iter().count() > 1 {
        return ApiError::refused("The request names more than one host.").into_response();
    }
    let host = match request.uri().host() {
        // HTTP/2 carries the host in the target.
        Some(host) => Some(host),
        None => request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).map(without_port),
    };
    match host {
        Some(host) if is_ours(host, app.config.public_url.as_ref()) => next.run(request).await,
        _ => ApiError::Misdirected.into_response(),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        // The colon of `[::1]` stands inside the brackets.
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_ours(host: &str, public: Option<&Url>) -> bool {
    let Ok(host) = Host::parse(host) else { return false };
    let this_machine = match &host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    this_machine || public.and_then(Url::host).is_some_and(|public| public.to_owned() == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_the_public_name_are_ours() {
        let public = Url::parse("https://vault.brightwater.example:8443").unwrap();
        for (host, ours) in [
            ("127.0.0.1:4711", true),
            ("localhost", true),
            ("LOCALHOST:80", true),
            ("[::1]:4711", true),
            ("[::1]", true),
            ("vault.brightwater.example:8443", true),
            ("evil.example", false),
            ("evil.example:4711", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("192.168.1.5", false),
            ("", false),
        ] {
            assert_eq!(is_ours(without_port(host), Some(&public)), ours, "{host}");
        }
        assert!(!is_ours("vault.brightwater.example", None));
    }
}
