//! From a profile and a server's address to a client.

use std::ops::RangeInclusive;

use portico_profile::{Authority, Profile, Settings};
use portico_protocol::server::ServerAddress;
use url::Url;

use crate::device::Device;
use crate::http::{ApiClient, ConnectError, ConnectOptions};
use crate::pace::PaceLimits;

/// Prepares to ask `server` the way the profile's settings say. `embedded_base` is where an embedded service listens
/// now; `authority` is a certificate authority that is trusted besides those of the system, in place of the one that
/// the profile keeps for this server.
pub fn connect(
    profile: &Profile,
    server: &ServerAddress,
    embedded_base: Option<&Url>,
    authority: Option<Authority>,
) -> Result<ApiClient, ConnectError> {
    let urls = server.urls(embedded_base).ok_or(ConnectError::NotRunning)?;
    let settings = profile.settings();
    let mut options = ConnectOptions::new(Device { identifier: settings.device_id });
    options.authority = match authority {
        Some(authority) => Some(authority),
        None => profile.authority(server).map_err(ConnectError::KeptAuthority)?,
    };
    options.pace = match server {
        ServerAddress::Embedded(_) => Some(PaceLimits::LOOPBACK),
        // Everybody else is there too: nobody asks them faster.
        ServerAddress::UnitedStates | ServerAddress::Europe => None,
        ServerAddress::SelfHosted(_) | ServerAddress::Separate(_) => own_pace(&settings),
    };
    ApiClient::new(urls, &options)
}

/// What the person chose; nothing where that is what every installation begins with, so that a service on this machine
/// is asked as fast as it answers.
fn own_pace(settings: &Settings) -> Option<PaceLimits> {
    let usual = PaceLimits::POLITE;
    let chosen = PaceLimits {
        in_flight: within(Settings::IN_FLIGHT, settings.requests_in_flight),
        per_second: Some(within(Settings::PER_SECOND, settings.requests_per_second)),
        ..usual
    };
    (chosen != usual).then_some(chosen)
}

fn within(range: RangeInclusive<u32>, value: u32) -> u32 {
    value.clamp(*range.start(), *range.end())
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
    fn only_a_server_of_ones_own_is_asked_faster() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let eager =
            |settings: &mut Settings| (settings.requests_in_flight, settings.requests_per_second) = (32, 200);
        profile.change_settings(eager).unwrap();
        for (address, in_flight, per_second) in [
            ("https://vault.example", 32, 200),
            ("https://vault.example api=https://api.example", 32, 200),
            ("bitwarden.com", 4, 20),
            ("bitwarden.eu", 4, 20),
        ] {
            let client = connect(&profile, &ServerAddress::parse(address).unwrap(), None, None).unwrap();
            let limits = client.limits();
            assert_eq!((limits.in_flight, limits.per_second), (in_flight, Some(per_second)), "{address}");
        }
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
