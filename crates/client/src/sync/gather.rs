//! Performing a sync: asks the server and hands over what it says, piece by piece. What is done with the pieces, and
//! when they count, is the business of who takes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use portico_profile::{ClientPicture, ProviderPicture};
use portico_protocol::account::ProfileResponse;
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderResponse, ProviderUserDetails};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::client_read::{LIST, list, mismatch, read_client};
use super::plan::{Job, Memberships, ProviderMembership, vault_is_due};
use super::progress::{FailedClient, SyncPhase, SyncProgress};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::http::{SYNC_TRIES, parse};
use crate::refresh::{Authorized, Reading};

/// Takes in the pieces of a new picture. Nothing of it counts until the whole is there.
pub(crate) trait Takes: Send {
    /// Why a piece could not be taken: no space, a damaged file, keys that do not open.
    type Error: Send;
    /// The answer to `GET /sync` as it came, and the account's revision from before it was asked for.
    fn vault(&mut self, body: &[u8], revision: i64) -> Result<(), Self::Error>;
    fn provider(&mut self, read: ProviderPicture) -> Result<(), Self::Error>;
    /// A client, or an own organization, as it was read, or why it could not be.
    fn client(&mut self, id: Uuid, outcome: Result<ClientPicture, &ApiError>) -> Result<(), Self::Error>;
}

/// What is kept from the last sync.
pub(crate) struct Before {
    pub memberships: Memberships,
    /// The server's own value, as it came.
    pub revision: Option<String>,
}

/// How a sync is performed.
pub(crate) struct Gathering<'a> {
    pub asking: Authorized<'a>,
    pub progress: &'a (dyn Fn(SyncProgress) + Sync),
    pub stop: &'a CancellationToken,
    /// Reads the vault even when nothing says that it changed.
    pub full: bool,
}

/// What came of it, as far as the server is concerned.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub vault_read: bool,
    pub clients_read: u32,
    pub failed: Vec<FailedClient>,
}

/// Why a sync ended early. Nothing that was taken counts then.
#[derive(Debug)]
pub(crate) enum GatherError<E> {
    Api(Arc<ApiError>),
    Take(E),
}

impl<E> From<ApiError> for GatherError<E> {
    fn from(error: ApiError) -> Self {
        Self::Api(Arc::new(error))
    }
}

/// Clients read side by side; what is really in flight is up to the pacer.
const SIDE_BY_SIDE: usize = 4;
/// So many clients unreachable one after the other mean that the connection is lost, and the rest is not tried.
const LINE_IS_LOST: u32 = 3;
/// The largest vault read: more than a hundred thousand items.
const VAULT: Reading = Reading { max_bytes: 512 << 20, tries: SYNC_TRIES };
/// A sync without connection is told within seconds.
const RENEWAL_TRIES: u32 = 2;

