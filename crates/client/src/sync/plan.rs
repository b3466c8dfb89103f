//! What a sync reads, decided before it is read: plain data and pure functions.

use std::collections::{BTreeMap, BTreeSet};

use portico_estate::{ProviderRights, is_billable, own_organizations};
use portico_protocol::account::ProfileResponse;
use portico_protocol::provider::{
    ProfileProvider, ProviderOrganizationDetails, ProviderResponse, ProviderUserType,
};
use uuid::Uuid;

use super::reads::Reads;

/// Whom the person works for, as their profile says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Memberships {
    pub providers: Vec<ProviderMembership>,
    /// What the profile tells of each provider, where its own answer is not to be had.
    pub told: BTreeMap<Uuid, ProviderResponse>,
    /// Client organizations with the provider that each belongs to.
    pub clients: BTreeMap<Uuid, ClientMembership>,
    /// Organizations that the person administers as a member, and not through a provider.
    pub own: BTreeMap<Uuid, OwnMembership>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProviderMembership {
    pub id: Uuid,
    /// Only provider admins may read the team (protocol.md §5.6).
    pub reads_team: bool,
    /// As the team; and where the provider keeps a log.
    pub reads_events: bool,
    /// Where the provider has a bill.
    pub reads_bill: bool,
    /// As the team.
    pub reads_invoices: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientMembership {
    pub provider: Option<Uuid>,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnMembership {
    pub name: String,
    pub reads: Reads,
}

/// One organization to read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    pub id: Uuid,
    pub name: String,
    pub reads: Reads,
}

impl Memberships {
    pub(crate) fn of(profile: &ProfileResponse) -> Self {
        let providers = profile
            .providers
            .iter()
            .map(|provider| {
                let is_admin = provider.role == ProviderUserType::PROVIDER_ADMIN;
                ProviderMembership {
                    id: provider.id,
                    reads_team: is_admin,
                    reads_events: is_admin && provider.use_events && provider.enabled,
                    reads_bill: is_billable(provider),
                    reads_invoices: ProviderRights::of(provider).may_read_billing.is_ok(),
                }
            })
            .collect();
        let clients = profile
            .provider_organizations
            .iter()
            .map(|client| {
                (client.id, ClientMembership { provider: client.provider_id, name: client.name.clone() })
            })
            .collect();
        let told = profile.providers.iter().map(|provider| (provider.id, told(provider))).collect();
        Self { providers, told, clients, own: own(profile) }
    }

    pub(crate) fn provider(&self, id: Uuid) -> Option<ProviderMembership> {
        self.providers.iter().find(|provider| provider.id == id).copied()
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

    /// The provider's clients as the profile names them: without their links to the provider, plans and seats.
    pub(crate) fn told_clients(&self, provider: Uuid) -> Vec<ProviderOrganizationDetails> {
        let row = |id: Uuid| ProviderOrganizationDetails {
            id: NO_LINK,
            organization_id: id,
            provider_id: Some(provider),
            organization_name: self.clients[&id].name.clone(),
            ..ProviderOrganizationDetails::default()
        };
        self.clients_of(provider).map(row).collect()
    }

    /// The organizations to read: what the providers list, and own ones that no provider lists. By name, each once.
    pub(crate) fn jobs(&self, lists: &BTreeMap<Uuid, Vec<ProviderOrganizationDetails>>) -> Vec<Job> {
        let listed = lists.values().flatten();
        by_name(
            self.own_jobs()
                .chain(listed.map(|client| Job::client(client.organization_id, &client.organization_name))),
        )
    }

    /// The `wanted` ones of the organizations that the profile names.
    pub(crate) fn known_jobs(&self, wanted: &[Uuid]) -> Vec<Job> {
        let clients = self.clients.iter().map(|(id, client)| Job::client(*id, &client.name));
        by_name(self.own_jobs().chain(clients).filter(|job| wanted.contains(&job.id)))
    }

    fn own_jobs(&self) -> impl Iterator<Item = Job> + '_ {
        self.own.iter().map(|(id, own)| Job { id: *id, name: own.name.clone(), reads: own.reads.clone() })
    }
}

impl Job {
    pub(crate) fn client(id: Uuid, name: &str) -> Self {
        Self { id, name: name.to_owned(), reads: Reads::CLIENT }
    }
}

fn told(provider: &ProfileProvider) -> ProviderResponse {
    ProviderResponse {
        object: "provider".to_owned(),
        id: provider.id,
        name: provider.name.clone(),
        kind: provider.provider_type,
        ..ProviderResponse::default()
    }
}

/// Of a client whose link to its provider was not read.
pub(crate) const NO_LINK: Uuid = Uuid::nil();

fn own(profile: &ProfileResponse) -> BTreeMap<Uuid, OwnMembership> {
    let memberships: BTreeMap<_, _> = profile.memberships().iter().map(|wire| (wire.id, wire)).collect();
    own_organizations(profile)
        .into_iter()
        .filter(|own| own.is_administered_as_member())
        .filter_map(|own| {
            let reads = Reads::of_member(&own, memberships.get(&own.id)?);
            Some((own.id, OwnMembership { name: own.name, reads }))
        })
        .collect()
}

/// Of two jobs for one organization the later one counts.
fn by_name(jobs: impl Iterator<Item = Job>) -> Vec<Job> {
    let by_id: BTreeMap<Uuid, Job> = jobs.map(|job| (job.id, job)).collect();
    let mut jobs: Vec<Job> = by_id.into_values().collect();
    jobs.sort_by_cached_key(|job| (job.name.to_lowercase(), job.id));
    jobs
}

/// Whether the vault has to be read: always on a full sync and on the first one, else when the account's revision
/// moved or is not told. Compared for equality, since it is the server's value and no clock of ours is involved.
pub(crate) fn vault_is_due(full: bool, kept: Option<&str>, server: Option<i64>) -> bool {
    full || server.is_none() || kept != server.map(|server| server.to_string()).as_deref()
}

#[cfg(test)]
mod tests {
    use portico_protocol::organization::{MemberStatus, MemberType, ProfileOrganization};
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
        let memberships = Memberships::of(&profile());
        let listed = memberships.jobs(&lists(&[(1, &[11, 10]), (2, &[20, 11])]));
        assert_eq!(named(listed), ["Client 10", "Client 11", "Client 20"]);
        assert_eq!(named(memberships.known_jobs(&[id(20), id(99), id(10)])), ["Known 10", "Known 20"]);
    }

    #[test]
    fn own_organizations_are_read_where_they_are_administered_and_no_client() {
        let member = |number: u128, role, status, enabled| ProfileOrganization {
            id: id(number),
            name: format!("Club {number}"),
            enabled,
            role,
            status,
            ..Default::default()
        };
        use MemberStatus as Status;
        let profile = ProfileResponse {
            organizations: vec![
                member(30, MemberType::OWNER, Status::CONFIRMED, true),
                member(31, MemberType::ADMIN, Status::CONFIRMED, true),
                member(32, MemberType::USER, Status::CONFIRMED, true),
                // A custom role with no right at all.
                member(33, MemberType::CUSTOM, Status::CONFIRMED, true),
                member(34, MemberType::OWNER, Status::ACCEPTED, true),
                member(35, MemberType::ADMIN, Status::CONFIRMED, false),
                // Read as a client, with the provider's eyes.
                member(10, MemberType::ADMIN, Status::CONFIRMED, true),
            ],
            ..profile()
        };
        let memberships = Memberships::of(&profile);
        assert_eq!(memberships.own.keys().copied().collect::<Vec<_>>(), [id(30), id(31)]);
        let reads = |jobs: Vec<Job>| {
            let one = |job: Job| (job.id.as_u128(), job.reads == Reads::CLIENT);
            jobs.into_iter().map(one).collect::<Vec<_>>()
        };
        // The provider lists 31 as a client: the profile is older.
        let listed = memberships.jobs(&lists(&[(1, &[10, 31])]));
        assert_eq!(reads(listed), [(10, true), (31, true), (30, false)], "by name");
        let known = memberships.known_jobs(&[id(31), id(32), id(10)]);
        assert_eq!(reads(known), [(31, false), (10, true)]);
    }

    #[test]
    fn the_vault_is_read_when_its_revision_moved() {
        assert!(vault_is_due(false, None, Some(5)));
        assert!(vault_is_due(false, Some("4"), Some(5)));
        assert!(vault_is_due(false, Some("6"), Some(5)), "a restored server may go back");
        assert!(!vault_is_due(false, Some("5"), Some(5)));
        assert!(vault_is_due(true, Some("5"), Some(5)));
        assert!(vault_is_due(false, Some("5"), None), "a server that does not tell");
    }
}
