//! The connections of a listener, and how long each may take to say what it wants and to read what it asked for.
//!
//! A client that sends its request a letter at a time would hold a connection for ever. The limits are those of the
//! official server's, roughly: half a minute for the first request, two minutes until the next one; a large body may take
//! as long as it likes while it keeps coming ([`keeps_coming`]), a small one half a minute (`early.rs`). An answer may take as
//! long while it is being read: a connection that asks for nothing more, for which nobody is at work and that takes less
//! than the slowest line would is over. The hub has limits of its own.

use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::serve::Listener;
use futures_util::{StreamExt, stream};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// Where a request came from.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// Kept by whatever is at work for a connection: a request that is being read or handled, and the hub. They are counted.
pub(crate) struct AtWork(Arc<AtomicU64>);

impl AtWork {
    fn counted_in(count: &Arc<AtomicU64>) -> AtWork {
        count.fetch_add(1, Ordering::Relaxed);
        AtWork(Arc::clone(count))
    }
}

impl Clone for AtWork {
    fn clone(&self) -> AtWork {
        AtWork::counted_in(&self.0)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Bytes a second that a body, and an answer, has to come to in the long run: a tenth of the slowest line that anybody is on.
const SLOWEST: u32 = 240;
/// How many times [`Config::patience`](crate::Config::patience) a connection may lie between two requests, and then between two
/// pieces of an answer: longer than clients keep one that they do not use (a minute and a half), or they would send into one
/// that is just closed.
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
        let seen = Seen::default();
        let service = service.clone().layer(from_fn({
            let (asked, at_work) = (Arc::clone(&seen.asked), Arc::clone(&seen.at_work));
            // Held in between: the request itself is gone once its handler has what it needs.
            move |mut request: Request, next: Next| {
                asked.fetch_add(1, Ordering::Relaxed);
                let at_work = AtWork::counted_in(&at_work);
                request.extensions_mut().insert(ConnectInfo(Peer(peer)));
                request.extensions_mut().insert(at_work.clone());
                async move {
                    let answer = next.run(request).await;
                    drop(at_work);
                    answer
                }
            }
        }));
        let service = TowerToHyperService::new(service);
        let io = TokioIo::new(Counted { io, written: Arc::clone(&seen.written) });
        let connection = builder.serve_connection_with_upgrades(io, service).into_owned();
        tokio::spawn(attend(connection, seen, patience, stopping.clone()));
    }
    drop((listener, stopping));
    // Whether somebody is there to hear it is of no matter.
    let _ = stop.send(());
    stop.closed().await;
}

/// What is seen of a connection from outside.
#[derive(Default)]
struct Seen {
    /// Requests.
    asked: Arc<AtomicU64>,
    /// Bytes that the client has taken, or its system for it.
    written: Arc<AtomicU64>,
    /// How many are at work for it.
    at_work: Arc<AtomicU64>,
}

/// One connection, for as long as it lasts.
async fn attend<I>(
    connection: auto::UpgradeableConnection<
        'static,
        TokioIo<Counted<I>>,
        TowerToHyperService<Router>,
        TokioExecutor,
    >,
    seen: Seen,
    patience: Duration,
    mut stopping: watch::Receiver<()>,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut connection = pin!(connection);
    let mut silence = pin!(sleep(patience));
    let (mut so_far, mut is_told) = (0, false);
    // How much was written by the last look at it, if nobody was at work then.
    let mut rest = None;
    // A system takes more only once much of what it keeps has gone out, a megabyte and more at times: a line needs long for that.
    let between = patience * BETWEEN_REQUESTS;
    let least = f64::from(SLOWEST) * between.as_secs_f64();
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
            () = &mut silence => {
                let (asked, written) = (seen.asked.load(Ordering::Relaxed), seen.written.load(Ordering::Relaxed));
                if asked == 0 {
                    return;
                }
                if asked != so_far {
                    so_far = asked;
                    silence.as_mut().reset(Instant::now() + between);
                    continue;
                }
                // Answers under way are given to their end, to who reads them.
                if !is_told {
                    connection.as_mut().graceful_shutdown();
                    is_told = true;
                }
                let is_at_rest = seen.at_work.load(Ordering::Relaxed) == 0;
                if is_at_rest && rest.is_some_and(|before| ((written - before) as f64) < least) {
                    return;
                }
                rest = is_at_rest.then_some(written);
                silence.as_mut().reset(Instant::now() + between);
            },
            _ = stopping.changed(), if !is_told => {
                connection.as_mut().graceful_shutdown();
                is_told = true;
            }
        }
    }
}

/// A connection that counts what goes out.
struct Counted<I> {
    io: I,
    written: Arc<AtomicU64>,
}

impl<I> Counted<I> {
    fn count(&self, sent: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = sent {
            self.written.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        sent
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Counted<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, into)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Counted<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.io).poll_write(context, bytes);
        self.count(sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.io).poll_write_vectored(context, pieces);
        self.count(sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
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
