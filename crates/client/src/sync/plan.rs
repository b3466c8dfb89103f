//! What a sync reads, decided before it is read: plain data and pure functions.

use std::collections::{BTreeMap, BTreeSet};

use portico_protocol::account::ProfileResponse;
use portico_protocol::organization::{
    MemberStatus, MemberType, OrganizationResponse, PlanType, ProfileOrganization,
};
use portico_protocol::provider::{ProviderOrganizationDetails, ProviderUserType};
use uuid::Uuid;

/// Whom the person works for, as their profile says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Memberships {
    pub providers: Vec<ProviderMembership>,
    /// Client organizations with the provider that each belongs to.
    pub clients: BTreeMap<Uuid, ClientMembership>,
    /// Organizations that the person owns or administers as a member.
    pub administered: Vec<ProfileOrganization>,
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
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    pub id: Uuid,
    pub name: String,
    /// The organization as far as a mere admin sees it; `None` where the server tells it in full.
    pub known: Option<OrganizationResponse>,
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
        let administers = |organization: &&ProfileOrganization| {
            organization.enabled
                && organization.status == MemberStatus::CONFIRMED
                && [MemberType::OWNER, MemberType::ADMIN].contains(&organization.role)
        };
        let administered = profile.memberships().iter().filter(administers).cloned().collect();
        Self { providers, clients, administered }
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

    /// The organizations to read, by name, each once: the clients that the providers list, and those that the person
    /// administers as a member.
    pub(crate) fn jobs(&self, lists: &BTreeMap<Uuid, Vec<ProviderOrganizationDetails>>) -> Vec<Job> {
        let listed = lists.values().flatten();
        self.jobs_for(listed.map(|client| (client.organization_id, client.organization_name.clone())))
    }

    /// The `wanted` ones of the organizations that the profile names.
    pub(crate) fn known_jobs(&self, wanted: &[Uuid]) -> Vec<Job> {
        let mut jobs = self.jobs_for(self.clients.iter().map(|(id, client)| (*id, client.name.clone())));
        jobs.retain(|job| wanted.contains(&job.id));
        jobs
    }

    fn jobs_for(&self, clients: impl Iterator<Item = (Uuid, String)>) -> Vec<Job> {
        let mut jobs: BTreeMap<Uuid, Job> =
            clients.map(|(id, name)| (id, Job { id, name, known: None })).collect();
        for organization in &self.administered {
            // A provider's people read every client as owners do.
            jobs.entry(organization.id).or_insert_with(|| Job {
                id: organization.id,
                name: organization.name.clone(),
                known: (organization.role != MemberType::OWNER).then(|| as_seen_by_admin(organization)),
            });
        }
        let mut jobs: Vec<Job> = jobs.into_values().collect();
        jobs.sort_by_cached_key(|job| (job.name.to_lowercase(), job.id));
        jobs
    }
}

/// Whether the vault has to be read: always on a full sync and on the first one, else when the account's revision
/// moved. Compared for equality, since it is the server's value and no clock of ours is involved.
pub(crate) fn vault_is_due(full: bool, kept: Option<i64>, server: i64) -> bool {
    full || kept != Some(server)
}

/// `GET /organizations/{id}` is for owners and providers (protocol.md §4.7); an admin knows what the profile says.
fn as_seen_by_admin(member: &ProfileOrganization) -> OrganizationResponse {
    OrganizationResponse {
        id: member.id,
        object: "organization".to_owned(),
        name: member.name.clone(),
        // The profile names no plan; a number that no plan has is shown as unknown.
        plan_type: PlanType(-1),
        seats: member.seats,
        max_collections: member.max_collections,
        max_storage_gb: member.max_storage_gb,
        use_policies: member.use_policies,
        use_sso: member.use_sso,
        use_key_connector: member.use_key_connector,
        use_scim: member.use_scim,
        use_groups: member.use_groups,
        use_directory: member.use_directory,
        use_events: member.use_events,
        use_totp: member.use_totp,
        use2fa: member.use2fa,
        use_api: member.use_api,
        use_reset_password: member.use_reset_password,
        use_secrets_manager: member.use_secrets_manager,
        use_password_manager: member.use_password_manager,
        users_get_premium: member.users_get_premium,
        use_custom_permissions: member.use_custom_permissions,
        self_host: member.self_host,
        has_public_and_private_keys: member.has_public_and_private_keys,
        limit_collection_creation: member.limit_collection_creation,
        limit_collection_deletion: member.limit_collection_deletion,
        limit_item_deletion: member.limit_item_deletion,
        allow_admin_access_to_all_collection_items: member.allow_admin_access_to_all_collection_items,
        ..OrganizationResponse::default()
    }
}

#[cfg(test)]
mod tests {
    use portico_protocol::provider::{ProfileProvider, ProfileProviderOrganization};

    use super::*;

    const fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn profile() -> ProfileResponse {
        let member = |number, name: &str, role, enabled| ProfileOrganization {
            id: id(number),
            name: name.to_owned(),
            role,
            enabled,
            status: MemberStatus::CONFIRMED,
            use_groups: true,
            ..Default::default()
        };
        ProfileResponse {
            providers: vec![
                ProfileProvider { id: id(1), role: ProviderUserType::PROVIDER_ADMIN, ..Default::default() },
                ProfileProvider { id: id(2), role: ProviderUserType::SERVICE_USER, ..Default::default() },
            ],
            provider_organizations: [(10, 1), (11, 1), (20, 2)]
                .map(|(client, provider)| ProfileProviderOrganization {
                    id: id(client),
                    provider_id: Some(id(provider)),
                    ..Default::default()
                })
                .into(),
            organizations: vec![
                member(10, "Also a client", MemberType::ADMIN, true),
                member(30, "owned", MemberType::OWNER, true),
                member(31, "Administered", MemberType::ADMIN, true),
                member(32, "Used", MemberType::USER, true),
                member(33, "Disabled", MemberType::OWNER, false),
            ],
            ..Default::default()
        }
    }

    fn lists(clients: &[(u128, &[u128])]) -> BTreeMap<Uuid, Vec<ProviderOrganizationDetails>> {
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
        let cases: [(&[(u128, &[u128])], bool); 5] = [
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
    fn each_organization_is_read_once_and_by_name() {
        let jobs = Memberships::of(&profile()).jobs(&lists(&[(1, &[11, 10]), (2, &[20, 11])]));
        let named: Vec<_> = jobs.iter().map(|job| (job.name.as_str(), job.known.is_some())).collect();
        let expected = [
            ("Administered", true),
            ("Client 10", false),
            ("Client 11", false),
            ("Client 20", false),
            ("owned", false),
        ];
        assert_eq!(named, expected);
        assert!(jobs[0].known.as_ref().is_some_and(|known| known.use_groups && known.plan_type.0 == -1));
    }

    #[test]
    fn the_vault_is_read_when_its_revision_moved() {
        assert!(vault_is_due(false, None, 5));
        assert!(vault_is_due(false, Some(4), 5));
        assert!(vault_is_due(false, Some(6), 5), "a restored server may go back");
        assert!(!vault_is_due(false, Some(5), 5));
        assert!(vault_is_due(true, Some(5), 5));
    }
}
