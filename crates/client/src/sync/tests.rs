//! A provider with faults, told in JSON written from protocol.md, and a picture that only remembers what it was given.

use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use portico_estate::StaleReason;
use portico_profile::{
    BillingRead, ClientPicture, EventStream, EventsReached, EventsRead, KnownClients, ProviderPicture,
};
use portico_protocol::events::EventResponse;
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderResponse, ProviderUserDetails};
use portico_protocol::server::ServerUrls;
use portico_protocol::sync::SyncEnvelope;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::gather::{Before, GatherError, Gathered, Gathering, Takes};
use super::plan::Memberships;
use super::progress::{SyncPhase, SyncProgress};
use crate::api_error::ApiError;
use crate::device::Device;
use crate::hostile::{Answer, Asked, HostileServer};
use crate::http::{ApiClient, ConnectOptions, Patience};
use crate::pace::PaceLimits;
use crate::refresh::Authorized;
use crate::refresh::kept::kept;

mod logs;
mod much;
mod odd_answers;
mod opened;
mod pauses;

const PROVIDER: Uuid = Uuid::from_u128(1);
/// Nothing here is slow.
const IDLE: Duration = Duration::from_millis(200);

const fn client(number: u128) -> Uuid {
    Uuid::from_u128(100 + number)
}

/// Remembers what it was given.
#[derive(Default)]
struct Picture {
    vaults: Vec<(String, Option<i64>)>,
    /// The last picture of `PROVIDER`.
    before: Option<ProviderPicture>,
    providers: Vec<(Uuid, usize, Option<usize>)>,
    read: Vec<(Uuid, usize, usize)>,
    failed: Vec<(Uuid, StaleReason)>,
    logs: Vec<(EventStream, usize, EventsReached)>,
    failed_logs: Vec<EventStream>,
    bills: Vec<Uuid>,
}

impl Takes for Picture {
    type Error = serde_json::Error;
    fn provider_before(&self, id: Uuid) -> Result<Option<ProviderPicture>, Self::Error> {
        Ok(self.before.clone().filter(|before| before.provider.id == id))
    }
    fn vault(&mut self, body: &[u8], revision: Option<i64>) -> Result<u32, Self::Error> {
        serde_json::from_slice::<SyncEnvelope<'_>>(body)?;
        self.vaults.push((String::from_utf8_lossy(body).into_owned(), revision));
        Ok(0)
    }
    fn is_unreadable(_: &Self::Error) -> bool {
        true
    }
    fn provider(&mut self, read: ProviderPicture) {
        self.providers.push((
            read.provider.id,
            read.clients.len(),
            read.members.map(|members| members.len()),
        ));
    }
    fn client(&mut self, id: Uuid, outcome: Result<ClientPicture, StaleReason>) -> Result<(), Self::Error> {
        match outcome {
            Ok(read) => self.read.push((id, read.members.len(), read.groups.len())),
            Err(reason) => self.failed.push((id, reason)),
        }
        Ok(())
    }
    fn newest_event(&self, _: EventStream) -> Result<Option<time::OffsetDateTime>, Self::Error> {
        Ok(None)
    }
    fn events(&mut self, stream: EventStream, read: EventsRead) -> Result<Vec<EventResponse>, Self::Error> {
        self.logs.push((stream, read.events.len(), read.reached));
        Ok(read.events)
    }
    fn bill(&mut self, provider: Uuid, _: Vec<BillingRead>) {
        self.bills.push(provider);
    }
    fn log_failed(&mut self, stream: EventStream, _: &ApiError) {
        self.failed_logs.push(stream);
    }
}

/// The sync answer of a provider admin of `PROVIDER` with these clients.
fn sync_json(clients: &[u128]) -> String {
    let clients: Vec<String> = clients
        .iter()
        .map(|number| {
            format!(
                r#"{{"object":"profileProviderOrganization","id":"{}","name":"Client {number}","providerId":"{PROVIDER}","key":"2.x","type":0,"status":2}}"#,
                client(*number)
            )
        })
        .collect();
    format!(
        r#"{{"object":"sync","profile":{{"object":"profile","id":"{}","email":"maya@brightwater.example","organizations":[],
        "providers":[{{"object":"profileProvider","id":"{PROVIDER}","name":"Brightwater IT","type":0,"status":2,"enabled":true}}],
        "providerOrganizations":[{}]}},"folders":[],"collections":[],"ciphers":[],"domains":null,"policies":[],"sends":[]}}"#,
        Uuid::from_u128(9),
        clients.join(",")
    )
}

