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
        ApiError::Unreachable { .. } => StaleReason::Unreachable,
        ApiError::Tls { .. } => StaleReason::Untrusted,
        ApiError::TimedOut { .. } => StaleReason::TimedOut,
        ApiError::SignedOut | ApiError::Cancelled => StaleReason::NotReached,
        ApiError::Status { .. }
        | ApiError::NotBitwarden { .. }
        | ApiError::TooLarge { .. }
        | ApiError::Redirected { .. } => StaleReason::BadAnswer,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api_error::NotBitwarden;

    #[test]
    fn every_error_has_its_reason() {
        let host = || "vault.example".to_owned();
        let status = |code| ApiError::Status { host: host(), code, message: None };
        let source = reqwest::Proxy::all("http://[").unwrap_err();
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        for (error, reason) in [
            (status(401), StaleReason::Forbidden),
            (status(403), StaleReason::Forbidden),
            (status(404), StaleReason::NotFound),
            (status(400), StaleReason::BadAnswer),
            (status(500), StaleReason::ServerError),
            (status(503), StaleReason::ServerError),
            (
                ApiError::RateLimited { host: host(), retry_after: Some(Duration::from_secs(600)) },
                StaleReason::Throttled,
            ),
            (ApiError::Unreachable { host: host(), source }, StaleReason::Unreachable),
            (ApiError::Tls { host: host(), source: tls }, StaleReason::Untrusted),
            (ApiError::TimedOut { host: host() }, StaleReason::TimedOut),
            (ApiError::SignedOut, StaleReason::NotReached),
            (ApiError::Cancelled, StaleReason::NotReached),
            (ApiError::NotBitwarden { host: host(), why: NotBitwarden::WebPage }, StaleReason::BadAnswer),
            (ApiError::TooLarge { host: host(), limit: 1 }, StaleReason::BadAnswer),
            (ApiError::Redirected { host: host(), to: host() }, StaleReason::BadAnswer),
        ] {
            assert_eq!(stale_reason(&error), reason, "{error}");
        }
    }
}
