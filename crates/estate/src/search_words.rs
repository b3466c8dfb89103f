//! The words of a search.

use portico_collation::fold;

/// What a person typed into a search box: every word must occur, in any order.
#[derive(Debug, Clone)]
pub(crate) struct SearchWords(Vec<String>);

impl SearchWords {
    pub(crate) fn new(text: &str) -> Self {
        Self(fold(text).split_whitespace().map(str::to_owned).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The word that occurs most rarely, as far as length can tell.
    pub(crate) fn longest(&self) -> &str {
        self.0.iter().max_by_key(|word| word.len()).map_or("", String::as_str)
    }

    /// Whether every word occurs in `folded`.
    pub(crate) fn occur_in(&self, folded: &str) -> bool {
        self.0.iter().all(|word| folded.contains(word.as_str()))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
