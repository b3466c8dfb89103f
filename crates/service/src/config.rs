use std::time::Duration;

use url::Url;

use crate::delivery::Smtp;

/// How a service presents itself and how strict it is.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where clients reach the service, without `/api`. `None`: where it listens. Its host is the only one
    /// besides this machine's own names that requests may be addressed to, its origin the only one from which
    /// web pages may ask.
    pub public_url: Option<Url>,
    /// What a wrong password, code or secret costs (protocol.md §1.5).
    pub login_delay: Duration,
    /// How long nothing may come of a request that is on its way, or that a new connection is there for.
    pub patience: Duration,
    /// The server version that `/config` and `/version` report; clients gate features on it.
    pub version: String,
    /// Whether anybody may register an account.
    pub registration: bool,
    /// From where mails are sent. `None`: they lie in the outbox, for whoever runs the service to read.
    pub smtp: Option<Smtp>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            public_url: None,
            login_delay: Duration::from_secs(2),
            patience: Duration::from_secs(30),
            version: "2026.8.0".into(),
            registration: true,
            smtp: None,
        }
    }
}

impl Config {
    /// For the demo and for tests: nobody waits after a wrong password.
    #[must_use]
    pub fn without_delay() -> Self {
        Config { login_delay: Duration::ZERO, ..Config::default() }
    }

    /// Where clients reach the service, which listens at `local`.
    pub(crate) fn base(&self, local: &str) -> Result<Url, url::ParseError> {
        self.public_url.clone().map_or_else(|| Url::parse(local), Ok)
    }
}
