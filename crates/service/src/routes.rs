//! The authorization table: every route, who may call it, and what answers it.

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;

use crate::api::{
    accounts, billing, collections, config, devices, event_log, groups, members, organizations, policies,
    providers, sync, users,
};
use crate::app::App;
use crate::authorize::{Guard, Refusal, Role, Rule, guard};
use crate::error::ApiError;
use crate::identity::{prelogin, register, token};
use crate::permissions::{Permission, Permissions};

use Permission::*;
use Role::*;

const ANYONE: Rule = rule(&[Anonymous], &[], Refusal::NotFound);
const SIGNED_IN: Rule = rule(&[SignedIn], &[], Refusal::NotFound);
const PROVIDER: Rule = rule(&[ServiceUser, ProviderAdmin], &[], Refusal::Forbidden);
const PROVIDER_ADMIN: Rule = rule(&[ProviderAdmin], &[], Refusal::Forbidden);
const PROVIDER_EVENTS: Rule = rule(&[ProviderAdmin], &[], Refusal::NotFound);
const PROVIDER_BILLING: Rule = rule(&[ServiceUser, ProviderAdmin], &[], Refusal::Unauthorized);
const OWNER: Rule = rule(&[Owner, ServiceUser, ProviderAdmin], &[], Refusal::NotFound);
const MEMBER: Rule = rule(&[User, Custom, Admin, Owner, ServiceUser, ProviderAdmin], &[], Refusal::NotFound);
const MEMBERS: Rule = managers(&[ManageUsers, ManageGroups, ManageResetPassword]);
const GROUPS: Rule = managers(&[ManageGroups, ManageUsers]);
const POLICIES: Rule = managers(&[ManagePolicies]);
const EVENTS: Rule = managers(&[AccessEventLogs]);

/// The table. Sources: protocol.md §1, §1.8, §3, §4.4–4.9, §5.5–5.10, §6.
fn table() -> Vec<Route> {
    vec![
        // identity
        post("/identity/accounts/prelogin", ANYONE, prelogin::answer),
        post("/identity/accounts/prelogin/password", ANYONE, prelogin::answer),
        post("/api/accounts/prelogin", ANYONE, prelogin::answer),
        post("/identity/accounts/register/send-verification-email", ANYONE, register::send_token),
        post("/identity/accounts/register/verification-email-clicked", ANYONE, register::check_token),
        post("/identity/accounts/register/finish", ANYONE, register::finish),
        post("/identity/connect/token", ANYONE, token::issue),
        get("/identity/alive", ANYONE, config::now),
        get("/identity/now", ANYONE, config::now),
        // the server itself
        get("/api/config", ANYONE, config::read),
        get("/api/alive", ANYONE, config::now),
        get("/api/now", ANYONE, config::now),
        get("/api/version", ANYONE, config::version),
        get("/api/devices/knowndevice", ANYONE, devices::known),
        // the account
        get("/api/accounts/profile", SIGNED_IN, accounts::profile),
        get("/api/accounts/revision-date", SIGNED_IN, accounts::revision_date),
        get("/api/accounts/keys", SIGNED_IN, accounts::keys),
        post("/api/accounts/keys", SIGNED_IN, accounts::set_keys),
        post("/api/accounts/verify-password", SIGNED_IN, accounts::verify_password),
        get("/api/sync", SIGNED_IN, sync::read),
        get("/api/users/{user}/public-key", SIGNED_IN, users::public_key),
        get("/api/events", SIGNED_IN, event_log::of_caller),
        post("/events/collect", SIGNED_IN, event_log::collect),
        // providers
        get("/api/providers/{provider}", PROVIDER, providers::read),
        get("/api/providers/{provider}/organizations", PROVIDER, providers::organizations),
        get("/api/providers/{provider}/users", PROVIDER_ADMIN, providers::users),
        get("/api/providers/{provider}/events", PROVIDER_EVENTS, event_log::of_provider),
        get("/api/providers/{provider}/billing/subscription", PROVIDER_BILLING, billing::subscription),
        // organizations
        get("/api/organizations/{organization}", OWNER, organizations::read),
        get("/api/organizations/{organization}/public-key", SIGNED_IN, organizations::public_key),
        get("/api/organizations/{organization}/keys", SIGNED_IN, organizations::public_key),
        get("/api/organizations/{organization}/users", MEMBERS, members::list),
        get("/api/organizations/{organization}/users/mini-details", MEMBER, members::mini_list),
        get("/api/organizations/{organization}/groups", MEMBER, groups::list),
        get("/api/organizations/{organization}/groups/details", GROUPS, groups::details),
        get("/api/organizations/{organization}/collections", MEMBER, collections::list),
        get("/api/organizations/{organization}/collections/details", MEMBER, collections::details),
        get("/api/organizations/{organization}/policies", POLICIES, policies::list),
        get("/api/organizations/{organization}/events", EVENTS, event_log::of_organization),
    ]
}

/// One line of the table as others may read it.
#[derive(Clone, Debug)]
pub struct RouteRule {
    #[allow(missing_docs)]
    pub method: Method,
    /// With `{provider}`, `{organization}` or `{user}` for ids.
    pub path: &'static str,
    #[allow(missing_docs)]
    pub rule: Rule,
}

/// The table without its handlers.
#[must_use]
pub fn rules() -> Vec<RouteRule> {
    table()
        .into_iter()
        .map(|route| RouteRule { method: route.method, path: route.path, rule: route.rule })
        .collect()
}

/// The table as a router: each route behind its own guard.
pub(crate) fn router(app: &App) -> Router {
    let routes = table().into_iter().fold(Router::new(), |router, route| {
        let guarded = Guard { app: app.clone(), rule: route.rule };
        router.route(route.path, route.handler.route_layer(from_fn_with_state(guarded, guard)))
    });
    routes
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .with_state(app.clone())
}

struct Route {
    method: Method,
    path: &'static str,
    rule: Rule,
    handler: MethodRouter<App>,
}

fn get<H, T>(path: &'static str, rule: Rule, handler: H) -> Route
where
    H: axum::handler::Handler<T, App>,
    T: 'static,
{
    Route { method: Method::GET, path, rule, handler: axum::routing::get(handler) }
}

fn post<H, T>(path: &'static str, rule: Rule, handler: H) -> Route
where
    H: axum::handler::Handler<T, App>,
    T: 'static,
{
    Route { method: Method::POST, path, rule, handler: axum::routing::post(handler) }
}

const fn rule(allowed: &'static [Role], custom: &[Permission], refusal: Refusal) -> Rule {
    Rule { allowed, custom: Permissions::of(custom), refusal }
}

/// Owners, admins, the provider's staff, and custom members with one of `permissions`.
const fn managers(permissions: &[Permission]) -> Rule {
    rule(&[Custom, Admin, Owner, ServiceUser, ProviderAdmin], permissions, Refusal::NotFound)
}
