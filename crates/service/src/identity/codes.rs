//! Codes that are mailed: six digits, good once, for half an hour, for few tries.

use std::borrow::Cow;

use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::{Connection, OptionalExtension};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::Account;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::outbox::{self, Letter, MailKind};
use crate::password::RandomSourceFailed;

/// Seconds.
const LIFETIME: i64 = 1_800;
const TRIES: i64 = 5;
/// How many codes are mailed within [`WINDOW`] for one purpose. With [`TRIES`] it bounds what somebody who knows
/// the password can guess in an hour: 50 of a million.
const MAILS: i64 = 10;
/// Seconds.
const WINDOW: i64 = 3_600;

/// What a code opens. A code for one purpose opens no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The second step of a sign-in.
    TwoStep,
    /// Making an address the second step.
    TwoStepSetUp,
    /// A sign-in from a device that the account does not know.
    NewDevice,
    /// In place of a master password, where there is none.
    Verification,
    /// A Send of the account's, for one of the addresses that it names.
    Send(Uuid),
}

impl Purpose {
    /// What the code is kept under. Recipients of one Send do not overtake each other.
    fn name(self, address: Option<&str>) -> Cow<'static, str> {
        match self {
            Purpose::TwoStep => "twoStep".into(),
            Purpose::TwoStepSetUp => "twoStepSetUp".into(),
            Purpose::NewDevice => "newDevice".into(),
            Purpose::Verification => "verification".into(),
            // The trigger that clears codes away reads this.
            Purpose::Send(id) => format!("send {} {}", id.simple(), address.unwrap_or_default()).into(),
        }
    }

    /// The kind of the mail, its subject, and what to do about one that was not asked for.
    fn letter(self) -> (MailKind, &'static str, &'static str) {
        const SOMEBODY: &str = "somebody may know your master password: change it.";
        match self {
            Purpose::TwoStep => (MailKind::TwoStepCode, "Your two-step login code", SOMEBODY),
            Purpose::TwoStepSetUp => {
                (MailKind::TwoStepSetUp, "Your code for setting up two-step login", SOMEBODY)
            }
            Purpose::NewDevice => (MailKind::NewDeviceCode, "Your code for a new device", SOMEBODY),
            Purpose::Verification => (MailKind::VerificationCode, "Your verification code", SOMEBODY),
            Purpose::Send(_) => {
                (MailKind::SendCode, "Your code for a Send", "you need not do anything about it.")
            }
        }
    }
}

/// Mails a new code to `address`, which overtakes the last one of this purpose.
///
/// # Errors
/// Refused when too many were asked for; [`mailed`] tells that apart.
pub(crate) fn mail(
    connection: &Connection,
    account: &Account,
    purpose: Purpose,
    address: &str,
    now: Moment,
) -> Result<(), ApiError> {
    if mailed(connection, account, purpose, address, now)? {
        Ok(())
    } else {
        Err(ApiError::refused("Too many codes were asked for. Try again later."))
    }
}

