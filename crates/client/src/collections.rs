//! Opening a client's collections: the one read that the server writes into the audit logs.
//!
//! When provider staff ask for `collections/details`, the client's log gets "vault accessed by provider" (1603) and
//! the provider's "client vault accessed" (1903) (protocol.md §5.3). So it is asked for once, when a person opens
//! them, and never by a sync: that opening is what the logs should say.

use std::time::Duration;

use portico_profile::{BeginIntakeError, IntakeError, Unlocked};
use portico_protocol::ListResponse;
pub use portico_protocol::organization::CollectionAccessDetailsResponse as OpenedCollection;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::aside::aside;
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
) -> Result<Vec<OpenedCollection>, ApiError> {
    let asking = Authorized { client, session: unlocked, room: None };
    let reading = Reading { max_bytes: LARGEST, tries: ONE_TRY };
    let path = format!("/organizations/{organization}/collections/details");
    let list: ListResponse<OpenedCollection> = asking.get(&path, reading, stop).await?;
    if list.data.iter().any(|collection| collection.organization_id != organization) {
        return Err(mismatch(&asking));
    }
    Ok(list.data)
}

/// Why opened collections are not in the picture.
#[derive(Debug, thiserror::Error)]
pub enum TakeCollectionsError {
    /// The new picture could not be begun.
    #[error("the account's file cannot be written")]
    Begin(#[source] BeginIntakeError),
    /// The new picture could not be taken in.
    #[error("what the server sent cannot be kept")]
    Take(#[from] IntakeError),
}

/// Takes what [`open_collections`] brought into the picture of that client: who was granted which collection. Waits
/// for whoever writes, until `stop`. Returns whether the picture has it: a client that was never read has none.
///
/// # Errors
/// See [`TakeCollectionsError`].
pub async fn take_collections(
    unlocked: &Unlocked,
    organization: Uuid,
    collections: &[OpenedCollection],
    stop: &CancellationToken,
) -> Result<bool, TakeCollectionsError> {
    loop {
        match aside(|| unlocked.begin_intake()) {
            // A sync reads everything again then; a part of the list that is left must not count as all of it.
            Ok(intake) if intake.lost().structure => return Ok(false),
            Ok(mut intake) => {
                return aside(|| {
                    let taken = intake.collections(organization, collections)?;
                    if taken {
                        intake.commit()?;
                    }
                    Ok(taken)
                });
            }
            Err(BeginIntakeError::Busy { .. }) => {}
            Err(error) => return Err(TakeCollectionsError::Begin(error)),
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK_AGAIN)).await.is_none() {
            return Ok(false);
        }
    }
}

/// Between two looks whether another writer is done; a sync takes seconds to minutes.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Ten thousand collections with their grants stay below this, in bytes.
const LARGEST: usize = 128 << 20;
