//! Locks, or logs out where an organization demands it, when nobody has touched the window for the chosen time.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime},
};

use portico_estate::LockPolicies;
use portico_profile::DueLogOut;
use tauri::{AppHandle, Manager};
use uuid::Uuid;

use crate::{dto::error::ErrorCode, open, shell::Shell};

/// How often the clock is looked at: the lock comes at most this much late.
const LOOK: Duration = Duration::from_secs(5);
/// A log-out that failed is not tried at each look: trying ends the unlock that is under way, of any account.
const BETWEEN_TRIES: Duration = Duration::from_secs(60);

/// Watches until the program ends.
pub fn watch(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        // First at once: a log-out may have become due while the program was not there.
        loop {
            let shell = app.state::<Shell>();
            match shell.idle_end() {
                None => {}
                Some(IdleEnd::Lock) => open::lock(&app).await,
                Some(IdleEnd::LogOut(account)) => log_out(&app, account).await,
            }
            tokio::time::sleep(LOOK).await;
        }
    });
}

async fn log_out(app: &AppHandle, account: Uuid) {
    let shell = app.state::<Shell>();
    let was_open = shell.session().is_open(account);
    // What the archive holds cannot be synced again; the policy is about the session.
    let Err(error) = open::log_out(app, account, true).await else { return };
    tracing::warn!(code = ?error.code, "not logged out, locked");
    if was_open {
        open::lock(app).await;
    }
    match error.code {
        ErrorCode::NotFound => shell.forget_log_out(account),
        _ => shell.log_outs().postpone(account),
    }
}

/// When the person was last there, by two clocks: the steady one stands still while the computer sleeps, the other may
/// be set.
#[derive(Debug, Clone, Copy)]
pub struct Touched {
    steady: Instant,
    wall: SystemTime,
}

impl Touched {
    pub fn now() -> Self {
        Self { steady: Instant::now(), wall: SystemTime::now() }
    }

    pub fn ago(&self) -> Duration {
        self.steady.elapsed().max(self.wall.elapsed().unwrap_or_default())
    }
}

/// Accounts that a policy wants signed out, so long after the person was last there. Nothing else of them is kept for it.
#[derive(Default)]
pub struct LogOuts(BTreeMap<Uuid, LogOut>);

#[derive(Clone, Copy)]
struct LogOut {
    since: Touched,
    minutes: u32,
    /// When it was tried in vain.
    tried: Option<Instant>,
}

impl LogOuts {
    /// Those that an earlier run of the program left.
    pub fn of_settings(due: &BTreeMap<Uuid, DueLogOut>) -> Self {
        let log_out = |due: &DueLogOut| LogOut {
            since: Touched { steady: Instant::now(), wall: due.since.into() },
            minutes: due.after_minutes,
            tried: None,
        };
        Self(due.iter().map(|(account, due)| (*account, log_out(due))).collect())
    }

    /// For a later run.
    pub fn for_settings(&self) -> BTreeMap<Uuid, DueLogOut> {
        let due = |one: &LogOut| DueLogOut { since: one.since.wall.into(), after_minutes: one.minutes };
        self.0.iter().map(|(account, one)| (*account, due(one))).collect()
    }

    /// The account is locked from now on. Where a policy wants more than that, its time goes on.
    pub fn keep(&mut self, account: Uuid, policies: &LockPolicies, since: Touched) {
        match policies.most_minutes {
            Some(minutes) if policies.log_out => {
                self.0.insert(account, LogOut { since, minutes, tried: None });
            }
            _ => self.forget(account),
        }
    }

    /// The account is open. Should the program not come to lock it, the next one has to know: to a quarter of the
    /// policy's time, because it is written to the disk. Returns whether there is anything new.
    pub fn note(&mut self, account: Uuid, policies: &LockPolicies, since: Touched) -> bool {
        let wanted = policies.most_minutes.filter(|_| policies.log_out);
        let known = self.0.get(&account);
        let is_near = |known: &LogOut| {
            let later = since.wall.duration_since(known.since.wall);
            later.is_ok_and(|later| later < minutes(known.minutes) / 4)
        };
        if known.map(|known| known.minutes) == wanted && known.is_none_or(is_near) {
            return false;
        }
        self.keep(account, policies, since);
        true
    }

    /// One whose time is over and that nobody has opened since.
    pub fn over(&self, is_open: impl Fn(Uuid) -> bool) -> Option<Uuid> {
        let over = |one: &LogOut| is_late(one.minutes, one.since.ago());
        let waits = |one: &LogOut| one.tried.is_some_and(|tried| tried.elapsed() < BETWEEN_TRIES);
        let mut due = self.0.iter().filter(|(account, one)| over(one) && !waits(one) && !is_open(**account));
        due.next().map(|(account, _)| *account)
    }

    /// It could not be done.
    pub fn postpone(&mut self, account: Uuid) {
        if let Some(one) = self.0.get_mut(&account) {
            one.tried = Some(Instant::now());
        }
    }

    /// The account is signed out, or gone.
    pub fn forget(&mut self, account: Uuid) {
        self.0.remove(&account);
    }
}

/// What the idle clock asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleEnd {
    Lock,
    /// An organization's policy wants the session of this account gone, not only locked.
    LogOut(Uuid),
}

/// `minutes`: the person's own setting. `over`: a locked account whose log-out is due. Nothing open: nothing to lock.
pub fn idle_end(
    minutes: Option<u32>,
    open: &[(Uuid, LockPolicies)],
    over: Option<Uuid>,
    idle: Duration,
) -> Option<IdleEnd> {
    let late = |minutes: u32| is_late(minutes, idle);
    let logged_out =
        open.iter().find(|(_, policies)| policies.log_out && policies.most_minutes.is_some_and(late));
    if let Some(account) = logged_out.map(|(account, _)| *account) {
        return Some(IdleEnd::LogOut(account));
    }
    let demanded = open.iter().filter_map(|(_, policies)| policies.most_minutes);
    let due = demanded.chain(minutes).min().is_some_and(late);
    // What is open and in reach comes before what is locked.
    if due && !open.is_empty() { Some(IdleEnd::Lock) } else { over.map(IdleEnd::LogOut) }
}

fn is_late(after: u32, idle: Duration) -> bool {
    idle >= minutes(after)
}

fn minutes(count: u32) -> Duration {
    minute() * count
}

/// In a build for the driver shorter, if it says so in milliseconds: nobody waits that long for a test.
fn minute() -> Duration {
    #[cfg(feature = "e2e")]
    if let Some(shorter) = std::env::var("PORTICO_E2E_MINUTE").ok().and_then(|millis| millis.parse().ok()) {
        return Duration::from_millis(shorter);
    }
    Duration::from_secs(60)
}

#[cfg(test)]
#[path = "idle/tests.rs"]
mod tests;
