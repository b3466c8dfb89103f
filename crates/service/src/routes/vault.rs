//! The caller's vault (protocol.md §3, §4.1–4.3).

use super::{Route, SIGNED_IN, get};
use crate::api::sync;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/sync", SIGNED_IN, sync::read)]
}
