//! Signing in from the page: by master password and whatever codes the server asks for, by a personal API key, or to
//! the demo.

use portico_client::{
    ApiKeySignIn, CancellationToken, MailedCode as Mailed, NamedService, SecretText, ServerAddress,
    SignInError, SignInOutcome, SignInRequest, TwoFactorAnswer, TwoFactorProvider,
};
use portico_profile::ApiKey;
use tauri::{AppHandle, Manager};

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        session::{
            KdfCosts, MailedCode, SignInBlock, SignInBy, SignInCode, SignInForm, SignInServer, SignInStep,
            TwoStepWay,
        },
    },
    failure::Answer,
    open, rotation,
    shell::Shell,
    trust::WayIn,
};

/// Signs in, unlocks, and begins the first sync; or says what the server wants to know besides.
pub async fn sign_in(app: &AppHandle, form: SignInForm) -> Answer<SignInStep> {
    let way = way_in(app, &form.server)?;
    let opening = app.state::<Shell>().begin_opening();
    let SignInForm { by, password, code, accept_cheaper_kdf, .. } = form;
    let password = SecretText::new(password);
    match by {
        SignInBy::Password { email } => {
            let request = request(way.server.clone(), email, password, code, accept_cheaper_kdf);
            by_password(app, &request, way, &opening).await
        }
        SignInBy::ApiKey { client_id, client_secret } => {
            let key = ApiKey::new(&client_id, SecretText::new(client_secret))
                .ok_or(AppError::of(ErrorCode::InvalidApiKey))?;
            let request = ApiKeySignIn { server: way.server.clone(), key, password, accept_cheaper_kdf };
            by_api_key(app, &request, way, &opening).await
        }
    }
}

/// Has the server mail the code that it asked for.
pub async fn mail_code(app: &AppHandle, form: SignInForm, which: MailedCode) -> Answer<()> {
    let way = way_in(app, &form.server)?;
    // An API key needs no code.
    let SignInBy::Password { email } = form.by else { return Err(AppError::of(ErrorCode::NotFound)) };
    let stop = app.state::<Shell>().begin_opening();
    let request = request(way.server, email, SecretText::new(form.password), None, form.accept_cheaper_kdf);
    let which = match which {
        MailedCode::TwoStep => Mailed::TwoStep,
        MailedCode::NewDevice => Mailed::NewDevice,
    };
    Ok(portico_client::mail_code(&way.api, &app.state::<Shell>().profile, &request, which, &stop).await?)
}

/// The demo: made if it is not there, served on this computer, signed in to as its provider admin.
#[cfg(feature = "demo")]
pub async fn explore_demo(app: &AppHandle) -> Answer<()> {
    use tauri::Emitter;

    use crate::dto::session::{DemoProgress, DemoStep};
    let shell = app.state::<Shell>();
    let step = |step| {
        let _ = app.emit("demo-progress", DemoProgress { step });
    };
    if !shell.hosting.is_seeded() {
        step(DemoStep::Seeding);
    }
    shell.hosting.seed().await?;
    step(DemoStep::Starting);
    let address = ServerAddress::Embedded(crate::hosting::DEMO.to_owned());
    let way = WayIn { api: open::connect(app, &address).await?, server: address.clone(), authority: None };
    step(DemoStep::SigningIn);
    let login = shell.hosting.account()?;
    let request = request(address, login.email, SecretText::new(login.password), None, false);
    let opening = shell.begin_opening();
    match by_password(app, &request, way, &opening).await? {
        SignInStep::Done => Ok(()),
        // The demo's first account signs in with its password alone.
        _ => Err(AppError::of(ErrorCode::UnsupportedSignIn)),
    }
}

#[cfg(not(feature = "demo"))]
pub async fn explore_demo(_app: &AppHandle) -> Answer<()> {
    Err(AppError::of(ErrorCode::NotFound))
}

/// Nothing but the demo's account has an outbox.
pub fn demo_on_page(shell: &Shell) -> Answer<()> {
    match shell.unlocked() {
        Some(open) if matches!(open.unlocked.server(), ServerAddress::Embedded(_)) => Ok(()),
        Some(_) => Err(AppError::of(ErrorCode::NotFound)),
        None => Err(AppError::of(ErrorCode::Locked)),
    }
}

fn way_in(app: &AppHandle, form: &SignInServer) -> Answer<WayIn> {
    let shell = app.state::<Shell>();
    let server = address(form)?;
    let authority = if form.with_authority { shell.chosen_authority().clone() } else { None };
    let api = portico_client::connect(&shell.profile, &server, None, authority.clone())?;
    Ok(WayIn { server, api, authority })
}

