//! The caller's own account (protocol.md §1.8, §4.9).

use super::{Route, SIGNED_IN, get, post};
use crate::api::{accounts, event_log, users};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/accounts/profile", SIGNED_IN, accounts::profile),
        get("/api/accounts/revision-date", SIGNED_IN, accounts::revision_date),
        get("/api/accounts/keys", SIGNED_IN, accounts::keys),
        post("/api/accounts/keys", SIGNED_IN, accounts::set_keys),
        post("/api/accounts/verify-password", SIGNED_IN, accounts::verify_password),
        get("/api/users/{user}/public-key", SIGNED_IN, users::public_key),
        get("/api/events", SIGNED_IN, event_log::of_caller),
        post("/events/collect", SIGNED_IN, event_log::collect),
    ]
}
