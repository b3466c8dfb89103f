//! Against a stand-in for logind.

#[path = "stand_in.rs"]
mod stand_in;

use tokio::sync::mpsc;
use zbus::connection::Builder;

use super::logind::{self, Why};
use stand_in::{Bus, MANAGER, Manager, SESSION, Session, emitter, hint, serve};

/// The session is named by the environment, or found by the alias of the seat.
#[tokio::test(flavor = "multi_thread")]
async fn sleeping_and_locking_lock_before_the_computer_goes_on() {
    for named in [Some("7".to_owned()), None] {
        let bus = Bus::start();
        let manager = Manager::default();
        let server = serve(&bus, &manager, true).await;
        let ours =
            Builder::address(bus.address.as_str()).expect("address").build().await.expect("on the bus");
        let (told, mut locks) = mpsc::unbounded_channel();
        let asked = manager.clone();
        let watching = tokio::spawn(async move {
            let lock = move |why: Why| {
                told.send((why, asked.held())).expect("somebody listens");
                std::future::ready(())
            };
            logind::watch(ours, named, lock).await
        });
        until(|| manager.held() == (1, true)).await;

        Manager::prepare_for_sleep(&emitter(&server, MANAGER), true).await.expect("sent");
        // While it locks the computer is held awake, afterwards it is let go.
        assert_eq!(locks.recv().await, Some((Why::Sleep, (1, true))));
        until(|| manager.held() == (1, false)).await;
        Manager::prepare_for_sleep(&emitter(&server, MANAGER), false).await.expect("sent");
        until(|| manager.held() == (2, true)).await;

        Session::lock(&emitter(&server, SESSION)).await.expect("sent");
        assert_eq!(locks.recv().await.map(|(why, _)| why), Some(Why::DesktopLocked));
        for locked in [true, false, true] {
            hint(&server, locked).await;
            if locked {
                assert_eq!(locks.recv().await.map(|(why, _)| why), Some(Why::DesktopLocked));
            }
        }
        assert!(locks.try_recv().is_err(), "unlocking the desktop locks nothing");
        watching.abort();
    }
}

/// No session is named, none belongs to the process, and the seat has none.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_sleeping_still_locks() {
    let bus = Bus::start();
    let manager = Manager::default();
    let server = serve(&bus, &manager, false).await;
    let ours = Builder::address(bus.address.as_str()).expect("address").build().await.expect("on the bus");
    let (told, mut locks) = mpsc::unbounded_channel();
    let watching = tokio::spawn(async move {
        let lock = move |why: Why| {
            told.send(why).expect("somebody listens");
            std::future::ready(())
        };
        logind::watch(ours, None, lock).await
    });
    until(|| watching.is_finished() || manager.held() == (1, true)).await;
    assert!(!watching.is_finished(), "it goes on without a session");
    Manager::prepare_for_sleep(&emitter(&server, MANAGER), true).await.expect("sent");
    assert_eq!(locks.recv().await, Some(Why::Sleep));
    until(|| manager.held() == (1, false)).await;
    watching.abort();
}

async fn until(mut condition: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !condition() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "not within half a minute");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
