//! `login`: signs in to a server and keeps the account in the profile.

use std::path::PathBuf;

use portico_client::{
    ApiClient, ApiKeySignIn, CancellationToken, Kdf, MailedCode, NamedService, RotatedKey, SecretText,
    ServerAddress, SignInError, SignInOutcome, SignInRequest, TwoFactorAnswer, TwoFactorChallenge,
    TwoFactorProvider, connect, mail_code, sign_in, sign_in_with_api_key,
};
use portico_profile::{ApiKey, Authority, Profile, Unlocked};
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::account;
use crate::cli::{Global, Login, PasswordSource, TwoStepMethod};
use crate::commands::online::saying_who_is_waited_for;
use crate::commands::session::USUAL_SESSION;
use crate::failure::Failure;
use crate::output::{self, Format, Row};
use crate::password::{ask_for_code, read_secret};

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
    if options.mail_code && options.method.is_some_and(|method| method != TwoStepMethod::Email) {
        return Err(Failure::MailedCodeElsewhere);
    }
    let server = server(options)?;
    let profile = account::open_profile(global)?;
    let read =
        |file: &PathBuf| Authority::read(file).map_err(|source| Failure::File { path: file.clone(), source });
    let authority = options.ca.as_ref().map(read).transpose()?;
    let client = connect(&profile, &server, None, authority.clone())?;
    let runtime = Runtime::new()?;
    let way = Way { runtime: &runtime, client: &client, profile: &profile, server: &server, global, options };
    let unlocked = if options.apikey { by_api_key(&way)? } else { by_password(&way)? };
    if let Some(authority) = &authority {
        profile.keep_authority(&server, authority)?;
    }
    let unlocked = account::telling(unlocked);
    account::tell_password_notice(&unlocked)?;
    print(&profile, &unlocked, format, options.raw)
}

/// The server's address and what differs from it.
fn server(options: &Login) -> Result<ServerAddress, Failure> {
    let services = [
        (NamedService::Api, &options.api_url),
        (NamedService::Identity, &options.identity_url),
        (NamedService::WebVault, &options.web_vault_url),
    ];
    let elsewhere = services.into_iter().filter_map(|(service, url)| Some((service, url.as_deref()?)));
    match ServerAddress::from_parts(&options.server, elsewhere) {
        Ok(ServerAddress::Embedded(_)) => Err(Failure::Embedded),
        Ok(server) => Ok(server),
        Err(error) => Err(Failure::NoServer { text: options.server.clone(), reason: error.to_string() }),
    }
}

/// Whereto, with what, and what was asked for.
struct Way<'a> {
    runtime: &'a Runtime,
    client: &'a ApiClient,
    profile: &'a Profile,
    server: &'a ServerAddress,
    global: &'a Global,
    options: &'a Login,
}

impl Way<'_> {
    fn wait_for<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(saying_who_is_waited_for(self.client, work))
    }
}

fn by_api_key(way: &Way<'_>) -> Result<Unlocked, Failure> {
    let &Way { client, profile, server, global, options, .. } = way;
    let id = options.client_id.clone().unwrap_or_default();
    let secret = read_secret(options.client_secret_file.as_ref(), "client_secret of the API key")?;
    let key = ApiKey::new(&id, SecretText::new(secret.expose().to_owned()))
        .ok_or(Failure::NoClientId { text: id })?;
    let password = global.password.read("Master password")?;
    let mut request = ApiKeySignIn {
        server: server.clone(),
        key,
        password: SecretText::new(password.expose().to_owned()),
        accept_cheaper_kdf: options.accept_cheaper_kdf,
    };
    drop((secret, password));
    let stop = CancellationToken::new();
    loop {
        match way.wait_for(sign_in_with_api_key(client, profile, &request, &stop)) {
            Ok(SignInOutcome::SignedIn(unlocked)) => return Ok(*unlocked),
            Ok(SignInOutcome::KeyRotated(rotated)) => {
                return bring_along(profile, *rotated, options);
            }
            // A key asks for no code.
            Ok(SignInOutcome::TwoFactorRequired(_) | SignInOutcome::NewDeviceCodeRequired) => {
                return Err(Failure::TwoStepElsewhere);
            }
            Err(error) => request.accept_cheaper_kdf = answer_refusal(error)?,
        }
    }
}

