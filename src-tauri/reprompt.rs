//! The master password that an item asks for again.
//!
//! Whoever tries passwords here sits at an open window, or speaks through a page that was taken over: one is tried at a
//! time, and after a few wrong ones each next one waits longer. At the file itself nothing can hold a person up but the
//! key derivation.

use std::{sync::MutexGuard, time::Duration};

use tauri::{AppHandle, Manager};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    dto::error::{AppError, ErrorCode},
    failure::Answer,
    held::held,
    shell::{Open, Shell},
};

/// Mistyped, and mistyped again: this many wrong ones cost no wait.
const FREE: u32 = 3;
/// No wait is longer.
const LONGEST: Duration = Duration::from_secs(60);

/// How the re-prompts of an open account went.
#[derive(Default)]
pub struct Reprompts {
    /// The item whose question was answered, as long as it is the one looked at.
    answered: std::sync::Mutex<Option<Uuid>>,
    /// Wrong answers since the last right one. Held while one is tried: the next waits.
    wrong: tokio::sync::Mutex<u32>,
}

impl Reprompts {
    /// Whether the question of this item was answered, and it is still looked at.
    pub fn is_answered(&self, item: Uuid) -> bool {
        *self.answered() == Some(item)
    }

    /// An answer counts for one item, as long as that is the one looked at.
    pub fn forget(&self, unless: Option<Uuid>) {
        let mut answered = self.answered();
        if *answered != unless {
            *answered = None;
        }
    }

    /// For the item that is looked at.
    pub fn remember(&self, item: Uuid) {
        *self.answered() = Some(item);
    }

    fn answered(&self) -> MutexGuard<'_, Option<Uuid>> {
        held(&self.answered)
    }
}

/// Whether this is the master password.
///
/// # Errors
/// [`ErrorCode::RepromptNeeded`] without one, [`ErrorCode::WrongPassword`], [`ErrorCode::Locked`] when the account is
/// locked meanwhile.
pub async fn check(app: &AppHandle, open: &Open, password: Option<String>) -> Answer<()> {
    let password = Zeroizing::new(password.ok_or(AppError::of(ErrorCode::RepromptNeeded))?);
    let handle = app.clone();
    let account = open.account();
    let try_it = async move {
        // Costs one key derivation: not on a thread of the runtime.
        let tried = tauri::async_runtime::spawn_blocking(move || {
            handle.state::<Shell>().profile.check_password(account, &password)
        });
        Ok(tried.await.map_err(|error| AppError::internal(&error))??)
    };
    tokio::select! {
        answer = paced(&open.reprompts.wrong, try_it, tokio::time::sleep) => answer,
        () = open.closing.cancelled() => Err(AppError::of(ErrorCode::Locked)),
    }
}

/// One at a time; one that has to wait waits before it is tried.
async fn paced<W: Future<Output = ()>>(
    wrong: &tokio::sync::Mutex<u32>,
    try_it: impl Future<Output = Answer<()>>,
    wait: impl FnOnce(Duration) -> W,
) -> Answer<()> {
    let mut wrong = wrong.lock().await;
    let delay = delay_after(*wrong);
    if !delay.is_zero() {
        wait(delay).await;
    }
    // Counted beforehand: a caller that goes away in the middle has tried all the same.
    let before = *wrong;
    *wrong = before.saturating_add(1);
    let answer = try_it.await;
    match &answer {
        Ok(()) => *wrong = 0,
        Err(error) if error.code == ErrorCode::WrongPassword => {}
        // The file could not be read: nothing was tried.
        Err(_) => *wrong = before,
    }
    answer
}

/// 1, 2, 4 … seconds.
fn delay_after(wrong: u32) -> Duration {
    let doublings = match wrong.checked_sub(FREE) {
        None => return Duration::ZERO,
        Some(doublings) => doublings.min(10),
    };
    Duration::from_secs(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Tries `answers` all at once, and says how long each would have waited.
    async fn tried(wrong: &tokio::sync::Mutex<u32>, answers: &[ErrorCode]) -> Vec<u64> {
        let waits = Mutex::new(Vec::new());
        let one_at_a_time = tokio::sync::Mutex::new(());
        let tries = answers.iter().map(|code| {
            let (waits, one_at_a_time) = (&waits, &one_at_a_time);
            let try_it = async move {
                let alone = one_at_a_time.try_lock();
                assert!(alone.is_ok(), "two passwords are tried at the same time");
                tokio::task::yield_now().await;
                Err(AppError::of(*code))
            };
            paced(wrong, try_it, move |delay| async move {
                held(waits).push(delay.as_secs());
            })
        });
        futures_util::future::join_all(tries).await;
        waits.into_inner().unwrap_or_default()
    }

    #[tokio::test]
    async fn wrong_passwords_wait_longer_each_also_when_they_come_together() {
        let wrong = tokio::sync::Mutex::new(0);
        assert_eq!(tried(&wrong, &[ErrorCode::WrongPassword; 8]).await, [1, 2, 4, 8, 16]);
        // A file that cannot be read just now is no wrong password.
        assert_eq!(tried(&wrong, &[ErrorCode::Busy, ErrorCode::Busy]).await, [32, 32]);
        assert_eq!(tried(&wrong, &[ErrorCode::WrongPassword; 3]).await, [32, 60, 60]);
        let right = paced(&wrong, async { Ok(()) }, |_| async {}).await;
        assert!(right.is_ok());
        assert_eq!(tried(&wrong, &[ErrorCode::WrongPassword; 3]).await, [0u64; 0], "a right one begins anew");
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_has_tried_all_the_same() {
        let wrong = tokio::sync::Mutex::new(0);
        for _ in 0..FREE {
            let gone = paced(&wrong, std::future::pending(), |_| async {});
            assert!(futures_util::FutureExt::now_or_never(gone).is_none());
        }
        assert_eq!(tried(&wrong, &[ErrorCode::WrongPassword]).await, [1]);
    }

    #[test]
    fn an_answer_counts_for_the_item_that_is_looked_at() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let reprompts = Reprompts::default();
        reprompts.remember(one);
        reprompts.forget(Some(one));
        assert!(reprompts.is_answered(one) && !reprompts.is_answered(other));
        reprompts.forget(Some(other));
        assert!(!reprompts.is_answered(one));
    }
}
