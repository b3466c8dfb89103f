//! From the plan to the rows of the service: here texts are sealed and keys handed over.

use portico_crypto::SymmetricKey;
use portico_crypto::ceremony;
use portico_service::bulk::{
    BulkAccess, BulkAttachment, BulkCipher, BulkCollection, BulkGroup, BulkKdf, BulkMember, BulkOrganization,
    BulkOwner, BulkPolicy, BulkProviderOrganization, BulkUser,
};
use portico_service::{Permission, Permissions};
use portico_vault::{ItemKind, SealItemError, SealWith, kind_member, seal_item};
use serde_json::Value;
use uuid::Uuid;

use crate::items::{PlannedFile, PlannedItem, SealedAs};
use crate::keys::Keys;
use crate::plan::{
    Collection, CustomRights, Grant, Group, Level, MAYA, Member, Organization, Person, Plan, PlanKind, Role,
    Status,
};
use crate::seeded::pick;
use crate::spoil;

/// All rows of one organization.
pub(crate) struct OrganizationRows {
    pub(crate) organization: BulkOrganization,
    /// Only of client organizations.
    pub(crate) link: Option<BulkProviderOrganization>,
    pub(crate) members: Vec<BulkMember>,
    pub(crate) groups: Vec<BulkGroup>,
    pub(crate) collections: Vec<BulkCollection>,
    pub(crate) policies: Vec<BulkPolicy>,
    pub(crate) ciphers: Vec<BulkCipher>,
    pub(crate) files: Vec<BulkAttachment>,
}

/// The account of a person. `None` as password: nobody signs in.
pub(crate) fn user(plan: &Plan, keys: &Keys, person: &Person) -> BulkUser {
    const COLORS: [&str; 6] = ["#0b6b64", "#8b2c7c", "#cb5a10", "#3b5bb5", "#2f6a20", "#a3241b"];
    let mut dice = plan.seeded.dice(&format!("user/{}", person.id));
    let account = keys.account(person.id);
    let parameters = keys.kdf.parameters();
    BulkUser {
        id: person.id,
        email: person.email.clone(),
        name: Some(person.name.clone()),
        kdf: BulkKdf {
            kind: parameters.kdf_type.0,
            iterations: i64::from(parameters.iterations),
            memory: parameters.memory.map(i64::from),
            parallelism: parameters.parallelism.map(i64::from),
        },
        salt: None,
        password_hash: account.map(|account| account.authorization_hash.to_base64()),
        key: Some(account.map_or(&keys.stock.wrapped_user_key, |account| &account.wrapped_user_key).clone()),
        public_key: Some(account.map_or(&keys.stock.public_key, |account| &account.public_key).clone()),
        private_key: Some(
            account.map_or(&keys.stock.wrapped_private_key, |account| &account.wrapped_private_key).clone(),
        ),
        totp_secret: person.two_step.then(|| {
            let known = person.login.and_then(|login| login.authenticator);
            known.map_or_else(|| authenticator(&mut dice), str::to_owned).into()
        }),
        // Whoever tries the demo reads no mails: a second client of the same person just signs in.
        verify_devices: false,
        // Neither may follow from the seed: with them one could sign in as somebody.
        security_stamp: Uuid::new_v4().to_string(),
        api_key: Uuid::new_v4().simple().to_string()[..30].to_owned().into(),
        premium: person.login.is_some(),
        avatar_color: (dice.u32(..3) == 0).then(|| (*pick(&mut dice, &COLORS)).to_owned()),
        created: person.created,
    }
}

/// An authenticator of somebody who never signs in: all that is ever seen of it is that it is there.
fn authenticator(dice: &mut fastrand::Rng) -> String {
    (0..32).map(|_| char::from(*pick(dice, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))).collect()
}

/// A client organization, made by the provider.
pub(crate) fn client(
    plan: &Plan,
    keys: &Keys,
    client: &Organization,
) -> Result<OrganizationRows, SealItemError> {
    let first = client.collections.first().map_or("", |collection| &collection.name);
    let made = ceremony::make_client_organization_with(&keys.provider_key, first, &keys.organization_pair);
    let link = BulkProviderOrganization {
        id: Plan::link_id(&plan.seeded, client),
        provider_id: plan.provider_id,
        organization_id: client.id,
        key: Some(made.wrapped_key.clone()),
        created: client.created,
        revised: client.created,
    };
    organization(plan, keys, client, made, Some(link))
}

/// The provider's own organization, made by one of its people.
pub(crate) fn own_organization(plan: &Plan, keys: &Keys) -> Result<OrganizationRows, SealItemError> {
    let first = plan.own.collections.first().map_or("", |collection| &collection.name);
    let founder = keys.public_key(plan.id_of(MAYA));
    let made = ceremony::make_organization_with(founder, first, &keys.organization_pair);
    organization(plan, keys, &plan.own, made, None)
}

