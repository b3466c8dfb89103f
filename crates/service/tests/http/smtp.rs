//! Mails that go out: a mail server in this process that writes down what it is told.

mod encrypted;

use portico_protocol::invitation_link::{Invitation, InvitationLink};
use portico_service::{Config, Smtp, SmtpEncryption, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::registration::account_of;
use crate::support::*;

/// Takes mails, or refuses each for now.
async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    mails: mpsc::UnboundedSender<String>,
    refuse: bool,
) {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let mut mail = String::new();
    let mut in_data = false;
    if write.write_all(b"220 mail.example ESMTP\r\n").await.is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.as_str() {
            "." if in_data => {
                in_data = false;
                if refuse {
                    "451 later\r\n"
                } else {
                    mails.send(std::mem::take(&mut mail)).unwrap();
                    "250 taken\r\n"
                }
            }
            text if in_data => {
                mail.push_str(text);
                mail.push('\n');
                continue;
            }
            "DATA" => {
                in_data = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            text => {
                if text.starts_with("MAIL") || text.starts_with("RCPT") {
                    mail.push_str(text);
                    mail.push('\n');
                }
                "250 fine\r\n"
            }
        };
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The account at a mail server on this machine that wants neither encryption nor a name.
fn in_clear(port: u16) -> Smtp {
    Smtp {
        host: "127.0.0.1".into(),
        port: Some(port),
        encryption: SmtpEncryption::None,
        authority: None,
        credentials: None,
        from: "portico@brightwater.example".parse().unwrap(),
    }
}

/// A service with this mail account, and the folder of its file.
async fn mailing_by(account: Smtp) -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("service.sqlite3")).unwrap();
    fill(&store);
    (World::over(store, Config { smtp: Some(account), ..Config::without_delay() }).await, folder)
}

/// The same, in which an admin has just invited somebody.
async fn inviting(account: Smtp) -> (World, tempfile::TempDir) {
    let (world, folder) = mailing_by(account).await;
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let invite = json!({"emails": ["one@brightwater.example"], "type": 1});
    assert_eq!(admin.post("/users/invite", invite).await, DONE);
    (world, folder)
}

#[tokio::test]
async fn mails_go_out_once() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, mut mails) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, sender.clone(), false));
        }
    });
    let (world, _folder) = mailing_by(in_clear(port)).await;
    let config = world.get("/api/config", "").await;
    assert_eq!(config["settings"]["enableEmailVerification"], true);
    let admin = Desk::at_provider(&world, Person::ProviderAdmin).await;
    let invite = json!({"emails": ["one@brightwater.example", "two@brightwater.example"], "type": 1});
    assert_eq!(admin.post("/users/invite", invite).await, DONE);
    for name in ["one", "two"] {
        // The admin's own, of the sign-in, comes first.
        let mail = loop {
            let mail = mails.recv().await.unwrap();
            if mail.contains(&format!("RCPT TO:<{name}@brightwater.example>")) {
                break mail;
            }
        };
        assert!(mail.contains("MAIL FROM:<portico@brightwater.example>"), "{mail}");
        assert!(mail.contains("Subject: Join Brightwater IT"), "{mail}");
        // Long lines are folded for the way.
        let text = mail.replace("=\n", "").replace("=3D", "=");
        let row = world.mail("providerInvitation", &format!("{name}@brightwater.example")).await;
        assert!(text.contains(&row.fields["link"]), "{text}");
    }
    // Gone, and noted: the next one that comes is the next one that was written.
    let invite = json!({"emails": ["three@brightwater.example"], "type": 1});
    assert_eq!(admin.post("/users/invite", invite).await, DONE);
    assert!(mails.recv().await.unwrap().contains("<three@"));
    assert_eq!(world.mails("providerInvitation").await, 3, "the outbox keeps them all");
}

#[tokio::test]
async fn a_mail_that_is_refused_waits_and_keeps_no_other_waiting() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, _mails) = mpsc::unbounded_channel();
    let (asked, mut was_asked) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (sender, asked) = (sender.clone(), asked.clone());
            tokio::spawn(async move {
                serve(stream, sender, true).await;
                let _ = asked.send(());
            });
        }
    });
    let (_world, folder) = inviting(in_clear(port)).await;
    was_asked.recv().await.unwrap();
    let database = rusqlite::Connection::open(folder.path().join("service.sqlite3")).unwrap();
    // Written after the mail server has answered.
    let (tries, delivery) = loop {
        let row: (i64, Option<String>) = database
            .query_row(
                "SELECT delivery_tries, delivery FROM outbox WHERE kind = 'providerInvitation'",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        if row.0 > 0 {
            break row;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((tries, delivery), (1, None));
}

#[tokio::test]
async fn who_registers_needs_the_mailed_link_and_learns_of_nobodys_account() {
    const EMAIL: &str = "nadia@brightwater.example";
    const KIND: &str = "addressVerification";
    // Nobody takes mails there: what is mailed lies in the outbox all the same.
    let (world, _folder) = mailing_by(in_clear(1)).await;
    let path = "/identity/accounts/register/send-verification-email";
    let ask = |email: &str| world.post(path, json!({"email": email, "receiveMarketingEmails": false}));
    let mailed = (StatusCode::NO_CONTENT, Value::Null);
    assert_eq!(ask("Nadia@Brightwater.example").await, mailed);
    let mail = world.mail(KIND, EMAIL).await;
    assert!(mail.body.contains(&mail.fields["link"]), "{}", mail.body);
    let link = InvitationLink::parse(&mail.fields["link"]).ok().unwrap();
    assert_eq!((link.invitation, link.email.as_deref()), (Invitation::FinishSignUp, Some(EMAIL)));
    let mut account = account_of(EMAIL);
    account["emailVerificationToken"] = link.token.expose().into();
    assert_eq!(world.post("/identity/accounts/register/finish", account).await.0, StatusCode::OK);

    assert_eq!(ask(EMAIL).await, mailed);
    assert_eq!(world.mails(KIND).await, 1, "there is an account now");
    for _ in 0..7 {
        assert_eq!(ask("else@brightwater.example").await, mailed);
    }
    assert_eq!(world.mails(KIND).await, 1 + 5, "nobody is flooded");
}
