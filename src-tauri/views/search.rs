//! Search everything: people, groups, collections and clients from the estate, items from the vault.

use portico_estate::{ClientSearchText, ClientTags, Hit, HitGroup, HitKind, fold};
use portico_vault::ItemOverview;

use super::{
    client::{role, status},
    count,
    tags::counted,
};
use crate::dto::{
    client::MemberStatus,
    search::{SearchGroup, SearchHit, SearchKind},
    tags::TagCount,
};

/// One kind of hits, with where the first word stands in each name; clients with their tags.
pub fn group(group: &HitGroup<'_>, tags: &ClientTags, text: &str) -> SearchGroup {
    let kind = match group.kind {
        HitKind::Person => SearchKind::Person,
        HitKind::Group => SearchKind::Group,
        HitKind::Collection => SearchKind::Collection,
        HitKind::Client => SearchKind::Client,
    };
    SearchGroup {
        kind,
        total: count(group.total),
        in_clients: count(group.clients),
        hits: group.hits.iter().map(|found| hit(found, kind, tags, text)).collect(),
    }
}

/// Tags that hold the text and that some of these clients carry.
pub fn tags<'c>(
    tags: &ClientTags,
    searched: impl Iterator<Item = &'c ClientSearchText>,
    text: &str,
    limit: usize,
) -> Vec<TagCount> {
    let asked = fold(text.trim());
    if asked.is_empty() {
        return Vec::new();
    }
    let counts = tags.counts(searched.map(ClientSearchText::organization_id));
    let fitting = counts.iter().filter(|tag| tag.count > 0 && fold(tag.name).contains(&asked));
    fitting.take(limit).map(counted).collect()
}

/// Items as hits.
pub fn items(found: &[&ItemOverview], total: usize, text: &str) -> Option<SearchGroup> {
    if total == 0 {
        return None;
    }
    Some(SearchGroup {
        kind: SearchKind::Item,
        total: count(total),
        in_clients: 0,
        hits: found
            .iter()
            .filter_map(|item| {
                let name = item.name.value()?.clone();
                Some(SearchHit {
                    kind: SearchKind::Item,
                    id: item.id.to_string(),
                    organization_id: item.organization_id.map(|id| id.to_string()),
                    detail: item.subtitle.as_ref().and_then(|line| line.value()).cloned(),
                    tag: Some(item.kind.0.to_string()),
                    client: None,
                    matched: matched(&name, text),
                    name,
                })
            })
            .collect(),
    })
}

fn hit(found: &Hit<'_>, kind: SearchKind, tags: &ClientTags, text: &str) -> SearchHit {
    let word = |value: serde_json::Value| value.as_str().map(str::to_owned);
    let state = found.status.map(status).filter(|state| *state != MemberStatus::Confirmed);
    let tag = match state {
        Some(state) => serde_json::to_value(state).ok().and_then(word),
        None => found.role.map(role).and_then(|role| serde_json::to_value(role).ok()).and_then(word),
    };
    let detail = match kind {
        SearchKind::Client => tags.of(found.organization_id).collect::<Vec<_>>().join(", "),
        _ => found.detail.to_owned(),
    };
    SearchHit {
        kind,
        id: found.id.to_string(),
        organization_id: Some(found.organization_id.to_string()),
        name: found.name.to_owned(),
        detail: Some(detail).filter(|detail| !detail.is_empty() && detail != found.name),
        tag,
        client: (kind != SearchKind::Client).then(|| found.client_name.to_owned()),
        matched: matched(found.name, text),
    }
}

/// Where the first word of a search stands in a name, in UTF-16 units: letter by letter, because folding changes lengths.
fn matched(name: &str, text: &str) -> Option<[u32; 2]> {
    let word = fold(text.split_whitespace().next()?);
    let mut start = 0_u32;
    for (place, letter) in name.char_indices() {
        let rest = &name[place..];
        let mut length = 0_u32;
        for (end, last) in rest.char_indices() {
            length += units(last);
            let folded = fold(&rest[..end + last.len_utf8()]);
            if folded == word {
                return Some([start, length]);
            }
            if folded.len() > word.len() {
                break;
            }
        }
        start += units(letter);
    }
    None
}

fn units(letter: char) -> u32 {
    if letter as u32 > 0xffff { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use portico_estate::{ClientSearchText, ClientTags};
    use uuid::Uuid;

    use super::{matched, tags};

    #[test]
    fn tags_are_found_that_clients_of_the_search_carry() {
        let [alder, birch, gone] = [1, 2, 3].map(Uuid::from_u128);
        let mut all = ClientTags::default();
        for (client, tag) in [(alder, "Santé"), (birch, "Santé"), (birch, "sandwich"), (gone, "sanctioned")]
        {
            all.add(client, tag);
        }
        let texts = [ClientSearchText::of_name(alder, "Alder"), ClientSearchText::of_name(birch, "Birch")];
        let found = |text: &str, limit| -> Vec<(String, u32)> {
            let found = tags(&all, texts.iter(), text, limit);
            found.into_iter().map(|tag| (tag.name, tag.count)).collect()
        };
        assert_eq!(found(" SAN ", 5), [("sandwich".to_owned(), 1), ("Santé".to_owned(), 2)]);
        assert_eq!(found("san", 1).len(), 1);
        assert!(found("  ", 5).is_empty() && found("nothing", 5).is_empty());
    }

    #[test]
    fn marks_are_counted_as_the_page_counts() {
        assert_eq!(matched("Camille Rousseau", "rouss"), Some([8, 5]));
        assert_eq!(matched("Équipe Élan", "elan"), Some([7, 4]));
        assert_eq!(matched("🔐 Vault", "vault"), Some([3, 5]));
        assert_eq!(matched("Vault", "x"), None);
        assert_eq!(matched("Vault", "  "), None);
    }
}
