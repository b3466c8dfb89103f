use serde::Serialize;
use uuid::Uuid;

use crate::items::PersonalVault;
use crate::plan::{LoginRole, Organization, PROVIDER_NAME, Plan, Status};

/// Who can sign in to a demo provider, and how large it came out. Serializes to what `porticoctl demo seed` prints.
#[derive(Clone, Debug, Serialize)]
pub struct DemoAccounts {
    /// The provider admin first, then the service users, then the end users.
    pub accounts: Vec<DemoAccount>,
    /// The provider.
    pub provider: DemoProvider,
    /// Client organizations.
    pub clients: usize,
    /// Member rows in all client organizations, in whatever state.
    pub members: usize,
    /// Items on the whole server.
    pub items: usize,
}

/// Somebody whose password is known. That it prints and serializes is its purpose: nothing real is behind it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoAccount {
    /// What to sign in with.
    pub email: &'static str,
    /// The master password.
    pub password: &'static str,
    /// The person.
    pub name: String,
    /// "provider admin", "service user" or "end user".
    pub roles: Vec<&'static str>,
    /// Items that this person's sync brings, trash and archive included.
    pub items: usize,
    /// Base32 seed of the authenticator app, where a code is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator_secret: Option<&'static str>,
}

/// The provider of a demo.
#[derive(Clone, Debug, Serialize)]
pub struct DemoProvider {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: &'static str,
}

impl DemoAccounts {
    /// The first account with this role.
    pub fn with_role(&self, role: &str) -> Option<&DemoAccount> {
        self.accounts.iter().find(|account| account.roles.contains(&role))
    }
}

/// The accounts of a plan; `in_organizations` tells the collections of each item by organization.
pub(crate) fn accounts(
    plan: &Plan,
    vaults: &[PersonalVault],
    in_organizations: &[(Uuid, Vec<Vec<Uuid>>)],
) -> DemoAccounts {
    let shared: usize = in_organizations.iter().map(|(_, items)| items.len()).sum();
    let own: usize = vaults.iter().map(|vault| vault.items.len()).sum();
    let mut accounts: Vec<(LoginRole, DemoAccount)> = plan
        .people
        .iter()
        .filter_map(|person| {
            let login = person.login?;
            let personal =
                vaults.iter().find(|vault| vault.email == login.email).map_or(0, |v| v.items.len());
            let reached: usize = in_organizations
                .iter()
                .filter_map(|(id, items)| Some((plan.organizations().find(|o| o.id == *id)?, items)))
                .map(|(organization, items)| {
                    let reached = reached_by(organization, person.id);
                    items.iter().filter(|of_item| of_item.iter().any(|c| reached.contains(c))).count()
                })
                .sum();
            let account = DemoAccount {
                email: login.email,
                password: login.password,
                name: person.name.clone(),
                roles: vec![match login.role {
                    LoginRole::ProviderAdmin => "provider admin",
                    LoginRole::ServiceUser => "service user",
                    LoginRole::EndUser => "end user",
                }],
                items: personal + reached,
                authenticator_secret: login.authenticator,
            };
            Some((login.role, account))
        })
        .collect();
    // Those who need a code come last among their like: whoever takes the first of a role can simply sign in.
    accounts.sort_by_key(|(role, account)| (*role as u8, account.authenticator_secret.is_some()));
    DemoAccounts {
        accounts: accounts.into_iter().map(|(_, account)| account).collect(),
        provider: DemoProvider { id: plan.provider_id, name: PROVIDER_NAME },
        clients: plan.clients.len(),
        members: plan.member_count(),
        items: own + shared,
    }
}

/// Collections of an organization that a person reaches, directly or through groups.
fn reached_by(organization: &Organization, person: Uuid) -> Vec<Uuid> {
    let mut reached = Vec::new();
    let rows = organization.members.iter().enumerate();
    for (m, member) in rows.filter(|(_, row)| row.person == Some(person) && row.status == Status::Confirmed) {
        let through = organization.groups.iter().filter(|group| group.members.contains(&m));
        for grant in through.flat_map(|group| &group.grants).chain(&member.grants) {
            reached.push(organization.collections[grant.collection].id);
        }
    }
    reached
}
