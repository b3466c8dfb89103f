//! Event logs that could not be read: told beside the events until they were read, because what is missing looks like
//! nothing having happened.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use portico_profile::EventStream;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::dto::error::AppError;

/// One log, and why it is not known any further.
#[derive(Debug, Clone)]
pub struct FailedLog {
    pub failure: AppError,
    pub failed_at: OffsetDateTime,
    /// When the client was read whose log it is: a log is read along with it.
    read_at: Option<OffsetDateTime>,
}

/// Those of one account since it was opened.
#[derive(Default)]
pub struct FailedLogs(Mutex<BTreeMap<EventStream, FailedLog>>);

impl FailedLogs {
    /// After a sync. Logs of clients that it did not read stay as they are known. `read_at`: when a client was last read.
    pub fn note(
        &self,
        failed: impl IntoIterator<Item = (EventStream, AppError)>,
        everything: bool,
        read_at: impl Fn(Uuid) -> Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) {
        let mut known = self.lock();
        known.retain(|stream, log| match stream {
            EventStream::Provider(_) => !everything,
            EventStream::Organization(id) => read_at(*id) == log.read_at,
        });
        for (stream, failure) in failed {
            let read_at = match stream {
                EventStream::Provider(_) => None,
                EventStream::Organization(id) => read_at(id),
            };
            known.insert(stream, FailedLog { failure, failed_at: now, read_at });
        }
    }

    /// A log was read by itself.
    pub fn was_read(&self, stream: EventStream) {
        self.lock().remove(&stream);
    }

    /// All of them.
    pub fn known(&self) -> Vec<(EventStream, FailedLog)> {
        self.lock().iter().map(|(stream, log)| (*stream, log.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<EventStream, FailedLog>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;
    use crate::dto::error::ErrorCode;

    const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);
    const ALDER: Uuid = Uuid::from_u128(1);
    const BIRCH: Uuid = Uuid::from_u128(2);
    const PROVIDER: EventStream = EventStream::Provider(Uuid::from_u128(9));

    fn failed(stream: EventStream) -> (EventStream, AppError) {
        (stream, AppError::of(ErrorCode::Refused))
    }

    fn streams(logs: &FailedLogs) -> Vec<EventStream> {
        logs.known().into_iter().map(|(stream, _)| stream).collect()
    }

    #[test]
    fn a_log_is_told_until_its_client_is_read_again() {
        let logs = FailedLogs::default();
        let (alder, birch) = (EventStream::Organization(ALDER), EventStream::Organization(BIRCH));
        logs.note([failed(alder), failed(birch), failed(PROVIDER)], true, |_| Some(NOW), NOW);
        assert_eq!(streams(&logs), [PROVIDER, alder, birch]);
        // Only Alder is read again, and this time with its log.
        let later = NOW + Duration::minutes(5);
        let read = |id| Some(if id == ALDER { later } else { NOW });
        logs.note([], false, read, later);
        assert_eq!(streams(&logs), [PROVIDER, birch], "the provider's log was not asked for");
        logs.note([], true, read, later);
        assert_eq!(streams(&logs), [birch], "no sync has come to Birch yet");
        logs.was_read(birch);
        assert!(streams(&logs).is_empty());
    }

    #[test]
    fn a_log_that_fails_again_is_told_with_its_last_failure() {
        let logs = FailedLogs::default();
        let alder = EventStream::Organization(ALDER);
        logs.note([failed(alder)], true, |_| Some(NOW), NOW);
        let later = NOW + Duration::minutes(5);
        let throttled = (alder, AppError::of(ErrorCode::RateLimited));
        logs.note([throttled], false, |_| Some(later), later);
        let known = logs.known();
        let told: Vec<_> = known.iter().map(|(_, log)| (log.failure.code, log.failed_at)).collect();
        assert_eq!(told, [(ErrorCode::RateLimited, later)]);
    }
}
