//! What a caller is to the organization or the provider that a path names.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use portico_protocol::organization::MemberType;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::{Caller, ClientItems};
use crate::error::ApiError;
use crate::permissions::Permissions;

/// What the caller is to the organization in the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrganizationAccess {
    pub(crate) organization: Uuid,
    pub(crate) member: Option<Member>,
    pub(crate) provider: Option<ProviderLink>,
}

/// A confirmed membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The organizationUserId.
    pub(crate) id: Uuid,
    pub(crate) kind: i32,
    pub(crate) permissions: Permissions,
}

/// A confirmed place in the provider whose client the organization is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderLink {
    pub(crate) provider: Uuid,
    pub(crate) provider_organization: Uuid,
    pub(crate) items: ClientItems,
    pub(super) kind: i32,
}

/// The provider in the path, of which the caller is a confirmed member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderAccess {
    pub(crate) provider: Uuid,
    /// Or a service user.
    pub(crate) is_admin: bool,
}

/// Somebody at work in the organization that the path names.
#[derive(Clone, Debug)]
pub(crate) struct Acting {
    pub(crate) caller: Caller,
    pub(crate) access: OrganizationAccess,
}

impl Acting {
    pub(crate) fn organization(&self) -> Uuid {
        self.access.organization
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Acting {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let access = OrganizationAccess::from_request_parts(parts, state).await?;
        Ok(Acting { caller, access })
    }
}

/// Somebody at work for the provider that the path names.
#[derive(Clone, Debug)]
pub(crate) struct ActingForProvider {
    pub(crate) caller: Caller,
    pub(crate) access: ProviderAccess,
}

impl ActingForProvider {
    pub(crate) fn provider(&self) -> Uuid {
        self.access.provider
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ActingForProvider {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let access = ProviderAccess::from_request_parts(parts, state).await?;
        Ok(ActingForProvider { caller, access })
    }
}

impl OrganizationAccess {
    /// Whether the caller is an owner or counts as one: the provider's staff (protocol.md §5.3).
    pub(crate) fn owns(&self) -> bool {
        self.provider.is_some() || self.is_member_of_kind(&[MemberType::OWNER.0])
    }

    /// Whether the caller is a member, and of one of `kinds`.
    pub(crate) fn is_member_of_kind(&self, kinds: &[i32]) -> bool {
        self.member.as_ref().is_some_and(|member| kinds.contains(&member.kind))
    }

    /// Whether the caller runs the organization: owner, admin, or the provider's staff.
    pub(crate) fn administers(&self) -> bool {
        self.owns() || self.is_member_of_kind(&[MemberType::ADMIN.0])
    }

    /// Whether the caller is a custom member with one of `wanted`.
    pub(crate) fn has_custom(&self, wanted: Permissions) -> bool {
        self.member
            .as_ref()
            .is_some_and(|member| member.kind == MemberType::CUSTOM.0 && member.permissions.any_of(wanted))
    }
}

/// What `user` is to `organization`, as a route needs it that learns the organization from elsewhere than its path.
pub(crate) fn organization_access(
    connection: &Connection,
    user: Uuid,
    organization: Uuid,
) -> Result<OrganizationAccess, rusqlite::Error> {
    let member = connection
        .prepare_cached(
            "SELECT id, type, permissions FROM members WHERE user_id = ? AND organization_id = ? AND status = 2",
        )?
        .query_row((user, organization), |row| {
            Ok(Member { id: row.get(0)?, kind: row.get(1)?, permissions: row.get(2)? })
        })
        .optional()?;
    let provider = connection
        .prepare_cached(
            "SELECT po.provider_id, po.id, pu.type, p.client_items FROM provider_organizations po
             JOIN providers p ON p.id = po.provider_id
             JOIN provider_users pu ON pu.provider_id = po.provider_id AND pu.user_id = ?1 AND pu.status = 2
             WHERE po.organization_id = ?2",
        )?
        .query_row((user, organization), |row| {
            Ok(ProviderLink {
                provider: row.get(0)?,
                provider_organization: row.get(1)?,
                kind: row.get(2)?,
                items: row.get(3)?,
            })
        })
        .optional()?;
    Ok(OrganizationAccess { organization, member, provider })
}
