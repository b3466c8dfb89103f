//! The provider's client organizations: made, taken over, changed, let go (protocol.md §5.4, §5.7, §5.8).

use std::sync::atomic::{AtomicBool, Ordering};

use portico_crypto::ceremony::make_client_organization;
use portico_estate::{OwnOrganization, ProductTier, addable_clients, is_billable};
use portico_profile::Unlocked;
use portico_protocol::ListResponse;
use portico_protocol::identity::KeyPairRequest;
use portico_protocol::organization::PlanType;
use portico_protocol::provider::requests::{
    AddExistingOrganizationRequest, ClientCreateRequest, ClientUpdateRequest,
};
use portico_protocol::provider::{AddableOrganization, ProviderOrganizationDetails};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Acted, Acting, ActionError, Touched};
use crate::api_error::ApiError;
use crate::aside::aside;
use crate::http::{ApiClient, Change};
use crate::sync::NO_LINK;

/// The keys of one new client organization, made before it is asked for: who asks twice with the same draft makes one
/// client. No `Debug`, no `Clone`: it stands for keys.
pub struct ClientDraft {
    provider: Uuid,
    wrapped_key: String,
    key_pair: KeyPairRequest,
    collection_name: String,
    /// The client may be there: something was sent, and nothing was heard.
    sent: AtomicBool,
}

/// A new client, as a person describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClient {
    /// At most 50 characters.
    pub name: String,
    /// Is invited as the owner; independent of the provider.
    pub owner_email: String,
    /// One that the provider's type allows (protocol.md §5.7).
    pub plan: PlanType,
    /// At least one.
    pub seats: u32,
}

/// A client and its link to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedClient {
    /// The organization.
    pub organization: Uuid,
    /// Of the link (providerOrganizationId).
    pub link: Uuid,
    /// It was linked before this was asked.
    pub already: bool,
}

/// What a client is to be called, and how many seats it is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientChange {
    /// At most 50 characters.
    pub name: String,
    /// All of them, not the difference.
    pub assigned_seats: u32,
}

impl ClientDraft {
    /// Makes the organization's key and key pair, wraps the key with the provider's, and seals the name of the first
    /// collection. Takes about a tenth of a second.
    ///
    /// # Errors
    /// [`ActionError::Key`] without the provider's key.
    pub fn new(
        unlocked: &Unlocked,
        provider: Uuid,
        default_collection_name: &str,
    ) -> Result<Self, ActionError> {
        let provider_key = unlocked.picture().provider_key(provider)??;
        let made = aside(|| make_client_organization(&provider_key, default_collection_name));
        Ok(Self {
            provider,
            wrapped_key: made.wrapped_key,
            key_pair: KeyPairRequest {
                public_key: made.public_key,
                encrypted_private_key: made.wrapped_private_key,
            },
            collection_name: made.collection_name,
            sent: AtomicBool::new(false),
        })
    }

    /// Whose client it will be.
    pub fn provider(&self) -> Uuid {
        self.provider
    }
}

/// Makes a client organization, which the provider reaches from then on; its owner is invited by mail.
///
/// # Errors
/// See [`ActionError`].
pub async fn create_client(
    client: &ApiClient,
    unlocked: &Unlocked,
    draft: &ClientDraft,
    new: &NewClient,
    stop: &CancellationToken,
) -> Result<Acted<LinkedClient>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    let provider = draft.provider;
    acting.check_links(provider)?;
    let touched = Touched::provider(provider).and_profile().and_seats();
    let is_it = |row: &ProviderOrganizationDetails| row.key.as_deref() == Some(&draft.wrapped_key);
    if draft.sent.swap(true, Ordering::SeqCst)
        && let Some(row) = acting.linked(provider, is_it).await?
    {
        return Ok(acting.linked_now(&row, true, touched).await);
    }
    let body = ClientCreateRequest {
        name: Some(new.name.trim().to_owned()),
        owner_email: Some(new.owner_email.trim().to_owned()),
        plan_type: Some(new.plan),
        seats: Some(whole(new.seats)),
        key: Some(draft.wrapped_key.clone()),
        key_pair: Some(draft.key_pair.clone()),
        collection_name: Some(draft.collection_name.clone()),
    };
    let fate = acting.send(Change::Post, &format!("/providers/{provider}/clients"), Some(&body)).await;
    acting.settle(fate, &touched, || acting.is_linked(provider, is_it)).await?;
    acting.linked_by_now(provider, is_it, false, touched).await
}

/// The organizations that the person could make clients of the provider. With consolidated billing the server says
/// which; without, those that the person owns, that pay, and that no provider has (ui.md (b), "Legacy").
///
/// # Errors
/// See [`ActionError`].
pub async fn addable_organizations(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    stop: &CancellationToken,
) -> Result<Vec<AddableOrganization>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    acting.check_links(provider)?;
    if is_billable(&acting.membership(provider)?) {
        return acting.read(&format!("/providers/{provider}/clients/addable")).await;
    }
    let picture = unlocked.picture();
    let Some(profile) = picture.profile()? else { return Err(ActionError::NotRead) };
    let addable = |own: OwnOrganization| AddableOrganization {
        id: own.id,
        name: own.name,
        plan: if own.tier == ProductTier::ENTERPRISE { "Enterprise" } else { "Teams" }.to_owned(),
        seats: own.seats.unwrap_or_default(),
        ..AddableOrganization::default()
    };
    Ok(addable_clients(profile).into_iter().map(addable).collect())
}

