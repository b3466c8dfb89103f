//! Texts that are the same to who searches.

use portico_collation::fold;
use proptest::prelude::*;

#[test]
fn folding_forgets_case_accents_and_ligatures() {
    for (text, folded) in [
        ("Élodie", "elodie"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Œuvre Ægir Ørsted Łódź", "oeuvre aegir orsted lodz"),
        ("İstanbul", "istanbul"),
        ("ﬁle", "file"),
        ("Ｆｕｌｌ", "full"),
        ("日本語", "日本語"),
        ("", ""),
    ] {
        assert_eq!(fold(text), folded, "{text}");
    }
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }
}
