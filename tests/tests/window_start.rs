//! How the program starts: a folder that it cannot use, no display, beside another start, and with the size that its page was
//! left at.
#![allow(clippy::unwrap_used)] // A test may panic.

use std::{
    path::Path,
    process::{Child, Command, Output},
    time::Duration,
};

use fantoccini::key::Key;
use portico_tests::{memory::descendants, window::Window};

/// Nobody makes a folder there, whoever they are.
const READ_ONLY: &str = "/sys/portico";

/// An invitation, as the system hands it over.
const LINK: &str = "portico://join?link=https%3A%2F%2Fvault.example.org%2F%23%2Fproviders%2Faccept-provider%3FproviderId%3Df6ab81dc-5d5c-4c2d-8a5a-1a2b3c4d5e6f%26providerUserId%3D0a6f81dc-5d5c-4c2d-8a5a-1a2b3c4d5e6f%26email%3Dana%2540example.org%26providerName%3DBrightwater%26token%3Dabc";

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_used_is_told_and_another_one_taken() {
    let other = tempfile::tempdir().unwrap();
    let window =
        Window::open_with(Path::new(READ_ONLY), "fr_FR.UTF-8", &[("PORTICO_E2E_OPEN_IN", other.path())])
            .await;
    assert_eq!(window.find("refused-folder").await.text().await.unwrap(), READ_ONLY);
    let said = window.text("[role=alert]").await;
    assert!(said.contains("n’a pas le droit d’y écrire"), "{said}");
    window.picture("80-refused-fr").await;
    // The driver loses its page with the program that it was in.
    let _ = window.find("refused-choose").await.click().await;
    let opened = || async { other.path().join("settings.json").exists() };
    window.until("the program is there with the other folder", opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_refused_can_be_quit() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let window = Window::open(&file.join("profile"), "en_GB.UTF-8").await;
    window.find("refused-folder").await;
    let said = window.text("[role=alert]").await;
    assert!(said.contains("it cannot be used"), "{said}");
    window.picture("81-refused-en").await;
    let runs = || descendants(window.driver_id()).iter().any(|process| process.name == "portico");
    assert!(runs());
    let _ = window.find("refused-quit").await.click().await;
    window.until("the program ends", || async { !runs() }).await;
    assert_eq!(std::fs::read(&file).unwrap(), b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_as_large_as_it_was_left() {
    let profile = tempfile::tempdir().unwrap();
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    window.find("server-selfHosted").await;
    let usual = width(&window).await;
    window.chord(Key::Control, "+").await;
    window.chord(Key::Control, "+").await;
    let grown = || async { is_near(width(&window).await, usual / 1.25) };
    window.until("the page is larger", grown).await;
    window.picture("82-zoom-125-en").await;
    window.close().await.unwrap();

    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    window.find("server-selfHosted").await;
    let kept = || async { is_near(width(&window).await, usual / 1.25) };
    window.until("the page is as large as before", kept).await;
    window.chord(Key::Control, "0").await;
    let shrunk = || async { is_near(width(&window).await, usual) };
    window.until("the page has its own size again", shrunk).await;
    window.close().await.unwrap();
}

/// By what the system calls the running program (`src-tauri/lib.rs`).
#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_goes_to_the_window_of_its_profile() {
    let (profile, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let window = Window::open(profile.path(), "en_GB.UTF-8").await;
    window.find("server-selfHosted").await;

    let mut elsewhere = Started(start(other.path(), LINK));
    let opened = || async { other.path().join("webview").exists() };
    window.until("another profile has a window of its own", opened).await;
    assert_eq!(elsewhere.0.try_wait().unwrap(), None);
    assert_eq!(window.count("[data-testid=invitation-facts]").await, 0);
    drop(elsewhere);

    let mut again = Started(start(profile.path(), LINK));
    assert!(window.find("invitation-facts").await.text().await.unwrap().contains("vault.example.org"));
    assert!(again.0.wait().unwrap().success());
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_takes_the_place_of_one_that_ends_before_it_answers() {
    let profile = tempfile::tempdir().unwrap();
    let first = Started(start(profile.path(), LINK));
    let opened = async {
        while !profile.path().join("webview").exists() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), opened).await.expect("it has its window");
    // It has its name on the bus, and answers nobody.
    let stopped = Command::new("kill").arg("-STOP").arg(first.0.id().to_string()).status().unwrap();
    assert!(stopped.success());
    let mut second = Started(start(profile.path(), LINK));
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(first);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(second.0.try_wait().unwrap(), None, "it runs");
}

#[test]
fn whoever_asks_for_help_needs_no_display() {
    let help = without_display(&["--help"]);
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("Usage: portico"));
    assert_eq!(String::from_utf8(help.stderr).unwrap(), "");
    let version = without_display(&["--version"]);
    assert_eq!(
        String::from_utf8(version.stdout).unwrap(),
        concat!("portico ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn a_missing_display_is_one_sentence() {
    let profile = tempfile::tempdir().unwrap();
    let refused = without_display(&["--profile", profile.path().to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "portico: there is no display to open a window on\n"
    );
}

/// Of the page, in its own pixels.
async fn width(window: &Window) -> f64 {
    window.page.execute("return window.innerWidth", vec![]).await.unwrap().as_f64().unwrap()
}

fn is_near(width: f64, wanted: f64) -> bool {
    (width - wanted).abs() < 2.0
}

/// A start of the program that does not outlive its test.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(profile: &Path, link: &str) -> Child {
    Command::new(program()).arg("--profile").arg(profile).arg(link).spawn().unwrap()
}

fn program() -> String {
    std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program")
}

fn without_display(words: &[&str]) -> Output {
    let mut call = Command::new(program());
    call.args(words).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("XDG_RUNTIME_DIR");
    call.output().unwrap()
}
