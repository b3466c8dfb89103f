//! The caller's own account (protocol.md §1.5, §1.7, §1.8, §4.9, §4.11).

use super::{ANYONE, Route, SIGNED_IN, delete, get, post, put};
use crate::api::{
    accounts, api_key, devices, domains, event_log, key_rotation, master_password, not_kept, rotation_data,
    two_factor, user_key_id, users,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/accounts/profile", SIGNED_IN, accounts::profile),
        get("/api/accounts/revision-date", SIGNED_IN, accounts::revision_date),
        get("/api/accounts/keys", SIGNED_IN, accounts::keys),
        post("/api/accounts/keys", SIGNED_IN, accounts::set_keys),
        post("/api/accounts/verify-password", SIGNED_IN, accounts::verify_password),
        put("/api/accounts/profile", SIGNED_IN, accounts::set_profile),
        post("/api/accounts/profile", SIGNED_IN, accounts::set_profile),
        put("/api/accounts/avatar", SIGNED_IN, accounts::set_avatar),
        post("/api/accounts/avatar", SIGNED_IN, accounts::set_avatar),
        put("/api/accounts/verify-devices", SIGNED_IN, accounts::set_verify_devices),
        post("/api/accounts/verify-devices", SIGNED_IN, accounts::set_verify_devices),
        post("/api/accounts/request-otp", SIGNED_IN, accounts::request_code),
        post("/api/accounts/resend-new-device-otp", ANYONE, accounts::resend_new_device_code),
        post("/api/accounts/password", SIGNED_IN, master_password::change_password),
        put("/api/accounts/update-temp-password", SIGNED_IN, master_password::replace_temporary),
        post("/api/accounts/update-temp-password", SIGNED_IN, master_password::replace_temporary),
        post("/api/accounts/password-hint", ANYONE, master_password::mail_hint),
        post("/api/accounts/kdf", SIGNED_IN, master_password::change_kdf),
        post("/api/accounts/key-management/rotate-user-account-keys", SIGNED_IN, key_rotation::rotate)
            .with_body(key_rotation::BODY),
        get("/api/accounts/key-management/key-rotation-data", SIGNED_IN, rotation_data::read),
        post(
            "/api/accounts/key-management/rotate-user-keys",
            SIGNED_IN,
            key_rotation::rotate_to_second_version,
        )
        .with_body(key_rotation::BODY),
        post("/api/accounts/key-management/regenerate-keys", SIGNED_IN, accounts::replace_keys),
        post("/api/accounts/key-management/user-key-id", SIGNED_IN, user_key_id::tell),
        post("/api/accounts/security-stamp", SIGNED_IN, master_password::refresh_stamp),
        post("/api/accounts/api-key", SIGNED_IN, api_key::read),
        post("/api/accounts/rotate-api-key", SIGNED_IN, api_key::rotate),
        delete("/api/accounts", SIGNED_IN, accounts::delete),
        post("/api/accounts/delete", SIGNED_IN, accounts::delete),
        // devices
        get("/api/devices", SIGNED_IN, devices::list),
        get("/api/devices/identifier/{identifier}", SIGNED_IN, devices::by_identifier),
        put("/api/devices/identifier/{identifier}/token", SIGNED_IN, devices::set_token),
        post("/api/devices/identifier/{identifier}/token", SIGNED_IN, devices::set_token),
        // Who signs out may have no token any more.
        put("/api/devices/identifier/{identifier}/clear-token", ANYONE, devices::clear_token),
        post("/api/devices/identifier/{identifier}/clear-token", ANYONE, devices::clear_token),
        // two-step login
        get("/api/two-factor", SIGNED_IN, two_factor::list),
        post("/api/two-factor/get-authenticator", SIGNED_IN, two_factor::get_authenticator),
        put("/api/two-factor/authenticator", SIGNED_IN, two_factor::set_authenticator),
        post("/api/two-factor/authenticator", SIGNED_IN, two_factor::set_authenticator),
        delete("/api/two-factor/authenticator", SIGNED_IN, two_factor::disable_authenticator),
        post("/api/two-factor/get-email", SIGNED_IN, two_factor::get_email),
        post("/api/two-factor/send-email", SIGNED_IN, two_factor::send_email),
        put("/api/two-factor/email", SIGNED_IN, two_factor::set_email),
        post("/api/two-factor/email", SIGNED_IN, two_factor::set_email),
        post("/api/two-factor/send-email-login", ANYONE, two_factor::send_email_login),
        put("/api/two-factor/disable", SIGNED_IN, two_factor::disable),
        post("/api/two-factor/disable", SIGNED_IN, two_factor::disable),
        post("/api/two-factor/get-recover", SIGNED_IN, two_factor::get_recover),
        // what clients ask for when they start
        get("/api/settings/domains", SIGNED_IN, domains::read),
        put("/api/settings/domains", SIGNED_IN, domains::set),
        post("/api/settings/domains", SIGNED_IN, domains::set),
        get("/api/auth-requests", SIGNED_IN, not_kept::none),
        get("/api/auth-requests/pending", SIGNED_IN, not_kept::none),
        get("/api/emergency-access/trusted", SIGNED_IN, not_kept::none),
        get("/api/emergency-access/granted", SIGNED_IN, not_kept::none),
        get("/api/tasks", SIGNED_IN, not_kept::none),
        get("/api/notifications", SIGNED_IN, not_kept::none),
        get("/api/webauthn", SIGNED_IN, not_kept::none),
        get("/api/hibp/breach", SIGNED_IN, not_kept::breaches),
        get("/api/users/{user}/public-key", SIGNED_IN, users::public_key),
        get("/api/users/{user}/keys", SIGNED_IN, users::public_keys),
        get("/api/events", SIGNED_IN, event_log::of_caller),
        post("/events/collect", SIGNED_IN, event_log::collect),
    ]
}