fn by_password(way: &Way<'_>) -> Result<Unlocked, Failure> {
    let &Way { client, profile, server, global, options, .. } = way;
    let email = options.email.clone().unwrap_or_default();
    let password = global.password.read(&format!("Master password of {email}"))?;
    let method = options.method.unwrap_or(TwoStepMethod::Authenticator);
    let mut request = SignInRequest {
        server: server.clone(),
        email,
        password: SecretText::new(password.expose().to_owned()),
        two_factor: options.code.as_deref().map(|code| answer(method, code)),
        new_device_code: options.new_device_code.clone().map(SecretText::new),
        accept_cheaper_kdf: options.accept_cheaper_kdf,
    };
    drop(password);
    let stop = CancellationToken::new();
    let mail = |request: &SignInRequest, which| {
        let mailed = way.wait_for(mail_code(client, profile, request, which, &stop));
        mailed.map_err(Failure::from).inspect(|()| eprintln!("The server was asked to mail a code."))
    };
    loop {
        match way.wait_for(sign_in(client, profile, &request, &stop)) {
            Ok(SignInOutcome::SignedIn(unlocked)) => return Ok(*unlocked),
            Ok(SignInOutcome::TwoFactorRequired(challenge)) => {
                let method = choose_method(options, &challenge)?;
                // A server mails by itself only where mail is the one way there is.
                let by_itself = challenge.providers == [TwoFactorProvider::EMAIL];
                if method == TwoStepMethod::Email
                    && request.two_factor.is_none()
                    && (options.mail_code || !by_itself)
                {
                    mail(&request, MailedCode::TwoStep)?;
                }
                answer_two_step(&mut request, method, &challenge)?;
            }
            Ok(SignInOutcome::KeyRotated(rotated)) => {
                return bring_along(profile, *rotated, options);
            }
            Ok(SignInOutcome::NewDeviceCodeRequired) => {
                if options.mail_code && request.new_device_code.is_none() {
                    mail(&request, MailedCode::NewDevice)?;
                }
                answer_new_device(&mut request)?;
            }
            Err(error) => request.accept_cheaper_kdf = answer_refusal(error)?,
        }
    }
}

fn answer(method: TwoStepMethod, code: &str) -> TwoFactorAnswer {
    TwoFactorAnswer {
        provider: provider(method),
        code: SecretText::new(code.trim().to_owned()),
        // A recovery code turns the second step off: there is nothing to remember.
        remember: method != TwoStepMethod::Recovery,
    }
}

fn provider(method: TwoStepMethod) -> TwoFactorProvider {
    match method {
        TwoStepMethod::Authenticator => TwoFactorProvider::AUTHENTICATOR,
        TwoStepMethod::Email => TwoFactorProvider::EMAIL,
        TwoStepMethod::Yubikey => TwoFactorProvider::YUBI_KEY,
        TwoStepMethod::Recovery => TwoFactorProvider::RECOVERY_CODE,
    }
}

/// Methods that a command line can answer, by the names they are asked for with.
const METHODS: [(TwoStepMethod, &str); 3] = [
    (TwoStepMethod::Authenticator, "authenticator"),
    (TwoStepMethod::Yubikey, "yubikey"),
    (TwoStepMethod::Email, "email"),
];

fn offered(challenge: &TwoFactorChallenge) -> Vec<(TwoStepMethod, &'static str)> {
    METHODS.into_iter().filter(|(method, _)| challenge.providers.contains(&provider(*method))).collect()
}

