//! The one place that sends requests: headers, bounds, pace, repetitions, and what an answer means.

mod download;
mod file_place;
mod form;
mod reply;
pub(crate) mod room;
mod sent;
mod transport;
mod unpack;
mod waiting;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use portico_profile::Authority;
use portico_protocol::SecretText;
use portico_protocol::server::ServerUrls;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;
use zeroize::Zeroizing;

use crate::api_error::ApiError;
use crate::device::Device;
use crate::pace::{Asking, PaceLimits, Pacer, Turn};
use crate::reach::{Ear, Heard};

pub(crate) use form::{form, wiped_json};
use reply::NoReply;
pub(crate) use reply::{Reply, parse};
use room::Readers;
pub(crate) use room::Room;
use transport::Versions;
pub use transport::{ConnectError, Patience, certificates_in};
use waiting::Waiting;

/// A server that can be asked. Cheap to clone; all clones share one pace, so make one per account and keep it.
#[derive(Clone)]
pub struct ApiClient(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    /// For files that lie with the server: it says nothing of this installation.
    files: reqwest::Client,
    /// For files that lie with somebody else; made when there is one.
    elsewhere: OnceLock<reqwest::Client>,
    /// For the hub; made when somebody listens.
    websockets: OnceLock<reqwest::Client>,
    authority: Option<Authority>,
    urls: ServerUrls,
    api: Url,
    identity: Url,
    device: Device,
    pacer: Arc<Pacer>,
    /// What is held of answers.
    readers: Readers,
    /// What came of the last exchange.
    ear: Ear,
    waiting: Waiting,
    patience: Patience,
    /// Held while the token is refreshed, so that several requests that met a 401 together refresh once.
    refreshing: tokio::sync::Mutex<()>,
}

/// How a server is connected to.
#[derive(Clone)]
pub struct ConnectOptions {
    /// How this installation introduces itself.
    pub device: Device,
    /// A certificate authority that is trusted besides those of the system.
    pub authority: Option<Authority>,
    /// `None` chooses by the address: [`PaceLimits::LOOPBACK`] on this machine, else [`PaceLimits::POLITE`].
    pub pace: Option<PaceLimits>,
    /// How long the server may take.
    pub patience: Patience,
}

impl ConnectOptions {
    /// The usual: certificates of the system, pace by the address.
    pub fn new(device: Device) -> Self {
        Self { device, authority: None, pace: None, patience: Patience::default() }
    }
}

/// Which of a server's services a request goes to (protocol.md §0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Api,
    Identity,
}

/// One request as data.
pub(crate) struct Call<'a> {
    pub service: Service,
    /// Begins with `/`, relative to the service; never holds a secret, since addresses end up in logs.
    pub path: &'a str,
    pub body: Payload<'a>,
    pub bearer: Option<&'a SecretText>,
    /// The largest answer that is read, in bytes after decompression.
    pub max_bytes: usize,
    /// How often the request is made at most, repetitions included.
    pub tries: u32,
    /// Where the answer is held, where that is with others.
    pub room: Option<&'a Room>,
}

impl<'a> Call<'a> {
    /// A sign-in or a renewal (protocol.md §1.3).
    pub(crate) fn for_token(form: &'a Zeroizing<String>, tries: u32) -> Self {
        Call { tries, ..Call::unsigned(Service::Identity, "/connect/token", Payload::Form(form)) }
    }

    /// What a person asks without being signed in, and waits for.
    pub(crate) fn unsigned(service: Service, path: &'a str, body: Payload<'a>) -> Self {
        Call { service, path, body, bearer: None, max_bytes: SMALL_ANSWER, tries: ONE_TRY, room: None }
    }

    fn asking(&self) -> Asking {
        match self.body {
            Payload::Change(..) => Asking::ToChange,
            Payload::None | Payload::Json(_) | Payload::Form(_) => Asking::ToRead,
        }
    }

    /// What is asked once is not asked again for want of room either: the server may log each look.
    fn needs_room(&self) -> bool {
        self.room.is_none()
            && self.max_bytes > SMALL_ANSWER
            && self.tries > ONE_TRY
            && matches!(self.body, Payload::None)
    }

