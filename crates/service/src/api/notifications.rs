//! The notifications hub (protocol.md §6.1): a WebSocket on which whoever is signed in hears what changed.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use crate::app::App;
use crate::authorize::Caller;
use crate::error::ApiError;
use crate::secrets::random_token;
use crate::signalr::{ACCEPTED, CLOSE, Frame, PING, REFUSED, Said, is_handshake, said};

/// Where it is.
pub(crate) const HUB: &str = "/notifications/hub";

const PING_EVERY: Duration = Duration::from_secs(15);
/// Who says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);
/// Bytes that a client may say at once: pings and ends are all that it has to say.
const LONGEST: usize = 32 * 1024;

/// `POST /notifications/hub/negotiate`, for clients that do not skip it.
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
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| ApiError::refused("This is for WebSockets."))?;
    // From here on and not only from the handshake: nothing that happens in between is missed.
    let told = app.store.hub().listen(caller.user);
    Ok(upgrade.max_message_size(LONGEST).max_frame_size(LONGEST).on_upgrade(|socket| attend(socket, told)))
}

async fn attend(mut socket: WebSocket, told: mpsc::Receiver<Frame>) {
    if shake_hands(&mut socket).await {
        talk(&mut socket, told).await;
        // Whether it still hears that is of no matter.
        let _ = socket.send(Message::Binary(CLOSE)).await;
    }
    let _ = socket.send(Message::Close(None)).await;
}

/// Whether the client speaks what is spoken here.
async fn shake_hands(socket: &mut WebSocket) -> bool {
    let first = timeout(PING_EVERY, async {
        loop {
            match socket.recv().await? {
                Ok(first @ (Message::Text(_) | Message::Binary(_))) => return Some(first),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Close(_)) | Err(_) => return None,
            }
        }
    });
    match first.await {
        Ok(Some(Message::Text(text))) if !is_handshake(text.as_bytes()) => {
            // As text: clients of the JSON protocol read nothing else, and would never see the reason.
            let _ = socket.send(Message::Text(Utf8Bytes::from_static(REFUSED))).await;
            false
        }
        Ok(Some(Message::Binary(bytes))) if !is_handshake(&bytes) => {
            let _ = socket.send(Message::Binary(Frame::from_static(REFUSED.as_bytes()))).await;
            false
        }
        Ok(Some(_)) => socket.send(Message::Binary(ACCEPTED)).await.is_ok(),
        Ok(None) | Err(_) => false,
    }
}

/// Until either side has enough.
async fn talk(socket: &mut WebSocket, mut told: mpsc::Receiver<Frame>) {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let frame = tokio::select! {
            next = told.recv() => match next {
                Some(frame) => frame,
                None => return,
            },
            _ = ping.tick() => PING,
            () = sleep_until(heard + SILENCE) => return,
            next = socket.recv() => match next {
                Some(Ok(Message::Binary(bytes))) if said(&bytes) == Said::Alive => {
                    heard = Instant::now();
                    continue;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                    heard = Instant::now();
                    continue;
                }
                _ => return,
            },
        };
        // A client that takes nothing must not hold this up for ever.
        match timeout(SILENCE, socket.send(Message::Binary(frame))).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    }
}
