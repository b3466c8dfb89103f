//! Personal folders (protocol.md §4.3).

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::ListResponse;
use portico_protocol::sync::FolderResponse;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Deserialize;
use uuid::Uuid;

use super::ciphers::{Ids, MANY};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;
use crate::vault::check_name;

/// More folders than anybody has; a bound all the same.
pub(super) const LIMIT: i64 = 10_000;

#[derive(Deserialize)]
pub(crate) struct FolderRequest {
    #[serde(default)]
    pub(super) name: Option<String>,
}

impl FolderRequest {
    pub(super) fn name(&self) -> Result<&str, ApiError> {
        let problem = "The Name field is required.";
        let name = self.name.as_deref();
        let name = name.ok_or_else(|| ApiError::Invalid { field: "Name", problem: problem.into() })?;
        check_name(name)?;
        Ok(name)
    }
}

/// All folders of `user`.
pub(super) fn of(connection: &Connection, user: Uuid) -> Result<Vec<FolderResponse>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT id, name, revised FROM folders WHERE user_id = ? ORDER BY created, id")?
        .query_map([user], folder)?
        .collect()
}

/// Keeps a new folder of `user`.
pub(super) fn insert(connection: &Connection, user: Uuid, name: &str) -> Result<Uuid, ApiError> {
    let (id, now) = (Uuid::new_v4(), Moment::now());
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM folders WHERE user_id = ?")?
        .query_row([user], |row| row.get(0))?;
    if count >= LIMIT {
        return Err(ApiError::refused("There are too many folders."));
    }
    connection
        .prepare_cached("INSERT INTO folders (id, user_id, name, created, revised) VALUES (?, ?, ?, ?, ?)")?
        .execute((id, user, name, now, now))?;
    Ok(id)
}

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ListResponse<FolderResponse>>, ApiError> {
    app.store.read(move |connection| Ok(Json(ListResponse::complete(of(connection, caller.user)?)))).await
}

pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<FolderResponse>, ApiError> {
    app.store.read(move |connection| Ok(Json(one(connection, caller.user, id)?))).await
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<FolderRequest>,
) -> Result<Json<FolderResponse>, ApiError> {
    request.name()?;
    app.store
        .write(move |transaction| {
            let id = insert(transaction, caller.user, request.name()?)?;
            revision::of_user(transaction, caller.user)?;
            Ok(Json(one(transaction, caller.user, id)?))
        })
        .await
}

pub(crate) async fn rename(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(request): Body<FolderRequest>,
) -> Result<Json<FolderResponse>, ApiError> {
    request.name()?;
    app.store
        .write(move |transaction| {
            transaction.execute(
                "UPDATE folders SET name = ?, revised = ? WHERE id = ? AND user_id = ?",
                (request.name()?, Moment::now(), id, caller.user),
            )?;
            revision::of_user(transaction, caller.user)?;
            Ok(Json(one(transaction, caller.user, id)?))
        })
        .await
}

/// The items in it stay, without a folder.
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            one(transaction, caller.user, id)?;
            delete_all(transaction, caller.user, &[id])
        })
        .await
}

pub(crate) async fn delete_many(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<Ids>,
) -> Result<(), ApiError> {
    if request.ids.len() > MANY {
        return Err(ApiError::refused("You can only delete up to 500 folders at a time."));
    }
    app.store.write(move |transaction| delete_all(transaction, caller.user, &request.ids)).await
}

fn delete_all(connection: &Connection, user: Uuid, ids: &[Uuid]) -> Result<(), ApiError> {
    let mut delete = connection.prepare_cached("DELETE FROM folders WHERE id = ? AND user_id = ?")?;
    for id in ids {
        delete.execute((id, user))?;
    }
    Ok(revision::of_user(connection, user)?)
}

fn one(connection: &Connection, user: Uuid, id: Uuid) -> Result<FolderResponse, ApiError> {
    connection
        .prepare_cached("SELECT id, name, revised FROM folders WHERE id = ? AND user_id = ?")?
        .query_row((id, user), folder)
        .optional()?
        .ok_or(ApiError::NotFound)
}

fn folder(row: &Row<'_>) -> Result<FolderResponse, rusqlite::Error> {
    Ok(FolderResponse {
        id: row.get(0)?,
        object: "folder".into(),
        name: row.get(1)?,
        revision_date: Some(row.get::<_, Moment>(2)?.into()),
        ..FolderResponse::default()
    })
}
