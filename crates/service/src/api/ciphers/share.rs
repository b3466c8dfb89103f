//! Giving own items to an organization.

use axum::Json;
use axum::extract::{Path, State};
use portico_protocol::ListResponse;
use rusqlite::Transaction;
use serde::Deserialize;
use uuid::Uuid;

use super::collections::check_new;
use super::save::{WithCollections, answer, revised};
use super::{ItemList, check_count, event, record};
use crate::api::fields::each_once;
use crate::app::App;
use crate::authorize::{Caller, Role};
use crate::body::Body;
use crate::error::ApiError;
use crate::revision;
use crate::vault::{
    Change, Form, Item, ItemRequest, Marks, Quota, Rights, check_type, mark, ones, put_in_collections,
    remaining, update,
};

pub(crate) async fn one_item(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Body(mut request): Body<WithCollections>,
) -> Result<Json<Item>, ApiError> {
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            let collections = request.collection_ids.take().unwrap_or_default();
            share(transaction, &caller, id, &mut request.cipher, &collections)?;
            answer(transaction, &base, &caller, id, Form::Plain)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyWithCollections {
    ciphers: Vec<ItemRequest>,
    collection_ids: Vec<Uuid>,
}

/// All of them or none.
pub(crate) async fn many(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<ManyWithCollections>,
) -> Result<ItemList, ApiError> {
    let ids: Option<Vec<Uuid>> = request.ciphers.iter().map(|cipher| cipher.id).collect();
    let ids: Vec<Uuid> =
        ids.ok_or_else(|| ApiError::Invalid { field: "Id", problem: "The Id field is required.".into() })?;
    check_count(&ids, "share")?;
    let mut ciphers = each_once(ids.into_iter().zip(request.ciphers).collect(), |(id, _)| *id);
    let base = app.base.clone();
    app.store
        .write(move |transaction| {
            for (id, cipher) in &mut ciphers {
                share(transaction, &caller, *id, cipher, &request.collection_ids)?;
            }
            let ids: Vec<Uuid> = ciphers.iter().map(|(id, _)| *id).collect();
            Ok(Json(ListResponse::complete(ones(transaction, &base, caller.user, &ids, Form::Mini)?)))
        })
        .await
}

fn share(
    transaction: &Transaction<'_>,
    caller: &Caller,
    id: Uuid,
    request: &mut ItemRequest,
    collections: &[Uuid],
) -> Result<(), ApiError> {
    let rights = Rights::demand(transaction, caller.user, id, Role::ItemReader)?;
    if rights.organization.is_some() {
        return Err(ApiError::refused("Already belongs to an organization."));
    }
    let organization = request.organization_id.ok_or_else(|| ApiError::Invalid {
        field: "OrganizationId",
        problem: "The OrganizationId field is required.".into(),
    })?;
    if collections.is_empty() {
        return Err(ApiError::refused("You must select at least one collection."));
    }
    check_new(transaction, caller.user, organization, collections, false)?;
    request.check_seen(revised(transaction, id)?)?;
    let content = request.content(caller.user)?;
    check_type(transaction, caller.user, Some(organization), content.kind)?;
    let size: i64 = transaction
        .prepare_cached("SELECT coalesce(sum(size), 0) FROM attachments WHERE cipher_id = ?")?
        .query_row([id], |row| row.get(0))?;
    if size > 0 && remaining(transaction, Quota::Organization(organization))? < size {
        return Err(ApiError::refused("Not enough storage available for this organization."));
    }
    update(transaction, id, request, content, Change::HandOver(organization))?;
    put_in_collections(transaction, id, collections)?;
    mark(transaction, caller.user, id, Marks::of(request)?)?;
    revision::of_user(transaction, caller.user)?;
    revision::of_item(transaction, id)?;
    record(transaction, caller, Some(organization), event::SHARED, id)?;
    Ok(())
}
