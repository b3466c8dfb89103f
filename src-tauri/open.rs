//! Opening and closing accounts: sign-in, unlock, lock, log-out, the demo. The one place where the session changes.

use std::sync::Arc;

use portico_client::{
    ApiClient, CancellationToken, SecretText, ServerAddress, SignInOutcome, SignInRequest, TwoFactorAnswer,
    TwoFactorProvider,
};
use portico_profile::{AccountSummary as Known, Unlocked};
use tauri::{AppHandle, Emitter, Manager};
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

#[cfg(feature = "demo")]
use crate::dto::session::{DemoProgress, DemoStep};
use crate::{
    dto::{
        error::{AppError, ErrorCode},
        session::{
            AccountKind, AccountSummary, ProviderRef, SessionState, SignInCode, SignInForm, SignInStep,
            UnlockedAccount,
        },
    },
    failure::Answer,
    shell::{Open, Session, Shell, shown_server},
    syncing, views, window,
};

/// Where the page stands.
pub fn state(shell: &Shell) -> Answer<SessionState> {
    let accounts = accounts(shell)?;
    let (locked, open) = match &*shell.session() {
        Session::SignedOut => (None, None),
        Session::Locked(id) => (Some(id.to_string()), None),
        Session::Unlocked(open) => (None, Some(Arc::clone(open))),
    };
    if let Some(open) = open {
        return Ok(SessionState::Unlocked { account: person(&open)? });
    }
    let chosen = locked.and_then(|id| accounts.iter().find(|account| account.id == id).cloned());
    Ok(match chosen {
        Some(account) => SessionState::Locked { account, accounts },
        None => SessionState::SignedOut { accounts },
    })
}

/// Chooses an account to unlock, or none: the welcome screen. An open account is locked first ("sign in again").
pub async fn choose(app: &AppHandle, account: Option<Uuid>) -> Answer<()> {
    let shell = app.state::<Shell>();
    shell.begin_opening();
    if shell.unlocked().is_some() {
        lock(app).await;
    }
    *shell.session() = account.map_or(Session::SignedOut, Session::Locked);
    tell(app);
    Ok(())
}

/// Signs in with a password, unlocks, and begins the first sync.
pub async fn sign_in(app: &AppHandle, form: SignInForm) -> Answer<SignInStep> {
    let shell = app.state::<Shell>();
    let address = ServerAddress::parse(&form.server).map_err(|_| AppError::of(ErrorCode::InvalidAddress))?;
    if matches!(address, ServerAddress::Embedded(_)) {
        return Err(AppError::of(ErrorCode::InvalidAddress));
    }
    let api = portico_client::connect(&shell.profile, &address, None, None)?;
    sign_in_at(app, address, api, form).await
}

async fn sign_in_at(
    app: &AppHandle,
    address: ServerAddress,
    api: ApiClient,
    form: SignInForm,
) -> Answer<SignInStep> {
    let shell = app.state::<Shell>();
    let opening = shell.begin_opening();
    let (two_factor, new_device_code) = match form.code {
        None => (None, None),
        Some(SignInCode::Authenticator { code, remember }) => {
            let provider = TwoFactorProvider::AUTHENTICATOR;
            (Some(TwoFactorAnswer { provider, code: SecretText::new(code), remember }), None)
        }
        Some(SignInCode::NewDevice { code }) => (None, Some(SecretText::new(code))),
    };
    let request = SignInRequest {
        server: address,
        email: form.email,
        password: SecretText::new(form.password),
        two_factor,
        new_device_code,
        accept_cheaper_kdf: false,
    };
    match portico_client::sign_in(&api, &shell.profile, &request, &opening).await? {
        SignInOutcome::SignedIn(unlocked) => {
            enter(app, *unlocked, Some(api), &opening)?;
            Ok(SignInStep::Done)
        }
        SignInOutcome::TwoFactorRequired { .. } => Ok(SignInStep::AuthenticatorCode),
        SignInOutcome::NewDeviceCodeRequired => Ok(SignInStep::NewDeviceCode),
    }
}

