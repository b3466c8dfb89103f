//! `SsoEmail2faSessionToken` (protocol.md §1.5): whoever passed the first step may ask for a code by mail without
//! sending the password again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::Account;
use crate::moment::Moment;

/// Seconds.
const LIFETIME: i64 = 3_600;

/// A token for `account`, good until its secrets change.
pub(crate) fn issue(key: &hmac::Key, account: &Account, now: Moment) -> String {
    let expires = now.plus_seconds(LIFETIME).unix_seconds();
    format!("{expires}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(key, &signed_part(account, expires))))
}

/// Whether `token` was issued for `account` and still counts.
pub(crate) fn is_good(key: &hmac::Key, account: &Account, token: &str, now: Moment) -> bool {
    let Some((expires, tag)) = token.split_once('.') else { return false };
    let (Ok(expires), Ok(tag)) = (expires.parse(), URL_SAFE_NO_PAD.decode(tag)) else { return false };
    now.unix_seconds() < expires && hmac::verify(key, &signed_part(account, expires), &tag).is_ok()
}

fn signed_part(account: &Account, expires: i64) -> Vec<u8> {
    format!("email two-step\0{expires}\0{}\0{}", account.id, account.security_stamp).into_bytes()
}
