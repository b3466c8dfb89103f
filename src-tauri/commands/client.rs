//! One client organization.

use std::sync::Arc;

use portico_estate::{ClientStructure, PolicyType};
use tauri::{AppHandle, State};
use time::OffsetDateTime;

use super::{blocking, id, open};
use crate::{
    dto::{
        client::{
            ClientHead, CollectionDetail, CollectionsOpened, CollectionsPage, Coverage, GroupDetail,
            GroupsPage, ListQuery, MemberCounts, MemberDetail, MembersPage, MembersQuery, PolicyRow,
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
    blocking(move || head(&open, &organization_id)).await
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

/// The head stands even where the client was never read: name, seats and plan come from the provider's own list.
fn head(open: &Open, organization: &str) -> Answer<ClientHead> {
    let organization = id(organization)?;
    let picture = open.unlocked.picture();
    let own = picture.organizations()?.into_iter().find(|one| one.id == organization);
    let provider = picture.providers()?.iter().find_map(|provider| {
        Some((provider, provider.rows.iter().find(|row| row.organization_id == organization)?))
    });
    let structure = open.client(organization)?;
    let freshness = picture.freshness(organization);
    let facts = structure.as_deref();
    let name = facts
        .map(|client| client.organization.name.clone())
        .or_else(|| provider.map(|(_, row)| row.name.clone()))
        .or_else(|| own.as_ref().map(|own| own.name.clone()));
    let nobody = Coverage { on: 0, of: 0 };
    Ok(ClientHead {
        organization_id: organization.to_string(),
        name: found(name)?,
        plan: provider
            .and_then(|(_, row)| row.plan.clone())
            .or_else(|| {
                let plan = facts?.organization.plan_type.display_name()?;
                Some(portico_estate::plan_display(plan))
            })
            .unwrap_or_default(),
        enabled: own.as_ref().is_none_or(|own| own.enabled),
        through_provider: provider.map(|(provider, _)| provider.provider.name.clone()),
        provider_id: provider.map(|(provider, _)| provider.provider.id.to_string()),
        is_member: own.as_ref().is_some_and(|own| own.is_member),
        read_at: views::client::read_at(freshness.read_at),
        stale: views::clients::stale(&freshness, OffsetDateTime::now_utc()),
        pinned: open.unlocked.pinned()?.contains(&organization),
        tags: views::tags::readable(open)?.0.of(organization).map(str::to_owned).collect(),
        uses_groups: facts.is_none_or(|client| client.organization.use_groups),
        uses_policies: facts.is_none_or(|client| client.organization.use_policies),
        seats: provider
            .and_then(|(_, row)| row.assigned)
            .or_else(|| facts?.organization.seats)
            .and_then(|seats| u32::try_from(seats).ok()),
        occupied_seats: provider.and_then(|(_, row)| u32::try_from(row.used).ok()),
        members: facts.map_or(
            MemberCounts { all: 0, invited: 0, needs_confirmation: 0, revoked: 0 },
            views::client::member_counts,
        ),
        groups: views::count(facts.map_or(0, |client| client.groups.len())),
        collections: views::count(facts.map_or(0, |client| client.collections.len())),
        policies_on: views::count(
            facts.map_or(0, |client| client.policies.iter().filter(|policy| policy.enabled).count()),
        ),
        policies_known: views::count(facts.map_or(0, |client| {
            client.policies.iter().filter(|policy| policy.kind <= PolicyType(22)).count()
        })),
        two_step: facts
            .map_or(nobody, |client| views::client::coverage(client, |member| member.two_factor_enabled)),
        recovery: facts.map_or(nobody, |client| {
            views::client::coverage(client, |member| member.reset_password_enrolled)
        }),
        owners: facts.map(views::client::owners).unwrap_or_default(),
        billing_email: facts.and_then(|client| client.organization.billing_email.clone()),
        business_name: facts.and_then(|client| client.organization.business_name.clone()),
    })
}
