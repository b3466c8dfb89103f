//! What a person types into the search box of the vault: words and phrases, some of them about one part of an item.
//!
//! `okafor "door code" user:maya site:registrar type:card in:finance org:brightwater is:favorite -is:shared`. Words of
//! English and French stand for the same. What looks like a prefix and is none is searched for as text, colon and all:
//! a search never refuses what was typed.

use crate::ItemKind;
use portico_collation::fold;

/// More terms than a person types; the rest is not looked at.
const MAX_TERMS: usize = 32;

/// A search, read and folded. Every term must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemSearch {
    pub(crate) terms: Vec<Term>,
}

/// One word, phrase, or prefix with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// Written with `-` in front: it must not hold.
    pub(crate) negated: bool,
    pub(crate) what: What,
}

/// What a term asks for; texts are folded and never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// Text anywhere in name, second line or websites.
    Text(String),
    /// Text in the name.
    Name(String),
    /// Text in the second line of a login: its user name.
    User(String),
    /// Text in a website's host.
    Site(String),
    /// Any of these kinds.
    Kinds(Vec<ItemKind>),
    /// Text in the whole name of its folder or of one of its collections.
    In(String),
    /// Text in the whole name of its folder.
    Folder(String),
    /// Text in the whole name of one of its collections.
    Collection(String),
    /// Text in the name of the organization that owns it; "me" for the person's own.
    Owner(String),
    /// A state.
    Is(State),
}

/// What `is:` and `has:` can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Favorite,
    Trashed,
    Archived,
    Unreadable,
    Duplicate,
    Reprompt,
    Shared,
    Attachments,
    Code,
}

impl ItemSearch {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Self {
        let terms = Words(text).filter_map(|word| term(&word)).take(MAX_TERMS).collect();
        Self { terms }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it asks for what is archived or in the trash, which a list of items in use would never show.
    pub(crate) fn names_shelf(&self) -> bool {
        let is_shelf = |what: &What| matches!(what, What::Is(State::Trashed | State::Archived));
        self.terms.iter().any(|term| !term.negated && is_shelf(&term.what))
    }
}

/// One word as it was typed: where its quotes end its spaces, and where its prefix could end.
struct Word {
    negated: bool,
    text: String,
    /// Bytes of `text` before a colon that stands outside of quotes.
    prefix: Option<usize>,
}

/// Cuts a text at spaces that stand outside of quotes. A quote that nobody closed reaches to the end.
struct Words<'t>(&'t str);

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        self.0 = self.0.trim_start();
        let mut word = Word { negated: false, text: String::new(), prefix: None };
        let mut rest = self.0;
        // A minus alone is text: nobody excludes nothing.
        if let Some(after) =
            rest.strip_prefix('-').filter(|after| after.starts_with(|c: char| !c.is_whitespace()))
        {
            word.negated = true;
            rest = after;
        }
        let mut quoted = false;
        let mut end = rest.len();
        for (at, symbol) in rest.char_indices() {
            match symbol {
                '"' => quoted = !quoted,
                '“' | '«' => quoted = true,
                '”' | '»' => quoted = false,
                _ if symbol.is_whitespace() && !quoted => {
                    end = at;
                    break;
                }
                ':' if !quoted && word.prefix.is_none() && !word.text.is_empty() => {
                    word.prefix = Some(word.text.len());
                    word.text.push(':');
                }
                // A text without line breaks never matches across the lines of an item.
                _ => word.text.push(if symbol.is_whitespace() { ' ' } else { symbol }),
            }
        }
        let is_end = rest.is_empty();
        self.0 = &rest[end..];
        (!is_end).then_some(word)
    }
}

fn term(word: &Word) -> Option<Term> {
    let text = || {
        let folded = fold(word.text.trim());
        (!folded.is_empty()).then_some(What::Text(folded))
    };
    let what = match word.prefix {
        None => text()?,
        Some(end) => {
            let (prefix, value) = (fold(&word.text[..end]), fold(word.text[end + 1..].trim()));
            match prefixed(&prefix, value) {
                Prefixed::What(what) => what,
                // The prefix stands and its value is still being typed.
                Prefixed::Unfinished => return None,
                Prefixed::Unknown => text()?,
            }
        }
    };
    Some(Term { negated: word.negated, what })
}

enum Prefixed {
    What(What),
    Unfinished,
    Unknown,
}

