//! Private certificate authorities: chosen in a dialog that the program opens itself, so that the page names no file.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;
use uuid::Uuid;

use crate::{
    dto::{
        error::{AppError, ErrorCode},
        session::AuthorityFile,
    },
    failure::Answer,
    open,
    shell::Shell,
    syncing, told, window,
};

/// Lets the person choose a file for the sign-in under way. Nothing when they chose none.
pub async fn choose(app: &AppHandle) -> Answer<Option<AuthorityFile>> {
    let Some(file) = ask(app).await? else { return Ok(None) };
    let read = read(&file)?;
    *app.state::<Shell>().chosen_authority() = Some(file);
    Ok(Some(read))
}

/// Lets the person choose a file for the server of an account, and asks that server by it from now on.
pub async fn choose_for(app: &AppHandle, account: Uuid) -> Answer<Option<AuthorityFile>> {
    let Some(file) = ask(app).await? else { return Ok(None) };
    let read = read(&file)?;
    let shell = app.state::<Shell>();
    shell.profile.keep_authority(&server(app, account)?, &file)?;
    connect_again(app, account).await;
    Ok(Some(read))
}

/// Trusts for the server of an account nobody but whom the system trusts.
pub async fn forget(app: &AppHandle, account: Uuid) -> Answer<()> {
    app.state::<Shell>().profile.forget_authority(&server(app, account)?)?;
    connect_again(app, account).await;
    Ok(())
}

fn server(app: &AppHandle, account: Uuid) -> Answer<portico_client::ServerAddress> {
    let accounts = app.state::<Shell>().profile.accounts()?;
    let account = accounts.into_iter().find(|known| known.id == account);
    Ok(account.ok_or(AppError::of(ErrorCode::NotFound))?.server)
}

/// A connection keeps whom it was made to trust: an open account gets a new one, and tries it.
async fn connect_again(app: &AppHandle, account: Uuid) {
    let open = app.state::<Shell>().session().get(account).map(std::sync::Arc::clone);
    if let Some(open) = open {
        match open::connect(app, open.unlocked.server()).await {
            Ok(api) => {
                open.connect_by(api);
                syncing::cancel(&open);
                syncing::ended(&open).await;
                syncing::start(app, &open, None);
            }
            Err(error) => tracing::warn!(code = ?error.code, "no connection for the account"),
        }
    }
    told::tell(app);
}

async fn ask(app: &AppHandle) -> Answer<Option<PathBuf>> {
    let (answer, chosen) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file().add_filter("PEM", &["pem", "crt", "cer"]);
    if let Some(window) = app.get_webview_window(window::MAIN) {
        dialog = dialog.set_parent(&window);
    }
    dialog.pick_file(move |file| {
        // Nobody waits any more when the window is gone.
        let _ = answer.send(file);
    });
    let chosen = chosen.await.map_err(|error| AppError::internal(&error))?;
    Ok(chosen.and_then(|file| file.into_path().ok()))
}

fn read(file: &Path) -> Answer<AuthorityFile> {
    let certificates = portico_client::certificates_in(file)?;
    let first = certificates.first().ok_or(AppError::of(ErrorCode::CertificateFile))?;
    let digest = ring::digest::digest(&ring::digest::SHA256, first);
    let pairs: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(AuthorityFile {
        name: file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        certificates: u32::try_from(certificates.len()).unwrap_or(u32::MAX),
        fingerprint: pairs.join(":"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(read(&file).err().map(|error| error.code), Some(ErrorCode::CertificateFile));
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