/// The method that was named; mail where a mail is asked for; else the only one; else the person says which, where there is a terminal.
fn choose_method(options: &Login, challenge: &TwoFactorChallenge) -> Result<TwoStepMethod, Failure> {
    let offered = offered(challenge);
    if let Some(method) = options.method {
        return Ok(method);
    }
    if options.mail_code {
        let by_mail = offered.iter().find(|(method, _)| *method == TwoStepMethod::Email);
        return by_mail.map(|(method, _)| *method).ok_or(Failure::NoMailedCode);
    }
    if let [(only, _)] = offered.as_slice() {
        return Ok(*only);
    }
    let names: Vec<&str> = offered.iter().map(|(_, name)| *name).collect();
    let typed = ask_for_code(&format!("Two-step login ({})", names.join(", ")))?;
    let chosen = |typed: String| offered.iter().find(|(_, name)| *name == typed).map(|(method, _)| *method);
    typed.and_then(chosen).ok_or(Failure::CodeNeeded { methods: names })
}

fn answer_two_step(
    request: &mut SignInRequest,
    method: TwoStepMethod,
    challenge: &TwoFactorChallenge,
) -> Result<(), Failure> {
    let (prompt, missing) = match method {
        TwoStepMethod::Email => ("Code that the server mailed", Failure::MailedCodeNeeded),
        TwoStepMethod::Yubikey => ("Touch the YubiKey", Failure::CodeNeeded { methods: vec!["yubikey"] }),
        TwoStepMethod::Recovery => ("Recovery code", Failure::CodeNeeded { methods: vec!["recovery"] }),
        TwoStepMethod::Authenticator => {
            let methods = offered(challenge).into_iter().map(|(_, name)| name).collect();
            ("Code of the authenticator app", Failure::CodeNeeded { methods })
        }
    };
    let code = if request.two_factor.is_none() { ask_for_code(prompt)? } else { None };
    request.two_factor = Some(answer(method, &code.ok_or(missing)?));
    Ok(())
}

fn answer_new_device(request: &mut SignInRequest) -> Result<(), Failure> {
    let asked = request.new_device_code.is_none();
    let code = if asked { ask_for_code("Code that the server mailed")? } else { None };
    request.new_device_code = Some(SecretText::new(code.ok_or(Failure::NewDeviceCodeNeeded)?));
    Ok(())
}

/// Cheaper key derivation may be said yes to, where there is a terminal; everything else ends the login, with what leads
/// in where the password does not.
fn answer_refusal(error: SignInError) -> Result<bool, Failure> {
    match error {
        SignInError::KdfLowered { before, now } => {
            let (before, now) = (costs(&before), costs(&now));
            let question = format!(
                "The server asks for {now} where it was {before}: the password would be easier to guess. Go on? [y/N]"
            );
            match ask_for_code(&question)?.as_deref() {
                Some("y" | "Y" | "yes") => Ok(true),
                _ => Err(Failure::CheaperKdf { before, now }),
            }
        }
        SignInError::UnsupportedTwoFactor { .. } => Err(Failure::TwoStepElsewhere),
        SignInError::SsoRequired { recovered } => Err(Failure::SingleSignOn { recovered }),
        error => Err(error.into()),
    }
}

fn costs(kdf: &Kdf) -> String {
    match kdf {
        Kdf::Pbkdf2(costs) => format!("PBKDF2 with {} iterations", costs.iterations()),
        Kdf::Argon2id(costs) => format!(
            "Argon2id with {} iterations, {} MiB and {} threads",
            costs.iterations(),
            costs.memory_kib() / 1024,
            costs.parallelism()
        ),
    }
}

/// The account's key was rotated elsewhere since this machine last signed in.
fn bring_along(profile: &Profile, mut rotated: RotatedKey, options: &Login) -> Result<Unlocked, Failure> {
    if options.set_history_aside {
        return Ok(rotated.set_aside(profile).map_err(SignInError::from)?);
    }
    if let Some(previous) = rotated.take_known() {
        return Ok(rotated.carry_over(profile, &previous).map_err(SignInError::from)?);
    }
    let source =
        PasswordSource { password_file: options.previous_password_file.clone(), password_stdin: false };
    if !source.is_given() && !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        return Err(Failure::PreviousPasswordNeeded);
    }
    let password = source.read("Master password from before the key was rotated")?;
    let previous = rotated.previous_key(profile, password.expose())?;
    Ok(rotated.carry_over(profile, &previous).map_err(SignInError::from)?)
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
