//! Two people at work on one provider: each is told at once what the other changes, and not what they changed themselves.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_client::{
    CancellationToken, ClientChange, Live, invite_provider_members, is_opened_due, listen, live_token,
    poll_provider, unlink_client, update_client,
};
use portico_estate::{ClientRow, ProviderUserType, StaleReason};
use portico_profile::SessionTokens;
use portico_protocol::SecretText;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

use crate::demo::{Demo, PROVIDER_ADMIN};
use crate::desk::{Desk, SERVICE_USER, go, small_demo};

type Told = mpsc::UnboundedReceiver<Live>;

/// What is promised of our own service: from the answer to whoever changed something to the hint at everybody else.
const PROMISED: Duration = Duration::from_secs(2);

/// Until the other one has done what there is to do.
async fn listens(desk: &Desk, told: mpsc::UnboundedSender<Live>, stop: &CancellationToken) {
    let token = |refused| live_token(&desk.api, &desk.unlocked, refused, stop);
    listen(&desk.api, token, |live| told.send(live).unwrap(), stop).await;
}

async fn rename(desk: &Desk, row: &ClientRow, name: &str) {
    let seats = u32::try_from(row.assigned.unwrap()).unwrap();
    let change = ClientChange { name: name.to_owned(), assigned_seats: seats };
    let link = row.provider_organization_id;
    update_client(&desk.api, &desk.unlocked, desk.provider, link, &change, go()).await.unwrap();
}

/// Everything up to the hint at this client.
async fn until(told: &mut Told, client: Uuid) -> Vec<Live> {
    hears(told, Live::Organization(client)).await
}

