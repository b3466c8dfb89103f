//! The outbox: every mail of the service, for the demo, for tests and for whoever runs it (`porticoctl service outbox`);
//! with a mail account ([`crate::Smtp`]) they are sent as well.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};
use serde::Serialize;
use time::OffsetDateTime;

use crate::moment::Moment;
use crate::store::{Store, StoreError};

/// How many mails are kept; the oldest go first. Far more than anybody reads, and a bound for a file that grows with
/// every sign-in from a new machine.
const KEPT: i64 = 10_000;

/// Seconds, and how many mails that anybody may ask for go to one address within them.
const HOUR: i64 = 3_600;
const ENOUGH: i64 = 5;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailKind {
    /// An address is to become an account's. Fields `token`, `link`.
    AddressVerification,
    /// The code of a sign-in whose second step is e-mail. Field `code`.
    TwoStepCode,
    /// The code that proves an address before it becomes a second step. Field `code`.
    TwoStepSetUp,
    /// The code of a sign-in from a device that the account does not know. Field `code`.
    NewDeviceCode,
    /// A device signed in that had not before. Fields `deviceType`, `ipAddress`.
    NewDeviceSignIn,
    /// A code in place of the master password. Field `code`.
    VerificationCode,
    /// Two-step login was turned off with the recovery code.
    TwoStepRecovered,
    /// The master password's hint. Field `hint`; absent when there is none.
    PasswordHint,
    /// Somebody is invited into an organization. Fields `organizationId`, `organizationUserId`, `organizationName`,
    /// `token`, `link`.
    OrganizationInvitation,
    /// An invited person accepted: those who confirm are told. Fields as of the invitation, without token and link.
    InvitationAccepted,
    /// A member was confirmed. Fields as of the invitation, without token and link.
    MemberConfirmed,
    /// A policy took a member's access away. Fields as of the invitation, without token and link.
    AccessRevoked,
    /// An administrator set a new master password, turned two-step login off, or both. Fields `organizationId`, `organizationName`.
    AccountRecovered,
    /// Somebody is invited to work for a provider. Fields `providerId`, `providerUserId`, `providerName`, `token`, `link`.
    ProviderInvitation,
    /// Somebody works for a provider now. Fields as of the invitation, without token and link.
    ProviderUserConfirmed,
    /// Somebody was sent away. Fields `providerId`, `providerName`.
    ProviderUserRemoved,
    /// The first admin of a provider is to set it up. Fields `providerId`, `token`, `link`.
    ProviderSetup,
    /// A provider may be deleted without signing in. Fields `providerId`, `providerName`, `token`, `link`.
    ProviderDeletion,
    /// A provider gave a client organization back to its owners. Fields `providerName`, `organizationId`,
    /// `organizationName`.
    ClientUnlinked,
    /// The code that opens a Send for one of the addresses that it names. Field `code`.
    SendCode,
}

impl MailKind {
    /// As the file and the JSON of `porticoctl` say it.
    fn name(self) -> &'static str {
        match self {
            MailKind::AddressVerification => "addressVerification",
            MailKind::TwoStepCode => "twoStepCode",
            MailKind::TwoStepSetUp => "twoStepSetUp",
            MailKind::NewDeviceCode => "newDeviceCode",
            MailKind::NewDeviceSignIn => "newDeviceSignIn",
            MailKind::VerificationCode => "verificationCode",
            MailKind::TwoStepRecovered => "twoStepRecovered",
            MailKind::PasswordHint => "passwordHint",
            MailKind::OrganizationInvitation => "organizationInvitation",
            MailKind::InvitationAccepted => "invitationAccepted",
            MailKind::MemberConfirmed => "memberConfirmed",
            MailKind::AccessRevoked => "accessRevoked",
            MailKind::AccountRecovered => "accountRecovered",
            MailKind::ProviderInvitation => "providerInvitation",
            MailKind::ProviderUserConfirmed => "providerUserConfirmed",
            MailKind::ProviderUserRemoved => "providerUserRemoved",
            MailKind::ProviderSetup => "providerSetup",
            MailKind::ProviderDeletion => "providerDeletion",
            MailKind::ClientUnlinked => "clientUnlinked",
            MailKind::SendCode => "sendCode",
        }
    }
}

/// A mail about to be written.
pub(crate) struct Letter<'a> {
    pub(crate) kind: MailKind,
    /// An e-mail address.
    pub(crate) to: &'a str,
    pub(crate) subject: &'a str,
    /// What the body says, for programs: a code, a token, a link.
    pub(crate) fields: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

