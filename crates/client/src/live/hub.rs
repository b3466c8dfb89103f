//! One connection to a server's hub: a WebSocket over the same TLS, with the same headers and the same private authority
//! as every request.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use portico_protocol::SecretText;
use reqwest::header::{
    AUTHORIZATION, CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message as Frame};
use tokio_util::sync::CancellationToken;

use super::message::{HANDSHAKE, Message, Notification, PING, handshake_answer, messages};
use crate::http::{ApiClient, authorization};

/// Why a connection ended, or was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HubEnd {
    /// Somebody stopped it.
    Stopped,
    /// It broke, or could not be made: again later.
    Lost,
    /// The token is not accepted.
    Refused,
    /// The server has no hub.
    NotOffered,
}

/// A connection whose handshake is done.
pub(super) struct Connection {
    socket: WebSocketStream<reqwest::Upgraded>,
    waiting: VecDeque<Notification>,
    /// When something was last heard, and when the next ping is due.
    heard: Instant,
    next_ping: Instant,
}

/// As the server (protocol.md §6.1).
const PING_EVERY: Duration = Duration::from_secs(15);
/// The server pings every 15 seconds: after three that did not come it is gone.
const SILENCE: Duration = Duration::from_secs(45);
/// For the upgrade and the handshake.
const CONNECT_WITHIN: Duration = Duration::from_secs(30);
/// Notifications are some hundred bytes.
const LARGEST_FRAME: usize = 1 << 20;

/// Connects and shakes hands.
pub(super) async fn connect(
    client: &ApiClient,
    token: &SecretText,
    stop: &CancellationToken,
) -> Result<Connection, HubEnd> {
    let connecting = async { timeout_at(Instant::now() + CONNECT_WITHIN, make(client, token)).await };
    match stop.run_until_cancelled(connecting).await {
        None => Err(HubEnd::Stopped),
        Some(Err(_)) => Err(HubEnd::Lost),
        Some(Ok(made)) => made,
    }
}

async fn make(client: &ApiClient, token: &SecretText) -> Result<Connection, HubEnd> {
    let http = client.websockets().map_err(|error| {
        tracing::warn!(%error, "no connection to a hub can be prepared");
        HubEnd::NotOffered
    })?;
    let key = generate_key();
    // In a header and not in the address, which ends up in logs.
    let request = http
        .get(format!("{}/hub", client.urls().notifications.trim_end_matches('/')))
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, &key)
        .header(AUTHORIZATION, authorization(token).map_err(|_| HubEnd::Refused)?);
    let answer = request.send().await.map_err(lost)?;
    match answer.status().as_u16() {
        101 => {}
        401 | 403 => return Err(HubEnd::Refused),
        408 | 429 | 500 | 502..=599 => return Err(HubEnd::Lost),
        _ => return Err(HubEnd::NotOffered),
    }
    let accept = answer.headers().get(SEC_WEBSOCKET_ACCEPT);
    if accept.is_none_or(|accept| accept.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(HubEnd::NotOffered);
    }
    let upgraded = answer.upgrade().await.map_err(lost)?;
    let config =
        WebSocketConfig::default().max_message_size(Some(LARGEST_FRAME)).max_frame_size(Some(LARGEST_FRAME));
    let socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
    let now = Instant::now();
    let mut connection =
        Connection { socket, waiting: VecDeque::new(), heard: now, next_ping: now + PING_EVERY };
    connection.shake_hands().await?;
    Ok(connection)
}

impl Connection {
    /// The next notification. Pings in between, and ends when the server has been silent for too long. What was read is
    /// kept when the future is dropped.
    pub(super) async fn next(&mut self) -> Result<Notification, HubEnd> {
        loop {
            if let Some(notification) = self.waiting.pop_front() {
                return Ok(notification);
            }
            let now = Instant::now();
            if now >= self.heard + SILENCE {
                return Err(HubEnd::Lost);
            }
            if now >= self.next_ping {
                self.next_ping = now + PING_EVERY;
                self.socket.send(Frame::Binary(Bytes::from_static(&PING))).await.map_err(lost)?;
            }
            let until = self.next_ping.min(self.heard + SILENCE);
            let Ok(frame) = timeout_at(until, self.socket.next()).await else { continue };
            let frame = frame.ok_or(HubEnd::Lost)?.map_err(lost)?;
            self.heard = Instant::now();
            match frame {
                Frame::Binary(bytes) => self.take(&bytes)?,
                Frame::Close(_) => return Err(HubEnd::Lost),
                // Text after the handshake is no message of this protocol; pings of the WebSocket answer themselves.
                _ => {}
            }
        }
    }

    async fn shake_hands(&mut self) -> Result<(), HubEnd> {
        self.socket.send(Frame::text(HANDSHAKE)).await.map_err(lost)?;
        loop {
            let frame = self.socket.next().await.ok_or(HubEnd::Lost)?.map_err(lost)?;
            let answer = match &frame {
                Frame::Text(text) => text.as_bytes(),
                Frame::Binary(bytes) => &bytes[..],
                Frame::Close(_) => return Err(HubEnd::Lost),
                _ => continue,
            };
            let rest = handshake_answer(answer).map_err(lost)?;
            return self.take(rest);
        }
    }

    fn take(&mut self, frame: &[u8]) -> Result<(), HubEnd> {
        for message in messages(frame).map_err(lost)? {
            match message {
                Message::Notification(notification) => self.waiting.push_back(notification),
                Message::Close => return Err(HubEnd::Lost),
            }
        }
        Ok(())
    }
}

fn lost(error: impl std::fmt::Display) -> HubEnd {
    tracing::debug!(%error, "the hub");
    HubEnd::Lost
}
