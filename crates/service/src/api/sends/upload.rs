//! The file of a Send on its way in: announced with its size, then sent.

use axum::Json;
use axum::extract::{Request, State};
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::request::SendRequest;
use super::save::{NewFile, insert};
use crate::api::ciphers::upload::{FILE_LIMIT, PATIENCE, kept_or_removed};
use crate::api::path::{FileId, SendId};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::account_of;
use crate::moment::Moment;
use crate::multipart::receive;
use crate::revision;
use crate::sends::{Content, SendFile, SendResponse, find_own};
use crate::vault::{Quota, remaining};

/// Where to send the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileUpload {
    object: &'static str,
    url: String,
    /// 0: to this server.
    file_upload_type: i32,
    send_response: SendResponse,
}

pub(crate) async fn announce(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SendRequest>,
) -> Result<Json<FileUpload>, ApiError> {
    if request.kind != 1 {
        return Err(ApiError::refused("Invalid content."));
    }
    let size = request
        .file_length
        .ok_or_else(|| ApiError::refused("Invalid content. File size hint is required."))?;
    if size < 1 {
        return Err(ApiError::refused("No file data."));
    }
    if size > FILE_LIMIT {
        return Err(ApiError::refused("Max file size is 500 MB."));
    }
    let checked = request.checked(&app).await?;
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let late = Moment::now().plus_seconds(-PATIENCE);
            transaction
                .execute("DELETE FROM sends WHERE text IS NULL AND file IS NULL AND created < ?", [late])?;
            let account = account_of(transaction, caller.user)?;
            let room = remaining(transaction, Quota::Sender(caller.user))?;
            if !account.email_verified {
                return Err(ApiError::refused("You must confirm your email to use file Sends."));
            }
            if room < size {
                return Err(ApiError::refused("Not enough storage available."));
            }
            let file = Uuid::new_v4();
            let id = insert(transaction, &caller, checked, Some(NewFile { id: file, size }))?;
            upload_of(transaction, &base, &caller, id, file)
        })
        .await
}

/// The same answer again, for who lost the first.
pub(crate) async fn renew(
    State(app): State<App>,
    caller: Caller,
    SendId(id): SendId,
    FileId(file): FileId,
) -> Result<Json<FileUpload>, ApiError> {
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            announced(connection, &caller, id, file)?;
            upload_of(connection, &base, &caller, id, file)
        })
        .await
}

fn upload_of(
    connection: &Connection,
    base: &str,
    caller: &Caller,
    id: Uuid,
    file: Uuid,
) -> Result<Json<FileUpload>, ApiError> {
    let send = find_own(connection, caller.user, id, Moment::now())?.ok_or(ApiError::NotFound)?;
    Ok(Json(FileUpload {
        object: "send-fileUpload",
        url: format!("{base}/api/sends/{id}/file/{file}"),
        file_upload_type: 0,
        send_response: send.into(),
    }))
}

/// The bytes of an announced file.
pub(crate) async fn direct(
    State(app): State<App>,
    caller: Caller,
    SendId(id): SendId,
    FileId(file): FileId,
    request: Request,
) -> Result<(), ApiError> {
    let asking = caller.clone();
    let size = app.store.read(move |connection| announced(connection, &asking, id, file)).await?;
    let received = receive(app.store.files(), request, size).await?;
    if received.file.length() != size {
        return Err(ApiError::refused("File received does not match expected file length."));
    }
    let name = received.file.keep().await?;
    let kept = app
        .store
        .write(move |transaction| {
            announced(transaction, &caller, id, file)?;
            transaction.execute("UPDATE sends SET file = ? WHERE id = ?", (name, id))?;
            Ok(revision::of_user(transaction, caller.user)?)
        })
        .await;
    kept_or_removed(&app, name, kept).await
}

/// The size of a file of the caller's that has not come yet.
fn announced(connection: &Connection, caller: &Caller, id: Uuid, file: Uuid) -> Result<u64, ApiError> {
    let send = find_own(connection, caller.user, id, Moment::now())?.ok_or(ApiError::NotFound)?;
    match send.content {
        Content::File(SendFile { id, size, place: None, .. }) if id == file => Ok(size.unsigned_abs()),
        _ => Err(ApiError::NotFound),
    }
}
