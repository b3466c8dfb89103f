//! One object: canonical bytes, padding, sealing and opening.

use ring::aead::NONCE_LEN;
use zeroize::Zeroizing;

use crate::address::{Kind, Ref};
use crate::keys::{FORMAT, KeyRing, RandomnessError};

/// Larger objects are refused when written and taken for damage when read.
const MAX_CONTENT: usize = 64 * 1024 * 1024;
/// Smaller sealed contents are padded up to this, so that short ones do not tell each other apart.
const MIN_PADDED: usize = 256;

/// An object to be written: the same kind, references and content always have the same address.
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// What it refers to, in an order of the owner's making. Empty for leaf kinds.
    pub refs: Vec<Ref>,
    /// Opaque to the store; must be canonical (sorted, without dates of reading), or equal things will not meet.
    pub payload: Zeroizing<Vec<u8>>,
}

impl Object {
    /// An object that refers to nothing.
    pub fn leaf(kind: Kind, payload: Vec<u8>) -> Self {
        Self { kind, refs: Vec::new(), payload: Zeroizing::new(payload) }
    }

    /// An object that refers to `refs`, which are in the store already.
    pub fn node(kind: Kind, refs: Vec<Ref>, payload: Vec<u8>) -> Self {
        Self { kind, refs, payload: Zeroizing::new(payload) }
    }
}

/// An object as it was read: opened, its address recomputed and compared.
pub struct OpenedObject {
    canonical: Zeroizing<Vec<u8>>,
    refs: Vec<Ref>,
    payload_at: usize,
}

impl OpenedObject {
    /// What it refers to.
    pub fn refs(&self) -> &[Ref] {
        &self.refs
    }

    /// What its owner wrote.
    pub fn payload(&self) -> &[u8] {
        &self.canonical[self.payload_at..]
    }
}

/// An object's sealed bytes as they lie in the file.
pub struct SealedObject(pub(crate) Vec<u8>);

#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    #[error("an object of a leaf kind cannot refer to others")]
    RefsInLeaf,
    #[error("an object of {0} bytes is larger than the store takes")]
    TooLarge(usize),
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

/// The sealed bytes are not what the reference names.
#[derive(Debug)]
pub(crate) struct NotThisObject;

/// The bytes that the address is made of: for node kinds a count and the references, then the payload. Of a leaf it is the
/// payload itself, which is not copied: nearly all that a first sync writes are pages without references.
pub(crate) fn canonical_bytes(object: Object) -> Result<(Zeroizing<Vec<u8>>, Vec<Ref>), SealError> {
    if object.kind.is_leaf() && !object.refs.is_empty() {
        return Err(SealError::RefsInLeaf);
    }
    let len = 4 + object.refs.len() * Ref::LEN + object.payload.len();
    if len > MAX_CONTENT {
        return Err(SealError::TooLarge(len));
    }
    if object.kind.is_leaf() {
        return Ok((object.payload, object.refs));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(len));
    bytes.extend_from_slice(&(object.refs.len() as u32).to_le_bytes());
    object.refs.iter().for_each(|r| bytes.extend_from_slice(&r.to_bytes()));
    bytes.extend_from_slice(&object.payload);
    Ok((bytes, object.refs))
}

pub(crate) fn seal(keys: &KeyRing, target: Ref, canonical: &[u8]) -> Result<SealedObject, SealError> {
    const STORED_AT: usize = NONCE_LEN + 8;
    let most = match target.kind.is_compressed() {
        true => lz4_flex::block::get_maximum_output_size(canonical.len()),
        false => canonical.len(),
    };
    // Compressed where it is sealed: no other buffer sees it, and this one never grows.
    let mut framed = Vec::with_capacity(NONCE_LEN + padded_len(8 + most) + 16);
    framed.resize(NONCE_LEN, 0);
    framed.extend_from_slice(&(canonical.len() as u32).to_le_bytes());
    framed.extend_from_slice(&[0; 4]);
    let stored = if target.kind.is_compressed() {
        framed.resize(STORED_AT + most, 0);
        lz4_flex::compress_into(canonical, &mut framed[STORED_AT..])
            .unwrap_or_else(|_| unreachable!("there is room for what does not compress"))
    } else {
        framed.extend_from_slice(canonical);
        canonical.len()
    };
    framed[NONCE_LEN + 4..STORED_AT].copy_from_slice(&(stored as u32).to_le_bytes());
    framed.truncate(STORED_AT + stored);
    framed.resize(NONCE_LEN + padded_len(8 + stored), 0);
    let kind = target.kind.to_bytes();
    let key = keys.sealing_key(b"object/1", &[&kind, target.address.as_bytes()]);
    Ok(SealedObject(key.seal_framed(&binding(target), framed)?))
}

