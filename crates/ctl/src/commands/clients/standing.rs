//! Whose client each is, and whether it, or its provider, is suspended: what the profile says beside the list of clients.

use std::collections::HashMap;

use portico_profile::{Picture, ProviderView};
use uuid::Uuid;

use crate::failure::Failure;

pub(crate) struct Standing {
    /// Id and name by the link to the client (providerOrganizationId).
    providers: HashMap<Uuid, (Uuid, String)>,
    several: bool,
    /// Of providers, of client organizations, and of those in which the person is a member.
    enabled: HashMap<Uuid, bool>,
}

impl Standing {
    pub(crate) fn of(picture: &Picture) -> Result<Self, Failure> {
        let views = picture.providers()?;
        let named = |view: &ProviderView| (view.provider.id, view.provider.name.clone());
        let links = |view: &ProviderView| {
            let named = named(view);
            view.rows.iter().map(move |row| (row.provider_organization_id, named.clone())).collect::<Vec<_>>()
        };
        let mut enabled = HashMap::new();
        if let Some(profile) = picture.profile()? {
            enabled.extend(profile.organizations.iter().map(|one| (one.id, one.enabled)));
            enabled.extend(profile.provider_organizations.iter().map(|one| (one.id, one.enabled)));
            enabled.extend(profile.providers.iter().map(|one| (one.id, one.enabled)));
        }
        Ok(Self { providers: views.iter().flat_map(links).collect(), several: views.len() > 1, enabled })
    }

    /// Id and name of the provider that has this link.
    pub(crate) fn provider(&self, link: Uuid) -> Option<&(Uuid, String)> {
        self.providers.get(&link)
    }

    /// Whether the account works for several providers.
    pub(crate) fn is_of_several(&self) -> bool {
        self.several
    }

    /// Of a provider or an organization; `None` where the profile does not name it.
    pub(crate) fn is_enabled(&self, id: Uuid) -> Option<bool> {
        self.enabled.get(&id).copied()
    }
}
