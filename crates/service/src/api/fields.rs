//! What members of a request have to be like. The bounds are those of the official server's columns.

use portico_protocol::MOST_INVITED;
use portico_protocol::enc_string::EncString;
use portico_protocol::organization::Selection;
use portico_protocol::organization::requests::ConfirmEntry;

use crate::body::at_most;
use crate::error::ApiError;
pub(super) use crate::identity::register::missing;
use crate::identity::register::{check_encrypted, normalised};

/// Characters of an encrypted name.
const ENCRYPTED_NAME: usize = 1_000;
/// Characters of a wrapped key or key pair: RSA-4096 comes to about 3,300.
const WRAPPED_KEY: usize = 10_000;
/// Ids in one request.
const IDS: usize = 2_000;

/// A text that has to be there and says something, without the blanks around it.
pub(super) fn text(field: &'static str, given: Option<&str>, longest: usize) -> Result<String, ApiError> {
    let given = given.map(str::trim).filter(|given| !given.is_empty()).ok_or_else(|| missing(field))?;
    at_most(field, given, longest)?;
    Ok(given.to_owned())
}

/// A text that may be absent; blank is absent.
pub(super) fn optional(
    field: &'static str,
    given: Option<String>,
    longest: usize,
) -> Result<Option<String>, ApiError> {
    match given.filter(|given| !given.trim().is_empty()) {
        Some(given) => at_most(field, &given, longest).map(|()| Some(given)),
        None => Ok(None),
    }
}

/// An encrypted text that has to be there.
pub(super) fn encrypted(field: &'static str, given: Option<String>) -> Result<String, ApiError> {
    let given = given.ok_or_else(|| missing(field))?;
    at_most(field, &given, ENCRYPTED_NAME)?;
    check_encrypted(field, &given)?;
    Ok(given)
}

/// A key wrapped for somebody's public key (`ukey`, protocol.md §2.6).
pub(super) fn wrapped_key(field: &'static str, given: Option<String>) -> Result<String, ApiError> {
    let given = given.filter(|given| !given.is_empty()).ok_or_else(|| missing(field))?;
    at_most(field, &given, WRAPPED_KEY)?;
    match EncString::parse(&given) {
        Ok(parts @ EncString::Asymmetric { .. }) if parts.check_base64().is_ok() => Ok(given),
        _ => Err(ApiError::invalid(field, format!("{field} is not a valid encrypted string."))),
    }
}

/// A key sealed with another key (`enc`, protocol.md §2.5): the organization key under the provider key.
pub(super) fn sealed_key(field: &'static str, given: Option<String>) -> Result<String, ApiError> {
    let given = given.filter(|given| !given.is_empty()).ok_or_else(|| missing(field))?;
    at_most(field, &given, WRAPPED_KEY)?;
    match EncString::parse(&given) {
        Ok(parts @ EncString::Symmetric { .. }) if parts.check_base64().is_ok() => Ok(given),
        _ => Err(ApiError::invalid(field, format!("{field} is not a valid encrypted string."))),
    }
}

/// An e-mail address as it is kept: trimmed and in lower case.
pub(super) fn email(field: &'static str, given: &str) -> Result<String, ApiError> {
    let problem = || format!("The {field} field is not a supported e-mail address format.");
    normalised(given).map_err(|_| ApiError::invalid(field, problem()))
}

/// Grants as they may be kept: each id once, and *manage* without the two that it excludes (protocol.md §4.4).
pub(super) fn selections(field: &'static str, given: Vec<Selection>) -> Result<Vec<Selection>, ApiError> {
    not_too_many(field, given.len())?;
    if given.iter().any(|one| one.manage && (one.read_only || one.hide_passwords)) {
        return Err(ApiError::refused(
            "The Manage property is mutually exclusive and cannot be true while the ReadOnly or HidePasswords \
             properties are also true.",
        ));
    }
    Ok(each_once(given, |one| one.id))
}

/// Ids, each once.
pub(super) fn ids(field: &'static str, given: Vec<uuid::Uuid>) -> Result<Vec<uuid::Uuid>, ApiError> {
    not_too_many(field, given.len())?;
    Ok(each_once(given, |id| *id))
}

/// The addresses of people to invite, each once.
pub(super) fn invited(given: &[String]) -> Result<Vec<String>, ApiError> {
    if given.is_empty() {
        return Err(ApiError::invalid("Emails", "An email is required."));
    }
    if given.len() > MOST_INVITED {
        let problem = format!("You can only submit up to {MOST_INVITED} emails at a time.");
        return Err(ApiError::invalid("Emails", problem));
    }
    let mut emails = Vec::with_capacity(given.len());
    for one in given {
        let one = email("Emails", one)?;
        if !emails.contains(&one) {
            emails.push(one);
        }
    }
    Ok(emails)
}

/// The keys of people to confirm, each for somebody else.
pub(super) fn confirmed_keys(given: Vec<ConfirmEntry>) -> Result<Vec<(uuid::Uuid, String)>, ApiError> {
    let names: Vec<_> = given.iter().map(|one| one.id).collect();
    if some_ids(names.clone())?.len() != names.len() {
        return Err(ApiError::invalid("Keys", "The field Keys names somebody twice."));
    }
    given.into_iter().map(|one| Ok((one.id, wrapped_key("Key", one.key)?))).collect()
}

/// Ids of a bulk route, which is about nothing without any.
pub(super) fn some_ids(given: Vec<uuid::Uuid>) -> Result<Vec<uuid::Uuid>, ApiError> {
    if given.is_empty() { Err(missing("Ids")) } else { ids("Ids", given) }
}

fn not_too_many(field: &'static str, count: usize) -> Result<(), ApiError> {
    if count <= IDS {
        return Ok(());
    }
    Err(ApiError::invalid(field, format!("The field {field} must have at most {IDS} entries.")))
}

/// Without what stands there again; the order stays.
pub(super) fn each_once<T>(given: Vec<T>, id: impl Fn(&T) -> uuid::Uuid) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    given.into_iter().filter(|one| seen.insert(id(one))).collect()
}
