//! Reading the providers: themselves, their teams, their lists of clients, and their logs as hints (design §3).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use portico_profile::{EventStream, EventsRead, ProviderPicture};
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderResponse, ProviderUserDetails};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::client_read::{list, mismatch, object};
use super::events::{EventsWanted, LogReading, PROVIDER_PAGES, hinted};
use super::gather::{GatherError, Gathered, Gathering, Takes, ends_everything};
use super::plan::{Memberships, ProviderMembership};
use super::progress::{FailedProvider, ProviderPart};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::mend::Mended;
use crate::refresh::Authorized;

/// Each provider, as far as it was read.
pub(super) type Providers = BTreeMap<Uuid, ProviderRead>;

/// A provider's clients, or why none of them may be read.
pub(super) type ClientsRead = Result<Vec<ProviderOrganizationDetails>, Arc<ApiError>>;

/// The answers of a provider's three routes, each for itself: one that fails hides neither the others nor the clients.
pub(crate) struct ProviderRead {
    pub itself: Result<ProviderResponse, ApiError>,
    pub clients: Result<Vec<ProviderOrganizationDetails>, ApiError>,
    /// `None` for a service user, who may not read the team.
    pub members: Result<Option<Vec<ProviderUserDetails>>, ApiError>,
    /// Entries that were left out, or carried without a member.
    pub odd: u32,
}

impl ProviderRead {
    fn errors(&self) -> impl Iterator<Item = &ApiError> {
        [self.itself.as_ref().err(), self.clients.as_ref().err(), self.members.as_ref().err()]
            .into_iter()
            .flatten()
    }

    pub(super) fn is_forbidden(&self) -> bool {
        self.errors().any(|error| error.status() == Some(403))
    }

    /// All of it, or why a part could not be read.
    fn whole(self) -> Result<ProviderPicture, ApiError> {
        Ok(ProviderPicture { provider: self.itself?, clients: self.clients?, members: self.members? })
    }
}

impl Gathering<'_> {
    /// Reads the providers. What ends the whole sync is an error at once.
    pub(super) async fn providers(&self, memberships: &Memberships) -> Result<Providers, ApiError> {
        let mut reads = BTreeMap::new();
        for membership in &memberships.providers {
            let read = read_parts(self.asking, *membership, self.stop).await;
            let is_lost = read.errors().filter(|error| error.is_unreachable()).count() >= 2;
            if is_lost || read.errors().any(ends_everything) {
                let error = read.whole().map(drop);
                return Err(error.err().unwrap_or(ApiError::Cancelled));
            }
            reads.insert(membership.id, read);
        }
        Ok(reads)
    }

    /// Takes in what was read of a provider, with what the last picture has in place of what was not, or else what the
    /// profile tells. Returns its clients: of a list that could not be read those that are known, as far as the profile
    /// still names them; `Err` where none may be read.
    pub(super) fn take_provider<T: Takes>(
        &self,
        (id, read): (Uuid, ProviderRead),
        memberships: &Memberships,
        take: &mut T,
        gathered: &mut Gathered,
    ) -> Result<ClientsRead, GatherError<T::Error>> {
        let ProviderRead { itself, clients, members, odd } = read;
        gathered.odd_entries += odd;
        let is_whole = itself.is_ok() && clients.is_ok() && members.is_ok();
        let before =
            if is_whole { None } else { aside(|| take.provider_before(id)).map_err(GatherError::Take)? };
        let mut note = |part: ProviderPart, error: ApiError| {
            let failed = FailedProvider { provider: id, part, error: Arc::new(error) };
            tracing::warn!(route = failed.route(), error = %failed.error, "a provider's route could not be read");
            let error = failed.error.clone();
            gathered.failed_providers.push(failed);
            error
        };
        let itself = itself.map_err(|error| note(ProviderPart::Itself, error));
        let members = members.map_err(|error| note(ProviderPart::Team, error));
        let clients = clients.map_err(|error| note(ProviderPart::Clients, error));
        let clients = match (clients, &before) {
            (Ok(clients), _) => clients,
            (Err(error), _) if error.status() == Some(403) => return Ok(Err(error)),
            (Err(_), Some(before)) => {
                let named: HashSet<Uuid> = memberships.clients_of(id).collect();
                let is_named = |row: &&ProviderOrganizationDetails| named.contains(&row.organization_id);
                return Ok(Ok(before.clients.iter().filter(is_named).cloned().collect()));
            }
            (Err(_), None) => memberships.told_clients(id),
        };
        let (known, known_team) = before.map_or((None, None), |it| (Some(it.provider), it.members));
        let provider = itself.or_else(|error| {
            // Something that its clients can belong to.
            known.or_else(|| memberships.told.get(&id).cloned()).ok_or(error)
        });
        Ok(provider.map(|provider| {
            let members = members.unwrap_or(known_team);
            take.provider(ProviderPicture { provider, clients: clients.clone(), members });
            clients
        }))
    }

    /// Begins to read the providers' logs: the newest page of each, before the clients. Whatever happens from then on is in
    /// a client's picture or in the next reading.
    pub(super) async fn begin_logs<T: Takes>(
        &self,
        memberships: &Memberships,
        lists: &BTreeMap<Uuid, Vec<ProviderOrganizationDetails>>,
        take: &mut T,
    ) -> Result<Vec<ProviderLog<'_>>, GatherError<T::Error>> {
        let mut logs = Vec::new();
        // Who may not even read the list may not read the log either.
        let with_log =
            |membership: &&ProviderMembership| membership.reads_events && lists.contains_key(&membership.id);
        for membership in memberships.providers.iter().filter(with_log) {
            let provider = membership.id;
            let known =
                aside(|| take.newest_event(EventStream::Provider(provider))).map_err(GatherError::Take)?;
            let wanted = EventsWanted { known, days: self.event_days, pages: PROVIDER_PAGES };
            let mut reading = LogReading::begin(self.asking, format!("/providers/{provider}/events"), wanted);
            let reading = match reading.page(self.stop).await {
                Err(error) if ends_everything(&error) => return Err(error.into()),
                page => page.map(|()| reading),
            };
            logs.push(ProviderLog { provider, reading });
        }
        Ok(logs)
    }

    /// Reads `logs` to their end, for what they hint at. A log that cannot be read hints at nothing, and that is all.
    pub(super) async fn hints<T: Takes>(
        &self,
        logs: Vec<ProviderLog<'_>>,
        lists: &BTreeMap<Uuid, Vec<ProviderOrganizationDetails>>,
        take: &mut T,
        gathered: &mut Gathered,
    ) -> Result<HashSet<Uuid>, GatherError<T::Error>> {
        let mut hints = HashSet::new();
        for log in logs {
            let provider = log.provider;
            let read = counted(log.read_to_end(self.stop).await?, &mut gathered.odd_entries);
            let stream = EventStream::Provider(provider);
            let fresh = aside(|| gathered.logs.take(take, stream, read)).map_err(GatherError::Take)?;
            let links: HashMap<Uuid, Uuid> = lists
                .get(&provider)
                .into_iter()
                .flatten()
                .map(|client| (client.id, client.organization_id))
                .collect();
            hints.extend(hinted(&fresh, &links, self.known));
        }
        Ok(hints)
    }
}

