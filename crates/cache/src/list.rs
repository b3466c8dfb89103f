//! Lists: pages, and above them as many levels of index nodes as it takes to come to one root.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::address::{Kind, Ref};
use crate::object::{Object, OpenedObject, SealedObject};
use crate::page::{EntryId, EntryView, Page, PageShape, cut, page_object};
use crate::store::{Cache, ReadError};
use crate::writer::{WriteError, Writer};

/// The root of a list: the reference that other objects hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct List(pub Ref);

/// A list that was just written.
pub struct WrittenList {
    /// Its root.
    pub list: List,
    /// Its pages, with the places of their entries in the order of ids.
    pub pages: Vec<(Ref, Range<usize>)>,
}

/// One entry of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the list.
    pub id: EntryId,
    /// Objects that belong to the entry; empty when the list's page kind is a leaf.
    pub refs: Vec<Ref>,
    /// Opaque to the store.
    pub value: Zeroizing<Vec<u8>>,
}

impl Entry {
    /// An entry without references.
    pub fn new(id: impl Into<EntryId>, value: Vec<u8>) -> Self {
        Self { id: id.into(), refs: Vec::new(), value: Zeroizing::new(value) }
    }

    /// An entry with the objects that belong to it, which are in the store already.
    pub fn with_refs(id: impl Into<EntryId>, refs: Vec<Ref>, value: Vec<u8>) -> Self {
        Self { id: id.into(), refs, value: Zeroizing::new(value) }
    }

    fn view(&self) -> EntryView<'_> {
        EntryView { id: self.id, refs: &self.refs, value: &self.value }
    }
}

/// Fan-out of index nodes: about 31 children of 54 bytes.
const INDEX_SHAPE: PageShape = PageShape::LARGE;

impl Writer<'_> {
    /// Writes a list, given in any order; pages that are there already are not written again.
    ///
    /// # Errors
    /// [`WriteError::DuplicateEntry`] for two entries of one id; otherwise as [`Writer::put`].
    pub fn put_list(
        &mut self,
        page_kind: Kind,
        shape: PageShape,
        entries: Vec<Entry>,
    ) -> Result<List, WriteError> {
        self.put_list_telling_pages(page_kind, shape, entries).map(|written| written.list)
    }

    /// As [`Writer::put_list`] for entries that lie elsewhere: their bytes are copied into their pages, and nowhere
    /// before.
    ///
    /// # Errors
    /// As [`Writer::put_list`].
    pub fn put_list_of(
        &mut self,
        page_kind: Kind,
        shape: PageShape,
        entries: Vec<EntryView<'_>>,
    ) -> Result<List, WriteError> {
        self.put_views(page_kind, shape, entries).map(|written| written.list)
    }

    /// As [`Writer::put_list`]; tells besides which page has which of the entries, in the order of their ids. For what
    /// is derived of each page.
    ///
    /// # Errors
    /// As [`Writer::put_list`].
    pub fn put_list_telling_pages(
        &mut self,
        page_kind: Kind,
        shape: PageShape,
        entries: Vec<Entry>,
    ) -> Result<WrittenList, WriteError> {
        self.put_views(page_kind, shape, entries.iter().map(Entry::view).collect())
    }

    fn put_views(
        &mut self,
        page_kind: Kind,
        shape: PageShape,
        mut entries: Vec<EntryView<'_>>,
    ) -> Result<WrittenList, WriteError> {
        entries.sort_by_key(|entry| entry.id);
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(WriteError::DuplicateEntry(pair[0].id));
        }
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let ranges = cut(self.keys(), shape, &ids);
        let page = |at: usize| page_object(page_kind, &entries[ranges[at].clone()]);
        let targets = self.put_all(ranges.len(), page)?;
        let pages: Vec<_> = targets.into_iter().zip(ranges).collect();
        let node = |(target, range): &(Ref, Range<usize>)| {
            let page = &entries[range.clone()];
            Child { target: *target, last: last_id(page), entries: page.len() as u64 }
        };
        let mut nodes: Vec<Child> = pages.iter().map(node).collect();
        let mut level = 1u8;
        while nodes.len() > 1 {
            let ids: Vec<EntryId> = nodes.iter().map(|child| child.last).collect();
            let mut above = Vec::new();
            for range in cut(self.keys(), INDEX_SHAPE, &ids) {
                let children = &nodes[range];
                let target = self.put(index_object(level, children))?;
                let last = children.last().map_or(EntryId([0; 16]), |child| child.last);
                above.push(Child { target, last, entries: children.iter().map(|child| child.entries).sum() });
            }
            nodes = above;
            level += 1;
        }
        Ok(WrittenList { list: List(nodes[0].target), pages })
    }
}

impl Cache {
    /// The pages of a list, in order of their entries.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when a node is missing or does not open.
    pub fn list_pages(&self, list: List) -> Result<Vec<Ref>, ReadError> {
        let mut pages = Vec::new();
        let mut open = vec![list.0];
        while let Some(target) = open.pop() {
            if target.kind == Kind::INDEX {
                let node = self.index_node(target)?;
                open.extend(node.children.iter().rev().map(|child| child.target));
            } else {
                pages.push(target);
            }
        }
        Ok(pages)
    }

