//! `service`: the embedded provider service on its own, the mails that it would have sent, and what its staff do.

mod mail;
mod provider;

use std::path::{Path, PathBuf};

use portico_service::{
    Config, Mail, ServeError, ServedFolder, ServedFolderError, Store, serve_and_tell, tls,
};
use serde::Serialize;
use tokio::net::TcpListener;

use crate::cli::{Outbox, Serve, Service};
use crate::commands::interrupted::interrupted;
use crate::failure::Failure;
use crate::output::{self, Format, Row};

const FILE: &str = "service.sqlite3";

pub(crate) fn run(command: &Service, format: Format) -> Result<(), Failure> {
    match command {
        Service::Serve(options) => tokio::runtime::Runtime::new()?.block_on(serve_until_interrupted(options)),
        Service::Outbox(options) => outbox(options, format),
        Service::Provider(command) => provider::run(command, format),
    }
}

/// The service's one file inside its data folder, which is made when it is not there.
pub(crate) fn store_file(data: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(data).map_err(|source| Failure::File { path: data.to_owned(), source })?;
    Ok(data.join(FILE))
}

/// The service in this folder, if there is one: opening would make an empty one.
fn opened(data: &Path) -> Result<Store, Failure> {
    let file = data.join(FILE);
    if !file.exists() {
        return Err(Failure::NotFound { what: "service", text: data.display().to_string() });
    }
    Ok(Store::open(file)?)
}

/// Reads beside a service that may be running: the file takes any number of readers.
fn outbox(options: &Outbox, format: Format) -> Result<(), Failure> {
    let wanted = options.to.as_deref().map(|to| to.trim().to_lowercase());
    let mails: Vec<MailRow> = opened(&options.data)?
        .outbox()?
        .into_iter()
        .filter(|mail| wanted.as_ref().is_none_or(|to| *to == mail.to))
        .map(MailRow)
        .collect();
    Ok(output::list(format, &mails)?)
}

#[derive(Serialize)]
#[serde(transparent)]
struct MailRow(Mail);

impl Row for MailRow {
    const COLUMNS: &'static [&'static str] = &["date", "to", "kind", "subject", "fields"];

    fn cells(&self) -> Vec<String> {
        let mail = &self.0;
        let fields: Vec<String> = mail.fields.iter().map(|(name, value)| format!("{name} {value}")).collect();
        vec![
            mail.date.to_string(),
            mail.to.clone(),
            mail.kind.clone(),
            mail.subject.clone(),
            output::joined(&fields),
        ]
    }
}

async fn serve_until_interrupted(options: &Serve) -> Result<(), Failure> {
    let file = store_file(&options.data)?;
    let _held = ServedFolder::hold(&options.data).map_err(|error| match error {
        ServedFolderError::Already(folder) => Failure::ServedAlready(folder),
        ServedFolderError::Lock { path, source } => Failure::File { path, source },
    })?;
    let store = Store::open(file)?;
    let address = options.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| Failure::Listen { address, source })?;
    let address = listener.local_addr()?;
    let config = Config { smtp: mail::account(&options.mail)?, ..Config::default() };
    let interrupted = interrupted()?;
    // Whoever started this waits for the line: the service takes connections from here on.
    let served = if options.tls {
        let authority = tls::local_authority(&options.data)?;
        // It is handed to clients that run elsewhere.
        let file = std::path::absolute(authority.authority_file())?;
        let tell = || {
            output::line(&format!("listening https://{address}"))?;
            output::line(&format!("ca {}", file.display()))
        };
        tls::serve_tls_and_tell(listener, &authority, store, config, tell, interrupted).await
    } else {
        let tell = || output::line(&format!("listening http://{address}"));
        serve_and_tell(listener, store, config, tell, interrupted).await
    };
    served.map_err(|error| match error {
        ServeError::Told(error) => Failure::Output(error),
        error => Failure::Serve(error),
    })
}