/// Puts `letter` into the outbox, with the transaction that `connection` is in.
pub(crate) fn post(connection: &Connection, letter: &Letter<'_>, now: Moment) -> Result<(), rusqlite::Error> {
    let fields: serde_json::Map<_, _> =
        letter.fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    connection
        .prepare_cached(
            "INSERT INTO outbox (date, kind, recipient, subject, fields, body) VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .execute((
            now,
            letter.kind.name(),
            letter.to,
            letter.subject,
            serde_json::Value::Object(fields).to_string(),
            letter.body,
        ))?;
    connection
        .prepare_cached("DELETE FROM outbox WHERE seq <= ?")?
        .execute([connection.last_insert_rowid() - KEPT])?;
    Ok(())
}

/// Whether so many mails of `kind` went to `address` lately that one more would only be a nuisance.
pub(crate) fn is_enough(
    connection: &Connection,
    kind: MailKind,
    address: &str,
    now: Moment,
) -> Result<bool, rusqlite::Error> {
    let sent: i64 = connection
        .prepare_cached("SELECT count(*) FROM outbox WHERE kind = ? AND recipient = ? AND date > ?")?
        .query_row((kind.name(), address, now.plus_seconds(-HOUR)), |row| row.get(0))?;
    Ok(sent >= ENOUGH)
}

/// A link into the web vault, whose routes stand behind the `#` (protocol.md §5.5).
pub(crate) fn link(base: &str, route: &str, query: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{base}/#/{route}?{query}")
}

/// A mail in the outbox. No `Debug`: codes and invitation tokens are in it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Grows with every mail and is never given twice.
    pub id: i64,
    /// When it would have been sent.
    #[serde(with = "time::serde::rfc3339")]
    pub date: OffsetDateTime,
    /// `twoStepCode`, `newDeviceCode`, `organizationInvitation`, …
    pub kind: String,
    /// An e-mail address, trimmed and in lower case.
    pub to: String,
    #[allow(missing_docs)]
    pub subject: String,
    /// What the body says, for programs: `code`, `token`, `link`, … by kind.
    pub fields: BTreeMap<String, String>,
    /// What a person would read.
    pub body: String,
}

impl Store {
    /// Every mail that was not yet overtaken by ten thousand newer ones, oldest first. Blocks while the file is read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn outbox(&self) -> Result<Vec<Mail>, StoreError> {
        self.read_now(mails)
    }
}

pub(crate) fn mails(connection: &Connection) -> Result<Vec<Mail>, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(Mail {
            id: row.get(0)?,
            date: row.get::<_, Moment>(1)?.into(),
            kind: row.get(2)?,
            to: row.get(3)?,
            subject: row.get(4)?,
            // Written by `post` alone, always an object of texts.
            fields: serde_json::from_str(row.get_ref(5)?.as_str()?).unwrap_or_default(),
            body: row.get(6)?,
        })
    };
    let mut statement = connection.prepare_cached(
        "SELECT seq, date, kind, recipient, subject, fields, body FROM outbox ORDER BY seq",
    )?;
    let mails = statement.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(mails)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str) -> Letter<'_> {
        Letter {
            kind: MailKind::TwoStepCode,
            to,
            subject: "Your code",
            fields: &[("code", "123456")],
            body: "123456",
        }
    }

    #[test]
    fn mails_are_read_as_they_were_written_in_their_order() {
        let store = Store::in_memory().unwrap();
        let now = Moment(1_787_235_379_123_456);
        for to in ["a@brightwater.example", "b@brightwater.example"] {
            store.write_now::<_, StoreError>(|c| Ok(post(c, &letter(to), now)?)).unwrap();
        }
        let mails = store.outbox().unwrap();
        let told: Vec<_> = mails.iter().map(|mail| (mail.to.as_str(), mail.kind.as_str())).collect();
        assert_eq!(
            told,
            [("a@brightwater.example", "twoStepCode"), ("b@brightwater.example", "twoStepCode")]
        );
        assert_eq!(
            serde_json::to_value(&mails[0]).unwrap(),
            serde_json::json!({
                "id": 1, "date": "2026-08-20T14:16:19.123456Z", "kind": "twoStepCode",
                "to": "a@brightwater.example", "subject": "Your code", "fields": {"code": "123456"}, "body": "123456",
            })
        );
    }

    #[test]
    fn only_the_newest_are_kept() {
        let store = Store::in_memory().unwrap();
        store
            .write_now::<_, StoreError>(|connection| {
                for _ in 0..KEPT + 3 {
                    post(connection, &letter("a@brightwater.example"), Moment(0))?;
                }
                Ok(())
            })
            .unwrap();
        let mails = store.outbox().unwrap();
        assert_eq!((mails.len() as i64, mails[0].id), (KEPT, 4));
    }
}
