//! Files on their way in (protocol.md §4.2).
//!
//! A file is announced with its size and then sent, or sent at once in the older form. It streams to the disk and is in
//! memory a piece at a time; its row is written when the last byte is safe.

use axum::Json;
use axum::extract::{Path, Request, State};
use portico_protocol::Date;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::save::{answer, revised};
use super::{event, record};
use crate::app::App;
use crate::authorize::{Caller, Role};
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::multipart::{Received, receive};
use crate::revision;
use crate::vault::{Form, Item, Quota, Rights, attachment_of, check_seen, check_text, one, remaining};

/// Bytes of one file.
pub(in crate::api) const FILE_LIMIT: i64 = 500 * 1024 * 1024;
/// Bytes of the request that carries one.
pub(crate) const BODY_LIMIT: usize = FILE_LIMIT as usize + 64 * 1024;
/// How long an announced file may be on its way, in seconds. Until then it counts as stored.
pub(in crate::api) const PATIENCE: i64 = 86_400;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announcement {
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    file_size: i64,
    #[serde(default)]
    admin_request: bool,
    #[serde(default)]
    last_known_revision_date: Option<Date>,
}

/// Where to send the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileUpload {
    object: &'static str,
    attachment_id: Uuid,
    url: String,
    /// 0: to this server.
    file_upload_type: i32,
    cipher_response: Option<Item>,
    cipher_mini_response: Option<Item>,
}

pub(crate) async fn announce(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(request): Body<Announcement>,
) -> Result<Json<FileUpload>, ApiError> {
    let name = checked_name(request.file_name.as_deref())?;
    let key = checked_key(request.key.as_deref())?;
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let role = if request.admin_request { Role::ItemAdminEditor } else { Role::ItemEditor };
            let rights = Rights::demand(transaction, caller.user, id, role)?;
            check_seen(request.last_known_revision_date.as_ref(), revised(transaction, id)?)?;
            let late = Moment::now().plus_seconds(-PATIENCE);
            transaction.execute("DELETE FROM attachments WHERE file IS NULL AND created < ?", [late])?;
            check_room(transaction, id, request.file_size)?;
            let attachment = insert(transaction, id, &name, key.as_deref(), request.file_size, None)?;
            // Whoever has the item must learn its new date: the bytes may never come.
            revision::of_item(transaction, id)?;
            upload_of(transaction, &base, &caller, &rights, id, attachment, request.admin_request)
        })
        .await
}

/// The same answer again, for who lost the first.
pub(crate) async fn renew(
    State(app): State<App>,
    caller: Caller,
    Path((id, attachment)): Path<(Uuid, Uuid)>,
) -> Result<Json<FileUpload>, ApiError> {
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let (rights, as_admin) = editor(connection, &caller, id)?;
            announced_size(connection, id, attachment)?;
            upload_of(connection, &base, &caller, &rights, id, attachment, as_admin)
        })
        .await
}

fn upload_of(
    connection: &Connection,
    base: &str,
    caller: &Caller,
    rights: &Rights,
    id: Uuid,
    attachment: Uuid,
    as_admin: bool,
) -> Result<Json<FileUpload>, ApiError> {
    let form = if as_admin { Form::Mini } else { Form::Plain };
    let mut item = one(connection, base, caller.user, id, form, rights)?;
    if let Some(announced) = attachment_of(connection, base, id, attachment)? {
        item.announce(announced);
    }
    let (cipher_response, cipher_mini_response) =
        if as_admin { (None, Some(item)) } else { (Some(item), None) };
    Ok(Json(FileUpload {
        object: "attachment-fileUpload",
        attachment_id: attachment,
        url: format!("{base}/api/ciphers/{id}/attachment/{attachment}"),
        file_upload_type: 0,
        cipher_response,
        cipher_mini_response,
    }))
}

/// The bytes of an announced file.
pub(crate) async fn direct(
    State(app): State<App>,
    caller: Caller,
    Path((id, attachment)): Path<(Uuid, Uuid)>,
    request: Request,
) -> Result<(), ApiError> {
    let size = app.store.read(move |connection| announced_size(connection, id, attachment)).await?;
    let Received { file, .. } = receive(app.store.files(), request, size).await?;
    if file.length() != size {
        return Err(ApiError::refused("File size does not match expected size."));
    }
    let name = file.keep().await?;
    let kept = app
        .store
        .write(move |transaction| {
            let (rights, _) = editor(transaction, &caller, id)?;
            announced_size(transaction, id, attachment)?;
            transaction.execute("UPDATE attachments SET file = ? WHERE id = ?", (name, attachment))?;
            revision::of_item(transaction, id)?;
            record(transaction, &caller, rights.organization, event::ATTACHMENT_CREATED, id)?;
            Ok(())
        })
        .await;
    kept_or_removed(&app, name, kept).await
}

