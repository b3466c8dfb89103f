//! Mails over TLS: from the first byte on, or after STARTTLS; and nothing at all where it cannot be.

use std::path::Path;
use std::sync::Arc;

use portico_service::{SmtpAuthority, SmtpCredentials, tls};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::*;

/// How the mail server begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    Encrypted,
    InClear,
    /// As the former, and it knows no STARTTLS.
    AlwaysInClear,
}

/// A mail server of `localhost`, and everything that it was told in clear and encrypted.
struct MailServer {
    port: u16,
    clear: mpsc::UnboundedReceiver<String>,
    encrypted: mpsc::UnboundedReceiver<String>,
    authority: SmtpAuthority,
    _folder: tempfile::TempDir,
}

impl MailServer {
    async fn start(begins: Begins) -> MailServer {
        let folder = tempfile::tempdir().unwrap();
        let made = tls::local_authority(folder.path()).unwrap();
        let authority = SmtpAuthority::from_pem(&std::fs::read(made.authority_file()).unwrap()).unwrap();
        let acceptor = acceptor(folder.path());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (to_clear, clear) = mpsc::unbounded_channel();
        let (to_encrypted, encrypted) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, clear, encrypted) = (acceptor.clone(), to_clear.clone(), to_encrypted.clone());
                tokio::spawn(async move {
                    let stream = match begins {
                        Begins::Encrypted => stream,
                        _ => match until_starttls(stream, begins == Begins::InClear, &clear).await {
                            Some(stream) => stream,
                            None => return,
                        },
                    };
                    // Whoever does not trust the certificate ends it here.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    talk(stream, begins == Begins::Encrypted, &encrypted).await;
                });
            }
        });
        MailServer { port, clear, encrypted, authority, _folder: folder }
    }

    fn account(&self, encryption: SmtpEncryption, trusted: bool) -> Smtp {
        Smtp {
            host: "localhost".into(),
            port: Some(self.port),
            encryption,
            authority: trusted.then(|| self.authority.clone()),
            credentials: Some(Arc::new(SmtpCredentials::new("portico".into(), "mail password"))),
            from: "portico@brightwater.example".parse().unwrap(),
        }
    }
}

fn acceptor(folder: &Path) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let leaf = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// The part before the encryption; `None` when the client had enough.
async fn until_starttls(
    stream: tokio::net::TcpStream,
    offers: bool,
    told: &mpsc::UnboundedSender<String>,
) -> Option<tokio::net::TcpStream> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 localhost ESMTP\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        told.send(line.trim().to_owned()).ok()?;
        let answer = match (line.trim(), offers) {
            ("STARTTLS", true) => {
                stream.write_all(b"220 go on\r\n").await.ok()?;
                return Some(stream.into_inner());
            }
            ("STARTTLS", false) => "502 what\r\n",
            ("QUIT", _) => "221 bye\r\n",
            (_, true) => "250-localhost\r\n250 STARTTLS\r\n",
            (_, false) => "250 localhost\r\n",
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// The encrypted part, in which a name and a password are asked for.
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    greets: bool,
    told: &mpsc::UnboundedSender<String>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.write_all(b"220 localhost ESMTP\r\n").await.ok()?;
    }
    let mut in_data = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        told.send(line.to_owned()).ok()?;
        let answer = match line {
            "." if in_data => {
                in_data = false;
                "250 taken\r\n"
            }
            _ if in_data => continue,
            "DATA" => {
                in_data = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            text if text.starts_with("EHLO") => "250-localhost\r\n250 AUTH PLAIN\r\n",
            text if text.starts_with("AUTH") => "235 welcome\r\n",
            _ => "250 fine\r\n",
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// How often the mail was tried in vain, once it was.
async fn tries(folder: &tempfile::TempDir) -> (i64, Option<String>) {
    let database = rusqlite::Connection::open(folder.path().join("service.sqlite3")).unwrap();
    let sql = "SELECT delivery_tries, delivery FROM outbox ORDER BY seq";
    loop {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let tried = rows
            .map(Result::unwrap)
            .find(|(tries, delivery): &(i64, Option<String>)| *tries > 0 || delivery.is_some());
        if let Some(tried) = tried {
            return tried;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn mails_go_out_encrypted_in_either_way() {
    // "\0portico\0mail password" (RFC 4616) in base64.
    const PLAIN: &str = "AHBvcnRpY28AbWFpbCBwYXNzd29yZA==";
    for (begins, encryption) in
        [(Begins::Encrypted, SmtpEncryption::Tls), (Begins::InClear, SmtpEncryption::StartTls)]
    {
        let mut server = MailServer::start(begins).await;
        let (world, _folder) = inviting(server.account(encryption, true)).await;
        let mut told = Vec::new();
        while !told.iter().any(|line| line == "RCPT TO:<one@brightwater.example>") {
            told.push(server.encrypted.recv().await.unwrap());
        }
        let signed_in = told.iter().position(|line| line.starts_with("AUTH PLAIN")).unwrap();
        assert!(told.iter().any(|line| line.contains(PLAIN)), "{told:?}");
        let first_mail = told.iter().position(|line| line.starts_with("MAIL FROM")).unwrap();
        assert!(signed_in < first_mail, "{told:?}");
        while told.last().unwrap() != "." {
            told.push(server.encrypted.recv().await.unwrap());
        }
        assert!(told.iter().any(|line| line == "Subject: Join Brightwater IT"), "{told:?}");
        // In clear nothing was said but who calls, and the wish to go on encrypted.
        let mut clear = Vec::new();
        while let Ok(line) = server.clear.try_recv() {
            clear.push(line);
        }
        assert!(clear.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS"), "{clear:?}");
        assert_eq!(clear.iter().any(|line| line == "STARTTLS"), begins == Begins::InClear);
        drop(world);
    }
}

#[tokio::test]
async fn a_mail_server_that_nobody_vouches_for_gets_nothing() {
    for (begins, encryption) in
        [(Begins::Encrypted, SmtpEncryption::Tls), (Begins::InClear, SmtpEncryption::StartTls)]
    {
        let mut server = MailServer::start(begins).await;
        let (_world, folder) = inviting(server.account(encryption, false)).await;
        assert_eq!(tries(&folder).await, (1, None), "it is tried again later");
        assert!(server.encrypted.try_recv().is_err(), "neither name nor mail");
    }
}

#[tokio::test]
async fn a_mail_server_that_cannot_encrypt_gets_nothing() {
    let mut server = MailServer::start(Begins::AlwaysInClear).await;
    let (_world, folder) = inviting(server.account(SmtpEncryption::StartTls, true)).await;
    let (_, delivery) = tries(&folder).await;
    assert_ne!(delivery.as_deref(), Some("sent"));
    while let Ok(line) = server.clear.try_recv() {
        assert!(!line.starts_with("AUTH") && !line.starts_with("MAIL"), "{line}");
    }
}

#[test]
fn what_is_no_authority_is_told() {
    for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"] {
        assert!(SmtpAuthority::from_pem(text.as_bytes()).is_none(), "{text}");
    }
}
