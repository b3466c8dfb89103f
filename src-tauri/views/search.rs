//! Search everything: people, groups, collections and clients from the estate, the provider's own people, items from the
//! vault.

use portico_estate::{
    ClientSearchText, ClientTags, Hit, HitGroup, HitKind, PeopleQuery, Person, ProviderUserDetails, fold,
    select_people,
};
use portico_profile::ProviderView;
use portico_vault::ItemOverview;
use serde::Serialize;

use super::{
    client::{role, status},
    count,
    tags::counted,
    team,
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

/// The people of the providers' own teams, where the person may know them.
pub fn team_members(providers: &[ProviderView], text: &str, limit: usize) -> Option<SearchGroup> {
    let query = PeopleQuery { text: text.to_owned(), ..PeopleQuery::default() };
    let found: Vec<(&ProviderView, &ProviderUserDetails)> = providers
        .iter()
        .flat_map(|view| {
            let members = view.team.as_deref().unwrap_or_default();
            select_people(members, &query).into_iter().map(move |place| (view, &members[place as usize]))
        })
        .collect();
    (!found.is_empty()).then(|| SearchGroup {
        kind: SearchKind::TeamMember,
        total: count(found.len()),
        in_clients: 0,
        hits: found.iter().take(limit).map(|(view, member)| team_member(view, member, text)).collect(),
    })
}

fn team_member(view: &ProviderView, member: &ProviderUserDetails, text: &str) -> SearchHit {
    let name = member.shown_name();
    let tag = match team::status(member.status) {
        MemberStatus::Confirmed => team::role(member.role).and_then(word),
        state => word(state),
    };
    SearchHit {
        kind: SearchKind::TeamMember,
        id: member.id.to_string(),
        organization_id: None,
        provider_id: Some(view.provider.id.to_string()),
        name: name.to_owned(),
        detail: Some(member.email.clone()).filter(|email| email != name),
        tag,
        client: Some(view.provider.name.clone()),
        matched: matched(name, text),
    }
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
                    provider_id: None,
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
    let state = found.status.map(status).filter(|state| *state != MemberStatus::Confirmed);
    let tag = match state {
        Some(state) => word(state),
        None => found.role.map(role).and_then(word),
    };
    let detail = match kind {
        SearchKind::Client => tags.of(found.organization_id).collect::<Vec<_>>().join(", "),
        _ => found.detail.to_owned(),
    };
    SearchHit {
        kind,
        id: found.id.to_string(),
        organization_id: Some(found.organization_id.to_string()),
        provider_id: None,
        name: found.name.to_owned(),
        detail: Some(detail).filter(|detail| !detail.is_empty() && detail != found.name),
        tag,
        client: (kind != SearchKind::Client).then(|| found.client_name.to_owned()),
        matched: matched(found.name, text),
    }
}

/// A choice as the page spells it.
fn word(choice: impl Serialize) -> Option<String> {
    serde_json::to_value(choice).ok()?.as_str().map(str::to_owned)
}

/// Where the first word of a search that occurs in a name stands in it, in UTF-16 units; others are found beside it.
fn matched(name: &str, text: &str) -> Option<[u32; 2]> {
    text.split_whitespace().find_map(|word| place(name, &fold(word)))
}

/// Where a folded word stands in a name: letter by letter, because folding changes lengths.
fn place(name: &str, word: &str) -> Option<[u32; 2]> {
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
    use portico_profile::ProviderView;
    use serde_json::json;
    use uuid::Uuid;

    use super::{matched, tags, team_members};

    #[test]
    fn the_providers_own_people_are_found_by_name_and_address() {
        let member = |id: u128, name: &str, mailbox: &str, role: i32, status: i32| {
            json!({"id": Uuid::from_u128(id), "name": name, "email": format!("{mailbox}@brightwater.example"),
                "type": role, "status": status})
        };
        let view = |id: u128, name: &str, team: serde_json::Value| ProviderView {
            provider: serde_json::from_value(json!({"id": Uuid::from_u128(id), "name": name}))
                .unwrap_or_else(|error| panic!("{error}")),
            team: serde_json::from_value(team).unwrap_or_else(|error| panic!("{error}")),
            rows: Vec::new(),
            read_at: None,
        };
        let providers = [
            view(
                7,
                "Brightwater",
                json!([
                    member(1, "Élodie Marchand", "elodie", 0, 2),
                    member(2, "", "elias", 1, 0),
                    member(3, "Tom Reyes", "tom", 1, 2),
                ]),
            ),
            // A service user knows no team.
            view(8, "Elsewhere", json!(null)),
        ];
        let found = team_members(&providers, "el", 5).unwrap_or_else(|| panic!("nobody"));
        let told =
            found.hits.iter().map(|hit| (hit.name.as_str(), hit.detail.as_deref(), hit.tag.as_deref()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("elias@brightwater.example", None, Some("invited")),
                ("Élodie Marchand", Some("elodie@brightwater.example"), Some("providerAdmin")),
            ]
        );
        let elodie = &found.hits[1];
        assert_eq!((found.total, elodie.matched, elodie.organization_id.as_ref()), (2, Some([0, 2]), None));
        assert_eq!(elodie.provider_id, Some(Uuid::from_u128(7).to_string()));
        assert_eq!(elodie.client.as_deref(), Some("Brightwater"));
        let few = team_members(&providers, "brightwater", 2).map(|found| (found.total, found.hits.len()));
        assert_eq!(few, Some((3, 2)));
        assert!(team_members(&providers, "nobody", 5).is_none());
    }

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
        assert_eq!(matched("Payroll", "abbott payroll"), Some([0, 7]));
        assert_eq!(matched("Vault", "x"), None);
        assert_eq!(matched("Vault", "  "), None);
    }
}
