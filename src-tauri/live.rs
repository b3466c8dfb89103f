//! What happens elsewhere while an account is open: hints of the server at what to read again, and looking now and then
//! where a server pushes nothing to providers.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use portico_client::{
    ApiClient, CancellationToken, Live, SyncError, listen, live_token, poll_provider, watch_reach,
};
use tauri::AppHandle;
use time::OffsetDateTime;
use tokio::{
    sync::Notify,
    time::{Instant, Interval, MissedTickBehavior},
};
use uuid::Uuid;

use crate::held::held;
use crate::{shell::Open, syncing, told};

/// How often the provider is looked at while its portal is open (design §3). A push comes sooner where there are any.
pub const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What hints wait to be followed, each once.
#[derive(Default)]
struct Hints {
    waiting: Mutex<Waiting>,
    came: Notify,
}

#[derive(Default)]
struct Waiting {
    /// Something was changed that only a sync shows.
    everything: bool,
    /// The connection is new: a sync that runs will do.
    connected: bool,
    organizations: BTreeSet<Uuid>,
    providers: BTreeSet<Uuid>,
}

/// Listens and looks until the account is locked or is connected to its server otherwise. Between two hints only a weak
/// hold is kept: what waits must not keep keys alive.
pub fn begin(app: &AppHandle, open: &Arc<Open>) {
    let Some(api) = open.api() else { return };
    let hints = Arc::new(Hints::default());
    let (weak, stop) = (Arc::downgrade(open), open.begin_listening());
    let (told, asked, listening, heard) =
        (Arc::clone(&hints), weak.clone(), stop.clone(), (api.clone(), weak.clone(), stop.clone()));
    tauri::async_runtime::spawn(async move {
        let token = |refused| {
            let (asked, stop) = (asked.clone(), listening.clone());
            async move {
                let open = asked.upgrade()?;
                live_token(&open.api()?, &open.unlocked, refused, &stop).await
            }
        };
        listen(&api, token, |live| told.hear(live), &listening).await;
    });
    let page = app.clone();
    tauri::async_runtime::spawn(async move {
        let (api, open, stop) = heard;
        let tell = |reach| {
            if let Some(open) = open.upgrade() {
                syncing::show_reach(&page, &open, reach);
            }
        };
        watch_reach(&api, tell, &stop).await;
    });
    tauri::async_runtime::spawn(follow(app.clone(), weak, hints, stop));
}

async fn follow(app: AppHandle, weak: Weak<Open>, hints: Arc<Hints>, closing: CancellationToken) {
    let mut looks = looks();
    loop {
        let look = tokio::select! {
            () = closing.cancelled() => return,
            look = look_is_next(&hints, &mut looks) => look,
        };
        let Some(open) = weak.upgrade() else { return };
        let waiting = hints.take();
        if waiting.everything {
            // One that runs may have read before the change. The new one reads providers and clients too.
            syncing::ended(&open).await;
        }
        if waiting.everything || waiting.connected {
            syncing::start(&app, &open, None);
            continue;
        }
        let mut providers = waiting.providers;
        if look {
            providers.extend(open.portal());
        }
        for provider in providers {
            see(&app, &open, provider, &closing).await;
        }
        for organization in waiting.organizations {
            syncing::ended(&open).await;
            syncing::start(&app, &open, Some(organization));
        }
    }
}

