//! How far a sync is, and how it ended.

use std::sync::Arc;

use portico_estate::StaleReason;
use portico_profile::EventStream;
use uuid::Uuid;

use super::plan::Job;
use crate::api_error::ApiError;

/// One step of a running sync, to be shown as a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncProgress {
    /// What the sync is busy with.
    pub phase: SyncPhase,
    /// Clients done, in the phase [`SyncPhase::Clients`]; otherwise 0.
    pub done: u32,
    /// Clients in all; 0 while that is not known.
    pub total: u32,
    /// The client whose reading begins or has just ended.
    pub client: Option<String>,
    /// Estimated seconds until all of them are read, once there is something to estimate from.
    pub seconds_left: Option<u32>,
}

/// What a sync is busy with, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncPhase {
    /// Renewing the session.
    Connecting,
    /// Reading the person's own vault and memberships.
    Vault,
    /// Reading the provider and its list of clients.
    Provider,
    /// Reading one client after the other; own organizations count as clients.
    Clients,
    /// Sealing the new picture.
    Saving,
}

impl SyncProgress {
    pub(super) fn of(phase: SyncPhase) -> Self {
        Self { phase, done: 0, total: 0, client: None, seconds_left: None }
    }
}

/// A client that could not be read. Its last picture stays.
#[derive(Debug)]
pub struct FailedClient {
    /// The client organization.
    pub organization: Uuid,
    /// Its name.
    pub name: String,
    /// As it is kept beside its last picture.
    pub reason: StaleReason,
    /// Why it could not be read; shared, since one lost connection fails many.
    pub error: Arc<ApiError>,
}

impl FailedClient {
    pub(super) fn of(job: Job, reason: StaleReason, error: &Arc<ApiError>) -> Self {
        Self { organization: job.id, name: job.name, reason, error: error.clone() }
    }
}

/// A provider's route that could not be read. What is known of it stays, or in a first sync what the profile tells; and the
/// clients are read all the same.
#[derive(Debug)]
pub struct FailedProvider {
    /// The provider.
    pub provider: Uuid,
    /// What of it was asked for.
    pub part: ProviderPart,
    /// Why it could not be read; shared with the clients that failed by it.
    pub error: Arc<ApiError>,
}

impl FailedProvider {
    /// The path that was asked for.
    pub fn route(&self) -> String {
        format!("/providers/{}{}", self.provider, self.part.path())
    }
}

/// What is read of a provider by a route of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderPart {
    /// Its name, its address and the like.
    Itself,
    /// Its people.
    Team,
    /// The list of its clients.
    Clients,
}

impl ProviderPart {
    /// Below the provider's own path.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Itself => "",
            Self::Team => "/users",
            Self::Clients => "/organizations",
        }
    }
}

/// A log that could not be read. What was read of it before stays, and the next sync reads on from there.
#[derive(Debug)]
pub struct FailedLog {
    /// Whose.
    pub stream: EventStream,
    /// Why it could not be read.
    pub error: ApiError,
}
