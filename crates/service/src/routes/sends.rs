//! Sends (protocol.md §2.10, §3.6, §4.11). A Send is its owner's alone: the handlers find it among the caller's own.

use super::{ANYONE, Route, SIGNED_IN, delete, get, post, put, rule};
use crate::api::ciphers::upload::BODY_LIMIT;
use crate::api::download;
use crate::api::sends::{access, list, read, remove, save, upload};
use crate::authorize::{Refusal, Role, Rule};

const RECIPIENT: Rule = rule(&[Role::SendRecipient], &[], Refusal::NotFound);

pub(super) fn routes() -> Vec<Route> {
    let one = "/api/sends/{send}";
    let file = "/api/sends/{send}/file/{file}";
    vec![
        get("/api/sends", SIGNED_IN, list),
        post("/api/sends", SIGNED_IN, save::create),
        post("/api/sends/file/v2", SIGNED_IN, upload::announce),
        get(one, SIGNED_IN, read),
        put(one, SIGNED_IN, save::edit),
        post(one, SIGNED_IN, save::edit),
        put("/api/sends/{send}/remove-password", SIGNED_IN, save::remove_password),
        put("/api/sends/{send}/remove-auth", SIGNED_IN, save::remove_protection),
        delete(one, SIGNED_IN, remove::delete),
        post("/api/sends/{send}/delete", SIGNED_IN, remove::delete),
        get(file, SIGNED_IN, upload::renew),
        post(file, SIGNED_IN, upload::direct).with_body(BODY_LIMIT),
        // for recipients
        post("/api/sends/access/{access}", ANYONE, access::open),
        post("/api/sends/{access}/access/file/{file}", ANYONE, access::download),
        post("/api/sends/access", RECIPIENT, access::open_by_token),
        post("/api/sends/access/file/{file}", RECIPIENT, access::download_by_token),
        get("/api/sends/download", ANYONE, download::sent_file),
    ]
}