/// Unlocks offline: nothing but the master password is needed. What the server says comes after.
pub async fn unlock(app: &AppHandle, account: Uuid, password: Zeroizing<String>) -> Answer<()> {
    let opening = app.state::<Shell>().begin_opening();
    let handle = app.clone();
    let opened = tauri::async_runtime::spawn_blocking(move || {
        handle.state::<Shell>().profile.unlock(account, &password)
    })
    .await
    .map_err(|error| AppError::internal(&error))?;
    let unlocked = opened?;
    let api = match connect(app, unlocked.server()).await {
        Ok(api) => Some(api),
        // Reading needs no server; that there is none is shown by the sync state.
        Err(error) => {
            tracing::warn!(code = ?error.code, "no connection for the account");
            None
        }
    };
    enter(app, unlocked, api, &opening)
}

/// Where the account's server is now; the embedded one is started.
async fn connect(app: &AppHandle, address: &ServerAddress) -> Answer<ApiClient> {
    let shell = app.state::<Shell>();
    let embedded = match address {
        #[cfg(feature = "demo")]
        ServerAddress::Embedded(_) => {
            Some(shell.hosting.start().await.map_err(|error| AppError::internal(&error))?)
        }
        _ => None,
    };
    Ok(portico_client::connect(&shell.profile, address, embedded.as_ref(), None)?)
}

/// The account becomes the open one, and is brought up to date; unless something else was opened, chosen or locked
/// since `opening` began.
fn enter(
    app: &AppHandle,
    unlocked: Unlocked,
    api: Option<ApiClient>,
    opening: &CancellationToken,
) -> Answer<()> {
    let shell = app.state::<Shell>();
    let open = Arc::new(Open::new(unlocked, api));
    let before = {
        let mut session = shell.session();
        if opening.is_cancelled() {
            return Err(AppError::of(ErrorCode::Cancelled));
        }
        std::mem::replace(&mut *session, Session::Unlocked(Arc::clone(&open)))
    };
    if let Session::Unlocked(before) = &before {
        before.closing.cancel();
    }
    // Outside of the session's lock: with the last holder of an account its keys are wiped and its file is written.
    drop(before);
    shell.touch();
    shell.reset_status();
    syncing::show_picture(app, &open);
    tell(app);
    syncing::start(app, &open, None);
    syncing::keep_fresh(app, &open);
    Ok(())
}

/// Drops keys and opened data, clears the clipboard, ends the embedded service, and replaces the webview.
pub async fn lock(app: &AppHandle) {
    let shell = app.state::<Shell>();
    shell.begin_opening();
    let open = {
        let mut session = shell.session();
        let Session::Unlocked(open) = &*session else { return };
        let open = Arc::clone(open);
        *session = Session::Locked(open.account());
        open
    };
    open.closing.cancel();
    let account = open.account();
    drop(open);
    tracing::info!(%account, "locked");
    shell.clipboard.clear();
    shell.reset_status();
    let handle = app.clone();
    let renewed = app.run_on_main_thread(move || {
        if let Err(error) = window::renew(&handle) {
            tracing::error!(%error, "the webview could not be renewed");
        }
    });
    if let Err(error) = renewed {
        tracing::error!(%error, "the window is gone");
    }
    // Last, because requests under way may take it two seconds, and what is on the screen must not wait for that.
    #[cfg(feature = "demo")]
    shell.hosting.stop().await;
}

/// Signs out. With `keep_archive` the sealed history stays for the next sign-in; otherwise everything goes.
pub async fn log_out(app: &AppHandle, account: Uuid, keep_archive: bool) -> Answer<()> {
    let shell = app.state::<Shell>();
    if let Some(open) = shell.unlocked().filter(|open| open.account() == account) {
        // What the sync is just writing has to be done first, or the file is in use.
        open.closing.cancel();
        syncing::ended(&open).await;
        drop(open);
        lock(app).await;
    }
    let handle = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        handle.state::<Shell>().profile.remove(account, keep_archive)
    })
    .await
    .map_err(|error| AppError::internal(&error))??;
    {
        let mut session = shell.session();
        if matches!(*session, Session::Locked(locked) if locked == account) {
            *session = Session::SignedOut;
        }
    }
    tell(app);
    Ok(())
}