/// The server's address and what differs from it.
fn address(form: &SignInServer) -> Answer<ServerAddress> {
    let services = [
        (NamedService::Api, &form.api),
        (NamedService::Identity, &form.identity),
        (NamedService::WebVault, &form.web_vault),
    ];
    let elsewhere = services
        .into_iter()
        .filter_map(|(service, url)| Some((service, url.as_deref()?)))
        .filter(|(_, url)| !url.trim().is_empty());
    match ServerAddress::from_parts(&form.address, elsewhere) {
        Ok(ServerAddress::Embedded(_)) | Err(_) => Err(AppError::of(ErrorCode::InvalidAddress)),
        Ok(address) => Ok(address),
    }
}

fn request(
    server: ServerAddress,
    email: String,
    password: SecretText,
    code: Option<SignInCode>,
    accept_cheaper_kdf: bool,
) -> SignInRequest {
    let (two_factor, new_device_code) = match code {
        None => (None, None),
        Some(SignInCode::TwoStep { way, code, remember }) => {
            let (provider, code) = (provider(way), SecretText::new(code));
            // A recovery code turns the second step off: there is nothing to remember.
            let remember = remember && provider != TwoFactorProvider::RECOVERY_CODE;
            (Some(TwoFactorAnswer { provider, code, remember }), None)
        }
        Some(SignInCode::NewDevice { code }) => (None, Some(SecretText::new(code))),
    };
    SignInRequest { server, email, password, two_factor, new_device_code, accept_cheaper_kdf }
}

async fn by_password(
    app: &AppHandle,
    request: &SignInRequest,
    way: WayIn,
    opening: &CancellationToken,
) -> Answer<SignInStep> {
    let shell = app.state::<Shell>();
    match portico_client::sign_in(&way.api, &shell.profile, request, opening).await {
        Ok(SignInOutcome::SignedIn(unlocked)) => {
            way.enter(app, *unlocked, opening).await?;
            Ok(SignInStep::Done)
        }
        Ok(SignInOutcome::TwoFactorRequired(challenge)) => Ok(SignInStep::TwoStep {
            ways: ways(&challenge.providers),
            others: ways(&challenge.others),
            mailed_to: challenge.mailed_to.map(|text| text.as_str().to_owned()),
        }),
        Ok(SignInOutcome::NewDeviceCodeRequired) => Ok(SignInStep::NewDeviceCode),
        Ok(SignInOutcome::KeyRotated(rotated)) => rotation::met(app, *rotated, way, opening).await,
        Err(error) => further(error),
    }
}

async fn by_api_key(
    app: &AppHandle,
    request: &ApiKeySignIn,
    way: WayIn,
    opening: &CancellationToken,
) -> Answer<SignInStep> {
    let shell = app.state::<Shell>();
    match portico_client::sign_in_with_api_key(&way.api, &shell.profile, request, opening).await {
        Ok(SignInOutcome::SignedIn(unlocked)) => {
            way.enter(app, *unlocked, opening).await?;
            Ok(SignInStep::Done)
        }
        Ok(SignInOutcome::KeyRotated(rotated)) => rotation::met(app, *rotated, way, opening).await,
        // A key asks for no code.
        Ok(SignInOutcome::TwoFactorRequired(_) | SignInOutcome::NewDeviceCodeRequired) => {
            Err(AppError::of(ErrorCode::UnsupportedSignIn))
        }
        Err(error) => further(error),
    }
}

/// What is no failure but another step, or a way that leads no further.
fn further(error: SignInError) -> Answer<SignInStep> {
    let blocked = |reason| Ok(SignInStep::Blocked { reason, others: Vec::new() });
    match error {
        SignInError::UnsupportedTwoFactor { providers } => {
            Ok(SignInStep::Blocked { reason: SignInBlock::TwoStep, others: ways(&providers) })
        }
        SignInError::SsoRequired { recovered: false } => blocked(SignInBlock::SingleSignOn),
        SignInError::SsoRequired { recovered: true } => blocked(SignInBlock::SingleSignOnAfterRecovery),
        SignInError::NoMasterPassword => blocked(SignInBlock::NoMasterPassword),
        SignInError::KdfLowered { before, now } => {
            Ok(SignInStep::KdfLowered { before: before.into(), now: now.into() })
        }
        error => Err(error.into()),
    }
}

fn provider(way: TwoStepWay) -> TwoFactorProvider {
    match way {
        TwoStepWay::Authenticator | TwoStepWay::Unknown => TwoFactorProvider::AUTHENTICATOR,
        TwoStepWay::Email => TwoFactorProvider::EMAIL,
        TwoStepWay::YubiKey => TwoFactorProvider::YUBI_KEY,
        TwoStepWay::RecoveryCode => TwoFactorProvider::RECOVERY_CODE,
        TwoStepWay::Duo => TwoFactorProvider::DUO,
        TwoStepWay::WebAuthn => TwoFactorProvider::WEB_AUTHN,
    }
}

