//! How fast a server is asked: requests in flight, requests per second, the pauses it asks for, and how long to
//! wait before asking again.
//!
//! One [`Pacer`] stands before one server, so that several syncs, actions and accounts in one program share its limits
//! (design §3: four in flight and twenty a second, halved on 429, `Retry-After` honoured, bulk writes at most four a
//! second).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// The most a server is asked at once and per second, and how stubbornly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaceLimits {
    /// Requests that may be under way at the same time.
    pub in_flight: u32,
    /// Requests begun per second; `None` asks as fast as answers come.
    pub per_second: Option<u32>,
    /// Of those, requests that change something. A few at once go through; it is bulk changes that are held apart.
    pub writes_per_second: Option<u32>,
    /// The first wait before a repeated request; each further one doubles it.
    pub first_backoff: Duration,
    /// The longest pause that is waited out. A longer one ends every request at once, and is told.
    pub longest_pause: Duration,
}

impl PaceLimits {
    /// For servers that others use too: four in flight, twenty a second.
    pub const POLITE: Self = Self {
        in_flight: 4,
        per_second: Some(20),
        writes_per_second: Some(4),
        first_backoff: Duration::from_millis(500),
        longest_pause: LONGEST_PAUSE,
    };

    /// For a service on this machine, which nobody else waits for.
    pub const LOOPBACK: Self = Self {
        in_flight: 8,
        per_second: None,
        writes_per_second: None,
        first_backoff: Duration::from_millis(100),
        longest_pause: LONGEST_PAUSE,
    };
}

/// Stands before one server and lets requests pass one turn at a time.
pub(crate) struct Pacer {
    limits: PaceLimits,
    state: Mutex<State>,
    freed: Notify,
    /// Rung when a pause begins that nobody waits out.
    closed: Notify,
}

struct State {
    in_flight: u32,
    /// How often the limits are halved at present.
    halvings: u32,
    halved_at: Option<Instant>,
    /// When the next request may begin, as far as the rate goes.
    next_slot: Instant,
    /// As the former, for requests that change something.
    next_write: Instant,
    /// No request begins before this: a pause that the server asked for.
    paused_until: Instant,
    closed: Option<Closed>,
}

/// A pause too long to be waited out: requests end at once instead.
#[derive(Clone, Copy)]
struct Closed {
    /// When the server wants to be asked again.
    asked_until: Instant,
    /// When it is tried again all the same: what one route asks for, or a broken proxy, must not lock out the rest for
    /// days.
    until: Instant,
}

/// Permission to have one request under way; dropping it gives the place to the next.
pub(crate) struct Turn<'a> {
    pacer: &'a Pacer,
    halvings: u32,
}

/// A person looks at a bar that does not move for this long at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// So many requests may begin at once before the rate holds them apart.
const BURST: u32 = 4;
/// Limits are at most divided by 16: one in flight, about one a second.
const MOST_HALVINGS: u32 = 4;
/// After this long without another 429 the limits double again.
const CALM: Duration = Duration::from_secs(60);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

impl Pacer {
    pub(crate) fn new(limits: PaceLimits) -> Self {
        let now = Instant::now();
        // In the past, so that the first burst is there from the start.
        let next_slot = now.checked_sub(Duration::from_secs(1)).unwrap_or(now);
        let (next_write, paused_until) = (next_slot, now);
        let state = State {
            in_flight: 0,
            halvings: 0,
            halved_at: None,
            next_slot,
            next_write,
            paused_until,
            closed: None,
        };
        Self { limits, state: Mutex::new(state), freed: Notify::new(), closed: Notify::new() }
    }

    /// The pacer that stands before `host`, shared by everyone in this program who asks it within the same limits: two
    /// accounts of one server are one visitor to it.
    pub(crate) fn before(host: &str, limits: PaceLimits) -> Arc<Self> {
        static ALL: Mutex<Option<HashMap<String, Weak<Pacer>>>> = Mutex::new(None);
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let all = all.get_or_insert_default();
        all.retain(|_, pacer| pacer.strong_count() > 0);
        if let Some(pacer) = all.get(host).and_then(Weak::upgrade)
            && pacer.limits == limits
        {
            return pacer;
        }
        let pacer = Arc::new(Self::new(limits));
        all.insert(host.to_owned(), Arc::downgrade(&pacer));
        pacer
    }

    pub(crate) fn limits(&self) -> &PaceLimits {
        &self.limits
    }

