//! Members of organizations (protocol.md §4.6).

use super::organizations::{MEMBER, OWN_PLACE, managers};
use super::{Route, SIGNED_IN, delete, get, patch, post, put};
use crate::api::members;
use crate::authorize::Rule;
use crate::permissions::Permission::{ManageGroups, ManageResetPassword, ManageUsers};

const READ: Rule = managers(&[ManageUsers, ManageGroups, ManageResetPassword]);
const MANAGE: Rule = managers(&[ManageUsers]);
const RECOVER: Rule = managers(&[ManageResetPassword]);

const ALL: &str = "/api/organizations/{organization}/users";
const ONE: &str = "/api/organizations/{organization}/users/{member}";

pub(super) fn routes() -> Vec<Route> {
    let areas = [list(), arrival(), access(), own_place()];
    areas.into_iter().flatten().collect()
}

fn list() -> Vec<Route> {
    vec![
        get(ALL, READ, members::list),
        get("/api/organizations/{organization}/users/mini-details", MEMBER, members::mini_list),
        get(ONE, MANAGE, members::read),
        put(ONE, MANAGE, members::update),
        post(ONE, MANAGE, members::update),
        delete(ONE, MANAGE, members::remove),
        post("/api/organizations/{organization}/users/{member}/delete", MANAGE, members::remove),
        post("/api/organizations/{organization}/users/{member}/remove", MANAGE, members::remove),
        delete(
            "/api/organizations/{organization}/users/{member}/delete-account",
            MANAGE,
            members::delete_account,
        ),
        delete(ALL, MANAGE, members::remove_many),
        post("/api/organizations/{organization}/users/delete", MANAGE, members::remove_many),
        post("/api/organizations/{organization}/users/remove", MANAGE, members::remove_many),
    ]
}

fn arrival() -> Vec<Route> {
    vec![
        post("/api/organizations/{organization}/users/invite", MANAGE, members::invite),
        post("/api/organizations/{organization}/users/reinvite", MANAGE, members::reinvite_many),
        post("/api/organizations/{organization}/users/{member}/reinvite", MANAGE, members::reinvite),
        // The token from the invitation admits: who accepts is no member yet.
        post("/api/organizations/{organization}/users/{member}/accept", SIGNED_IN, members::accept),
        post("/api/organizations/{organization}/users/{member}/accept-init", SIGNED_IN, members::accept_init),
        post("/api/organizations/{organization}/users/public-keys", MANAGE, members::public_keys),
        post("/api/organizations/{organization}/users/confirm", MANAGE, members::confirm_many),
        post("/api/organizations/{organization}/users/{member}/confirm", MANAGE, members::confirm),
    ]
}

fn access() -> Vec<Route> {
    const REVOKE: &str = "/api/organizations/{organization}/users/{member}/revoke";
    const RESTORE: &str = "/api/organizations/{organization}/users/{member}/restore";
    const REVOKE_MANY: &str = "/api/organizations/{organization}/users/revoke";
    const RESTORE_MANY: &str = "/api/organizations/{organization}/users/restore";
    vec![
        put(REVOKE, MANAGE, members::revoke),
        patch(REVOKE, MANAGE, members::revoke),
        put(REVOKE_MANY, MANAGE, members::revoke_many),
        patch(REVOKE_MANY, MANAGE, members::revoke_many),
        put("/api/organizations/{organization}/users/revoke-self", OWN_PLACE, members::revoke_self),
        put(RESTORE, MANAGE, members::restore),
        patch(RESTORE, MANAGE, members::restore),
        put("/api/organizations/{organization}/users/{member}/restore/vnext", MANAGE, members::restore),
        put(RESTORE_MANY, MANAGE, members::restore_many),
        patch(RESTORE_MANY, MANAGE, members::restore_many),
    ]
}

fn own_place() -> Vec<Route> {
    vec![
        get(
            "/api/organizations/{organization}/users/{member}/reset-password-details",
            RECOVER,
            members::recovery_details,
        ),
        post(
            "/api/organizations/{organization}/users/account-recovery-details",
            RECOVER,
            members::recovery_details_of_many,
        ),
        put("/api/organizations/{organization}/users/{member}/recover-account", RECOVER, members::recover),
        put("/api/organizations/{organization}/users/{member}/reset-password", RECOVER, members::recover),
        put(
            "/api/organizations/{organization}/users/{user}/reset-password-enrollment",
            OWN_PLACE,
            members::enrol,
        ),
        post("/api/organizations/{organization}/leave", OWN_PLACE, members::leave),
    ]
}
