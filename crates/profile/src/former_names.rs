//! Clients and people that are no more a provider's, by the ids that its log names them by (protocol.md §5.10). No list of
//! the server knows those ids once a client is unlinked or a person removed: what they were called is kept here, for as
//! long as there is a log.

use std::collections::HashSet;

use portico_estate::{EventNames, HitKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::errors::{ReadError, read_round};
use crate::event_log::EventStream;
use crate::intake::Intake;
use crate::kept;
use crate::kinds::FORMER_NAMES_CELL;
use crate::picture::Picture;
use crate::unlocked::Unlocked;

/// Who and what left since this machine knows the account, as it was last called; what left last comes last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerNames {
    /// Clients that were unlinked or deleted.
    pub clients: Vec<FormerClient>,
    /// People of the team, by user id and by membership; people of such clients that the log names, by membership.
    pub people: Vec<FormerPerson>,
    /// Groups and collections of such clients that the log names: id and name.
    pub things: Vec<(Uuid, String)>,
}

/// A client that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerClient {
    /// The id of its link to the provider, which no later link has.
    pub link: Uuid,
    /// The organization. Not known of one that left before this was kept.
    pub organization: Option<Uuid>,
    /// Its last name.
    pub name: String,
}

/// A person that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerPerson {
    /// One of the ids by which logs name the person.
    pub id: Uuid,
    /// The name, where there was one.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: String,
}

/// The last ones to leave of each kind. More than a provider loses while its log is kept, at some hundred bytes each.
const MOST: usize = 5000;

impl Unlocked {
    /// What is known of those that left.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn former_names(&self) -> Result<FormerNames, ReadError> {
        match self.opened.cache.cell(FORMER_NAMES_CELL)? {
            None => Ok(FormerNames::default()),
            Some(bytes) => decode(&bytes),
        }
    }
}

fn decode(bytes: &[u8]) -> Result<FormerNames, ReadError> {
    const WHAT: &str = "former names";
    if bytes.first() != Some(&LINKS_ONLY) {
        return kept::decode(VERSION, bytes, WHAT);
    }
    let clients: Vec<(Uuid, String)> = kept::decode(LINKS_ONLY, bytes, WHAT)?;
    let client = |(link, name)| FormerClient { link, organization: None, name };
    Ok(FormerNames { clients: clients.into_iter().map(client).collect(), ..Default::default() })
}

impl FormerNames {
    /// Hands them to what reads a log. What is in the picture of now has to come after: it is called what it is called now.
    pub(crate) fn name(self, names: &mut EventNames) {
        for FormerClient { link, organization, name } in self.clients {
            names.add_former_client(link, organization, name);
        }
        for FormerPerson { id, name, email } in self.people {
            names.add_person(id, name.as_deref(), &email);
        }
        self.things.into_iter().for_each(|(id, name)| names.add_thing(id, name));
    }

    fn is_empty(&self) -> bool {
        self.clients.is_empty() && self.people.is_empty() && self.things.is_empty()
    }

    fn append(&mut self, gone: Self) {
        append(&mut self.clients, gone.clients, |client| client.link);
        append(&mut self.people, gone.people, |person| person.id);
        append(&mut self.things, gone.things, |(id, _)| *id);
    }
}

/// Each once, by its id: as it was called when it left last.
fn append<T>(known: &mut Vec<T>, gone: Vec<T>, id: impl Fn(&T) -> Uuid) {
    let ids: HashSet<Uuid> = gone.iter().map(&id).collect();
    known.retain(|one| !ids.contains(&id(one)));
    known.extend(gone);
    known.drain(..known.len().saturating_sub(MOST));
}

