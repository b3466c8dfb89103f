//! The mail account of a service that is served.

use std::io;
use std::path::Path;
use std::sync::Arc;

use portico_profile::Authority;
use portico_service::{Smtp, SmtpAuthority, SmtpCredentials, SmtpEncryption};

use crate::cli::{MailAccount, MailEncryption};
use crate::failure::Failure;
use crate::password::read_secret;

pub(super) fn account(options: &MailAccount) -> Result<Option<Smtp>, Failure> {
    let (Some(host), Some(from)) = (&options.smtp_host, &options.mail_from) else { return Ok(None) };
    let credentials = match (&options.smtp_user, &options.smtp_password_file) {
        (Some(user), Some(file)) => {
            let password = read_secret(Some(file), "")?;
            Some(Arc::new(SmtpCredentials::new(user.clone(), password.expose())))
        }
        _ => None,
    };
    let authority = options.smtp_ca.as_deref().map(authority).transpose()?;
    Ok(Some(Smtp {
        host: host.clone(),
        port: options.smtp_port,
        encryption: match options.smtp_encryption {
            MailEncryption::Tls => SmtpEncryption::Tls,
            MailEncryption::Starttls => SmtpEncryption::StartTls,
            MailEncryption::None => SmtpEncryption::None,
        },
        authority,
        credentials,
        from: from.parse().map_err(|_| Failure::NoEmail(from.clone()))?,
    }))
}

fn authority(file: &Path) -> Result<SmtpAuthority, Failure> {
    let failed = |source| Failure::File { path: file.to_owned(), source };
    let read = Authority::read(file).map_err(failed)?;
    SmtpAuthority::from_pem(read.pem()).ok_or_else(|| failed(io::ErrorKind::InvalidData.into()))
}
