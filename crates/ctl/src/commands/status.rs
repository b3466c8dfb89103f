//! `status`: who is signed in, whether the account is open, and how old what it shows is.

use portico_estate::ProfileResponse;
use portico_profile::{AccountSummary, PasswordNotice, Profile, UnlockError, Unlocked};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account;
use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::words;

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Status {
    server: Option<String>,
    email: Option<String>,
    /// "signedOut", "locked" or "unlocked".
    state: &'static str,
    /// When anything was last read from the server; the age of each part is sealed.
    last_sync: Option<String>,
    /// The phrase that a provider admin compares before confirming the person; known while unlocked.
    fingerprint: Option<String>,
    /// Number of the newest head; known while unlocked.
    head: Option<u64>,
    /// Clients whose last reading failed, or whose picture is more than a day old, or missing; known while unlocked.
    stale: Vec<StaleClient>,
    /// Providers, clients and organizations of the person that are suspended, or from which the person is shut out; known
    /// while unlocked.
    suspended: Vec<Suspended>,
    /// The last sync, where it was stopped on its way; known while unlocked.
    unfinished: Option<Unfinished>,
    /// What the server has against the master password, "setByAdministrator" or "belowPolicy"; known while unlocked.
    password_notice: Option<&'static str>,
    /// Damaged or outdated files of the account that are kept beside the one in use.
    set_aside: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Unfinished {
    at: String,
    /// What it had read, and the next one takes up.
    clients_read: usize,
}

#[derive(Serialize)]
struct Suspended {
    /// "provider", "client" or "organization".
    kind: &'static str,
    id: Uuid,
    name: String,
    /// "suspended", or "revoked" where it is the membership.
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StaleClient {
    id: String,
    name: String,
    reason: &'static str,
    synced_at: Option<String>,
    /// When the attempt was made that failed.
    failed_at: Option<String>,
}

impl Row for Status {
    const COLUMNS: &'static [&'static str] = &[
        "Server",
        "E-mail",
        "State",
        "Last sync",
        "Fingerprint phrase",
        "Head",
        "Stale",
        "Suspended",
        "Set aside",
    ];

    fn cells(&self) -> Vec<String> {
        let stale: Vec<String> = self.stale.iter().map(|client| client.name.clone()).collect();
        let suspended: Vec<String> =
            self.suspended.iter().map(|one| format!("{} ({} {})", one.name, one.kind, one.state)).collect();
        vec![
            output::or_dash(self.server.as_ref()),
            output::or_dash(self.email.as_ref()),
            self.state.to_owned(),
            output::or_dash(self.last_sync.as_ref()),
            output::or_dash(self.fingerprint.as_ref()),
            output::or_dash(self.head),
            output::joined(&stale),
            output::joined(&suspended),
            output::joined(&self.set_aside),
        ]
    }
}

pub(crate) fn run(global: &Global, format: Format) -> Result<(), Failure> {
    let profile = account::open_profile(global)?;
    let status = match account::choose(&profile, global) {
        Ok(account) => of_account(&profile, &account, global)?,
        Err(Failure::SignedOut) => Status { state: "signedOut", ..Status::default() },
        Err(failure) => return Err(failure),
    };
    Ok(output::one(format, &status)?)
}

fn of_account(profile: &Profile, account: &AccountSummary, global: &Global) -> Result<Status, Failure> {
    let closed = Status {
        server: Some(account.server.to_string()),
        email: Some(account.email.clone()),
        state: if account.signed_out { "signedOut" } else { "locked" },
        last_sync: account.read_at.map(|read| words::date(read.into())),
        set_aside: profile.set_aside_files(account.id)?.into_iter().map(|file| file.name).collect(),
        ..Status::default()
    };
    if account.signed_out || profile.is_log_out_due(account.id) {
        return Ok(closed);
    }
    match unlock_quietly(profile, account, global)? {
        Some(unlocked) => of_unlocked(&unlocked, closed),
        None => Ok(closed),
    }
}

/// Unlocks only with what is at hand: asking for a password to tell that it is needed would be odd.
fn unlock_quietly(
    profile: &Profile,
    account: &AccountSummary,
    global: &Global,
) -> Result<Option<Unlocked>, Failure> {
    if global.password.is_given() {
        return account::unlock_with_password(profile, account, global).map(Some);
    }
    let Some(key) = account::session_key()? else { return Ok(None) };
    match profile.unlock_with_session(account.id, &key) {
        Ok(unlocked) => Ok(Some(account::telling(unlocked))),
        Err(UnlockError::SessionEnded) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn of_unlocked(unlocked: &Unlocked, closed: Status) -> Result<Status, Failure> {
    let picture = unlocked.picture();
    picture.last_read_at().inspect(|read| account::tell_of_clock(*read));
    let now = OffsetDateTime::now_utc();
    let mut stale = Vec::new();
    for provider in picture.providers()? {
        for row in provider.rows.iter().filter(|row| row.is_stale(now)) {
            stale.push(StaleClient {
                id: row.organization_id.to_string(),
                name: row.name.clone(),
                reason: words::staleness(&row.freshness),
                synced_at: row.freshness.read_at.map(words::date),
                failed_at: row.freshness.failed_at.map(words::date),
            });
        }
    }
    let unfinished = unlocked.unfinished_sync()?.map(|unfinished| Unfinished {
        at: words::date(unfinished.at),
        clients_read: unfinished.clients_read,
    });
    account::tell_password_notice(unlocked)?;
    let password_notice = unlocked.password_notice()?.map(|notice| match notice {
        PasswordNotice::SetByAdministrator => "setByAdministrator",
        PasswordNotice::BelowPolicy => "belowPolicy",
    });
    Ok(Status {
        state: "unlocked",
        password_notice,
        last_sync: picture.last_read_at().map(words::date),
        // A key that does not open is told by what needs it; the state is told all the same.
        fingerprint: picture.own_fingerprint()?.ok(),
        head: picture.head().map(|head| head.number.0),
        stale,
        suspended: picture.profile()?.map(suspended).unwrap_or_default(),
        unfinished,
        ..closed
    })
}

fn suspended(profile: &ProfileResponse) -> Vec<Suspended> {
    let providers =
        profile.providers.iter().map(|one| ("provider", one.id, &one.name, words::state(one.enabled)));
    let clients = profile
        .provider_organizations
        .iter()
        .map(|one| ("client", one.id, &one.name, words::state(one.enabled)));
    let own = profile
        .organizations
        .iter()
        .map(|one| ("organization", one.id, &one.name, words::membership(one.status, one.enabled)));
    let all = providers.chain(clients).chain(own).filter(|(.., state)| *state != "active");
    all.map(|(kind, id, name, state)| Suspended { kind, id, name: name.clone(), state }).collect()
}
