//! Opening, showing, locking and signing out accounts. The one place where the session changes.

use std::sync::Arc;

use portico_client::{ApiClient, CancellationToken, ServerAddress};
use portico_profile::{Profile, ProfileError, UnlockError, Unlocked};
use tauri::{AppHandle, Manager, async_runtime::JoinHandle};
use tokio::sync::oneshot;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        session::{NoticeAbout, SessionNotice},
    },
    failure::Answer,
    live,
    session::Shown,
    shell::{Open, Shell},
    syncing, told,
    web_process::WebProcesses,
    window,
};

/// Turns the window to an account: to its page while it is open, to its lock screen otherwise. What was open stays open,
/// unless the person wants it locked then. One that is signed out is signed in to again.
pub async fn choose(app: &AppHandle, account: Uuid) -> Answer<()> {
    let shell = app.state::<Shell>();
    let known = shell.profile.accounts()?;
    let account = known.iter().find(|known| known.id == account).ok_or(AppError::of(ErrorCode::NotFound))?;
    let shown = if account.signed_out { Shown::SignInAgain(account.id) } else { Shown::Account(account.id) };
    turn(app, shown).await;
    Ok(())
}

/// Turns the window to the sign-in: for a new account, or for one whose session has ended. It stays open meanwhile.
pub async fn show_sign_in(app: &AppHandle, again: Option<Uuid>) {
    turn(app, again.map_or(Shown::SignedOut, Shown::SignInAgain)).await;
}

async fn turn(app: &AppHandle, shown: Shown) {
    let shell = app.state::<Shell>();
    shell.begin_opening();
    shell.rotation.forget();
    *shell.chosen_authority() = None;
    let left = shell.session().show(shown);
    if let Shown::Account(account) = shown {
        shell.profile.remember_last(account);
        if shell.profile.settings().lock_on_switch {
            let others = shell.session().close_others();
            end(app, others).await;
        }
    }
    if left { drop(renew(app, None)) } else { told::tell(app) }
}

/// Unlocks offline: nothing but the master password is needed. What the server says comes after.
pub async fn unlock(app: &AppHandle, account: Uuid, password: Zeroizing<String>) -> Answer<()> {
    unlock_by(app, move |profile| profile.unlock(account, &password)).await?.map_err(AppError::from)
}

/// Unlocks by one of the profile's ways. What the profile refuses is the inner error.
pub async fn unlock_by(
    app: &AppHandle,
    way: impl FnOnce(&Profile) -> Result<Unlocked, UnlockError> + Send + 'static,
) -> Answer<Result<(), UnlockError>> {
    let opening = app.state::<Shell>().begin_opening();
    let handle = app.clone();
    let opened = tauri::async_runtime::spawn_blocking(move || way(&handle.state::<Shell>().profile))
        .await
        .map_err(|error| AppError::internal(&error))?;
    let unlocked = match opened {
        Ok(unlocked) => unlocked,
        Err(error) => return Ok(Err(error)),
    };
    let api = match connect(app, unlocked.server()).await {
        Ok(api) => Some(api),
        // Reading needs no server; that there is none is shown by the sync state.
        Err(error) => {
            tracing::warn!(code = ?error.code, "no connection for the account");
            None
        }
    };
    enter(app, unlocked, api, &opening).await.map(Ok)
}

/// Where the account's server is now; the embedded one is started, for who was invited to it and names its address too.
pub async fn connect(app: &AppHandle, address: &ServerAddress) -> Answer<ApiClient> {
    let shell = app.state::<Shell>();
    let embedded = match address {
        #[cfg(feature = "demo")]
        ServerAddress::Embedded(_) => Some(shell.hosting.start().await?),
        #[cfg(feature = "demo")]
        ServerAddress::SelfHosted(url) if shell.hosting.is_own(url) => {
            if let Err(error) = shell.hosting.start().await {
                tracing::warn!(%error, "the embedded service does not start");
            }
            None
        }
        _ => None,
    };
    Ok(portico_client::connect(&shell.profile, address, embedded.as_ref(), None)?)
}

