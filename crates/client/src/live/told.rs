//! What a notification hints at, and several of them told together.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::Live;
use super::message::Notification;

/// What a notification means for what is kept: nothing for what concerns nothing here, and for what this program caused
/// itself, which has read again what it touched.
pub(super) fn hints(told: &Notification, own_device: Uuid) -> Vec<Live> {
    if told.context == Some(own_device) {
        return Vec::new();
    }
    let clients = told.clients.iter().map(|client| Live::Organization(*client));
    hint(told).into_iter().chain(clients).collect()
}

fn hint(told: &Notification) -> Option<Live> {
    Some(match told.kind {
        // Items and folders; then ciphers, vault, settings, memberships, tasks; premium.
        0..=3 | 7..=9 | 4 | 5 | 10 | 17 | 22 | 27 => Live::Vault,
        6 => Live::Keys,
        // After a change of the key derivation newer clients stay; a sync finds out.
        11 if told.reason == Some(KDF_CHANGE) => Live::Vault,
        11 => Live::LoggedOut,
        18 | 19 | 23 | 25 => Live::Organization(told.organization?),
        24 | PROVIDER_CHANGED => Live::Provider(told.provider?),
        _ => return None,
    })
}

/// Reason of a log-out (protocol.md §6.1).
const KDF_CHANGE: i64 = 0;
/// The extension of our own service: official clients leave numbers alone that they do not know.
pub(super) const PROVIDER_CHANGED: i64 = 1000;

/// Hints that wait to be told, each once.
pub(super) struct Gathered {
    together: Duration,
    at_latest: Duration,
    hints: Vec<Live>,
    /// When the first of them came, and the last.
    since: Option<(Instant, Instant)>,
}

/// A server that tells of more at once means everything.
const MOST: usize = 64;

impl Gathered {
    pub(super) fn new(together: Duration, at_latest: Duration) -> Self {
        Self { together, at_latest, hints: Vec::new(), since: None }
    }

    pub(super) fn add(&mut self, hint: Live) {
        let now = Instant::now();
        self.since = Some(self.since.map_or((now, now), |(first, _)| (first, now)));
        let hint = if self.hints.len() < MOST { hint } else { Live::Vault };
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }

    /// When they are to be told.
    pub(super) fn due(&self) -> Option<Instant> {
        self.since.map(|(first, last)| (last + self.together).min(first + self.at_latest))
    }

    pub(super) fn take(&mut self) -> Vec<Live> {
        self.since = None;
        std::mem::take(&mut self.hints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Uuid = Uuid::from_u128(1);
    const TWO: Uuid = Uuid::from_u128(2);

    fn told(kind: i64) -> Notification {
        Notification { kind, organization: Some(ONE), provider: Some(TWO), ..Notification::default() }
    }

    #[test]
    fn each_kind_hints_at_what_it_is_about() {
        let hint = |kind| super::hint(&told(kind));
        for kind in [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 17, 22, 27] {
            assert_eq!(hint(kind), Some(Live::Vault), "{kind}");
        }
        assert_eq!([hint(6), hint(11)], [Some(Live::Keys), Some(Live::LoggedOut)]);
        for kind in [18, 19, 23, 25] {
            assert_eq!(hint(kind), Some(Live::Organization(ONE)), "{kind}");
        }
        assert_eq!([hint(24), hint(1000)], [Some(Live::Provider(TWO)); 2]);
        // Sends, requests of other devices, the notification centre, what tomorrow's servers add.
        for kind in [12, 13, 14, 15, 16, 20, 21, 26, 28, -1, i64::MAX] {
            assert_eq!(hint(kind), None, "{kind}");
        }
        let kdf = Notification { reason: Some(0), ..told(11) };
        assert_eq!(super::hint(&kdf), Some(Live::Vault));
        assert_eq!(super::hint(&Notification { organization: None, ..told(18) }), None);
    }

    #[test]
    fn what_this_program_caused_itself_is_not_told() {
        let changed = Notification { context: Some(ONE), clients: vec![TWO], ..told(1000) };
        assert_eq!(hints(&changed, ONE), []);
        assert_eq!(hints(&changed, TWO), [Live::Provider(TWO), Live::Organization(TWO)]);
    }

    #[tokio::test(start_paused = true)]
    async fn hints_are_told_once_and_not_held_back_for_long() {
        let second = Duration::from_secs(1);
        let mut gathered = Gathered::new(second, 3 * second);
        assert_eq!(gathered.due(), None);
        let begun = Instant::now();
        for _ in 0..5 {
            gathered.add(Live::Vault);
            tokio::time::advance(second).await;
        }
        assert_eq!(gathered.due(), Some(begun + 3 * second));
        (0..1000).for_each(|id| gathered.add(Live::Organization(Uuid::from_u128(id))));
        let told = gathered.take();
        assert!(told.contains(&Live::Vault) && told.len() <= MOST, "{}", told.len());
        assert_eq!((gathered.due(), gathered.take()), (None, vec![]));
    }
}
