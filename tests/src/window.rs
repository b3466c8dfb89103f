//! The real window, driven by WebKitWebDriver: no tauri-driver in between (on Linux it would only pass calls on).
//!
//! A session starts the program itself; the variable `TAURI_WEBVIEW_AUTOMATION` lets the driver reach the page, and
//! only a build with the feature `e2e` leaves it in the environment.

use std::{
    ffi::OsStr,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::CmdError,
    key::Key,
    wd::{Capabilities, WindowHandle},
};

use crate::memory::{Process, descendants};

/// How long a page may take to show what a test waits for. Generous: these machines are small and noisy.
const PATIENCE: Duration = Duration::from_secs(60);

/// One driver process with one program in it; both end with this value.
pub struct Window {
    driver: Child,
    pub page: Client,
    pictures: PathBuf,
}

impl Window {
    /// Starts the program on a profile folder.
    ///
    /// # Panics
    /// When the driver or the program does not start: the test cannot go on.
    pub async fn open(profile: &Path, language: &str) -> Self {
        Self::open_with::<&str>(profile, language, &[]).await
    }

    /// As [`Window::open`], among other surroundings: variables of the environment, such as the address of a bus, or
    /// doors for what a test cannot press: `PORTICO_E2E_SAVE_IN` and `PORTICO_E2E_OPEN_IN` name the folder that the person
    /// would choose, `PORTICO_E2E_SAY_IN` one for what the program says where it has no page, and `PORTICO_E2E_MINUTE` the
    /// milliseconds of a minute of the idle clock.
    ///
    /// # Panics
    /// As [`Window::open`].
    pub async fn open_with<V: AsRef<OsStr>>(
        profile: &Path,
        language: &str,
        surroundings: &[(&str, V)],
    ) -> Self {
        let binary = std::env::var("PORTICO_BINARY").expect("PORTICO_BINARY names the program");
        let pictures =
            PathBuf::from(std::env::var("PORTICO_PICTURES").expect("PORTICO_PICTURES names a folder"));
        std::fs::create_dir_all(&pictures).expect("folder for pictures");
        let port = free_port();
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LANG", language)
            .env("LC_ALL", language)
            .envs(surroundings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("WebKitWebDriver (package webkit2gtk-driver) starts");
        let options = serde_json::json!({
            "binary": binary,
            "args": ["--profile", profile],
        });
        let mut capabilities = Capabilities::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        let begun = Instant::now();
        let page = loop {
            let address = format!("http://127.0.0.1:{port}");
            let mut builder = ClientBuilder::new(hyper_connector());
            let session = builder.capabilities(capabilities.clone()).connect(&address);
            // The driver waits without end for a program that does not come.
            match tokio::time::timeout(PATIENCE, session).await.expect("the program comes") {
                Ok(page) => break page,
                Err(error) if begun.elapsed() > PATIENCE => panic!("no session: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        Self { driver, page, pictures }
    }

    /// The driver's process: the program runs below it, and the web processes below the program.
    pub fn driver_id(&self) -> u32 {
        self.driver.id()
    }

    /// The processes of the pages.
    pub fn web_processes(&self) -> Vec<Process> {
        let mut all = descendants(self.driver_id());
        all.retain(|process| process.name.starts_with("WebKitWebProces"));
        all
    }

    /// Waits for the first element with this test id.
    pub async fn find(&self, id: &str) -> Element {
        self.css(&format!("[data-testid=\"{id}\"]")).await
    }

    /// Waits for the first element of a CSS selector.
    pub async fn css(&self, selector: &str) -> Element {
        match self.page.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => {
                self.picture("failure").await;
                panic!("{selector} did not appear: {error}\n{}", self.text("body").await)
            }
        }
    }

    /// Clicks the element with this test id as soon as it lets itself be clicked.
    pub async fn click(&self, id: &str) {
        let begun = Instant::now();
        loop {
            match self.find(id).await.click().await {
                Ok(()) => return,
                // Rows are made anew while a list refreshes.
                Err(error) if begun.elapsed() > PATIENCE => {
                    self.picture("failure").await;
                    panic!("{id} cannot be clicked: {error}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Clicks the first element of a CSS selector if there is one now that lets itself be clicked: for what may go by itself
    /// between a look and the click.
    pub async fn click_if_there(&self, selector: &str) {
        if let Ok(element) = self.page.find(Locator::Css(selector)).await {
            let _ = element.click().await;
        }
    }

    /// Clicks what replaces the webview, and follows to the new one. The driver may lose its answer with the old one.
    pub async fn click_away(&self, id: &str) {
        let before = self.page.window().await.expect("window");
        let _ = self.find(id).await.click().await;
        self.follow_new_webview(&before).await;
    }

    /// Types into the element with this test id.
    pub async fn fill(&self, id: &str, text: &str) {
        self.click(id).await;
        self.find(id).await.send_keys(text).await.expect("field takes keys");
    }

    /// Replaces what stands in the element with this test id, as a person would: WebDriver's own "clear" empties the
    /// field without telling the page.
    pub async fn replace(&self, id: &str, text: &str) {
        self.click(id).await;
        let field = self.find(id).await;
        let select_all =
            format!("{}a{}{}", char::from(Key::Control), char::from(Key::Null), char::from(Key::Delete));
        field.send_keys(&select_all).await.expect("field takes keys");
        if !text.is_empty() {
            field.send_keys(text).await.expect("field takes keys");
        }
    }

    /// From the first screen to an unlocked page, at a server of one's own.
    pub async fn sign_in(&self, server: &str, email: &str, password: &str) {
        self.send_password(server, email, password).await;
        self.find("lock").await;
    }

    /// From the first screen to whatever follows the password.
    pub async fn send_password(&self, server: &str, email: &str, password: &str) {
        self.click("server-selfHosted").await;
        self.fill("signin-address", server).await;
        self.fill("signin-email", email).await;
        self.click("signin-continue").await;
        self.fill("signin-password", password).await;
        self.click("signin-submit").await;
    }

    /// Waits until the first sync of a person with a provider is over: no bar, and the portal is there.
    pub async fn synced(&self) {
        self.find("product-provider").await;
        let quiet = || async { self.count("[data-testid=sync-bar]").await == 0 };
        self.until("the sync ends", quiet).await;
    }

    /// Presses a chord such as Control + k.
    pub async fn chord(&self, modifier: Key, key: &str) {
        let body = self.css("body").await;
        let keys = format!("{}{}{}", char::from(modifier), key, char::from(Key::Null));
        body.send_keys(&keys).await.expect("keys");
    }

    /// The text of the first element of a selector, empty if there is none.
    pub async fn text(&self, selector: &str) -> String {
        match self.page.find(Locator::Css(selector)).await {
            Ok(element) => element.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// The text of all elements with this test id, what is cut with an ellipsis included: the driver's own idea of text
    /// leaves that out.
    pub async fn whole_text(&self, id: &str) -> String {
        let script = "return [...document.querySelectorAll(`[data-testid=${arguments[0]}]`)].map((one) => one.textContent).join()";
        let told = self.page.execute(script, vec![id.into()]).await.ok();
        told.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// How many elements a selector finds now.
    pub async fn count(&self, selector: &str) -> usize {
        self.page.find_all(Locator::Css(selector)).await.map_or(0, |all| all.len())
    }

    /// Waits until a condition on the page holds.
    pub async fn until<F, T>(&self, what: &str, mut condition: F)
    where
        F: FnMut() -> T,
        T: Future<Output = bool>,
    {
        let begun = Instant::now();
        while !condition().await {
            if begun.elapsed() > PATIENCE {
                self.picture("failure").await;
                panic!("{what}: not within {PATIENCE:?}\n{}", self.text("body").await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// On lock the webview is destroyed and a new one made: the driver has to be told which window it now looks at.
    pub async fn follow_new_webview(&self, before: &WindowHandle) {
        let begun = Instant::now();
        loop {
            if let Ok(handles) = self.page.windows().await
                && let Some(new) = handles.iter().find(|handle| *handle != before)
                && self.page.switch_to_window(new.clone()).await.is_ok()
            {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "no new webview after the lock");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Keeps a picture of the page as an artefact of the run.
    pub async fn picture(&self, name: &str) {
        // The driver's picture may lag the page: two frames first.
        let _ = self
            .page
            .execute_async(
                "const done = arguments[arguments.length - 1];
                 requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 120)));",
                vec![],
            )
            .await;
        if let Ok(bytes) = self.page.screenshot().await {
            let _ = std::fs::write(self.pictures.join(format!("{name}.png")), bytes);
        }
    }

    /// Ends the session and with it the program.
    ///
    /// # Errors
    /// When the driver does not answer any more.
    pub async fn close(mut self) -> Result<(), CmdError> {
        // Asked before the page closes: a program whose driver has gone meanwhile is nobody's child any more.
        let left = descendants(self.driver_id());
        let outcome = self.page.clone().close().await;
        self.end(left);
        outcome
    }

    /// Another window on the same profile would only bring a program that goes on to the front, and one whose driver is gone
    /// may do that.
    fn end(&mut self, mut left: Vec<Process>) {
        left.extend(descendants(self.driver_id()));
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let begun = Instant::now();
        while !left.is_empty() && begun.elapsed() < PATIENCE {
            left.retain(Process::runs);
            let ids = left.iter().map(|process| process.id.to_string());
            let _ = Command::new("kill").arg("-9").args(ids).stderr(Stdio::null()).status();
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.end(Vec::new());
    }
}

/// Plain http to the driver on loopback.
fn hyper_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
