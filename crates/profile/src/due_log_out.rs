//! Log-outs that an organization's policy wants after a time without anybody there. The program that counts may be gone
//! when that time is over: whichever opens the profile next carries them out.

use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::folder::{Profile, ProfileError};
use crate::settings::DueLogOut;

/// A log-out whose time was over.
#[derive(Debug)]
pub struct LogOutByPolicy {
    /// Whose.
    pub account: Uuid,
    /// What the policy says.
    pub after_minutes: u32,
    /// An error means that the account is still signed in, and that the log-out is still due.
    pub outcome: Result<(), ProfileError>,
}

impl DueLogOut {
    /// Whether its time is over. One that lies in the future, because a clock was set, is not.
    pub fn is_over(&self, now: OffsetDateTime) -> bool {
        let minutes = Duration::from_secs(u64::from(self.after_minutes) * 60);
        Duration::try_from(now - self.since).is_ok_and(|gone| gone >= minutes)
    }
}

impl Profile {
    /// Signs out every account whose log-out is due, with its archive kept: the policy is about the session. For programs
    /// that open the profile, do one thing and end; one that stays has a clock of its own.
    pub fn carry_out_log_outs(&self) -> Vec<LogOutByPolicy> {
        let mut carried_out = Vec::new();
        for (account, due) in self.settings().due_log_outs {
            if !self.is_log_out_due(account) {
                continue;
            }
            let outcome = match self.remove(account, true) {
                // It is gone already, and what the settings say of it with it.
                Err(ProfileError::NoSuchAccount) => {
                    self.forget_log_out(account, due);
                    continue;
                }
                outcome => outcome,
            };
            if outcome.is_ok() {
                self.forget_log_out(account, due);
            }
            carried_out.push(LogOutByPolicy { account, after_minutes: due.after_minutes, outcome });
        }
        carried_out
    }

    /// Whether a policy wants this account signed out by now.
    pub fn is_log_out_due(&self, account: Uuid) -> bool {
        let now = OffsetDateTime::from(self.clock().now());
        self.settings().due_log_outs.get(&account).is_some_and(|due| due.is_over(now))
    }

    fn forget_log_out(&self, account: Uuid, done: DueLogOut) {
        let forgotten = self.change_settings(|settings| {
            // Another program may have begun to count anew.
            if settings.due_log_outs.get(&account) == Some(&done) {
                settings.due_log_outs.remove(&account);
            }
        });
        if let Err(error) = forgotten {
            tracing::warn!(%error, "a log-out that was carried out is still noted as due");
        }
    }
}