/// Everything up to this hint.
async fn hears(told: &mut Told, hint: Live) -> Vec<Live> {
    let mut heard = Vec::new();
    while !heard.contains(&hint) {
        heard.push(told.recv().await.expect("the listener goes on"));
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_told_what_the_other_changes() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let rows = admin.rows();
    let (stop, (to_admin, mut admin_hears), (to_colleague, mut colleague_hears)) =
        (CancellationToken::new(), mpsc::unbounded_channel(), mpsc::unbounded_channel());
    let work = async {
        assert_eq!(admin_hears.recv().await, Some(Live::Connected));
        assert_eq!(colleague_hears.recv().await, Some(Live::Connected));

        rename(&admin, &rows[0], "By the admin").await;
        let heard = until(&mut colleague_hears, rows[0].organization_id).await;
        assert!(heard.contains(&Live::Provider(admin.provider)), "{heard:?}");
        assert!(poll_provider(&colleague.api, &colleague.unlocked, colleague.provider, &stop).await.unwrap());
        assert!(colleague.row("By the admin").is_some());

        rename(&colleague, &rows[1], "By the colleague").await;
        let heard = until(&mut admin_hears, rows[1].organization_id).await;
        assert!(!heard.contains(&Live::Organization(rows[0].organization_id)), "its own change: {heard:?}");
        assert!(poll_provider(&admin.api, &admin.unlocked, admin.provider, &stop).await.unwrap());
        assert!(admin.row("By the colleague").is_some());
        stop.cancel();
    };
    tokio::join!(listens(&admin, to_admin, &stop), listens(&colleague, to_colleague, &stop), work);
}

/// Asks what the client has no action for.
fn http() -> reqwest::Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Changes the provider, its team, and what is in a client; `round` keeps each change a new one.
async fn change(admin: &Desk, demo: &Demo, row: &ClientRow, what: &str, round: u32) {
    match what {
        "a client's name" => rename(admin, row, &format!("Renamed {round}")).await,
        "the team" => {
            let emails = [format!("new{round}@brightwater.example")];
            let (session, role) = (&admin.unlocked, ProviderUserType::SERVICE_USER);
            invite_provider_members(&admin.api, session, admin.provider, &emails, role, go()).await.unwrap();
        }
        "a client's groups" => {
            let path = format!("api/organizations/{}/groups", row.organization_id);
            let body = serde_json::json!({"name": format!("Night {round}"), "collections": [], "users": []});
            let token = admin.unlocked.session().unwrap();
            let request = http().post(demo.base().join(&path).unwrap()).json(&body);
            let answer = request.bearer_auth(token.access_token.expose()).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
        }
        other => panic!("{other}"),
    }
}

/// The promise itself, and so the one time that a test asserts. It begins before the change is sent, which is earlier than
/// its answer. A machine that stands still for a moment gets a second try.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_a_provider_and_its_clients_are_told_within_two_seconds() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    // Groups take an Enterprise plan.
    let row = admin.rows().into_iter().find(|row| row.plan.as_deref() == Some("Enterprise")).unwrap();
    let client = Live::Organization(row.organization_id);
    let (stop, (to_colleague, mut told)) = (CancellationToken::new(), mpsc::unbounded_channel());
    let work = async {
        assert_eq!(told.recv().await, Some(Live::Connected));
        for (what, hint) in [
            ("a client's name", client),
            ("the team", Live::Provider(admin.provider)),
            ("a client's groups", client),
        ] {
            let mut took = Vec::new();
            for round in 0..2 {
                while told.try_recv().is_ok() {}
                let begun = Instant::now();
                tokio::join!(change(&admin, &demo, &row, what, round), hears(&mut told, hint));
                took.push(begun.elapsed());
                if took[took.len() - 1] <= PROMISED {
                    break;
                }
            }
            assert!(
                took.iter().any(|took| *took <= PROMISED),
                "{what} was told after {took:?}, two seconds are promised"
            );
        }
        stop.cancel();
    };
    tokio::join!(listens(&colleague, to_colleague, &stop), work);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_is_opened_is_read_again_and_nothing_else() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let (mut with_groups, mut others): (Vec<_>, Vec<_>) =
        admin.rows().into_iter().partition(|row| row.plan.as_deref() == Some("Enterprise"));
    let row = with_groups.remove(0);
    let other = with_groups.pop().or_else(|| others.pop()).unwrap();
    let opened = row.organization_id;
    let due = |client, secs| {
        let fresh_for = Duration::from_secs(secs);
        is_opened_due(&colleague.api, &colleague.unlocked, client, fresh_for).unwrap()
    };
    assert!(!due(opened, 60), "it was read just now");
    assert!(due(opened, 0));
    assert!(!due(Uuid::from_u128(1), 0), "what no picture knows is not looked for");

    change(&admin, &demo, &row, "a client's groups", 0).await;
    rename(&admin, &other, "Elsewhere").await;
    let token = || colleague.unlocked.session().unwrap().access_token.expose().to_owned();
    let before = token();
    let report = colleague.opens_client(opened).await;
    assert_eq!((report.clients_read, report.clients_left, report.vault_read), (1, 0, false));
    assert_eq!(report.failed.len(), 0);
    let structure = colleague.unlocked.picture().client(opened).unwrap().unwrap();
    assert!(structure.groups.iter().any(|group| group.name == "Night 0"), "what somebody else changed");
    assert!(colleague.row("Elsewhere").is_none(), "the provider is not read for it");
    assert!(token() == before, "nor is the token renewed");
    assert!(!due(opened, 60));
    let sql = "SELECT count(*) FROM events WHERE type IN (1603, 1903)";
    assert_eq!(demo.database().query_row(sql, [], |row| row.get(0)), Ok(0), "no log says vault accessed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_cannot_be_read_when_it_is_opened_says_why() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let row = admin.rows().remove(0);
    let opened = row.organization_id;
    unlink_client(&admin.api, &admin.unlocked, admin.provider, row.provider_organization_id, go())
        .await
        .unwrap();
    let report = colleague.opens_client(opened).await;
    assert_eq!((report.clients_read, report.failed.len()), (0, 1));
    let picture = colleague.unlocked.picture();
    assert_eq!(picture.freshness(opened).stale, Some(StaleReason::NotFound));
    assert!(picture.client(opened).unwrap().is_some(), "its last picture stays");
    let minute = Duration::from_secs(60);
    let due = is_opened_due(&colleague.api, &colleague.unlocked, opened, minute).unwrap();
    assert!(!due, "and it is not asked for again at once");
}

/// `token` as it will be when its time is over: with another end, signed again with the key of the service.
fn expired(demo: &Demo, token: &SecretText) -> SecretText {
    let parts: Vec<&str> = token.expose().split('.').collect();
    let mut claims: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["exp"] = (claims["iat"].as_i64().unwrap() - 1).into();
    let signed = format!("{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()));
    let sql = "SELECT value FROM settings WHERE name = 'signing key'";
    let key: Vec<u8> = demo.database().query_row(sql, [], |row| row.get(0)).unwrap();
    // RS256 is what TLS knows as RSA with PKCS #1 and SHA-256.
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    let signer = key.choose_scheme(&[rustls::SignatureScheme::RSA_PKCS1_SHA256]).unwrap();
    let signature = URL_SAFE_NO_PAD.encode(signer.sign(signed.as_bytes()).unwrap());
    SecretText::new(format!("{signed}.{signature}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_whose_token_is_over_renews_it_and_goes_on() {
    let demo = small_demo().await;
    let (admin, colleague) = (Desk::of(&demo, PROVIDER_ADMIN).await, Desk::of(&demo, SERVICE_USER).await);
    let row = admin.rows().remove(0);
    let before = colleague.unlocked.session().unwrap();
    let over = expired(&demo, &before.access_token);
    let asked = |token: &SecretText| {
        let request = http().get(demo.base().join("api/accounts/revision-date").unwrap());
        let request = request.bearer_auth(token.expose());
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!((asked(&before.access_token).await, asked(&over).await), (200, 401), "only its end differs");
    // By this machine's clock, which is behind, the token is good: only the service can tell.
    let tokens = SessionTokens {
        access_token: over.copy(),
        refresh_token: before.refresh_token.as_ref().map(SecretText::copy),
        expires_at: SystemTime::now() + Duration::from_secs(3_600),
        remember_token: None,
        api_key: None,
    };
    colleague.unlocked.set_session(tokens).unwrap();
    let (stop, (to_colleague, mut told)) = (CancellationToken::new(), mpsc::unbounded_channel());
    let work = async {
        assert_eq!(told.recv().await, Some(Live::Connected));
        let renewed = colleague.unlocked.session().unwrap();
        assert!(renewed.access_token.expose() != over.expose(), "it came with another token");
        assert_eq!(asked(&renewed.access_token).await, 200);
        rename(&admin, &row, "Heard all the same").await;
        until(&mut told, row.organization_id).await;
        stop.cancel();
    };
    tokio::join!(listens(&colleague, to_colleague, &stop), work);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_whose_session_is_over_listens_no_more() {
    let demo = small_demo().await;
    let colleague = Desk::of(&demo, SERVICE_USER).await;
    let before = colleague.unlocked.session().unwrap();
    let tokens = SessionTokens {
        access_token: expired(&demo, &before.access_token),
        refresh_token: Some(SecretText::new("of no session".to_owned())),
        expires_at: SystemTime::now() + Duration::from_secs(3_600),
        remember_token: None,
        api_key: None,
    };
    colleague.unlocked.set_session(tokens).unwrap();
    let (to_colleague, mut told) = mpsc::unbounded_channel();
    listens(&colleague, to_colleague, go()).await;
    assert_eq!(told.recv().await, None, "it ended without having heard anything");
}
