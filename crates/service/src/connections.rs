//! The connections of a listener, and how long each may take to say what it wants.
//!
//! A client that sends its request a letter at a time would hold a connection for ever. The limits are those of the
//! official server's, roughly: half a minute for the first request, two minutes until the next one; a large body may take
//! as long as it likes while it keeps coming ([`keeps_coming`]), a small one half a minute (`early.rs`). Upgraded connections (the hub) have limits of their own. How long
//! a client may take to read what it asked for is not limited.

use std::future::{Future, ready};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::middleware::map_request;
use axum::serve::Listener;
use futures_util::{StreamExt, stream};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// Where a request came from.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// Bytes a second that a body has to come to in the long run: a tenth of the slowest line that anybody is on.
const SLOWEST: u32 = 240;
/// How many times [`Config::patience`](crate::Config::patience) a connection may lie between two requests: longer than clients keep one
/// that they do not use (a minute and a half), or they would send into one that is just closed.
const BETWEEN_REQUESTS: u32 = 4;

/// Serves what comes to `listener` until `shutdown` resolves; then the requests under way, to their end.
pub(crate) async fn serve<L>(
    mut listener: L,
    service: Router,
    patience: Duration,
    shutdown: impl Future<Output = ()>,
) where
    L: Listener<Addr = SocketAddr>,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience * BETWEEN_REQUESTS);
    // In the middle of a header no ping can be answered: this ends those that trickle, too.
    let mut http2 = builder.http2();
    http2.timer(TokioTimer::new()).keep_alive_interval(patience).keep_alive_timeout(patience);
    http2.enable_connect_protocol();
    // Each connection holds a receiver until it is over.
    let (stop, stopping) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    loop {
        let (io, peer) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let asked = Arc::new(AtomicU64::new(0));
        let service = service.clone().layer(map_request({
            let asked = Arc::clone(&asked);
            move |mut request: Request| {
                asked.fetch_add(1, Ordering::Relaxed);
                request.extensions_mut().insert(ConnectInfo(Peer(peer)));
                ready(request)
            }
        }));
        let service = TowerToHyperService::new(service);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(io), service).into_owned();
        tokio::spawn(attend(connection, asked, patience, stopping.clone()));
    }
    drop((listener, stopping));
    // Whether somebody is there to hear it is of no matter.
    let _ = stop.send(());
    stop.closed().await;
}

/// One connection, for as long as it lasts. `asked` counts its requests.
async fn attend<I>(
    connection: auto::UpgradeableConnection<'static, TokioIo<I>, TowerToHyperService<Router>, TokioExecutor>,
    asked: Arc<AtomicU64>,
    patience: Duration,
    mut stopping: watch::Receiver<()>,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut connection = pin!(connection);
    let mut silence = pin!(sleep(patience));
    let (mut so_far, mut is_told) = (0, false);
    loop {
        tokio::select! {
            // What is there to read comes before the question whether anything came.
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::trace!(error, "a connection");
                }
                return;
            }
            () = &mut silence, if !is_told => match asked.load(Ordering::Relaxed) {
                0 => return,
                // Answers under way are given to their end.
                same if same == so_far => {
                    connection.as_mut().graceful_shutdown();
                    is_told = true;
                }
                more => {
                    so_far = more;
                    silence.as_mut().reset(Instant::now() + patience * BETWEEN_REQUESTS);
                }
            },
            _ = stopping.changed(), if !is_told => {
                connection.as_mut().graceful_shutdown();
                is_told = true;
            }
        }
    }
}

/// The body, which ends in an error once nothing of it came for `patience`. What comes makes up for waiting, by
/// [`SLOWEST`]: a long file on a slow line may take hours, and a byte now and then is not enough.
pub(crate) fn keeps_coming(body: Body, patience: Duration) -> Body {
    let left = Some(patience);
    Body::from_stream(stream::unfold((body.into_data_stream(), left), move |(mut pieces, left)| async move {
        let left = left?;
        let begun = Instant::now();
        let Ok(piece) = timeout(left, pieces.next()).await else {
            return Some((
                Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut))),
                (pieces, None),
            ));
        };
        let piece = piece?;
        let earned = piece.as_ref().map_or(0, |piece: &Bytes| piece.len()) as f64 / f64::from(SLOWEST);
        let left = (left.saturating_sub(begun.elapsed()) + Duration::from_secs_f64(earned)).min(patience);
        Some((piece, (pieces, Some(left))))
    }))
}