/// Goes on counting while hints come and are followed, or looks would be put off for as long as there are hints.
fn looks() -> Interval {
    let mut looks = tokio::time::interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
    // One that was missed behind a long sync is made up for once.
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

/// Waits for whatever comes first: true for the next look, false for hints.
async fn look_is_next(hints: &Hints, looks: &mut Interval) -> bool {
    tokio::select! {
        biased;
        _ = looks.tick() => true,
        () = hints.came.notified() => false,
    }
}

async fn see(app: &AppHandle, open: &Open, provider: Uuid, closing: &CancellationToken) {
    let Some(api) = open.api() else { return };
    match look(app, open, &api, provider, closing).await {
        // A sync holds the file: it sees the same.
        Ok(()) | Err(SyncError::Busy) => {}
        Err(error) => tracing::debug!(%error, "the provider could not be looked at"),
    }
}

/// Whether what was seen then need not be looked at again yet. A moment that lies far ahead was of another clock.
pub fn is_fresh(seen_at: OffsetDateTime, now: OffsetDateTime) -> bool {
    (now - seen_at).unsigned_abs() < LOOK_EVERY
}

/// Looks at a provider. What changed is in the picture afterwards, and the page is told.
///
/// # Errors
/// See [`SyncError`].
pub async fn look(
    app: &AppHandle,
    open: &Open,
    api: &ApiClient,
    provider: Uuid,
    closing: &CancellationToken,
) -> Result<(), SyncError> {
    let changed = poll_provider(api, &open.unlocked, provider, closing).await?;
    open.saw_provider(provider);
    if changed && !closing.is_cancelled() {
        syncing::show_picture(app, open);
        // A role may have changed with it.
        told::tell(app);
    }
    Ok(())
}

impl Hints {
    fn hear(&self, live: Live) {
        let mut waiting = held(&self.waiting);
        match live {
            // What happened before nobody told us.
            Live::Connected => waiting.connected = true,
            // Whoever is logged out finds out by asking.
            Live::Vault | Live::Keys | Live::LoggedOut => waiting.everything = true,
            Live::Organization(id) => _ = waiting.organizations.insert(id),
            Live::Provider(id) => _ = waiting.providers.insert(id),
            Live::Disconnected | Live::NotOffered => return,
        }
        drop(waiting);
        self.came.notify_one();
    }

    fn take(&self) -> Waiting {
        std::mem::take(&mut *held(&self.waiting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALDER: Uuid = Uuid::from_u128(1);
    const BIRCH: Uuid = Uuid::from_u128(2);

    /// Whether somebody who waits for hints is woken.
    async fn is_woken(hints: &Hints) -> bool {
        tokio::select! {
            biased;
            () = hints.came.notified() => true,
            () = std::future::ready(()) => false,
        }
    }

    #[test]
    fn what_was_seen_a_minute_ago_is_looked_at_again() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        for (ago, fresh) in
            [(0, true), (59, true), (60, false), (86_400, false), (-30, true), (-86_400, false)]
        {
            assert_eq!(is_fresh(now - time::Duration::seconds(ago), now), fresh, "{ago}");
        }
    }

    #[tokio::test]
    async fn hints_wait_each_once_until_they_are_followed() {
        let hints = Hints::default();
        for live in [Live::Organization(BIRCH), Live::Organization(ALDER), Live::Organization(BIRCH)] {
            hints.hear(live);
        }
        hints.hear(Live::Provider(ALDER));
        assert!(is_woken(&hints).await, "also by what came while nobody waited");
        assert!(!is_woken(&hints).await, "and once for all of them");
        let waiting = hints.take();
        assert_eq!(waiting.organizations.into_iter().collect::<Vec<_>>(), [ALDER, BIRCH]);
        assert_eq!(waiting.providers.into_iter().collect::<Vec<_>>(), [ALDER]);
        assert!(!waiting.everything && !waiting.connected);
        let after = hints.take();
        assert!(after.organizations.is_empty() && after.providers.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn hints_put_off_no_look() {
        let hints = Hints::default();
        let (mut looks, mut looked) = (looks(), 0);
        let talk = async {
            for _ in 0..13 {
                tokio::time::sleep(LOOK_EVERY / 3).await;
                hints.hear(Live::Organization(ALDER));
            }
        };
        let follow = async {
            loop {
                looked += u32::from(look_is_next(&hints, &mut looks).await);
            }
        };
        tokio::select! {
            () = talk => {}
            () = follow => {}
        }
        assert_eq!(looked, 4, "one a minute");
    }

    #[tokio::test(start_paused = true)]
    async fn looks_that_were_missed_are_made_up_for_once() {
        let (hints, mut looks) = (Hints::default(), looks());
        tokio::time::sleep(LOOK_EVERY * 5).await;
        assert!(look_is_next(&hints, &mut looks).await);
        hints.hear(Live::Organization(ALDER));
        assert!(!look_is_next(&hints, &mut looks).await, "the next one is a minute away");
    }

    #[tokio::test]
    async fn what_only_a_sync_shows_asks_for_everything() {
        for live in [Live::Vault, Live::Keys, Live::LoggedOut] {
            let hints = Hints::default();
            hints.hear(live);
            assert!(is_woken(&hints).await);
            let waiting = hints.take();
            assert!(waiting.everything && !waiting.connected);
        }
    }

    #[tokio::test]
    async fn a_new_connection_asks_for_a_sync_and_an_ended_one_for_nothing() {
        let hints = Hints::default();
        hints.hear(Live::Disconnected);
        hints.hear(Live::NotOffered);
        assert!(!is_woken(&hints).await, "nothing is known by it");
        hints.hear(Live::Connected);
        assert!(is_woken(&hints).await);
        let waiting = hints.take();
        assert!(waiting.connected && !waiting.everything);
    }
}