/// The account's connection. Where there was none, as while another program served the embedded service, it is tried anew.
pub async fn connection(app: &AppHandle, open: &Arc<Open>) -> Answer<ApiClient> {
    if let Some(api) = open.api() {
        return Ok(api);
    }
    let api = connect(app, open.unlocked.server()).await?;
    if open.closing.is_cancelled() {
        // Locked meanwhile: nobody else ends what was started for it.
        stop_unneeded(app).await;
        return Err(AppError::of(ErrorCode::Cancelled));
    }
    open.connect_by(api.clone());
    live::begin(app, open);
    Ok(api)
}

/// Open accounts are asked at the pace of the settings from now on; a sync under way ends as it began.
pub async fn keep_pace(app: &AppHandle) {
    let all: Vec<Arc<Open>> = app.state::<Shell>().session().all_open().map(Arc::clone).collect();
    for open in all {
        // An embedded service is asked as fast as it answers.
        if matches!(open.unlocked.server(), ServerAddress::Embedded(_)) {
            continue;
        }
        match connect(app, open.unlocked.server()).await {
            Ok(api) => {
                open.connect_by(api);
                live::begin(app, &open);
            }
            Err(error) => tracing::warn!(code = ?error.code, "no connection for the account"),
        }
    }
}

/// The account becomes the one on the page, and is brought up to date; unless something else was opened, chosen or
/// locked since `opening` began.
pub async fn enter(
    app: &AppHandle,
    unlocked: Unlocked,
    api: Option<ApiClient>,
    opening: &CancellationToken,
) -> Answer<()> {
    let shell = app.state::<Shell>();
    let open = Arc::new(Open::new(unlocked, api));
    let (left, before) = {
        let mut session = shell.session();
        if opening.is_cancelled() {
            return Err(AppError::of(ErrorCode::Cancelled));
        }
        session.admit(open.account(), Arc::clone(&open))
    };
    let mut ended: Vec<_> = before.into_iter().collect();
    if shell.profile.settings().lock_on_switch {
        ended.extend(shell.session().close_others());
    }
    shell.profile.remember_last(open.account());
    shell.touch();
    syncing::show_picture(app, &open);
    if left {
        drop(renew(app, None));
    } else {
        told::tell(app)
    }
    shell.rotation.forget();
    syncing::begin(app, &open);
    end(app, ended).await;
    Ok(())
}

/// Locks every account: drops keys and opened data, clears the clipboard, ends the embedded service, and replaces the
/// webview.
pub async fn lock(app: &AppHandle) {
    let (open, on_page) = close_all(app);
    finish_lock(app, open, on_page).await;
}

/// As [`lock`], where the process of this webview has ended: another one takes its place also where nothing was open.
pub async fn lock_dead(app: &AppHandle, webview: window::Number) {
    let (open, _) = close_all(app);
    let renewed = renew(app, Some(webview));
    end(app, open).await;
    let _ = renewed.await;
}

/// As [`lock`], and nothing is shown any more: the program is about to end.
pub async fn lock_and_show_nothing(app: &AppHandle) {
    let (open, _) = close_all(app);
    let handle = app.clone();
    if let Err(error) = app.run_on_main_thread(move || window::take_away(&handle)) {
        tracing::error!(%error, "the window is gone");
    }
    end(app, open).await;
}

fn close_all(app: &AppHandle) -> (Vec<Arc<Open>>, bool) {
    let shell = app.state::<Shell>();
    shell.begin_opening();
    shell.rotation.forget();
    let (open, on_page) = shell.session().close_all();
    for open in &open {
        open.closing.cancel();
    }
    (open, on_page)
}

/// Locks one account and leaves the others as they are.
pub async fn lock_one(app: &AppHandle, account: Uuid) {
    let shell = app.state::<Shell>();
    shell.begin_opening();
    let Some((open, on_page)) = shell.session().close(account) else { return };
    finish_lock(app, vec![open], on_page).await;
}

async fn finish_lock(app: &AppHandle, open: Vec<Arc<Open>>, on_page: bool) {
    if open.is_empty() {
        return;
    }
    for open in &open {
        open.closing.cancel();
    }
    let renewed = on_page.then(|| renew(app, None));
    if !on_page {
        told::tell(app)
    }
    end(app, open).await;
    // Who asked for the lock may let the computer sleep then, with all that is in memory.
    if let Some(renewed) = renewed {
        let _ = renewed.await;
    }
}