/// Makes an organization that the person owns a client of the provider: its key is wrapped with the provider's, so that
/// the whole team reaches it.
///
/// # Errors
/// [`ActionError::Key`] without the organization's or the provider's key, else see [`ActionError`].
pub async fn add_existing_client(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    organization: Uuid,
    stop: &CancellationToken,
) -> Result<Acted<LinkedClient>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    acting.check_links(provider)?;
    let route = match is_billable(&acting.membership(provider)?) {
        true => "clients/existing",
        false => "organizations/add",
    };
    let key = {
        let picture = unlocked.picture();
        let provider_key = picture.provider_key(provider)??;
        let organization_key = picture.organization_key(organization)??;
        provider_key.seal_key(&organization_key)
    };
    let touched = Touched::provider(provider).and_profile().and_seats();
    let is_it = |row: &ProviderOrganizationDetails| row.organization_id == organization;
    let body = AddExistingOrganizationRequest {
        organization_id: Some(organization),
        key: Some(key),
        ..AddExistingOrganizationRequest::default()
    };
    let fate = acting.send(Change::Post, &format!("/providers/{provider}/{route}"), Some(&body)).await;
    let settled = acting.settle(fate, &touched, || acting.is_linked(provider, is_it)).await?;
    acting.linked_by_now(provider, is_it, settled.was_so(), touched).await
}

/// Gives a client another name, or another number of seats. `link`: providerOrganizationId.
///
/// # Errors
/// See [`ActionError`].
pub async fn update_client(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    link: Uuid,
    change: &ClientChange,
    stop: &CancellationToken,
) -> Result<Acted<()>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    is_known(link)?;
    let mut touched = Touched::provider(provider).and_profile().and_seats();
    if let Some(organization) = acting.organization_of(provider, link)? {
        touched = touched.and_client(organization);
    }
    let (name, seats) = (change.name.trim(), whole(change.assigned_seats));
    let body = ClientUpdateRequest {
        assigned_seats: Some(seats),
        name: Some(name.to_owned()),
        ..ClientUpdateRequest::default()
    };
    let is_so = |row: &ProviderOrganizationDetails| {
        row.id == link && row.organization_name == name && row.seats == Some(seats)
    };
    let fate = acting.send(Change::Put, &format!("/providers/{provider}/clients/{link}"), Some(&body)).await;
    acting.settle(fate, &touched, || acting.is_linked(provider, is_so)).await?;
    Ok(acting.acted((), touched).await)
}

/// Lets a client go: it goes on by itself, with its own owners. One that is not linked any more counts as let go.
///
/// # Errors
/// See [`ActionError`]: the server refuses an organization that would have no confirmed owner of its own.
pub async fn unlink_client(
    client: &ApiClient,
    unlocked: &Unlocked,
    provider: Uuid,
    link: Uuid,
    stop: &CancellationToken,
) -> Result<Acted<()>, ActionError> {
    let acting = Acting::new(client, unlocked, stop);
    acting.check_links(provider)?;
    is_known(link)?;
    let touched = Touched::provider(provider).and_profile().and_seats();
    let path = format!("/providers/{provider}/organizations/{link}");
    let fate = acting.send(Change::Delete, &path, None::<&()>).await;
    let is_gone = || async { Ok(!acting.is_linked(provider, |row| row.id == link).await?) };
    acting.settle(fate, &touched, is_gone).await?;
    Ok(acting.acted((), touched).await)
}

impl Acting<'_> {
    async fn rows(&self, provider: Uuid) -> Result<Vec<ProviderOrganizationDetails>, ApiError> {
        let path = format!("/providers/{provider}/organizations");
        Ok(self.look::<ListResponse<ProviderOrganizationDetails>>(&path).await?.data)
    }

    async fn is_linked(
        &self,
        provider: Uuid,
        is_it: impl Fn(&ProviderOrganizationDetails) -> bool,
    ) -> Result<bool, ApiError> {
        Ok(self.rows(provider).await?.iter().any(is_it))
    }

    async fn linked(
        &self,
        provider: Uuid,
        is_it: impl Fn(&ProviderOrganizationDetails) -> bool,
    ) -> Result<Option<ProviderOrganizationDetails>, ActionError> {
        Ok(self.told(self.rows(provider).await).await?.into_iter().find(is_it))
    }

    /// The client that was just linked, as the server has it.
    async fn linked_by_now(
        &self,
        provider: Uuid,
        is_it: impl Fn(&ProviderOrganizationDetails) -> bool,
        already: bool,
        touched: Touched,
    ) -> Result<Acted<LinkedClient>, ActionError> {
        match self.linked(provider, is_it).await {
            Ok(Some(row)) => Ok(self.linked_now(&row, already, touched).await),
            Ok(None) => Err(ActionError::from(self.nonsense()).uncertain(touched)),
            Err(error) => Err(error.uncertain(touched)),
        }
    }

    async fn linked_now(
        &self,
        row: &ProviderOrganizationDetails,
        already: bool,
        touched: Touched,
    ) -> Acted<LinkedClient> {
        let client = LinkedClient { organization: row.organization_id, link: row.id, already };
        self.acted(client, touched.and_client(row.organization_id)).await
    }

    fn organization_of(&self, provider: Uuid, link: Uuid) -> Result<Option<Uuid>, ActionError> {
        let picture = self.unlocked.picture();
        let mut rows = picture.provider(provider)?.into_iter().flat_map(|view| &view.rows);
        Ok(rows.find(|row| row.provider_organization_id == link).map(|row| row.organization_id))
    }
}

/// Where the list of clients was never read, there is nothing to name a client by to its provider.
fn is_known(link: Uuid) -> Result<(), ActionError> {
    if link == NO_LINK { Err(ActionError::NotRead) } else { Ok(()) }
}

/// The wire counts in signed numbers; nobody has two thousand million seats.
fn whole(seats: u32) -> i32 {
    i32::try_from(seats).unwrap_or(i32::MAX)
}
