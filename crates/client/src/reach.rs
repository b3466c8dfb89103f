//! Whether the server can be reached, by what is asked of it anyway: a person should not learn it from one failed action
//! after the other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::api_error::{ApiError, CertificateFault};
use crate::http::ApiClient;

/// Whether a server can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It answered, whatever it said.
    Reached,
    /// Neither a request nor a question after it was answered.
    Lost,
    /// Something is there, and the encrypted connection to it cannot be trusted: nothing was sent.
    Unsafe(CertificateFault),
}

/// How the last exchange with a server went, of requests and of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing was asked yet.
    Nothing,
    Answer,
    Silence,
    Distrust(CertificateFault),
}

impl Heard {
    /// What an exchange was that failed: whoever cannot be trusted has not answered.
    pub(crate) fn of(error: &ApiError) -> Self {
        match error.certificate_fault() {
            Some(fault) => Self::Distrust(fault),
            None if error.is_unreachable() => Self::Silence,
            None => Self::Answer,
        }
    }
}

/// What was heard last. Whoever waits is woken when it is something else than before.
pub(crate) struct Ear {
    last: watch::Sender<Heard>,
    has_heard: AtomicBool,
}

impl Default for Ear {
    fn default() -> Self {
        Self { last: watch::Sender::new(Heard::Nothing), has_heard: AtomicBool::new(false) }
    }
}

impl Ear {
    pub(crate) fn hear(&self, now: Heard) {
        if now == Heard::Answer {
            self.has_heard.store(true, Ordering::Relaxed);
        }
        self.last.send_if_modified(|last| std::mem::replace(last, now) != now);
    }

    pub(crate) fn listen(&self) -> watch::Receiver<Heard> {
        self.last.subscribe()
    }

    /// Whether there was ever an answer.
    pub(crate) fn has_heard(&self) -> bool {
        self.has_heard.load(Ordering::Relaxed)
    }
}

/// Tells until `stop` whether the server is reached: the first time, and whenever it changes. One exchange that fails is
/// followed by one short question, so that a lost packet turns nobody offline; while the server is not reached, or not in
/// safety, it is asked now and then.
pub async fn watch_reach(client: &ApiClient, tell: impl Fn(Reach) + Send + Sync, stop: &CancellationToken) {
    stop.run_until_cancelled(follow(client, tell, DOUBT, ASK_AGAIN)).await;
}

/// Between an exchange that failed and the question whether that was all.
const DOUBT: Duration = Duration::from_secs(1);
/// Between two questions to a server that is not reached. As often as the hub pings.
const ASK_AGAIN: Duration = Duration::from_secs(15);

async fn follow(
    client: &ApiClient,
    tell: impl Fn(Reach) + Send + Sync,
    doubt: Duration,
    ask_again: Duration,
) {
    let mut heard = client.ear().listen();
    let mut told = None;
    let mut say = |now| {
        if told != Some(now) {
            tell(now);
        }
        told = Some(now);
    };
    let mut pause = doubt;
    loop {
        let last = *heard.borrow_and_update();
        if matches!(last, Heard::Nothing | Heard::Answer) {
            if last == Heard::Answer {
                say(Reach::Reached);
            }
            pause = doubt;
            // The client outlives this: what it is heard by is its own.
            if heard.changed().await.is_err() {
                return;
            }
        } else if tokio::time::timeout(pause, heard.changed()).await.is_err() {
            // What comes of the question itself: the hub may have been heard in the meantime.
            match client.ask_whether_alive().await {
                Heard::Silence => say(Reach::Lost),
                Heard::Distrust(fault) => say(Reach::Unsafe(fault)),
                Heard::Answer | Heard::Nothing => continue,
            }
            pause = ask_again;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use portico_protocol::server::ServerUrls;
    use uuid::Uuid;

    use super::*;
    use crate::device::Device;
    use crate::hostile::{Answer, HostileServer};
    use crate::http::tls_tests::{authority_of, tls_server_with};
    use crate::http::{Call, ConnectOptions, Payload, Service};

    const SOON: Duration = Duration::from_millis(20);

    /// Asks once, and returns what is told until the server was asked so many times.
    async fn told(silent: std::ops::Range<usize>, asked: usize) -> Vec<Reach> {
        let server = HostileServer::start(move |_, before| {
            if silent.contains(&before) { Answer::HangUp } else { Answer::Json(404, "{}".to_owned()) }
        })
        .await;
        let options = ConnectOptions::new(Device { identifier: Uuid::from_u128(7) });
        let client = ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap();
        let all: Arc<Mutex<Vec<Reach>>> = Arc::default();
        let (follower, kept) = (client.clone(), Arc::clone(&all));
        let following = tokio::spawn(async move {
            follow(&follower, |now| kept.lock().unwrap().push(now), SOON, SOON).await;
        });
        let stop = CancellationToken::new();
        let call = Call::unsigned(Service::Api, "/plans", Payload::None);
        _ = client.send(&call, &stop).await;
        while server.asked().len() < asked {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(SOON * 5).await;
        following.abort();
        all.lock().unwrap().clone()
    }

    /// As [`told`] of a server over TLS, whose certificate `authority` vouches for.
    async fn told_of(server: &url::Url, authority: Option<&str>) -> Vec<Reach> {
        let mut options = ConnectOptions::new(Device { identifier: Uuid::from_u128(7) });
        options.authority = authority.map(authority_of);
        let client = ApiClient::new(ServerUrls::of_base(server), &options).unwrap();
        let (send, mut all) = tokio::sync::mpsc::unbounded_channel();
        let follower = client.clone();
        let following = tokio::spawn(async move {
            follow(&follower, |now| send.send(now).unwrap(), SOON, SOON).await;
        });
        let call = Call::unsigned(Service::Api, "/plans", Payload::None);
        _ = client.send(&call, &CancellationToken::new()).await;
        let first = tokio::time::timeout(Duration::from_secs(60), all.recv()).await.unwrap().unwrap();
        // A few more questions, which say the same.
        tokio::time::sleep(SOON * 10).await;
        following.abort();
        _ = following.await;
        std::iter::once(first).chain(std::iter::from_fn(|| all.try_recv().ok())).collect()
    }

    #[tokio::test]
    async fn a_server_that_cannot_be_trusted_has_not_answered() {
        let (url, authority) = tls_server_with(|_| ()).await;
        assert_eq!(told_of(&url, Some(&authority)).await, [Reach::Reached]);
        assert_eq!(told_of(&url, None).await, [Reach::Unsafe(CertificateFault::UnknownIssuer)]);
        let mut other_name = url.clone();
        other_name.set_ip_host("127.0.0.1".parse().unwrap()).unwrap();
        assert_eq!(told_of(&other_name, Some(&authority)).await, [Reach::Unsafe(CertificateFault::Name)]);
        let (old, authority) =
            tls_server_with(|leaf| leaf.not_after = rcgen::date_time_ymd(2020, 1, 1)).await;
        assert_eq!(told_of(&old, Some(&authority)).await, [Reach::Unsafe(CertificateFault::Date)]);
    }

    #[tokio::test]
    async fn a_refusal_is_an_answer() {
        assert_eq!(told(0..0, 1).await, [Reach::Reached]);
    }

    #[tokio::test]
    async fn one_failed_request_turns_nobody_offline() {
        assert_eq!(told(0..1, 2).await, [Reach::Reached]);
    }

    #[tokio::test]
    async fn a_server_that_is_gone_is_told_once_and_so_is_its_return() {
        assert_eq!(told(0..5, 6).await, [Reach::Lost, Reach::Reached]);
    }
}
