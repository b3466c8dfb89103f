//! A display for machines without a screen: Xvfb and a session bus of its own, around one command.

use std::{path::Path, process::Command};

use crate::command::{Failure, command, found, run};

/// The command under a virtual display of the given size, with a session bus (without one the single-instance rule
/// silently does nothing).
pub fn headless(what: &Command, width: u32, height: u32) -> Command {
    let screen = format!("-screen 0 {width}x{height}x24 -nolisten tcp");
    let mut call = command("xvfb-run", &["-a", "-s", &screen]);
    if found("dbus-run-session") {
        call.args(["dbus-run-session", "--"]);
    }
    call.arg(what.get_program()).args(what.get_args());
    for (name, value) in what.get_envs() {
        match value {
            Some(value) => call.env(name, value),
            None => call.env_remove(name),
        };
    }
    // Without a bridge to assistive technology GTK waits for one at every start.
    call.env("NO_AT_BRIDGE", "1").env("LIBGL_ALWAYS_SOFTWARE", "1");
    call
}

/// Starts a program with a window, waits until the window is painted, and takes a picture of the screen. A window that is
/// never painted is a failure.
pub fn picture(
    program: &str,
    arguments: &[&str],
    (width, height): (u32, u32),
    picture: &Path,
) -> Result<(), Failure> {
    // A picture taken too early shows an empty screen; a painted window has many colours.
    let script = r#"
"$@" & app=$!
painted=1
for i in $(seq 60); do
  sleep 1
  colours=$(import -window root -depth 8 png:- 2>/dev/null | identify -format %k png:- 2>/dev/null || echo 0)
  [ "${colours:-0}" -gt 50 ] && painted=0 && break
done
sleep 1
import -window root "$PORTICO_PICTURE" || painted=1
kill $app 2>/dev/null; wait $app 2>/dev/null
exit $painted"#;
    if let Some(folder) = picture.parent() {
        let made = std::fs::create_dir_all(folder);
        made.map_err(|error| Failure::Needed(format!("{}: {error}", folder.display())))?;
    }
    let mut words = vec!["-c", script, "sh", program];
    words.extend(arguments);
    run("window", headless(&command("sh", &words), width, height).env("PORTICO_PICTURE", picture))
}
