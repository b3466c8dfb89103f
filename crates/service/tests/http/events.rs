use portico_service::bulk::{BulkError, BulkEvent, BulkMember, BulkOrganization};
use portico_service::{Config, Permissions, Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::ciphers::login_request;
use crate::support::*;

fn of_client(query: &str) -> String {
    format!("/api/organizations/{}/events{query}", id::CLIENT)
}

fn of_provider() -> String {
    format!("/api/providers/{}/events", id::PROVIDER)
}

/// The lines of a log but for sign-ins, newest first.
async fn log(world: &World, path: &str, person: Person) -> Vec<Value> {
    let mut lines = world.deeds(path, &world.access_token(person).await).await;
    lines.reverse();
    lines
}

fn kinds(log: &[Value]) -> Vec<i64> {
    log.iter().map(|event| event["type"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_full_sync_of_a_provider_leaves_no_trace_and_opening_a_vault_leaves_two() {
    let world = World::start().await;
    let token = world.access_token(Person::ServiceUser).await;
    let client = format!("/api/organizations/{}", id::CLIENT);
    let provider = format!("/api/providers/{}", id::PROVIDER);
    for path in [
        "/api/accounts/revision-date".to_owned(),
        "/api/sync".to_owned(),
        provider.clone(),
        format!("{provider}/organizations"),
        client.clone(),
        format!("{client}/users?includeGroups=true&includeCollections=true"),
        format!("{client}/groups/details"),
        format!("{client}/collections"),
        format!("{client}/policies"),
        format!("{client}/events"),
    ] {
        world.get(&path, &token).await;
    }
    assert_eq!(log(&world, &of_client(""), Person::Owner).await, [] as [Value; 0]);
    assert_eq!(log(&world, &of_provider(), Person::ProviderAdmin).await, [] as [Value; 0]);

    // Members and owners open their own vault unrecorded.
    for person in [Person::Owner, Person::CustomBare] {
        let token = world.access_token(person).await;
        world.get(&format!("{client}/collections/details"), &token).await;
    }
    assert_eq!(log(&world, &of_client(""), Person::Owner).await, [] as [Value; 0]);

    world.get(&format!("{client}/collections/details"), &token).await;
    let client_log = log(&world, &of_client(""), Person::Owner).await;
    assert_eq!(kinds(&client_log), [1603]);
    let event = &client_log[0];
    assert_eq!(
        keys(event),
        names(
            "object type userId organizationId providerId cipherId collectionId groupId policyId organizationUserId
             providerUserId providerOrganizationId actingUserId installationId date deviceType ipAddress systemUser
             domainName secretId projectId serviceAccountId grantedServiceAccountId sendId"
        )
    );
    for (key, value) in [
        ("object", json!("event")),
        ("organizationId", json!(id::CLIENT)),
        ("providerId", json!(id::PROVIDER)),
        ("actingUserId", json!(Person::ServiceUser.id())),
        ("deviceType", json!(8)),
        ("ipAddress", json!("127.0.0.1")),
    ] {
        assert_eq!(event[key], value, "{key}");
    }
    let provider_log = log(&world, &of_provider(), Person::ProviderAdmin).await;
    let mut both = kinds(&provider_log);
    both.sort_unstable();
    assert_eq!(both, [1603, 1903], "what staff did in a client is in the provider's log as well");
    let own = provider_log.iter().find(|event| event["type"] == 1903).unwrap();
    assert_eq!(own["providerOrganizationId"], json!(id::LINK));
    assert_eq!(own["actingUserId"], json!(Person::ServiceUser.id()));
}

#[tokio::test]
async fn staff_who_are_members_too_act_as_members() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let also_member = BulkMember {
        id: Uuid::from_u128(0x2aa),
        organization_id: id::CLIENT,
        user_id: Some(Person::ServiceUser.id()),
        email: None,
        key: Some(ukey()),
        status: 2,
        role: 1,
        permissions: Permissions::NONE,
        external_id: None,
        reset_password_key: None,
        access_secrets_manager: false,
        revocation_reason: None,
        created: CREATED,
        revised: CREATED,
    };
    store.bulk::<_, BulkError>(|load| load.member(&also_member)).unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let token = world.access_token(Person::ServiceUser).await;
    world.get(&format!("/api/organizations/{}/collections/details", id::CLIENT), &token).await;
    assert_eq!(log(&world, &of_client(""), Person::Owner).await, [] as [Value; 0]);
    assert_eq!(log(&world, &of_provider(), Person::ProviderAdmin).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_log_comes_newest_first_in_pages_of_fifty() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let now = OffsetDateTime::now_utc();
    store
        .bulk::<_, BulkError>(|load| {
            for number in 0..120 {
                load.event(&BulkEvent {
                    kind: 1500,
                    // Three at a time: a page may end between lines of the same moment.
                    date: Some(now - Duration::hours(i64::from(number / 3))),
                    organization_id: Some(id::CLIENT),
                    group_id: Some(Uuid::from_u128(number as u128)),
                    ..BulkEvent::default()
                })?;
            }
            load.event(&BulkEvent {
                kind: 1501,
                date: Some(now - Duration::days(200)),
                organization_id: Some(id::CLIENT),
                ..BulkEvent::default()
            })?;
            load.event(&BulkEvent {
                kind: 1502,
                date: Some(now),
                organization_id: Some(id::OTHER_CLIENT),
                ..BulkEvent::default()
            })
        })
        .unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let token = world.access_token(Person::CustomAudit).await;

    let (mut events, mut sizes, mut query) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = world.get(&of_client(&query), &token).await;
        let data = page["data"].as_array().unwrap();
        sizes.push(data.len());
        events.extend(data.clone());
        match page["continuationToken"].as_str() {
            Some(token) => query = format!("?continuationToken={token}"),
            None => break,
        }
    }
    assert_eq!(sizes, [50, 50, 21], "with the reader's sign-in; the old one is out of the default range");
    let dates: Vec<_> = events.iter().map(|event| event["date"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|a, b| a >= b));
    let mut seen: Vec<_> = events.iter().filter_map(|event| event["groupId"].as_str()).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 120, "every line once");

    let day = |days: i64| {
        (now - Duration::days(days)).format(&time::format_description::well_known::Rfc3339).unwrap()
    };
    let old = world.get(&of_client(&format!("?start={}&end={}", day(201), day(199))), &token).await;
    assert_eq!(kinds(old["data"].as_array().unwrap()), [1501]);
    let reversed = world.get(&of_client(&format!("?start={}&end={}", day(199), day(201))), &token).await;
    assert_eq!(reversed, old);
    for (query, message) in [
        (format!("?start={}&end={}", day(400), day(0)), "Range too large."),
        ("?continuationToken=nonsense".to_owned(), "Invalid continuation token."),
    ] {
        let refused = answer(world.request(Method::GET, &of_client(&query), Some(&token))).await;
        assert_eq!(refused, (StatusCode::BAD_REQUEST, envelope(message)));
    }
}

#[tokio::test]
async fn signing_in_is_recorded_well_or_badly() {
    let world = World::start().await;
    let mut wrong = password_grant(Person::TwoStep);
    wrong[2].1 = "nope".into();
    world.token(&fields(&wrong)).await;
    let mut bad_code = password_grant(Person::TwoStep);
    bad_code.push(("twoFactorToken".into(), "000000".into()));
    bad_code.push(("twoFactorProvider".into(), "0".into()));
    world.token(&fields(&bad_code)).await;
    let log = world.log("/api/events", &world.access_token(Person::TwoStep).await).await;
    assert_eq!(kinds(&log), [1005, 1006, 1000]);
    assert!(log.iter().all(|event| event["userId"] == json!(Person::TwoStep.id())));
}

/// Organizations and providers read in their own logs when their people were last seen.
#[tokio::test]
async fn what_somebody_did_to_the_account_is_told_wherever_they_belong() {
    let store = Store::in_memory().unwrap();
    fill(&store);
    let elsewhere = |row: u128, organization_id, person, role, status| BulkMember {
        id: Uuid::from_u128(row),
        organization_id,
        ..member(person, role, status, &[])
    };
    let [free, accepted] = [0xc3, 0xc4].map(Uuid::from_u128);
    store
        .bulk::<_, BulkError>(|load| {
            load.organization(&BulkOrganization { plan_type: 0, ..organization(free, "Free") })?;
            load.organization(&organization(accepted, "Accepted only"))?;
            load.member(&elsewhere(0x2f0, free, Person::Member, 0, 2))?;
            load.member(&elsewhere(0x2f1, accepted, Person::Owner, 0, 2))?;
            load.member(&elsewhere(0x2f2, accepted, Person::Member, 2, 1))?;
            load.member(&elsewhere(0x2f3, id::OTHER_CLIENT, Person::Member, 2, 2))
        })
        .unwrap();
    let world = World::over(store, Config::without_delay()).await;
    let owner = world.access_token(Person::Owner).await;
    let mut wrong = password_grant(Person::Member);
    wrong[2].1 = "nope".into();
    world.token(&fields(&wrong)).await;
    let own = world.access_token(Person::Member).await;

    let expected = [1005, 1000];
    assert_eq!(world.events_of(&own).await, expected, "once each in the own log");
    let of_member = format!("/api/organizations/{}/users/{}/events", id::CLIENT, Person::Member.member_id());
    let lines = world.log(&of_member, &owner).await;
    assert_eq!(event_types(&lines), expected);
    for line in &lines {
        for key in ["userId", "actingUserId"] {
            assert_eq!(line[key], json!(Person::Member.id()));
        }
        assert_eq!(line["organizationId"], json!(id::CLIENT));
        assert_eq!((&line["deviceType"], &line["ipAddress"]), (&json!(8), &json!("127.0.0.1")));
    }
    let stranger = world.access_token(Person::StrangerAdmin).await;
    for (organization, reader, told) in
        [(id::OTHER_CLIENT, &stranger, &expected[..]), (accepted, &owner, &[]), (free, &own, &[])]
    {
        let mut lines = world.log(&format!("/api/organizations/{organization}/events"), reader).await;
        lines.retain(|line| line["actingUserId"] == json!(Person::Member.id()));
        assert_eq!(event_types(&lines), told, "{organization}");
    }

    // The staff of a provider: in its log, and in none of its clients'.
    let staff = world.access_token(Person::ServiceUser).await;
    let admin = world.access_token(Person::ProviderAdmin).await;
    let lines = world.log(&of_provider(), &admin).await;
    let of_staff = |line: &&Value| line["actingUserId"] == json!(Person::ServiceUser.id());
    let line = lines.iter().find(of_staff).unwrap();
    assert_eq!((&line["type"], &line["providerId"]), (&json!(1000), &json!(id::PROVIDER)));
    assert_eq!(line["organizationId"], Value::Null);
    assert_eq!(world.log(&of_client(""), &staff).await.iter().find(of_staff), None);
}

#[tokio::test]
async fn what_was_done_with_an_item_before_it_was_shared_stays_with_its_owner() {
    let world = World::start().await;
    let token = world.access_token(Person::CustomBare).await;
    let (_, item) = world.send(Method::POST, "/api/ciphers", Some(&token), login_request()).await;
    let (id, path) = (&item["id"], format!("/api/ciphers/{}/events", item["id"].as_str().unwrap()));
    let viewed = async |at: &str| {
        let seen = json!([{"type": 1107, "cipherId": id, "date": at}]);
        answer(world.request(Method::POST, "/events/collect", Some(&token)).json(&seen)).await
    };
    let now = |offset: i64| {
        let at = OffsetDateTime::now_utc() + Duration::milliseconds(offset);
        at.format(&time::format_description::well_known::Rfc3339).unwrap()
    };
    assert_eq!(viewed(&now(-10)).await.0, StatusCode::OK);
    assert_eq!(kinds(&log(&world, &path, Person::CustomBare).await), [1107]);

    let mut cipher = login_request();
    cipher["organizationId"] = json!(id::CLIENT);
    let share = json!({"cipher": cipher, "collectionIds": [id::WIKI]});
    let shared = format!("/api/ciphers/{}/share", id.as_str().unwrap());
    assert_eq!(world.send(Method::PUT, &shared, Some(&token), share).await.0, StatusCode::OK);
    assert_eq!(viewed(&now(0)).await.0, StatusCode::OK);
    let theirs = log(&world, &path, Person::Owner).await;
    assert!(theirs.iter().all(|line| line["organizationId"] == json!(id::CLIENT)), "{theirs:?}");
    let mut theirs = kinds(&theirs);
    theirs.sort_unstable();
    assert_eq!(theirs, [1105, 1107]);
}

#[tokio::test]
async fn clients_report_what_they_may() {
    let world = World::start().await;
    let token = world.access_token(Person::Member).await;
    let now = "2026-01-02T03:04:05.1234567Z";
    let now = OffsetDateTime::now_utc()
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_else(|_| now.to_owned());
    let reported = json!([
        {"type": 1107, "cipherId": id::WIKI_LOGIN, "date": now},
        {"type": 1111, "cipherId": id::OWN_LOGIN, "date": now},
        {"type": 1007, "cipherId": null, "date": now},
        {"type": 1602, "organizationId": id::CLIENT, "date": now},
        // None of these: not a client's to report, not this person's organization, no such item, no date.
        {"type": 1603, "organizationId": id::CLIENT, "date": now},
        {"type": 1500, "organizationId": id::CLIENT, "date": now},
        {"type": 1602, "organizationId": id::OTHER_CLIENT, "date": now},
        {"type": 1107, "cipherId": Uuid::from_u128(0xdead), "date": now},
        {"type": 1007, "date": "yesterday"},
    ]);
    let (status, body) =
        answer(world.request(Method::POST, "/events/collect", Some(&token)).json(&reported)).await;
    assert_eq!((status, body), (StatusCode::OK, Value::Null));
    let mut client_log = kinds(&log(&world, &of_client(""), Person::Owner).await);
    client_log.sort_unstable();
    assert_eq!(client_log, [1007, 1107, 1602]);
    let mut own_log = kinds(&log(&world, "/api/events", Person::Member).await);
    own_log.sort_unstable();
    assert_eq!(own_log, [1007, 1111]);

    let too_many: Vec<_> = (0..1001).map(|_| json!({"type": 1007, "date": now})).collect();
    let refused = answer(world.request(Method::POST, "/events/collect", Some(&token)).json(&too_many)).await;
    assert_eq!(refused.0, StatusCode::BAD_REQUEST);
}
