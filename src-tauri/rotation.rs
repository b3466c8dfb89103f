//! Signing in to an account whose user key was rotated elsewhere: what is kept is brought along, or set aside.
//!
//! Is the account open still, or does the password of now open the key from before, nothing is asked. Otherwise the
//! person is asked for the password of then, once.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use portico_client::{CancellationToken, PreviousKey, RotatedKey};
use portico_profile::Profile;
use tauri::{AppHandle, Manager};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        session::SignInStep,
    },
    failure::Answer,
    held::held,
    shell::Shell,
    syncing,
    trust::WayIn,
};

/// How long requests under way may hold an account that was just closed.
const LAST_HOLDERS: Duration = Duration::from_secs(10);

/// Let in by the server; the password from before is being asked for.
#[derive(Default)]
pub struct Rotation(Mutex<Option<(RotatedKey, WayIn)>>);

impl Rotation {
    /// The person turned to something else.
    pub fn forget(&self) {
        drop(self.take());
    }

    fn ask(&self, rotated: RotatedKey, way: WayIn) {
        *held(&self.0) = Some((rotated, way));
    }

    fn take(&self) -> Option<(RotatedKey, WayIn)> {
        held(&self.0).take()
    }
}

/// The server let the person in, and the key is another one than that of the file.
pub async fn met(
    app: &AppHandle,
    mut rotated: RotatedKey,
    way: WayIn,
    opening: &CancellationToken,
) -> Answer<SignInStep> {
    let shell = app.state::<Shell>();
    let known = rotated.take_known();
    let of_open = shell.session().get(rotated.account()).map(|open| PreviousKey::of(&open.unlocked));
    let Some(previous) = known.or(of_open) else {
        shell.rotation.ask(rotated, way);
        // A lock in the meantime forgot what was there before; keys must not outlive it.
        if opening.is_cancelled() {
            shell.rotation.forget();
            return Err(AppError::of(ErrorCode::Cancelled));
        }
        return Ok(SignInStep::PreviousPassword);
    };
    close(app, rotated.account()).await;
    bring_along(app, rotated, previous, way, opening).await?;
    Ok(SignInStep::Done)
}

/// The password from before the rotation brings the history along. A wrong one can be tried again.
pub async fn bring_history(app: &AppHandle, password: Zeroizing<String>) -> Answer<()> {
    let shell = app.state::<Shell>();
    let opening = shell.opening();
    let (rotated, way) = shell.rotation.take().ok_or(AppError::of(ErrorCode::Cancelled))?;
    let (rotated, previous) = in_profile(app, move |profile| {
        let previous = rotated.previous_key(profile, &password);
        (rotated, previous)
    })
    .await?;
    match previous {
        Ok(previous) => bring_along(app, rotated, previous, way, &opening).await,
        Err(error) => {
            shell.rotation.ask(rotated, way);
            // As above.
            if opening.is_cancelled() {
                shell.rotation.forget();
            }
            Err(error.into())
        }
    }
}

/// Begins a new file; the old one stays beside it.
pub async fn set_aside(app: &AppHandle) -> Answer<()> {
    let shell = app.state::<Shell>();
    let opening = shell.opening();
    let (rotated, way) = shell.rotation.take().ok_or(AppError::of(ErrorCode::Cancelled))?;
    let unlocked = in_profile(app, move |profile| rotated.set_aside(profile)).await??;
    way.enter(app, unlocked, &opening).await
}

/// The account is not on the page: that is the sign-in.
async fn close(app: &AppHandle, account: Uuid) {
    let closed = app.state::<Shell>().session().close(account);
    if let Some((open, _)) = closed {
        open.closing.cancel();
        app.state::<Shell>().keep_log_out(&open);
        syncing::ended(&open).await;
        let gone = std::sync::Arc::downgrade(&open);
        drop(open);
        let begun = Instant::now();
        // The file is replaced only when nobody has it open any more.
        while gone.strong_count() > 0 && begun.elapsed() < LAST_HOLDERS {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Sealing everything anew takes as long as the history is large.
async fn bring_along(
    app: &AppHandle,
    rotated: RotatedKey,
    previous: PreviousKey,
    way: WayIn,
    opening: &CancellationToken,
) -> Answer<()> {
    let unlocked = in_profile(app, move |profile| rotated.carry_over(profile, &previous)).await??;
    way.enter(app, unlocked, opening).await
}

async fn in_profile<T: Send + 'static>(
    app: &AppHandle,
    work: impl FnOnce(&Profile) -> T + Send + 'static,
) -> Answer<T> {
    let handle = app.clone();
    tauri::async_runtime::spawn_blocking(move || work(&handle.state::<Shell>().profile))
        .await
        .map_err(|error| AppError::internal(&error))
}
