//! From a profile and a server's address to a client.

use std::path::PathBuf;

use portico_profile::{Profile, Settings};
use portico_protocol::server::ServerAddress;
use url::Url;

use crate::device::Device;
use crate::http::{ApiClient, ConnectError, ConnectOptions};
use crate::pace::PaceLimits;

/// Prepares to ask `server` the way the profile's settings say. `embedded_base` is where an embedded service listens
/// now; `ca_file` names a certificate authority that is trusted besides those of the system, in place of the one that
/// the profile keeps for this server.
pub fn connect(
    profile: &Profile,
    server: &ServerAddress,
    embedded_base: Option<&Url>,
    ca_file: Option<PathBuf>,
) -> Result<ApiClient, ConnectError> {
    let urls = server.urls(embedded_base).ok_or(ConnectError::NotRunning)?;
    let settings = profile.settings();
    let mut options = ConnectOptions::new(Device { identifier: settings.device_id });
    options.ca_file = ca_file.or_else(|| profile.authority(server));
    options.pace = match server {
        ServerAddress::Embedded(_) => Some(PaceLimits::LOOPBACK),
        _ => own_pace(&settings),
    };
    ApiClient::new(urls, &options)
}

/// What the person chose; nothing where that is what every installation begins with, so that a service on this machine
/// is asked as fast as it answers.
fn own_pace(settings: &Settings) -> Option<PaceLimits> {
    let usual = PaceLimits::POLITE;
    let chosen = PaceLimits {
        // Not even a settings file makes us a nuisance, or stops us for good.
        in_flight: settings.requests_in_flight.clamp(1, 64),
        per_second: Some(settings.requests_per_second.clamp(1, 1000)),
        ..usual
    };
    (chosen != usual).then_some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_follows_the_settings_within_reason() {
        assert_eq!(own_pace(&Settings::default()), None);
        let slow = Settings { requests_in_flight: 0, requests_per_second: 0, ..Settings::default() };
        let pace = own_pace(&slow).unwrap();
        assert_eq!((pace.in_flight, pace.per_second), (1, Some(1)));
    }

    #[test]
    fn an_embedded_service_has_to_run() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let server = ServerAddress::parse("embedded:demo").unwrap();
        assert!(matches!(connect(&profile, &server, None, None), Err(ConnectError::NotRunning)));
        let base = Url::parse("http://127.0.0.1:4711").unwrap();
        let client = connect(&profile, &server, Some(&base), None).unwrap();
        assert_eq!(client.urls().api, "http://127.0.0.1:4711/api");
        assert_eq!(client.device().identifier, profile.settings().device_id);
    }
}