/// As [`mail`], and whether there was one left to mail.
pub(crate) fn mailed(
    connection: &Connection,
    account: &Account,
    purpose: Purpose,
    address: &str,
    now: Moment,
) -> Result<bool, ApiError> {
    let window: Option<(i64, Moment)> = connection
        .prepare_cached("SELECT sent, since FROM codes WHERE user_id = ? AND purpose = ?")?
        .query_row((account.id, purpose.name(Some(address))), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (sent, since) = match window {
        Some((sent, since)) if now < since.plus_seconds(WINDOW) => (sent, since),
        _ => (0, now),
    };
    if sent >= MAILS {
        return Ok(false);
    }
    let code = six_digits()?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO codes (user_id, purpose, address, code, tries_left, expires, sent, since)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((
            account.id,
            purpose.name(Some(address)),
            address,
            &code,
            TRIES,
            now.plus_seconds(LIFETIME),
            sent + 1,
            since,
        ))?;
    let (kind, subject, advice) = purpose.letter();
    let body =
        format!("{subject} is {code}.\n\nIt is good for 30 minutes. If you did not ask for it, {advice}\n");
    let letter = Letter { kind, to: address, subject, fields: &[("code", &code)], body: &body };
    outbox::post(connection, &letter, now)?;
    Ok(true)
}

/// Whether `given` is the code that was last mailed for `purpose` (and to `address`, where one is named). A right code
/// is used up, a wrong one costs a try: the caller has to keep the transaction in either case.
pub(crate) fn take(
    connection: &Connection,
    account: &Account,
    purpose: Purpose,
    address: Option<&str>,
    given: &str,
    now: Moment,
) -> Result<bool, rusqlite::Error> {
    let kept: Option<(String, String)> = connection
        .prepare_cached(
            "SELECT code, address FROM codes
             WHERE user_id = ? AND purpose = ? AND code IS NOT NULL AND tries_left > 0 AND expires > ?",
        )?
        .query_row((account.id, purpose.name(address), now), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((code, mailed_to)) = kept else { return Ok(false) };
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let right = bool::from(code.as_bytes().ct_eq(given.as_bytes()));
    if right && address.is_none_or(|address| address == mailed_to) {
        connection
            .prepare_cached("UPDATE codes SET code = NULL WHERE user_id = ? AND purpose = ?")?
            .execute((account.id, purpose.name(address)))?;
        return Ok(true);
    }
    connection
        .prepare_cached("UPDATE codes SET tries_left = tries_left - 1 WHERE user_id = ? AND purpose = ?")?
        .execute((account.id, purpose.name(address)))?;
    Ok(false)
}

fn six_digits() -> Result<String, RandomSourceFailed> {
    /// The largest multiple of a million in 32 bits: what lies above would make low codes likelier.
    const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let mut bytes = [0; 4];
        SystemRandom::new().fill(&mut bytes).map_err(|_| RandomSourceFailed)?;
        let number = u32::from_be_bytes(bytes);
        if number < FAIR {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::bulk::{BulkError, BulkUser};
    use crate::identity::by_id;

    const ADDRESS: &str = "maya@brightwater.example";
    const NOW: Moment = Moment(1_787_235_379_000_000);

    /// Runs `work` with an account, in one transaction.
    fn with_account(work: impl FnOnce(&Connection, &Account)) {
        let store = Store::in_memory().unwrap();
        let id = Uuid::from_u128(1);
        let user = BulkUser::nobody(id, ADDRESS);
        store.bulk::<_, BulkError>(|load| load.user(&user)).unwrap();
        store
            .write_now::<_, ApiError>(|connection| {
                let account = by_id(connection, id)?.unwrap();
                work(connection, &account);
                Ok(())
            })
            .unwrap();
    }

    fn asked(connection: &Connection, account: &Account, purpose: Purpose, now: Moment) -> String {
        mail(connection, account, purpose, ADDRESS, now).unwrap();
        outbox::mails(connection).unwrap().last().unwrap().fields["code"].clone()
    }

    fn other_than(code: &str) -> String {
        format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
    }

    #[test]
    fn a_code_is_good_once_and_for_its_purpose_alone() {
        with_account(|c, account| {
            let code = asked(c, account, Purpose::TwoStep, NOW);
            assert_eq!(code.len(), 6);
            let spaced = format!(" {} {} ", &code[..3], &code[3..]);
            let take = |purpose, address| take(c, account, purpose, address, &spaced, NOW).unwrap();
            assert!(!take(Purpose::NewDevice, None));
            assert!(!take(Purpose::TwoStep, Some("else@brightwater.example")));
            assert!(take(Purpose::TwoStep, Some(ADDRESS)));
            assert!(!take(Purpose::TwoStep, Some(ADDRESS)));
        });
    }

    #[test]
    fn a_code_dies_of_age_of_wrong_tries_and_of_a_newer_one() {
        with_account(|c, account| {
            let take = |code: &str, now| take(c, account, Purpose::NewDevice, None, code, now).unwrap();
            let old = asked(c, account, Purpose::NewDevice, NOW);
            assert!(!take(&old, NOW.plus_seconds(LIFETIME)));

            let tried = asked(c, account, Purpose::NewDevice, NOW);
            for _ in 0..TRIES {
                assert!(!take(&other_than(&tried), NOW));
            }
            assert!(!take(&tried, NOW));

            let first = asked(c, account, Purpose::NewDevice, NOW);
            let second = asked(c, account, Purpose::NewDevice, NOW);
            assert!(first == second || !take(&first, NOW));
            assert!(take(&second, NOW));
        });
    }

    #[test]
    fn an_hour_has_only_so_many_codes() {
        with_account(|c, account| {
            for _ in 0..MAILS {
                asked(c, account, Purpose::TwoStep, NOW);
            }
            let later = NOW.plus_seconds(WINDOW - 1);
            assert!(matches!(mail(c, account, Purpose::TwoStep, ADDRESS, later), Err(ApiError::Refused(_))));
            asked(c, account, Purpose::NewDevice, later);
            asked(c, account, Purpose::TwoStep, NOW.plus_seconds(WINDOW));
        });
    }
}