fn prefixed(prefix: &str, value: String) -> Prefixed {
    let make: fn(String) -> Option<What> = match prefix {
        "name" | "nom" => |text| Some(What::Name(text)),
        "user" | "username" | "utilisateur" | "identifiant" => |text| Some(What::User(text)),
        "site" | "url" | "uri" | "website" => |text| Some(What::Site(text)),
        "type" => |text| kinds(&text).map(What::Kinds),
        "in" | "dans" => |text| Some(What::In(text)),
        "folder" | "dossier" => |text| Some(What::Folder(text)),
        "collection" => |text| Some(What::Collection(text)),
        "org" | "organization" | "organisation" | "vault" | "coffre" | "owner" | "proprietaire" => {
            |text| Some(What::Owner(text))
        }
        "is" | "est" => |text| state(&text, IS).map(What::Is),
        "has" | "avec" => |text| state(&text, HAS).map(What::Is),
        _ => return Prefixed::Unknown,
    };
    if value.is_empty() {
        return Prefixed::Unfinished;
    }
    make(value).map_or(Prefixed::Unknown, Prefixed::What)
}

const IS: &[(&str, State)] = &[
    ("favorite", State::Favorite),
    ("favourite", State::Favorite),
    ("favori", State::Favorite),
    ("trash", State::Trashed),
    ("trashed", State::Trashed),
    ("deleted", State::Trashed),
    ("corbeille", State::Trashed),
    ("supprime", State::Trashed),
    ("archived", State::Archived),
    ("archive", State::Archived),
    ("unreadable", State::Unreadable),
    ("illisible", State::Unreadable),
    ("duplicate", State::Duplicate),
    ("doublon", State::Duplicate),
    ("protected", State::Reprompt),
    ("protege", State::Reprompt),
    ("shared", State::Shared),
    ("partage", State::Shared),
];

const HAS: &[(&str, State)] = &[
    ("attachment", State::Attachments),
    ("file", State::Attachments),
    ("piecejointe", State::Attachments),
    ("fichier", State::Attachments),
    ("code", State::Code),
    ("totp", State::Code),
];

/// The first state whose word begins with what was typed; plurals and genders (`favorites`, `archivés`) are the same.
fn state(typed: &str, words: &[(&str, State)]) -> Option<State> {
    let typed = compact(typed);
    let singular = typed.strip_suffix("es").or_else(|| typed.strip_suffix('s')).unwrap_or(&typed);
    let begins = |text: &str| words.iter().find(|(word, _)| word.starts_with(text)).map(|(_, state)| *state);
    begins(&typed).or_else(|| begins(singular).filter(|_| singular.len() > 2))
}

const KINDS: &[(&str, ItemKind)] = &[
    ("login", ItemKind::LOGIN),
    ("connexion", ItemKind::LOGIN),
    ("identifiant", ItemKind::LOGIN),
    ("note", ItemKind::SECURE_NOTE),
    ("securenote", ItemKind::SECURE_NOTE),
    ("card", ItemKind::CARD),
    ("carte", ItemKind::CARD),
    ("identity", ItemKind::IDENTITY),
    ("identite", ItemKind::IDENTITY),
    ("ssh", ItemKind::SSH_KEY),
    ("sshkey", ItemKind::SSH_KEY),
    ("clessh", ItemKind::SSH_KEY),
    ("bank", ItemKind::BANK_ACCOUNT),
    ("bankaccount", ItemKind::BANK_ACCOUNT),
    ("banque", ItemKind::BANK_ACCOUNT),
    ("comptebancaire", ItemKind::BANK_ACCOUNT),
    ("license", ItemKind::DRIVERS_LICENSE),
    ("licence", ItemKind::DRIVERS_LICENSE),
    ("driverslicense", ItemKind::DRIVERS_LICENSE),
    ("permis", ItemKind::DRIVERS_LICENSE),
    ("passport", ItemKind::PASSPORT),
    ("passeport", ItemKind::PASSPORT),
];

/// The kinds whose words begin with what was typed, or the kind of a number: also of one newer than this version.
fn kinds(typed: &str) -> Option<Vec<ItemKind>> {
    if let Ok(number) = typed.parse() {
        return Some(vec![ItemKind(number)]);
    }
    let typed = compact(typed);
    let begins = |text: &str| {
        let mut kinds: Vec<ItemKind> =
            KINDS.iter().filter(|(word, _)| word.starts_with(text)).map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        (!kinds.is_empty()).then_some(kinds)
    };
    begins(&typed).or_else(|| begins(typed.strip_suffix('s').filter(|singular| singular.len() > 2)?))
}

