//! The order of names, and the folded lines of all items in it.

use std::borrow::Cow;

use crate::{ItemOverview, Opened};
use memchr::memchr_iter;
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
        let folded: Vec<Lines> = places
            .par_chunks(AT_A_TIME)
            .map(|places| Lines::of(places.iter().map(|place| &items[*place as usize])))
            .collect();
        let mut text = String::with_capacity(folded.iter().map(|lines| lines.text.len()).sum());
        let mut starts = Vec::with_capacity(places.len() + 1);
        for lines in &folded {
            starts.extend(lines.begins.iter().map(|begin| text.len() + begin));
            text.push_str(&lines.text);
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
    lines: Lines,
    keys: String,
    /// Where in `keys` that of each item ends.
    ends: Vec<usize>,
}

impl Keyed {
    fn new(items: &[ItemOverview]) -> Self {
        let lines = Lines::of(items.iter());
        let name = |item: &ItemOverview| item.name.value().map_or(0, String::len);
        let mut keys = String::with_capacity(items.iter().map(name).sum());
        let mut ends = Vec::with_capacity(items.len());
        for lines in lines.each() {
            sort_key_into(lines.split('\n').next().unwrap_or_default(), &mut keys);
            ends.push(keys.len());
        }
        Self { lines, keys, ends }
    }

    /// Key and lines of each item.
    fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        let begins = std::iter::once(&0).chain(&self.ends);
        let keys = begins.zip(&self.ends).map(|(begin, end)| &self.keys[*begin..*end]);
        keys.zip(self.lines.each())
    }
}

/// The folded lines of some items behind one another.
struct Lines {
    text: String,
    /// Where those of each item begin.
    begins: Vec<usize>,
}

impl Lines {
    fn of<'i>(items: impl Iterator<Item = &'i ItemOverview> + Clone) -> Self {
        let (folded, count) = Self::written(items.clone(), Cow::Borrowed);
        // A line of an item is one line, whatever its text holds.
        match memchr_iter(b'\n', folded.text.as_bytes()).count() == count {
            true => folded,
            false => Self::written(items, |line| Cow::Owned(line.replace('\n', " "))).0,
        }
    }

    /// Beside them, how many lines they were meant to be.
    fn written<'i>(
        items: impl Iterator<Item = &'i ItemOverview> + Clone,
        single: impl Fn(&'i str) -> Cow<'i, str>,
    ) -> (Self, usize) {
        let length = |line: Option<&String>| line.map_or(1, |line| line.len() + 1);
        let mut text = String::with_capacity(items.clone().flat_map(lines_of).map(length).sum());
        let mut begins = Vec::with_capacity(AT_A_TIME);
        let mut count = 0;
        for item in items {
            begins.push(text.len());
            for line in lines_of(item) {
                let line = line.map(|line| single(line)).unwrap_or_default();
                match line.is_ascii() {
                    true => text.push_str(&line),
                    false => fold_into(&line, &mut text),
                }
                text.push('\n');
                count += 1;
            }
        }
        // Nearly all lines are ASCII, of which nothing else is left to fold: all at once, in the widest steps there are.
        text.make_ascii_lowercase();
        (Self { text, begins }, count)
    }

    fn each(&self) -> impl Iterator<Item = &str> {
        let ends = self.begins.iter().skip(1).copied().chain([self.text.len()]);
        self.begins.iter().zip(ends).map(|(begin, end)| &self.text[*begin..end])
    }
}

/// Name, second line and hosts of an item, as they were opened.
fn lines_of(item: &ItemOverview) -> impl Iterator<Item = Option<&String>> {
    let first = [item.name.value(), item.subtitle.as_ref().and_then(Opened::value)];
    first.into_iter().chain(item.hosts.iter().map(Some))
}
