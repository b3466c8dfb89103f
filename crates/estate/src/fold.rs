//! Text as it is compared: without case, accents and ligatures.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Folds `text` for searching and sorting: `Élodie`, `ELODIE` and `elodie` become the same.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

pub(crate) fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        let start = folded.len();
        folded.push_str(text);
        folded[start..].make_ascii_lowercase();
        return;
    }
    for symbol in text.nfkd().filter(|symbol| !is_combining_mark(*symbol)).flat_map(char::to_lowercase) {
        match symbol {
            'ß' => folded.push_str("ss"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            'þ' => folded.push_str("th"),
            // `İ` lower-cases into `i` and a combining dot.
            mark if is_combining_mark(mark) => {}
            other => folded.push(other),
        }
    }
}

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