/// Each way once, in the order in which the official clients prefer what this program offers.
fn ways(providers: &[TwoFactorProvider]) -> Vec<TwoStepWay> {
    let mut ways = Vec::new();
    for provider in providers {
        let way = match *provider {
            TwoFactorProvider::AUTHENTICATOR => TwoStepWay::Authenticator,
            TwoFactorProvider::EMAIL => TwoStepWay::Email,
            TwoFactorProvider::YUBI_KEY => TwoStepWay::YubiKey,
            TwoFactorProvider::DUO | TwoFactorProvider::ORGANIZATION_DUO => TwoStepWay::Duo,
            TwoFactorProvider::WEB_AUTHN => TwoStepWay::WebAuthn,
            TwoFactorProvider::RECOVERY_CODE => TwoStepWay::RecoveryCode,
            // A remembered device is asked for by nobody.
            TwoFactorProvider::REMEMBER => continue,
            _ => TwoStepWay::Unknown,
        };
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways.sort_by_key(|way| match way {
        TwoStepWay::Authenticator => 0,
        TwoStepWay::YubiKey => 1,
        TwoStepWay::Email => 2,
        _ => 3,
    });
    ways
}

impl From<portico_client::Kdf> for KdfCosts {
    fn from(kdf: portico_client::Kdf) -> Self {
        match kdf {
            portico_client::Kdf::Pbkdf2(costs) => Self::Pbkdf2 { iterations: costs.iterations() },
            portico_client::Kdf::Argon2id(costs) => Self::Argon2id {
                iterations: costs.iterations(),
                memory_mib: costs.memory_kib() / 1024,
                parallelism: costs.parallelism(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(address: &str) -> SignInServer {
        SignInServer {
            address: address.to_owned(),
            api: None,
            identity: None,
            web_vault: None,
            with_authority: false,
        }
    }

    #[test]
    fn the_form_becomes_one_address() {
        let text = |form: &SignInServer| address(form).map(|address| address.to_string());
        assert_eq!(text(&form(" vault.example ")).ok().as_deref(), Some("https://vault.example"));
        let mut split = form("https://vault.example");
        split.api = Some(" https://api.example ".to_owned());
        split.identity = Some("  ".to_owned());
        assert_eq!(text(&split).ok().as_deref(), Some("https://vault.example api=https://api.example"));
        split.api = Some("https://api.example web=https://evil.example".to_owned());
        split.web_vault = Some("https://vault.example".to_owned());
        assert!(text(&split).is_err(), "one field names one service");
        for wrong in ["", "embedded:demo", "http://vault.example", "bitwarden.com api=https://x.example"] {
            let outcome = address(&form(wrong)).err().map(|error| error.code);
            assert_eq!(outcome, Some(ErrorCode::InvalidAddress), "{wrong}");
        }
    }

    #[test]
    fn what_is_typed_stands_before_what_is_mailed() {
        let offered = [
            TwoFactorProvider::EMAIL,
            TwoFactorProvider::REMEMBER,
            TwoFactorProvider::AUTHENTICATOR,
            TwoFactorProvider::DUO,
            TwoFactorProvider::ORGANIZATION_DUO,
        ];
        assert_eq!(ways(&offered), [TwoStepWay::Authenticator, TwoStepWay::Email, TwoStepWay::Duo]);
    }

    #[test]
    fn a_recovery_code_remembers_no_device() {
        let code =
            SignInCode::TwoStep { way: TwoStepWay::RecoveryCode, code: "abcd".to_owned(), remember: true };
        let request = request(
            ServerAddress::Europe,
            "maya@brightwater.example".to_owned(),
            SecretText::new("secret".to_owned()),
            Some(code),
            false,
        );
        assert!(request.two_factor.is_some_and(|answer| !answer.remember));
    }

    #[test]
    fn ways_that_lead_no_further_are_steps_and_not_failures() {
        let sso = further(SignInError::SsoRequired { recovered: false });
        let expected = SignInStep::Blocked { reason: SignInBlock::SingleSignOn, others: Vec::new() };
        assert_eq!(sso.ok(), Some(expected));
        let keys =
            further(SignInError::UnsupportedTwoFactor { providers: vec![TwoFactorProvider::WEB_AUTHN] });
        let expected =
            SignInStep::Blocked { reason: SignInBlock::TwoStep, others: vec![TwoStepWay::WebAuthn] };
        assert_eq!(keys.ok(), Some(expected));
        let code = |error| further(error).err().map(|error| error.code);
        assert_eq!(code(SignInError::WrongPassword), Some(ErrorCode::WrongLogin));
        let by_key = code(SignInError::WrongMasterPassword);
        assert_eq!(by_key, Some(ErrorCode::WrongPassword), "no e-mail address was asked for");
    }
}