impl Gathering<'_> {
    /// Reads everything that a sync reads.
    pub(crate) async fn everything<T: Takes>(
        &self,
        before: Option<Before>,
        take: &mut T,
    ) -> Result<Gathered, GatherError<T::Error>> {
        (self.progress)(SyncProgress::of(SyncPhase::Connecting));
        self.asking.renew(RENEWAL_TRIES, self.stop).await?;
        (self.progress)(SyncProgress::of(SyncPhase::Vault));
        let revision = self.revision().await?;
        let kept = before.as_ref().and_then(|before| before.revision.as_deref());
        let mut vault =
            if vault_is_due(self.full, kept, revision) { Some(self.vault().await?) } else { None };
        let mut memberships = match (&vault, before) {
            (None, Some(before)) => before.memberships,
            (Some(vault), _) => Memberships::of(&vault.profile),
            (None, None) => Memberships::default(),
        };

        (self.progress)(SyncProgress::of(SyncPhase::Provider));
        let mut providers = self.providers(&memberships).await?;
        let refused = providers.values().any(is_forbidden);
        if refused {
            // The role changed since the token was made, or the provider is gone: a new token, then what the
            // profile says now.
            self.asking.renew(RENEWAL_TRIES, self.stop).await?;
        }
        if refused || (vault.is_none() && memberships.differ_from(&client_lists(&providers))) {
            let fresh = self.vault().await?;
            memberships = Memberships::of(&fresh.profile);
            vault = Some(fresh);
            providers = self.providers(&memberships).await?;
        }

        let mut gathered = Gathered { vault_read: vault.is_some(), ..Gathered::default() };
        if let Some(vault) = vault {
            self.go_on()?;
            aside(|| take.vault(&vault.body, revision)).map_err(GatherError::Take)?;
        }
        let lists = client_lists(&providers);
        for (id, outcome) in providers {
            self.go_on()?;
            match outcome {
                Ok(read) => aside(|| take.provider(read)).map_err(GatherError::Take)?,
                Err(error) => {
                    let error = Arc::new(error);
                    for client in memberships.clients_of(id) {
                        let job = Job::client(client, &memberships.clients[&client].name);
                        self.fail(take, &mut gathered, job, &error)?;
                    }
                }
            }
        }
        self.clients(memberships.jobs(&lists), take, &mut gathered).await?;
        Ok(gathered)
    }

    /// Reads only the organizations `wanted`, as far as they are known from the last sync.
    pub(crate) async fn only<T: Takes>(
        &self,
        before: &Before,
        wanted: &[Uuid],
        take: &mut T,
    ) -> Result<Gathered, GatherError<T::Error>> {
        (self.progress)(SyncProgress::of(SyncPhase::Connecting));
        self.asking.renew(RENEWAL_TRIES, self.stop).await?;
        let mut gathered = Gathered::default();
        self.clients(before.memberships.known_jobs(wanted), take, &mut gathered).await?;
        Ok(gathered)
    }

    /// Reads the organizations of `jobs`, one failing without the others.
    async fn clients<T: Takes>(
        &self,
        jobs: Vec<Job>,
        take: &mut T,
        gathered: &mut Gathered,
    ) -> Result<(), GatherError<T::Error>> {
        let total = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        let mut done = 0;
        let tell = |done: u32, name: &str| {
            let client = Some(name.to_owned());
            (self.progress)(SyncProgress { phase: SyncPhase::Clients, done, total, client });
        };
        let mut waiting = jobs.into_iter();
        let mut running = FuturesUnordered::new();
        let mut lost_in_a_row = 0;
        let mut lost: Option<Arc<ApiError>> = None;
        loop {
            while lost.is_none() && running.len() < SIDE_BY_SIDE {
                let Some(job) = waiting.next() else { break };
                tell(done, &job.name);
                running.push(self.client(job));
            }
            let Some((job, outcome)) = running.next().await else { break };
            self.go_on()?;
            let (id, name) = (job.id, job.name.clone());
            match outcome {
                Ok(read) => {
                    lost_in_a_row = 0;
                    aside(|| take.client(id, Ok(read))).map_err(GatherError::Take)?;
                    gathered.clients_read += 1;
                }
                Err(error) if ends_everything(&error) => return Err(error.into()),
                Err(error) => {
                    let error = Arc::new(error);
                    lost_in_a_row = if error.is_unreachable() { lost_in_a_row + 1 } else { 0 };
                    let gone =
                        lost_in_a_row >= LINE_IS_LOST || matches!(*error, ApiError::RateLimited { .. });
                    if gone && lost.is_none() {
                        lost = Some(error.clone());
                    }
                    self.fail(take, gathered, job, &error)?;
                }
            }
            done += 1;
            tell(done, &name);
        }
        let Some(error) = lost else { return Ok(()) };
        if gathered.clients_read == 0 {
            // Nothing new came: better the last picture than one that is all marked stale.
            return Err(GatherError::Api(error));
        }
        for job in waiting {
            self.fail(take, gathered, job, &error)?;
        }
        Ok(())
    }

    async fn client(&self, job: Job) -> (Job, Result<ClientPicture, ApiError>) {
        let outcome = read_client(self.asking, job.id, &job.reads, self.stop).await;
        (job, outcome)
    }

    fn fail<T: Takes>(
        &self,
        take: &mut T,
        gathered: &mut Gathered,
        job: Job,
        error: &Arc<ApiError>,
    ) -> Result<(), GatherError<T::Error>> {
        aside(|| take.client(job.id, Err(error))).map_err(GatherError::Take)?;
        tracing::warn!(organization = %job.id, %error, "a client could not be read");
        gathered.failed.push(FailedClient { organization: job.id, name: job.name, error: error.clone() });
        Ok(())
    }

    /// The account's revision, epoch milliseconds of the server (protocol.md §3.7).
    async fn revision(&self) -> Result<i64, ApiError> {
        let reading = Reading { max_bytes: 1000, tries: SYNC_TRIES };
        let revision: Option<i64> = self.asking.get("/accounts/revision-date", reading, self.stop).await?;
        // Null or negative: the account was deleted.
        revision.filter(|revision| *revision >= 0).ok_or(ApiError::SignedOut)
    }

    async fn vault(&self) -> Result<Vault, ApiError> {
        #[derive(Deserialize)]
        struct ProfileOnly {
            profile: ProfileResponse,
        }
        let reply = self.asking.get_reply("/sync?excludeDomains=true", VAULT, self.stop).await?;
        let host = reply.host.clone();
        let body = reply.success()?;
        let ProfileOnly { profile } = aside(|| parse(&host, &body))?;
        Ok(Vault { body, profile })
    }

    /// Each provider as read, or why it could not be. What ends the whole sync is an error at once.
    async fn providers(
        &self,
        memberships: &Memberships,
    ) -> Result<BTreeMap<Uuid, Result<ProviderPicture, ApiError>>, ApiError> {
        let mut reads = BTreeMap::new();
        for membership in &memberships.providers {
            let outcome = self.provider(*membership).await;
            match outcome {
                Err(error) if ends_everything(&error) || error.is_unreachable() => return Err(error),
                outcome => reads.insert(membership.id, outcome),
            };
        }
        Ok(reads)
    }

    async fn provider(&self, membership: ProviderMembership) -> Result<ProviderPicture, ApiError> {
        let at = format!("/providers/{}", membership.id);
        let (clients_at, team_at) = (format!("{at}/organizations"), format!("{at}/users"));
        let team = async {
            if membership.reads_team {
                list::<ProviderUserDetails>(self.asking, &team_at, self.stop).await.map(Some)
            } else {
                Ok(None)
            }
        };
        let (provider, clients, members) = tokio::try_join!(
            self.asking.get::<ProviderResponse>(&at, LIST, self.stop),
            list::<ProviderOrganizationDetails>(self.asking, &clients_at, self.stop),
            team,
        )?;
        let foreign = |of: Option<Uuid>| of.is_some_and(|of| of != membership.id);
        if provider.id != membership.id || clients.iter().any(|client| foreign(client.provider_id)) {
            return Err(mismatch(&self.asking));
        }
        Ok(ProviderPicture { provider, clients, members })
    }

    fn go_on(&self) -> Result<(), ApiError> {
        if self.stop.is_cancelled() { Err(ApiError::Cancelled) } else { Ok(()) }
    }
}

struct Vault {
    body: Vec<u8>,
    profile: ProfileResponse,
}

/// What no further request could mend.
fn ends_everything(error: &ApiError) -> bool {
    matches!(error, ApiError::Cancelled | ApiError::SignedOut)
}

fn is_forbidden(outcome: &Result<ProviderPicture, ApiError>) -> bool {
    matches!(outcome, Err(ApiError::Status { code: 403, .. }))
}

fn client_lists(
    providers: &BTreeMap<Uuid, Result<ProviderPicture, ApiError>>,
) -> BTreeMap<Uuid, Vec<ProviderOrganizationDetails>> {
    providers.iter().filter_map(|(id, outcome)| Some((*id, outcome.as_ref().ok()?.clients.clone()))).collect()
}
