//! The five reads of one client organization (design §3).
//!
//! Never `collections/details`: each such call by provider staff writes "vault accessed" (1603 and 1903) into the
//! client's and the provider's logs. Who reaches a collection is known without it: direct grants come with the
//! members, group grants with the groups.

use portico_profile::ClientPicture;
use portico_protocol::ListResponse;
use portico_protocol::organization::{
    CollectionResponse, GroupDetailsResponse, OrganizationResponse, OrganizationUserDetails,
    PolicyStatusResponse,
};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::api_error::{ApiError, NotBitwarden};
use crate::http::SYNC_TRIES;
use crate::refresh::{Authorized, Reading};

/// A hundred thousand members with their grants stay below this.
pub(super) const LIST: Reading = Reading { max_bytes: 128 << 20, tries: SYNC_TRIES };

/// Reads the organization, then what is in it. The first answer says whether the plan has groups.
pub(super) async fn read_client(
    asking: Authorized<'_>,
    id: Uuid,
    stop: &CancellationToken,
) -> Result<ClientPicture, ApiError> {
    let organization: OrganizationResponse = asking.get(&format!("/organizations/{id}"), LIST, stop).await?;
    if organization.id != id {
        return Err(mismatch(&asking));
    }
    let groups = async {
        // Asking for groups where the plan has none is refused with 400 (protocol.md §4.5).
        if organization.use_groups {
            list::<GroupDetailsResponse>(asking, &format!("/organizations/{id}/groups/details"), stop).await
        } else {
            Ok(Vec::new())
        }
    };
    let (members_at, collections_at, policies_at) = (
        format!("/organizations/{id}/users?includeGroups=true&includeCollections=true"),
        format!("/organizations/{id}/collections"),
        format!("/organizations/{id}/policies"),
    );
    let (members, groups, collections, policies) = tokio::try_join!(
        list::<OrganizationUserDetails>(asking, &members_at, stop),
        groups,
        list::<CollectionResponse>(asking, &collections_at, stop),
        list::<PolicyStatusResponse>(asking, &policies_at, stop),
    )?;
    let all_of_it = groups.iter().all(|group| group.organization_id == id)
        && collections.iter().all(|collection| collection.organization_id == id)
        && policies.iter().all(|policy| policy.organization_id == id);
    if !all_of_it {
        return Err(mismatch(&asking));
    }
    Ok(ClientPicture { organization, members, groups, collections, policies })
}

/// Reads a list that comes in one piece.
pub(super) async fn list<T: DeserializeOwned>(
    asking: Authorized<'_>,
    path: &str,
    stop: &CancellationToken,
) -> Result<Vec<T>, ApiError> {
    Ok(asking.get::<ListResponse<T>>(path, LIST, stop).await?.data)
}

/// An answer about something else: a confused server, or one that plants one client's people in another's picture.
pub(crate) fn mismatch(asking: &Authorized<'_>) -> ApiError {
    ApiError::NotBitwarden { host: asking.client.host(), why: NotBitwarden::Mismatch }
}
