//! The order of names, and the folded lines of all items in it.

use crate::{ItemOverview, Opened};
use portico_collation::{fold_into, sort_key_into};
use rayon::prelude::*;
use uuid::Uuid;

/// What [`crate::ItemIndex`] is made of.
pub(crate) struct ByName {
    /// The lines of each item: name, second line, hosts; a line break behind each. A line that does not open, or is not
    /// there, is empty.
    pub(crate) text: String,
    /// Where the lines of each item begin in `text`; one more than there are items.
    pub(crate) starts: Vec<usize>,
    /// The place of each item; unreadable names last.
    pub(crate) places: Vec<u32>,
}

/// Items that are folded at a time. Their texts stand in one piece: one for each item would be two memory blocks to take,
/// to overwrite and to give back for each.
const AT_A_TIME: usize = 1024;

/// The places of all `items` in the order of their names; unreadable names last.
///
/// A function of the items alone, so that it may be kept beside them. Whoever keeps it makes it anew when what is here, or
/// in the folding of names, orders otherwise.
pub fn name_order(items: &[ItemOverview]) -> Vec<u32> {
    let folded: Vec<Keyed> = items.par_chunks(AT_A_TIME).map(Keyed::new).collect();
    // With room for all: to grow is to copy, and to wipe what was copied.
    let mut rows = Vec::with_capacity(items.len());
    let keyed = folded.iter().flat_map(Keyed::rows).zip(items).zip(0..);
    rows.extend(keyed.map(|(((key, lines), item), place)| Row {
        is_unreadable: item.name.unreadable().is_some(),
        key,
        lines,
        id: item.id,
        place,
    }));
    rows.par_sort_unstable_by(|one, other| {
        let by_key = one.is_unreadable.cmp(&other.is_unreadable).then_with(|| one.key.cmp(other.key));
        by_key.then_with(|| one.lines.cmp(other.lines)).then(one.id.cmp(&other.id))
    });
    rows.iter().map(|row| row.place).collect()
}

impl ByName {
    /// The lines of the items at `places`, which stand in the order of names.
    pub(crate) fn new(items: &[ItemOverview], places: Vec<u32>) -> Self {
        let folded: Vec<(String, Vec<usize>)> = places
            .par_chunks(AT_A_TIME)
            .map(|places| {
                let items = places.iter().map(|place| &items[*place as usize]);
                let mut lines = String::with_capacity(items.clone().map(length_of_lines).sum());
                let mut begins = Vec::with_capacity(places.len());
                for item in items {
                    begins.push(lines.len());
                    fold_lines(item, &mut lines);
                }
                (lines, begins)
            })
            .collect();
        let mut text = String::with_capacity(folded.iter().map(|(lines, _)| lines.len()).sum());
        let mut starts = Vec::with_capacity(places.len() + 1);
        for (lines, begins) in &folded {
            starts.extend(begins.iter().map(|begin| text.len() + begin));
            text.push_str(lines);
        }
        starts.push(text.len());
        Self { text, starts, places }
    }
}

/// An item as it is put in order.
struct Row<'a> {
    is_unreadable: bool,
    key: &'a str,
    lines: &'a str,
    id: Uuid,
    place: u32,
}

/// Some items, folded, with what their names are put in order by.
struct Keyed {
    lines: String,
    keys: String,
    /// Where in `keys` and in `lines` each item ends.
    ends: Vec<(usize, usize)>,
}

impl Keyed {
    fn new(items: &[ItemOverview]) -> Self {
        let mut lines = String::with_capacity(items.iter().map(length_of_lines).sum());
        let name = |item: &ItemOverview| item.name.value().map_or(1, |name| name.len() + 1);
        let mut keys = String::with_capacity(items.iter().map(name).sum());
        let ends = items.iter().map(|item| {
            let name = lines.len()..lines.len() + fold_lines(item, &mut lines);
            sort_key_into(&lines[name], &mut keys);
            (keys.len(), lines.len())
        });
        let ends = ends.collect();
        Self { lines, keys, ends }
    }

    /// Key and lines of each item.
    fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        let begins = std::iter::once(&(0, 0)).chain(&self.ends);
        begins.zip(&self.ends).map(|(begin, end)| (&self.keys[begin.0..end.0], &self.lines[begin.1..end.1]))
    }
}

/// Name, second line and hosts of an item, as they were opened.
fn lines_of(item: &ItemOverview) -> impl Iterator<Item = Option<&String>> {
    let first = [item.name.value(), item.subtitle.as_ref().and_then(Opened::value)];
    first.into_iter().chain(item.hosts.iter().map(Some))
}

/// About as much room as the lines of an item take.
fn length_of_lines(item: &ItemOverview) -> usize {
    lines_of(item).map(|line| line.map_or(1, |line| line.len() + 1)).sum()
}

/// Appends the lines of an item; returns how long the first of them is, its name.
fn fold_lines(item: &ItemOverview, text: &mut String) -> usize {
    let mut name = None;
    for line in lines_of(item) {
        let start = text.len();
        if let Some(line) = line {
            fold_into(line, text);
        }
        // A line of an item is one line, whatever its text holds.
        if text.as_bytes()[start..].contains(&b'\n') {
            let single = text[start..].replace('\n', " ");
            text.replace_range(start.., &single);
        }
        name.get_or_insert(text.len() - start);
        text.push('\n');
    }
    name.unwrap_or_default()
}
