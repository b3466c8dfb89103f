//! How objects are named: by kind and by a keyed hash of their content.

use std::fmt;

/// What an object is, as its owner numbers it, with the two things the store must know of it.
///
/// A kind is part of the address and of the sealed data, so an object cannot be passed off as one of another kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(u16);

impl Kind {
    const LEAF: u16 = 0x0100;
    const UNCOMPRESSED: u16 = 0x0200;
    /// Inner nodes of lists; the number 0 is the store's own.
    pub(crate) const INDEX: Self = Self(0);

    /// A kind whose objects refer to other objects. `number` must not be 0.
    pub const fn node(number: u8) -> Self {
        assert!(number != 0, "kind 0 belongs to the store");
        Self(number as u16)
    }

    /// A kind whose objects never refer to others: a sweep need not open them.
    pub const fn leaf(number: u8) -> Self {
        assert!(number != 0, "kind 0 belongs to the store");
        Self(number as u16 | Self::LEAF)
    }

    /// Stored as it is. For content that mixes a person's secrets with text that others choose, where a compressed
    /// length would tell something about the secrets.
    pub const fn uncompressed(self) -> Self {
        Self(self.0 | Self::UNCOMPRESSED)
    }

    /// Whether its objects never refer to others.
    pub const fn is_leaf(self) -> bool {
        self.0 & Self::LEAF != 0
    }

    /// Whether its objects are stored compressed.
    pub const fn is_compressed(self) -> bool {
        self.0 & Self::UNCOMPRESSED == 0
    }

    pub(crate) const fn to_bytes(self) -> [u8; 2] {
        self.0.to_le_bytes()
    }

    pub(crate) const fn from_bytes(bytes: [u8; 2]) -> Self {
        Self(u16::from_le_bytes(bytes))
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({:#06x})", self.0)
    }
}

/// HMAC-SHA256 of version, kind and canonical content: the same content has the same address under one data key, and
/// says nothing to whoever lacks it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(pub(crate) [u8; 32]);

impl Address {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in &self.0[..6] {
            write!(f, "{byte:02x}")?;
        }
        write!(f, "…")
    }
}

/// Names one object: where it is and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref {
    /// What it must be.
    pub kind: Kind,
    /// Where it is.
    pub address: Address,
}

impl Ref {
    pub(crate) const LEN: usize = 34;

    /// 34 bytes: kind, then address. For owners that keep a reference inside their own bytes *beside* listing it in
    /// [`crate::Object::refs`].
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..2].copy_from_slice(&self.kind.to_bytes());
        bytes[2..].copy_from_slice(&self.address.0);
        bytes
    }

    /// The inverse of [`Ref::to_bytes`]; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().ok()?;
        let (kind, address) = bytes.split_first_chunk::<2>()?;
        Some(Self { kind: Kind::from_bytes(*kind), address: Address(address.try_into().ok()?) })
    }
}
