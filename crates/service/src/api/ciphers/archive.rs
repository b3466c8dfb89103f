//! What a person does with items for the own eyes only: the archive and folders.

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::ListResponse;
use serde::Deserialize;
use uuid::Uuid;

use super::save::answer;
use super::{Ids, ItemList, check_count};
use crate::api::fields::each_once;
use crate::app::App;
use crate::authorize::{Caller, Role};
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;
use crate::vault::{Form, Item, Marks, Rights, blank_is_none, mark, ones};

pub(crate) async fn archive(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    mark_all(&app, &caller, vec![id], archived_now()).await?;
    app.store.read(move |connection| answer(connection, &base, &caller, id, Form::Plain)).await
}

pub(crate) async fn unarchive(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    mark_all(&app, &caller, vec![id], not_archived()).await?;
    app.store.read(move |connection| answer(connection, &base, &caller, id, Form::Plain)).await
}

pub(crate) async fn archive_many(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<Ids>,
) -> Result<ItemList, ApiError> {
    check_count(&request.ids, "archive")?;
    let marked = mark_all(&app, &caller, request.ids, archived_now()).await?;
    list(&app, caller, marked).await
}

pub(crate) async fn unarchive_many(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<Ids>,
) -> Result<ItemList, ApiError> {
    check_count(&request.ids, "unarchive")?;
    let marked = mark_all(&app, &caller, request.ids, not_archived()).await?;
    list(&app, caller, marked).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Move {
    ids: Vec<Uuid>,
    #[serde(default, deserialize_with = "blank_is_none")]
    folder_id: Option<Uuid>,
}

pub(crate) async fn move_many(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<Move>,
) -> Result<(), ApiError> {
    check_count(&request.ids, "move")?;
    let marks = Marks { folder: Some(request.folder_id), ..Marks::default() };
    mark_all(&app, &caller, request.ids, marks).await.map(drop)
}

fn archived_now() -> Marks {
    Marks { archived: Some(Some(Moment::now())), ..Marks::default() }
}

fn not_archived() -> Marks {
    Marks { archived: Some(None), ..Marks::default() }
}

/// Marks those of `ids` that the caller sees, and returns them.
async fn mark_all(app: &App, caller: &Caller, ids: Vec<Uuid>, marks: Marks) -> Result<Vec<Uuid>, ApiError> {
    let user = caller.user;
    app.store
        .write(move |transaction| {
            let mut marked = Vec::with_capacity(ids.len());
            for id in each_once(ids, |id| *id) {
                let rights = Rights::of(transaction, user, id)?;
                if rights.is_some_and(|rights| rights.roles().contains(&Role::ItemReader)) {
                    mark(transaction, user, id, marks)?;
                    marked.push(id);
                }
            }
            revision::of_user(transaction, user)?;
            Ok(marked)
        })
        .await
}

async fn list(app: &App, caller: Caller, ids: Vec<Uuid>) -> Result<ItemList, ApiError> {
    let base = app.base.clone();
    app.store
        .read(move |connection| {
            let items = ones(connection, &base, caller.user, &ids, Form::Plain)?;
            Ok(Json(ListResponse::complete(items)))
        })
        .await
}
