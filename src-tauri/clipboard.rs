//! The clipboard, written by Rust only, kept out of clipboard histories, and cleared by ownership: what somebody else
//! put there in the meantime is neither read nor touched.
//!
//! Linux tells who owns a selection: whoever serves a copy learns that another program took its place. Windows and macOS
//! count the writings instead: what is there is ours as long as the count stands where our writing left it.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
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
    held: Option<Held>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Held {
    copy: u64,
    /// Where the system's count stood when it was written; nothing where the system does not count.
    count: Option<u64>,
}

/// The clipboard could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the clipboard cannot be written")]
pub struct CopyError(#[from] arboard::Error);

impl Clipboard {
    /// Puts a text there and takes it away after `keep` (never if none).
    pub fn copy(&self, text: Zeroizing<String>, keep: Option<Duration>) -> Result<(), CopyError> {
        let mut board = arboard::Clipboard::new()?;
        // Written once here, so that a failure is told to the person and a lock comes before or after as a whole.
        let copy = put(&self.state, &mut board, &text)?;
        watch(Arc::clone(&self.state), board, copy, text, keep);
        Ok(())
    }

    /// Takes our text away now, if it is still ours (lock, exit).
    pub fn clear(&self) {
        if held(&self.state).held.is_some()
            && let Ok(mut board) = arboard::Clipboard::new()
        {
            take_away(&self.state, &mut board, None);
        }
    }
}

/// Where texts are put: the system's clipboard, and in tests one that can be looked at.
trait Board {
    /// Writes without waiting, out of sight of clipboard histories.
    fn write(&mut self, text: &str) -> Result<(), arboard::Error>;
    fn clear(&mut self);
    /// How often anybody has written, where the system counts that.
    fn count(&self) -> Option<u64>;
}

/// Writes a text, which is the one that is held from now on, and names it.
fn put(state: &Mutex<State>, board: &mut impl Board, text: &str) -> Result<u64, arboard::Error> {
    let mut state = held(state);
    board.write(text)?;
    state.copies += 1;
    state.held = Some(Held { copy: state.copies, count: board.count() });
    Ok(state.copies)
}

/// Clears the board of what is held, of `only` this copy where one is named, unless somebody has written since.
fn take_away(state: &Mutex<State>, board: &mut impl Board, only: Option<u64>) {
    let mut state = held(state);
    let ours = state.held.take_if(|held| only.is_none_or(|copy| held.copy == copy));
    if let Some(Held { count, .. }) = ours {
        // A count that could not be had says nothing of anybody else.
        let replaced = count.is_some_and(|written| board.count().is_some_and(|now| now != written));
        if !replaced {
            board.clear();
        }
    }
}

impl Board for arboard::Clipboard {
    fn write(&mut self, text: &str) -> Result<(), arboard::Error> {
        #[cfg(target_os = "macos")]
        use arboard::SetExtApple;
        #[cfg(target_os = "linux")]
        use arboard::SetExtLinux;
        #[cfg(target_os = "windows")]
        use arboard::SetExtWindows;
        self.set().exclude_from_history().text(text)
    }

    fn clear(&mut self) {
        let _ = arboard::Clipboard::clear(self);
    }

    #[cfg(target_os = "windows")]
    fn count(&self) -> Option<u64> {
        clipboard_win::seq_num().map(|number| u64::from(number.get()))
    }

    #[cfg(target_os = "macos")]
    fn count(&self) -> Option<u64> {
        u64::try_from(objc2_app_kit::NSPasteboard::generalPasteboard().changeCount()).ok()
    }

    #[cfg(not(any(target_os = "windows", target_os = "macos")))]
    fn count(&self) -> Option<u64> {
        None
    }
}

/// Takes the copy away when its time is over. Without one it stays until a lock, the exit or somebody else's copy.
#[cfg(not(target_os = "linux"))]
fn watch(
    state: Arc<Mutex<State>>,
    mut board: arboard::Clipboard,
    copy: u64,
    _text: Zeroizing<String>,
    keep: Option<Duration>,
) {
    let Some(keep) = keep else { return };
    thread::spawn(move || {
        thread::sleep(keep);
        take_away(&state, &mut board, Some(copy));
    });
}

/// The owner of a selection must stay alive to serve it, so each copy has a thread of its own. It ends when the time is
/// over or another program, or a newer copy, takes the selection.
#[cfg(target_os = "linux")]
fn watch(
    state: Arc<Mutex<State>>,
    mut board: arboard::Clipboard,
    copy: u64,
    text: Zeroizing<String>,
    keep: Option<Duration>,
) {
    thread::spawn(move || {
        if held(&state).held.is_none_or(|held| held.copy != copy) {
            return;
        }
        let kept = serve(&mut board, &text, keep);
        let mut state = held(&state);
        // A lock in the instant between the question above and the writing took nothing away: no newer copy means
        // that what stands there until the end is still ours.
        if kept == Kept::UntilTheEnd && state.copies == copy {
            Board::clear(&mut board);
        }
        state.held.take_if(|held| held.copy == copy);
    });
}

#[cfg(target_os = "linux")]
#[derive(PartialEq, Eq)]
enum Kept {
    /// Our text was still there when its time was over.
    UntilTheEnd,
    /// Somebody else copied something.
    Replaced,
}

#[cfg(target_os = "linux")]
fn serve(board: &mut arboard::Clipboard, text: &str, keep: Option<Duration>) -> Kept {
    use arboard::SetExtLinux;
    let begun = std::time::Instant::now();
    let set = board.set().exclude_from_history();
    let outcome = match keep {
        Some(keep) => set.wait_until(begun + keep).text(text),
        None => set.wait().text(text),
    };
    let in_time = keep.is_some_and(|keep| begun.elapsed() >= keep);
    if outcome.is_ok() && in_time { Kept::UntilTheEnd } else { Kept::Replaced }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clipboard that counts, or does not; `refuses` stands for one that another program has open.
    #[derive(Default)]
    struct Made {
        text: String,
        count: Option<u64>,
        refuses: bool,
    }

    impl Made {
        fn counting() -> Made {
            Made { count: Some(7), ..Made::default() }
        }
    }

    impl Board for Made {
        fn write(&mut self, text: &str) -> Result<(), arboard::Error> {
            if self.refuses {
                return Err(arboard::Error::ClipboardOccupied);
            }
            text.clone_into(&mut self.text);
            self.count = self.count.map(|count| count + 1);
            Ok(())
        }

        fn clear(&mut self) {
            self.text.clear();
            self.count = self.count.map(|count| count + 1);
        }

        fn count(&self) -> Option<u64> {
            self.count
        }
    }

    fn copied(board: &mut Made) -> (Mutex<State>, u64) {
        let state = Mutex::default();
        let Ok(copy) = put(&state, board, "secret") else { panic!("it can be written") };
        (state, copy)
    }

    #[test]
    fn a_copy_without_an_end_is_taken_away_by_a_lock() {
        for mut board in [Made::counting(), Made::default()] {
            let (state, _) = copied(&mut board);
            take_away(&state, &mut board, None);
            assert_eq!(board.text, "");
        }
    }

    #[test]
    fn what_somebody_else_wrote_stays_when_the_time_is_over_and_at_a_lock() {
        for at_a_lock in [false, true] {
            let mut board = Made::counting();
            let (state, copy) = copied(&mut board);
            assert!(board.write("theirs").is_ok());
            take_away(&state, &mut board, (!at_a_lock).then_some(copy));
            assert_eq!(board.text, "theirs");
            take_away(&state, &mut board, None);
            assert_eq!(board.text, "theirs", "it never becomes ours");
        }
    }

    #[test]
    fn the_time_of_a_copy_is_not_that_of_a_newer_one() {
        let mut board = Made::counting();
        let (state, first) = copied(&mut board);
        let Ok(second) = put(&state, &mut board, "newer") else { panic!("it can be written") };
        take_away(&state, &mut board, Some(first));
        assert_eq!(board.text, "newer");
        take_away(&state, &mut board, Some(second));
        assert_eq!(board.text, "");
    }

    #[test]
    fn what_was_taken_away_once_is_not_taken_from_the_next_owner() {
        let mut board = Made::default();
        let (state, copy) = copied(&mut board);
        take_away(&state, &mut board, None);
        assert!(board.write("theirs").is_ok());
        take_away(&state, &mut board, Some(copy));
        take_away(&state, &mut board, None);
        assert_eq!(board.text, "theirs");
    }

    #[test]
    fn a_copy_that_fails_leaves_the_one_before_to_be_taken_away() {
        let mut board = Made::counting();
        let (state, _) = copied(&mut board);
        board.refuses = true;
        assert!(put(&state, &mut board, "newer").is_err());
        take_away(&state, &mut board, None);
        assert_eq!(board.text, "");
    }
}
