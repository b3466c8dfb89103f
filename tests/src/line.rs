//! A network line between a client and a service: what it carries arrives late, and no faster than it can.
#![allow(clippy::unwrap_used)] // Part of measurements, which may panic.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use url::Url;

/// Lives as long as the measurement; dropping it closes the port.
pub struct Line {
    /// The service's address at this end of the line.
    pub base: Url,
    task: JoinHandle<()>,
}

/// What a line does to all that it carries.
#[derive(Debug, Clone, Copy)]
pub struct Speed {
    /// From one end to the other; an answer comes after twice this time at the earliest.
    pub delay: Duration,
    /// In each direction, all connections together.
    pub bytes_per_second: f64,
}

impl Line {
    pub async fn before(service: &Url, speed: Speed) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let service = SocketAddr::new(
            service.host_str().unwrap().parse().unwrap(),
            service.port_or_known_default().unwrap(),
        );
        let there = Arc::new(Direction::new(speed));
        let back = Arc::new(Direction::new(speed));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(service) = TcpStream::connect(service).await else { continue };
                client.set_nodelay(true).unwrap();
                service.set_nodelay(true).unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_service, to_service) = service.into_split();
                carry(&there, from_client, to_service);
                carry(&back, from_service, to_client);
            }
        });
        Self { base, task }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One way of a line, which all connections share.
struct Direction {
    speed: Speed,
    /// When the last byte that was handed over has left.
    free_at: Mutex<Instant>,
}

impl Direction {
    fn new(speed: Speed) -> Self {
        Self { speed, free_at: Mutex::new(Instant::now()) }
    }

    /// When so many bytes, handed over now, are at the other end.
    fn arrival(&self, bytes: usize) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = (*free_at).max(Instant::now());
        *free_at = begins + Duration::from_secs_f64(bytes as f64 / self.speed.bytes_per_second);
        *free_at + self.speed.delay
    }
}

/// What is on its way at most, in pieces: a sender that is faster than the line has to wait.
const UNDER_WAY: usize = 64;
const PIECE: usize = 16 * 1024;

fn carry(direction: &Arc<Direction>, mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf) {
    let direction = Arc::clone(direction);
    let (sent, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    tokio::spawn(async move {
        let mut piece = vec![0; PIECE];
        // Either end may close whenever it likes.
        while let Ok(read @ 1..) = from.read(&mut piece).await {
            let arrival = direction.arrival(read);
            if sent.send((arrival, piece[..read].to_vec())).await.is_err() {
                break;
            }
        }
    });
    tokio::spawn(async move {
        while let Some((arrival, bytes)) = arriving.recv().await {
            sleep_until(arrival).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
    });
}
