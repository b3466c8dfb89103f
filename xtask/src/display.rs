//! A display for machines without a screen: Xvfb and a session bus of its own, around one command.

use std::process::Command;

use crate::command::{command, found};

/// The command under a virtual display of the given size, with a session bus (without one the single-instance rule
/// silently does nothing).
pub fn headless(program: &str, arguments: &[&str], width: u32, height: u32) -> Command {
    let screen = format!("-screen 0 {width}x{height}x24 -nolisten tcp");
    let mut words = vec!["-a", "-s", &screen];
    if found("dbus-run-session") {
        words.extend(["dbus-run-session", "--"]);
    }
    words.push(program);
    words.extend(arguments);
    let mut call = command("xvfb-run", &words);
    // Without a bridge to assistive technology GTK waits for one at every start.
    call.env("NO_AT_BRIDGE", "1").env("LIBGL_ALWAYS_SOFTWARE", "1");
    call
}
