//! Performing a sync: asks the server and hands over what it says, piece by piece. What is done with the pieces, and
//! when they count, is the business of who takes them.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use portico_estate::StaleReason;
use portico_profile::{BillingRead, ClientPicture, EventStream, EventsRead, KnownClients, ProviderPicture};
use portico_protocol::events::EventResponse;
use portico_protocol::provider::ProviderOrganizationDetails;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::client_read::{ClientRead, read_client};
use super::due::{Wishes, due};
use super::estimate::seconds_left;
use super::events::{CLIENT_PAGES, EventsWanted};
use super::intake::stale_reason;
use super::plan::{Job, Memberships, ProviderMembership, vault_is_due};
use super::profile_in::profile_in;
use super::progress::{FailedClient, FailedProvider, SyncPhase, SyncProgress};
use super::providers::{ProviderLog, ProviderRead, client_lists, counted};
use super::taking::{LogsIn, Piece, Pieces, Vault, beside, pieces};
use crate::api_error::{ApiError, NotBitwarden};
use crate::aside::aside;
use crate::billing::read_bill;
use crate::http::SYNC_TRIES;
use crate::mend::{self, Mended};
use crate::refresh::{Authorized, Reading};

/// Takes in the pieces of a new picture. Nothing of it counts until the whole is there.
pub(crate) trait Takes: Send {
    /// Why a piece could not be taken: no space, a damaged file, keys that do not open.
    type Error: Send;
    /// The answer to `GET /sync` as it came, and the account's revision from before it was asked for, where it was told.
    /// Returns how many entries are no items.
    fn vault(&mut self, body: &[u8], revision: Option<i64>) -> Result<u32, Self::Error>;
    /// Whether an answer to `GET /sync` could not be read, so that nothing of it was taken.
    fn is_unreadable(error: &Self::Error) -> bool;
    /// A provider as the last picture has it.
    fn provider_before(&self, id: Uuid) -> Result<Option<ProviderPicture>, Self::Error>;
    fn provider(&mut self, read: ProviderPicture);
    /// A client, or an own organization, as it was read, or why it could not be.
    fn client(&mut self, id: Uuid, outcome: Result<ClientPicture, StaleReason>) -> Result<(), Self::Error>;
    /// The newest event that is known of a log.
    fn newest_event(&self, stream: EventStream) -> Result<Option<OffsetDateTime>, Self::Error>;
    /// A log as far as it was read. Returns what of it was not known.
    fn events(&mut self, stream: EventStream, read: EventsRead) -> Result<Vec<EventResponse>, Self::Error>;
    /// Parts of a provider's bill.
    fn bill(&mut self, provider: Uuid, read: Vec<BillingRead>);
    /// A log that could not be read.
    fn log_failed(&mut self, stream: EventStream, error: &ApiError);
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
    /// Reads everything, even where nothing says that it changed.
    pub full: bool,
    /// What is known of the clients.
    pub known: &'a KnownClients,
    /// Clients that are read again although nothing asks for it: the oldest pictures.
    pub budget: usize,
    /// Clients that a person looks at.
    pub opened: &'a HashSet<Uuid>,
    /// How far back logs are read.
    pub event_days: u32,
}

/// What came of it, as far as the server is concerned.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub vault_read: bool,
    pub clients_read: u32,
    /// Clients that were not due.
    pub clients_left: u32,
    pub logs: LogsIn,
    /// Entries of lists that were left out, or carried without a member that could not be read.
    pub odd_entries: u32,
    pub failed: Vec<FailedClient>,
    /// Providers' routes that could not be read.
    pub failed_providers: Vec<FailedProvider>,
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

/// What is read and taken in beside the clients.
#[derive(Default)]
struct Others<'a> {
    vault: Option<Vault>,
    /// The account's revision from before the vault was asked for, where it was told.
    revision: Option<i64>,
    /// Of providers, as far as nothing has to be known of them before the clients are read.
    logs: Vec<ProviderLog<'a>>,
    bills_of: &'a [ProviderMembership],
}

