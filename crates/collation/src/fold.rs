//! Text as it is compared: without case, accents and ligatures.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Folds `text` for searching and sorting: `Élodie`, `ELODIE` and `elodie` become the same.
///
/// Almost all text in a vault is ASCII, for which this is one pass over bytes.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the folded form of `text` to `folded`, for texts that are kept behind one another.
pub fn fold_into(text: &str, folded: &mut String) {
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
