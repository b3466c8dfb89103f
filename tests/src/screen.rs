//! What stands on the screen, and keys pressed on it: for a window that no driver looks into.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// More colours than this are a page. An empty window has one or two, WebKit's line that there is no page has 169.
const PAINTED: u32 = 400;

/// Whether a page is to be seen.
pub fn shows_a_page() -> bool {
    colours() > PAINTED
}

/// Presses keys, or the buttons of the mouse.
///
/// # Panics
/// Without xdotool.
pub fn xdotool(words: &[&str]) {
    assert!(Command::new("xdotool").args(words).status().expect("xdotool").success(), "{words:?}");
}

/// How many colours stand on the screen.
fn colours() -> u32 {
    let picture = Command::new("import").args(["-window", "root", "-depth", "8", "png:-"]).output();
    let mut counting = Command::new("identify")
        .args(["-format", "%k", "png:-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("identify (package imagemagick)");
    let mut pipe = counting.stdin.take().expect("its input");
    pipe.write_all(&picture.expect("import").stdout).expect("it reads");
    drop(pipe);
    let counted = counting.wait_with_output().expect("its answer").stdout;
    String::from_utf8_lossy(&counted).parse().unwrap_or_default()
}
