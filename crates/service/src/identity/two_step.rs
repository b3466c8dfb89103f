//! What an account has for its second step, and how it is turned on and off.

use portico_protocol::events::EventType;
use portico_protocol::identity::TwoFactorProvider;
use portico_protocol::organization::{PolicyType, RevocationReason};
use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::Connection;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::Account;
use crate::api::policies::{in_force, is_exempt};
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::moment::Moment;
use crate::outbox::{self, Letter, MailKind};
use crate::password::RandomSourceFailed;

/// The providers that are on, in the order of their numbers.
pub(crate) fn providers(account: &Account) -> Vec<TwoFactorProvider> {
    [
        (TwoFactorProvider::AUTHENTICATOR, account.totp_secret.is_some()),
        (TwoFactorProvider::EMAIL, account.two_step_email.is_some()),
    ]
    .into_iter()
    .filter_map(|(provider, on)| on.then_some(provider))
    .collect()
}

/// Turns the authenticator with `secret` (base32) on. `step` is the time step of the code that proved it.
pub(crate) fn set_authenticator(
    connection: &Connection,
    account: &Account,
    secret: &str,
    step: i64,
    now: Moment,
) -> Result<(), ApiError> {
    connection.execute(
        "UPDATE users SET totp_secret = ?, totp_last_step = ?, account_revised = ? WHERE id = ?",
        (secret, step, now, account.id),
    )?;
    ensure_recovery_code(connection, account)
}

/// Turns codes by mail to `address` on.
pub(crate) fn set_email(
    connection: &Connection,
    account: &Account,
    address: &str,
    now: Moment,
) -> Result<(), ApiError> {
    connection.execute(
        "UPDATE users SET two_step_email = ?, account_revised = ? WHERE id = ?",
        (address, now, account.id),
    )?;
    ensure_recovery_code(connection, account)
}

/// Turns one provider off, which the event log tells; one that is not on stays so.
pub(crate) fn turn_off(
    connection: &Connection,
    account: &Account,
    provider: TwoFactorProvider,
    actor: &Actor,
    now: Moment,
) -> Result<(), ApiError> {
    if !providers(account).contains(&provider) {
        return Ok(());
    }
    let column = match provider {
        TwoFactorProvider::AUTHENTICATOR => "totp_secret",
        _ => "two_step_email",
    };
    connection.execute(
        &format!("UPDATE users SET {column} = NULL, account_revised = ? WHERE id = ?"),
        (now, account.id),
    )?;
    // First: who is put out below is no longer told of in that organization's log.
    events::record_of_user(connection, EventType::USER_DISABLED_TWO_FACTOR, account.id, actor)?;
    if providers(account).len() == 1 {
        bare_of_second_step(connection, account, account.id, actor, now)?;
    }
    Ok(())
}

/// Turns every provider off, and replaces the recovery code. `by` is who did it, from where `actor` says.
pub(crate) fn turn_off_all(
    connection: &Connection,
    account: &Account,
    by: Uuid,
    actor: &Actor,
    now: Moment,
) -> Result<(), ApiError> {
    connection.execute(
        "UPDATE users SET totp_secret = NULL, two_step_email = NULL, recovery_code = ?, account_revised = ? WHERE id = ?",
        (recovery_code()?, now, account.id),
    )?;
    bare_of_second_step(connection, account, by, actor, now)
}

/// If `given` is the recovery code: turns two-step login off altogether, replaces the code, and says so in the event
/// log and by mail.
pub(crate) fn recover(
    connection: &Connection,
    account: &Account,
    given: &str,
    actor: &Actor,
    now: Moment,
) -> Result<bool, ApiError> {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let right = account
        .recovery_code
        .as_deref()
        .is_some_and(|kept| bool::from(kept.as_bytes().ct_eq(given.as_bytes())));
    if !right {
        return Ok(false);
    }
    events::record_of_user(connection, EventType::USER_RECOVERED_TWO_FACTOR, account.id, actor)?;
    turn_off_all(connection, account, account.id, actor, now)?;
    let letter = Letter {
        kind: MailKind::TwoStepRecovered,
        to: &account.email,
        subject: "Two-step login was turned off",
        fields: &[],
        body: "Somebody signed in with your recovery code. Two-step login is off now, and there is a new recovery \
               code. If this was not you, change your master password.\n",
    };
    outbox::post(connection, &letter, now)?;
    Ok(true)
}

