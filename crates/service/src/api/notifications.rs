//! The notifications hub (protocol.md §6.1): a WebSocket on which whoever is signed in hears what changed.

use std::time::Duration;

use axum::Json;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use crate::app::App;
use crate::authorize::Caller;
use crate::connections::AtWork;
use crate::error::ApiError;
use crate::secrets::random_token;
use crate::signalr::{Frame, HubProtocol, REFUSED, Said};

/// Where it is.
pub(crate) const HUB: &str = "/notifications/hub";
/// Where clients that do not skip it ask first.
pub(crate) const NEGOTIATE: &str = "/notifications/hub/negotiate";

const PING_EVERY: Duration = Duration::from_secs(15);
/// Who says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);
/// Bytes that a client may say at once: pings and ends are all that it has to say.
const LONGEST: usize = 32 * 1024;

/// The answer at [`NEGOTIATE`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Negotiated {
    connection_id: String,
    connection_token: String,
    negotiate_version: u32,
    available_transports: [Transport; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transport {
    transport: &'static str,
    transfer_formats: [&'static str; 2],
}

pub(crate) async fn negotiate() -> Result<Json<Negotiated>, ApiError> {
    let id = random_token::<16>()?;
    Ok(Json(Negotiated {
        connection_token: id.clone(),
        connection_id: id,
        negotiate_version: 1,
        available_transports: [Transport { transport: "WebSockets", transfer_formats: ["Text", "Binary"] }],
    }))
}

pub(crate) async fn connect(
    State(app): State<App>,
    caller: Caller,
    Extension(at_work): Extension<AtWork>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| ApiError::refused("This is for WebSockets."))?;
    // From here on and not only from the handshake: nothing that happens in between is missed.
    let told = app.store.hub().listen(caller.user);
    let upgrade = upgrade.max_message_size(LONGEST).max_frame_size(LONGEST);
    Ok(upgrade.on_upgrade(async |socket| {
        attend(socket, told).await;
        drop(at_work);
    }))
}

async fn attend(mut socket: WebSocket, told: mpsc::Receiver<Frame>) {
    if let Some(protocol) = shake_hands(&mut socket).await {
        talk(&mut socket, protocol, told).await;
        // Whether it still hears that is of no matter.
        let _ = socket.send(protocol.close()).await;
    }
    let _ = socket.send(Message::Close(None)).await;
}

/// What the client speaks, if that is spoken here.
async fn shake_hands(socket: &mut WebSocket) -> Option<HubProtocol> {
    let first = timeout(PING_EVERY, async {
        loop {
            match socket.recv().await? {
                Ok(first @ (Message::Text(_) | Message::Binary(_))) => return Some(first),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Close(_)) | Err(_) => return None,
            }
        }
    });
    let first = first.await.ok()??;
    let protocol = match &first {
        Message::Text(text) => HubProtocol::asked_for(text.as_bytes()),
        Message::Binary(bytes) => HubProtocol::asked_for(bytes),
        _ => None,
    };
    let answer = match (protocol, first) {
        (Some(protocol), _) => protocol.accepted(),
        // As it was asked: clients of a protocol of text read nothing else, and would never see the reason.
        (None, Message::Text(_)) => Message::Text(Utf8Bytes::from_static(REFUSED)),
        (None, _) => Message::Binary(REFUSED.into()),
    };
    socket.send(answer).await.ok()?;
    protocol
}

/// Until either side has enough.
async fn talk(socket: &mut WebSocket, protocol: HubProtocol, mut told: mpsc::Receiver<Frame>) {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let message = tokio::select! {
            next = told.recv() => match next {
                Some(frame) => protocol.of(frame),
                None => return,
            },
            _ = ping.tick() => protocol.ping(),
            () = sleep_until(heard + SILENCE) => return,
            next = socket.recv() => match next {
                Some(Ok(message)) if protocol.said(&message) == Said::Alive => {
                    heard = Instant::now();
                    continue;
                }
                _ => return,
            },
        };
        // A client that takes nothing must not hold this up for ever.
        match timeout(SILENCE, socket.send(message)).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    }
}
