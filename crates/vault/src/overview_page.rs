//! Overviews as bytes: the content of a sealed page.
//!
//! One byte of version, then records. A record starts with its length, so that a version which knows fewer members
//! skips what it does not know; members are added at the end, never moved. By hand and not by a derive, because
//! opened types have no `Serialize`, and because 10,000 rows have to be read while a person waits for the unlock.

use crate::{ItemKind, ItemOverview, Opened, UnreadableReason, hosts::MAX_HOSTS};
use time::OffsetDateTime;
use uuid::Uuid;

/// The version that is written.
const VERSION: u8 = 1;

/// Why a page of overviews cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeOverviewsError {
    /// Written by a later version of Portico in a way this one does not know.
    #[error("overviews of format {0} need a newer version")]
    Newer(u8),
    /// The bytes end too early, or say impossible things.
    #[error("a page of overviews is damaged")]
    Damaged,
}
use DecodeOverviewsError::Damaged;

/// Writes `overviews` as one page.
pub fn encode_overviews<'o>(overviews: impl IntoIterator<Item = &'o ItemOverview>) -> Vec<u8> {
    let mut page = vec![VERSION];
    for overview in overviews {
        encode_overview(overview, &mut page);
    }
    page
}

/// Reads a page of [`encode_overviews`].
pub fn decode_overviews(page: &[u8]) -> Result<Vec<ItemOverview>, DecodeOverviewsError> {
    let (version, mut rest) = page.split_first().ok_or(Damaged)?;
    if *version != VERSION {
        return Err(if *version > VERSION { DecodeOverviewsError::Newer(*version) } else { Damaged });
    }
    // A record is rarely shorter than this.
    let mut overviews = Vec::with_capacity(rest.len() / 96);
    while !rest.is_empty() {
        overviews.push(decode_overview(&mut rest)?);
    }
    Ok(overviews)
}

/// Appends the record of one overview to `bytes`, for callers that cut pages themselves.
pub fn encode_overview(overview: &ItemOverview, bytes: &mut Vec<u8>) {
    let mut record = Vec::with_capacity(160);
    write_record(overview, &mut record);
    write_number(record.len() as u64, bytes);
    bytes.extend_from_slice(&record);
}

/// Takes one record of [`encode_overview`] off the front of `bytes`.
pub fn decode_overview(bytes: &mut &[u8]) -> Result<ItemOverview, DecodeOverviewsError> {
    let length = read_length(bytes)?;
    let (record, rest) = bytes.split_at_checked(length).ok_or(Damaged)?;
    *bytes = rest;
    read_record(record)
}

/// The presence bits and flags of a record, in the order of their bits.
const ORGANIZATION: u16 = 1;
const FOLDER: u16 = 1 << 1;
const FAVORITE: u16 = 1 << 2;
const REPROMPT: u16 = 1 << 3;
const EDIT: u16 = 1 << 4;
const VIEW_PASSWORD: u16 = 1 << 5;
const TOTP: u16 = 1 << 6;
const ATTACHMENTS: u16 = 1 << 7;
const REVISION: u16 = 1 << 8;
const CREATION: u16 = 1 << 9;
const DELETED: u16 = 1 << 10;
const ARCHIVED: u16 = 1 << 11;
const SUBTITLE: u16 = 1 << 12;

fn write_record(overview: &ItemOverview, bytes: &mut Vec<u8>) {
    let flags = [
        (ORGANIZATION, overview.organization_id.is_some()),
        (FOLDER, overview.folder_id.is_some()),
        (FAVORITE, overview.favorite),
        (REPROMPT, overview.reprompt),
        (EDIT, overview.edit),
        (VIEW_PASSWORD, overview.view_password),
        (TOTP, overview.has_totp),
        (ATTACHMENTS, overview.has_attachments),
        (REVISION, overview.revision_date.is_some()),
        (CREATION, overview.creation_date.is_some()),
        (DELETED, overview.deleted_date.is_some()),
        (ARCHIVED, overview.archived_date.is_some()),
        (SUBTITLE, overview.subtitle.is_some()),
    ]
    .into_iter()
    .filter_map(|(bit, is_set)| is_set.then_some(bit))
    .fold(0, |flags, bit| flags | bit);
    bytes.extend_from_slice(&flags.to_le_bytes());
    bytes.extend_from_slice(overview.id.as_bytes());
    for id in [overview.organization_id, overview.folder_id].into_iter().flatten() {
        bytes.extend_from_slice(id.as_bytes());
    }
    write_number(overview.collection_ids.len() as u64, bytes);
    for id in &overview.collection_ids {
        bytes.extend_from_slice(id.as_bytes());
    }
    write_signed(i64::from(overview.kind.0), bytes);
    write_opened(&overview.name, bytes);
    if let Some(subtitle) = &overview.subtitle {
        write_opened(subtitle, bytes);
    }
    write_number(overview.hosts.len() as u64, bytes);
    for host in &overview.hosts {
        write_text(host, bytes);
    }
    let dates =
        [overview.revision_date, overview.creation_date, overview.deleted_date, overview.archived_date];
    for date in dates.into_iter().flatten() {
        write_signed(microseconds(date), bytes);
    }
}

