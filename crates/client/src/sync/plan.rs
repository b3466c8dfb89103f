//! What a sync reads, decided before it is read: plain data and pure functions.

use std::collections::{BTreeMap, BTreeSet};

use portico_protocol::account::ProfileResponse;
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderUserType};
use uuid::Uuid;

/// Whom the person works for, as their profile says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Memberships {
    pub providers: Vec<ProviderMembership>,
    /// Client organizations with the provider that each belongs to.
    pub clients: BTreeMap<Uuid, ClientMembership>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProviderMembership {
    pub id: Uuid,
    /// Only provider admins may read the team (protocol.md §5.6).
    pub reads_team: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientMembership {
    pub provider: Option<Uuid>,
    pub name: String,
}

/// One organization to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub id: Uuid,
    pub name: String,
}

impl Memberships {
    pub(crate) fn of(profile: &ProfileResponse) -> Self {
        let providers = profile
            .providers
            .iter()
            .map(|provider| ProviderMembership {
                id: provider.id,
                reads_team: provider.role == ProviderUserType::PROVIDER_ADMIN,
            })
            .collect();
        let clients = profile
            .provider_organizations
            .iter()
            .map(|client| {
                (client.id, ClientMembership { provider: client.provider_id, name: client.name.clone() })
            })
            .collect();
        Self { providers, clients }
    }

    /// Whether the provider's own list names other clients than the profile. Client changes do not move the
    /// account's revision (protocol.md §5.12), and a new client's key comes with the profile only.
    pub(crate) fn differ_from(&self, lists: &BTreeMap<Uuid, Vec<ProviderOrganizationDetails>>) -> bool {
        lists.iter().any(|(provider, list)| {
            let listed: BTreeSet<Uuid> = list.iter().map(|client| client.organization_id).collect();
            listed != self.clients_of(*provider).collect()
        })
    }

    pub(crate) fn clients_of(&self, provider: Uuid) -> impl Iterator<Item = Uuid> + '_ {
        self.clients.iter().filter(move |(_, client)| client.provider == Some(provider)).map(|(id, _)| *id)
    }

    /// The `wanted` ones of the clients that the profile names.
    pub(crate) fn known_jobs(&self, wanted: &[Uuid]) -> Vec<Job> {
        let known = self.clients.iter().map(|(id, client)| (*id, client.name.clone()));
        by_name(known.filter(|(id, _)| wanted.contains(id)))
    }
}

/// The clients that the providers list, by name, each once.
pub(crate) fn jobs(lists: &BTreeMap<Uuid, Vec<ProviderOrganizationDetails>>) -> Vec<Job> {
    let listed = lists.values().flatten();
    by_name(listed.map(|client| (client.organization_id, client.organization_name.clone())))
}

fn by_name(clients: impl Iterator<Item = (Uuid, String)>) -> Vec<Job> {
    let by_id: BTreeMap<Uuid, String> = clients.collect();
    let mut jobs: Vec<Job> = by_id.into_iter().map(|(id, name)| Job { id, name }).collect();
    jobs.sort_by_cached_key(|job| (job.name.to_lowercase(), job.id));
    jobs
}

/// Whether the vault has to be read: always on a full sync and on the first one, else when the account's revision
/// moved. Compared for equality, since it is the server's value and no clock of ours is involved.
pub(crate) fn vault_is_due(full: bool, kept: Option<&str>, server: i64) -> bool {
    full || kept != Some(server.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use portico_protocol::provider::{ProfileProvider, ProfileProviderOrganization};

    use super::*;

    const fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn profile() -> ProfileResponse {
        ProfileResponse {
            providers: vec![
                ProfileProvider { id: id(1), role: ProviderUserType::PROVIDER_ADMIN, ..Default::default() },
                ProfileProvider { id: id(2), role: ProviderUserType::SERVICE_USER, ..Default::default() },
            ],
            provider_organizations: [(10, 1), (11, 1), (20, 2)]
                .map(|(client, provider)| ProfileProviderOrganization {
                    id: id(client),
                    name: format!("Known {client}"),
                    provider_id: Some(id(provider)),
                    ..Default::default()
                })
                .into(),
            ..Default::default()
        }
    }

    /// Providers with the clients that each lists.
    type Listed = &'static [(u128, &'static [u128])];

    fn lists(clients: Listed) -> BTreeMap<Uuid, Vec<ProviderOrganizationDetails>> {
        let detail = |number: &u128| ProviderOrganizationDetails {
            organization_id: id(*number),
            organization_name: format!("Client {number}"),
            ..Default::default()
        };
        clients.iter().map(|(provider, list)| (id(*provider), list.iter().map(detail).collect())).collect()
    }

    #[test]
    fn only_provider_admins_read_the_team() {
        let reads: Vec<_> = Memberships::of(&profile()).providers.iter().map(|it| it.reads_team).collect();
        assert_eq!(reads, [true, false]);
    }

    #[test]
    fn a_client_list_that_moved_is_noticed() {
        let memberships = Memberships::of(&profile());
        let cases: [(Listed, bool); 5] = [
            (&[(1, &[11, 10]), (2, &[20])], false),
            (&[(1, &[10, 11, 12]), (2, &[20])], true),
            (&[(1, &[10]), (2, &[20])], true),
            (&[(1, &[10, 11]), (2, &[])], true),
            // A provider that could not be read says nothing about its clients.
            (&[(1, &[10, 11])], false),
        ];
        for (listed, expected) in cases {
            assert_eq!(memberships.differ_from(&lists(listed)), expected, "{listed:?}");
        }
    }

    #[test]
    fn each_client_is_read_once_and_by_name() {
        let named = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.name).collect::<Vec<_>>();
        let listed = jobs(&lists(&[(1, &[11, 10]), (2, &[20, 11])]));
        assert_eq!(named(listed), ["Client 10", "Client 11", "Client 20"]);
        let memberships = Memberships::of(&profile());
        assert_eq!(named(memberships.known_jobs(&[id(20), id(99), id(10)])), ["Known 10", "Known 20"]);
    }

    #[test]
    fn the_vault_is_read_when_its_revision_moved() {
        assert!(vault_is_due(false, None, 5));
        assert!(vault_is_due(false, Some("4"), 5));
        assert!(vault_is_due(false, Some("6"), 5), "a restored server may go back");
        assert!(!vault_is_due(false, Some("5"), 5));
        assert!(vault_is_due(true, Some("5"), 5));
    }
}
