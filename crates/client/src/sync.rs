//! Taking in a new picture of the person's vault, providers and clients (design §3). An organization that the person
//! administers as a member is read like a client, as far as the role allows.

mod client_read;
mod due;
mod estimate;
mod events;
mod gather;
mod intake;
mod opened;
mod plan;
mod profile_in;
mod progress;
mod providers;
mod reads;
mod taking;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use portico_profile::{
    BeginIntakeError, ChangedElsewhere, HeadNumber, IntakeError, Picture, ReadError, Unlocked,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::api_error::{ApiError, NotBitwarden};
use crate::aside::aside;
use crate::http::ApiClient;
use crate::refresh::Authorized;
use gather::{Before, GatherError, Gathering};

pub(crate) use client_read::{mismatch, read_client};
pub(crate) use events::{
    CLIENT_PAGES, EVENTS_PAGE, EventsWanted, MOST_DAYS, PROVIDER_PAGES, events_page, events_query,
    read_events,
};
pub(crate) use gather::ends_everything;
pub(crate) use intake::note_failed_log;
pub use intake::stale_reason;
pub use opened::is_opened_due;
pub(crate) use plan::{Memberships, NO_LINK, ProviderMembership};
pub use progress::{FailedClient, FailedLog, FailedProvider, ProviderPart, SyncPhase, SyncProgress};
pub(crate) use providers::{is_forbidden, read_provider};
pub(crate) use reads::Reads;

/// Syncs an unlocked account: one at a time over all processes, stopped at any point by `stop`. The new picture counts
/// when this returns `Ok`, as a whole; until then, and on any error, the last one stays.
///
/// # Errors
/// See [`SyncError`].
pub async fn sync(
    client: &ApiClient,
    unlocked: &Unlocked,
    options: &SyncOptions,
    progress: &(dyn Fn(SyncProgress) + Sync),
    stop: &CancellationToken,
) -> Result<SyncReport, SyncError> {
    let mut intake = aside(|| unlocked.begin_intake())?;
    let before = before(intake.before())?;
    let known = aside(|| intake.known())?;
    let gathering = Gathering {
        asking: Authorized { client, session: unlocked, room: None },
        progress,
        stop,
        full: options.full,
        known: &known,
        budget: usize::try_from(unlocked.settings().sync_budget).unwrap_or(usize::MAX),
        opened: &options.opened,
        event_days: unlocked.settings().events_for_days,
    };
    // What was lost above the clients cannot be read by asking for some of them.
    let lost = intake.lost();
    let scope = if lost.vault || lost.structure { &SyncScope::Everything } else { &options.scope };
    let mut outcome = match (scope, before) {
        (SyncScope::Everything, before) => gathering.everything(before, &mut intake).await,
        (SyncScope::Clients(wanted), Some(before)) => gathering.only(&before, wanted, &mut intake).await,
        (SyncScope::Opened(client), Some(before)) => gathering.opened(&before, *client, &mut intake).await,
        // Nothing is known yet: the clients are found by reading everything.
        (SyncScope::Clients(_) | SyncScope::Opened(_), None) => gathering.everything(None, &mut intake).await,
    };
    if outcome.is_ok() {
        progress(SyncProgress::of(SyncPhase::Saving));
        if stop.is_cancelled() {
            outcome = Err(ApiError::Cancelled.into());
        }
    }
    let gathered = match outcome {
        Ok(gathered) => gathered,
        Err(error) => {
            if let Err(error) = aside(|| intake.keep_for_next()) {
                tracing::warn!(%error, "what was read so far is not kept for the next sync");
            }
            return Err(match error.into() {
                SyncError::Take(IntakeError::NotAVault(error)) => {
                    let why = NotBitwarden::Unreadable(error.into());
                    ApiError::NotBitwarden { host: client.host(), why }.into()
                }
                error => error,
            });
        }
    };
    if *scope == SyncScope::Everything {
        intake.looked_at_everything();
    }
    let (head, bytes_written) = aside(|| intake.commit_counting())?;
    Ok(SyncReport {
        head,
        vault_read: gathered.vault_read,
        clients_read: gathered.clients_read,
        clients_left: gathered.clients_left,
        clients_taken_up: u32::try_from(known.taken_up.len()).unwrap_or(u32::MAX),
        events: gathered.logs.events,
        failed: gathered.failed,
        odd_entries: gathered.odd_entries,
        failed_providers: gathered.failed_providers,
        failed_logs: gathered.logs.failed,
        bytes_written,
    })
}

/// What a sync reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncOptions {
    /// How much is read.
    pub scope: SyncScope,
    /// Reads the vault even when the server's revision says that nothing changed, and every client.
    pub full: bool,
    /// Clients that a person looks at: they are read, and before the others.
    pub opened: HashSet<Uuid>,
}