/// Nothing of the second step is left: devices are forgotten, and organizations that demand one lose the member.
fn bare_of_second_step(
    connection: &Connection,
    account: &Account,
    by: Uuid,
    actor: &Actor,
    now: Moment,
) -> Result<(), ApiError> {
    connection.execute("DELETE FROM remember_tokens WHERE user_id = ?", [account.id])?;
    let memberships: Vec<(Uuid, Uuid, i32)> = connection
        .prepare_cached(
            "SELECT id, organization_id, type FROM members WHERE user_id = ? AND status IN (1, 2)",
        )?
        .query_map([account.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (member, organization, kind) in memberships {
        if !in_force(connection, organization, PolicyType::TWO_FACTOR_AUTHENTICATION)?
            || is_exempt(connection, organization, account.id, kind)?
        {
            continue;
        }
        connection
            .prepare_cached(
                "UPDATE members SET status = -1, revocation_reason = ?, revised = ? WHERE id = ?",
            )?
            .execute((RevocationReason::TWO_FACTOR_POLICY.0, now, member))?;
        let kind = EventType::MEMBER_REVOKED_BY_TWO_FACTOR_POLICY;
        let hand = Some(events::TWO_FACTOR_DISABLED);
        events::record_of_member(connection, kind, organization, member, by, hand, actor)?;
    }
    Ok(())
}

fn ensure_recovery_code(connection: &Connection, account: &Account) -> Result<(), ApiError> {
    connection.execute(
        "UPDATE users SET recovery_code = coalesce(recovery_code, ?) WHERE id = ?",
        (recovery_code()?, account.id),
    )?;
    Ok(())
}

/// 32 letters and digits, in lower case because people copy it from paper.
pub(crate) fn recovery_code() -> Result<String, RandomSourceFailed> {
    text_of(b"abcdefghijklmnopqrstuvwxyz234567")
}

/// A new seed for an authenticator: 160 bits in base32, as RFC 4226 recommends.
pub(crate) fn authenticator_secret() -> Result<String, RandomSourceFailed> {
    text_of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
}

fn text_of(alphabet: &[u8; 32]) -> Result<String, RandomSourceFailed> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| RandomSourceFailed)?;
    // 32 letters: five bits of each byte, none likelier than another.
    Ok(bytes.iter().map(|byte| char::from(alphabet[usize::from(byte & 31)])).collect())
}

/// An e-mail address as somebody who only knows the password may see it: `ma****@brightwater.example`.
pub(crate) fn redacted(address: &str) -> String {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    let letters = name.chars().count();
    let shown = match letters {
        0..=2 => 0,
        3 | 4 => 1,
        _ => 2,
    };
    let start: String = name.chars().take(shown).collect();
    format!("{start}{}@{host}", "*".repeat(letters - shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_show_their_beginning_alone() {
        for (address, shown) in [
            ("maya.okafor@brightwater.example", "ma*********@brightwater.example"),
            ("mayo@b.example", "m***@b.example"),
            ("me@b.example", "**@b.example"),
            ("éloïse@b.example", "él****@b.example"),
            ("nothing", "no*****@"),
        ] {
            assert_eq!(redacted(address), shown);
        }
    }

    #[test]
    fn secrets_are_of_their_alphabets_and_differ() {
        let (one, two) = (recovery_code().unwrap(), recovery_code().unwrap());
        assert_ne!(one, two);
        assert!(one.len() == 32 && one.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')));
        assert!(authenticator_secret().unwrap().bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')));
    }
}
