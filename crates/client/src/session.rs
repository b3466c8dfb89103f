//! The session of an unlocked account, as requests use it.

use std::time::{Duration, SystemTime};

use portico_profile::{ApiKey, SessionTokens, Unlocked};
use portico_protocol::SecretText;

use crate::aside::aside;
use crate::refresh::{KeepsSession, Renewed};

impl KeepsSession for Unlocked {
    fn access_token(&self) -> Option<SecretText> {
        self.session().map(|session| session.access_token.copy())
    }

    fn refresh_token(&self) -> Option<SecretText> {
        self.session().and_then(|session| session.refresh_token.as_ref().map(SecretText::copy))
    }

    fn api_key(&self) -> Option<ApiKey> {
        self.session().and_then(|session| session.api_key.as_ref().map(copy_key))
    }

    fn keep(&self, renewed: Renewed) {
        let before = self.session();
        let of_before = |token: fn(&SessionTokens) -> &Option<SecretText>| {
            before.as_deref().and_then(|session| token(session).as_ref()).map(SecretText::copy)
        };
        let tokens = SessionTokens {
            access_token: renewed.access_token,
            refresh_token: renewed.refresh_token.or_else(|| of_before(|session| &session.refresh_token)),
            expires_at: expiry(renewed.expires_in),
            remember_token: of_before(|session| &session.remember_token),
            api_key: before.as_deref().and_then(|session| session.api_key.as_ref()).map(copy_key),
        };
        if let Err(error) = aside(|| self.set_session(tokens)) {
            // The request that needed the token goes on with it; the refresh token, which is what has to last, is
            // the same as before.
            tracing::warn!(%error, "a renewed session could not be kept");
        }
    }
}

/// When a token that is valid for `seconds` from now ends, by this machine's clock. A server cannot stretch it beyond
/// a day, nor shorten it into the past.
pub(crate) fn expiry(seconds: i64) -> SystemTime {
    SystemTime::now() + Duration::from_secs(seconds.clamp(0, 86_400).unsigned_abs())
}

fn copy_key(key: &ApiKey) -> ApiKey {
    ApiKey { user: key.user, secret: key.secret.copy() }
}
