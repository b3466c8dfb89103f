//! The trash: into it, out of it, and gone for good.
//!
//! Asked for many, members get what they may have done and the rest is passed over in silence, as on the official server;
//! the administrators' forms do all or nothing.

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::ListResponse;
use rusqlite::Connection;
use uuid::Uuid;

use super::save::answer;
use super::{Ids, ItemList, check_count, event, record};
use crate::api::fields::each_once;
use crate::app::App;
use crate::authorize::{Caller, Role};
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;
use crate::vault::{Form, Item, Rights, ones};

#[derive(Clone, Copy)]
enum Deed {
    Trash,
    Restore,
    Delete,
}

pub(crate) async fn trash(app: State<App>, caller: Caller, id: Path<Uuid>) -> Result<(), ApiError> {
    to_one(&app, &caller, *id, Role::ItemDeleter, Deed::Trash).await
}

pub(crate) async fn trash_as_admin(app: State<App>, caller: Caller, id: Path<Uuid>) -> Result<(), ApiError> {
    to_one(&app, &caller, *id, Role::ItemAdminDeleter, Deed::Trash).await
}

pub(crate) async fn delete(app: State<App>, caller: Caller, id: Path<Uuid>) -> Result<(), ApiError> {
    to_one(&app, &caller, *id, Role::ItemDeleter, Deed::Delete).await
}

pub(crate) async fn delete_as_admin(app: State<App>, caller: Caller, id: Path<Uuid>) -> Result<(), ApiError> {
    to_one(&app, &caller, *id, Role::ItemAdminDeleter, Deed::Delete).await
}

pub(crate) async fn restore(app: State<App>, caller: Caller, id: Path<Uuid>) -> Result<Json<Item>, ApiError> {
    to_one(&app, &caller, *id, Role::ItemDeleter, Deed::Restore).await?;
    let base = app.base.clone();
    app.store.read(move |connection| answer(connection, &base, &caller, *id, Form::Plain)).await
}

pub(crate) async fn restore_as_admin(
    app: State<App>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Json<Item>, ApiError> {
    to_one(&app, &caller, *id, Role::ItemAdminDeleter, Deed::Restore).await?;
    let base = app.base.clone();
    app.store.read(move |connection| answer(connection, &base, &caller, *id, Form::Mini)).await
}

pub(crate) async fn trash_many(app: State<App>, caller: Caller, body: Body<Ids>) -> Result<(), ApiError> {
    check_count(&body.0.ids, "delete")?;
    to_many(&app, &caller, body.0, Role::ItemDeleter, Deed::Trash).await.map(drop)
}

pub(crate) async fn trash_many_as_admin(
    app: State<App>,
    caller: Caller,
    body: Body<Ids>,
) -> Result<(), ApiError> {
    check_count(&body.0.ids, "delete")?;
    to_many(&app, &caller, body.0, Role::ItemAdminDeleter, Deed::Trash).await.map(drop)
}

pub(crate) async fn delete_many(app: State<App>, caller: Caller, body: Body<Ids>) -> Result<(), ApiError> {
    check_count(&body.0.ids, "delete")?;
    to_many(&app, &caller, body.0, Role::ItemDeleter, Deed::Delete).await.map(drop)
}

pub(crate) async fn delete_many_as_admin(
    app: State<App>,
    caller: Caller,
    body: Body<Ids>,
) -> Result<(), ApiError> {
    check_count(&body.0.ids, "delete")?;
    to_many(&app, &caller, body.0, Role::ItemAdminDeleter, Deed::Delete).await.map(drop)
}

pub(crate) async fn restore_many(
    app: State<App>,
    caller: Caller,
    body: Body<Ids>,
) -> Result<ItemList, ApiError> {
    restore_all(app, caller, body, Role::ItemDeleter).await
}

pub(crate) async fn restore_many_as_admin(
    app: State<App>,
    caller: Caller,
    body: Body<Ids>,
) -> Result<ItemList, ApiError> {
    restore_all(app, caller, body, Role::ItemAdminDeleter).await
}

async fn restore_all(
    app: State<App>,
    caller: Caller,
    Body(request): Body<Ids>,
    role: Role,
) -> Result<ItemList, ApiError> {
    check_count(&request.ids, "restore")?;
    let restored = to_many(&app, &caller, request, role, Deed::Restore).await?;
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let items = ones(connection, &base, caller.user, &restored, Form::Mini)?;
            Ok(Json(ListResponse::complete(items)))
        })
        .await
}

async fn to_one(app: &App, caller: &Caller, id: Uuid, role: Role, deed: Deed) -> Result<(), ApiError> {
    let caller = caller.clone();
    app.store
        .write(move |transaction| {
            let rights = Rights::demand(transaction, caller.user, id, role)?;
            perform(transaction, &caller, id, &rights, deed)
        })
        .await?;
    clear_files(app, deed).await;
    Ok(())
}

/// Returns those it was done to.
async fn to_many(
    app: &App,
    caller: &Caller,
    request: Ids,
    role: Role,
    deed: Deed,
) -> Result<Vec<Uuid>, ApiError> {
    let caller = caller.clone();
    let strict = role == Role::ItemAdminDeleter;
    if strict && request.organization_id.is_none() {
        return Err(ApiError::NotFound);
    }
    let done = app
        .store
        .write(move |transaction| {
            let mut done = Vec::with_capacity(request.ids.len());
            for id in each_once(request.ids, |id| *id) {
                let rights = Rights::of(transaction, caller.user, id)?;
                let elsewhere = |rights: &Rights| {
                    request.organization_id.is_some() && rights.organization != request.organization_id
                };
                match rights {
                    Some(rights) if rights.roles().contains(&role) && !elsewhere(&rights) => {
                        perform(transaction, &caller, id, &rights, deed)?;
                        done.push(id);
                    }
                    _ if strict => return Err(ApiError::NotFound),
                    _ => {}
                }
            }
            Ok(done)
        })
        .await?;
    clear_files(app, deed).await;
    Ok(done)
}

fn perform(
    connection: &Connection,
    caller: &Caller,
    id: Uuid,
    rights: &Rights,
    deed: Deed,
) -> Result<(), ApiError> {
    // Before an item is gone: afterwards nobody reaches it.
    revision::of_item(connection, id)?;
    let (changed, number) = match deed {
        Deed::Trash => {
            let sql = "UPDATE ciphers SET deleted = ?2, revised = ?2 WHERE id = ?1 AND deleted IS NULL";
            (connection.prepare_cached(sql)?.execute((id, Moment::now()))?, event::SOFT_DELETED)
        }
        Deed::Restore => {
            let sql = "UPDATE ciphers SET deleted = NULL, revised = ?2 WHERE id = ?1 AND deleted IS NOT NULL";
            (connection.prepare_cached(sql)?.execute((id, Moment::now()))?, event::RESTORED)
        }
        Deed::Delete => {
            (connection.prepare_cached("DELETE FROM ciphers WHERE id = ?")?.execute([id])?, event::DELETED)
        }
    };
    // Doing it twice changes nothing, and is nothing to write down.
    if changed > 0 {
        record(connection, caller, rights.organization, number, id)?;
    }
    Ok(())
}

async fn clear_files(app: &App, deed: Deed) {
    if let Deed::Delete = deed {
        app.store.files().remove_doomed(&app.store).await;
    }
}
