//! Who listens, and handing out what there is to tell (protocol.md §6.1).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use uuid::Uuid;

use crate::moment::Moment;
use crate::push::{Kind, Push};
use crate::signalr::{Frame, Notification};

/// Notifications that wait for one listener. Who falls further behind is cut off, comes back and reads everything.
const QUEUE: usize = 64;
/// Connections of one person; the oldest gives way.
const MOST_LISTENERS: usize = 32;

/// By user id; the oldest first.
type Listeners = HashMap<Uuid, Vec<mpsc::Sender<Frame>>>;

/// The listeners of a service. Cheap to clone: all clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Hub(Arc<Mutex<Listeners>>);

impl Hub {
    /// What `user` is told from here on. It ends when the service does, when the person's sessions do, and when it is not
    /// read for too long.
    pub(crate) fn listen(&self, user: Uuid) -> mpsc::Receiver<Frame> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let mut listeners = self.listeners();
        let own = listeners.entry(user).or_default();
        own.retain(|listener| !listener.is_closed());
        if own.len() >= MOST_LISTENERS {
            own.remove(0);
        }
        own.push(sender);
        receiver
    }

    /// Tells everybody whom it concerns; `device` did it and need not take notice.
    pub(crate) fn tell(&self, pushes: &[Push], device: Option<&str>) {
        let mut listeners = self.listeners();
        if listeners.is_empty() {
            return;
        }
        let date = Moment::now();
        for push in pushes {
            match push {
                Push::User { user, kind } => {
                    // Most people are not listening: nothing is worded for them.
                    if listeners.contains_key(user) {
                        let told = Notification::about_user(*user, *kind, device, date);
                        send(&mut listeners, *user, &told.frame());
                    }
                    if *kind == Kind::LogOut {
                        // The tokens that let them in are worth nothing any more.
                        listeners.remove(user);
                    }
                }
                Push::One { user, one } => {
                    if listeners.contains_key(user) {
                        send(&mut listeners, *user, &Notification::about_one(one, device).frame());
                    }
                }
                Push::Provider { provider, people, organizations } => {
                    let frame = Notification::about_provider(*provider, organizations, device, date).frame();
                    for user in people {
                        send(&mut listeners, *user, &frame);
                    }
                }
            }
        }
    }

    /// Sends everybody away.
    pub(crate) fn close(&self) {
        self.listeners().clear();
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn send(listeners: &mut Listeners, user: Uuid, frame: &Frame) {
    let Some(own) = listeners.get_mut(&user) else { return };
    // A full queue is dropped with its listener, whose connection ends by that.
    own.retain(|listener| listener.try_send(frame.clone()).is_ok());
    if own.is_empty() {
        listeners.remove(&user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_listen_is_cut_off_and_the_others_are_not() {
        let hub = Hub::default();
        let (user, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (mut slow, mut quick, mut stranger) = (hub.listen(user), hub.listen(user), hub.listen(other));
        let push = [Push::User { user, kind: Kind::SyncVault }];
        for _ in 0..QUEUE {
            hub.tell(&push, None);
            assert!(quick.try_recv().is_ok());
        }
        hub.tell(&push, None);
        assert!(quick.try_recv().is_ok());
        let waited = std::iter::from_fn(|| slow.try_recv().ok()).count();
        assert_eq!(waited, QUEUE);
        assert_eq!(slow.try_recv().unwrap_err(), mpsc::error::TryRecvError::Disconnected);
        assert_eq!(stranger.try_recv().unwrap_err(), mpsc::error::TryRecvError::Empty);
    }

    #[test]
    fn the_end_of_the_sessions_is_told_and_then_nothing_is() {
        let hub = Hub::default();
        let user = Uuid::from_u128(1);
        let mut listener = hub.listen(user);
        hub.tell(&[Push::User { user, kind: Kind::LogOut }], None);
        hub.tell(&[Push::User { user, kind: Kind::SyncVault }], None);
        assert!(listener.try_recv().is_ok());
        assert_eq!(listener.try_recv().unwrap_err(), mpsc::error::TryRecvError::Disconnected);
    }

    #[test]
    fn the_oldest_of_too_many_gives_way() {
        let hub = Hub::default();
        let user = Uuid::from_u128(1);
        let mut all: Vec<_> = (0..=MOST_LISTENERS).map(|_| hub.listen(user)).collect();
        hub.tell(&[Push::User { user, kind: Kind::SyncVault }], None);
        let told: Vec<bool> = all.iter_mut().map(|listener| listener.try_recv().is_ok()).collect();
        assert!(!told[0] && told[1..].iter().all(|one| *one));
    }
}