/// The demo: made if it is not there, served on this computer, signed in to as its provider admin.
#[cfg(feature = "demo")]
pub async fn explore_demo(app: &AppHandle) -> Answer<()> {
    let shell = app.state::<Shell>();
    let step = |step| {
        let _ = app.emit("demo-progress", DemoProgress { step });
    };
    if !shell.hosting.is_seeded() {
        step(DemoStep::Seeding);
    }
    shell.hosting.seed().await.map_err(|error| AppError::internal(&error))?;
    step(DemoStep::Starting);
    let address = ServerAddress::Embedded(crate::hosting::DEMO.to_owned());
    let api = connect(app, &address).await?;
    step(DemoStep::SigningIn);
    let login = shell.hosting.account().map_err(|error| AppError::internal(&error))?;
    let form =
        SignInForm { server: address.to_string(), email: login.email, password: login.password, code: None };
    match sign_in_at(app, address, api, form).await? {
        SignInStep::Done => Ok(()),
        // The demo's first account signs in without a second step.
        SignInStep::AuthenticatorCode | SignInStep::NewDeviceCode => {
            Err(AppError::of(ErrorCode::UnsupportedSignIn))
        }
    }
}

#[cfg(not(feature = "demo"))]
pub async fn explore_demo(_app: &AppHandle) -> Answer<()> {
    Err(AppError::of(ErrorCode::NotFound))
}

/// Tells the page where the session stands.
pub fn tell(app: &AppHandle) {
    match state(&app.state::<Shell>()) {
        Ok(state) => {
            let _ = app.emit("session", state);
        }
        Err(error) => tracing::error!(code = ?error.code, "the session cannot be told"),
    }
}

fn accounts(shell: &Shell) -> Answer<Vec<AccountSummary>> {
    let known = shell.profile.accounts()?;
    Ok(known.iter().filter(|account| !account.signed_out).map(|account| summary(shell, account)).collect())
}

fn summary(shell: &Shell, account: &Known) -> AccountSummary {
    let kind = kind(&account.server);
    AccountSummary {
        id: account.id.to_string(),
        email: account.email.clone(),
        server: shown_server(&account.server),
        kind,
        picture_at: account.picture_age.map(OffsetDateTime::from).and_then(views::date),
        demo_password: demo_password(shell, kind, &account.email),
    }
}

#[cfg(feature = "demo")]
fn demo_password(shell: &Shell, kind: AccountKind, email: &str) -> Option<String> {
    let login = (kind == AccountKind::Demo).then(|| shell.hosting.account().ok())??;
    (login.email == email).then_some(login.password)
}

#[cfg(not(feature = "demo"))]
fn demo_password(_shell: &Shell, _kind: AccountKind, _email: &str) -> Option<String> {
    None
}

fn kind(address: &ServerAddress) -> AccountKind {
    match address {
        ServerAddress::UnitedStates | ServerAddress::Europe => AccountKind::Cloud,
        ServerAddress::SelfHosted(_) => AccountKind::SelfHosted,
        ServerAddress::Embedded(_) => AccountKind::Demo,
    }
}

fn person(open: &Open) -> Answer<UnlockedAccount> {
    use portico_estate::{ProviderType, ProviderUserType};
    let picture = open.unlocked.picture();
    let profile = picture.profile()?;
    let email = open.unlocked.email().to_owned();
    Ok(UnlockedAccount {
        id: open.account().to_string(),
        user_id: open.account().to_string(),
        name: profile
            .and_then(|profile| profile.name.clone())
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| email.clone()),
        email,
        server: shown_server(open.unlocked.server()),
        kind: kind(open.unlocked.server()),
        provider: profile.and_then(|profile| profile.providers.first()).map(|provider| ProviderRef {
            id: provider.id.to_string(),
            name: provider.name.clone(),
            admin: provider.role == ProviderUserType::PROVIDER_ADMIN,
            enabled: provider.enabled,
            business_unit: provider.provider_type == ProviderType::BUSINESS_UNIT,
        }),
    })
}
