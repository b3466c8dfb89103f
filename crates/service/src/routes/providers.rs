//! Providers (protocol.md §5.5–5.10).

use super::{Route, get, rule};
use crate::api::{billing, event_log, providers};
use crate::authorize::Role::{ProviderAdmin, ServiceUser};
use crate::authorize::{Refusal, Rule};

const PROVIDER: Rule = rule(&[ServiceUser, ProviderAdmin], &[], Refusal::Forbidden);
const PROVIDER_ADMIN: Rule = rule(&[ProviderAdmin], &[], Refusal::Forbidden);
const PROVIDER_EVENTS: Rule = rule(&[ProviderAdmin], &[], Refusal::NotFound);
const PROVIDER_BILLING: Rule = rule(&[ServiceUser, ProviderAdmin], &[], Refusal::Unauthorized);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/providers/{provider}", PROVIDER, providers::read),
        get("/api/providers/{provider}/organizations", PROVIDER, providers::organizations),
        get("/api/providers/{provider}/users", PROVIDER_ADMIN, providers::users),
        get("/api/providers/{provider}/events", PROVIDER_EVENTS, event_log::of_provider),
        get(
            "/api/providers/{provider}/users/{providerUser}/events",
            PROVIDER_EVENTS,
            event_log::of_provider_user,
        ),
        get("/api/providers/{provider}/billing/subscription", PROVIDER_BILLING, billing::subscription),
    ]
}
