//! Files that are there: where to fetch one, and taking one away.

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::{event, record};
use crate::api::download;
use crate::app::App;
use crate::authorize::{Caller, Role};
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;
use crate::vault::{Attachment, Form, Item, Rights, attachment_of, one};

pub(crate) async fn read(
    state: State<App>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<Json<Attachment>, ApiError> {
    read_by(state, caller, path, Role::ItemReader).await
}

pub(crate) async fn read_as_admin(
    state: State<App>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<Json<Attachment>, ApiError> {
    read_by(state, caller, path, Role::ItemAdminFileReader).await
}

async fn read_by(
    State(app): State<App>,
    caller: Caller,
    Path((id, attachment)): Path<(Uuid, Uuid)>,
    role: Role,
) -> Result<Json<Attachment>, ApiError> {
    let link = download::link(&app, download::Kind::Attachment, attachment);
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            Rights::demand(connection, caller.user, id, role)?;
            let found = attachment_of(connection, &base, id, attachment)?;
            let mut found = found.filter(|found| found.has_arrived).ok_or(ApiError::NotFound)?;
            found.url = link;
            Ok(Json(found))
        })
        .await
}

/// What is left of the item.
#[derive(Serialize)]
pub(crate) struct Deleted {
    object: &'static str,
    cipher: Item,
}

pub(crate) async fn delete(
    state: State<App>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<Json<Deleted>, ApiError> {
    delete_by(state, caller, path, Role::ItemEditor).await
}

pub(crate) async fn delete_as_admin(
    state: State<App>,
    caller: Caller,
    path: Path<(Uuid, Uuid)>,
) -> Result<Json<Deleted>, ApiError> {
    delete_by(state, caller, path, Role::ItemAdminEditor).await
}

async fn delete_by(
    State(app): State<App>,
    caller: Caller,
    Path((id, attachment)): Path<(Uuid, Uuid)>,
    role: Role,
) -> Result<Json<Deleted>, ApiError> {
    let base = app.base.clone();
    let left = app
        .store
        .write(move |transaction| {
            let rights = Rights::demand(transaction, caller.user, id, role)?;
            remove(transaction, id, attachment)?;
            revision::of_item(transaction, id)?;
            record(transaction, &caller, rights.organization, event::ATTACHMENT_DELETED, id)?;
            one(transaction, &base, caller.user, id, Form::Mini, &rights)
        })
        .await?;
    app.store.files().remove_doomed(&app.store).await;
    Ok(Json(Deleted { object: "deleteAttachment", cipher: left }))
}

fn remove(connection: &Connection, cipher: Uuid, attachment: Uuid) -> Result<(), ApiError> {
    let mut delete = connection.prepare_cached("DELETE FROM attachments WHERE id = ? AND cipher_id = ?")?;
    if delete.execute((attachment, cipher))? == 0 {
        return Err(ApiError::NotFound);
    }
    let mut touch = connection.prepare_cached("UPDATE ciphers SET revised = ? WHERE id = ?")?;
    touch.execute((Moment::now(), cipher))?;
    Ok(())
}
