//! Items: who may do what with them, what is accepted as one, how they are kept and how they go out (protocol.md §3.5,
//! §4.1).

mod attachments;
mod content;
mod duties;
mod item;
mod keeping;
mod request;
mod rights;

pub(crate) use attachments::{Attachment, Quota, attachment_of, remaining, size_name};
pub(crate) use content::{check_name, check_text};
pub(crate) use duties::{check_personal_saving, check_type};
pub(crate) use item::{Form, Item, ReadableTypes, of_organization, of_user, one, ones};
pub(crate) use keeping::{Change, Marks, NewOwner, insert, mark, put_in_collections, update};
pub(crate) use request::{ItemRequest, blank_is_none, check_seen};
pub(crate) use rights::{Administration, Reach, Rights};
