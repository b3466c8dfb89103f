//! Signing in, and what the server tells anybody (protocol.md §1, §6).

use super::{ANYONE, Route, SIGNED_IN, get, post};
use crate::api::{config, devices, notifications};
use crate::identity::{prelogin, register, token};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/identity/accounts/prelogin", ANYONE, prelogin::answer),
        post("/identity/accounts/prelogin/password", ANYONE, prelogin::answer),
        post("/api/accounts/prelogin", ANYONE, prelogin::answer),
        post("/identity/accounts/register/send-verification-email", ANYONE, register::send_token),
        post("/identity/accounts/register/verification-email-clicked", ANYONE, register::check_token),
        post("/identity/accounts/register/finish", ANYONE, register::finish),
        post("/identity/connect/token", ANYONE, token::issue),
        get("/identity/alive", ANYONE, config::now),
        get("/identity/now", ANYONE, config::now),
        get("/api/config", ANYONE, config::read),
        get("/api/alive", ANYONE, config::now),
        get("/api/now", ANYONE, config::now),
        get("/api/version", ANYONE, config::version),
        get("/api/devices/knowndevice", ANYONE, devices::known),
        get(notifications::HUB, SIGNED_IN, notifications::connect),
        post(notifications::NEGOTIATE, SIGNED_IN, notifications::negotiate),
    ]
}