    /// The pages of a list that still open, in order, and whether that is all of them: for reading round what is lost.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn pages_that_open(&self, list: List) -> Result<(Vec<Page>, bool), ReadError> {
        let (targets, mut whole) = self.list_pages_that_open(list)?;
        let mut pages = Vec::new();
        for target in targets {
            match self.page(target) {
                Ok(page) => pages.push(page),
                Err(ReadError::Damaged(_)) => whole = false,
                Err(error) => return Err(error),
            }
        }
        Ok((pages, whole))
    }

    /// As [`Cache::list_pages`], without what is below lost nodes; says whether there are none. The pages themselves are
    /// not looked at.
    ///
    /// # Errors
    /// Only when the file cannot be read.
    pub fn list_pages_that_open(&self, list: List) -> Result<(Vec<Ref>, bool), ReadError> {
        let (mut pages, mut whole) = (Vec::new(), true);
        let mut open = vec![list.0];
        while let Some(target) = open.pop() {
            if target.kind != Kind::INDEX {
                pages.push(target);
                continue;
            }
            match self.index_node(target) {
                Ok(node) => open.extend(node.children.iter().rev().map(|child| child.target)),
                Err(ReadError::Damaged(_)) => whole = false,
                Err(error) => return Err(error),
            }
        }
        Ok((pages, whole))
    }

    /// Opens one page.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] when it is missing, does not open or is no page.
    pub fn page(&self, target: Ref) -> Result<Page, ReadError> {
        Page::parse(self.object(target)?).ok_or(ReadError::Damaged("list page"))
    }

    /// Opens a page whose sealed bytes were read before; does no I/O. For opening many on all cores.
    ///
    /// # Errors
    /// As [`Cache::page`].
    pub fn open_page(&self, target: Ref, sealed: SealedObject) -> Result<Page, ReadError> {
        Page::parse(self.open_sealed(target, sealed)?).ok_or(ReadError::Damaged("list page"))
    }

    /// How many entries a list has, from its root alone.
    ///
    /// # Errors
    /// As [`Cache::page`].
    pub fn list_len(&self, list: List) -> Result<u64, ReadError> {
        if list.0.kind == Kind::INDEX {
            return Ok(self.index_node(list.0)?.children.iter().map(|child| child.entries).sum());
        }
        Ok(self.page(list.0)?.len() as u64)
    }

    /// One entry, reading only the path to it.
    ///
    /// # Errors
    /// As [`Cache::page`].
    pub fn list_entry(&self, list: List, id: EntryId) -> Result<Option<Entry>, ReadError> {
        let mut target = list.0;
        while target.kind == Kind::INDEX {
            let node = self.index_node(target)?;
            match node.children.iter().find(|child| child.last >= id) {
                Some(child) => target = child.target,
                None => return Ok(None),
            }
        }
        Ok(self.page(target)?.get(id).map(|entry| entry.to_entry()))
    }

    pub(crate) fn index_node(&self, target: Ref) -> Result<IndexNode, ReadError> {
        parse_index(&self.object(target)?).ok_or(ReadError::Damaged("list index"))
    }
}

/// An inner node of a list. Level 1 holds pages.
pub(crate) struct IndexNode {
    pub(crate) level: u8,
    pub(crate) children: Vec<Child>,
}

pub(crate) struct Child {
    pub(crate) target: Ref,
    last: EntryId,
    entries: u64,
}

/// Payload: level u8, then per child: id of its last entry 16, entries beneath it u64.
fn index_object(level: u8, children: &[Child]) -> Object {
    let mut payload = Vec::with_capacity(1 + children.len() * 24);
    payload.push(level);
    for child in children {
        payload.extend_from_slice(&child.last.0);
        payload.extend_from_slice(&child.entries.to_le_bytes());
    }
    Object::node(Kind::INDEX, children.iter().map(|child| child.target).collect(), payload)
}

pub(crate) fn parse_index(object: &OpenedObject) -> Option<IndexNode> {
    let (level, rows) = object.payload().split_first()?;
    if *level == 0 || object.refs().is_empty() || rows.len() != object.refs().len() * 24 {
        return None;
    }
    let child = |(target, row): (&Ref, &[u8])| {
        let (last, entries) = row.split_first_chunk::<16>()?;
        let entries = u64::from_le_bytes(entries.try_into().ok()?);
        Some(Child { target: *target, last: EntryId(*last), entries })
    };
    let children: Option<Vec<Child>> = object.refs().iter().zip(rows.chunks_exact(24)).map(child).collect();
    Some(IndexNode { level: *level, children: children? })
}

fn last_id(page: &[EntryView<'_>]) -> EntryId {
    page.last().map_or(EntryId([0; 16]), |entry| entry.id)
}
