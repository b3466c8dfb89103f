//! Ids in paths.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use portico_protocol::organization::PolicyType;
use uuid::Uuid;

use crate::error::ApiError;

macro_rules! path_ids {
    ($($(#[$meta:meta])* $name:ident = $parameter:literal,)*) => {$(
        $(#[$meta])*
        /// What is no id names nothing: 404.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(pub(crate) Uuid);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let id = parameter(parts, state, $parameter).await?;
                id.parse().map($name).map_err(|_| ApiError::NotFound)
            }
        }
    )*};
}

path_ids! {
    /// An organization, for routes that the caller needs no place in.
    OrganizationId = "organization",
    /// An organizationUserId.
    MemberId = "member",
    /// A group of the organization.
    GroupId = "group",
    /// A collection of the organization.
    CollectionId = "collection",
    /// A user id.
    UserId = "user",
    /// A provider, for routes that the caller needs no place in.
    ProviderId = "provider",
    /// A providerUserId.
    ProviderUserId = "providerUser",
    /// The link between a provider and an organization: never the organization's id (protocol.md §5.7).
    ProviderOrganizationId = "providerOrganization",
    /// An item.
    CipherId = "cipher",
    /// A Send, as its owner names it.
    SendId = "send",
    /// The file of a Send.
    FileId = "file",
}

/// A kind of policy that this server knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyNumber(pub(crate) PolicyType);

impl<S: Send + Sync> FromRequestParts<S> for PolicyNumber {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let kind = parameter(parts, state, "policy").await?.parse().map_err(|_| ApiError::NotFound)?;
        let kind = PolicyType(kind);
        kind.known_name().map(|_| PolicyNumber(kind)).ok_or(ApiError::NotFound)
    }
}

async fn parameter<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Result<String, ApiError> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ApiError::NotFound)?;
    let value = params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    value.ok_or(ApiError::NotFound)
}
