//! The order in which people look for names.

use crate::fold;
use std::cmp::Ordering;

/// A name as lists stand by it: folded, and with numbers by their value, so that `Client 2` comes before `Client 10`.
/// Two are equal where their folded texts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortName(String);

impl SortName {
    /// Folds `name` once; comparing folds nothing any more.
    pub fn new(name: &str) -> Self {
        Self(fold(name))
    }
}

impl Ord for SortName {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl PartialOrd for SortName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two folded texts: a number by its value, everything else by its bytes. Texts that differ in nothing but
/// zeros before a number stand as their bytes do.
///
/// It reads what both begin with once, and looks for a number only where they part: names are read about as quickly as
/// by their bytes alone.
pub fn compare(left: &str, right: &str) -> Ordering {
    let (mut one, mut other) = (left.as_bytes(), right.as_bytes());
    loop {
        let same = common(one, other);
        // A number that begins in what both have is compared as a whole.
        let start = same - one[..same].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, facing) = (digits(&one[start..]), digits(&other[start..]));
        if number.is_empty() || facing.is_empty() {
            return one[same..].cmp(&other[same..]).then_with(|| left.cmp(right));
        }
        match value(number).cmp(&value(facing)) {
            Ordering::Equal => (one, other) = (&one[start + number.len()..], &other[start + facing.len()..]),
            unequal => return unequal,
        }
    }
}

/// How many bytes both begin with.
fn common(one: &[u8], other: &[u8]) -> usize {
    const AT_ONCE: usize = 16;
    let whole =
        one.chunks_exact(AT_ONCE).zip(other.chunks_exact(AT_ONCE)).take_while(|(one, other)| one == other);
    let from = whole.count() * AT_ONCE;
    from + one[from..].iter().zip(&other[from..]).take_while(|(one, other)| one == other).count()
}

/// The digits at the beginning.
fn digits(text: &[u8]) -> &[u8] {
    &text[..text.iter().take_while(|byte| byte.is_ascii_digit()).count()]
}

/// A number of any length as it is compared: more digits are more.
fn value(digits: &[u8]) -> (usize, &[u8]) {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    (digits.len() - zeros, &digits[zeros..])
}
