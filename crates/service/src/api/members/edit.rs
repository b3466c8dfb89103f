//! Changing a member's role and access (protocol.md §4.6).

use axum::extract::State;
use portico_protocol::events::EventType;
use portico_protocol::organization::requests::MemberUpdateRequest;

use super::accept::would_run_two_for_free;
use super::invite::set_groups;
use super::roles::{self, NewRole};
use super::row::{self, CONFIRMED, OWNER};
use crate::api::access::{Grants, grants_of, set_grants};
use crate::api::belonging::{Part, all_belong};
use crate::api::collections::{Rights, merged};
use crate::api::fields;
use crate::api::path::MemberId;
use crate::app::App;
use crate::authorize::Acting;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::{events, revision};

pub(crate) async fn update(
    State(app): State<App>,
    acting: Acting,
    MemberId(id): MemberId,
    Body(request): Body<MemberUpdateRequest>,
) -> Result<(), ApiError> {
    let role = NewRole::updated(&request)?;
    let collections = request.collections.map(|all| fields::selections("Collections", all)).transpose()?;
    let groups = request.groups.map(|groups| fields::ids("Groups", groups)).transpose()?;
    app.store
        .write(move |transaction| {
            let organization = acting.organization();
            let member = row::find(transaction, organization, id)?.ok_or(ApiError::NotFound)?;
            roles::check_grant(transaction, &acting, Some(member.kind), role)?;
            if member.kind == OWNER && role.kind != OWNER {
                roles::check_owner_stays(transaction, organization, &[id])?;
            }
            if let Some(user) = member.user.filter(|_| member.status == CONFIRMED)
                && would_run_two_for_free(transaction, organization, user, role.kind)?
            {
                return Err(ApiError::refused("User can only be an admin of one free organization."));
            }

            let rights = Rights::of(transaction, &acting)?;
            let old = grants_of(transaction, Grants::CollectionsOfMembers, id)?;
            // Where admins do not manage every collection, nobody gives themselves more.
            let limits_self = member.user == Some(acting.caller.user) && !rights.admins_manage_all();
            let known = |collection| old.iter().any(|one| one.id == collection);
            if limits_self && collections.iter().flatten().any(|one| !known(one.id)) {
                return Err(ApiError::refused("You cannot add yourself to a collection."));
            }
            let groups = groups.filter(|_| !limits_self);
            if let Some(groups) = &groups {
                all_belong(transaction, organization, Part::Groups, groups.iter().copied())?;
            }
            let collections = match collections {
                Some(collections) => merged(transaction, organization, old, collections, |collection| {
                    rights.may_grant_to_members(transaction, collection)
                })?,
                None => old,
            };

            transaction.execute(
                "UPDATE members SET type = ?, permissions = ?, access_secrets_manager = ?, revised = ? WHERE id = ?",
                (role.kind, role.permissions, request.access_secrets_manager, Moment::now(), id),
            )?;
            set_grants(transaction, Grants::CollectionsOfMembers, id, &collections)?;
            if let Some(groups) = groups {
                set_groups(transaction, id, &groups)?;
            }
            revision::of_member(transaction, id)?;
            events::about_member(transaction, &acting, EventType::MEMBER_UPDATED, id)?;
            Ok(())
        })
        .await
}