/// A provider's log of which the newest page was read, or why it could not be.
pub(super) struct ProviderLog<'a> {
    pub(super) provider: Uuid,
    reading: Result<LogReading<'a>, ApiError>,
}

impl ProviderLog<'_> {
    /// Reads the older pages. What ends the whole sync is an error by itself.
    pub(super) async fn read_to_end(
        self,
        stop: &CancellationToken,
    ) -> Result<Result<Mended<EventsRead>, ApiError>, ApiError> {
        let read = match self.reading {
            Ok(reading) => reading.read_to_end(stop).await,
            Err(error) => Err(error),
        };
        match read {
            Err(error) if ends_everything(&error) => Err(error),
            read => Ok(read),
        }
    }
}

/// Reads one provider: itself, its list of clients and, for who may see it, its team.
pub(crate) async fn read_provider(
    asking: Authorized<'_>,
    membership: ProviderMembership,
    stop: &CancellationToken,
) -> Result<ProviderPicture, ApiError> {
    read_parts(asking, membership, stop).await.whole()
}

async fn read_parts(
    asking: Authorized<'_>,
    membership: ProviderMembership,
    stop: &CancellationToken,
) -> ProviderRead {
    let at = format!("/providers/{}", membership.id);
    let (clients_at, team_at) = (format!("{at}/organizations"), format!("{at}/users"));
    let team = async {
        if membership.reads_team {
            list::<ProviderUserDetails>(asking, &team_at, stop)
                .await
                .map(|team| Mended { read: Some(team.read), odd: team.odd })
        } else {
            Ok(Mended { read: None, odd: 0 })
        }
    };
    let (itself, clients, members) = tokio::join!(
        object::<ProviderResponse>(asking, &at, stop),
        list::<ProviderOrganizationDetails>(asking, &clients_at, stop),
        team,
    );
    let mut odd = 0;
    let itself = counted(itself, &mut odd);
    let clients = counted(clients, &mut odd);
    let members = counted(members, &mut odd);
    let foreign = |of: Option<Uuid>| of.is_some_and(|of| of != membership.id);
    let own = |is_own| if is_own { Ok(()) } else { Err(mismatch(&asking)) };
    ProviderRead {
        itself: itself.and_then(|read| own(read.id == membership.id).map(|()| read)),
        clients: clients
            .and_then(|read| own(!read.iter().any(|row| foreign(row.provider_id))).map(|()| read)),
        members,
        odd,
    }
}

pub(super) fn counted<T>(read: Result<Mended<T>, ApiError>, odd: &mut u32) -> Result<T, ApiError> {
    read.map(|mended| {
        *odd += mended.odd;
        mended.read
    })
}

pub(crate) fn is_forbidden(outcome: &Result<ProviderPicture, ApiError>) -> bool {
    matches!(outcome, Err(ApiError::Status { code: 403, .. }))
}

pub(super) fn client_lists(providers: &Providers) -> BTreeMap<Uuid, Vec<ProviderOrganizationDetails>> {
    providers.iter().filter_map(|(id, read)| Some((*id, read.clients.as_ref().ok()?.clone()))).collect()
}
