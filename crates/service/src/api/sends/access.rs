//! Opening a Send: with its link and, in the older form, a password in the same request; in the newer form with a token
//! that the link and the proof have bought (`send_access`, protocol.md §1.3).

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::SecretText;
use portico_protocol::events::EventType;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::download;
use crate::api::path::FileId;
use crate::app::App;
use crate::authorize::{Origin, SendGrant};
use crate::body::{Body, OptionalBody};
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::identity::by_id;
use crate::moment::Moment;
use crate::revision;
use crate::sends::{Content, Protection, Send, SendAccess, admit, by_access_id, find};

#[derive(Default, Deserialize)]
pub(crate) struct Shown {
    /// The client's hash of the password.
    #[serde(default)]
    password: Option<SecretText>,
}

/// Where the file is to be fetched.
#[derive(Serialize)]
pub(crate) struct FileDownload {
    object: &'static str,
    id: String,
    url: String,
}

pub(crate) async fn open(
    State(app): State<App>,
    Path(access_id): Path<String>,
    origin: Origin,
    Body(shown): Body<Shown>,
) -> Result<Json<SendAccess>, ApiError> {
    let seen = shown_to(&app, access_id, shown).await?;
    opened(&app, seen.id, Some(seen.protection), origin.0).await
}

pub(crate) async fn open_by_token(
    State(app): State<App>,
    SendGrant(id): SendGrant,
    origin: Origin,
) -> Result<Json<SendAccess>, ApiError> {
    opened(&app, id, None, origin.0).await
}

pub(crate) async fn download(
    State(app): State<App>,
    Path((access_id, _)): Path<(String, String)>,
    FileId(file): FileId,
    origin: Origin,
    OptionalBody(shown): OptionalBody<Shown>,
) -> Result<Json<FileDownload>, ApiError> {
    let seen = shown_to(&app, access_id, shown.unwrap_or_default()).await?;
    downloading(&app, seen.id, file, Some(seen.protection), origin.0).await
}

pub(crate) async fn download_by_token(
    State(app): State<App>,
    SendGrant(id): SendGrant,
    FileId(file): FileId,
    origin: Origin,
) -> Result<Json<FileDownload>, ApiError> {
    downloading(&app, id, file, None, origin.0).await
}

/// The Send behind a link, once what it asks for was shown.
async fn shown_to(app: &App, access_id: String, shown: Shown) -> Result<Send, ApiError> {
    let send = app
        .store
        .read(move |connection| {
            let send = by_access_id(connection, &access_id, Moment::now())?;
            send.ok_or_else(|| ApiError::refused("Could not locate send"))
        })
        .await?;
    admit(app, &send, shown.password.as_ref().map(SecretText::expose)).await?;
    Ok(send)
}

/// What was sent, to who may see it. A text is used up by that once more, a file when it is fetched.
async fn opened(
    app: &App,
    id: Uuid,
    proven: Option<Protection>,
    actor: Actor,
) -> Result<Json<SendAccess>, ApiError> {
    app.store
        .write(move |transaction| {
            let send = still_open(transaction, id, proven.as_ref())?;
            if let Content::Text { .. } = send.content {
                count(transaction, &send, EventType::SEND_TEXT_ACCESSED, &actor)?;
            }
            let sender = if send.hide_email { None } else { by_id(transaction, send.owner)? };
            Ok(Json(SendAccess::new(send, sender.map(|account| account.email))))
        })
        .await
}

async fn downloading(
    app: &App,
    id: Uuid,
    file: Uuid,
    proven: Option<Protection>,
    actor: Actor,
) -> Result<Json<FileDownload>, ApiError> {
    let url = download::link(app, download::Kind::Send, id);
    app.store
        .write(move |transaction| {
            let send = still_open(transaction, id, proven.as_ref())?;
            match &send.content {
                Content::Text { .. } => {
                    let problem = "Can only get a download URL for a file type of Send";
                    Err(ApiError::refused(problem))
                }
                Content::File(kept) if kept.id != file => Err(ApiError::NotFound),
                Content::File(_) => {
                    count(transaction, &send, EventType::SEND_FILE_ACCESSED, &actor)?;
                    Ok(Json(FileDownload { object: "send-fileDownload", id: file.to_string(), url }))
                }
            }
        })
        .await
}

/// The Send read again under the lock for writing: two recipients must not share its last access, and what was proven
/// has to be what it still asks for.
fn still_open(connection: &Connection, id: Uuid, proven: Option<&Protection>) -> Result<Send, ApiError> {
    let now = Moment::now();
    find(connection, id, now)?
        .filter(|send| send.is_open(now) && proven.is_none_or(|proven| *proven == send.protection))
        .ok_or(ApiError::NotFound)
}

fn count(
    connection: &Connection,
    send: &Send,
    kind: EventType,
    actor: &Actor,
) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached("UPDATE sends SET access_count = access_count + 1 WHERE id = ?")?
        .execute([send.id])?;
    revision::of_user(connection, send.owner)?;
    events::record_of_send(connection, kind, send.owner, send.id, actor)
}
