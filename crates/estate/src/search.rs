//! Search over everything of all clients while a person types: people, groups, collections, clients.
//!
//! A client's folded text is made once, at sync, and can be kept ([`ClientSearchText`] is `Serialize`: it is derived
//! from structure, and whoever stores it seals it). All text of a client lies in one string, so that a search over a
//! hundred thousand people is one scan over a few megabytes and touches no object that does not match.

use crate::{client::ClientStructure, client_tags::ClientTags, people::Person, search_words::SearchWords};
use portico_collation::{compare, fold_into};
use portico_protocol::organization::{MemberStatus, MemberType};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HitKind {
    /// A member of a client, by name or e-mail.
    Person,
    /// A group, by name.
    Group,
    /// A collection, by opened name.
    Collection,
    /// A client, by name.
    Client,
}

/// The searchable text of one client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSearchText {
    organization_id: Uuid,
    client_name: String,
    /// Folded text of all entries, each ended by a line break.
    text: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    kind: HitKind,
    id: Uuid,
    name: String,
    detail: String,
    role: Option<MemberType>,
    status: Option<MemberStatus>,
    /// Where its text ends in the text of the client, in bytes.
    end: u32,
}

/// One thing that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'s> {
    /// What it is.
    pub kind: HitKind,
    /// organizationUserId, group, collection or organization.
    pub id: Uuid,
    /// Its name; of a person without one, the e-mail.
    pub name: &'s str,
    /// The e-mail of a person; empty otherwise.
    pub detail: &'s str,
    /// Of a person: the role.
    pub role: Option<MemberType>,
    /// Of a person: the state of the membership.
    pub status: Option<MemberStatus>,
    /// The client in which it is.
    pub organization_id: Uuid,
    /// That client's name.
    pub client_name: &'s str,
}

/// What was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitGroup<'s> {
    /// Which kind.
    pub kind: HitKind,
    /// The best hits, best first, at most as many as were asked for.
    pub hits: Vec<Hit<'s>>,
    /// How many there are.
    pub total: usize,
    /// In how many clients.
    pub clients: usize,
}

/// Most letters of one name that are searched; the rest is shown and not found.
const MAX_ENTRY: usize = 2000;

impl ClientSearchText {
    /// Prepares a client. Collections whose name did not open cannot be found.
    pub fn new(client: &ClientStructure) -> Self {
        let organization = &client.organization;
        let mut this = Self::of_name(organization.id, &organization.name);
        for member in &client.members {
            let person = Entry {
                role: Some(member.role),
                status: Some(member.status),
                ..Entry::new(HitKind::Person, member.id, member.shown_name(), &member.email)
            };
            this.add(person);
        }
        for group in &client.groups {
            this.add(Entry::new(HitKind::Group, group.id, &group.name, ""));
        }
        for collection in &client.collections {
            if let Some(name) = collection.shown_name().text() {
                this.add(Entry::new(HitKind::Collection, collection.id, name, ""));
            }
        }
        this
    }

    /// Prepares a client of which nothing but the name is known yet.
    pub fn of_name(organization_id: Uuid, name: &str) -> Self {
        let mut this =
            Self { organization_id, client_name: name.to_owned(), text: String::new(), entries: Vec::new() };
        this.add(Entry::new(HitKind::Client, organization_id, name, ""));
        this
    }

    /// The client.
    pub fn organization_id(&self) -> Uuid {
        self.organization_id
    }

    /// Everything that can be found in it.
    pub fn hits(&self) -> impl Iterator<Item = Hit<'_>> {
        (0..self.entries.len()).map(|entry| self.hit(entry))
    }

    fn add(&mut self, mut entry: Entry) {
        let start = self.text.len();
        fold_into(first_letters(&entry.name), &mut self.text);
        if !entry.detail.is_empty() && entry.detail != entry.name {
            self.text.push(' ');
            fold_into(first_letters(&entry.detail), &mut self.text);
        }
        // A line break inside a name would cut the entry in two.
        if self.text[start..].contains('\n') {
            let one_line = self.text[start..].replace('\n', " ");
            self.text.truncate(start);
            self.text.push_str(&one_line);
        }
        self.text.push('\n');
        let Ok(end) = u32::try_from(self.text.len()) else {
            // Four gigabytes of names are no client: what does not fit is not found.
            self.text.truncate(start);
            return;
        };
        entry.end = end;
        self.entries.push(entry);
    }

    fn hit(&self, entry: usize) -> Hit<'_> {
        let entry = &self.entries[entry];
        Hit {
            kind: entry.kind,
            id: entry.id,
            name: &entry.name,
            detail: &entry.detail,
            role: entry.role,
            status: entry.status,
            organization_id: self.organization_id,
            client_name: &self.client_name,
        }
    }

    /// Its folded name; the client is the first of its own entries.
    fn folded_name(&self) -> &str {
        if self.entries.is_empty() { "" } else { self.folded(0) }
    }

    /// The entry of the client itself, where it is found with its tags and not by its name alone.
    fn found_by_tags(&self, tags: &ClientTags, words: &SearchWords) -> Option<usize> {
        let itself = self.entries.iter().position(|entry| entry.kind == HitKind::Client)?;
        let name = self.folded(itself);
        let text = tags.beside(name, self.organization_id)?;
        (words.occur_in(&text) && !words.occur_in(name)).then_some(itself)
    }

    fn folded(&self, entry: usize) -> &str {
        let start = if entry == 0 { 0 } else { self.entries[entry - 1].end as usize };
        self.text.get(start..self.entries[entry].end as usize).unwrap_or_default().trim_end_matches('\n')
    }
}

