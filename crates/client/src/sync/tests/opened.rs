//! The client that a person opens.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// Reads `client(2)` of three, which refuses so many times.
async fn opened(refuses: u32) -> (HostileServer, Gathered, Picture) {
    let refused = AtomicU32::new(0);
    let at = format!("/api/organizations/{}", client(2));
    let server = provider_with(3, move |asked| {
        let refuse = asked.target == at && refused.fetch_add(1, Ordering::SeqCst) < refuses;
        refuse.then(|| Answer::Json(403, String::new()))
    })
    .await;
    let (api, session, mut picture) = (asks(&server, IDLE), kept(), Picture::default());
    let gathering = Gathering {
        asking: Authorized { client: &api, session: &session, room: None },
        progress: &|_| {},
        stop: &CancellationToken::new(),
        full: false,
        known: &KnownClients::default(),
        budget: 100,
        opened: &HashSet::new(),
        event_days: 30,
    };
    let before = before(&[0, 1, 2], REVISION).unwrap();
    let gathered = gathering.opened(&before, client(2), &mut picture).await;
    let Ok(gathered) = gathered else { panic!("it ends everything") };
    (server, gathered, picture)
}

#[tokio::test]
async fn it_is_read_and_nothing_else() {
    let (server, gathered, picture) = opened(0).await;
    assert_eq!((gathered.clients_read, gathered.failed.len()), (1, 0));
    assert_eq!(picture.read.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), [client(2)]);
    assert_eq!(asked_for(&server, "/api/"), asked_for(&server, &client(2).to_string()));
}

#[tokio::test]
async fn a_refusal_is_asked_once_more_with_a_new_token_and_then_told() {
    let (server, gathered, picture) = opened(1).await;
    assert_eq!((gathered.clients_read, gathered.failed.len(), picture.read.len()), (1, 0, 1));
    assert_eq!(asked_for(&server, "/identity/connect/token"), 1);

    let (_, gathered, picture) = opened(u32::MAX).await;
    assert_eq!((gathered.clients_read, gathered.failed.len()), (0, 1));
    assert!(picture.failed.ends_with(&[(client(2), StaleReason::Forbidden)]));
}
