//! Organizations (protocol.md §4.4–4.9).

use super::{Route, SIGNED_IN, get, rule};
use crate::api::{collections, event_log, groups, members, organizations, policies};
use crate::authorize::Role::{Admin, Custom, Owner, ProviderAdmin, ServiceUser, User};
use crate::authorize::{Refusal, Rule};
use crate::permissions::Permission::{
    self, AccessEventLogs, ManageGroups, ManagePolicies, ManageResetPassword, ManageUsers,
};

const OWNER: Rule = rule(&[Owner, ServiceUser, ProviderAdmin], &[], Refusal::NotFound);
const MEMBER: Rule = rule(&[User, Custom, Admin, Owner, ServiceUser, ProviderAdmin], &[], Refusal::NotFound);
const MEMBERS: Rule = managers(&[ManageUsers, ManageGroups, ManageResetPassword]);
const GROUPS: Rule = managers(&[ManageGroups, ManageUsers]);
const POLICIES: Rule = managers(&[ManagePolicies]);
const EVENTS: Rule = managers(&[AccessEventLogs]);

pub(super) fn routes() -> Vec<Route> {
    vec![
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

/// Owners, admins, the provider's staff, and custom members with one of `permissions`.
const fn managers(permissions: &[Permission]) -> Rule {
    rule(&[Custom, Admin, Owner, ServiceUser, ProviderAdmin], permissions, Refusal::NotFound)
}
