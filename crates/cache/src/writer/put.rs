//! Objects on their way into the store: named, looked for, sealed, and kept until the next flush.

use rayon::prelude::*;
use zeroize::Zeroizing;

use super::{WriteError, Writer};
use crate::address::Ref;
use crate::keys::KeyRing;
use crate::object::{self, Object, SealError, SealedObject};

/// Objects that are sealed side by side before the next are taken: a page of items may hold a megabyte.
const PUT_AT_ONCE: usize = 64;

impl Writer<'_> {
    /// Writes an object unless it is there already and opens, and names it: what was damaged is whole again once it is
    /// put again. (Opening costs as much as the hash that names it: little beside a request to a server.)
    ///
    /// # Errors
    /// [`WriteError::MissingObject`] when it refers to something that is not in the store: children come first.
    pub fn put(&mut self, object: Object) -> Result<Ref, WriteError> {
        let keys = self.keys_handle();
        let named = Named::of(&keys, object)?;
        let sealed = if self.is_missing(&named)? { Some(named.sealed(&keys)?) } else { None };
        self.keep(named, sealed)
    }

    /// As [`Writer::put`] for objects that do not refer to each other: named and sealed on all cores. Nearly all that a
    /// first sync writes are pages.
    ///
    /// # Errors
    /// See [`Writer::put`].
    pub(crate) fn put_all(&mut self, objects: impl Iterator<Item = Object>) -> Result<Vec<Ref>, WriteError> {
        let keys = self.keys_handle();
        let (mut objects, mut targets) = (objects.fuse(), Vec::new());
        loop {
            let some: Vec<Object> = objects.by_ref().take(PUT_AT_ONCE).collect();
            if some.is_empty() {
                return Ok(targets);
            }
            let named: Vec<Named> =
                some.into_par_iter().map(|object| Named::of(&keys, object)).collect::<Result<_, _>>()?;
            let missing: Vec<bool> =
                named.iter().map(|named| self.is_missing(named)).collect::<Result<_, _>>()?;
            let sealed: Vec<Option<SealedObject>> = named
                .par_iter()
                .zip(missing)
                .map(|(named, is_missing)| is_missing.then(|| named.sealed(&keys)).transpose())
                .collect::<Result<_, _>>()?;
            for (named, sealed) in named.into_iter().zip(sealed) {
                targets.push(self.keep(named, sealed)?);
            }
        }
    }

    fn is_missing(&self, named: &Named) -> Result<bool, WriteError> {
        if self.known.contains_key(&named.target.address) || self.is_whole(named.target)? {
            return Ok(false);
        }
        for child in &named.refs {
            if !self.known.contains_key(&child.address) && !self.is_stored(child.address)? {
                return Err(WriteError::MissingObject(*child));
            }
        }
        Ok(true)
    }

    /// Takes what is to be written, if it is not there yet.
    fn keep(&mut self, named: Named, sealed: Option<SealedObject>) -> Result<Ref, WriteError> {
        if let Some(sealed) = sealed {
            self.waits(sealed.0.len());
            self.waiting.push((named.target.address, sealed));
        }
        self.known.insert(named.target.address, named.refs);
        self.flush_if_much()?;
        Ok(named.target)
    }
}

/// An object with its name, before it is known whether it has to be written.
struct Named {
    target: Ref,
    canonical: Zeroizing<Vec<u8>>,
    refs: Vec<Ref>,
}

impl Named {
    fn of(keys: &KeyRing, object: Object) -> Result<Self, SealError> {
        let canonical = object::canonical_bytes(&object)?;
        let target = object::reference(keys, object.kind, &canonical);
        Ok(Self { target, canonical, refs: object.refs })
    }

    fn sealed(&self, keys: &KeyRing) -> Result<SealedObject, SealError> {
        object::seal(keys, self.target, &self.canonical)
    }
}
