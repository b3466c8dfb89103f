//! Unlocking without the master password, with a real Secret Service on a bus of its own.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::logind::Bus;
use crate::{LOCALE, Window, opened, small_demo};

const PIN: &str = "4096";
const WRONG: &str = "4095";
/// After so many wrong PINs in a row there is no PIN any more.
const TRIES: usize = 5;

/// An open keyring of a person who is logged in. The service ends with its bus.
struct Keyring {
    bus: Bus,
    _home: tempfile::TempDir,
}

impl Keyring {
    fn open() -> Self {
        let (bus, home) = (Bus::start(), tempfile::tempdir().unwrap());
        let at = |folder: &str| home.path().join(folder);
        std::fs::create_dir_all(at("run")).unwrap();
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--daemonize"])
            .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_RUNTIME_DIR", at("run"))
            .env_remove("GNOME_KEYRING_CONTROL")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon (package gnome-keyring)");
        daemon.stdin.take().unwrap().write_all(b"x").unwrap();
        // It goes on in the background when it is ready.
        assert!(daemon.wait().unwrap().success());
        Self { bus, _home: home }
    }

    fn surroundings(&self) -> [(&str, &str); 1] {
        [("DBUS_SESSION_BUS_ADDRESS", self.bus.address.as_str())]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn this_computer_and_a_pin_unlock_until_they_are_taken_away() {
    let keyring = Keyring::open();
    let demo = small_demo().await;
    let profile = tempfile::tempdir().unwrap();
    let window = opened(&demo, profile.path(), &keyring.surroundings()).await;

    window.click("nav-settings").await;
    window.click("device-on").await;
    window.find("device-off").await;
    lock(&window).await;
    // Nothing has to be typed.
    assert_eq!(window.count("[data-testid=unlock-password], [data-testid=unlock-pin]").await, 0);
    window.picture("50-unlock-with-this-computer").await;
    submit_and_enter(&window).await;

    window.click("nav-settings").await;
    window.click("pin-set").await;
    window.fill("pin-new", PIN).await;
    window.fill("pin-again", PIN).await;
    window.click("pin-save").await;
    window.find("pin-change").await;
    window.click("device-off").await;
    window.find("device-on").await;
    lock(&window).await;
    assert_eq!(window.count("[data-testid=use-device]").await, 0, "it was turned off");
    wrong_pin(&window, TRIES - 1).await;
    window.picture("51-unlock-with-a-pin").await;
    window.replace("unlock-pin", PIN).await;
    submit_and_enter(&window).await;
    window.close().await.unwrap();

    // It is the keychain that remembers, not the program.
    let window = Window::open_with(profile.path(), LOCALE, &keyring.surroundings()).await;
    for left in (1..TRIES).rev() {
        wrong_pin(&window, left).await;
    }
    window.replace("unlock-pin", WRONG).await;
    window.click("unlock-submit").await;
    window.find("pin-removed").await;
    window.picture("52-pin-removed").await;
    assert_eq!(window.count("[data-testid=unlock-pin], [data-testid=use-pin]").await, 0);
    crate::unlock(&window, &demo).await;
    window.close().await.unwrap();
}

/// Without a keychain nothing of it is offered, and nobody is asked for the password of one.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_only_the_master_password_is_offered() {
    let bus = Bus::start();
    let demo = small_demo().await;
    let profile = tempfile::tempdir().unwrap();
    let window = opened(&demo, profile.path(), &[("DBUS_SESSION_BUS_ADDRESS", bus.address.as_str())]).await;
    window.click("nav-settings").await;
    window.find("settings-on-switch").await;
    window.find("cache-size").await;
    assert_eq!(window.count("[data-testid=device-on], [data-testid=pin-set]").await, 0);
    window.close().await.unwrap();
}

async fn lock(window: &Window) {
    window.click_away("lock").await;
    window.find("unlock-submit").await;
}

async fn submit_and_enter(window: &Window) {
    window.click("unlock-submit").await;
    window.find("item-row").await;
}

/// Tries a wrong one, after which so many tries are left.
async fn wrong_pin(window: &Window, left: usize) {
    window.replace("unlock-pin", WRONG).await;
    window.click("unlock-submit").await;
    let told = match left {
        1 => "One more try".to_owned(),
        more => format!("{more} more tries"),
    };
    let counted = || async { window.text("main").await.contains(&told) };
    window.until("a wrong PIN is counted", counted).await;
}