    /// Waits for a place in flight, then for a slot of the rate, then for the end of a pause.
    ///
    /// # Errors
    /// For how long the server wants to be left alone, when that is longer than is waited.
    pub(crate) async fn turn(&self, what: Asking) -> Result<Turn<'_>, Duration> {
        loop {
            // Registered before looking, so that a place freed in between is not missed.
            let freed = self.freed.notified();
            self.open()?;
            if self.take_place() {
                break;
            }
            freed.await;
        }
        let turn = Turn { pacer: self, halvings: self.state().halvings };
        let slot = self.reserve_slot(what);
        loop {
            let closed = self.closed.notified();
            self.open()?;
            let begin = slot.max(self.state().paused_until);
            if begin <= Instant::now() {
                return Ok(turn);
            }
            // Either is a reason to look again.
            let _ = timeout_at(begin, closed).await;
        }
    }

    /// Takes in that the server answered 429 to a request begun in `turn`: halves the limits and pauses everyone, or ends
    /// everyone's requests if the pause is too long. Several requests that were under way together halve once.
    pub(crate) fn slow_down(&self, turn: &Turn<'_>, pause: Duration) {
        let now = Instant::now();
        let longest = self.limits.longest_pause;
        let mut state = self.state();
        if state.halvings == turn.halvings {
            state.halvings = (state.halvings + 1).min(MOST_HALVINGS);
        }
        state.halved_at = Some(now);
        if pause <= longest {
            state.paused_until = state.paused_until.max(now + pause);
            return;
        }
        state.closed = Some(Closed { asked_until: now + pause, until: now + longest });
        drop(state);
        self.closed.notify_waiters();
        self.freed.notify_waiters();
    }

    /// Requests begun per second at present, where that is limited.
    pub(crate) fn rate(&self) -> Option<u32> {
        let halvings = self.state().halvings;
        self.limits.per_second.map(|rate| (rate >> halvings).max(1))
    }

    /// Whether requests end at once.
    pub(crate) fn is_closed(&self) -> bool {
        self.open().is_err()
    }

    fn open(&self) -> Result<(), Duration> {
        let now = Instant::now();
        match self.state().closed.filter(|closed| now < closed.until) {
            Some(closed) => Err(closed.asked_until.saturating_duration_since(now)),
            None => Ok(()),
        }
    }

    /// How long to wait before the `repeat`-th repetition (from 0).
    pub(crate) fn backoff(&self, repeat: u32) -> Duration {
        backoff(self.limits.first_backoff, repeat, LONGEST_BACKOFF)
    }

    fn take_place(&self) -> bool {
        let mut state = self.state();
        if state.halved_at.is_some_and(|at| at.elapsed() >= CALM) {
            state.halvings = state.halvings.saturating_sub(1);
            state.halved_at = (state.halvings > 0).then(Instant::now);
            self.freed.notify_waiters();
        }
        let allowed = (self.limits.in_flight >> state.halvings).max(1);
        let free = state.in_flight < allowed;
        if free {
            state.in_flight += 1;
        }
        free
    }

    fn reserve_slot(&self, what: Asking) -> Instant {
        let now = Instant::now();
        let mut state = self.state();
        let halvings = state.halvings;
        let mut slot = now;
        if let Some(rate) = self.limits.per_second {
            slot = next_slot(&mut state.next_slot, rate >> halvings, now);
        }
        if let (Asking::ToChange, Some(rate)) = (what, self.limits.writes_per_second) {
            slot = slot.max(next_slot(&mut state.next_write, rate >> halvings, now));
        }
        slot
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every critical section leaves the numbers consistent, so a panic elsewhere does not spoil them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    ToRead,
    ToChange,
}

/// Takes the next of the slots that lie a `rate`-th of a second apart.
fn next_slot(next: &mut Instant, rate: u32, now: Instant) -> Instant {
    let apart = Duration::from_secs(1) / rate.max(1);
    let slot = (*next).max(now.checked_sub(apart * (BURST - 1)).unwrap_or(now));
    *next = slot + apart;
    slot
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.pacer.state().in_flight -= 1;
        self.pacer.freed.notify_one();
    }
}

