//! Opens the sealed strings of one item, with the key that its key member names.

use crate::{Opened, Secret, UnreadableReason, sealed_item::SealedText};
use portico_crypto::{SymmetricKey, overwrite_stack};
use zeroize::Zeroizing;

/// Where strings are opened before somebody looks at them; one buffer serves many items. In the end what was in it is
/// overwritten, and so is what the keys of the items left on the stack.
#[derive(Default)]
pub(crate) struct Buffer(Zeroizing<Vec<u8>>);

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
    /// The item's own key, which every sealed member then uses (protocol.md §2.7).
    Own(SymmetricKey),
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
            SealedText::Sealed(sealed) => match owner.open_key_of_many(sealed, &mut buffer.0) {
                Ok(own) => Ok(ItemKey::Own(own)),
                Err(error) if error.needs_newer_format() => Err(UnreadableReason::NewerFormat),
                Err(_) => Err(UnreadableReason::ItemKey),
            },
        });
        Self { key, buffer }
    }

    /// Whether the item has a key of its own.
    pub(crate) fn has_own_key(&self) -> bool {
        matches!(self.key, Ok(ItemKey::Own(_)))
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
        let key: &SymmetricKey = match &self.key {
            Ok(ItemKey::Owner(key)) => key,
            Ok(ItemKey::Own(key)) => key,
            Err(reason) => return Err(*reason),
        };
        key.open_key_into(sealed, &mut self.buffer.0).map_err(UnreadableReason::from)
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
        let key: &SymmetricKey = match &self.key {
            Ok(ItemKey::Owner(key)) => key,
            Ok(ItemKey::Own(key)) => key,
            Err(reason) => return Some(Opened::Unreadable(*reason)),
        };
        Some(match key.open_text_into(sealed, &mut self.buffer.0) {
            Ok(text) => Opened::Value(read(text)),
            Err(error) => Opened::Unreadable(error.into()),
        })
    }
}