    /// A change that may have been made must not be made twice; of a 429 it is known that it was not.
    fn may_be_repeated(&self, result: &Result<Reply, ApiError>) -> bool {
        self.asking() == Asking::ToRead || result.as_ref().is_ok_and(|reply| reply.status == 429)
    }
}

/// What a change does with what its path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Post,
    Put,
    Delete,
}

/// What a request carries.
#[derive(Clone, Copy)]
pub(crate) enum Payload<'a> {
    /// Nothing: a GET.
    None,
    /// A question as a POST of JSON, which changes nothing; wiped after sending.
    Json(&'a Zeroizing<String>),
    /// A sign-in or a renewal as a POST of a form, which changes nothing that a second one would change again; wiped after
    /// sending because it holds hashes and tokens.
    Form(&'a Zeroizing<String>),
    /// A change, with JSON or without; wiped after sending because it may hold a token or a hash.
    Change(Change, Option<&'a Zeroizing<String>>),
}

/// For requests that a person waits for: told at once when there is no connection.
pub(crate) const ONE_TRY: u32 = 1;
/// For reads inside a sync: about eight seconds of repetitions in all.
pub(crate) const SYNC_TRIES: u32 = 5;
/// How long a server may take to say that it is there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
/// The largest answer to anything but a sync.
pub(crate) const SMALL_ANSWER: usize = 1 << 20;

impl ApiClient {
    /// Prepares the connection; nothing is sent yet.
    pub fn new(urls: ServerUrls, options: &ConnectOptions) -> Result<Self, ConnectError> {
        let (api, identity) = (checked(&urls.api)?, checked(&urls.identity)?);
        let bases = [&api, &identity];
        let connection = |headers| {
            transport::connection(
                bases,
                options.device,
                headers,
                options.authority.as_ref(),
                options.patience,
                Versions::All,
            )
        };
        let http = connection(transport::headers(options.device))?;
        let files = connection(reqwest::header::HeaderMap::new())?;
        let by_address = if transport::is_loopback(&api) { PaceLimits::LOOPBACK } else { PaceLimits::POLITE };
        let pacer = Pacer::before(&host_of(&api), options.pace.unwrap_or(by_address));
        Ok(Self(Arc::new(Inner {
            http,
            files,
            elsewhere: OnceLock::new(),
            websockets: OnceLock::new(),
            authority: options.authority.clone(),
            urls,
            api,
            identity,
            device: options.device,
            pacer,
            readers: Readers::default(),
            ear: Ear::default(),
            waiting: Waiting::default(),
            patience: options.patience,
            refreshing: tokio::sync::Mutex::new(()),
        })))
    }

    /// The addresses this client asks.
    pub fn urls(&self) -> &ServerUrls {
        &self.0.urls
    }

    /// For the notifications hub: as for requests, and HTTP/1.1 only, from which alone a WebSocket is made.
    pub(crate) fn websockets(&self) -> Result<reqwest::Client, ConnectError> {
        if let Some(made) = self.0.websockets.get() {
            return Ok(made.clone());
        }
        let hub = checked(&self.0.urls.notifications)?;
        let (device, authority) = (self.0.device, self.0.authority.as_ref());
        let headers = transport::headers(device);
        let made =
            transport::connection([&hub, &hub], device, headers, authority, self.0.patience, Versions::One)?;
        Ok(self.0.websockets.get_or_init(|| made).clone())
    }

    /// How this installation introduces itself.
    pub fn device(&self) -> Device {
        self.0.device
    }

    /// The most the server is asked.
    pub fn limits(&self) -> PaceLimits {
        *self.0.pacer.limits()
    }

    /// Requests begun per second at present, where that is limited.
    pub(crate) fn rate(&self) -> Option<u32> {
        self.0.pacer.rate()
    }

    /// Whether the server wants to be left alone for longer than is waited, so that requests end at once.
    pub(crate) fn is_left_alone(&self) -> bool {
        self.0.pacer.is_closed()
    }

    /// For how long a request has been waiting for the beginning of its answer, if one is.
    pub fn waits(&self) -> Option<Duration> {
        self.0.waiting.longest()
    }

    /// The API's host, as people know it.
    pub fn host(&self) -> String {
        host_of(&self.0.api)
    }

    /// Where it is noted whether the server answers.
    pub(crate) fn ear(&self) -> &Ear {
        &self.0.ear
    }

    /// Asks for nothing but an answer, at once and in few seconds.
    pub(crate) async fn ask_whether_alive(&self) -> Heard {
        let call = Call::unsigned(Service::Api, "/alive", Payload::None);
        let answer = tokio::time::timeout(SIGN_OF_LIFE, self.exchange_unheard(&call, None)).await;
        let heard = answer.map_or(Heard::Silence, |result| heard(&result));
        self.ear().hear(heard);
        heard
    }

    /// Holds what is read of one thing by several requests, at most so many bytes in all, and what is made of it.
    pub(crate) fn room(&self, most: usize) -> Room {
        self.0.readers.room(most, true)
    }

    pub(crate) fn refreshing(&self) -> &tokio::sync::Mutex<()> {
        &self.0.refreshing
    }

    /// Makes the request, at the server's pace, repeating it as often as it allows. Whatever status the server
    /// answers with is `Ok`; see [`Reply::success`]. Stops at any point when `stop` is cancelled.
    pub(crate) async fn send(&self, call: &Call<'_>, stop: &CancellationToken) -> Result<Reply, ApiError> {
        // In a box: whoever asks for several things side by side, under an action of a person, has the state of each request
        // on the stack otherwise, and two megabytes did not do for that in a program that is not optimised.
        let sending = Box::pin(self.send_patiently(call));
        stop.run_until_cancelled(sending).await.unwrap_or(Err(ApiError::Cancelled))
    }

    async fn send_patiently(&self, call: &Call<'_>) -> Result<Reply, ApiError> {
        let own = call.needs_room().then(|| self.0.readers.room(call.max_bytes, false));
        let mut reply = self.send_within(call, call.room.or(own.as_ref())).await?;
        reply.room = own.map(Box::new);
        Ok(reply)
    }

    async fn send_within(&self, call: &Call<'_>, room: Option<&Room>) -> Result<Reply, ApiError> {
        let mut repeat = 0;
        let begun = Instant::now();
        loop {
            let turn = self.turn(call.asking()).await?;
            let result = match self.exchange(call, room).await {
                Err(NoReply::Crowded(room)) => {
                    drop(turn);
                    room.alone().await;
                    continue;
                }
                Err(NoReply::Because(error)) => Err(error),
                Ok(reply) => Ok(reply),
            };
            let wait = self.wait_before_repeating(&turn, &result, repeat, begun)?;
            drop(turn);
            repeat += 1;
            match wait {
                Some(wait) if repeat < call.tries && call.may_be_repeated(&result) => {
                    tokio::time::sleep(wait).await;
                }
                _ => return result,
            }
        }
    }

    async fn turn(&self, what: Asking) -> Result<Turn<'_>, ApiError> {
        let turn = self.0.pacer.turn(what).await;
        turn.map_err(|pause| ApiError::RateLimited { host: self.host(), retry_after: Some(pause) })
    }

    /// `None` when repeating cannot help. A 429 makes everyone wait, not only this request, which waits no longer
    /// altogether than for one pause.
    fn wait_before_repeating(
        &self,
        turn: &Turn<'_>,
        result: &Result<Reply, ApiError>,
        repeat: u32,
        begun: Instant,
    ) -> Result<Option<Duration>, ApiError> {
        let pacer = &self.0.pacer;
        let longest = pacer.limits().longest_pause;
        match result {
            Ok(reply) if reply.status == 429 => {
                let pause = reply.retry_after.unwrap_or_else(|| pacer.backoff(repeat));
                pacer.slow_down(turn, pause);
                if pause > longest || (repeat > 0 && begun.elapsed() + pause > longest) {
                    return Err(ApiError::RateLimited {
                        host: reply.host.clone(),
                        retry_after: reply.retry_after,
                    });
                }
                Ok(Some(Duration::ZERO))
            }
            Ok(reply) if matches!(reply.status, 408 | 500 | 502 | 503 | 504) => {
                let wait = reply.retry_after.unwrap_or_else(|| pacer.backoff(repeat));
                Ok((wait <= longest).then_some(wait))
            }
            // A silence has already cost its whole time-out: it gets one more chance, not four, and none where nothing was
            // ever heard.
            Err(ApiError::TimedOut { .. }) if repeat > 0 || !self.ear().has_heard() => Ok(None),
            Err(error) if error.is_unreachable() => Ok(Some(pacer.backoff(repeat))),
            _ => Ok(None),
        }
    }

    async fn exchange<'r>(&self, call: &Call<'_>, room: Option<&'r Room>) -> Result<Reply, NoReply<'r>> {
        let result = self.exchange_unheard(call, room).await;
        self.ear().hear(heard(&result));
        result
    }

    async fn exchange_unheard<'r>(
        &self,
        call: &Call<'_>,
        room: Option<&'r Room>,
    ) -> Result<Reply, NoReply<'r>> {
        let base = match call.service {
            Service::Api => &self.0.api,
            Service::Identity => &self.0.identity,
        };
        let host = host_of(base);
        let address = format!("{}{}", base.as_str().trim_end_matches('/'), call.path);
        let mut request = match call.body {
            Payload::None => self.0.http.get(address),
            Payload::Json(json) => with_json(self.0.http.post(address), json),
            Payload::Form(form) => self
                .0
                .http
                .post(address)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
                .body(wiped_after_sending(form)),
            Payload::Change(what, json) => {
                let request = match what {
                    Change::Post => self.0.http.post(address),
                    Change::Put => self.0.http.put(address),
                    Change::Delete => self.0.http.delete(address),
                };
                match json {
                    Some(json) => with_json(request, json),
                    None => request,
                }
            }
        };
        request = request.header(ACCEPT_ENCODING, HeaderValue::from_static(unpack::ACCEPTED));
        if let Some(bearer) = call.bearer {
            request = request.header(AUTHORIZATION, authorization(bearer)?);
        }
        let waiting = self.0.waiting.begin();
        let response = request.timeout(self.0.patience.whole).send().await;
        drop(waiting);
        let response = response.map_err(|error| transport::transport_error(&host, error))?;
        let mut reply = reply::read(host, response, call.max_bytes, self.0.patience, room).await?;
        if reply.status >= 400 {
            reply.sent = sent::Sent::of(call);
        }
        Ok(reply)
    }
}

