//! The answer of the token endpoint (protocol.md §1.4), read as far as it can be: what a newer server says in a newer
//! shape is said so, and what is broken in the newer form is taken from the older one.

use std::collections::BTreeMap;

use portico_protocol::casing::camel_case;
use portico_protocol::identity::{TokenAccount, TokenResponse};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::SignInError;
use crate::api_error::{ApiError, JsonFault, NotBitwarden};
use crate::mend;

/// Of the session; all others are of the account.
const SESSION: [&str; 5] = ["access_token", "expires_in", "token_type", "refresh_token", "scope"];
/// Members that have another shape in accounts of the newer encryption (protocol.md §2.9).
const OF_ENCRYPTION: [&str; 3] = ["accountKeys", "masterKeyEncryptedUserKey", "masterKeyWrappedUserKey"];

pub(super) fn read_token(host: &str, body: &[u8]) -> Result<TokenResponse, SignInError> {
    let error = match serde_json::from_slice(body) {
        Ok(token) => return Ok(token),
        Err(error) => error,
    };
    match mended(body) {
        Some((_, cuts)) if cuts.iter().any(|cut| OF_ENCRYPTION.iter().any(|name| cut.contains(name))) => {
            Err(SignInError::NewerEncryption)
        }
        Some((Some(token), _))
            if token.sign_in.as_ref().is_some_and(|it| it.wrapped_user_key().is_some()) =>
        {
            Ok(token)
        }
        told => {
            let member = told.and_then(|(_, cuts)| cuts.into_iter().next());
            let why = NotBitwarden::Unreadable(JsonFault { member, ..error.into() });
            Err(ApiError::NotBitwarden { host: host.to_owned(), why }.into())
        }
    }
}

/// The answer without what cannot be read of it, and the members where that was.
fn mended(body: &[u8]) -> Option<(Option<TokenResponse>, Vec<String>)> {
    // Slices: a token that is copied is not overwritten.
    let all: BTreeMap<&str, &RawValue> = serde_json::from_slice(body).ok()?;
    let (mut session, account): (BTreeMap<_, _>, BTreeMap<_, _>) =
        all.into_iter().partition(|(name, _)| SESSION.contains(name));
    let account = Zeroizing::new(serde_json::to_vec(&account).ok()?);
    let (_, text, mut cuts) = mend::mended::<TokenAccount>(&camel_case(&account)).ok()?;
    // Without a time it is renewed before it is used again.
    if session.get("expires_in").is_some_and(|raw| serde_json::from_str::<i64>(raw.get()).is_err()) {
        session.remove("expires_in");
        cuts.push("expires_in".to_owned());
    }
    let text = Zeroizing::new(text);
    let account: BTreeMap<&str, &RawValue> = serde_json::from_str(&text).ok()?;
    let whole: BTreeMap<&str, &RawValue> = session.into_iter().chain(account).collect();
    let whole = Zeroizing::new(serde_json::to_vec(&whole).ok()?);
    Some((serde_json::from_slice(&whole).ok(), cuts))
}
