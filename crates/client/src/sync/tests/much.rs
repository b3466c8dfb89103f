//! Servers that send as much as they may, for all clients at once.

use portico_protocol::bounds::MOST_ENTRIES;

use super::*;

/// The list as it is, and blanks behind it.
fn padded(answer: Answer, bytes: usize) -> Answer {
    let Answer::Json(status, mut json) = answer else { panic!("no list") };
    json.extend(std::iter::repeat_n(' ', bytes));
    Answer::Json(status, json)
}

fn is_members(asked: &Asked) -> bool {
    asked.target.ends_with("/users?includeGroups=true&includeCollections=true")
}

fn is_of(asked: &Asked, number: u128) -> bool {
    asked.target.starts_with(&format!("/api/organizations/{}/", client(number)))
}

/// Of a first sync that is not given up on for being slow, but ends.
async fn patient_sync(server: &HostileServer) -> Outcome {
    let (known, stop, patience) =
        (KnownClients::default(), CancellationToken::new(), Duration::from_secs(60));
    let syncing = sync_for(patience, &known, server, None, true, &stop, |_| {});
    tokio::time::timeout(2 * patience, syncing).await.expect("nobody waits for ever")
}

#[tokio::test]
async fn clients_too_large_to_be_read_together_are_read_one_after_the_other() {
    // Together more than is held at one time.
    let server =
        provider_with(5, |asked| is_members(asked).then(|| padded(honest(asked, 5), 18 << 20))).await;
    let outcome = patient_sync(&server).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.clients_read, gathered.failed.len(), gathered.odd_entries), (5, 0, 0));
    assert_eq!(outcome.picture.read.iter().map(|(id, ..)| *id).collect::<BTreeSet<_>>().len(), 5);
    let members = server.asked().into_iter().filter(is_members).count();
    // Who had to wait asks once more, and only once.
    assert!((6..=10).contains(&members), "{members}");
}

#[tokio::test]
async fn a_client_without_end_costs_itself_only() {
    let server = provider_with(5, |asked| {
        let is_list = is_members(asked) || asked.target.ends_with("/collections");
        (is_list && (is_of(asked, 1) || is_of(asked, 3))).then_some(Answer::Endless)
    })
    .await;
    let outcome = patient_sync(&server).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.clients_read, gathered.failed.len()), (3, 2));
    assert_eq!(
        outcome.picture.failed.iter().map(|(_, reason)| *reason).collect::<Vec<_>>(),
        [StaleReason::BadAnswer; 2]
    );
}

#[tokio::test]
async fn more_entries_than_any_honest_list_has_are_told_before_they_are_read() {
    let server = provider_with(3, |asked| {
        (is_members(asked) && is_of(asked, 1)).then(|| {
            let entry = format!(r#"{{"id":"{}"}}"#, Uuid::from_u128(1));
            let nulls = "null,".repeat(MOST_ENTRIES);
            Answer::Json(200, format!(r#"{{"object":"list","data":[{nulls}{entry}]}}"#))
        })
    })
    .await;
    let outcome = sync(&server, None, true).await;
    let gathered = outcome.result.unwrap();
    assert_eq!((gathered.clients_read, gathered.failed.len()), (2, 1));
    let said = gathered.failed[0].error.to_string();
    assert!(said.ends_with("its answer cannot be read (more than any honest one holds)"), "{said}");
    assert_eq!(outcome.picture.failed, [(client(1), StaleReason::BadAnswer)]);
}

#[tokio::test]
#[should_panic(expected = "cannot be taken: more than any honest answer holds: entries")]
async fn a_vault_of_more_items_than_any_honest_one_has_is_not_taken() {
    let server = provider_with(1, |asked| {
        asked.target.starts_with("/api/sync").then(|| {
            let items = format!(r#""ciphers":[{}0]"#, "0,".repeat(MOST_ENTRIES));
            Answer::Json(200, sync_json(&[0]).replace(r#""ciphers":[]"#, &items))
        })
    })
    .await;
    drop(sync(&server, None, true).await);
}