pub(crate) fn open(keys: &KeyRing, target: Ref, sealed: SealedObject) -> Result<OpenedObject, NotThisObject> {
    let kind = target.kind.to_bytes();
    let key = keys.sealing_key(b"object/1", &[&kind, target.address.as_bytes()]);
    let padded = key.open(&binding(target), sealed.0).map_err(|_| NotThisObject)?;
    let canonical = unpack(target.kind, padded)?;
    if keys.address_of(target.kind, &canonical) != target.address {
        return Err(NotThisObject);
    }
    split(target.kind, canonical)
}

/// The canonical bytes out of what lay behind the seal.
pub(crate) fn unpack(
    kind: Kind,
    mut padded: Zeroizing<Vec<u8>>,
) -> Result<Zeroizing<Vec<u8>>, NotThisObject> {
    let (plain_len, padded_rest) = padded.split_first_chunk::<4>().ok_or(NotThisObject)?;
    let (stored_len, body) = padded_rest.split_first_chunk::<4>().ok_or(NotThisObject)?;
    let plain_len = u32::from_le_bytes(*plain_len) as usize;
    let stored = body.get(..u32::from_le_bytes(*stored_len) as usize).ok_or(NotThisObject)?;
    if plain_len > MAX_CONTENT {
        return Err(NotThisObject);
    }
    let canonical = if kind.is_compressed() {
        Zeroizing::new(lz4_flex::decompress(stored, plain_len).map_err(|_| NotThisObject)?)
    } else {
        let len = stored.len();
        padded.copy_within(8..8 + len, 0);
        padded.truncate(len);
        padded
    };
    if canonical.len() == plain_len { Ok(canonical) } else { Err(NotThisObject) }
}

/// References and payload out of canonical bytes.
pub(crate) fn split(kind: Kind, canonical: Zeroizing<Vec<u8>>) -> Result<OpenedObject, NotThisObject> {
    if kind.is_leaf() {
        return Ok(OpenedObject { canonical, refs: Vec::new(), payload_at: 0 });
    }
    let (count, rest) = canonical.split_first_chunk::<4>().ok_or(NotThisObject)?;
    let len = (u32::from_le_bytes(*count) as usize).checked_mul(Ref::LEN).ok_or(NotThisObject)?;
    let refs = rest.get(..len).ok_or(NotThisObject)?.chunks_exact(Ref::LEN).map(Ref::from_bytes).collect();
    let refs: Option<Vec<Ref>> = refs;
    Ok(OpenedObject { refs: refs.ok_or(NotThisObject)?, payload_at: 4 + len, canonical })
}

fn binding(target: Ref) -> [u8; 35] {
    let mut aad = [0; 35];
    aad[0] = FORMAT;
    aad[1..].copy_from_slice(&target.to_bytes());
    aad
}

/// Padmé: the length keeps only as many leading bits as its magnitude has, so the overhead stays under 12 % and the
/// length tells O(log log n) bits.
pub(crate) fn padded_len(len: usize) -> usize {
    if len <= MIN_PADDED {
        return MIN_PADDED;
    }
    let exponent = len.ilog2();
    let kept_bits = exponent.ilog2() + 1;
    let mask = (1usize << (exponent - kept_bits)) - 1;
    (len + mask) & !mask
}

pub(crate) fn reference(keys: &KeyRing, kind: Kind, canonical: &[u8]) -> Ref {
    Ref { kind, address: keys.address_of(kind, canonical) }
}

#[cfg(test)]
mod tests {
    use super::padded_len;

    #[test]
    fn padding_grows_by_less_than_an_eighth() {
        for len in 257..200_000 {
            let padded = padded_len(len);
            assert!(padded >= len && padded - len <= len / 8, "{len} became {padded}");
        }
        assert_eq!(padded_len(0), 256);
        assert_eq!(padded_len(256), 256);
    }
}
