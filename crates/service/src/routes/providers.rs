//! Providers (protocol.md §5.5–5.10).

use super::{ANYONE, Route, SIGNED_IN, delete, get, post, put, rule};
use crate::api::{billing, clients, event_log, provider_users, providers};
use crate::authorize::Role::{ProviderAdmin, ServiceUser};
use crate::authorize::{Refusal, Rule};

const PROVIDER: Rule = rule(&[ServiceUser, ProviderAdmin], &[], Refusal::Forbidden);
const PROVIDER_ADMIN: Rule = rule(&[ProviderAdmin], &[], Refusal::Forbidden);
const PROVIDER_EVENTS: Rule = rule(&[ProviderAdmin], &[], Refusal::NotFound);
const BILLING: Rule = rule(&[ServiceUser, ProviderAdmin], &[], Refusal::Unauthorized);
const BILLING_ADMIN: Rule = rule(&[ProviderAdmin], &[], Refusal::Unauthorized);
const NEWER_BILLING: Rule = rule(&[ServiceUser, ProviderAdmin], &[], Refusal::UnauthorizedOrNoProvider);
const NEWER_BILLING_ADMIN: Rule = rule(&[ProviderAdmin], &[], Refusal::UnauthorizedOrNoProvider);

pub(super) fn routes() -> Vec<Route> {
    let areas = [provider(), people(), client_links(), consolidated_clients(), bills()];
    areas.into_iter().flatten().collect()
}

fn provider() -> Vec<Route> {
    const ONE: &str = "/api/providers/{provider}";
    vec![
        get(ONE, PROVIDER, providers::read),
        put(ONE, PROVIDER_ADMIN, providers::update),
        post(ONE, PROVIDER_ADMIN, providers::update),
        delete(ONE, PROVIDER_ADMIN, providers::delete),
        post("/api/providers/{provider}/delete", PROVIDER_ADMIN, providers::delete),
        // The token from the mail admits.
        post("/api/providers/{provider}/delete-recover-token", ANYONE, providers::delete_by_mail),
        post("/api/providers/{provider}/setup", PROVIDER_ADMIN, providers::set_up),
        get("/api/providers/{provider}/events", PROVIDER_EVENTS, event_log::of_provider),
    ]
}

fn people() -> Vec<Route> {
    const ALL: &str = "/api/providers/{provider}/users";
    const ONE: &str = "/api/providers/{provider}/users/{providerUser}";
    vec![
        get(ALL, PROVIDER_ADMIN, provider_users::list),
        delete(ALL, PROVIDER_ADMIN, provider_users::remove_many),
        post("/api/providers/{provider}/users/delete", PROVIDER_ADMIN, provider_users::remove_many),
        post("/api/providers/{provider}/users/invite", PROVIDER_ADMIN, provider_users::invite),
        post("/api/providers/{provider}/users/reinvite", PROVIDER_ADMIN, provider_users::reinvite_many),
        post("/api/providers/{provider}/users/public-keys", PROVIDER_ADMIN, provider_users::public_keys),
        post("/api/providers/{provider}/users/confirm", PROVIDER_ADMIN, provider_users::confirm_many),
        get(ONE, PROVIDER_ADMIN, provider_users::read),
        put(ONE, PROVIDER_ADMIN, provider_users::update),
        post(ONE, PROVIDER_ADMIN, provider_users::update),
        delete(ONE, PROVIDER_ADMIN, provider_users::remove),
        post("/api/providers/{provider}/users/{providerUser}/delete", PROVIDER_ADMIN, provider_users::remove),
        post(
            "/api/providers/{provider}/users/{providerUser}/reinvite",
            PROVIDER_ADMIN,
            provider_users::reinvite,
        ),
        // The token from the invitation admits: who accepts is nobody there yet.
        post("/api/providers/{provider}/users/{providerUser}/accept", SIGNED_IN, provider_users::accept),
        post(
            "/api/providers/{provider}/users/{providerUser}/confirm",
            PROVIDER_ADMIN,
            provider_users::confirm,
        ),
        get(
            "/api/providers/{provider}/users/{providerUser}/events",
            PROVIDER_EVENTS,
            event_log::of_provider_user,
        ),
    ]
}

fn client_links() -> Vec<Route> {
    const ALL: &str = "/api/providers/{provider}/organizations";
    const ONE: &str = "/api/providers/{provider}/organizations/{providerOrganization}";
    vec![
        get(ALL, PROVIDER, clients::list),
        post(ALL, PROVIDER_ADMIN, clients::create_legacy),
        post("/api/providers/{provider}/organizations/add", PROVIDER_ADMIN, clients::add_legacy),
        delete(ONE, PROVIDER_ADMIN, clients::unlink),
        post(
            "/api/providers/{provider}/organizations/{providerOrganization}/delete",
            PROVIDER_ADMIN,
            clients::unlink,
        ),
    ]
}

fn consolidated_clients() -> Vec<Route> {
    vec![
        post("/api/providers/{provider}/clients", BILLING_ADMIN, clients::create),
        get("/api/providers/{provider}/clients/addable", BILLING, clients::addable),
        post("/api/providers/{provider}/clients/existing", BILLING_ADMIN, clients::existing),
        put("/api/providers/{provider}/clients/{providerOrganization}", BILLING, clients::update),
    ]
}

fn bills() -> Vec<Route> {
    const ADDRESS: &str = "/api/providers/{provider}/billing/vnext/address";
    const PAYMENT: &str = "/api/providers/{provider}/billing/vnext/payment-method";
    vec![
        get("/api/providers/{provider}/billing/subscription", BILLING, billing::subscription),
        get("/api/providers/{provider}/billing/invoices", BILLING_ADMIN, billing::invoices),
        get("/api/providers/{provider}/billing/invoices/{invoice}", BILLING_ADMIN, billing::report),
        get(ADDRESS, NEWER_BILLING_ADMIN, billing::address),
        put(ADDRESS, NEWER_BILLING_ADMIN, billing::set_address),
        get("/api/providers/{provider}/billing/vnext/credit", NEWER_BILLING_ADMIN, billing::credit),
        post(
            "/api/providers/{provider}/billing/vnext/credit/bitpay",
            NEWER_BILLING_ADMIN,
            billing::pay_by_bitcoin,
        ),
        get(PAYMENT, NEWER_BILLING_ADMIN, billing::payment_method),
        put(PAYMENT, NEWER_BILLING_ADMIN, billing::set_payment_method),
        get("/api/providers/{provider}/billing/vnext/warnings", NEWER_BILLING, billing::warnings),
    ]
}