/// How much a sync reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SyncScope {
    /// The vault where it changed, the providers, and of the clients and own organizations those that are due: changed,
    /// opened, pinned, failed the last time, nearly a day old; and the oldest pictures as far as the budget goes.
    #[default]
    Everything,
    /// Only these clients or own organizations, by organization id: "try this client again".
    Clients(Vec<Uuid>),
    /// Only this one, which a person has opened or come back to ([`is_opened_due`]): with the token at hand, because that
    /// happens too often for a new one each time. Where it is refused, once more with a new one.
    Opened(Uuid),
}

/// What a sync brought.
#[derive(Debug)]
pub struct SyncReport {
    /// The newest picture.
    pub head: HeadNumber,
    /// Whether the vault was read; otherwise it had not changed.
    pub vault_read: bool,
    /// Clients and own organizations that were read in full.
    pub clients_read: u32,
    /// Those that were not due, and keep the picture that they have.
    pub clients_left: u32,
    /// Those that the sync before had read when it stopped; they are in the picture now.
    pub clients_taken_up: u32,
    /// Events of the provider and of clients that were not known.
    pub events: u32,
    /// Those that keep their last picture, marked stale.
    pub failed: Vec<FailedClient>,
    /// Entries of lists that could not be read: left out, or carried without the member that is odd.
    pub odd_entries: u32,
    /// Providers' routes that could not be read; of them the last picture stays.
    pub failed_providers: Vec<FailedProvider>,
    /// Event logs that could not be read; nothing else depends on them.
    pub failed_logs: Vec<FailedLog>,
    /// Sealed bytes handed to the account's file.
    pub bytes_written: u64,
}

/// Why there is no new picture. The last one stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The server could not be asked, or the sync was stopped ([`ApiError::Cancelled`]).
    #[error(transparent)]
    Api(Arc<ApiError>),
    /// Another process, or another sync of this one, is writing.
    #[error("another sync is running")]
    Busy,
    /// Everything stays readable with the old password until the person signs in again.
    #[error("{0}, sign in again")]
    SignInAgain(ChangedElsewhere),
    /// The new picture could not be begun.
    #[error("the account's file cannot be written")]
    Begin(#[source] BeginIntakeError),
    /// The new picture could not be taken in.
    #[error("what the server sent cannot be kept")]
    Take(#[source] IntakeError),
    /// The last picture cannot be read.
    #[error("the last picture cannot be read")]
    Before(#[from] ReadError),
}

impl SyncError {
    /// Why the server could not be asked, if that is what happened.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Whether somebody stopped the sync.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.api(), Some(ApiError::Cancelled))
    }
}

impl From<ApiError> for SyncError {
    fn from(error: ApiError) -> Self {
        Self::Api(Arc::new(error))
    }
}

impl From<BeginIntakeError> for SyncError {
    fn from(error: BeginIntakeError) -> Self {
        match error {
            BeginIntakeError::Busy { .. } => Self::Busy,
            BeginIntakeError::Read(error) => Self::Before(error),
            error => Self::Begin(error),
        }
    }
}

impl From<IntakeError> for SyncError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::SignInAgain(what) => Self::SignInAgain(what),
            error => Self::Take(error),
        }
    }
}

impl From<GatherError<IntakeError>> for SyncError {
    fn from(error: GatherError<IntakeError>) -> Self {
        match error {
            GatherError::Api(error) => Self::Api(error),
            GatherError::Take(error) => error.into(),
        }
    }
}

/// `None` before the first sync.
fn before(picture: &Picture) -> Result<Option<Before>, ReadError> {
    let profile = picture.profile()?;
    Ok(profile.map(|profile| Before {
        memberships: Memberships::of(profile),
        revision: picture.revision().map(str::to_owned),
    }))
}

#[cfg(test)]
const _: fn(&ApiClient, &Unlocked) = |client, unlocked| {
    // A sync runs on whatever thread of the runtime is free.
    fn moves_between_threads(_: impl Send) {}
    let (options, stop) = (SyncOptions::default(), CancellationToken::new());
    moves_between_threads(sync(client, unlocked, &options, &|_| {}, &stop));
};
