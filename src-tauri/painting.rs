//! How WebKitGTK paints the page where there is no graphics processor, as in many virtual machines and remote desktops.
//!
//! It paints through OpenGL in any case, there by a driver that compiles each kind of shape to machine code on the
//! processor when it first meets it. Painting without OpenGL is what such a machine is good at: measured on two cores in a
//! bare window, a page like ours took three fifths of the web process's time to its first frame; the memory of all
//! processes of the program went from 333 MiB to 262.

use std::{env, fs, path::Path};

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Has the page of this window painted by the processor where nothing else could paint it. Not while a driver may look at
/// it: the driver's picture of such a page never comes (WebKitGTK 2.50).
pub fn suit(window: &WebviewWindow) -> tauri::Result<()> {
    if cfg!(feature = "e2e") || has_graphics() {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether there is a device that draws: the kernel's (`drm(7)`) or, below Windows, that of WSL.
fn has_graphics() -> bool {
    let is_told_not_to =
        env::var_os("LIBGL_ALWAYS_SOFTWARE").is_some_and(|value| is_yes(&value.to_string_lossy()));
    !is_told_not_to && (draws(Path::new("/dev/dri")) || Path::new("/dev/dxg").exists())
}

/// As Mesa reads its switches.
fn is_yes(value: &str) -> bool {
    ["1", "true", "yes", "y"].iter().any(|yes| value.eq_ignore_ascii_case(yes))
}

fn draws(devices: &Path) -> bool {
    let names = fs::read_dir(devices).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.into_iter().any(|name| name.to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_only_shows_does_not_draw() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!draws(&folder.path().join("none")));
        fs::write(folder.path().join("card0"), "").expect("written");
        assert!(!draws(folder.path()));
        fs::write(folder.path().join("renderD128"), "").expect("written");
        assert!(draws(folder.path()));
    }

    #[test]
    fn the_driver_s_switch_is_read_as_the_driver_reads_it() {
        assert!(["1", "true", "YES"].into_iter().all(is_yes));
        assert!(!["0", "false", "", "2"].into_iter().any(is_yes));
    }
}
