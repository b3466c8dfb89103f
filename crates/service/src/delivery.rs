//! Sending what lies in the outbox by SMTP, where there is a mail account for it. The outbox stays what it is: the record
//! of every mail.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use portico_protocol::SecretText;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::moment::Moment;
use crate::store::{Store, StoreError};

/// A mail account.
#[derive(Clone)]
pub struct Smtp {
    /// Name or address of the mail server.
    pub host: String,
    /// Without one, what is usual for the encryption.
    pub port: Option<u16>,
    #[allow(missing_docs)]
    pub encryption: SmtpEncryption,
    /// Whom the mail server's certificate may come from besides those that the machine trusts.
    pub authority: Option<SmtpAuthority>,
    /// Whom to sign in as; without one nobody signs in.
    pub credentials: Option<Arc<SmtpCredentials>>,
    /// Whom mails come from.
    pub from: Address,
}

/// A certificate authority of somebody's own.
#[derive(Clone)]
pub struct SmtpAuthority(Certificate);

impl SmtpAuthority {
    /// Reads the certificates of a PEM file; `None` when there is none in it.
    #[must_use]
    pub fn from_pem(pem: &[u8]) -> Option<Self> {
        CertificateDer::pem_slice_iter(pem).next()?.ok()?;
        let authority = Certificate::from_pem(pem).ok()?;
        // What is no certificate shows when it is to be trusted: now, and not when the first mail goes out.
        let trusting = TlsParameters::builder("localhost".to_owned()).add_root_certificate(authority.clone());
        trusting.build().ok().map(|_| Self(authority))
    }
}

/// Name and password at a mail server.
pub struct SmtpCredentials {
    user: String,
    password: SecretText,
}

impl SmtpCredentials {
    /// Takes a copy of the password, which is wiped with this.
    #[must_use]
    pub fn new(user: String, password: &str) -> Self {
        SmtpCredentials { user, password: SecretText::new(password.to_owned()) }
    }
}

/// How the connection to a mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpEncryption {
    /// From the first byte on.
    Tls,
    /// Begun in clear; nothing is sent before it is encrypted.
    StartTls,
    /// None at all: for a mail server on this machine.
    None,
}

impl std::fmt::Debug for Smtp {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// How often the outbox is looked at. Mails come from other programs as well (`porticoctl service provider`), so that
/// there is nothing that could wake this up.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Seconds after which a mail is not news any more: codes have expired, and an outbox that was never sent is no reason to
/// write to everybody at once.
const NEWS: i64 = 3_600;
/// After so many failures a mail stays where it is.
const MOST_TRIES: i64 = 5;
/// Mails that are read at once.
const BATCH: i64 = 20;
/// After a failure, by which time a mail server is often back.
const PAUSE: Duration = Duration::from_secs(20);

/// Sends until it is dropped.
pub(crate) async fn deliver(store: Store, account: Smtp) {
    let transport = match transport(&account) {
        Ok(transport) => transport,
        Err(error) => {
            tracing::error!(%error, "no mails are sent");
            return std::future::pending().await;
        }
    };
    loop {
        let pause = match send_waiting(&store, &transport, &account.from).await {
            Ok(true) => LOOK_EVERY,
            Ok(false) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "the outbox");
                PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

fn transport(account: &Smtp) -> Result<Transport, lettre::transport::smtp::Error> {
    let mut tls = TlsParameters::builder(account.host.clone());
    if let Some(SmtpAuthority(authority)) = &account.authority {
        tls = tls.add_root_certificate(authority.clone());
    }
    let mut builder = match account.encryption {
        SmtpEncryption::Tls => Transport::relay(&account.host)?.tls(Tls::Wrapper(tls.build()?)),
        SmtpEncryption::StartTls => {
            Transport::starttls_relay(&account.host)?.tls(Tls::Required(tls.build()?))
        }
        SmtpEncryption::None => Transport::builder_dangerous(&account.host),
    };
    if let Some(port) = account.port {
        builder = builder.port(port);
    }
    if let Some(own) = &account.credentials {
        builder = builder.credentials(Credentials::new(own.user.clone(), own.password.expose().to_owned()));
    }
    Ok(builder.build())
}

/// A mail that waits.
struct Waiting {
    id: i64,
    to: String,
    subject: String,
    body: String,
}

/// Whether the mail server could be talked to. A mail that it does not take keeps no other one waiting.
async fn send_waiting(store: &Store, transport: &Transport, from: &Address) -> Result<bool, StoreError> {
    let mut is_well = true;
    for mail in waiting(store).await? {
        let id = mail.id;
        let outcome = match message(from, mail) {
            Ok(message) => transport.send(message).await,
            // An address that mail servers do not know stays in the outbox.
            Err(error) => {
                note(store, id, "given up").await?;
                tracing::warn!(id, %error, "a mail cannot be sent");
                continue;
            }
        };
        match outcome {
            Ok(_) => note(store, id, "sent").await?,
            Err(error) => {
                // Neither address nor text: only what the mail server said.
                tracing::warn!(id, %error, "a mail was not sent");
                match error.is_permanent() {
                    true => note(store, id, "given up").await?,
                    false => failed(store, id).await?,
                }
                is_well &= error.is_permanent();
                if !error.is_permanent() && !error.is_transient() {
                    return Ok(false);
                }
            }
        }
    }
    Ok(is_well)
}

async fn waiting(store: &Store) -> Result<Vec<Waiting>, StoreError> {
    let since = Moment::now().plus_seconds(-NEWS);
    store
        .read(move |connection| {
            let mails = connection
                .prepare_cached(
                    "SELECT seq, recipient, subject, body FROM outbox WHERE delivery IS NULL AND date > ?
                     ORDER BY seq LIMIT ?",
                )?
                .query_map((since, BATCH), |row| {
                    Ok(Waiting { id: row.get(0)?, to: row.get(1)?, subject: row.get(2)?, body: row.get(3)? })
                })?
                .collect::<Result<_, _>>()?;
            Ok(mails)
        })
        .await
}

fn message(from: &Address, mail: Waiting) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    let message = Message::builder()
        .from(from.clone().into())
        .to(mail.to.parse::<Address>()?.into())
        .subject(mail.subject)
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body)?;
    Ok(message)
}

async fn note(store: &Store, id: i64, outcome: &'static str) -> Result<(), StoreError> {
    store
        .write(move |transaction| {
            transaction.execute("UPDATE outbox SET delivery = ? WHERE seq = ?", (outcome, id))?;
            Ok(())
        })
        .await
}

async fn failed(store: &Store, id: i64) -> Result<(), StoreError> {
    store
        .write(move |transaction| {
            transaction.execute(
                "UPDATE outbox SET delivery_tries = delivery_tries + 1,
                     delivery = CASE WHEN delivery_tries + 1 >= ? THEN 'given up' END
                 WHERE seq = ?",
                (MOST_TRIES, id),
            )?;
            Ok(())
        })
        .await
}
