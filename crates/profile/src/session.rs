//! The tokens of a signed-in account, in a sealed cell.

use std::time::SystemTime;

use portico_cache::UnixSeconds;
use portico_protocol::SecretText;
use serde::{Deserialize, Serialize};
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
        let mut buffer = Zeroizing::new(vec![0; 64 + self.text_len()]);
        let used = postcard::to_slice(&record, &mut buffer)?.len();
        buffer[used..].zeroize();
        buffer.truncate(used);
        Ok(buffer)
    }

    /// `None` when the bytes are no session of this version: then the person signs in again.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (record, _) = postcard::take_from_bytes::<Record<'_>>(bytes).ok()?;
        let secret = |text: &str| SecretText::new(text.to_owned());
        (record.version == 1).then(|| Self {
            access_token: secret(record.access_token),
            refresh_token: record.refresh_token.map(secret),
            expires_at: record.expires_at.into(),
            remember_token: record.remember_token.map(secret),
        })
    }

    fn text_len(&self) -> usize {
        let len = |token: &Option<SecretText>| token.as_ref().map_or(0, |token| token.expose().len());
        self.access_token.expose().len() + len(&self.refresh_token) + len(&self.remember_token)
    }
}
