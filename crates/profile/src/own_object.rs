//! The organizations that the person administers as a member: where the structure of each is. It is kept in the same
//! form as a client's, since it is read with the same questions.

use std::collections::BTreeMap;

use portico_cache::{Cache, Entry, List, Object, PageShape, Ref, WriteError, Writer};
use uuid::Uuid;

use crate::errors::ReadError;
use crate::kinds::{OWN_ORGANIZATIONS, OWN_ORGANIZATIONS_PAGE};

/// Writes where each organization is; they were written before.
pub(crate) fn put(writer: &mut Writer<'_>, roots: &BTreeMap<Uuid, Ref>) -> Result<Ref, WriteError> {
    let entries = roots.iter().map(|(id, root)| Entry::with_refs(*id, vec![*root], Vec::new())).collect();
    let list = writer.put_list(OWN_ORGANIZATIONS_PAGE, PageShape::SMALL, entries)?;
    writer.put(Object::node(OWN_ORGANIZATIONS, vec![list.0], Vec::new()))
}

/// Reads where each organization is.
pub(crate) fn read(cache: &Cache, own: Ref) -> Result<BTreeMap<Uuid, Ref>, ReadError> {
    let object = cache.object(own)?;
    // Later versions append.
    let [list, ..] = object.refs() else { return Err(ReadError::Content("own organizations")) };
    let mut roots = BTreeMap::new();
    for page in cache.list_pages(List(*list))? {
        for entry in cache.page(page)?.entries() {
            let root = entry.refs.first().ok_or(ReadError::Content("own organization"))?;
            roots.insert(entry.id.to_uuid(), *root);
        }
    }
    Ok(roots)
}
