//! The sealed object store of one account on this machine.
//!
//! **Immutable objects addressed by their content, and a head that names two roots.** An object is a kind, references
//! to other objects and opaque bytes; lists are trees of content-defined pages; a head names the root of the
//! *structure* (kept in history) and of the *vault* (newest head only), with a freshness note beside it. Everything is
//! sealed with keys from one random data key, which only the key slots in the clear header can give back.
//!
//! Invariants:
//! - knows nothing of HTTP or of what the objects mean;
//! - there is no plaintext mode, not even for tests; in clear stand only the header's fields, the counts and padded
//!   sizes of objects, of a log's segments the day and which are of one stream, and which heads are pinned, by which
//!   window and until when;
//! - an object in the store has all its references in the store: children are written before parents, a sweep removes
//!   in one transaction;
//! - a head moves in one transaction or not at all; whatever is killed, the last complete head opens;
//! - what a recovery could not find is named in the file, and whoever reads an object that refers to it is told;
//! - bytes that were changed give [`ReadError::Damaged`] (or [`OpenCacheError::Damaged`]), never other data and never
//!   "wrong password".
//!
//! ```text
//! ClosedCache::open(path) ── unlock_with_account / …_session / …_keychain_slot ──▶ Cache (reads)
//! Cache::writer(patience) ──▶ Writer (one per file, OS lock) ── put, put_list, put_derived ── commit ──▶ HeadNumber
//! ```

mod address;
mod backup;
mod cell;
mod derived;
mod diff;
#[doc(hidden)]
pub mod fuzz;
mod head;
mod header;
mod history;
mod keys;
mod list;
mod lock;
mod log;
mod log_mend;
mod object;
mod page;
mod pins;
pub mod private_file;
mod recover;
mod reseal;
mod roster;
mod schema;
mod slot;
mod storage;
mod store;
mod sweep;
mod take_over;
mod time;
mod writer;

pub use address::{Address, Kind, Ref};
pub use backup::CopyCacheError;
pub use cell::CellName;
pub use derived::Rule;
pub use diff::{ListChange, diff_lists};
pub use head::{Head, HeadNumber};
pub use header::{ClearHeader, ClearKdf};
pub use history::Retention;
pub use keys::{DataKey, RandomnessError};
pub use list::{Entry, List, WrittenList};
pub use lock::{LockError, WriterLock};
pub use log::LogRead;
pub use log_mend::SegmentCounts;
pub use object::{Object, OpenedObject, SealedObject};
pub use page::{EntryId, EntryView, Page, PageShape};
pub use pins::{Pin, PinHolder};
pub use recover::{RecoverError, Recovery, remove_file_and_journal, replace_recovered};
pub use reseal::ResealError;
pub use slot::{BoxedUserKey, KeychainSecret, SessionKey, SlotKind, SlotSecret};
pub use storage::StorageFault;
pub use store::{Cache, ClosedCache, CreateCacheError, OpenCacheError, ReadError, UnlockCacheError};
pub use sweep::SweepReport;
pub use time::UnixSeconds;
pub use writer::{BeginWriteError, NewHead, WriteError, Writer};