impl Entry {
    fn new(kind: HitKind, id: Uuid, name: &str, detail: &str) -> Self {
        let (name, detail) = (name.to_owned(), detail.to_owned());
        Self { kind, id, name, detail, role: None, status: None, end: 0 }
    }
}

fn first_letters(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_ENTRY)]
}

/// Searches all `clients` for things of which every word of `text` occurs, and returns the best `limit` of each kind.
/// Words may occur in the name of the client instead, as long as one is the thing's own: "payroll abbott" finds Payroll
/// of Abbott & Lane, and not everybody there.
///
/// Names that begin with the first word come first, then those where a word of the name does, then the rest, and after
/// all of them those for which the client's name was needed; equal ones by name and client. An empty text finds nothing.
/// Kinds without hits are left out.
pub fn search<'s>(
    clients: impl IntoIterator<Item = &'s ClientSearchText>,
    text: &str,
    limit: usize,
) -> Vec<HitGroup<'s>> {
    search_tagged(clients, &ClientTags::default(), text, limit)
}

/// As [`search`], and finds a client by its tags too, behind those that are found by name.
pub fn search_tagged<'s>(
    clients: impl IntoIterator<Item = &'s ClientSearchText>,
    tags: &ClientTags,
    text: &str,
    limit: usize,
) -> Vec<HitGroup<'s>> {
    let words = SearchWords::new(text);
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: [Found<'s>; 4] = Default::default();
    for client in clients {
        let mut kinds_seen = [false; 4];
        for entry in matching(client, &words).chain(client.found_by_tags(tags, &words)) {
            let kind = client.entries[entry].kind as usize;
            let found = &mut found[kind];
            found.total += 1;
            found.clients += usize::from(!std::mem::replace(&mut kinds_seen[kind], true));
            found.hits.push(Candidate { rank: rank(client.folded(entry), &words), client, entry });
            // Keeps the list short without sorting for every hit.
            if found.hits.len() >= 4 * limit.max(64) {
                found.keep_best(limit);
            }
        }
    }
    let kinds = [HitKind::Person, HitKind::Group, HitKind::Collection, HitKind::Client];
    kinds
        .into_iter()
        .zip(found)
        .filter(|(_, found)| found.total > 0)
        .map(|(kind, mut found)| {
            found.keep_best(limit);
            let hits = found.hits.iter().map(|candidate| candidate.client.hit(candidate.entry)).collect();
            HitGroup { kind, hits, total: found.total, clients: found.clients }
        })
        .collect()
}

#[derive(Default)]
struct Found<'s> {
    hits: Vec<Candidate<'s>>,
    total: usize,
    clients: usize,
}

struct Candidate<'s> {
    rank: u8,
    client: &'s ClientSearchText,
    entry: usize,
}

impl Found<'_> {
    /// By rank, then text; ids keep the order the same from call to call.
    fn keep_best(&mut self, limit: usize) {
        let order = |left: &Candidate<'_>, right: &Candidate<'_>| {
            let id = |one: &Candidate<'_>| one.client.entries[one.entry].id;
            let text = || compare(left.client.folded(left.entry), right.client.folded(right.entry));
            left.rank.cmp(&right.rank).then_with(text).then_with(|| id(left).cmp(&id(right)))
        };
        // A short word is found a hundred thousand times: only those that are kept are put in order.
        if limit < self.hits.len() {
            self.hits.select_nth_unstable_by(limit, order);
            self.hits.truncate(limit);
        }
        self.hits.sort_unstable_by(order);
    }
}

/// The entries that hold every word which the name of the client does not, and one word at least.
fn matching<'s>(
    client: &'s ClientSearchText,
    words: &'s SearchWords,
) -> Box<dyn Iterator<Item = usize> + 's> {
    let own = words.beyond(client.folded_name());
    if own.is_empty() {
        // Few clients have all words in their names.
        let holds_one = move |entry: &usize| words.one_occurs_in(client.folded(*entry));
        Box::new((0..client.entries.len()).filter(holds_one))
    } else {
        Box::new(holding(client, own))
    }
}

/// The entries that hold each of `words`: one scan for the longest, then a look at each place.
fn holding<'s>(client: &'s ClientSearchText, words: Vec<&'s str>) -> impl Iterator<Item = usize> + 's {
    let (mut from, mut next_entry) = (0, 0);
    // The one that occurs most rarely, as far as length can tell.
    let longest = words.iter().copied().max_by_key(|word| word.len()).unwrap_or_default();
    std::iter::from_fn(move || {
        loop {
            let place = from + client.text.get(from..)?.find(longest)?;
            let ahead = &client.entries[next_entry..];
            let entry = next_entry + ahead.partition_point(|entry| (entry.end as usize) <= place);
            from = client.entries.get(entry)?.end as usize;
            next_entry = entry + 1;
            if words.iter().all(|word| client.folded(entry).contains(word)) {
                return Some(entry);
            }
        }
    })
}

fn rank(folded: &str, words: &SearchWords) -> u8 {
    // What its own words find stands before what is found with its client's.
    let with_client = if words.occur_in(folded) { 0 } else { 3 };
    let first = words.iter().find(|word| folded.contains(word)).unwrap_or_default();
    let place = if folded.starts_with(first) {
        0
    } else if folded
        .match_indices(first)
        .any(|(place, _)| folded[..place].chars().next_back().is_none_or(|before| !before.is_alphanumeric()))
    {
        1
    } else {
        2
    };
    with_client + place
}
