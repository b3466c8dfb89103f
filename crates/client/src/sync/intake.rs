//! A profile's intake takes in what a sync gathers.

use portico_estate::StaleReason;
use portico_profile::{
    BillingRead, ClientOutcome, ClientPicture, EventStream, EventsRead, Intake, IntakeError, ProviderPicture,
};
use portico_protocol::events::EventResponse;
use time::OffsetDateTime;
use uuid::Uuid;

use super::gather::Takes;
use crate::api_error::ApiError;

impl Takes for Intake<'_> {
    type Error = IntakeError;

    fn vault(&mut self, body: &[u8], revision: Option<i64>) -> Result<u32, IntakeError> {
        let revision = revision.map(|revision| revision.to_string());
        let taken = Intake::vault(self, body, revision.as_deref())?;
        tracing::info!(?taken, "the vault was taken in");
        Ok(u32::try_from(taken.oddities).unwrap_or(u32::MAX))
    }

    fn is_unreadable(error: &IntakeError) -> bool {
        matches!(error, IntakeError::NotAVault(_))
    }

    fn provider_before(&self, id: Uuid) -> Result<Option<ProviderPicture>, IntakeError> {
        Ok(self.before().provider_as_read(id)?)
    }

    fn provider(&mut self, read: ProviderPicture) {
        Intake::provider(self, read);
    }

    fn client(&mut self, id: Uuid, outcome: Result<ClientPicture, StaleReason>) -> Result<(), IntakeError> {
        let outcome = match outcome {
            Ok(read) => ClientOutcome::Read(Box::new(read)),
            Err(reason) => ClientOutcome::Failed(reason),
        };
        Intake::client(self, id, outcome)
    }

    fn newest_event(&self, stream: EventStream) -> Result<Option<OffsetDateTime>, IntakeError> {
        Ok(Intake::newest_event(self, stream)?)
    }

    fn events(&mut self, stream: EventStream, read: EventsRead) -> Result<Vec<EventResponse>, IntakeError> {
        Intake::events(self, stream, read)
    }

    fn bill(&mut self, provider: Uuid, read: Vec<BillingRead>) {
        Intake::bill(self, provider, read);
    }

    fn log_failed(&mut self, stream: EventStream, error: &ApiError) {
        note_failed_log(self, stream, error);
    }
}

/// Notes why a log could not be read: nothing else depends on it.
pub(crate) fn note_failed_log(intake: &mut Intake<'_>, stream: EventStream, error: &ApiError) {
    tracing::info!(?stream, %error, "a log could not be read");
    let reason = match error {
        // Of a log, 400 and the like are a refusal of what was asked for, as 403 is.
        ApiError::Status { code: 400..=499, .. } if error.status() != Some(404) => StaleReason::Forbidden,
        error => stale_reason(error),
    };
    Intake::log_failed(intake, stream, reason, &error.to_string());
}

/// The reason that is kept beside the last picture of a client that could not be read.
pub fn stale_reason(error: &ApiError) -> StaleReason {
    match error {
        ApiError::Status { code: 401 | 403, .. } => StaleReason::Forbidden,
        ApiError::Status { code: 404, .. } => StaleReason::NotFound,
        ApiError::Status { code: 500.., .. } => StaleReason::ServerError,
        ApiError::RateLimited { .. } => StaleReason::Throttled,
        ApiError::Unreachable { .. } | ApiError::Tls { .. } => StaleReason::Unreachable,
        ApiError::TimedOut { .. } => StaleReason::TimedOut,
        ApiError::SignedOut | ApiError::Cancelled => StaleReason::NotReached,
        ApiError::Status { .. }
        | ApiError::NotBitwarden { .. }
        | ApiError::TooLarge { .. }
        | ApiError::Redirected { .. } => StaleReason::BadAnswer,
    }
}