/// Doubling from `first`, with half of it left to chance so that many clients of one server do not come back in step.
pub(crate) fn backoff(first: Duration, repeat: u32, longest: Duration) -> Duration {
    let full = first.saturating_mul(1 << repeat.min(16)).min(longest);
    full / 2 + (full / 2).mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn ask(pacer: &Pacer, times: u32) -> Duration {
        let begun = Instant::now();
        for _ in 0..times {
            drop(pacer.turn(Asking::ToRead).await.unwrap());
        }
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn twenty_a_second_after_the_first_burst() {
        let pacer = Pacer::new(PaceLimits::POLITE);
        let took = ask(&pacer, 104).await;
        assert!((4900..5100).contains(&(took.as_millis() as u64)), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_in_flight_than_allowed() {
        let pacer = Arc::new(Pacer::new(PaceLimits { per_second: None, ..PaceLimits::POLITE }));
        let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (pacer, now, most) = (pacer.clone(), now.clone(), most.clone());
                tokio::spawn(async move {
                    let _turn = pacer.turn(Asking::ToRead).await.unwrap();
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(most.load(Ordering::SeqCst), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_that_gives_up_does_not_take_the_place_with_it() {
        let pacer = Pacer::new(PaceLimits { in_flight: 1, ..PaceLimits::POLITE });
        let held = pacer.turn(Asking::ToRead).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_secs(1), pacer.turn(Asking::ToRead)).await.is_err());
        drop(held);
        assert!(tokio::time::timeout(Duration::from_secs(1), pacer.turn(Asking::ToRead)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everyone_and_halves_once() {
        let pacer = Pacer::new(PaceLimits::POLITE);
        let first = pacer.turn(Asking::ToRead).await.unwrap();
        let second = pacer.turn(Asking::ToRead).await.unwrap();
        pacer.slow_down(&first, Duration::from_secs(7));
        pacer.slow_down(&second, Duration::from_secs(5));
        drop((first, second));
        let begun = Instant::now();
        drop(pacer.turn(Asking::ToRead).await.unwrap());
        assert!((7000..7100).contains(&(begun.elapsed().as_millis() as u64)));
        assert_eq!(pacer.rate(), Some(10));
        let took = ask(&pacer, 104).await;
        assert!((9000..11000).contains(&(took.as_millis() as u64)), "ten a second now: {took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_out_a_pause_longer_than_the_longest() {
        let pacer = Pacer::new(PaceLimits { in_flight: 2, ..PaceLimits::POLITE });
        let (refused, other) =
            (pacer.turn(Asking::ToRead).await.unwrap(), pacer.turn(Asking::ToRead).await.unwrap());
        pacer.slow_down(&other, Duration::from_secs(30));
        drop(other);
        // One waits for the end of the short pause, the others for a place.
        let waiting = async {
            tokio::join!(
                pacer.turn(Asking::ToRead),
                pacer.turn(Asking::ToRead),
                pacer.turn(Asking::ToRead),
                async {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    pacer.slow_down(&refused, Duration::from_secs(3600));
                },
            )
        };
        let begun = Instant::now();
        let (one, two, three, ()) = waiting.await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        for turn in [one, two, three, pacer.turn(Asking::ToRead).await] {
            assert_eq!(turn.err().map(|left| left.as_secs()), Some(3600));
        }
        drop(refused);
        tokio::time::sleep(LONGEST_PAUSE).await;
        assert!(pacer.turn(Asking::ToRead).await.is_ok(), "it is tried again");
    }

    #[tokio::test(start_paused = true)]
    async fn limits_come_back_after_a_calm_minute() {
        let pacer = Pacer::new(PaceLimits::POLITE);
        let turn = pacer.turn(Asking::ToRead).await.unwrap();
        pacer.slow_down(&turn, Duration::ZERO);
        drop(turn);
        tokio::time::sleep(CALM).await;
        let took = ask(&pacer, 104).await;
        assert!((4900..5100).contains(&(took.as_millis() as u64)), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn changes_are_four_a_second_after_the_first_few() {
        let pacer = Pacer::new(PaceLimits::POLITE);
        let begun = Instant::now();
        for _ in 0..4 {
            drop(pacer.turn(Asking::ToChange).await.unwrap());
        }
        assert!(begun.elapsed() < Duration::from_millis(10), "one click waits for nothing");
        for _ in 0..40 {
            drop(pacer.turn(Asking::ToChange).await.unwrap());
        }
        let took = begun.elapsed();
        assert!((9900..10_100).contains(&(took.as_millis() as u64)), "{took:?}");
    }

    #[test]
    fn accounts_of_one_server_share_its_pace() {
        let one = Pacer::before("vault.example", PaceLimits::POLITE);
        assert!(Arc::ptr_eq(&one, &Pacer::before("vault.example", PaceLimits::POLITE)));
        assert!(!Arc::ptr_eq(&one, &Pacer::before("other.example", PaceLimits::POLITE)));
        let slower = PaceLimits { per_second: Some(2), ..PaceLimits::POLITE };
        assert!(!Arc::ptr_eq(&one, &Pacer::before("vault.example", slower)), "as the settings say now");
    }

    #[test]
    fn backoff_doubles_and_stays_within_its_bound() {
        let pacer = Pacer::new(PaceLimits::POLITE);
        for repeat in 0..40 {
            let full = Duration::from_millis(500).saturating_mul(1 << repeat.min(10)).min(LONGEST_BACKOFF);
            let wait = pacer.backoff(repeat);
            assert!(wait >= full / 2 && wait <= full, "{repeat}: {wait:?}");
        }
    }
}