fn heard(result: &Result<Reply, NoReply<'_>>) -> Heard {
    match result {
        Err(NoReply::Because(error)) => Heard::of(error),
        Err(NoReply::Crowded(_)) | Ok(_) => Heard::Answer,
    }
}

fn checked(address: &str) -> Result<Url, ConnectError> {
    let url = Url::parse(address).map_err(ConnectError::Address)?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if transport::is_loopback(&url) => Ok(url),
        _ => Err(ConnectError::PlainHttp),
    }
}

/// The host as people know it, with the port if it is not the usual one.
fn host_of(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

fn with_json(request: reqwest::RequestBuilder, json: &Zeroizing<String>) -> reqwest::RequestBuilder {
    request.header(CONTENT_TYPE, "application/json").body(wiped_after_sending(json))
}

fn wiped_after_sending(form: &Zeroizing<String>) -> reqwest::Body {
    let bytes = Zeroizing::new(form.as_bytes().to_vec());
    bytes::Bytes::from_owner(bytes).into()
}

/// Marked sensitive, so that neither logs nor the HTTP/2 header table keep it.
pub(crate) fn authorization(bearer: &SecretText) -> Result<HeaderValue, ApiError> {
    let text = Zeroizing::new(format!("Bearer {}", bearer.expose()));
    // A token with line breaks or the like cannot be one that the server gave out.
    let mut value = HeaderValue::from_str(&text).map_err(|_| ApiError::SignedOut)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod tls_tests;
