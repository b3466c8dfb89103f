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

    /// Whether every word occurs in `folded`.
    pub(crate) fn occur_in(&self, folded: &str) -> bool {
        self.0.iter().all(|word| folded.contains(word.as_str()))
    }

    /// Whether one of them does at least.
    pub(crate) fn one_occurs_in(&self, folded: &str) -> bool {
        self.iter().any(|word| folded.contains(word))
    }

    /// Those that do not occur in `folded`; of a single word, that one in any case.
    pub(crate) fn beyond(&self, folded: &str) -> Vec<&str> {
        self.iter().filter(|word| self.0.len() == 1 || !folded.contains(word)).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
