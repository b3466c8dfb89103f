//! `login`: signs in to a server and keeps the account in the profile.

use portico_client::{
    CancellationToken, SecretText, ServerAddress, SignInOutcome, SignInRequest, TwoFactorAnswer,
    TwoFactorProvider, connect, sign_in,
};
use portico_profile::{Profile, Unlocked};
use serde::Serialize;

use crate::account;
use crate::cli::{Global, Login};
use crate::commands::session::USUAL_SESSION;
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::password::ask_for_code;
use crate::trust;

#[derive(Serialize)]
struct SignedIn {
    server: String,
    email: String,
    id: String,
}

impl Row for SignedIn {
    const COLUMNS: &'static [&'static str] = &["Server", "E-mail", "Id"];

    fn cells(&self) -> Vec<String> {
        vec![self.server.clone(), self.email.clone(), self.id.clone()]
    }
}

pub(crate) fn run(global: &Global, format: Format, options: &Login) -> Result<(), Failure> {
    let server = ServerAddress::parse(&options.server)
        .map_err(|error| Failure::NoServer { text: options.server.clone(), reason: error.to_string() })?;
    if matches!(server, ServerAddress::Embedded(_)) {
        return Err(Failure::Embedded);
    }
    let profile = account::open_profile(global)?;
    let ca = options.ca.clone().or_else(|| trust::authority_of(&profile, &server));
    let password = global.password.read(&format!("Master password of {}", options.email))?;
    let client = connect(&profile, &server, None, ca)?;
    let mut request = SignInRequest {
        server: server.clone(),
        email: options.email.clone(),
        password: SecretText::new(password.expose().to_owned()),
        two_factor: options.code.as_deref().map(authenticator),
        new_device_code: options.new_device_code.clone().map(SecretText::new),
        accept_cheaper_kdf: options.accept_cheaper_kdf,
    };
    drop(password);
    let stop = CancellationToken::new();
    let runtime = tokio::runtime::Runtime::new()?;
    let unlocked = loop {
        match runtime.block_on(sign_in(&client, &profile, &request, &stop))? {
            SignInOutcome::SignedIn(unlocked) => break unlocked,
            SignInOutcome::TwoFactorRequired { providers } => answer_two_step(&mut request, &providers)?,
            SignInOutcome::NewDeviceCodeRequired => answer_new_device(&mut request)?,
        }
    };
    if let Some(file) = &options.ca {
        trust::remember(&profile, &server, file)?;
    }
    print(&profile, &unlocked, format, options.raw)
}

fn authenticator(code: &str) -> TwoFactorAnswer {
    TwoFactorAnswer {
        provider: TwoFactorProvider::AUTHENTICATOR,
        code: SecretText::new(code.trim().to_owned()),
        remember: true,
    }
}

fn answer_two_step(request: &mut SignInRequest, providers: &[TwoFactorProvider]) -> Result<(), Failure> {
    let asked = request.two_factor.is_none() && providers.contains(&TwoFactorProvider::AUTHENTICATOR);
    let code = if asked { ask_for_code("Code of the authenticator app")? } else { None };
    request.two_factor = Some(authenticator(&code.ok_or(Failure::CodeNeeded)?));
    Ok(())
}

fn answer_new_device(request: &mut SignInRequest) -> Result<(), Failure> {
    let asked = request.new_device_code.is_none();
    let code = if asked { ask_for_code("Code that the server mailed")? } else { None };
    request.new_device_code = Some(SecretText::new(code.ok_or(Failure::NewDeviceCodeNeeded)?));
    Ok(())
}

fn print(profile: &Profile, unlocked: &Unlocked, format: Format, raw: bool) -> Result<(), Failure> {
    if raw {
        let key = unlocked.open_session(USUAL_SESSION)?;
        return crate::commands::session::print_session(format, true, &key.expose_text());
    }
    let signed_in = SignedIn {
        server: unlocked.server().to_string(),
        email: unlocked.email().to_owned(),
        id: unlocked.account().to_string(),
    };
    tracing::debug!(profile = %profile.folder().display(), "signed in");
    Ok(output::one(format, &signed_in)?)
}
