//! Policies that decide whether a Send may be saved (protocol.md §4.8).

use portico_protocol::organization::PolicyType;
use rusqlite::Connection;
use uuid::Uuid;

use crate::api::settings_binding;
use crate::error::ApiError;

/// Whether `user` may make and change Sends, and without telling the own address if that is what `hide_email` says.
pub(crate) fn check_may_send(connection: &Connection, user: Uuid, hide_email: bool) -> Result<(), ApiError> {
    let controls = settings_binding(connection, user, PolicyType::SEND_CONTROLS)?;
    let forbids = |member: &str| controls.iter().any(|data| data[member] == true);
    if forbids("disableSend") || !settings_binding(connection, user, PolicyType::DISABLE_SEND)?.is_empty() {
        return Err(ApiError::refused(
            "Due to an Enterprise Policy, you are only able to delete an existing Send.",
        ));
    }
    let options = settings_binding(connection, user, PolicyType::SEND_OPTIONS)?;
    if hide_email
        && (forbids("disableHideEmail") || options.iter().any(|data| data["disableHideEmail"] == true))
    {
        return Err(ApiError::refused(
            "Due to an Enterprise Policy, you are not allowed to hide your email address from recipients when \
             creating or editing a Send.",
        ));
    }
    Ok(())
}
