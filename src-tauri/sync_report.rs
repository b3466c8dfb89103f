//! What a sync brought, as the page shows it: what was read, and what of it was not.

use portico_client::{FailedProvider, ProviderPart as Part};
use uuid::Uuid;

use crate::{
    dto::{
        error::AppError,
        sync::{ProviderPart, SyncReport, UnreadPart},
    },
    views,
};

/// `name`: of a provider.
pub fn told(report: &portico_client::SyncReport, name: impl Fn(Uuid) -> Option<String>) -> SyncReport {
    SyncReport {
        read: report.clients_read + report.clients_taken_up,
        // Those taken up count as left where they were not read once more.
        left: report.clients_left.saturating_sub(report.clients_taken_up),
        failed: views::count(report.failed.len()),
        unread: report.failed_providers.iter().map(|failed| unread(failed, &name)).collect(),
        odd_entries: report.odd_entries,
    }
}

/// Where one client was read and nothing else, what was missing before is missing still.
pub fn of_one_client_after(report: SyncReport, before: Option<SyncReport>) -> SyncReport {
    match before {
        Some(before) => SyncReport {
            unread: before.unread,
            odd_entries: report.odd_entries.max(before.odd_entries),
            ..report
        },
        None => report,
    }
}

fn unread(failed: &FailedProvider, name: impl Fn(Uuid) -> Option<String>) -> UnreadPart {
    UnreadPart {
        provider: name(failed.provider).unwrap_or_default(),
        part: match failed.part {
            Part::Itself => ProviderPart::Itself,
            Part::Team => ProviderPart::Team,
            Part::Clients => ProviderPart::Clients,
        },
        failure: AppError::from(&*failed.error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portico_client::ApiError;

    use super::*;
    use crate::dto::error::ErrorCode;

    #[test]
    fn a_failed_route_is_told_with_the_provider_and_the_reason() {
        let error = ApiError::Status { host: "vault.example".into(), code: 500, message: None };
        let failed =
            FailedProvider { provider: Uuid::from_u128(1), part: Part::Team, error: Arc::new(error) };
        let name = |id| (id == Uuid::from_u128(1)).then(|| "Brightwater IT".to_owned());
        let told = unread(&failed, name);
        assert_eq!((told.provider.as_str(), told.part), ("Brightwater IT", ProviderPart::Team));
        assert_eq!(told.failure.code, ErrorCode::Refused);
    }

    #[test]
    fn reading_one_client_makes_nothing_else_complete() {
        let part = UnreadPart {
            provider: "Brightwater IT".into(),
            part: ProviderPart::Clients,
            failure: AppError::of(ErrorCode::Refused),
        };
        let report = |read, unread, odd_entries| SyncReport { read, left: 0, failed: 0, unread, odd_entries };
        let before = report(40, vec![part], 3);
        let after = of_one_client_after(report(1, Vec::new(), 0), Some(before));
        assert_eq!((after.read, after.unread.len(), after.odd_entries), (1, 1, 3));
        let whole = of_one_client_after(report(40, Vec::new(), 0), None);
        assert_eq!((whole.unread.len(), whole.odd_entries), (0, 0));
    }
}