/// `ssh-key`, `SSH key` and `sshkey` are one word.
fn compact(typed: &str) -> String {
    typed.chars().filter(|symbol| symbol.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(bool, What)> {
        ItemSearch::parse(text).terms.into_iter().map(|term| (term.negated, term.what)).collect()
    }

    fn text(text: &str) -> What {
        What::Text(text.to_owned())
    }

    #[test]
    fn words_phrases_and_what_must_not_be() {
        assert_eq!(read("  Door   CODE "), [(false, text("door")), (false, text("code"))]);
        assert_eq!(read("\"door code\" -lobby"), [(false, text("door code")), (true, text("lobby"))]);
        assert_eq!(
            read("« Code porte » -\"à jeter\""),
            [(false, text("code porte")), (true, text("a jeter"))]
        );
        assert_eq!(read("\"never closed is:trash"), [(false, text("never closed is:trash"))]);
        assert_eq!(read("a-b - --x"), [(false, text("a-b")), (false, text("-")), (true, text("-x"))]);
        assert_eq!(read("\"\" -\"\" ' '"), [(false, text("'")), (false, text("'"))]);
    }

    #[test]
    fn prefixes_in_two_languages() {
        for (english, french) in [
            ("name:dns", "nom:dns"),
            ("user:maya", "utilisateur:maya"),
            ("type:card", "type:carte"),
            ("type:ssh-key", "type:\"clé SSH\""),
            ("type:logins", "type:connexion"),
            ("in:Finance", "dans:finance"),
            ("folder:Family", "dossier:family"),
            ("org:brightwater", "coffre:brightwater"),
            ("is:favorites", "est:favoris"),
            ("is:trash", "est:corbeille"),
            ("is:deleted", "est:supprimé"),
            ("is:archived", "est:archivé"),
            ("is:unreadable", "est:illisibles"),
            ("is:duplicates", "est:doublon"),
            ("is:protected", "est:protégé"),
            ("is:shared", "est:partagé"),
            ("has:attachment", "avec:pièce-jointe"),
            ("has:code", "avec:code"),
        ] {
            assert_eq!(read(english), read(french), "{english}");
            assert!(!matches!(read(english)[..], [(_, What::Text(_))]), "{english}");
        }
        assert_eq!(read("user:\"Maya Okafor\""), [(false, What::User("maya okafor".to_owned()))]);
        assert_eq!(read("-type:3"), [(true, What::Kinds(vec![ItemKind::CARD]))]);
        assert_eq!(read("type:42"), [(false, What::Kinds(vec![ItemKind(42)]))]);
        assert_eq!(read("type:id"), [(false, What::Kinds(vec![ItemKind::LOGIN, ItemKind::IDENTITY]))]);
    }

    #[test]
    fn what_is_no_prefix_is_text_and_an_unfinished_one_asks_for_nothing() {
        assert_eq!(read("https://example.com"), [(false, text("https://example.com"))]);
        assert_eq!(read("colour:blue is:blue"), [(false, text("colour:blue")), (false, text("is:blue"))]);
        assert_eq!(read("type:spaceship"), [(false, text("type:spaceship"))]);
        assert_eq!(read("\"is:trash\" :x"), [(false, text("is:trash")), (false, text(":x"))]);
        assert_eq!(read("is: user: type:\"\" -in:"), []);
        assert!(ItemSearch::parse("is:trash").names_shelf());
        assert!(!ItemSearch::parse("-is:trash is:fav").names_shelf());
    }

    proptest! {
        #[test]
        fn anything_can_be_typed(typed in "[-:\" «»a-zéİß\n]{0,40}|(is|type|in|-user):\\PC{0,12}") {
            let search = ItemSearch::parse(&typed);
            prop_assert!(search.terms.len() <= MAX_TERMS);
            for term in search.terms {
                if let What::Text(text) = term.what {
                    prop_assert!(!text.is_empty() && !text.contains('\n'));
                }
            }
        }

        #[test]
        fn a_plain_word_is_itself(word in "[a-z]{1,12}") {
            prop_assert_eq!(read(&word), [(false, What::Text(word.clone()))]);
        }
    }
}
