//! The notifications hub is cut, says what is no message, or does not stop: whoever listens listens again, hears what
//! happens then, and can be stopped.

use std::time::Duration;

use futures_util::future::join_all;
use portico_client::{
    CancellationToken, Live, ProviderUserType, invite_provider_members, listen, live_token,
};
use portico_tests::proxy::GARBAGE;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::proxy::{Fault, FaultProxy, Place};
use crate::{HANGS, There, api_through};

const HUB: &str = "GET /notifications/hub";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_met_a_fault_is_listened_to_again() {
    let there = There::new().await;
    there.clean_sync().await;
    let garbage = GARBAGE.map(|what| Fault::Instead(101, what));
    let before = [Fault::CutBefore, Fault::CutInHead, Fault::CutInBody, Fault::Silence];
    let faults: Vec<Fault> = [before.to_vec(), garbage.to_vec(), vec![Fault::Instead(502, "page")]].concat();
    // At once, since each waits for a second or two before it tries again.
    let mut listening = join_all(faults.into_iter().map(|fault| Listening::meets(&there, fault))).await;
    for one in &mut listening {
        one.is_lost_and_back().await;
    }
    let provider = there.demo.accounts.provider.id;
    let (clean, role) = (there.demo.client(&there.profile), ProviderUserType::SERVICE_USER);
    let email = ["newcomer@brightwater.example".to_owned()];
    let stop = CancellationToken::new();
    invite_provider_members(&clean, &there.unlocked, provider, &email, role, &stop).await.unwrap();
    for mut one in listening {
        assert_eq!(one.next().await, Live::Provider(provider), "{:?}", one.fault);
        one.ends().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_without_end_tells_nothing_and_can_be_stopped() {
    let there = There::new().await;
    let mut one = Listening::meets(&there, Fault::Endless).await;
    assert_eq!(one.next().await, Live::Connected);
    assert!(tokio::time::timeout(Duration::from_secs(1), one.told.recv()).await.is_err());
    one.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn something_else_in_place_of_a_hub_is_no_hub() {
    let there = There::new().await;
    for what in
        [Fault::Instead(200, "page"), Fault::Instead(302, "elsewhere"), Fault::Instead(404, "nothing")]
    {
        let mut one = Listening::meets(&there, what).await;
        assert_eq!(one.next().await, Live::NotOffered, "{what:?}");
        assert_eq!(one.proxy.asked(), [HUB], "{what:?}");
    }
}

/// Somebody who listens through a proxy of their own.
struct Listening {
    fault: Fault,
    proxy: FaultProxy,
    told: UnboundedReceiver<Live>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Listening {
    async fn meets(there: &There, fault: Fault) -> Self {
        let proxy = FaultProxy::before(there.demo.base()).await;
        proxy.harm(Place::Once(HUB.to_owned()), fault);
        let patience = Duration::from_secs(1);
        let (api, stop) = (api_through(&proxy, patience, patience), CancellationToken::new());
        let (send, told) = unbounded_channel();
        let token = live_token(&api, &there.unlocked, false, &stop).await.unwrap();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let token = |_| std::future::ready(Some(token.copy()));
            // Who does not listen any more has seen enough.
            listen(&api, token, |live| _ = send.send(live), &stopped).await;
        });
        Self { fault, proxy, told, stop, task }
    }

    async fn next(&mut self) -> Live {
        let next = tokio::time::timeout(HANGS, self.told.recv()).await;
        next.unwrap_or_else(|_| panic!("{:?}: nothing more is heard", self.fault)).unwrap()
    }

    /// Until it listens on a second connection: what was said of the first may wait to be heard.
    async fn is_lost_and_back(&mut self) {
        let may_connect_first = matches!(self.fault, Fault::Instead(101, _));
        let expected = [Live::Connected, Live::Disconnected, Live::Connected];
        for expected in &expected[if may_connect_first { 0 } else { 2 }..] {
            assert_eq!(self.next().await, *expected, "{:?}", self.fault);
        }
        assert_eq!(self.proxy.asked(), [HUB, HUB], "{:?}", self.fault);
    }

    async fn ends(self) {
        self.stop.cancel();
        tokio::time::timeout(HANGS, self.task).await.expect("it goes on listening").unwrap();
    }
}
