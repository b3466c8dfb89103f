//! The clipboard, written by Rust only, kept out of clipboard histories, and cleared by ownership: what somebody else
//! put there in the meantime is neither read nor touched.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use crate::held::held;
use zeroize::Zeroizing;

/// One copy at a time: a newer one supersedes the older one's clock.
#[derive(Default)]
pub struct Clipboard {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Copies made so far.
    copies: u64,
    /// The copy that stands on the clipboard now, as far as we know.
    held: Option<u64>,
}

/// The clipboard could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the clipboard cannot be written")]
pub struct CopyError(#[from] arboard::Error);

impl Clipboard {
    /// Puts a text there and takes it away after `keep` (never if none).
    pub fn copy(&self, text: Zeroizing<String>, keep: Option<Duration>) -> Result<(), CopyError> {
        let mut board = arboard::Clipboard::new()?;
        let copy = {
            let mut state = self.lock();
            // Written once here, so that a failure is told to the person and a lock comes before or after as a whole.
            write(&mut board, &text)?;
            state.copies += 1;
            state.held = Some(state.copies);
            state.copies
        };
        let shared = Arc::clone(&self.state);
        // The owner of a selection must stay alive to serve it, so each copy has a thread of its own.
        thread::spawn(move || {
            let state = || held(&shared);
            if state().held != Some(copy) {
                return;
            }
            let kept = hold(&mut board, &text, keep);
            let mut state = state();
            // A lock in the instant between the question above and the writing took nothing away: no newer copy means
            // that what stands there until the end is still ours.
            if kept == Kept::UntilTheEnd && state.copies == copy {
                let _ = board.clear();
            }
            if state.held == Some(copy) {
                state.held = None;
            }
        });
        Ok(())
    }

    /// Takes our text away now, if it is still ours (lock, exit).
    pub fn clear(&self) {
        if self.lock().held.take().is_some()
            && let Ok(mut board) = arboard::Clipboard::new()
        {
            let _ = board.clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        held(&self.state)
    }
}

#[derive(PartialEq, Eq)]
enum Kept {
    /// Our text was still there when its time was over.
    UntilTheEnd,
    /// Somebody else copied something.
    Replaced,
}

/// Writes without waiting, out of sight of clipboard histories.
fn write(board: &mut arboard::Clipboard, text: &str) -> Result<(), arboard::Error> {
    #[cfg(target_os = "macos")]
    use arboard::SetExtApple;
    #[cfg(target_os = "linux")]
    use arboard::SetExtLinux;
    #[cfg(target_os = "windows")]
    use arboard::SetExtWindows;
    board.set().exclude_from_history().text(text)
}

#[cfg(target_os = "linux")]
fn hold(board: &mut arboard::Clipboard, text: &str, keep: Option<Duration>) -> Kept {
    use arboard::SetExtLinux;
    let begun = Instant::now();
    let set = board.set().exclude_from_history();
    // Returns when the time is over or when another program takes the selection.
    let outcome = match keep {
        Some(keep) => set.wait_until(begun + keep).text(text),
        None => set.wait().text(text),
    };
    let in_time = keep.is_some_and(|keep| begun.elapsed() >= keep);
    if outcome.is_ok() && in_time { Kept::UntilTheEnd } else { Kept::Replaced }
}

#[cfg(not(target_os = "linux"))]
fn hold(board: &mut arboard::Clipboard, text: &str, keep: Option<Duration>) -> Kept {
    let begun = Instant::now();
    if write(board, text).is_err() {
        return Kept::Replaced;
    }
    let Some(keep) = keep else { return Kept::Replaced };
    thread::sleep(keep.saturating_sub(begun.elapsed()));
    Kept::UntilTheEnd
}
