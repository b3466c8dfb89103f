//! How much of what a server says an account holds at one time. Clients are read side by side, and one alone may be large:
//! without a bound for all of them together a server that sends so much for each has so many times as much.
//!
//! Who finds no room reads alone. One at a time does; everybody else who would have to wait lets the answer go, and asks
//! again when it is their turn. So nobody who waits holds a place before the server or a connection that others share, and
//! who reads alone waits for nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use portico_protocol::bounds::weight;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

/// Bytes that everybody who does not read alone holds together, what is made of the answers included. A client of a
/// thousand members has five megabytes.
const TOGETHER: usize = 64 << 20;

/// Everybody who reads for one account.
pub(crate) struct Readers {
    held: Arc<AtomicUsize>,
    turns: Arc<Semaphore>,
}

impl Default for Readers {
    fn default() -> Self {
        Self { held: Arc::default(), turns: Arc::new(Semaphore::new(1)) }
    }
}

impl Readers {
    /// For all answers about one thing, which have at most so many bytes. `weighs`: what is made of them stays.
    pub(super) fn room(&self, most: usize, weighs: bool) -> Room {
        Room {
            most,
            weighs,
            read: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            of_all: self.held.clone(),
            turns: self.turns.clone(),
            alone: OnceCell::new(),
        }
    }
}

/// What one reader holds; dropping it gives the room to the others. What is read of one client shares one, until it is
/// taken in.
pub(crate) struct Room {
    most: usize,
    weighs: bool,
    /// Bytes of answers.
    read: AtomicUsize,
    /// Bytes that count among those of all.
    held: AtomicUsize,
    of_all: Arc<AtomicUsize>,
    turns: Arc<Semaphore>,
    alone: OnceCell<OwnedSemaphorePermit>,
}

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRoom {
    /// To be asked again after [`Room::alone`].
    Now,
    /// This is more than all answers about one thing may have.
    Ever(usize),
}

impl Room {
    /// For an answer that begins.
    pub(super) fn answer(&self) -> Arriving<'_> {
        Arriving { room: self, read: 0, held: 0 }
    }

    /// Waits until nobody else reads alone.
    pub(super) async fn alone(&self) {
        // Never closed.
        let _ = self.alone.get_or_try_init(|| self.turns.clone().acquire_owned()).await;
    }

    /// How much of `bytes` counts among those of all: nothing of what is read alone.
    fn hold(&self, bytes: usize) -> Result<usize, NoRoom> {
        if self.alone.initialized() {
            return Ok(0);
        }
        let fits = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= TOGETHER);
        if self.of_all.fetch_update(Relaxed, Relaxed, fits).is_ok() {
            self.held.fetch_add(bytes, Relaxed);
            return Ok(bytes);
        }
        let turn = self.turns.clone().try_acquire_owned().map_err(|_| NoRoom::Now)?;
        // Two answers of one room that are here together: either turn will do.
        let _ = self.alone.set(turn);
        Ok(0)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.of_all.fetch_sub(self.held.load(Relaxed), Relaxed);
    }
}

/// What an answer takes while it arrives; dropping it gives that back.
pub(super) struct Arriving<'a> {
    room: &'a Room,
    read: usize,
    held: usize,
}

impl Arriving<'_> {
    /// Takes room for so many bytes more of the answer.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let most = self.room.most;
        if self.room.read.fetch_add(bytes, Relaxed).saturating_add(bytes) > most {
            self.room.read.fetch_sub(bytes, Relaxed);
            return Err(NoRoom::Ever(most));
        }
        self.read += bytes;
        self.hold(bytes)
    }

    fn hold(&mut self, bytes: usize) -> Result<(), NoRoom> {
        self.held += self.room.hold(bytes)?;
        Ok(())
    }

    /// The answer is there: what it takes, and what is made of it, is held as long as the room is.
    pub(super) fn stays(mut self, answer: &[u8]) -> Result<(), NoRoom> {
        if self.room.weighs {
            self.hold(weight(answer))?;
        }
        (self.read, self.held) = (0, 0);
        Ok(())
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        self.room.read.fetch_sub(self.read, Relaxed);
        self.room.held.fetch_sub(self.held, Relaxed);
        self.room.of_all.fetch_sub(self.held, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1 << 30;

    #[tokio::test]
    async fn one_reads_alone_and_all_others_within_their_room() {
        let readers = Readers::default();
        let rooms = [(); 3].map(|()| readers.room(MOST, true));
        let [mut one, mut other, mut third] = rooms.each_ref().map(Room::answer);
        assert_eq!((one.take(TOGETHER - 10), other.take(10)), (Ok(()), Ok(())));
        assert_eq!(third.take(TOGETHER), Ok(()), "the first that finds no room reads alone");
        assert_eq!((third.take(9), one.take(1), other.take(1)), (Ok(()), Err(NoRoom::Now), Err(NoRoom::Now)));
        // What was let go makes room, and what stays does not.
        drop(one);
        assert_eq!((other.take(TOGETHER - 10), other.take(1)), (Ok(()), Err(NoRoom::Now)));
        assert_eq!(other.stays(b"{}"), Err(NoRoom::Now), "what is made of it takes room as well");
        let mut other = rooms[1].answer();
        assert_eq!((other.take(20), other.stays(b"\"\""), third.stays(b"{}")), (Ok(()), Ok(()), Ok(())));
        let [one, other, third] = rooms;
        let mut waiting = Box::pin(futures_util::future::join(one.alone(), one.alone()));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(third);
        waiting.await;
        let mut alone = one.answer();
        assert_eq!((alone.take(MOST), alone.take(1)), (Ok(()), Err(NoRoom::Ever(MOST))));
        drop(alone);
        assert_eq!(one.answer().take(MOST), Ok(()), "an answer that was let go does not count");
        drop((one, other));
        assert_eq!((readers.held.load(Relaxed), readers.turns.available_permits()), (0, 1));
    }
}
