//! A sign-in from a device that the account does not know (protocol.md §1.5).

use rusqlite::Connection;

use super::device::Device;
use super::form::Form;
use super::refusal::Refused;
use crate::identity::Account;
use crate::identity::codes::{self, Purpose};
use crate::moment::Moment;

/// Seconds for which an account counts as new: whoever made it is still setting up devices.
const NEW_ACCOUNT: i64 = 86_400;

/// Asks for the mailed code, or checks it. `account` has no second step.
pub(super) fn check(
    connection: &Connection,
    account: &Account,
    form: &Form,
    device: &Device,
    now: Moment,
) -> Result<(), Refused> {
    if !account.verify_devices
        || now < account.created.plus_seconds(NEW_ACCOUNT)
        || device.is_known(connection, account.id)?
    {
        return Ok(());
    }
    if let Some(code) = form.text("newdeviceotp") {
        if !codes::take(connection, account, Purpose::NewDevice, None, code, now)? {
            return Err(Refused::wrong_new_device_code());
        }
        // Whoever has the code has read the mail.
        connection.execute("UPDATE users SET email_verified = 1 WHERE id = ?", [account.id])?;
        return Ok(());
    }
    let has_devices =
        connection.prepare_cached("SELECT 1 FROM devices WHERE user_id = ?")?.exists([account.id])?;
    if !has_devices {
        return Ok(());
    }
    // When too many were mailed the last one is still good.
    codes::mailed(connection, account, Purpose::NewDevice, &account.email, now)?;
    Err(Refused::new_device())
}
