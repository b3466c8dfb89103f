//! The order of names, kept beside the overviews: to make it again at each unlock would cost more than to fold the names.

use portico_cache::{Cache, List, WriteError, Writer};
use portico_vault::{ItemOverview, name_order};

use crate::errors::ReadError;
use crate::kinds::NAME_ORDER;

/// Keeps the order of the items of `overviews`.
pub(crate) fn put(writer: &mut Writer<'_>, overviews: List, order: &[u32]) -> Result<(), WriteError> {
    if writer.has_derived(NAME_ORDER, overviews.0)? {
        return Ok(());
    }
    let bytes: Vec<u8> = order.iter().flat_map(|place| place.to_le_bytes()).collect();
    writer.put_derived(NAME_ORDER, overviews.0, &bytes)
}

/// The order of these `items`, which are all of `overviews`: as it was kept, else made again.
pub(crate) fn read(cache: &Cache, overviews: List, items: &[ItemOverview]) -> Result<Vec<u32>, ReadError> {
    let kept = cache.derived(NAME_ORDER, overviews.0)?;
    Ok(kept.and_then(|bytes| order_of(&bytes, items.len())).unwrap_or_else(|| name_order(items)))
}

/// `None` unless each of `count` places stands in it once.
fn order_of(bytes: &[u8], count: usize) -> Option<Vec<u32>> {
    let (places, rest) = bytes.as_chunks();
    let order: Vec<u32> = places.iter().copied().map(u32::from_le_bytes).collect();
    let mut is_there = vec![false; count];
    for place in &order {
        let is_there = is_there.get_mut(*place as usize)?;
        if std::mem::replace(is_there, true) {
            return None;
        }
    }
    (rest.is_empty() && order.len() == count).then_some(order)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use portico_cache::{ClearHeader, EntryId, PageShape, SlotSecret};
    use portico_vault::{UnreadableReason, overview_of_unread};
    use uuid::Uuid;

    use super::*;
    use crate::kinds::{OVERVIEWS_PAGE, entries};

    /// In an order that nobody would make.
    #[test]
    fn the_order_that_is_kept_is_the_one_that_is_read() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let kdf = crate::account::clear_kdf(&portico_crypto::Kdf::pbkdf2(5000)?.parameters());
        let [server, email, salt, key] = [(); 4].map(|()| String::new());
        let header = ClearHeader::new(Uuid::nil(), server, email, kdf, salt, key);
        let secret = SlotSecret::from_user_key(&[7; 64], Uuid::nil());
        let cache = Cache::create(&folder.path().join("cache.sqlite3"), header, &secret)?;
        let items: Vec<ItemOverview> = (0..4)
            .map(|n| {
                let json = format!("{{\"id\":\"{}\"}}", Uuid::from_u128(n));
                overview_of_unread(&json, UnreadableReason::TooLarge)
            })
            .collect();
        assert_eq!(name_order(&items), [0, 1, 2, 3]);
        let mut writer = cache.writer(Duration::ZERO)?;
        let mut list_of = |mark: &str| {
            let facts = entries([&mark], |_| EntryId::from(Uuid::nil()));
            writer.put_list(OVERVIEWS_PAGE, PageShape::LARGE, facts)
        };
        let (kept, other) = (list_of("kept")?, list_of("other")?);
        put(&mut writer, kept, &[2, 0, 3, 1])?;
        writer.flush()?;
        assert_eq!(read(&cache, kept, &items)?, [2, 0, 3, 1]);
        assert_eq!(read(&cache, other, &items)?, [0, 1, 2, 3], "made again where none is kept");
        Ok(())
    }

    #[test]
    fn an_order_names_each_place_once() {
        let bytes = |places: &[u32]| places.iter().flat_map(|place| place.to_le_bytes()).collect::<Vec<u8>>();
        assert_eq!(order_of(&bytes(&[2, 0, 1]), 3), Some(vec![2, 0, 1]));
        assert_eq!(order_of(&[], 0), Some(Vec::new()));
        for (odd, count) in [
            (bytes(&[2, 0, 1]), 2),
            (bytes(&[0, 1]), 3),
            (bytes(&[0, 0, 1]), 3),
            (bytes(&[0, 1, u32::MAX]), 3),
            (bytes(&[0, 1, 2])[..11].to_vec(), 3),
        ] {
            assert_eq!(order_of(&odd, count), None, "{odd:?} {count}");
        }
    }
}
