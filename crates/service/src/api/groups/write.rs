//! Making, changing and deleting groups (protocol.md §4.5).

use axum::Json;
use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::{GroupRequest, IdsRequest};
use portico_protocol::organization::{PlanType, Selection};
use rusqlite::Connection;
use uuid::Uuid;

use super::{Group, group, members};
use crate::api::access::{Grants, grants_of, set_grants};
use crate::api::belonging::{Part, all_belong};
use crate::api::collections::{Rights, merged};
use crate::api::fields;
use crate::api::path::{GroupId, MemberId};
use crate::api::plan::features;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::{events, revision};

pub(crate) async fn create(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<GroupRequest>,
) -> Result<Json<Group>, ApiError> {
    let asked = Asked::of(request)?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            check_plan(transaction, organization)?;
            let users = asked.users.unwrap_or_default();
            let collections = asked.collections.unwrap_or_default();
            check_not_self(transaction, &acting, &[], &users)?;
            all_belong(transaction, organization, Part::Members, users.iter().copied())?;
            all_belong(transaction, organization, Part::Collections, collections.iter().map(|one| one.id))?;
            let rights = Rights::of(transaction, &acting)?;
            for one in &collections {
                if !rights.may_grant_to_groups(transaction, one.id)? {
                    return Err(ApiError::NotFound);
                }
            }
            let (id, now) = (Uuid::new_v4(), Moment::now());
            transaction.execute(
                "INSERT INTO groups (id, organization_id, name, external_id, created, revised)
                 VALUES (?, ?, ?, ?, ?, ?)",
                (id, organization, asked.name, asked.external_id, now, now),
            )?;
            put(transaction, id, &users, &collections)?;
            record(transaction, &acting, EventType::GROUP_CREATED, id)?;
            record_moved(transaction, &acting, &[], &users)?;
            Ok(Json(group(transaction, organization, id)?.ok_or(ApiError::NotFound)?))
        })
        .await
}

/// What the request does not name stays as it is, and so do collections whose access the caller may not change: clients do
/// not send those.
pub(crate) async fn update(
    State(app): State<App>,
    acting: Acting,
    GroupId(id): GroupId,
    Body(request): Body<GroupRequest>,
) -> Result<Json<Group>, ApiError> {
    let asked = Asked::of(request)?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            group(transaction, organization, id)?.ok_or(ApiError::NotFound)?;
            check_plan(transaction, organization)?;
            let before = members(transaction, id)?;
            let users = asked.users.unwrap_or_else(|| before.clone());
            check_not_self(transaction, &acting, &before, &users)?;
            all_belong(transaction, organization, Part::Members, users.iter().copied())?;
            let rights = Rights::of(transaction, &acting)?;
            let old = grants_of(transaction, Grants::CollectionsOfGroups, id)?;
            let collections = match asked.collections {
                Some(collections) => merged(transaction, organization, old, collections, |collection| {
                    rights.may_grant_to_groups(transaction, collection)
                })?,
                None => old,
            };
            revision::of_group(transaction, id)?;
            transaction.execute(
                "UPDATE groups SET name = ?, external_id = coalesce(?, external_id), revised = ? WHERE id = ?",
                (asked.name, asked.external_id, Moment::now(), id),
            )?;
            put(transaction, id, &users, &collections)?;
            record(transaction, &acting, EventType::GROUP_UPDATED, id)?;
            record_moved(transaction, &acting, &before, &users)?;
            Ok(Json(group(transaction, organization, id)?.ok_or(ApiError::NotFound)?))
        })
        .await
}

pub(crate) async fn remove(
    State(app): State<App>,
    acting: Acting,
    GroupId(id): GroupId,
) -> Result<(), ApiError> {
    app.store.write(move |transaction| delete(transaction, &acting, id)).await
}

/// All of them or none.
pub(crate) async fn remove_many(
    State(app): State<App>,
    acting: Acting,
    Body(request): Body<IdsRequest>,
) -> Result<(), ApiError> {
    let ids = fields::some_ids(request.ids)?;
    app.store
        .write(move |transaction| ids.into_iter().try_for_each(|id| delete(transaction, &acting, id)))
        .await
}