/// The older form: key and bytes in one request, nothing announced.
pub(crate) async fn at_once(
    state: State<App>,
    caller: Caller,
    id: Path<Uuid>,
    request: Request,
) -> Result<Json<Item>, ApiError> {
    store_at_once(state, caller, id, request, Role::ItemEditor).await
}

pub(crate) async fn at_once_as_admin(
    state: State<App>,
    caller: Caller,
    id: Path<Uuid>,
    request: Request,
) -> Result<Json<Item>, ApiError> {
    store_at_once(state, caller, id, request, Role::ItemAdminEditor).await
}

async fn store_at_once(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    request: Request,
    role: Role,
) -> Result<Json<Item>, ApiError> {
    let room = app.store.read(move |connection| room(connection, id)).await?;
    let received = receive(app.store.files(), request, room.clamp(0, FILE_LIMIT).unsigned_abs()).await?;
    let name = checked_name(received.name.as_deref())?;
    let key = checked_key(received.key.as_deref())?;
    let size = i64::try_from(received.file.length()).unwrap_or(i64::MAX);
    let file = received.file.keep().await?;
    let base = app.base.clone();
    let kept = app
        .store
        .write(move |transaction| {
            let rights = Rights::demand(transaction, caller.user, id, role)?;
            check_room(transaction, id, size)?;
            insert(transaction, id, &name, key.as_deref(), size, Some(file))?;
            revision::of_item(transaction, id)?;
            record(transaction, &caller, rights.organization, event::ATTACHMENT_CREATED, id)?;
            let form = if role == Role::ItemEditor { Form::Plain } else { Form::Mini };
            answer(transaction, &base, &caller, id, form)
        })
        .await;
    kept_or_removed(&app, file, kept).await
}

/// A file whose row was not written goes at once.
pub(in crate::api) async fn kept_or_removed<T>(
    app: &App,
    name: Uuid,
    kept: Result<T, ApiError>,
) -> Result<T, ApiError> {
    if kept.is_err() {
        app.store.files().remove(name).await?;
    }
    kept
}

/// Whether the caller may edit the item as anybody, or else as an administrator.
fn editor(connection: &Connection, caller: &Caller, id: Uuid) -> Result<(Rights, bool), ApiError> {
    match Rights::demand(connection, caller.user, id, Role::ItemEditor) {
        Ok(rights) => Ok((rights, false)),
        Err(_) => Ok((Rights::demand(connection, caller.user, id, Role::ItemAdminEditor)?, true)),
    }
}

fn announced_size(connection: &Connection, id: Uuid, attachment: Uuid) -> Result<u64, ApiError> {
    let size: Option<i64> = connection
        .prepare_cached("SELECT size FROM attachments WHERE id = ? AND cipher_id = ? AND file IS NULL")?
        .query_row((attachment, id), |row| row.get(0))
        .optional()?;
    size.map(i64::unsigned_abs).ok_or(ApiError::NotFound)
}

fn room(connection: &Connection, id: Uuid) -> Result<i64, ApiError> {
    remaining(connection, Quota::of(connection, id)?)
}

fn check_room(connection: &Connection, id: Uuid, size: i64) -> Result<(), ApiError> {
    if !(0..=FILE_LIMIT).contains(&size) {
        return Err(ApiError::refused("Max file size is 500 MB."));
    }
    if room(connection, id)? < size {
        return Err(ApiError::refused("Not enough storage available."));
    }
    Ok(())
}

/// The item counts as changed from here on, and not a second time when the bytes have come: by then its editor may have
/// read it already, and would be told to be out of date.
fn insert(
    connection: &Connection,
    cipher: Uuid,
    name: &str,
    key: Option<&str>,
    size: i64,
    file: Option<Uuid>,
) -> Result<Uuid, ApiError> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    connection
        .prepare_cached(
            "INSERT INTO attachments (id, cipher_id, name, file_key, size, file, created)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((id, cipher, name, key, size, file, now))?;
    connection.prepare_cached("UPDATE ciphers SET revised = ? WHERE id = ?")?.execute((now, cipher))?;
    Ok(id)
}

fn checked_name(name: Option<&str>) -> Result<String, ApiError> {
    let name = name.ok_or_else(|| ApiError::Invalid {
        field: "FileName",
        problem: "The FileName field is required.".into(),
    })?;
    check_text("FileName", 1000, name)?;
    Ok(name.to_owned())
}

fn checked_key(key: Option<&str>) -> Result<Option<String>, ApiError> {
    if let Some(key) = key {
        check_text("Key", 1000, key)?;
    }
    Ok(key.map(str::to_owned))
}
