//! Key slots, as in a disk-encryption header: each wraps the data key under a secret of its own.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::header::ClearHeader;
use crate::keys::{DataKey, FORMAT, RandomnessError, SealingKey, fill_random};
use crate::time::UnixSeconds;

/// Which secret opens a slot. Open: numbers of later versions survive in the header and are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotKind(pub u8);

impl SlotKind {
    /// Under a key made of the account's user key: the master password opens it.
    pub const ACCOUNT: Self = Self(1);
    /// Under a random key that somebody carries in `PORTICO_SESSION`; expires.
    pub const SESSION: Self = Self(2);
    /// Under a key of the operating system's keychain.
    pub const DEVICE: Self = Self(3);
    /// Under Argon2id of a PIN together with a keychain secret.
    pub const PIN: Self = Self(4);
}

/// 32 bytes that open a slot, made for this purpose alone.
pub struct SlotSecret(SealingKey);

impl SlotSecret {
    /// Takes over 32 bytes.
    pub fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(SealingKey(secret))
    }

    /// The account slot's secret: whoever can open the account's user key (64 bytes) can open the slot.
    pub fn from_user_key(user_key: &[u8; 64], account: Uuid) -> Self {
        Self::expand(user_key, account, b"portico/cache/slot/account/1")
    }

    fn expand(secret: &[u8], account: Uuid, label: &[u8]) -> Self {
        struct Len;
        impl KeyType for Len {
            fn len(&self) -> usize {
                32
            }
        }
        let mut expanded = Zeroizing::new([0; 32]);
        let root = Salt::new(HKDF_SHA256, account.as_bytes()).extract(secret);
        let label = [label];
        let filled = root.expand(&label, Len).and_then(|okm| okm.fill(expanded.as_mut_slice()));
        // 32 bytes cannot exceed HKDF's limit.
        debug_assert!(filled.is_ok());
        Self::new(expanded)
    }
}

/// The key that `PORTICO_SESSION` carries.
pub struct SessionKey(Zeroizing<[u8; 32]>);

impl SessionKey {
    /// # Errors
    /// Only when the operating system gives no randomness.
    pub fn generate() -> Result<Self, RandomnessError> {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// Reads the text form; `None` when it is none. Accepts standard and URL-safe base64, padded or not.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('=');
        if text.len() > 64 {
            return None;
        }
        let plain: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .map(|c| {
                    if c == '+' {
                        '-'
                    } else if c == '/' {
                        '_'
                    } else {
                        c
                    }
                })
                .collect(),
        );
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(plain.as_bytes()).ok()?);
        let mut bytes = Zeroizing::new([0; 32]);
        if decoded.len() != 32 {
            return None;
        }
        bytes.copy_from_slice(&decoded);
        Some(Self(bytes))
    }

    /// The text that a person exports, base64. The caller keeps it out of logs.
    pub fn expose_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_slice()))
    }

    pub(crate) fn slot_secret(&self, account: Uuid) -> SlotSecret {
        SlotSecret::expand(self.0.as_slice(), account, b"portico/cache/slot/session/1")
    }
}

/// A slot as it stands in the clear header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Slot {
    pub(crate) kind: SlotKind,
    pub(crate) id: Uuid,
    /// JSON, bound into the sealed data as this very text.
    pub(crate) parameters: String,
    /// Base64 of nonce ‖ AES-256-GCM(data key ‖ what later kinds add) ‖ tag.
    sealed: String,
}

/// Parameters of a session slot.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionParameters {
    pub(crate) expires: UnixSeconds,
}

#[derive(Debug)]
pub(crate) struct SlotDoesNotOpen;

impl Slot {
    pub(crate) fn wrap(
        header: &ClearHeader,
        kind: SlotKind,
        parameters: String,
        secret: &SlotSecret,
        data_key: &DataKey,
    ) -> Result<Self, RandomnessError> {
        let mut slot = Self { kind, id: new_id()?, parameters, sealed: String::new() };
        slot.sealed = STANDARD.encode(secret.0.seal(&slot.binding(header), data_key.expose())?);
        Ok(slot)
    }

    pub(crate) fn unwrap(
        &self,
        header: &ClearHeader,
        secret: &SlotSecret,
    ) -> Result<DataKey, SlotDoesNotOpen> {
        let sealed = STANDARD.decode(&self.sealed).map_err(|_| SlotDoesNotOpen)?;
        let content = secret.0.open(&self.binding(header), sealed).map_err(|_| SlotDoesNotOpen)?;
        content.get(..DataKey::LEN).and_then(DataKey::from_slice).ok_or(SlotDoesNotOpen)
    }

    /// format ‖ account ‖ server ‖ slot kind ‖ id ‖ parameters: a slot of one account or server does not open for
    /// another, so a changed server address cannot draw the tokens to a stranger.
    fn binding(&self, header: &ClearHeader) -> Vec<u8> {
        let mut aad = b"portico/cache/slot".to_vec();
        aad.push(FORMAT);
        aad.extend_from_slice(header.account.as_bytes());
        aad.extend_from_slice(&(header.server.len() as u64).to_le_bytes());
        aad.extend_from_slice(header.server.as_bytes());
        aad.push(self.kind.0);
        aad.extend_from_slice(self.id.as_bytes());
        aad.extend_from_slice(self.parameters.as_bytes());
        aad
    }
}

fn new_id() -> Result<Uuid, RandomnessError> {
    let mut bytes = [0; 16];
    fill_random(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}
