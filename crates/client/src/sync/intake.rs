//! A profile's intake takes in what a sync gathers.

use portico_estate::StaleReason;
use portico_profile::{ClientOutcome, ClientPicture, Intake, IntakeError, ProviderPicture};
use uuid::Uuid;

use super::gather::Takes;
use crate::api_error::ApiError;

impl Takes for Intake<'_> {
    type Error = IntakeError;

    fn vault(&mut self, body: &[u8], revision: i64) -> Result<(), IntakeError> {
        let taken = Intake::vault(self, body, Some(&revision.to_string()))?;
        tracing::info!(?taken, "the vault was taken in");
        Ok(())
    }

    fn provider(&mut self, read: ProviderPicture) -> Result<(), IntakeError> {
        Intake::provider(self, read)
    }

    fn client(&mut self, id: Uuid, outcome: Result<ClientPicture, &ApiError>) -> Result<(), IntakeError> {
        let outcome = match outcome {
            Ok(read) => ClientOutcome::Read(Box::new(read)),
            Err(error) => ClientOutcome::Failed(stale_reason(error)),
        };
        Intake::client(self, id, outcome)
    }
}

/// The reason that is kept beside the last picture of a client that could not be read.
pub fn stale_reason(error: &ApiError) -> StaleReason {
    match error {
        ApiError::Status { code: 401 | 403, .. } => StaleReason::Forbidden,
        ApiError::Status { code: 404, .. } => StaleReason::NotFound,
        ApiError::Status { code: 500.., .. } => StaleReason::ServerError,
        ApiError::RateLimited { .. } => StaleReason::Throttled,
        ApiError::Unreachable { .. }
        | ApiError::TimedOut { .. }
        | ApiError::Tls { .. }
        | ApiError::SignedOut
        | ApiError::Cancelled => StaleReason::Unreachable,
        ApiError::Status { .. }
        | ApiError::NotBitwarden { .. }
        | ApiError::TooLarge { .. }
        | ApiError::Redirected { .. } => StaleReason::BadAnswer,
    }
}
