//! Opens the sealed strings of one item, with the key that its key member names.

use crate::{Opened, Secret, UnreadableReason, sealed_item::SealedText};
use portico_crypto::{SymmetricKey, overwrite_stack};
use zeroize::Zeroizing;

/// Where strings are opened before somebody looks at them, and the place of the item's own key; one buffer serves many
/// items. In the end what was in it is overwritten, and so is what the keys of the items left on the stack.
#[derive(Default)]
pub(crate) struct Buffer {
    text: Zeroizing<Vec<u8>>,
    own_key: Option<SymmetricKey>,
}

impl Drop for Buffer {
    fn drop(&mut self) {
        overwrite_stack();
    }
}

/// The key of an item, and the buffer for all its strings.
pub(crate) struct Opener<'k, 'b> {
    key: Result<ItemKey<'k>, UnreadableReason>,
    buffer: &'b mut Buffer,
}

enum ItemKey<'k> {
    /// The key of the owner, for items without a key of their own.
    Owner(&'k SymmetricKey),
    /// The item's own key, in the buffer, which every sealed member then uses (protocol.md §2.7).
    Own,
}

impl<'k, 'b> Opener<'k, 'b> {
    pub(crate) fn new(
        sealed_key: &SealedText<'_>,
        owner: Result<&'k SymmetricKey, UnreadableReason>,
        buffer: &'b mut Buffer,
    ) -> Self {
        let key = owner.and_then(|owner| match sealed_key {
            SealedText::Absent => Ok(ItemKey::Owner(owner)),
            SealedText::Malformed => Err(UnreadableReason::ItemKey),
            SealedText::Sealed(sealed) => {
                match owner.open_key_over(sealed, &mut buffer.text, &mut buffer.own_key) {
                    Ok(()) => Ok(ItemKey::Own),
                    Err(error) if error.needs_newer_format() => Err(UnreadableReason::NewerFormat),
                    Err(_) => Err(UnreadableReason::ItemKey),
                }
            }
        });
        Self { key, buffer }
    }

    /// Whether the item has a key of its own.
    pub(crate) fn has_own_key(&self) -> bool {
        matches!(self.key, Ok(ItemKey::Own))
    }

    /// Opens a text that a list may show. Nothing for a member that is absent.
    pub(crate) fn text(&mut self, sealed: &SealedText<'_>) -> Option<Opened<String>> {
        self.open(sealed, str::to_owned)
    }

    /// Opens a text that stays in memory of its own.
    pub(crate) fn secret(&mut self, sealed: &SealedText<'_>) -> Option<Opened<Secret>> {
        self.open(sealed, |text| Secret::from(text))
    }

    /// Opens a key that is wrapped with the item's.
    pub(crate) fn key(&mut self, sealed: &str) -> Result<SymmetricKey, UnreadableReason> {
        let (key, buffer) = self.key_and_buffer()?;
        key.open_key_into(sealed, buffer).map_err(UnreadableReason::from)
    }

    /// Opens a text and lets `read` look at it.
    pub(crate) fn open<T>(
        &mut self,
        sealed: &SealedText<'_>,
        read: impl FnOnce(&str) -> T,
    ) -> Option<Opened<T>> {
        let sealed = match sealed {
            SealedText::Absent => return None,
            SealedText::Malformed => return Some(Opened::Unreadable(UnreadableReason::Malformed)),
            SealedText::Sealed(sealed) => sealed,
        };
        let opened = self.key_and_buffer().and_then(|(key, buffer)| Ok(key.open_text_into(sealed, buffer)?));
        Some(match opened {
            Ok(text) => Opened::Value(read(text)),
            Err(reason) => Opened::Unreadable(reason),
        })
    }

    fn key_and_buffer(&mut self) -> Result<(&SymmetricKey, &mut Vec<u8>), UnreadableReason> {
        let Buffer { text, own_key } = &mut *self.buffer;
        let key = match self.key {
            Ok(ItemKey::Owner(key)) => key,
            Ok(ItemKey::Own) => own_key.as_ref().ok_or(UnreadableReason::ItemKey)?,
            Err(reason) => return Err(reason),
        };
        Ok((key, text))
    }
}
