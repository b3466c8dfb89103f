//! One client organization.

use std::sync::Arc;

use portico_estate::ClientStructure;
use tauri::{AppHandle, State};

use super::{blocking, id, open};
use crate::{
    dto::{
        client::{
            ClientHead, CollectionDetail, CollectionsOpened, CollectionsPage, GroupDetail, GroupsPage,
            ListQuery, MemberDetail, MembersPage, MembersQuery, PolicyRow,
        },
        error::{AppError, ErrorCode},
    },
    failure::Answer,
    shell::{Open, Shell},
    syncing, views,
};

#[tauri::command]
pub async fn client_head(shell: State<'_, Shell>, organization_id: String) -> Answer<ClientHead> {
    let open = open(&shell)?;
    blocking(move || views::client::head(&open, id(&organization_id)?)).await
}

#[tauri::command]
pub async fn members_page(shell: State<'_, Shell>, query: MembersQuery) -> Answer<MembersPage> {
    let open = open(&shell)?;
    blocking(move || Ok(views::client::members(&*structure(&open, &query.organization_id)?, &query))).await
}

#[tauri::command]
pub async fn member_detail(
    shell: State<'_, Shell>,
    organization_id: String,
    member_id: String,
) -> Answer<MemberDetail> {
    let open = open(&shell)?;
    blocking(move || found(views::client::member(&*structure(&open, &organization_id)?, id(&member_id)?)))
        .await
}

#[tauri::command]
pub async fn groups_page(shell: State<'_, Shell>, query: ListQuery) -> Answer<GroupsPage> {
    let open = open(&shell)?;
    blocking(move || Ok(views::client::groups(&*structure(&open, &query.organization_id)?, &query))).await
}

#[tauri::command]
pub async fn group_detail(
    shell: State<'_, Shell>,
    organization_id: String,
    group_id: String,
) -> Answer<GroupDetail> {
    let open = open(&shell)?;
    blocking(move || found(views::client::group(&*structure(&open, &organization_id)?, id(&group_id)?))).await
}

/// A person opens the collections of a client: the one read that the audit logs record, and so they should. Offline
/// nothing is asked and nothing is logged.
#[tauri::command]
pub async fn open_collections(
    app: AppHandle,
    shell: State<'_, Shell>,
    organization_id: String,
) -> Answer<CollectionsOpened> {
    let open = open(&shell)?;
    Ok(CollectionsOpened { logged: syncing::open_collections(&app, &open, id(&organization_id)?).await? })
}

#[tauri::command]
pub async fn collections_page(shell: State<'_, Shell>, query: ListQuery) -> Answer<CollectionsPage> {
    let open = open(&shell)?;
    blocking(move || Ok(views::client::collections(&*structure(&open, &query.organization_id)?, &query)))
        .await
}

#[tauri::command]
pub async fn collection_detail(
    shell: State<'_, Shell>,
    organization_id: String,
    collection_id: String,
) -> Answer<CollectionDetail> {
    let open = open(&shell)?;
    blocking(move || {
        found(views::client::collection(&*structure(&open, &organization_id)?, id(&collection_id)?))
    })
    .await
}

#[tauri::command]
pub async fn policies(shell: State<'_, Shell>, organization_id: String) -> Answer<Vec<PolicyRow>> {
    let open = open(&shell)?;
    blocking(move || Ok(views::client::policies(&*structure(&open, &organization_id)?))).await
}

/// A pinned client is read by every sync. Lists and heads are asked for again.
#[tauri::command]
pub async fn set_pinned(
    app: AppHandle,
    shell: State<'_, Shell>,
    organization_id: String,
    pinned: bool,
) -> Answer<()> {
    let open = open(&shell)?;
    blocking(move || {
        open.unlocked.set_pinned(id(&organization_id)?, pinned)?;
        syncing::show_picture(&app, &open);
        Ok(())
    })
    .await
}

fn structure(open: &Open, organization: &str) -> Answer<Arc<ClientStructure>> {
    found(open.client(id(organization)?)?)
}

fn found<T>(answer: Option<T>) -> Answer<T> {
    answer.ok_or(AppError::of(ErrorCode::NotFound))
}
