//! What the ids in events stand for, as far as the picture at hand tells: an event carries ids alone.

use std::collections::HashMap;

use portico_protocol::account::ProfileResponse;
use portico_protocol::events::EventResponse;
use portico_protocol::provider::ProviderUserDetails;
use uuid::Uuid;

use crate::client_list::ClientRow;
use crate::people::not_blank;
use crate::search::{ClientSearchText, HitKind};

/// A person behind an id, or the provider for which an unknown one acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPerson {
    /// The name; of somebody without one, the e-mail address.
    pub name: String,
    /// The e-mail address; a provider has none here.
    pub email: Option<String>,
}

/// Names for ids. Ids of different kinds never meet: all are random.
#[derive(Debug, Clone, Default)]
pub struct EventNames {
    people: HashMap<Uuid, NamedPerson>,
    things: HashMap<Uuid, String>,
    /// Organizations by the id of their link to a provider.
    links: HashMap<Uuid, Uuid>,
    /// Names of clients that left, by the id of the link that they had.
    former: HashMap<Uuid, String>,
    /// Providers whose people are called by the provider's name where their own is not known.
    providers: HashMap<Uuid, NamedPerson>,
}

impl EventNames {
    /// The person whose account this is, by user id.
    pub fn add_own(&mut self, profile: &ProfileResponse) {
        self.add_person(profile.id, profile.name.as_deref(), &profile.email);
    }

    /// A provider's team, by user id and by membership.
    pub fn add_team(&mut self, team: &[ProviderUserDetails]) {
        for member in team {
            let ids = member.user_id.into_iter().chain([member.id]);
            ids.for_each(|id| self.add_person(id, member.name.as_deref(), &member.email));
        }
    }

    /// A provider's clients, and their links to it.
    pub fn add_clients(&mut self, rows: &[ClientRow]) {
        for row in rows {
            self.things.insert(row.organization_id, row.name.clone());
            self.links.insert(row.provider_organization_id, row.organization_id);
        }
    }

    /// A client that is no more the provider's, by the link that it had; with its organization where that is known.
    pub fn add_former_client(&mut self, link: Uuid, organization: Option<Uuid>, name: String) {
        if let Some(organization) = organization {
            self.links.insert(link, organization);
            self.things.insert(organization, name.clone());
        }
        self.former.insert(link, name);
    }

    /// An organization, a group or a collection.
    pub fn add_thing(&mut self, id: Uuid, name: String) {
        self.things.insert(id, name);
    }

    /// Members, groups and collections of organizations.
    pub fn add_structure(&mut self, clients: &[ClientSearchText]) {
        for hit in clients.iter().flat_map(ClientSearchText::hits) {
            match hit.kind {
                HitKind::Person => self.add_person(hit.id, Some(hit.name), hit.detail),
                HitKind::Group | HitKind::Collection | HitKind::Client => {
                    self.things.insert(hit.id, hit.name.to_owned());
                }
            }
        }
    }

    /// A person, by user id or by membership.
    pub fn add_person(&mut self, id: Uuid, name: Option<&str>, email: &str) {
        let name = not_blank(name).unwrap_or(email).to_owned();
        self.people.insert(id, NamedPerson { name, email: Some(email.to_owned()) });
    }

    /// A provider that stands for its people, as in the log of an organization that it manages: who does not see its team
    /// knows them by nothing else. In the provider's own log it would say nothing.
    pub fn add_provider(&mut self, id: Uuid, name: &str) {
        if let Some(name) = not_blank(Some(name)) {
            self.providers.insert(id, NamedPerson { name: name.to_owned(), email: None });
        }
    }

    /// Who did it: the person, else the provider in whose name it was done.
    pub fn actor(&self, event: &EventResponse) -> Option<&NamedPerson> {
        let person = event.acting_user_id?;
        self.person(person).or_else(|| self.providers.get(&event.provider_id?))
    }

    /// A person by user id, or by membership in a provider or an organization.
    pub fn person(&self, id: Uuid) -> Option<&NamedPerson> {
        self.people.get(&id)
    }

    /// The name of an organization, a group or a collection.
    pub fn thing(&self, id: Uuid) -> Option<&str> {
        self.things.get(&id).map(String::as_str)
    }

    /// The organization in which an event happened or that it was done to: events of the provider's own name the link to
    /// it alone, by which one that left can be told only where its organization was kept.
    pub fn client(&self, event: &EventResponse) -> Option<Uuid> {
        event.organization_id.or_else(|| self.links.get(&event.provider_organization_id?).copied())
    }

    /// The name of that organization; of one that left, its last one.
    pub fn client_name(&self, event: &EventResponse) -> Option<&str> {
        let former = || self.former.get(&event.provider_organization_id?).map(String::as_str);
        self.client(event).and_then(|id| self.thing(id)).or_else(former)
    }
}
