//! The tokens in mails: who holds one may do with one row what it was made for, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::identity::normal_email;
use crate::moment::Moment;

/// Seconds that an invitation is good for: five days, as on the official server.
const LIFETIME: i64 = 120 * 3_600;
/// Seconds that leave to delete is good for (protocol.md §5.5).
const DELETION_LIFETIME: i64 = 3_600;

/// What an invitation leads into. A token for one purpose is nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The row is an organizationUserId.
    JoinOrganization,
    /// The row is a providerUserId.
    JoinProvider,
    /// The row is a provider id, the address that of its first admin.
    SetUpProvider,
    /// The row is a provider id; whoever holds the token may do it.
    DeleteProvider,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::JoinOrganization => "OrganizationUserInvite",
            Purpose::JoinProvider => "ProviderUserInvite",
            Purpose::SetUpProvider => "ProviderSetupInvite",
            Purpose::DeleteProvider => "ProviderDeleteRecover",
        }
    }

    fn lifetime(self) -> i64 {
        match self {
            Purpose::DeleteProvider => DELETION_LIFETIME,
            _ => LIFETIME,
        }
    }
}

/// A token for the row `row`, whose invitation went to `email`.
pub(crate) fn token(key: &ring::hmac::Key, purpose: Purpose, row: Uuid, email: &str, now: Moment) -> String {
    let expires = now.plus_seconds(purpose.lifetime()).unix_seconds();
    let tag = ring::hmac::sign(key, &signed_part(purpose, row, email, expires));
    format!("{expires}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// Whether `token` was made for exactly this and has not expired. Constant time in the comparison.
pub(crate) fn is_valid(
    key: &ring::hmac::Key,
    purpose: Purpose,
    row: Uuid,
    email: &str,
    token: &str,
    now: Moment,
) -> bool {
    let Some((expires, tag)) = token.split_once('.') else { return false };
    let (Ok(expires), Ok(tag)) = (expires.parse::<i64>(), URL_SAFE_NO_PAD.decode(tag)) else { return false };
    expires >= now.unix_seconds()
        && ring::hmac::verify(key, &signed_part(purpose, row, email, expires), &tag).is_ok()
}

fn signed_part(purpose: Purpose, row: Uuid, email: &str, expires: i64) -> Vec<u8> {
    format!("{}\0{row}\0{expires}\0{}", purpose.name(), normal_email(email)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_row_its_address_and_its_time_only() {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[7; 32]);
        let (row, now) = (Uuid::from_u128(1), Moment(1_787_235_379_000_000));
        let token = token(&key, Purpose::JoinOrganization, row, "maud@harbour.example", now);
        let check = |row, email: &str, token: &str, now| {
            is_valid(&key, Purpose::JoinOrganization, row, email, token, now)
        };
        assert!(check(row, "Maud@Harbour.example", &token, now));
        assert!(check(row, "maud@harbour.example", &token, now.plus_seconds(LIFETIME)));
        assert!(!check(row, "maud@harbour.example", &token, now.plus_seconds(LIFETIME + 1)));
        assert!(!check(Uuid::from_u128(2), "maud@harbour.example", &token, now));
        assert!(!check(row, "other@harbour.example", &token, now));
        let later = token.replacen('1', "2", 1);
        for bent in [&later, "", ".", "9999999999.", &token[..token.len() - 1], "nonsense"] {
            assert!(!check(row, "maud@harbour.example", bent, now), "{bent}");
        }
    }
}
