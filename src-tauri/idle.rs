//! Locks, or logs out where an organization demands it, when nobody has touched the window for the chosen time.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime},
};

use portico_estate::LockPolicies;
use tauri::{AppHandle, Manager};
use uuid::Uuid;

use crate::{dto::error::ErrorCode, open, shell::Shell};

/// How often the clock is looked at: the lock comes at most this much late.
const LOOK: Duration = Duration::from_secs(5);

/// Watches until the program ends.
pub fn watch(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let shell = app.state::<Shell>();
            match shell.idle_end() {
                None => {}
                Some(IdleEnd::Lock) => open::lock(&app).await,
                Some(IdleEnd::LogOut(account)) => log_out(&app, account).await,
            }
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
        ErrorCode::NotFound => shell.log_outs().forget(account),
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

/// Locked accounts that a policy wants signed out, so long after the person was last there. Nothing else of them is kept
/// for it.
#[derive(Default)]
pub struct LogOuts(BTreeMap<Uuid, (Touched, u32)>);

impl LogOuts {
    /// The account was locked. Where a policy wants more than that, its time goes on; from now on nobody touches it.
    pub fn keep(&mut self, account: Uuid, policies: &LockPolicies, since: Touched) {
        match policies.most_minutes {
            Some(minutes) if policies.log_out => drop(self.0.insert(account, (since, minutes))),
            _ => self.forget(account),
        }
    }

    /// One whose time is over. Who unlocked in time begins anew.
    pub fn over(&mut self, is_open: impl Fn(Uuid) -> bool) -> Option<Uuid> {
        self.0.retain(|account, _| !is_open(*account));
        self.0
            .iter()
            .find(|(_, (since, minutes))| is_late(*minutes, since.ago()))
            .map(|(account, _)| *account)
    }

    /// It could not be done: again in a minute, because trying ends the unlock that is under way, of any account.
    pub fn postpone(&mut self, account: Uuid) {
        self.0.insert(account, (Touched::now(), 1));
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

fn is_late(minutes: u32, idle: Duration) -> bool {
    idle >= Duration::from_secs(u64::from(minutes) * 60)
}

#[cfg(test)]
#[path = "idle/tests.rs"]
mod tests;
