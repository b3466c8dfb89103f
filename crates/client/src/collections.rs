//! Opening a client's collections: the one read that the server writes into the audit logs.
//!
//! When provider staff ask for `collections/details`, the client's log gets "vault accessed by provider" (1603) and
//! the provider's "client vault accessed" (1903) (protocol.md §5.3). So it is asked for once, when a person opens
//! them, and never by a sync: that opening is what the logs should say.

use portico_profile::Unlocked;
use portico_protocol::ListResponse;
use portico_protocol::organization::CollectionAccessDetailsResponse;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::http::{ApiClient, ONE_TRY};
use crate::refresh::{Authorized, Reading};
use crate::sync::mismatch;

/// Asks for the collections of `organization` with everyone who was granted access, in the name of the unlocked
/// account. Tried once: a repetition would be logged again.
///
/// # Errors
/// See [`ApiError`]; a status of 403 or 404 means that the server does not let this person look.
pub async fn open_collections(
    client: &ApiClient,
    unlocked: &Unlocked,
    organization: Uuid,
    stop: &CancellationToken,
) -> Result<Vec<CollectionAccessDetailsResponse>, ApiError> {
    let asking = Authorized { client, session: unlocked };
    let reading = Reading { max_bytes: LARGEST, tries: ONE_TRY };
    let path = format!("/organizations/{organization}/collections/details");
    let list: ListResponse<CollectionAccessDetailsResponse> = asking.get(&path, reading, stop).await?;
    if list.data.iter().any(|collection| collection.organization_id != organization) {
        return Err(mismatch(&asking));
    }
    Ok(list.data)
}

/// Ten thousand collections with their grants stay below this, in bytes.
const LARGEST: usize = 128 << 20;
