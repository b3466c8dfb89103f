//! Organizations (protocol.md §4.4–4.10). What depends on the body, on the settings or on single collections is decided
//! by the handlers; this table lets in whoever could be allowed at all.

use super::{ANYONE, Route, SIGNED_IN, delete, get, post, put, rule};
use crate::api::{collections, event_log, groups, not_kept, organizations, plans, policies, reports};
use crate::authorize::Role::{Admin, Custom, Owner, ProviderAdmin, ServiceUser, User};
use crate::authorize::{Refusal, Rule};
use crate::permissions::Permission::{
    self, AccessEventLogs, AccessReports, ManageGroups, ManagePolicies, ManageResetPassword, ManageSso,
    ManageUsers,
};

pub(super) const OWNER: Rule = rule(&[Owner, ServiceUser, ProviderAdmin], &[], Refusal::NotFound);
pub(super) const MEMBER: Rule =
    rule(&[User, Custom, Admin, Owner, ServiceUser, ProviderAdmin], &[], Refusal::NotFound);
/// Members only: the provider's staff have no place of their own there.
pub(super) const OWN_PLACE: Rule = rule(&[User, Custom, Admin, Owner], &[], Refusal::NotFound);
const GROUPS: Rule = managers(&[ManageGroups, ManageUsers]);
const EDIT_GROUPS: Rule = managers(&[ManageGroups]);
const POLICIES: Rule = managers(&[ManagePolicies]);
const EVENTS: Rule = managers(&[AccessEventLogs]);
const REPORTS: Rule = managers(&[AccessReports]);
const DOMAINS: Rule = managers(&[ManageSso]);
const KEYS: Rule = managers(&[ManageResetPassword, ManageUsers]);

pub(super) fn routes() -> Vec<Route> {
    let areas = [organization(), collection(), group(), policy()];
    areas.into_iter().flatten().collect()
}

fn organization() -> Vec<Route> {
    vec![
        get("/api/plans", ANYONE, plans::list),
        get("/api/organizations", SIGNED_IN, organizations::of_caller),
        post("/api/organizations", SIGNED_IN, organizations::create),
        get("/api/organizations/{organization}", OWNER, organizations::read),
        put("/api/organizations/{organization}", OWNER, organizations::update),
        post("/api/organizations/{organization}", OWNER, organizations::update),
        delete("/api/organizations/{organization}", OWNER, organizations::delete),
        post("/api/organizations/{organization}/delete", OWNER, organizations::delete),
        get("/api/organizations/{organization}/public-key", SIGNED_IN, organizations::public_key),
        get("/api/organizations/{organization}/keys", SIGNED_IN, organizations::public_key),
        post("/api/organizations/{organization}/keys", KEYS, organizations::set_keys),
        get("/api/organizations/{named}/auto-enroll-status", SIGNED_IN, organizations::auto_enrol_status),
        get("/api/organizations/{organization}/subscription", OWNER, organizations::subscription),
        get("/api/organizations/{organization}/billing/metadata", MEMBER, organizations::metadata),
        get("/api/organizations/{organization}/billing/vnext/metadata", MEMBER, organizations::metadata),
        post("/api/organizations/{organization}/api-key", OWNER, organizations::api_key),
        post("/api/organizations/{organization}/rotate-api-key", OWNER, organizations::rotate_api_key),
        put(
            "/api/organizations/{organization}/collection-management",
            OWNER,
            organizations::collection_management,
        ),
        get("/api/ciphers/{cipher}/events", SIGNED_IN, event_log::of_cipher),
        get("/api/organizations/{organization}/events", EVENTS, event_log::of_organization),
        get("/api/organizations/{organization}/users/{member}/events", EVENTS, event_log::of_member),
        get("/api/organizations/{organization}/sends/{send}/events", EVENTS, event_log::of_send),
        get("/api/organizations/{organization}/domain", DOMAINS, not_kept::none),
        get("/api/reports/member-access/{organization}", REPORTS, reports::member_access),
        get("/api/reports/member-cipher-details/{organization}", REPORTS, reports::member_ciphers),
    ]
}

