//! Routes that fail by themselves, lists that are none, entries of another shape.

use super::*;

#[tokio::test]
async fn one_failing_route_of_a_provider_is_named_and_its_clients_are_read() {
    let faults = [
        Answer::Json(401, String::new()),
        Answer::Json(404, String::new()),
        Answer::Json(500, String::new()),
        Answer::Whole(200, vec![], b"<html>".to_vec()),
        Answer::Json(200, r#"{"object":"list","data":null,"continuationToken":null}"#.to_owned()),
        Answer::Cut(b"{".to_vec()),
    ];
    for fault in faults {
        // What the picture shows of the provider: clients, and people in its team; 3 are those of the last picture.
        for (route, shown) in
            [("", Some((3, Some(1)))), ("/users", Some((3, Some(3)))), ("/organizations", None)]
        {
            let path = format!("/providers/{PROVIDER}{route}");
            let (target, answer) = (format!("/api{path}"), fault.clone());
            let server =
                provider_with(3, move |asked| (asked.target == target).then(|| answer.clone())).await;
            let outcome = sync(&server, before(&[0, 1, 2], REVISION), false).await;
            let gathered = outcome.result.unwrap();
            assert_eq!((gathered.clients_read, gathered.failed.len()), (3, 0), "{path} {fault:?}");
            let failed: Vec<String> = gathered.failed_providers.iter().map(|failed| failed.route()).collect();
            assert_eq!(failed, [path.as_str()], "{fault:?}");
            let taken = outcome.picture.providers.first().map(|(_, clients, team)| (*clients, *team));
            assert_eq!(taken, shown, "{path} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_first_sync_reads_the_clients_whichever_route_of_their_provider_fails() {
    for (route, team) in [("", Some(1)), ("/users", None), ("/organizations", Some(1))] {
        for status in [500, 404] {
            let path = format!("/api/providers/{PROVIDER}{route}");
            let target = path.clone();
            let server = provider_with(3, move |asked| {
                (asked.target == target).then(|| Answer::Json(status, String::new()))
            })
            .await;
            let outcome = sync(&server, None, false).await;
            let gathered = outcome.result.unwrap();
            assert_eq!((gathered.clients_read, gathered.failed.len()), (3, 0), "{path}");
            let [failed] = &gathered.failed_providers[..] else { panic!("{path} is named") };
            assert_eq!(format!("/api{}", failed.route()), path);
            assert_eq!(outcome.picture.providers, [(PROVIDER, 3, team)], "{path}");
        }
    }
    // Who may not read the list may not read the clients.
    let server = provider_with(3, |asked| {
        asked.target.ends_with(&format!("{PROVIDER}/organizations")).then(|| Answer::Json(403, String::new()))
    })
    .await;
    let outcome = sync(&server, None, false).await;
    assert_eq!(outcome.result.unwrap().failed.len(), 3);
    assert_eq!(outcome.picture.providers, []);
}

#[tokio::test]
async fn odd_entries_are_counted_and_stop_nothing() {
    let server = provider_with(2, |asked| {
        let odd = |text: String| Some(Answer::Json(200, text));
        let one = client(1);
        match asked.target.as_str() {
            "/api/sync?excludeDomains=true" => odd(sync_json(&[0, 1])
                .replace(r#""folders":[]"#, r#""folders":[null]"#)
                .replace(r#""organizations":[]"#, r#""organizations":[],"avatarColor":{}"#)),
            target if target.ends_with(&format!("{one}/policies")) => {
                odd(format!(r#"{{"data":[null,{{"organizationId":"{one}","type":0,"enabled":true}}]}}"#))
            }
            target if target.ends_with(&one.to_string()) => {
                odd(format!(r#"{{"object":null,"id":"{one}","name":"One","useScim":[true]}}"#))
            }
            _ => None,
        }
    })
    .await;
    let outcome = sync(&server, None, false).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.clients_read, gathered.failed.len(), gathered.odd_entries), (2, 0, 4));
    assert!(outcome.picture.vaults[0].0.contains(r#""folders":[]"#));
}

#[tokio::test]
async fn null_is_no_list_of_a_client() {
    for route in
        ["users?includeGroups=true&includeCollections=true", "groups/details", "collections", "policies"]
    {
        let target = format!("/api/organizations/{}/{route}", client(1));
        let server = provider_with(2, move |asked| {
            let null = r#"{"object":"list","data":null,"continuationToken":null}"#;
            (asked.target == target).then(|| Answer::Json(200, null.to_owned()))
        })
        .await;
        let outcome = sync(&server, None, false).await;
        assert_eq!(outcome.picture.failed, [(client(1), StaleReason::BadAnswer)], "{route}");
        assert_eq!(outcome.result.unwrap().clients_read, 1);
    }
}

#[tokio::test]
async fn a_revision_that_is_not_told_does_not_stop_a_sync() {
    for answer in [
        Answer::Json(404, "{}".to_owned()),
        Answer::Json(200, r#""yesterday""#.to_owned()),
        Answer::Whole(200, vec![], b"<html>".to_vec()),
    ] {
        for full in [true, false] {
            let answer = answer.clone();
            let server =
                provider_with(2, move |asked| asked.target.contains("revision-date").then(|| answer.clone()))
                    .await;
            let outcome = sync(&server, before(&[0, 1], REVISION), full).await;
            assert_eq!(outcome.result.unwrap().clients_read, 2);
            let revisions: Vec<_> = outcome.picture.vaults.iter().map(|(_, revision)| *revision).collect();
            assert_eq!(revisions, [None], "the next sync reads the vault again");
        }
    }
}