/// Lets go of accounts that are open no more. With the last holder the keys are wiped and the file is written: never
/// under the session's lock.
async fn end(app: &AppHandle, open: Vec<Arc<Open>>) {
    if open.is_empty() {
        return;
    }
    // What was copied or selected may be of one of them.
    app.state::<Shell>().clipboard.clear();
    #[cfg(target_os = "linux")]
    crate::selection::let_go(app);
    for open in open {
        open.closing.cancel();
        app.state::<Shell>().keep_log_out(&open);
        tracing::info!(account = %open.account(), "locked");
    }
    // Last, because requests under way may take it two seconds, and what is on the screen must not wait for that.
    stop_unneeded(app).await;
}

/// Ends the embedded service where no account of it is open.
async fn stop_unneeded(app: &AppHandle) {
    #[cfg(feature = "demo")]
    {
        let shell = app.state::<Shell>();
        let is_there = |open: &Arc<Open>| match open.unlocked.server() {
            ServerAddress::Embedded(_) => true,
            ServerAddress::SelfHosted(url) => shell.hosting.is_own(url),
            _ => false,
        };
        if !shell.session().all_open().any(is_there) {
            shell.hosting.stop().await;
        }
    }
    #[cfg(not(feature = "demo"))]
    let _ = app;
}

/// Replaces the webview: nothing of the page that was shown stays in the memory of the one that comes. It is done without
/// being waited for; the handle is for those who have to know when the old page's process has ended. With `only` it is done
/// if that one is still shown.
fn renew(app: &AppHandle, only: Option<window::Number>) -> JoinHandle<()> {
    let (destroyed, pages) = oneshot::channel();
    let handle = app.clone();
    let renewed = app.run_on_main_thread(move || {
        if only.is_some_and(|webview| !handle.state::<window::Webviews>().shows(webview)) {
            return;
        }
        let before = WebProcesses::running();
        if let Err(error) = window::renew(&handle) {
            tracing::error!(%error, "the webview could not be renewed");
        }
        let _ = destroyed.send(before);
    });
    if let Err(error) = renewed {
        tracing::error!(%error, "the window is gone");
    }
    tauri::async_runtime::spawn(async move {
        if let Ok(pages) = pages.await {
            pages.ended().await;
        }
    })
}

/// Signs out. With `keep_archive` the sealed history stays for the next sign-in; otherwise everything goes. What can be
/// seen beforehand to be in the way is told while the page is still there; what comes up later, on the lock screen.
pub async fn log_out(app: &AppHandle, account: Uuid, keep_archive: bool) -> Answer<()> {
    // An unlock that is under way must not open what is being removed.
    app.state::<Shell>().begin_opening();
    let open = app.state::<Shell>().session().get(account).map(Arc::clone);
    if let Some(open) = &open {
        // What the sync is just writing has to be done first, or the file is in use.
        syncing::cancel(open);
        syncing::ended(open).await;
    }
    in_profile(app, move |shell| shell.profile.check_removable(account, keep_archive)).await?;
    let was_open = open.is_some();
    drop(open);
    if was_open {
        lock_one(app, account).await;
    }
    let removed = in_profile(app, move |shell| shell.profile.remove(account, keep_archive)).await;
    let shell = app.state::<Shell>();
    if let Err(error) = removed {
        let mut known = shell.profile.accounts().unwrap_or_default().into_iter();
        let email = known.find(|known| known.id == account).map(|known| known.email);
        let about = NoticeAbout::LogOut { email: email.unwrap_or_else(|| account.to_string()) };
        shell.session().say(SessionNotice { about, error: error.clone() });
        told::tell(app);
        return Err(error);
    }
    shell.forget_log_out(account);
    let next = shell.profile.accounts()?.into_iter().find(|next| !next.signed_out && next.id != account);
    shell.session().forget(account, next.map(|next| next.id));
    told::tell(app);
    Ok(())
}

/// Files may be slow, or waited for: never on a thread of the runtime.
async fn in_profile(
    app: &AppHandle,
    work: impl FnOnce(&Shell) -> Result<(), ProfileError> + Send + 'static,
) -> Answer<()> {
    let handle = app.clone();
    let done = tauri::async_runtime::spawn_blocking(move || work(&handle.state::<Shell>())).await;
    Ok(done.map_err(|error| AppError::internal(&error))??)
}
