//! What the page is told of the session and of the accounts on this computer.

use std::sync::Arc;

use portico_client::ServerAddress;
use portico_estate::{ProfileProvider, ProviderRights, ProviderType, WhyNot as Why, is_billable, not_blank};
use portico_profile::{AccountSummary as Known, PasswordNotice as Notice};
use tauri::{AppHandle, Emitter, Manager};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        session::{
            AccountKind, AccountState, AccountSummary, Damage, PasswordNotice, ProviderHindrances,
            ProviderKind, ProviderRef, SessionState, UnlockedAccount, WhyNot,
        },
    },
    failure::Answer,
    quick_unlock,
    session::Shown,
    shell::{Open, Shell, shown_server},
    views,
};

/// Tells the page where the session stands.
pub fn tell(app: &AppHandle) {
    match state(&app.state::<Shell>()) {
        Ok(state) => {
            let _ = app.emit("session", state);
        }
        Err(error) => tracing::error!(code = ?error.code, "the session cannot be told"),
    }
}

/// Where the page stands.
pub fn state(shell: &Shell) -> Answer<SessionState> {
    let (shown, before, notices, open) = {
        let session = shell.session();
        (session.shown(), session.before(), session.notices().to_vec(), session.on_page().map(Arc::clone))
    };
    let accounts = accounts(shell)?;
    if let Some(open) = open {
        return Ok(SessionState::Unlocked { account: person(&open)?, accounts });
    }
    let find = |id: Uuid| accounts.iter().find(|account| account.id == id.to_string()).cloned();
    let (chosen, again) = match shown {
        Shown::Account(id) => (find(id), None),
        Shown::SignInAgain(id) => (None, find(id)),
        Shown::SignedOut => (None, None),
    };
    Ok(match chosen {
        Some(account) if account.state != AccountState::SignedOut => {
            SessionState::Locked { account, accounts, notices }
        }
        signed_out => {
            let usable = |account: &&AccountSummary| account.state != AccountState::SignedOut;
            let first = || accounts.iter().find(usable).cloned();
            let back = before.and_then(find).filter(|account| usable(&account)).or_else(first);
            let back = back.map(|account| account.id);
            SessionState::SignedOut { again: again.or(signed_out), back, notices, accounts }
        }
    })
}

/// For what belongs to the sign-in alone.
pub fn at_sign_in(app: &AppHandle) -> Answer<()> {
    match state(&app.state::<Shell>())? {
        SessionState::SignedOut { .. } => Ok(()),
        SessionState::Locked { .. } | SessionState::Unlocked { .. } => Err(AppError::of(ErrorCode::Locked)),
    }
}

fn accounts(shell: &Shell) -> Answer<Vec<AccountSummary>> {
    Ok(shell.profile.accounts()?.iter().map(|account| summary(shell, account)).collect())
}

/// How an account stands, whether or not it is on the page.
pub fn account_state(shell: &Shell, account: &Known) -> AccountState {
    if account.signed_out {
        AccountState::SignedOut
    } else if shell.session().is_open(account.id) {
        AccountState::Open
    } else {
        AccountState::Locked
    }
}

fn summary(shell: &Shell, account: &Known) -> AccountSummary {
    let kind = kind(&account.server);
    let origin = shell.profile.authority_origin(&account.server);
    AccountSummary {
        id: account.id.to_string(),
        email: account.email.clone(),
        server: shown_server(&account.server),
        address: account.server.to_string(),
        kind,
        state: account_state(shell, account),
        authority: origin.and_then(|file| Some(file.file_name()?.to_string_lossy().into_owned())),
        has_picture: account.has_picture,
        picture_at: account.read_at.map(OffsetDateTime::from).and_then(views::date),
        demo_password: demo_password(shell, kind, &account.email),
        ways: quick_unlock::ways(&shell.profile, account.id),
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
        ServerAddress::SelfHosted(_) | ServerAddress::Separate(_) => AccountKind::SelfHosted,
        ServerAddress::Embedded(_) => AccountKind::Demo,
    }
}

fn person(open: &Open) -> Answer<UnlockedAccount> {
    let picture = open.unlocked.picture();
    let profile = picture.profile()?;
    let email = open.unlocked.email().to_owned();
    Ok(UnlockedAccount {
        id: open.account().to_string(),
        user_id: open.account().to_string(),
        name: not_blank(profile.and_then(|profile| profile.name.as_deref())).unwrap_or(&email).to_owned(),
        email,
        server: shown_server(open.unlocked.server()),
        kind: kind(open.unlocked.server()),
        older_file: open.is_older_file(),
        providers: profile.into_iter().flat_map(|profile| &profile.providers).map(provider).collect(),
        damage: damage(open),
        password_notice: open.unlocked.password_notice()?.map(|notice| match notice {
            Notice::SetByAdministrator => PasswordNotice::SetByAdministrator,
            Notice::BelowPolicy => PasswordNotice::BelowPolicy,
        }),
    })
}

fn provider(own: &ProfileProvider) -> ProviderRef {
    let kind = match own.provider_type {
        ProviderType::MSP => ProviderKind::Msp,
        ProviderType::RESELLER => ProviderKind::Reseller,
        ProviderType::BUSINESS_UNIT => ProviderKind::BusinessUnit,
        _ => ProviderKind::Other,
    };
    ProviderRef {
        id: own.id.to_string(),
        name: own.name.clone(),
        admin: ProviderRights::of(own).is_admin,
        enabled: own.enabled,
        kind,
        billable: is_billable(own),
        use_events: own.use_events,
        hindrances: hindrances(own),
    }
}

fn hindrances(own: &ProfileProvider) -> ProviderHindrances {
    let rights = ProviderRights::of(own);
    let told = |may: Result<(), Why>| {
        may.err().map(|why| match why {
            Why::ServiceUser => WhyNot::ServiceUser,
            Why::Suspended => WhyNot::Suspended,
            Why::NoLog => WhyNot::NoLog,
            Why::NotBillable => WhyNot::NotBilled,
            Why::Reseller => WhyNot::Reseller,
        })
    };
    ProviderHindrances {
        create_clients: told(rights.may_create_clients),
        add_clients: told(rights.may_add_clients),
        change_clients: told(rights.may_change_clients),
        unlink_clients: told(rights.may_unlink_clients),
        manage_members: told(rights.may_manage_members),
        read_events: told(rights.may_read_events),
        read_invoices: told(rights.may_read_billing),
        change_settings: told(rights.may_change_settings),
    }
}

fn damage(open: &Open) -> Option<Damage> {
    let losses = open.unlocked.losses();
    let recovered = open.unlocked.recovered();
    if losses.is_empty() && recovered.is_none() {
        return None;
    }
    let recovery = recovered.map(|recovered| recovered.recovery.clone()).unwrap_or_default();
    Some(Damage {
        set_aside: recovered.map(|recovered| recovered.set_aside.clone()),
        newest_lost: recovery.newest_lost,
        pictures_lost: views::count(recovery.heads_lost.len()),
        incomplete: losses.vault || losses.structure || !losses.clients.is_empty(),
    })
}
