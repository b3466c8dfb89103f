//! Key slots, as in a disk-encryption header: each wraps the data key under a secret of its own.
//!
//! Taking a slot away means taking it out of the header and destroying what opens it. For a device or PIN slot that is
//! 32 random bytes in the operating system's keychain: without them an older copy of the file does not open by that slot
//! either. A new data key would add nothing: whoever opened such a slot, or a session, holds the user key too, and with
//! it the account slot of any later file of that user key. Only a new user key shuts such a person out, and
//! [`Cache::reseal`](crate::Cache::reseal) answers that with a new data key.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use portico_crypto::leaving_no_stack;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::header::ClearHeader;
use crate::keys::{
    BoxedKey, DataKey, FORMAT, RandomnessError, SealingCipher, boxed_key, expand, fill_random, random_key,
    root_of,
};
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
pub struct SlotSecret(BoxedKey);

impl SlotSecret {
    /// Takes over 32 bytes.
    pub fn new(secret: Box<Zeroizing<[u8; 32]>>) -> Self {
        Self(secret)
    }

    /// The account slot's secret: whoever can open the account's user key (64 bytes) can open the slot.
    pub fn from_user_key(user_key: &[u8; 64], account: Uuid) -> Self {
        Self::expand(user_key, account, b"portico/cache/slot/account/1")
    }

    /// The device slot's secret: what lies in the keychain is all that it takes.
    pub fn from_device(secret: &KeychainSecret, account: Uuid) -> Self {
        Self::expand(secret.expose(), account, b"portico/cache/slot/device/1")
    }

    /// The PIN slot's secret, from what Argon2id made of the PIN together with what lies in the keychain: a copy of the
    /// file alone says nothing about the PIN, and the keychain alone opens nothing.
    pub fn from_pin(pin_key: &[u8; 32], secret: &KeychainSecret, account: Uuid) -> Self {
        let mut both = Zeroizing::new([0; 64]);
        both[..32].copy_from_slice(secret.expose());
        both[32..].copy_from_slice(pin_key);
        Self::expand(both.as_slice(), account, b"portico/cache/slot/pin/1")
    }

    fn expand(secret: &[u8], account: Uuid, label: &[u8]) -> Self {
        leaving_no_stack(|| Self(expand(&root_of(secret, account), label)))
    }
}

/// 32 random bytes that lie in the operating system's keychain.
pub struct KeychainSecret(BoxedKey);

impl KeychainSecret {
    /// # Errors
    /// Only when the operating system gives no randomness.
    pub fn generate() -> Result<Self, RandomnessError> {
        random_key().map(Self)
    }

    /// As it came from the keychain; `None` when it is not 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        boxed_key(bytes).map(Self)
    }

    /// For the keychain alone.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The key that `PORTICO_SESSION` carries.
pub struct SessionKey(BoxedKey);

impl SessionKey {
    /// # Errors
    /// Only when the operating system gives no randomness.
    pub fn generate() -> Result<Self, RandomnessError> {
        random_key().map(Self)
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
        boxed_key(&decoded).map(Self)
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
    /// Base64 of nonce ‖ AES-256-GCM(data key ‖ user key, where the kind has it) ‖ tag.
    sealed: String,
}

/// Parameters of a session slot.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SessionParameters {
    pub(crate) expires: UnixSeconds,
}

#[derive(Debug)]
pub(crate) struct SlotDoesNotOpen;

/// An account's user key where moving it leaves no copy on a stack.
pub type BoxedUserKey = Box<Zeroizing<[u8; 64]>>;

/// What a slot opens to.
pub(crate) struct SlotContent {
    pub(crate) data_key: DataKey,
    /// In device and PIN slots: nothing else gives it where no master password is typed.
    pub(crate) user_key: Option<BoxedUserKey>,
}

impl Slot {
    pub(crate) fn wrap(
        header: &ClearHeader,
        kind: SlotKind,
        parameters: String,
        secret: &SlotSecret,
        data_key: &DataKey,
        user_key: Option<&[u8; 64]>,
    ) -> Result<Self, RandomnessError> {
        let mut slot = Self { kind, id: new_id()?, parameters, sealed: String::new() };
        let mut content = Zeroizing::new(Vec::with_capacity(DataKey::LEN + 64));
        content.extend_from_slice(data_key.expose());
        content.extend_from_slice(user_key.map_or(&[][..], |key| key.as_slice()));
        let sealed =
            leaving_no_stack(|| SealingCipher::new(&secret.0).seal(&slot.binding(header), &content))?;
        slot.sealed = STANDARD.encode(sealed);
        Ok(slot)
    }

    pub(crate) fn unwrap(
        &self,
        header: &ClearHeader,
        secret: &SlotSecret,
    ) -> Result<SlotContent, SlotDoesNotOpen> {
        let sealed = STANDARD.decode(&self.sealed).map_err(|_| SlotDoesNotOpen)?;
        let content = leaving_no_stack(|| SealingCipher::new(&secret.0).open(&self.binding(header), sealed))
            .map_err(|_| SlotDoesNotOpen)?;
        let (data_key, rest) = content.split_at_checked(DataKey::LEN).ok_or(SlotDoesNotOpen)?;
        let user_key = rest.get(..64).map(|bytes| {
            let mut key = Box::new(Zeroizing::new([0; 64]));
            key.copy_from_slice(bytes);
            key
        });
        Ok(SlotContent { data_key: DataKey::from_slice(data_key).ok_or(SlotDoesNotOpen)?, user_key })
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
