//! Reading the providers: themselves, their teams, their lists of clients, and their logs as hints (design §3).

use std::collections::{BTreeMap, HashMap, HashSet};

use portico_profile::{EventStream, ProviderPicture};
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderResponse, ProviderUserDetails};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::client_read::{LIST, list, mismatch};
use super::events::{EventsWanted, PROVIDER_PAGES, hinted, read_events};
use super::gather::{GatherError, Gathered, Gathering, Takes, ends_everything};
use super::plan::{Memberships, ProviderMembership};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::refresh::Authorized;

/// Each provider as read, or why it could not be.
pub(super) type Providers = BTreeMap<Uuid, Result<ProviderPicture, ApiError>>;

impl Gathering<'_> {
    /// Reads the providers. What ends the whole sync is an error at once.
    pub(super) async fn providers(&self, memberships: &Memberships) -> Result<Providers, ApiError> {
        let mut reads = BTreeMap::new();
        for membership in &memberships.providers {
            let outcome = read_provider(self.asking, *membership, self.stop).await;
            match outcome {
                Err(error) if ends_everything(&error) || error.is_unreachable() => return Err(error),
                outcome => reads.insert(membership.id, outcome),
            };
        }
        Ok(reads)
    }

    /// Reads the providers' logs, before the clients: whatever happens meanwhile is in a client's picture or in the
    /// next reading. A log that cannot be read hints at nothing, and that is all.
    pub(super) async fn hints<T: Takes>(
        &self,
        memberships: &Memberships,
        lists: &BTreeMap<Uuid, Vec<ProviderOrganizationDetails>>,
        take: &mut T,
        gathered: &mut Gathered,
    ) -> Result<HashSet<Uuid>, GatherError<T::Error>> {
        let mut hints = HashSet::new();
        for membership in memberships.providers.iter().filter(|membership| membership.reads_events) {
            // Who may not even read the list may not read the log either.
            let Some(list) = lists.get(&membership.id) else { continue };
            let stream = EventStream::Provider(membership.id);
            let known = aside(|| take.newest_event(stream)).map_err(GatherError::Take)?;
            let wanted = EventsWanted { known, days: self.event_days, pages: PROVIDER_PAGES };
            let path = format!("/providers/{}/events", membership.id);
            let log = read_events(self.asking, &path, wanted, self.stop).await;
            let log = match log {
                Err(error) if ends_everything(&error) => return Err(error.into()),
                log => log,
            };
            let fresh = self.take_log(take, gathered, stream, log)?;
            let links: HashMap<Uuid, Uuid> =
                list.iter().map(|client| (client.id, client.organization_id)).collect();
            hints.extend(hinted(&fresh, &links, self.known));
        }
        Ok(hints)
    }
}

/// Reads one provider: itself, its list of clients and, for who may see it, its team.
pub(crate) async fn read_provider(
    asking: Authorized<'_>,
    membership: ProviderMembership,
    stop: &CancellationToken,
) -> Result<ProviderPicture, ApiError> {
    let at = format!("/providers/{}", membership.id);
    let (clients_at, team_at) = (format!("{at}/organizations"), format!("{at}/users"));
    let team = async {
        if membership.reads_team {
            list::<ProviderUserDetails>(asking, &team_at, stop).await.map(Some)
        } else {
            Ok(None)
        }
    };
    let (provider, clients, members) = tokio::try_join!(
        asking.get::<ProviderResponse>(&at, LIST, stop),
        list::<ProviderOrganizationDetails>(asking, &clients_at, stop),
        team,
    )?;
    let foreign = |of: Option<Uuid>| of.is_some_and(|of| of != membership.id);
    if provider.id != membership.id || clients.iter().any(|client| foreign(client.provider_id)) {
        return Err(mismatch(&asking));
    }
    Ok(ProviderPicture { provider, clients, members })
}

pub(crate) fn is_forbidden(outcome: &Result<ProviderPicture, ApiError>) -> bool {
    matches!(outcome, Err(ApiError::Status { code: 403, .. }))
}

pub(super) fn client_lists(providers: &Providers) -> BTreeMap<Uuid, Vec<ProviderOrganizationDetails>> {
    providers.iter().filter_map(|(id, outcome)| Some((*id, outcome.as_ref().ok()?.clients.clone()))).collect()
}
