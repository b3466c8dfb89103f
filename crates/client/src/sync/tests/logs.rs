//! Logs, and what is read because of what is known before.

use super::*;

/// The honest server of an admin whose provider, and whose clients, keep logs; `pages` of them, each of one event an hour
/// after the one of the page before.
async fn with_logs(pages: usize) -> HostileServer {
    provider_with(2, move |asked| {
        let target = asked.target.as_str();
        if target == "/api/sync?excludeDomains=true" {
            let admin = r#""type":0,"status":2,"enabled":true,"useEvents":true"#;
            let sync = sync_json(&[0, 1]).replacen(r#""type":0,"status":2,"enabled":true"#, admin, 1);
            return Some(Answer::Json(200, sync));
        }
        if target == format!("/api/organizations/{}", client(0)) {
            let (id, name) = (client(0), "Client 0");
            let json = format!(r#"{{"object":"organization","id":"{id}","name":"{name}","useEvents":true}}"#);
            return Some(Answer::Json(200, json));
        }
        let (_, query) = target.split_once("/events")?;
        let page: usize = query.strip_prefix("?continuationToken=p").map_or(0, |page| page.parse().unwrap());
        let event = format!(
            r#"{{"object":"event","type":1502,"organizationId":"{}","date":"2026-08-20T{:02}:00:00Z"}}"#,
            client(1),
            23 - page
        );
        let token = if page + 1 < pages { format!(r#""p{}""#, page + 1) } else { "null".to_owned() };
        let json = format!(r#"{{"object":"list","data":[{event}],"continuationToken":{token}}}"#);
        Some(Answer::Json(200, json))
    })
    .await
}

#[tokio::test]
async fn logs_are_read_where_there_are_some_and_not_endlessly() {
    use EventStream::{Organization, Provider};
    let server = with_logs(3).await;
    let outcome = sync(&server, None, false).await;
    let end = EventsReached::End { days: 30 };
    let streams = [Provider(PROVIDER), Organization(client(0))];
    let logs = |outcome: &Outcome| {
        streams.map(|stream| outcome.picture.logs.iter().find(|(of, ..)| *of == stream).copied().unwrap())
    };
    assert_eq!(logs(&outcome), streams.map(|stream| (stream, 3, end)));
    assert_eq!((outcome.picture.logs.len(), outcome.result.unwrap().logs.events), (2, 6));

    let server = with_logs(24).await;
    let [provider, organization] = logs(&sync(&server, None, false).await);
    assert_eq!((provider.1, provider.2), (20, EventsReached::Limit));
    assert_eq!((organization.1, organization.2), (4, EventsReached::Limit));
}

#[tokio::test]
async fn where_all_clients_are_read_they_wait_for_the_newest_page_of_the_providers_log_only() {
    let server = with_logs(24).await;
    assert_eq!(sync(&server, None, false).await.result.unwrap().clients_read, 2);
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.target).collect();
    let pages = asked
        .iter()
        .enumerate()
        .filter(|(_, target)| target.contains("/providers/") && target.contains("/events"));
    let pages: Vec<usize> = pages.map(|(at, _)| at).collect();
    let first_client = asked.iter().position(|target| target.contains("/organizations/")).unwrap();
    assert!(pages[0] < first_client && first_client < pages[pages.len() - 1], "{asked:#?}");
}

/// The server of an admin whose provider keeps a log, which is `log` and whose next page is again that.
async fn with_provider_log(log: impl Fn() -> Answer + Send + Sync + 'static) -> HostileServer {
    provider_with(2, move |asked| {
        if asked.target.contains("/events") {
            return Some(log());
        }
        asked.target.ends_with("/sync?excludeDomains=true").then(|| {
            let admin = r#""type":0,"status":2,"enabled":true,"useEvents":true"#;
            Answer::Json(200, sync_json(&[0, 1]).replacen(r#""type":0,"status":2,"enabled":true"#, admin, 1))
        })
    })
    .await
}

#[tokio::test]
async fn a_log_that_cannot_be_read_makes_nothing_stale_and_is_told() {
    let page_without_end = || {
        let long = "x".repeat(2 << 20);
        let json = format!(
            r#"{{"object":"list","data":[{{"date":"2026-08-20T12:00:00Z","domainName":"{long}"}}],"continuationToken":"more"}}"#
        );
        Answer::Json(200, json)
    };
    let html = || Answer::Whole(200, vec![], b"<html>".to_vec());
    for (server, reason) in [
        (with_provider_log(html).await, "does not answer as a Bitwarden server"),
        (with_provider_log(page_without_end).await, "sent more than 1048576 bytes"),
    ] {
        let outcome = sync(&server, None, false).await;
        let gathered = outcome.result.unwrap();
        assert_eq!((gathered.clients_read, gathered.failed.len(), outcome.picture.logs.len()), (2, 0, 0));
        let [failed] = &gathered.logs.failed[..] else { panic!("one log fails: {:?}", gathered.logs.failed) };
        assert_eq!(failed.stream, EventStream::Provider(PROVIDER));
        assert_eq!(outcome.picture.failed_logs, [failed.stream]);
        assert!(failed.error.to_string().contains(reason), "{}", failed.error);
    }
}

#[tokio::test]
async fn of_a_page_with_far_too_many_events_the_newest_are_taken_and_the_rest_is_a_gap() {
    let server = with_provider_log(|| {
        let events = vec![r#"{"date":"2026-08-20T12:00:00Z"}"#; 5000].join(",");
        Answer::Json(200, format!(r#"{{"object":"list","data":[{events}],"continuationToken":"more"}}"#))
    })
    .await;
    let outcome = sync(&server, None, false).await;
    assert_eq!(outcome.picture.logs, [(EventStream::Provider(PROVIDER), 1000, EventsReached::Limit)]);
    assert_eq!(outcome.result.unwrap().logs.failed.len(), 0);
}

#[tokio::test]
async fn events_without_a_date_are_counted_and_the_rest_of_the_page_is_read() {
    let server = with_provider_log(|| {
        let dated = r#"{"type":1502,"date":"2026-08-20T12:00:00Z"}"#;
        let odd = r#"{"type":1502},{"type":1502,"date":null},{"type":1502,"date":1755691200},
            {"type":1502,"date":"yesterday"},null,{"type":1502,"date":"2026-08-20T11:00:00Z","ipAddress":[1]}"#;
        Answer::Json(200, format!(r#"{{"object":"list","data":[{dated},{odd}],"continuationToken":null}}"#))
    })
    .await;
    let outcome = sync(&server, None, false).await;
    let end = EventsReached::End { days: 30 };
    assert_eq!(outcome.picture.logs, [(EventStream::Provider(PROVIDER), 2, end)]);
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.logs.failed.len(), gathered.odd_entries), (0, 6));
}

#[tokio::test]
async fn only_what_is_due_is_read() {
    let now = time::macros::datetime!(2026-08-21 12:00 UTC);
    let fresh = portico_estate::Freshness { read_at: Some(now), ..Default::default() };
    let row = |number: u128| {
        let (link, organization) = (Uuid::from_u128(900 + number), client(number));
        serde_json::from_str(&format!(
            r#"{{"id":"{link}","providerId":"{PROVIDER}","organizationId":"{organization}","organizationName":"Client {number}","key":"2.x"}}"#
        ))
        .unwrap()
    };
    let known = KnownClients {
        now: Some(now),
        freshness: (0..200).map(|number| (client(number), fresh)).collect(),
        // Client 5 is not what it was.
        rows: (0..200).map(|number| (client(number), row(if number == 5 { 6 } else { number }))).collect(),
        ..KnownClients::default()
    };
    let everyone: Vec<u128> = (0..200).collect();
    let server = provider_with(200, |_| None).await;
    let stop = CancellationToken::new();
    let outcome = sync_knowing(&known, &server, before(&everyone, REVISION), false, &stop, |_| {}).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.clients_read, gathered.clients_left, gathered.vault_read), (100, 100, false));
    assert!(outcome.picture.read.iter().any(|(id, ..)| *id == client(5)));
    assert_eq!(asked_for(&server, "/connect/token"), 1, "only because the old token was refused");

    let outcome = sync_knowing(&known, &server, before(&everyone, REVISION), true, &stop, |_| {}).await;
    assert_eq!(outcome.result.unwrap().clients_read, 200, "a full sync reads everyone");
}
