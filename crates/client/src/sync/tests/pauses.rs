//! Servers that ask for time.

use super::*;

#[tokio::test]
async fn too_many_requests_slow_the_sync_down_and_lose_nothing() {
    let refusals = std::sync::atomic::AtomicU32::new(0);
    let server = provider_with(6, move |asked| {
        let refuse = asked.target.contains("/organizations/")
            && refusals.fetch_add(1, std::sync::atomic::Ordering::SeqCst).is_multiple_of(7);
        refuse.then(|| Answer::Whole(429, vec![("retry-after", "0".to_owned())], vec![]))
    })
    .await;
    let outcome = sync(&server, None, false).await;
    assert_eq!(outcome.result.unwrap().clients_read, 6);
}

#[tokio::test]
async fn a_pause_longer_than_is_waited_ends_the_sync_and_keeps_what_was_read() {
    let routes = [
        ("/collections", 12),
        ("/policies", 12),
        ("/providers/00000000-0000-0000-0000-000000000001", 12),
        ("/providers/00000000-0000-0000-0000-000000000001/users", 12),
    ];
    for (route, least_failed) in routes {
        let answered = std::sync::atomic::AtomicU32::new(0);
        let server = provider_with(20, move |asked| {
            let refuse = asked.target.ends_with(route)
                && answered.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 1000
                    == u32::from(route.starts_with("/c") || route.starts_with("/po")) * 4;
            refuse.then(|| Answer::Whole(429, vec![("retry-after", "3600".to_owned())], vec![]))
        })
        .await;
        let begun = std::time::Instant::now();
        let outcome = sync(&server, before(&[0], REVISION - 1), false).await;
        assert!(begun.elapsed() < Duration::from_secs(20), "{route}");
        let gathered = outcome.result.unwrap();
        assert_eq!(outcome.picture.vaults.len(), 1, "{route}: what was read is kept");
        assert!(gathered.failed.len() >= least_failed, "{route}: {}", gathered.failed.len());
        assert_eq!(gathered.clients_read as usize + gathered.failed.len(), 20, "{route}");
        let throttled = |(_, reason): &(Uuid, StaleReason)| *reason == StaleReason::Throttled;
        assert!(outcome.picture.failed.iter().all(throttled), "{route}: {:?}", outcome.picture.failed);
    }
}

#[tokio::test]
async fn a_server_that_refuses_every_second_request_is_read_to_the_end() {
    for retry_after in [Some("0"), None] {
        let requests = std::sync::atomic::AtomicU32::new(0);
        let server = provider_with(60, move |asked| {
            let refuse = asked.target.contains("/organizations/")
                && !requests.fetch_add(1, std::sync::atomic::Ordering::SeqCst).is_multiple_of(2);
            let headers =
                retry_after.map(|seconds| ("retry-after", seconds.to_owned())).into_iter().collect();
            refuse.then_some(Answer::Whole(429, headers, vec![]))
        })
        .await;
        let gathered = sync(&server, None, false).await.result.unwrap();
        assert!(gathered.clients_read >= 55, "{retry_after:?}: {}", gathered.clients_read);
    }
}