impl Intake<'_> {
    /// Keeps who is in the picture from before this intake and in `now` no more. Nothing depends on these names but how
    /// old events read, so that a failure is noted and no more.
    pub(crate) fn keep_former_names(&self, now: &Picture) {
        let kept = self.gone(now).and_then(|gone| {
            if gone.is_empty() {
                return Ok(None);
            }
            let (mut former, _) = read_round(self.unlocked.former_names())?;
            former.append(gone);
            Ok(Some(former))
        });
        let written = match kept {
            Ok(None) => return,
            Ok(Some(former)) => kept::encode(VERSION, &former)
                .and_then(|bytes| self.unlocked.opened.cache.set_cell(FORMER_NAMES_CELL, &bytes))
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = written {
            tracing::warn!(%error, "what those were called that left is not kept");
        }
    }

    /// Of providers that are in both; whoever leaves a provider reads its log no more.
    fn gone(&self, now: &Picture) -> Result<FormerNames, ReadError> {
        let mut gone = FormerNames::default();
        for before in self.before.providers()? {
            let Some(now) = now.provider(before.provider.id)? else {
                continue;
            };
            let links: HashSet<Uuid> = now.rows.iter().map(|row| row.provider_organization_id).collect();
            let unlinked = before.rows.iter().filter(|row| !links.contains(&row.provider_organization_id));
            let left: Vec<_> = unlinked.clone().map(|row| row.organization_id).collect();
            gone.clients.extend(unlinked.map(|row| FormerClient {
                link: row.provider_organization_id,
                organization: Some(row.organization_id),
                name: row.name.clone(),
            }));
            // Whoever may not read the team any more has lost nobody of it.
            if let (Some(before), Some(now)) = (&before.team, &now.team) {
                let there: HashSet<Uuid> = now.iter().map(|member| member.id).collect();
                for member in before.iter().filter(|member| !there.contains(&member.id)) {
                    gone.people.extend(member.user_id.into_iter().chain([member.id]).map(|id| {
                        FormerPerson { id, name: member.name.clone(), email: member.email.clone() }
                    }));
                }
            }
            self.add_what_the_log_names(before.provider.id, &left, &mut gone)?;
        }
        Ok(gone)
    }

    /// Of a client's people, groups and collections those alone that were readable in the log: the others are no matter
    /// of the provider any more.
    fn add_what_the_log_names(
        &self,
        provider: Uuid,
        left: &[Uuid],
        gone: &mut FormerNames,
    ) -> Result<(), ReadError> {
        if left.is_empty() {
            return Ok(());
        }
        let mut named: HashSet<Uuid> = HashSet::new();
        for stream in std::iter::once(EventStream::Provider(provider))
            .chain(left.iter().map(|id| EventStream::Organization(*id)))
        {
            let (log, _) = read_round(self.unlocked.events(stream))?;
            for event in log.events {
                named.extend(
                    [event.organization_user_id, event.group_id, event.collection_id].into_iter().flatten(),
                );
            }
        }
        for organization in left {
            let (text, _) = read_round(self.before.search_text_of(*organization))?;
            for hit in text.iter().flat_map(|text| text.hits()).filter(|hit| named.contains(&hit.id)) {
                match hit.kind {
                    HitKind::Person => gone.people.push(FormerPerson {
                        id: hit.id,
                        name: Some(hit.name.to_owned()),
                        email: hit.detail.to_owned(),
                    }),
                    HitKind::Group | HitKind::Collection => gone.things.push((hit.id, hit.name.to_owned())),
                    HitKind::Client => {}
                }
            }
        }
        Ok(())
    }
}

/// Clients alone, without their organizations.
const LINKS_ONLY: u8 = 1;
const VERSION: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_earlier_form_are_read() {
        #[derive(Serialize)]
        struct Earlier {
            link: Uuid,
            name: String,
        }
        let (link, name) = (Uuid::from_u128(7), "Birch & Co".to_owned());
        let bytes = kept::encode(LINKS_ONLY, &vec![Earlier { link, name: name.clone() }]).unwrap();
        assert_eq!(decode(&bytes).unwrap().clients, [FormerClient { link, organization: None, name }]);
    }
}
