//! What we tell a server about this program and this machine (protocol.md §0, §1.7).

use uuid::Uuid;

/// The version of the official clients whose behaviour this program follows. Servers hold back item types and refuse
/// sign-ins by it (protocol.md §0, §3.1).
pub const CLIENT_VERSION: &str = "2026.8.0";

pub(crate) const CLIENT_NAME: &str = "desktop";

/// This installation as a server sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Stays the same for one profile, so that a server knows the machine again.
    pub identifier: Uuid,
}

impl Device {
    pub(crate) const fn kind(self) -> &'static str {
        if cfg!(target_os = "windows") {
            "6"
        } else if cfg!(target_os = "macos") {
            "7"
        } else {
            "8"
        }
    }

    /// The name that the person finds in the server's list of devices.
    pub(crate) fn name(self) -> String {
        format!("Portico on {}", std::env::consts::OS)
    }

    pub(crate) fn user_agent(self) -> String {
        format!("Portico/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS)
    }
}