fn read_record(mut record: &[u8]) -> Result<ItemOverview, DecodeOverviewsError> {
    let bytes = &mut record;
    let flags = u16::from_le_bytes(read_array(bytes)?);
    let has = |bit: u16| flags & bit != 0;
    let id = read_id(bytes)?;
    let organization_id = if has(ORGANIZATION) { Some(read_id(bytes)?) } else { None };
    let folder_id = if has(FOLDER) { Some(read_id(bytes)?) } else { None };
    let collections = read_length(bytes)?;
    if collections > bytes.len() / 16 {
        return Err(Damaged);
    }
    let collection_ids = read_all(collections, bytes, read_id)?;
    let kind = ItemKind(i32::try_from(read_signed(bytes)?).map_err(|_| Damaged)?);
    let name = read_opened(bytes)?;
    let subtitle = if has(SUBTITLE) { Some(read_opened(bytes)?) } else { None };
    let hosts = read_length(bytes)?;
    if hosts > MAX_HOSTS {
        return Err(Damaged);
    }
    let hosts = read_all(hosts, bytes, read_text)?;
    let mut date = |bit| if has(bit) { read_date(bytes).map(Some) } else { Ok(None) };
    Ok(ItemOverview {
        id,
        organization_id,
        folder_id,
        collection_ids,
        kind,
        name,
        subtitle,
        hosts,
        favorite: has(FAVORITE),
        reprompt: has(REPROMPT),
        edit: has(EDIT),
        view_password: has(VIEW_PASSWORD),
        has_totp: has(TOTP),
        has_attachments: has(ATTACHMENTS),
        revision_date: date(REVISION)?,
        creation_date: date(CREATION)?,
        deleted_date: date(DELETED)?,
        archived_date: date(ARCHIVED)?,
    })
}

/// Takes no more room than `count` need: a list that is collected begins with room for four, and nearly every item has one
/// host.
fn read_all<T>(
    count: usize,
    bytes: &mut &[u8],
    read: fn(&mut &[u8]) -> Result<T, DecodeOverviewsError>,
) -> Result<Vec<T>, DecodeOverviewsError> {
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        all.push(read(bytes)?);
    }
    Ok(all)
}

/// A length one higher than the text's, so that 0 can announce a reason instead.
fn write_opened(text: &Opened<String>, bytes: &mut Vec<u8>) {
    match text {
        Opened::Value(text) => {
            write_number(text.len() as u64 + 1, bytes);
            bytes.extend_from_slice(text.as_bytes());
        }
        Opened::Unreadable(reason) => bytes.extend_from_slice(&[0, *reason as u8]),
    }
}

fn read_opened(bytes: &mut &[u8]) -> Result<Opened<String>, DecodeOverviewsError> {
    match read_length(bytes)? {
        0 => Ok(Opened::Unreadable(UnreadableReason::from_code(read_array::<1>(bytes)?[0]))),
        length => read_text_of(length - 1, bytes).map(Opened::Value),
    }
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    write_number(text.len() as u64, bytes);
    bytes.extend_from_slice(text.as_bytes());
}

fn read_text(bytes: &mut &[u8]) -> Result<String, DecodeOverviewsError> {
    let length = read_length(bytes)?;
    read_text_of(length, bytes)
}

fn read_text_of(length: usize, bytes: &mut &[u8]) -> Result<String, DecodeOverviewsError> {
    let (text, rest) = bytes.split_at_checked(length).ok_or(Damaged)?;
    *bytes = rest;
    std::str::from_utf8(text).map(str::to_owned).map_err(|_| Damaged)
}

/// Servers give 100 ns; a list needs no more than a microsecond, and an `i64` of them holds every year of the wire.
fn microseconds(date: OffsetDateTime) -> i64 {
    let seconds = date.unix_timestamp().checked_mul(1_000_000);
    seconds.and_then(|seconds| seconds.checked_add(date.microsecond().into())).unwrap_or_default()
}

fn read_date(bytes: &mut &[u8]) -> Result<OffsetDateTime, DecodeOverviewsError> {
    // Not by way of nanoseconds: these need 128 bits, whose division took a tenth of the reading of a row.
    let microseconds = read_signed(bytes)?;
    let (seconds, rest) = (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
    let date = OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| Damaged)?;
    date.replace_microsecond(u32::try_from(rest).unwrap_or_default()).map_err(|_| Damaged)
}

fn read_id(bytes: &mut &[u8]) -> Result<Uuid, DecodeOverviewsError> {
    read_array(bytes).map(Uuid::from_bytes)
}

fn read_array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], DecodeOverviewsError> {
    let (array, rest) = bytes.split_first_chunk::<N>().ok_or(Damaged)?;
    *bytes = rest;
    Ok(*array)
}

/// Seven bits a byte, lowest first, the high bit for "more".
fn write_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Result<u64, DecodeOverviewsError> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let [byte] = read_array(bytes)?;
        let part = u64::from(byte & 0x7f);
        if shift == 63 && part > 1 {
            return Err(Damaged);
        }
        number |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Damaged)
}

fn read_length(bytes: &mut &[u8]) -> Result<usize, DecodeOverviewsError> {
    usize::try_from(read_number(bytes)?).map_err(|_| Damaged)
}

/// Small numbers of either sign stay short: the sign moves to the lowest bit.
fn write_signed(number: i64, bytes: &mut Vec<u8>) {
    write_number(((number << 1) ^ (number >> 63)) as u64, bytes);
}

fn read_signed(bytes: &mut &[u8]) -> Result<i64, DecodeOverviewsError> {
    let number = read_number(bytes)?;
    Ok((number >> 1) as i64 ^ -((number & 1) as i64))
}
