//! Policies that decide whether a Send may be saved (protocol.md §4.8). What the members of policy 21 mean is known from
//! what the official server does; it names them only.

use portico_protocol::organization::PolicyType;
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use super::gate::Protection;
use crate::api::settings_binding;
use crate::error::ApiError;
use crate::moment::Moment;

/// A Send as somebody wants to have it.
pub(crate) struct Wanted<'a> {
    pub(crate) is_file: bool,
    /// Whether the recipient is not told who sent it.
    pub(crate) hide_email: bool,
    pub(crate) protection: &'a Protection,
    pub(crate) created: Moment,
    pub(crate) deletes: Moment,
}

/// Whether `user` may make and change Sends, and one like this.
pub(crate) fn check_may_send(
    connection: &Connection,
    user: Uuid,
    wanted: &Wanted<'_>,
) -> Result<(), ApiError> {
    let controls = settings_binding(connection, user, PolicyType::SEND_CONTROLS)?;
    let forbids = |member: &str| controls.iter().any(|data| data[member] == true);
    if forbids("disableSend") || !settings_binding(connection, user, PolicyType::DISABLE_SEND)?.is_empty() {
        return Err(ApiError::refused(
            "Due to an Enterprise Policy, you are only able to delete an existing Send.",
        ));
    }
    let options = settings_binding(connection, user, PolicyType::SEND_OPTIONS)?;
    if wanted.hide_email
        && (forbids("disableHideEmail") || options.iter().any(|data| data["disableHideEmail"] == true))
    {
        return Err(ApiError::refused(
            "Due to an Enterprise Policy, you are not allowed to hide your email address from recipients when \
             creating or editing a Send.",
        ));
    }
    // Whoever belongs to several organizations has to please each.
    controls.iter().try_for_each(|data| check_controls(data, wanted))
}

/// SendWhoCanAccessType; 0 is anybody with the link.
const WITH_PASSWORD: i64 = 1;
const NAMED_PEOPLE: i64 = 2;
/// By which the clock of a client that counts the hours may be ahead.
const CLOCKS_DIFFER: i64 = 60;

fn check_controls(data: &Value, wanted: &Wanted<'_>) -> Result<(), ApiError> {
    let refused =
        |demand: String| Err(ApiError::refused(format!("Due to an Enterprise Policy, your Sends {demand}.")));
    let domains = domains(data["allowedDomains"].as_str().unwrap_or_default());
    match (data["whoCanAccess"].as_i64(), wanted.protection) {
        (Some(WITH_PASSWORD), Protection::Password(_)) => {}
        (Some(WITH_PASSWORD), _) => return refused("must be protected by a password".into()),
        (Some(NAMED_PEOPLE), Protection::Emails(emails)) if are_within(emails, &domains) => {}
        (Some(NAMED_PEOPLE), Protection::Emails(_)) => {
            return refused(format!("may be for people of these domains only: {}", domains.join(", ")));
        }
        (Some(NAMED_PEOPLE), _) => return refused("must be protected by email verification".into()),
        _ => {}
    }
    if let Some(types) = data["allowedSendTypes"].as_array()
        && !types.iter().any(|kind| kind.as_i64() == Some(i64::from(wanted.is_file)))
    {
        return refused(format!("must not be {}", if wanted.is_file { "files" } else { "texts" }));
    }
    if let Some(hours) = data["deletionHours"].as_i64()
        && wanted.deletes > wanted.created.plus_seconds(hours.saturating_mul(3_600) + CLOCKS_DIFFER)
    {
        return refused(format!("must be deleted within {hours} hours of their creation"));
    }
    Ok(())
}

fn domains(text: &str) -> Vec<String> {
    let named = text.split(',').map(|domain| domain.trim().to_lowercase());
    named.filter(|domain| !domain.is_empty()).collect()
}

/// Whether every address is of one of the domains or below one; without domains, whatever it is.
fn are_within(emails: &str, domains: &[String]) -> bool {
    let is_within = |email: &str| {
        let host = email.rsplit_once('@').map_or("", |(_, host)| host).trim().to_lowercase();
        domains.iter().any(|domain| {
            host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    };
    domains.is_empty() || emails.split(',').all(is_within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_holds_what_is_below_it_and_nothing_that_only_ends_like_it() {
        let only = domains(" Harbour.example, ,dental.example ");
        for (emails, within) in [
            ("a@harbour.example", true),
            ("a@HARBOUR.example,b@x.dental.example", true),
            ("a@harbour.example,b@elsewhere.example", false),
            ("a@notharbour.example", false),
            ("harbour.example@elsewhere.example", false),
            ("harbour.example", false),
        ] {
            assert_eq!(are_within(emails, &only), within, "{emails}");
        }
        assert!(are_within("a@anywhere.example", &[]));
    }
}
