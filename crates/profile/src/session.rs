//! The tokens of a signed-in account, in a sealed cell.

use std::time::SystemTime;

use portico_cache::UnixSeconds;
use portico_protocol::SecretText;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

/// What requests in the name of the account need (protocol.md §1.3–§1.6).
pub struct SessionTokens {
    /// What requests carry.
    pub access_token: SecretText,
    /// Absent after a sign-in with an API key.
    pub refresh_token: Option<SecretText>,
    /// When the access token ends, by this machine's clock.
    pub expires_at: SystemTime,
    /// The remembered second step (`TwoFactorToken`).
    pub remember_token: Option<SecretText>,
    /// The key that the sign-in was made with: it brings a new access token where no refresh token does.
    pub api_key: Option<ApiKey>,
}

/// A personal API key (protocol.md §1.3, client credentials).
pub struct ApiKey {
    /// Whose it is; `client_id` is `user.` and this.
    pub user: Uuid,
    /// `client_secret`.
    pub secret: SecretText,
}

impl ApiKey {
    /// Reads what a person copied from the web vault; `None` when the client id is not one of a person's key. That of
    /// an organization (`organization.…`) opens no vault.
    pub fn new(client_id: &str, secret: SecretText) -> Option<Self> {
        let user = client_id.trim().strip_prefix("user.").and_then(|id| Uuid::try_parse(id).ok())?;
        Some(Self { user, secret: SecretText::new(secret.expose().trim().to_owned()) })
    }

    /// As requests carry it.
    pub fn client_id(&self) -> String {
        format!("user.{}", self.user)
    }
}

/// The sealed form; postcard, later versions append.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    version: u8,
    access_token: &'a str,
    refresh_token: Option<&'a str>,
    expires_at: UnixSeconds,
    remember_token: Option<&'a str>,
}

/// What was appended to [`Record`]; files from before end there.
#[derive(Serialize, Deserialize)]
struct Appended<'a> {
    #[serde(borrow)]
    api_key: Option<([u8; 16], &'a str)>,
}

impl SessionTokens {
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, postcard::Error> {
        let record = Record {
            version: 1,
            access_token: self.access_token.expose(),
            refresh_token: self.refresh_token.as_ref().map(SecretText::expose),
            expires_at: self.expires_at.into(),
            remember_token: self.remember_token.as_ref().map(SecretText::expose),
        };
        // Room made beforehand: a growing buffer would leave unwiped copies behind.
        let appended = Appended {
            api_key: self.api_key.as_ref().map(|key| (key.user.into_bytes(), key.secret.expose())),
        };
        let mut buffer = Zeroizing::new(vec![0; 96 + self.text_len()]);
        let mut used = postcard::to_slice(&record, &mut buffer)?.len();
        used += postcard::to_slice(&appended, &mut buffer[used..])?.len();
        buffer[used..].zeroize();
        buffer.truncate(used);
        Ok(buffer)
    }

    /// `None` when the bytes are no session of this version: then the person signs in again.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (record, rest) = postcard::take_from_bytes::<Record<'_>>(bytes).ok()?;
        let appended = postcard::take_from_bytes::<Appended<'_>>(rest).map(|(appended, _)| appended);
        let secret = |text: &str| SecretText::new(text.to_owned());
        (record.version == 1).then(|| Self {
            access_token: secret(record.access_token),
            refresh_token: record.refresh_token.map(secret),
            expires_at: record.expires_at.into(),
            remember_token: record.remember_token.map(secret),
            api_key: appended
                .ok()
                .and_then(|appended| appended.api_key)
                .map(|(user, key)| ApiKey { user: Uuid::from_bytes(user), secret: secret(key) }),
        })
    }

    fn text_len(&self) -> usize {
        let len = |token: &Option<SecretText>| token.as_ref().map_or(0, |token| token.expose().len());
        let api_key = self.api_key.as_ref().map_or(0, |key| key.secret.expose().len());
        self.access_token.expose().len() + len(&self.refresh_token) + len(&self.remember_token) + api_key
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn tokens(api_key: Option<ApiKey>) -> SessionTokens {
        SessionTokens {
            access_token: SecretText::new("access".to_owned()),
            refresh_token: None,
            expires_at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
            remember_token: Some(SecretText::new("remembered".to_owned())),
            api_key,
        }
    }

    #[test]
    fn an_api_key_is_kept_and_a_file_from_before_it_is_read() {
        let key =
            ApiKey::new(" user.0196f3a0-0000-7000-8000-000000000001 ", SecretText::new(" s ".to_owned()));
        let bytes = tokens(key).to_bytes().unwrap();
        let read = SessionTokens::from_bytes(&bytes).unwrap();
        let key = read.api_key.unwrap();
        assert_eq!(key.client_id(), "user.0196f3a0-0000-7000-8000-000000000001");
        assert_eq!(key.secret.expose(), "s");
        assert_eq!(read.remember_token.unwrap().expose(), "remembered");

        let without = tokens(None).to_bytes().unwrap();
        let before = &without[..without.len() - 1];
        let read = SessionTokens::from_bytes(before).unwrap();
        assert!(read.api_key.is_none() && read.access_token.expose() == "access");
    }

    #[test]
    fn what_is_no_persons_key() {
        for id in ["", "user.", "user.maya", "organization.0196f3a0-0000-7000-8000-000000000001"] {
            assert!(ApiKey::new(id, SecretText::new("s".to_owned())).is_none(), "{id}");
        }
    }
}
