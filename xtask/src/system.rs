//! System packages: installed where we may (Debian and its kin, as root or with sudo that asks nothing), named elsewhere.

use std::{
    env::consts::EXE_SUFFIX,
    process::{Command, Stdio},
};

use crate::{
    command::{Failure, command, found, run},
    page,
};

/// What building the window needs (Debian's names).
const BUILD: &[&str] = &["libwebkit2gtk-4.1-dev", "librsvg2-dev", "pkg-config", "build-essential"];

/// What a window without a screen, and driving it, need.
const HEADLESS: &[&str] = &[
    "xvfb",
    "xauth",
    "webkit2gtk-driver",
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "at-spi2-core",
    "imagemagick",
    "x11-utils",
    "xclip",
    "xdotool",
    "fonts-dejavu-core",
];

/// How far the chore goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Window,
    Headless,
}

/// Makes sure that the packages are there.
pub fn ensure(need: Need) -> Result<(), Failure> {
    if !found(&format!("node{EXE_SUFFIX}")) || !found(page::NPM) {
        return Err(Failure::Needed(
            "Node.js 20.19 or newer with npm is needed: https://nodejs.org".to_owned(),
        ));
    }
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !found("dpkg-query") {
        eprintln!(
            "Not a Debian system: make sure that WebKitGTK 4.1, librsvg (both with headers), pkg-config and a C compiler are installed."
        );
        return Ok(());
    }
    let wanted: Vec<&str> = match need {
        Need::Window => BUILD.to_vec(),
        Need::Headless => BUILD.iter().chain(HEADLESS).copied().collect(),
    };
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let Some(prefix) = privilege() else {
        return Err(Failure::Needed(format!(
            "these packages are missing; install them and run this again:\n  sudo apt-get install --no-install-recommends {}",
            missing.join(" ")
        )));
    };
    apt(prefix, &["update", "-q"], "package lists")?;
    let mut install = vec!["install", "-q", "-y", "--no-install-recommends"];
    install.extend(missing);
    apt(prefix, &install, "system packages")
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|answer| answer.stdout.starts_with(b"install ok installed"))
}

/// How apt may be called: as we are (root), with sudo that asks nothing, or not at all.
fn privilege() -> Option<&'static [&'static str]> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0");
    if root {
        return Some(&[]);
    }
    let sudo = Command::new("sudo")
        .args(["-n", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    sudo.then_some(&["sudo", "-n"])
}

fn apt(prefix: &[&str], arguments: &[&str], step: &str) -> Result<(), Failure> {
    let mut words: Vec<&str> = prefix.to_vec();
    words.push("apt-get");
    words.extend(arguments);
    let mut call = command(words[0], &words[1..]);
    call.env("DEBIAN_FRONTEND", "noninteractive");
    run(step, &mut call)
}