fn collection() -> Vec<Route> {
    const ALL: &str = "/api/organizations/{organization}/collections";
    const ONE: &str = "/api/organizations/{organization}/collections/{collection}";
    vec![
        get("/api/collections", SIGNED_IN, collections::of_caller),
        get(ALL, MEMBER, collections::list),
        post(ALL, MEMBER, collections::create),
        delete(ALL, MEMBER, collections::remove_many),
        get("/api/organizations/{organization}/collections/details", MEMBER, collections::details),
        post("/api/organizations/{organization}/collections/bulk-access", MEMBER, collections::bulk_access),
        post("/api/organizations/{organization}/collections/delete", MEMBER, collections::remove_many),
        get(ONE, MEMBER, collections::read),
        put(ONE, MEMBER, collections::update),
        post(ONE, MEMBER, collections::update),
        delete(ONE, MEMBER, collections::remove),
        get(
            "/api/organizations/{organization}/collections/{collection}/details",
            MEMBER,
            collections::one_with_details,
        ),
        get("/api/organizations/{organization}/collections/{collection}/users", MEMBER, collections::users),
        post(
            "/api/organizations/{organization}/collections/{collection}/delete",
            MEMBER,
            collections::remove,
        ),
    ]
}

fn group() -> Vec<Route> {
    const ALL: &str = "/api/organizations/{organization}/groups";
    const ONE: &str = "/api/organizations/{organization}/groups/{group}";
    const OF_MEMBER: &str = "/api/organizations/{organization}/groups/{group}/user/{member}";
    vec![
        get(ALL, MEMBER, groups::list),
        post(ALL, EDIT_GROUPS, groups::create),
        delete(ALL, EDIT_GROUPS, groups::remove_many),
        get("/api/organizations/{organization}/groups/details", GROUPS, groups::details),
        post("/api/organizations/{organization}/groups/delete", EDIT_GROUPS, groups::remove_many),
        get(ONE, EDIT_GROUPS, groups::read),
        put(ONE, EDIT_GROUPS, groups::update),
        post(ONE, EDIT_GROUPS, groups::update),
        delete(ONE, EDIT_GROUPS, groups::remove),
        get(
            "/api/organizations/{organization}/groups/{group}/details",
            EDIT_GROUPS,
            groups::one_with_details,
        ),
        get("/api/organizations/{organization}/groups/{group}/users", EDIT_GROUPS, groups::users),
        post("/api/organizations/{organization}/groups/{group}/delete", EDIT_GROUPS, groups::remove),
        delete(OF_MEMBER, EDIT_GROUPS, groups::remove_member),
        post(
            "/api/organizations/{organization}/groups/{group}/delete-user/{member}",
            EDIT_GROUPS,
            groups::remove_member,
        ),
    ]
}

fn policy() -> Vec<Route> {
    const ONE: &str = "/api/organizations/{organization}/policies/{policy}";
    vec![
        get("/api/organizations/{organization}/policies", POLICIES, policies::list),
        // The token from the invitation admits.
        get("/api/organizations/{organization}/policies/token", ANYONE, policies::by_invitation),
        // Whoever is in the list, invited people who have an account as well: the handler looks.
        get(
            "/api/organizations/{organization}/policies/master-password",
            SIGNED_IN,
            policies::master_password,
        ),
        get(ONE, POLICIES, policies::read),
        put(ONE, POLICIES, policies::set),
        post(ONE, POLICIES, policies::set),
        put("/api/organizations/{organization}/policies/{policy}/vnext", POLICIES, policies::set),
    ]
}

/// Owners, admins, the provider's staff, and custom members with one of `permissions`.
pub(super) const fn managers(permissions: &[Permission]) -> Rule {
    rule(&[Custom, Admin, Owner, ServiceUser, ProviderAdmin], permissions, Refusal::NotFound)
}