fn organization(
    plan: &Plan,
    keys: &Keys,
    organization: &Organization,
    made: ceremony::NewOrganization,
    link: Option<BulkProviderOrganization>,
) -> Result<OrganizationRows, SealItemError> {
    let mut wrapper = keys.wrapper(&made.key);
    let mut recovery = Recovery { keys, for_stock: None };
    let members = organization
        .members
        .iter()
        .map(|row| member(organization, row, &mut wrapper, &mut recovery))
        .collect();
    let collections = organization
        .collections
        .iter()
        .enumerate()
        .map(|(c, row)| {
            let name = if c == 0 { made.collection_name.clone() } else { made.key.seal_text(&row.name) };
            collection(organization, c, row, name)
        })
        .collect();
    let items = crate::items::of_organization(plan, organization);
    let ciphers = items
        .iter()
        .map(|item| {
            let collections = item.collections.iter().map(|&c| organization.collections[c].id).collect();
            cipher(item, BulkOwner::Organization { id: organization.id, collections }, &made.key)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let files =
        items.iter().zip(&ciphers).flat_map(|(item, cipher)| files(item, cipher, &made.key)).collect();
    let managed = link.is_some();
    Ok(OrganizationRows {
        organization: BulkOrganization {
            id: organization.id,
            name: organization.name.clone(),
            business_name: Some(organization.name.clone()),
            billing_email: if managed {
                format!("billing@{}", crate::plan::PROVIDER_DOMAIN)
            } else {
                format!("billing@{}", organization.domain)
            },
            // Teams (Monthly) and Enterprise (Monthly): the two that a provider of this type may manage (§5.7).
            plan_type: match organization.plan {
                PlanKind::Teams => 17,
                PlanKind::Enterprise => 19,
            },
            status: if managed { 2 } else { 1 },
            enabled: true,
            seats: i32::try_from(organization.seats).ok(),
            max_storage_gb: Some(1),
            use_secrets_manager: false,
            limit_collection_creation: !organization.admins_manage_everything,
            limit_collection_deletion: true,
            limit_item_deletion: false,
            allow_admin_access_to_all_collection_items: organization.admins_manage_everything,
            public_key: Some(made.public_key),
            private_key: Some(made.wrapped_private_key),
            created: organization.created,
        },
        link,
        members,
        groups: organization.groups.iter().map(|row| group(organization, row)).collect(),
        collections,
        policies: policies(plan, organization),
        ciphers,
        files,
    })
}

/// User keys on their way to organizations, for account recovery.
struct Recovery<'a> {
    keys: &'a Keys,
    for_stock: Option<String>,
}

impl Recovery<'_> {
    fn of(&mut self, person: Uuid) -> String {
        let wrap = || {
            let organization = self.keys.organization_pair.public_key();
            ceremony::wrap_for_member(self.keys.user_key(person), organization)
        };
        match self.keys.account(person) {
            Some(_) => wrap(),
            None => self.for_stock.get_or_insert_with(wrap).clone(),
        }
    }
}

fn member(
    organization: &Organization,
    row: &Member,
    wrapper: &mut crate::keys::Wrapper<'_>,
    recovery: &mut Recovery<'_>,
) -> BulkMember {
    let has_key = matches!(row.status, Status::Confirmed | Status::Revoked);
    BulkMember {
        id: row.id,
        organization_id: organization.id,
        user_id: row.person,
        email: row.person.is_none().then(|| row.email.clone()),
        key: row.person.filter(|_| has_key).map(|person| wrapper.for_person(person)),
        status: match row.status {
            Status::Revoked => -1,
            Status::Invited => 0,
            Status::Accepted => 1,
            Status::Confirmed => 2,
            Status::Staged => 3,
        },
        role: match row.role {
            Role::Owner => 0,
            Role::Admin => 1,
            Role::User => 2,
            Role::Custom => 4,
        },
        permissions: permissions(row.rights),
        external_id: (row.status == Status::Staged).then(|| format!("directory-{}", row.id.simple())),
        reset_password_key: row.person.filter(|_| row.recovery).map(|person| recovery.of(person)),
        access_secrets_manager: false,
        revocation_reason: (row.status == Status::Revoked).then_some(1),
        created: row.since,
        revised: row.revised,
    }
}

fn permissions(rights: CustomRights) -> Permissions {
    let all = [
        (rights.event_logs, Permission::AccessEventLogs),
        (rights.reports, Permission::AccessReports),
        (rights.manage_users, Permission::ManageUsers),
        (rights.manage_groups, Permission::ManageGroups),
        (rights.edit_any_collection, Permission::EditAnyCollection),
    ];
    let granted: Vec<Permission> =
        all.into_iter().filter_map(|(granted, right)| granted.then_some(right)).collect();
    Permissions::of(&granted)
}