fn list(entries: impl IntoIterator<Item = String>) -> Answer {
    let entries: Vec<String> = entries.into_iter().collect();
    let json = format!(r#"{{"object":"list","data":[{}],"continuationToken":null}}"#, entries.join(","));
    Answer::Json(200, json)
}

/// Answers as a server with provider `PROVIDER` and the clients 0..`count` would; odd clients have groups.
fn honest(asked: &Asked, count: u128) -> Answer {
    let json = |text: String| Answer::Json(200, text);
    let target = asked.target.as_str();
    if target == "/identity/connect/token" {
        return json(r#"{"access_token":"new","expires_in":3600,"token_type":"Bearer"}"#.to_owned());
    }
    if asked.header("authorization") != Some("Bearer new") {
        return Answer::Json(401, r#"{"message":"Unauthorized."}"#.to_owned());
    }
    let numbers: Vec<u128> = (0..count).collect();
    let path = target.strip_prefix("/api").unwrap_or_default();
    match path {
        "/accounts/revision-date" => return json("1767225600000".to_owned()),
        "/sync?excludeDomains=true" => return json(sync_json(&numbers)),
        _ => {}
    }
    if let Some(rest) = path.strip_prefix(&format!("/providers/{PROVIDER}")) {
        return match rest {
            "" => json(format!(r#"{{"object":"provider","id":"{PROVIDER}","name":"Brightwater IT"}}"#)),
            "/users" => list([format!(r#"{{"id":"{}","type":0,"status":2,"email":"a@b.example"}}"#, Uuid::from_u128(5))]),
            "/organizations" => list(numbers.iter().map(|number| {
                let (link, organization) = (Uuid::from_u128(900 + number), client(*number));
                format!(r#"{{"id":"{link}","providerId":"{PROVIDER}","organizationId":"{organization}","organizationName":"Client {number}","key":"2.x"}}"#)
            })),
            _ => Answer::Json(404, "{}".to_owned()),
        };
    }
    let rest = path.strip_prefix("/organizations/").unwrap_or_default();
    let (id, rest) = rest.split_at(rest.len().min(36));
    let Some(number) = numbers.iter().find(|number| client(**number).to_string() == id) else {
        return Answer::Json(404, r#"{"message":"Resource not found."}"#.to_owned());
    };
    let groups = number % 2 == 1;
    match rest {
        "" => json(format!(r#"{{"object":"organization","id":"{id}","name":"Client {number}","useGroups":{groups}}}"#)),
        "/users?includeGroups=true&includeCollections=true" => list([1u128, 2].map(|member| {
            format!(r#"{{"object":"organizationUserUserDetails","id":"{}","type":2,"status":2,"email":"m{member}@c.example","collections":[],"groups":[]}}"#, Uuid::from_u128(member))
        })),
        "/groups/details" if groups => {
            list([format!(r#"{{"object":"groupDetails","id":"{}","organizationId":"{id}","name":"G"}}"#, Uuid::from_u128(3))])
        }
        "/groups/details" => Answer::Json(400, r#"{"message":"This organization cannot use groups."}"#.to_owned()),
        "/collections" => list([format!(r#"{{"object":"collection","id":"{}","organizationId":"{id}","name":"2.x","type":0}}"#, Uuid::from_u128(4))]),
        "/policies" => list([format!(r#"{{"object":"policy","organizationId":"{id}","type":0,"enabled":true}}"#)]),
        _ => Answer::Json(404, "{}".to_owned()),
    }
}

async fn provider_with(
    count: u128,
    fault: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> HostileServer {
    HostileServer::start(move |asked, _| fault(asked).unwrap_or_else(|| honest(asked, count))).await
}

struct Outcome {
    result: Result<Gathered, ApiError>,
    picture: Picture,
    progress: Vec<SyncProgress>,
}

fn asks(server: &HostileServer, idle: Duration) -> ApiClient {
    let options = ConnectOptions {
        pace: Some(PaceLimits { first_backoff: Duration::from_millis(5), ..PaceLimits::LOOPBACK }),
        patience: Patience { idle, ..Patience::default() },
        ..ConnectOptions::new(Device { identifier: Uuid::nil() })
    };
    ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap()
}

async fn sync(server: &HostileServer, before: Option<Before>, full: bool) -> Outcome {
    sync_until(server, before, full, &CancellationToken::new(), |_| {}).await
}

async fn sync_until(
    server: &HostileServer,
    before: Option<Before>,
    full: bool,
    stop: &CancellationToken,
    seen: impl Fn(&SyncProgress) + Sync,
) -> Outcome {
    sync_knowing(&KnownClients::default(), server, before, full, stop, seen).await
}

async fn sync_knowing(
    known: &KnownClients,
    server: &HostileServer,
    before: Option<Before>,
    full: bool,
    stop: &CancellationToken,
    seen: impl Fn(&SyncProgress) + Sync,
) -> Outcome {
    sync_for(IDLE, known, server, before, full, stop, seen).await
}

async fn sync_for(
    idle: Duration,
    known: &KnownClients,
    server: &HostileServer,
    before: Option<Before>,
    full: bool,
    stop: &CancellationToken,
    seen: impl Fn(&SyncProgress) + Sync,
) -> Outcome {
    let client = asks(server, idle);
    let session = kept();
    let told = Mutex::new(Vec::new());
    let progress = |step: SyncProgress| {
        seen(&step);
        told.lock().unwrap().push(step);
    };
    let mut picture =
        Picture { before: before.as_ref().map(|before| shown(&before.memberships)), ..Picture::default() };
    let gathering = Gathering {
        asking: Authorized { client: &client, session: &session, room: None },
        progress: &progress,
        stop,
        full,
        known,
        budget: 100,
        opened: &HashSet::new(),
        event_days: 30,
    };
    let result = gathering.everything(before, &mut picture).await.map_err(|error| match error {
        GatherError::Api(error) => std::sync::Arc::into_inner(error).expect("nobody else holds it"),
        GatherError::Take(error) => panic!("what the server said cannot be taken: {error}"),
    });
    Outcome { result, picture, progress: told.into_inner().unwrap() }
}

fn before(clients: &[u128], revision: i64) -> Option<Before> {
    let sync: serde_json::Value = serde_json::from_str(&sync_json(clients)).unwrap();
    let profile = serde_json::from_value(sync["profile"].clone()).unwrap();
    Some(Before { memberships: Memberships::of(&profile), revision: Some(revision.to_string()) })
}

/// The provider as a picture of these memberships shows it.
fn shown(memberships: &Memberships) -> ProviderPicture {
    let row = |(id, client): (&Uuid, &super::plan::ClientMembership)| ProviderOrganizationDetails {
        organization_id: *id,
        organization_name: client.name.clone(),
        ..ProviderOrganizationDetails::default()
    };
    ProviderPicture {
        provider: ProviderResponse { id: PROVIDER, ..ProviderResponse::default() },
        clients: memberships.clients.iter().map(row).collect(),
        members: Some(vec![ProviderUserDetails::default(); 3]),
    }
}

const REVISION: i64 = 1_767_225_600_000;

fn asked_for(server: &HostileServer, part: &str) -> usize {
    server.asked().iter().filter(|asked| asked.target.contains(part)).count()
}

#[tokio::test]
async fn a_first_sync_reads_everything_and_nothing_that_is_logged() {
    let server = provider_with(6, |_| None).await;
    let outcome = sync(&server, None, false).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.vault_read, gathered.clients_read, gathered.failed.len()), (true, 6, 0));
    let picture = outcome.picture;
    assert_eq!(picture.vaults, [(sync_json(&[0, 1, 2, 3, 4, 5]), Some(REVISION))]);
    assert_eq!(picture.providers, [(PROVIDER, 6, Some(1))]);
    let groups: usize = picture
        .read
        .iter()
        .map(|(_, members, groups)| {
            assert_eq!(*members, 2);
            groups
        })
        .sum();
    assert_eq!(groups, 3, "only clients with groups are asked for them");
    assert_eq!(asked_for(&server, "collections/details"), 0);
    assert_eq!(asked_for(&server, "/groups/details"), 3);
    assert_eq!(server.asked()[0].target, "/api/accounts/revision-date", "under the token of the sign-in");

    let phases: Vec<SyncPhase> = outcome.progress.iter().map(|step| step.phase).collect();
    assert!(phases.is_sorted(), "{phases:?}");
    let last = outcome.progress.last().unwrap();
    assert_eq!((last.phase, last.done, last.total), (SyncPhase::Clients, 6, 6));
    let named: BTreeSet<_> = outcome.progress.iter().filter_map(|step| step.client.clone()).collect();
    assert_eq!(named.len(), 6);
    let done: Vec<u32> = outcome.progress.iter().map(|step| step.done).collect();
    assert!(done.is_sorted(), "{done:?}");
}

#[tokio::test]
async fn the_vault_is_left_alone_unless_something_moved() {
    let unmoved = provider_with(3, |_| None).await;
    let outcome = sync(&unmoved, before(&[0, 1, 2], REVISION), false).await;
    assert_eq!((outcome.picture.vaults.len(), outcome.picture.read.len()), (0, 3));

    for (full, clients, revision) in [
        (true, &[0, 1, 2][..], REVISION),
        (false, &[0, 1, 2], REVISION - 1),
        (false, &[0, 1], REVISION),
        (false, &[0, 1, 2, 3], REVISION),
    ] {
        let server = provider_with(3, |_| None).await;
        let outcome = sync(&server, before(clients, revision), full).await;
        assert!(outcome.result.unwrap().vault_read);
        assert_eq!((outcome.picture.vaults.len(), asked_for(&server, "/sync")), (1, 1), "{clients:?}");
        assert_eq!(outcome.picture.read.len(), 3, "what the provider lists now");
    }
}

#[tokio::test]
async fn one_failing_client_does_not_stop_the_others() {
    let faults = [
        (Answer::Json(403, String::new()), "403", StaleReason::Forbidden),
        (Answer::Json(404, String::new()), "404", StaleReason::NotFound),
        (Answer::Json(500, "{}".to_owned()), "500", StaleReason::ServerError),
        (Answer::Json(200, "{\"nonsense\":true}".to_owned()), "cannot be read", StaleReason::BadAnswer),
        (Answer::Whole(200, vec![], b"<html>".to_vec()), "web page", StaleReason::BadAnswer),
        (Answer::Silent, "in time", StaleReason::TimedOut),
        (Answer::Cut(b"{".to_vec()), "cannot be reached", StaleReason::Unreachable),
        (Answer::Json(200, format!(r#"{{"id":"{}"}}"#, client(1))), "something else", StaleReason::BadAnswer),
    ];
    for (fault, words, reason) in faults {
        let broken = format!("/api/organizations/{}", client(2));
        let server = provider_with(5, move |asked| (asked.target == broken).then(|| fault.clone())).await;
        let outcome = sync(&server, None, false).await;
        let gathered = outcome.result.unwrap();
        assert_eq!((gathered.clients_read, gathered.failed.len()), (4, 1), "{words}");
        assert_eq!(outcome.picture.read.len(), 4);
        assert_eq!(outcome.picture.failed, [(client(2), reason)], "{words}");
        let failed = &gathered.failed[0];
        assert!(failed.error.to_string().contains(words), "{}", failed.error);
        assert_eq!((failed.name.as_str(), failed.reason), ("Client 2", reason));
    }
}

#[tokio::test]
async fn a_client_with_another_clients_group_is_not_taken() {
    let server = provider_with(2, |asked| {
        let planted = format!("/api/organizations/{}/groups/details", client(1));
        (asked.target == planted).then(|| {
            list([format!(
                r#"{{"id":"{}","organizationId":"{}","name":"G"}}"#,
                Uuid::from_u128(3),
                client(0)
            )])
        })
    })
    .await;
    let outcome = sync(&server, None, false).await;
    assert_eq!(outcome.picture.failed[0].0, client(1));
    assert_eq!(outcome.picture.read.len(), 1);
}

#[tokio::test]
async fn a_provider_that_refuses_renews_the_token_and_asks_the_profile_again() {
    // The person is no longer a provider admin: the team is refused until the profile is read again, and then it is
    // not asked for any more.
    for before in [before(&[0, 1], REVISION), None] {
        let read_before = std::sync::atomic::AtomicBool::new(before.is_some());
        let server = provider_with(2, move |asked| {
            let team = asked.target.ends_with("/users");
            let service_user = sync_json(&[0, 1]).replacen(
                r#""type":0,"status":2,"enabled""#,
                r#""type":1,"status":2,"enabled""#,
                1,
            );
            match asked.target.as_str() {
                _ if team => Some(Answer::Json(403, String::new())),
                "/api/sync?excludeDomains=true"
                    if read_before.swap(true, std::sync::atomic::Ordering::SeqCst) =>
                {
                    Some(Answer::Json(200, service_user))
                }
                _ => None,
            }
        })
        .await;
        let outcome = sync(&server, before, false).await;
        assert_eq!(outcome.result.unwrap().clients_read, 2);
        assert_eq!(outcome.picture.providers, [(PROVIDER, 2, None)]);
        assert_eq!(asked_for(&server, "/connect/token"), 2);
        assert_eq!(outcome.picture.vaults.len(), 1);
    }
}

#[tokio::test]
async fn a_provider_that_goes_on_refusing_leaves_its_clients_as_they_were() {
    let server = provider_with(2, |asked| {
        asked.target.contains("/providers/").then(|| Answer::Json(403, String::new()))
    })
    .await;
    let outcome = sync(&server, None, false).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.clients_read, gathered.failed.len()), (0, 2));
    assert!(outcome.picture.failed.iter().all(|(_, reason)| *reason == StaleReason::Forbidden));
    assert!(outcome.picture.providers.is_empty());
}

#[tokio::test]
async fn no_connection_is_told_at_once_and_changes_nothing() {
    let server = provider_with(2, |_| Some(Answer::HangUp)).await;
    let outcome = sync(&server, before(&[0, 1], REVISION), false).await;
    assert!(outcome.result.unwrap_err().is_unreachable());
    assert!(outcome.picture.failed.is_empty());
}

#[tokio::test]
async fn a_connection_lost_among_the_clients_is_not_tried_a_thousand_times() {
    // The first clients answer, then the line goes dead.
    let server = provider_with(200, |asked| {
        let organization = asked.target.strip_prefix("/api/organizations/")?;
        let id: Uuid = organization.get(..36)?.parse().ok()?;
        // Clients are read by name: 0, 1, 10, 100, 101, …
        (![client(0), client(1), client(10)].contains(&id)).then_some(Answer::HangUp)
    })
    .await;
    let outcome = sync(&server, None, false).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.clients_read, gathered.failed.len()), (3, 197), "what came is kept");
    let not_reached = |reason: &StaleReason| *reason == StaleReason::NotReached;
    let reasons: Vec<StaleReason> = outcome.picture.failed.iter().map(|(_, reason)| *reason).collect();
    assert!(reasons.iter().filter(|reason| not_reached(reason)).count() > 180, "never asked for");
    let organizations: BTreeSet<_> = server
        .asked()
        .iter()
        .filter_map(|asked| Some(asked.target.strip_prefix("/api/organizations/")?[..36].to_owned()))
        .collect();
    assert!(
        organizations.len() <= 3 + 4 + 3 + 4,
        "three read, and what was begun until three in a row failed"
    );

    let dead =
        provider_with(200, |asked| asked.target.contains("/api/organizations/").then_some(Answer::HangUp))
            .await;
    let outcome = sync(&dead, None, false).await;
    assert!(outcome.result.unwrap_err().is_unreachable(), "nothing came: nothing changes");
}

#[tokio::test]
async fn an_ended_session_ends_the_sync() {
    let server = provider_with(20, |asked| {
        asked
            .target
            .contains("/policies")
            .then(|| Answer::Json(401, r#"{"message":"Unauthorized."}"#.to_owned()))
    })
    .await;
    // Refused with a fresh token: that is a refusal of this client, not the end of the session.
    let outcome = sync(&server, None, false).await;
    assert_eq!(outcome.result.unwrap().failed.len(), 20);

    let renewals = std::sync::atomic::AtomicU32::new(0);
    let server = provider_with(20, move |asked| match asked.target.as_str() {
        "/identity/connect/token" if renewals.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0 => {
            Some(Answer::Json(400, r#"{"error":"invalid_grant"}"#.to_owned()))
        }
        target if target.contains("/policies") => Some(Answer::Json(401, "{}".to_owned())),
        _ => None,
    })
    .await;
    assert!(matches!(sync(&server, None, false).await.result, Err(ApiError::SignedOut)));
}

#[tokio::test]
async fn a_deleted_account_is_signed_out() {
    for revision in ["null", "-1"] {
        let server = provider_with(1, |asked| {
            asked.target.contains("revision-date").then(|| Answer::Json(200, revision.to_owned()))
        })
        .await;
        assert!(matches!(sync(&server, None, false).await.result, Err(ApiError::SignedOut)), "{revision}");
    }
}

#[tokio::test]
async fn stops_at_every_step() {
    for (phase, done) in [
        (SyncPhase::Connecting, 0),
        (SyncPhase::Vault, 0),
        (SyncPhase::Provider, 0),
        (SyncPhase::Clients, 0),
        (SyncPhase::Clients, 3),
        (SyncPhase::Clients, 5),
    ] {
        let server = provider_with(6, |_| None).await;
        let stop = CancellationToken::new();
        let outcome = sync_until(&server, None, false, &stop, |step| {
            if step.phase == phase && step.done == done {
                stop.cancel();
            }
        })
        .await;
        assert!(matches!(outcome.result, Err(ApiError::Cancelled)), "{phase:?} {done}");
        assert!(outcome.picture.read.len() as u32 <= done);
    }
}

/// The honest server, and beside its clients an organization that the person administers as a member of `role`.
async fn with_own_organization(role: u8) -> HostileServer {
    let (client_one, own) = (client(1).to_string(), client(50).to_string());
    provider_with(2, move |asked| {
        if asked.target == "/api/sync?excludeDomains=true" {
            let membership = format!(
                r#""organizations":[{{"object":"profileOrganization","id":"{own}","name":"Club","enabled":true,
                "useGroups":true,"usePolicies":true,"type":{role},"status":2,"permissions":{{"manageUsers":true}}}}]"#
            );
            let sync = sync_json(&[0, 1]).replacen(r#""organizations":[]"#, &membership, 1);
            return Some(Answer::Json(200, sync));
        }
        // It answers as client 1 does, in its own name.
        let target = asked.target.strip_prefix(&format!("/api/organizations/{own}"))?;
        let as_client = Asked { target: format!("/api/organizations/{client_one}{target}"), ..asked.clone() };
        match honest(&as_client, 2) {
            Answer::Json(code, json) => Some(Answer::Json(code, json.replace(&client_one, &own))),
            other => Some(other),
        }
    })
    .await
}

#[tokio::test]
async fn an_own_organization_is_read_beside_the_clients_as_its_role_allows() {
    let own = client(50);
    let (itself, policies) = (format!("/api/organizations/{own}"), format!("{own}/policies"));
    for (role, read, asks_itself, asks_policies) in
        [(0, Some((2, 1)), 1, 1), (1, Some((2, 1)), 0, 1), (4, Some((2, 1)), 0, 0), (2, None, 0, 0)]
    {
        let server = with_own_organization(role).await;
        let outcome = sync(&server, None, false).await;
        let gathered = outcome.result.unwrap();
        let count = 2 + u32::from(read.is_some());
        assert_eq!((gathered.clients_read, gathered.failed.len()), (count, 0), "role {role}");
        let found = outcome.picture.read.iter().find(|(id, ..)| *id == own);
        assert_eq!(found.map(|(_, members, groups)| (*members, *groups)), read, "role {role}");
        let asked = server.asked().iter().filter(|asked| asked.target == itself).count();
        assert_eq!((asked, asked_for(&server, &policies)), (asks_itself, asks_policies), "role {role}");
        assert_eq!(asked_for(&server, "collections/details"), 0);
        let last = outcome.progress.last().unwrap();
        assert_eq!((last.done, last.total), (count, count), "counted as clients");
    }
}
