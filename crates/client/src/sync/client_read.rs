//! The five reads of one client organization, or of an own one (design §3).
//!
//! Never `collections/details`: each such call by provider staff writes "vault accessed" (1603 and 1903) into the
//! client's and the provider's logs. Who reaches a collection is known without it: direct grants come with the
//! members, group grants with the groups.

use portico_profile::{ClientPicture, EventsRead};
use portico_protocol::organization::{
    CollectionResponse, GroupDetailsResponse, OrganizationResponse, OrganizationUserDetails,
    PolicyStatusResponse,
};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::events::{EventsWanted, read_events};
use super::providers::counted;
use super::reads::Reads;
use crate::api_error::{ApiError, NotBitwarden};
use crate::http::{Room, SMALL_ANSWER, SYNC_TRIES};
use crate::mend::{self, Mended};
use crate::refresh::{Authorized, Reading};

/// A hundred thousand members with their grants stay below this, and so does all that is read of a client.
pub(super) const LIST: Reading = Reading { max_bytes: 128 << 20, tries: SYNC_TRIES };
/// An organization or a provider; it has three kilobytes.
const OBJECT: Reading = Reading { max_bytes: SMALL_ANSWER, tries: SYNC_TRIES };

/// Reads the organization, then what is in it. The first answer says whether the plan has groups.
pub(crate) async fn read_client(
    asking: Authorized<'_>,
    id: Uuid,
    reads: &Reads,
    events: EventsWanted,
    stop: &CancellationToken,
) -> Result<ClientRead, ApiError> {
    let room = asking.client.room(LIST.max_bytes);
    let asking = Authorized { room: Some(&room), ..asking };
    let at = format!("/organizations/{id}");
    let mut odd = 0;
    let organization: OrganizationResponse = match &reads.told {
        Some(told) => (**told).clone(),
        None => {
            let Mended { read, odd: of_it } = object(asking, &at, stop).await?;
            odd += of_it;
            read
        }
    };
    if organization.id != id {
        return Err(mismatch(&asking));
    }
    // Asking for groups where the plan has none is refused with 400 (protocol.md §4.5).
    let groups = reads.groups && organization.use_groups;
    let (members_at, groups_at, collections_at, policies_at) = (
        format!("{at}/users?includeGroups=true&includeCollections=true"),
        format!("{at}/groups/details"),
        format!("{at}/collections"),
        format!("{at}/policies"),
    );
    let lists = async {
        tokio::try_join!(
            list_if::<OrganizationUserDetails>(reads.members, asking, &members_at, stop),
            list_if::<GroupDetailsResponse>(groups, asking, &groups_at, stop),
            list_if::<CollectionResponse>(reads.collections, asking, &collections_at, stop),
            list_if::<PolicyStatusResponse>(reads.policies, asking, &policies_at, stop),
        )
    };
    let events_at = format!("{at}/events");
    let log = async {
        if !(reads.events && organization.use_events) {
            return Ok(None);
        }
        match read_events(asking, &events_at, events, stop).await {
            Err(error @ (ApiError::Cancelled | ApiError::SignedOut)) => Err(error),
            // The picture of a client does not depend on its log, which is read again with the next reading.
            outcome => Ok(Some(outcome)),
        }
    };
    let ((members, groups, collections, policies), events) = tokio::try_join!(lists, log)?;
    odd += members.odd + groups.odd + collections.odd + policies.odd;
    let events = events.map(|log| counted(log, &mut odd));
    let (members, groups, collections, policies) =
        (members.read, groups.read, collections.read, policies.read);
    let all_of_it = groups.iter().all(|group| group.organization_id == id)
        && collections.iter().all(|collection| collection.organization_id == id)
        && policies.iter().all(|policy| policy.organization_id == id);
    if !all_of_it {
        return Err(mismatch(&asking));
    }
    Ok(ClientRead {
        picture: ClientPicture { organization, members, groups, collections, policies },
        events,
        odd,
        room,
    })
}

/// What the reading of a client brought.
pub(crate) struct ClientRead {
    pub picture: ClientPicture,
    /// Where there is a log: as it was read, or why it could not be.
    pub events: Option<Result<EventsRead, ApiError>>,
    /// Entries that were left out, or carried without a member.
    pub odd: u32,
    /// To be kept until the picture is taken in.
    pub room: Room,
}

/// As [`list`] where the list is there to be read.
async fn list_if<T: DeserializeOwned>(
    is_read: bool,
    asking: Authorized<'_>,
    path: &str,
    stop: &CancellationToken,
) -> Result<Mended<Vec<T>>, ApiError> {
    if is_read { list(asking, path, stop).await } else { Ok(Mended { read: Vec::new(), odd: 0 }) }
}

/// Reads a list that comes in one piece.
pub(super) async fn list<T: DeserializeOwned>(
    asking: Authorized<'_>,
    path: &str,
    stop: &CancellationToken,
) -> Result<Mended<Vec<T>>, ApiError> {
    let reply = asking.get_reply(path, LIST, stop).await?;
    let host = reply.host.clone();
    told(path, mend::list(&reply.camel_case()?), host)
}

/// Reads one object.
pub(super) async fn object<T: DeserializeOwned>(
    asking: Authorized<'_>,
    path: &str,
    stop: &CancellationToken,
) -> Result<Mended<T>, ApiError> {
    let reply = asking.get_reply(path, OBJECT, stop).await?;
    let host = reply.host.clone();
    told(path, mend::object(&reply.camel_case()?), host)
}

/// What was read, with what was odd in it noted in the log.
pub(super) fn told<T>(
    path: &str,
    read: Result<Mended<T>, serde_json::Error>,
    host: String,
) -> Result<Mended<T>, ApiError> {
    match read {
        Ok(mended) => {
            if mended.odd > 0 {
                tracing::warn!(path, odd = mended.odd, "an answer has entries that cannot be read");
            }
            Ok(mended)
        }
        Err(error) => Err(ApiError::NotBitwarden { host, why: NotBitwarden::Unreadable(error.into()) }),
    }
}

/// An answer about something else: a confused server, or one that plants one client's people in another's picture.
pub(crate) fn mismatch(asking: &Authorized<'_>) -> ApiError {
    ApiError::NotBitwarden { host: asking.client.host(), why: NotBitwarden::Mismatch }
}