/// Clients read side by side; what is really in flight is up to the pacer.
const SIDE_BY_SIDE: usize = 4;
/// So many clients unreachable one after the other mean that the connection is lost, and the rest is not tried.
const LINE_IS_LOST: u32 = 3;
/// So many clients refused one after the other, each several times, for asking too much: the rest is not tried.
const ASKED_TOO_MUCH: u32 = 3;
/// The largest vault read: a hundred thousand items of 2.6 kB each; one with a website and a key of its own has 1.8 kB.
const VAULT: Reading = Reading { max_bytes: 256 << 20, tries: SYNC_TRIES };
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
        // The token's claims carry the roles: whoever reads memberships anew needs a new token first. A first sync has that
        // of its sign-in; should it be old, who refuses it brings a new one.
        let is_first = before.is_none();
        if self.full && !is_first {
            self.asking.renew(RENEWAL_TRIES, self.stop).await?;
        }
        let revision = match self.revision().await {
            Ok(revision) => Some(revision),
            // It only saves a reading; who cannot tell it may still tell the vault.
            Err(
                error @ (ApiError::Status { .. } | ApiError::NotBitwarden { .. } | ApiError::TooLarge { .. }),
            ) => {
                tracing::warn!(%error, "the account's revision could not be read");
                None
            }
            Err(error) => return Err(error.into()),
        };
        (self.progress)(SyncProgress::of(SyncPhase::Vault));
        let kept = before.as_ref().and_then(|before| before.revision.as_deref());
        let mut vault = None;
        if vault_is_due(self.full, kept, revision) {
            if !self.full && !is_first {
                self.asking.renew(RENEWAL_TRIES, self.stop).await?;
            }
            vault = Some(self.vault().await?);
        }
        let mut memberships = match (&vault, before) {
            (None, Some(before)) => before.memberships,
            (Some(vault), _) => Memberships::of(&vault.profile),
            (None, None) => Memberships::default(),
        };

        (self.progress)(SyncProgress::of(SyncPhase::Provider));
        let mut providers = self.providers(&memberships).await?;
        let refused = providers.values().any(ProviderRead::is_forbidden);
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
        let listed = client_lists(&providers);
        let mut logs = self.begin_logs(&memberships, &listed, take).await?;
        let mut lists = BTreeMap::new();
        for (id, read) in providers {
            self.go_on()?;
            match self.take_provider((id, read), &memberships, take, &mut gathered)? {
                Ok(clients) => {
                    lists.insert(id, clients);
                }
                Err(error) => {
                    for client in memberships.clients_of(id) {
                        let job = Job::client(client, &memberships.clients[&client].name);
                        let failed = could_not_be_read(job, &error);
                        aside(|| take.client(client, Err(failed.reason))).map_err(GatherError::Take)?;
                        gathered.failed.push(failed);
                    }
                }
            }
        }
        let rows: HashMap<Uuid, ProviderOrganizationDetails> =
            lists.values().flatten().map(|row| (row.organization_id, row.clone())).collect();
        let mut wishes = Wishes {
            full: self.full,
            budget: self.budget,
            opened: self.opened.clone(),
            hinted: HashSet::new(),
        };
        let mut due_now = due(memberships.jobs(&lists), &rows, self.known, &wishes);
        // Where all are read anyway, as in a first sync, the logs have nothing to hint at: they are read beside.
        if due_now.left > 0 {
            wishes.hinted = self.hints(std::mem::take(&mut logs), &listed, take, &mut gathered).await?;
            due_now = due(memberships.jobs(&lists), &rows, self.known, &wishes);
        }
        gathered.clients_left = due_now.left;
        let others = Others { vault, revision, logs, bills_of: &memberships.providers };
        self.clients(due_now.jobs, others, take, &mut gathered).await?;
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
        self.clients(before.memberships.known_jobs(wanted), Others::default(), take, &mut gathered).await?;
        Ok(gathered)
    }

    /// Reads the organization that a person has opened. Whose token is too old to know the role of now is asked for a new one.
    pub(crate) async fn opened<T: Takes>(
        &self,
        before: &Before,
        wanted: Uuid,
        take: &mut T,
    ) -> Result<Gathered, GatherError<T::Error>> {
        let mut gathered = Gathered::default();
        let jobs = before.memberships.known_jobs(&[wanted]);
        self.clients(jobs, Others::default(), take, &mut gathered).await?;
        if gathered.failed.iter().any(|failed| failed.reason == StaleReason::Forbidden) {
            gathered = self.only(before, &[wanted], take).await?;
        }
        Ok(gathered)
    }

    /// Reads the organizations of `jobs`, and `others`, while what came before is taken in, the vault first.
    async fn clients<T: Takes>(
        &self,
        jobs: Vec<Job>,
        others: Others<'_>,
        take: &mut T,
        gathered: &mut Gathered,
    ) -> Result<(), GatherError<T::Error>> {
        let jobs = aside(|| {
            let known = |job: &Job| take.newest_event(EventStream::Organization(job.id));
            jobs.into_iter().map(|job| Ok((known(&job)?, job))).collect::<Result<Vec<_>, _>>()
        })
        .map_err(GatherError::Take)?;
        self.go_on()?;
        let mut logs = std::mem::take(&mut gathered.logs);
        let Others { vault, revision, logs: of_providers, bills_of } = others;
        let (put, taken) = pieces();
        // On the heap: it is the largest part of a sync, which may stand deep in an action already.
        let reading = Box::pin(async {
            if let Some(vault) = vault
                && !put.put(Piece::Vault(Box::new(vault), revision)).await
            {
                return Ok(0);
            }
            let (read, odd, ()) = tokio::join!(
                self.read_clients(jobs, gathered, &put),
                self.read_logs(of_providers, &put),
                self.bills(bills_of, &put)
            );
            drop(put);
            read.and(odd)
        });
        let read = beside(take, &mut logs, taken, reading).await;
        gathered.logs = logs;
        let (read, odd_in_vault) = read.map_err(GatherError::Take)?;
        gathered.odd_entries += odd_in_vault + read.map_err(GatherError::Api)?;
        Ok(())
    }

    /// Reads what is left of providers' logs. Returns how many entries were odd.
    async fn read_logs(&self, logs: Vec<ProviderLog<'_>>, put: &Pieces) -> Result<u32, Arc<ApiError>> {
        let mut odd = 0;
        for log in logs {
            let stream = EventStream::Provider(log.provider);
            let read = counted(log.read_to_end(self.stop).await?, &mut odd);
            if !put.put(Piece::Log(stream, read)).await {
                break;
            }
        }
        Ok(odd)
    }

    /// Reads the organizations of `jobs`, one failing without the others; with each, the newest event of it that is known.
    async fn read_clients(
        &self,
        jobs: Vec<(Option<OffsetDateTime>, Job)>,
        gathered: &mut Gathered,
        put: &Pieces,
    ) -> Result<(), Arc<ApiError>> {
        let total = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        let (mut done, begun) = (0, Instant::now());
        let tell = |done: u32, name: &str| {
            let (client, rate) = (Some(name.to_owned()), self.asking.client.rate());
            let seconds_left = seconds_left(done, total, begun.elapsed(), rate);
            (self.progress)(SyncProgress { phase: SyncPhase::Clients, done, total, client, seconds_left });
        };
        let mut waiting = jobs.into_iter();
        let mut running = FuturesUnordered::new();
        let (mut lost_in_a_row, mut refused_in_a_row) = (0, 0);
        let mut lost: Option<Arc<ApiError>> = None;
        // Refused for asking too much while others were not: once more, after the others.
        let mut again = VecDeque::new();
        let mut asked_again = HashSet::new();
        loop {
            while lost.is_none() && running.len() < SIDE_BY_SIDE {
                let Some((known, job)) = waiting.next().or_else(|| again.pop_front()) else { break };
                tell(done, &job.name);
                running.push(self.client(job, known));
            }
            let Some((known, job, outcome)) = running.next().await else { break };
            self.go_on()?;
            let (id, name) = (job.id, job.name.clone());
            match outcome {
                Ok(read) => {
                    (lost_in_a_row, refused_in_a_row) = (0, 0);
                    gathered.clients_read += 1;
                    gathered.odd_entries += read.odd;
                    let is_taken =
                        put.put(Piece::Client(id, Box::new(Ok(read.picture)), Some(read.room))).await;
                    let is_taken = match read.events {
                        Some(log) => put.put(Piece::Log(EventStream::Organization(id), log)).await,
                        None => is_taken,
                    };
                    if !is_taken {
                        return Ok(());
                    }
                }
                Err(error) if ends_everything(&error) => return Err(error.into()),
                Err(error) => {
                    let error = Arc::new(error);
                    lost_in_a_row = if error.is_without_connection() { lost_in_a_row + 1 } else { 0 };
                    refused_in_a_row = if error.is_rate_limit() { refused_in_a_row + 1 } else { 0 };
                    let gone = lost_in_a_row >= LINE_IS_LOST
                        || refused_in_a_row >= ASKED_TOO_MUCH
                        || self.asking.client.is_left_alone();
                    if gone && lost.is_none() {
                        lost = Some(error.clone());
                    }
                    if error.is_rate_limit() && lost.is_none() && asked_again.insert(id) {
                        again.push_back((known, job));
                        continue;
                    }
                    let failed = could_not_be_read(job, &error);
                    if !fail(gathered, put, failed).await {
                        return Ok(());
                    }
                }
            }
            done += 1;
            tell(done, &name);
        }
        let Some(error) = lost else { return Ok(()) };
        if gathered.clients_read == 0 && !error.is_rate_limit() {
            // Nothing new came: better the last picture than one that is all marked stale.
            return Err(error);
        }
        let reason = if error.is_rate_limit() { StaleReason::Throttled } else { StaleReason::NotReached };
        for (_, job) in waiting.chain(again) {
            if !fail(gathered, put, FailedClient::of(job, reason, &error)).await {
                break;
            }
        }
        Ok(())
    }

    /// What cannot be read of a bill now is read the next time.
    async fn bills(&self, providers: &[ProviderMembership], put: &Pieces) {
        for provider in providers.iter().filter(|provider| provider.reads_bill) {
            let (read, outcome) =
                read_bill(self.asking, provider.id, provider.reads_invoices, self.stop).await;
            if let Err(error) = outcome {
                tracing::info!(provider = %provider.id, %error, "what a provider pays for was not read");
            }
            if !put.put(Piece::Bill(provider.id, read)).await {
                return;
            }
        }
    }

    async fn client(
        &self,
        job: Job,
        known: Option<OffsetDateTime>,
    ) -> (Option<OffsetDateTime>, Job, Result<ClientRead, ApiError>) {
        let events = EventsWanted { known, days: self.event_days, pages: CLIENT_PAGES };
        let outcome = read_client(self.asking, job.id, &job.reads, events, self.stop).await;
        (known, job, outcome)
    }

    /// The account's revision, epoch milliseconds of the server (protocol.md §3.7).
    async fn revision(&self) -> Result<i64, ApiError> {
        let reading = Reading { max_bytes: 1000, tries: RENEWAL_TRIES };
        let revision: Option<i64> = self.asking.get("/accounts/revision-date", reading, self.stop).await?;
        // Null or negative: the account was deleted.
        revision.filter(|revision| *revision >= 0).ok_or(ApiError::SignedOut)
    }

    async fn vault(&self) -> Result<Vault, ApiError> {
        let reply = self.asking.get_reply("/sync?excludeDomains=true", VAULT, self.stop).await?;
        // Refused under a token that is new: only another sign-in can help.
        if reply.status == 401 && !reply.is_web_page() {
            return Err(ApiError::SignedOut);
        }
        let host = reply.host.clone();
        // Nothing to do but for servers of old.
        let body = aside(|| reply.camel_case())?;
        if let Ok(profile) = profile_in(&body) {
            return Ok(Vault { body, profile, odd: 0 });
        }
        let Mended { read: body, odd } = aside(|| mend::sync(body));
        let profile = profile_in(&body)
            .map_err(|error| ApiError::NotBitwarden { host, why: NotBitwarden::Unreadable(error.into()) })?;
        Ok(Vault { body, profile, odd })
    }

    fn go_on(&self) -> Result<(), ApiError> {
        if self.stop.is_cancelled() { Err(ApiError::Cancelled) } else { Ok(()) }
    }
}

fn could_not_be_read(job: Job, error: &Arc<ApiError>) -> FailedClient {
    tracing::warn!(organization = %job.id, %error, "a client could not be read");
    FailedClient::of(job, stale_reason(error), error)
}

/// Says of a client that it could not be read; its last picture stays. `false` when nobody takes that in any more.
async fn fail(gathered: &mut Gathered, put: &Pieces, failed: FailedClient) -> bool {
    let is_taken = put.put(Piece::Client(failed.organization, Box::new(Err(failed.reason)), None)).await;
    gathered.failed.push(failed);
    is_taken
}

/// What no further request could mend.
pub(crate) fn ends_everything(error: &ApiError) -> bool {
    matches!(error, ApiError::Cancelled | ApiError::SignedOut)
}