pub(crate) async fn remove_member(
    State(app): State<App>,
    acting: Acting,
    GroupId(id): GroupId,
    MemberId(member): MemberId,
) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            group(transaction, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
            let gone = transaction
                .execute("DELETE FROM group_members WHERE group_id = ? AND member_id = ?", (id, member))?;
            if gone == 0 {
                return Err(ApiError::NotFound);
            }
            revision::of_member(transaction, member)?;
            Ok(events::about_member(transaction, &acting, EventType::MEMBER_GROUPS_UPDATED, member)?)
        })
        .await
}

fn delete(connection: &Connection, acting: &Acting, id: Uuid) -> Result<(), ApiError> {
    group(connection, acting.organization(), id)?.ok_or(ApiError::NotFound)?;
    revision::of_group(connection, id)?;
    connection.execute("DELETE FROM groups WHERE id = ?", [id])?;
    Ok(record(connection, acting, EventType::GROUP_DELETED, id)?)
}

fn record(
    connection: &Connection,
    acting: &Acting,
    kind: EventType,
    id: Uuid,
) -> Result<(), rusqlite::Error> {
    let about = BulkEvent { group_id: Some(id), ..BulkEvent::default() };
    events::in_organization(connection, acting, kind, about)
}

/// Who is in the group and where it leads. Whoever came in by it learns of the change.
fn put(
    connection: &Connection,
    group: Uuid,
    members: &[Uuid],
    collections: &[Selection],
) -> Result<(), rusqlite::Error> {
    connection.execute("DELETE FROM group_members WHERE group_id = ?", [group])?;
    let mut insert =
        connection.prepare_cached("INSERT INTO group_members (group_id, member_id) VALUES (?, ?)")?;
    members.iter().try_for_each(|member| insert.execute((group, member)).map(drop))?;
    set_grants(connection, Grants::CollectionsOfGroups, group, collections)?;
    revision::of_group(connection, group)
}

/// Writes whom it brought into the group or out of it.
fn record_moved(
    connection: &Connection,
    acting: &Acting,
    before: &[Uuid],
    after: &[Uuid],
) -> Result<(), rusqlite::Error> {
    let gone = before.iter().filter(|member| !after.contains(member));
    let new = after.iter().filter(|member| !before.contains(member));
    gone.chain(new).try_for_each(|member| {
        events::about_member(connection, acting, EventType::MEMBER_GROUPS_UPDATED, *member)
    })
}

/// Where admins do not manage every collection, nobody gives themselves more by way of a group.
fn check_not_self(
    connection: &Connection,
    acting: &Acting,
    before: &[Uuid],
    after: &[Uuid],
) -> Result<(), ApiError> {
    let Some(own) = acting.access.member.as_ref().map(|member| member.id) else { return Ok(()) };
    let joins = after.contains(&own) && !before.contains(&own);
    if joins && !Rights::of(connection, acting)?.admins_manage_all() {
        return Err(ApiError::refused("You cannot add yourself to groups."));
    }
    Ok(())
}

fn check_plan(connection: &Connection, organization: Uuid) -> Result<(), ApiError> {
    let plan =
        connection.query_row("SELECT plan_type FROM organizations WHERE id = ?", [organization], |row| {
            row.get(0)
        })?;
    if features(PlanType(plan)).teams {
        Ok(())
    } else {
        Err(ApiError::refused("This organization cannot use groups."))
    }
}

/// A request, checked as far as that goes without the store.
struct Asked {
    name: String,
    external_id: Option<String>,
    collections: Option<Vec<Selection>>,
    users: Option<Vec<Uuid>>,
}

impl Asked {
    fn of(request: GroupRequest) -> Result<Asked, ApiError> {
        Ok(Asked {
            name: fields::text("Name", request.name.as_deref(), 100)?,
            external_id: fields::optional("ExternalId", request.external_id, 300)?,
            collections: request.collections.map(|all| fields::selections("Collections", all)).transpose()?,
            users: request.users.map(|users| fields::ids("Users", users)).transpose()?,
        })
    }
}
