//! What must not be found: every name, hidden field and token of an account of the demo.

use std::{collections::BTreeSet, fs, path::Path};

use portico_profile::{Profile, SessionTokens, Unlocked};
use portico_tests::memory::{Found, Needle, Process, Search};
use portico_vault::{FieldId, Opened, Shown};

/// Shorter texts turn up by chance among hundreds of megabytes.
const SHORTEST: usize = 8;

/// Without what stands in the programs before anybody has signed in, which is no secret: words of their messages, say.
pub fn secrets_only(needles: Vec<Needle>, before: &[Process]) -> Search {
    let search = Search::new(needles);
    let known = search.find(before);
    let all = search.len();
    let search = search.without(&known);
    assert!(
        search.len() * 10 >= all * 9,
        "most of what is looked for is not there from the start: {known:#?}"
    );
    search
}

/// Whether anything of a kind was found.
pub fn has(found: &[Found], kind: &str) -> bool {
    found.iter().any(|found| found.what.starts_with(kind))
}

/// Names of clients, people, collections and items, and every hidden field; but those that a word of the page makes
/// by chance: a string in its engine does not fill its cell, so that "Fournisseur" before an "s" of what lay there before
/// reads as the collection "Fournisseurs".
pub fn texts_of(unlocked: &Unlocked) -> Vec<Needle> {
    let picture = unlocked.picture();
    let messages = messages();
    let mut texts = BTreeSet::new();
    for row in picture.providers().unwrap().iter().flat_map(|provider| &provider.rows) {
        let client = picture.client(row.organization_id).unwrap().unwrap();
        texts.insert(("client", client.organization.name.clone()));
        texts.extend(client.members.iter().filter_map(|member| Some(("person", member.name.clone()?))));
        let names = client.collections.iter().filter_map(|collection| collection.name.text());
        texts.extend(names.map(|name| ("collection", name.to_owned())));
    }
    for overview in picture.items() {
        if let Opened::Value(name) = &overview.name {
            texts.insert(("item name", name.clone()));
        }
        let item = picture.item(overview.id).unwrap();
        let fields: Vec<FieldId> = item.fields().map(|field| field.id.clone()).collect();
        for id in fields {
            if matches!(item.field(&id).map(|field| field.shown), Some(Shown::Hidden)) {
                texts.extend(item.reveal(&id).map(|secret| ("hidden field", secret.expose().to_owned())));
            }
        }
    }
    texts
        .iter()
        .filter(|(_, text)| text.len() >= SHORTEST && !messages.contains(all_but_last(text)))
        .flat_map(|(what, text)| Needle::text(what, text))
        .collect()
}

fn all_but_last(text: &str) -> &str {
    text.char_indices().last().map_or(text, |(at, _)| &text[..at])
}

/// The words of the page in all languages.
fn messages() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/messages");
    ["en", "fr"]
        .iter()
        .flat_map(|language| fs::read_dir(folder.join(language)).unwrap())
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect()
}

/// Those that a program was given, read from its own file.
pub fn tokens(folder: &std::path::Path, password: &str, account: uuid::Uuid) -> SessionTokens {
    let unlocked = Profile::open(folder).unwrap().unlock(account, password).unwrap();
    let session = unlocked.session().unwrap();
    SessionTokens {
        access_token: session.access_token.copy(),
        refresh_token: session.refresh_token.as_ref().map(portico_protocol::SecretText::copy),
        expires_at: session.expires_at,
        remember_token: None,
        api_key: None,
    }
}