fn group(organization: &Organization, row: &Group) -> BulkGroup {
    BulkGroup {
        id: row.id,
        organization_id: organization.id,
        name: row.name.clone(),
        external_id: None,
        members: row.members.iter().map(|&m| organization.members[m].id).collect(),
        created: row.created,
    }
}

fn collection(organization: &Organization, c: usize, row: &Collection, name: String) -> BulkCollection {
    let access =
        |id: Uuid, grants: &[Grant]| grants.iter().find(|grant| grant.collection == c).map(|g| access(id, g));
    BulkCollection {
        id: row.id,
        organization_id: organization.id,
        name,
        external_id: None,
        kind: 0,
        default_user_email: None,
        members: organization.members.iter().filter_map(|member| access(member.id, &member.grants)).collect(),
        groups: organization.groups.iter().filter_map(|group| access(group.id, &group.grants)).collect(),
        created: row.created,
    }
}

fn access(id: Uuid, grant: &Grant) -> BulkAccess {
    BulkAccess {
        id,
        read_only: matches!(grant.level, Level::View | Level::ViewHidden),
        hide_passwords: matches!(grant.level, Level::ViewHidden | Level::EditHidden),
        manage: grant.level == Level::Manage,
    }
}

fn policies(plan: &Plan, organization: &Organization) -> Vec<BulkPolicy> {
    let row = |policy: &crate::plan::Policy| BulkPolicy {
        id: plan.seeded.id(&format!("policy/{}/{}", organization.id, policy.kind)),
        organization_id: organization.id,
        kind: policy.kind,
        enabled: policy.enabled,
        data: policy.data.clone(),
        revised: policy.revised,
    };
    organization.policies.iter().map(row).collect()
}

/// An item, sealed for its owner in the way the plan says.
pub(crate) fn cipher(
    planned: &PlannedItem,
    owner: BulkOwner,
    key: &SymmetricKey,
) -> Result<BulkCipher, SealItemError> {
    let nobodys;
    let (key, with) = match planned.sealed {
        SealedAs::ItemKey => (key, SealWith::ItemKey),
        SealedAs::OwnerKey | SealedAs::BadMac | SealedAs::NewerFormat => (key, SealWith::OwnerKey),
        SealedAs::WrongKey => {
            nobodys = SymmetricKey::generate();
            (&nobodys, SealWith::OwnerKey)
        }
    };
    let mut request = seal_item(&planned.item, key, with)?;
    let mut content = kind_member(request.kind).and_then(|member| request.payload.remove(member));
    if let Some(login) = content.as_mut().filter(|_| request.kind == ItemKind::LOGIN) {
        // As a server keeps it: the older form of the first address, and every member there.
        login["uri"] = login["uris"][0]["uri"].clone();
        login["autofillOnPageLoad"] = Value::Null;
    }
    let some = |values: Vec<Value>| (!values.is_empty()).then_some(Value::Array(values));
    let mut cipher = BulkCipher {
        id: planned.id,
        owner,
        kind: request.kind.0,
        name: request.name,
        notes: request.notes,
        content: content.unwrap_or_default(),
        fields: some(request.fields),
        password_history: some(request.password_history),
        key: request.key,
        reprompt: request.reprompt.0,
        created: planned.created,
        revised: planned.revised,
        deleted: planned.deleted,
    };
    match planned.sealed {
        SealedAs::BadMac => spoil::break_macs(&mut cipher),
        SealedAs::NewerFormat => spoil::make_newer(&mut cipher),
        SealedAs::ItemKey | SealedAs::OwnerKey | SealedAs::WrongKey => {}
    }
    Ok(cipher)
}

/// The files of an item that was sealed as `cipher`, for its owner with `owner`.
pub(crate) fn files(planned: &PlannedItem, cipher: &BulkCipher, owner: &SymmetricKey) -> Vec<BulkAttachment> {
    if planned.files.is_empty() {
        return Vec::new();
    }
    let own = cipher.key.as_deref().and_then(|sealed| owner.open_key(sealed).ok());
    let above = own.as_ref().unwrap_or(owner);
    let sealed = |file: &PlannedFile| {
        let key = (!file.legacy).then(SymmetricKey::generate);
        BulkAttachment {
            id: file.id,
            cipher_id: planned.id,
            file_name: above.seal_text(file.name),
            content: key.as_ref().unwrap_or(owner).seal_binary(file.content.as_bytes()),
            key: key.map(|key| above.seal_key(&key)),
            created: planned.revised,
        }
    };
    planned.files.iter().map(sealed).collect()
}
