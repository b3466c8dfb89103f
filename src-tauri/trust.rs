//! Private certificate authorities: chosen in a dialog that the program opens itself, so that the page names no file.
//!
//! Whom a server is trusted by is changed by whoever is signing in, or has the account open: never from a lock screen.

use std::sync::Arc;

use portico_client::{ApiClient, CancellationToken, ServerAddress};
use portico_profile::{Authority, Unlocked};
use tauri::{AppHandle, Manager};
use uuid::Uuid;

use crate::{
    dialogs::{self, FileKind},
    dto::{
        error::{AppError, ErrorCode},
        session::AuthorityFile,
    },
    failure::Answer,
    invitations::Invitations,
    live, open,
    shell::{Open, Shell},
    syncing, told,
};

const CERTIFICATES: FileKind = FileKind { name: "PEM", endings: &["pem", "crt", "cer"] };

/// The way to the server of a sign-in under way. Once it came through, whom it trusts is kept for the next time.
pub struct WayIn {
    pub server: ServerAddress,
    pub api: ApiClient,
    /// Besides whom the system trusts, and what the profile keeps for the server.
    pub authority: Option<Authority>,
}

impl WayIn {
    /// The account comes onto the page.
    pub async fn enter(self, app: &AppHandle, unlocked: Unlocked, opening: &CancellationToken) -> Answer<()> {
        let shell = app.state::<Shell>();
        if let Some(authority) = &self.authority {
            match shell.profile.keep_authority(&self.server, authority) {
                Ok(()) => *shell.chosen_authority() = None,
                // This connection has it; the next start will ask for it again.
                Err(error) => tracing::warn!(%error, "the certificate authority could not be kept"),
            }
        }
        open::enter(app, unlocked, Some(self.api), opening).await
    }
}

/// Lets the person choose a file for the sign-in, or the registration, under way. Nothing when they chose none.
pub async fn choose(app: &AppHandle) -> Answer<Option<AuthorityFile>> {
    may_choose(app)?;
    let Some((authority, file)) = ask(app).await? else { return Ok(None) };
    // The dialog may have stood there for long.
    may_choose(app)?;
    *app.state::<Shell>().chosen_authority() = Some(authority);
    Ok(Some(file))
}

/// At the sign-in; and beside an open account where an invitation is at hand, whose account is made at a server of its own.
fn may_choose(app: &AppHandle) -> Answer<()> {
    let invited =
        || app.state::<Shell>().unlocked().is_some() && app.state::<Invitations>().at_hand().is_some();
    told::at_sign_in(app).or_else(|refused| if invited() { Ok(()) } else { Err(refused) })
}

/// Lets the person choose a file for the server of an open account, and asks that server by it from now on.
pub async fn choose_for(app: &AppHandle, account: Uuid) -> Answer<Option<AuthorityFile>> {
    let opened = open(app, account)?;
    let asked = tokio::select! {
        asked = ask(app) => asked?,
        // The question may stand on the screen for long, and must not keep an account open that is locked meanwhile.
        () = opened.closing.cancelled() => return Err(AppError::of(ErrorCode::Locked)),
    };
    let Some((authority, file)) = asked else { return Ok(None) };
    app.state::<Shell>().profile.keep_authority(opened.unlocked.server(), &authority)?;
    connect_again(app, &opened).await;
    Ok(Some(file))
}

/// Trusts for the server of an open account nobody but whom the system trusts.
pub async fn forget(app: &AppHandle, account: Uuid) -> Answer<()> {
    let opened = open(app, account)?;
    app.state::<Shell>().profile.forget_authority(opened.unlocked.server())?;
    connect_again(app, &opened).await;
    Ok(())
}

fn open(app: &AppHandle, account: Uuid) -> Answer<Arc<Open>> {
    let opened = app.state::<Shell>().session().get(account).map(Arc::clone);
    opened.ok_or(AppError::of(ErrorCode::Locked))
}

/// A connection keeps whom it was made to trust: an open account gets a new one, and tries it.
async fn connect_again(app: &AppHandle, open: &Arc<Open>) {
    match open::connect(app, open.unlocked.server()).await {
        Ok(api) => {
            open.connect_by(api);
            live::begin(app, open);
            syncing::cancel(open);
            syncing::ended(open).await;
            syncing::start(app, open, None);
        }
        Err(error) => tracing::warn!(code = ?error.code, "no connection for the account"),
    }
    told::tell(app);
}

async fn ask(app: &AppHandle) -> Answer<Option<(Authority, AuthorityFile)>> {
    let Some(file) = dialogs::open_file(app, &CERTIFICATES).await else { return Ok(None) };
    let authority = Authority::read(&file)
        .map_err(|error| AppError { code: ErrorCode::CertificateFile, detail: Some(error.to_string()) })?;
    let shown = shown(&authority)?;
    Ok(Some((authority, shown)))
}

fn shown(authority: &Authority) -> Answer<AuthorityFile> {
    let certificates = portico_client::certificates_in(authority)?;
    let first = certificates.first().ok_or(AppError::of(ErrorCode::CertificateFile))?;
    let digest = ring::digest::digest(&ring::digest::SHA256, first);
    let pairs: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(AuthorityFile {
        name: authority
            .origin()
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        certificates: u32::try_from(certificates.len()).unwrap_or(u32::MAX),
        fingerprint: pairs.join(":"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &std::path::Path) -> Answer<AuthorityFile> {
        shown(&Authority::read(file).unwrap_or_else(|error| panic!("{error}")))
    }

    #[test]
    fn a_file_without_a_certificate_is_told() {
        let file = std::env::temp_dir().join(format!("portico-{}.pem", Uuid::new_v4()));
        for content in
            ["", "nothing of the kind", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"]
        {
            std::fs::write(&file, content).unwrap_or_else(|error| panic!("{error}"));
            let code = read(&file).err().map(|error| error.code);
            assert_eq!(code, Some(ErrorCode::CertificateFile), "{content}");
        }
        let _ = std::fs::remove_file(&file);
    }

    #[test]
    fn a_certificate_is_named_by_its_fingerprint() {
        let file = std::env::temp_dir().join(format!("portico-{}.pem", Uuid::new_v4()));
        // Any bytes will do: what is in a certificate is judged when a server shows one that it signed.
        let pem = "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n";
        std::fs::write(&file, pem).unwrap_or_else(|error| panic!("{error}"));
        let read = read(&file);
        let _ = std::fs::remove_file(&file);
        let read = read.unwrap_or_else(|error| panic!("{:?}", error.code));
        assert_eq!(read.certificates, 1);
        // FIPS 180-4: SHA-256 of "abc".
        assert!(read.fingerprint.starts_with("BA:78:16:BF:8F:01:CF:EA:41:41:40:DE"), "{}", read.fingerprint);
    }
}
