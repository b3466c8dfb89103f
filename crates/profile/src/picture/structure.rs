//! Questions about the providers of a head, their clients, and the organizations that the person administers.

use std::collections::{BTreeMap, HashMap};

use portico_cache::Ref;
use portico_estate::{
    ClientRow, ClientSearchText, ClientStructure, Estate, EstateClient, OwnOrganization, StaleReason,
    seats_taken_by,
};
use rayon::prelude::*;
use uuid::Uuid;

use super::{Picture, once};
use crate::client_object::ClientCounts;
use crate::errors::ReadError;
use crate::kinds::{OWN_ORGANIZATIONS, PROVIDER, SEARCH_TEXT, STRUCTURE};
use crate::provider_object::{self, KeptProvider, ProviderPicture, ProviderView};
use crate::{client_object, own_object};

impl Picture {
    /// The providers of which the person is a member, with the rows of their clients.
    pub fn providers(&self) -> Result<&[ProviderView], ReadError> {
        let views = || Ok(self.kept_providers()?.iter().map(|kept| kept.view.clone()).collect());
        once(&self.views, views).map(Vec::as_slice)
    }

    /// One of [`Picture::providers`].
    pub fn provider(&self, provider: Uuid) -> Result<Option<&ProviderView>, ReadError> {
        Ok(self.providers()?.iter().find(|view| view.provider.id == provider))
    }

    /// Whether nothing of a provider's list of clients is lost: where something is, there may be more clients than its rows,
    /// or all of them are missing.
    pub fn lists_all_clients(&self, provider: Uuid) -> Result<bool, ReadError> {
        let kept = self.kept_providers()?.iter().find(|kept| kept.view.provider.id == provider);
        // What is left of a lost provider does not tell which one it was.
        Ok(kept.map_or_else(|| !self.losses().structure, |kept| kept.list_is_whole))
    }

    /// A provider as it was received, with its list of clients and its team. `None`: no such provider, or never read.
    pub fn provider_as_read(&self, provider: Uuid) -> Result<Option<ProviderPicture>, ReadError> {
        let Some(root) = self.provider_root(provider)? else { return Ok(None) };
        Ok(Some(provider_object::read_picture(&self.opened.cache, root)?.0))
    }

    /// The structure of one client, or of an organization that the person administers as a member; `None` when it was
    /// never read, or is neither.
    pub fn client(&self, organization: Uuid) -> Result<Option<ClientStructure>, ReadError> {
        self.of_client(organization, |client| self.read_client(organization, client))
    }

    /// How much a client holds, without reading it; `None` as in [`Picture::client`].
    pub fn client_counts(&self, organization: Uuid) -> Result<Option<ClientCounts>, ReadError> {
        self.of_client(organization, |client| client_object::counts(&self.opened.cache, client))
    }

    /// Seats that a client takes: as the provider's list says, else counted from the members that were read. `None`: not known.
    pub fn seats_taken(&self, client: &ClientRow) -> Result<Option<i64>, ReadError> {
        if let Some(used) = client.used {
            return Ok(Some(used.into()));
        }
        Ok(self.client(client.organization_id)?.map(|read| seats_taken_by(&read.members)))
    }

    fn of_client<T>(
        &self,
        organization: Uuid,
        read: impl FnOnce(Ref) -> Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        let of_provider = self.kept_providers()?.iter().find_map(|kept| kept.clients.get(&organization));
        let client = match of_provider {
            Some(client) => Some(client),
            None => self.kept_own()?.get(&organization),
        };
        let Some(client) = client else { return Ok(None) };
        match read(*client) {
            Err(error) if error.is_damage() => {
                self.lost.add(|lost| _ = lost.clients.insert(organization));
                Err(ReadError::LostClient { name: self.name_of(organization)? })
            }
            answer => answer.map(Some),
        }
    }

    fn name_of(&self, organization: Uuid) -> Result<String, ReadError> {
        let mut rows = self.kept_providers()?.iter().flat_map(|kept| &kept.view.rows);
        let row = rows.find(|row| row.organization_id == organization).map(|row| row.name.clone());
        let own = || {
            let own = self.organizations().ok()?;
            own.into_iter().find(|own| own.id == organization).map(|own| own.name)
        };
        Ok(row.or_else(own).unwrap_or_else(|| organization.to_string()))
    }

    /// The folded search text of every client, then of every organization that the person administers as a member; one
    /// that was never read has its name.
    pub fn search_texts(&self) -> Result<&[ClientSearchText], ReadError> {
        let texts = || {
            let mut rows: Vec<(Uuid, String, Option<Ref>)> = Vec::new();
            for kept in self.kept_providers()? {
                rows.extend(kept.view.rows.iter().map(|row| {
                    let client = kept.clients.get(&row.organization_id).copied();
                    (row.organization_id, row.name.clone(), client)
                }));
            }
            let own = self.kept_own()?;
            for organization in self.administered_as_member()? {
                rows.push((organization.id, organization.name, own.get(&organization.id).copied()));
            }
            rows.into_par_iter()
                .map(|(id, name, client)| match client {
                    None => Ok(ClientSearchText::of_name(id, &name)),
                    Some(client) => match self.search_text(id, client) {
                        Err(error) if error.is_damage() => {
                            self.lost.add(|lost| _ = lost.clients.insert(id));
                            Ok(ClientSearchText::of_name(id, &name))
                        }
                        text => text,
                    },
                })
                .collect()
        };
        once(&self.search_texts, texts).map(Vec::as_slice)
    }

    /// The text of one client or organization; `None` as in [`Picture::client`].
    pub(crate) fn search_text_of(&self, organization: Uuid) -> Result<Option<ClientSearchText>, ReadError> {
        self.of_client(organization, |client| self.search_text(organization, client))
    }

    /// A provider with the structure of all its clients: for reviews and exports. `None`: no such provider.
    pub fn estate(&self, provider: Uuid) -> Result<Option<Estate>, ReadError> {
        let Some(root) = self.provider_root(provider)? else { return Ok(None) };
        let kept = provider_object::read(&self.opened.cache, root, &self.note)?;
        let (picture, is_whole) = provider_object::read_picture(&self.opened.cache, root)?;
        if !kept.is_whole || !is_whole {
            self.lost.add(|lost| lost.structure = true);
        }
        let clients = picture
            .clients
            .into_par_iter()
            .map(|link| {
                let id = link.organization_id;
                let structure = kept.clients.get(&id).map(|client| self.read_client(id, *client)).transpose();
                let mut freshness = self.note.freshness(id);
                if structure.as_ref().is_err_and(ReadError::is_damage) {
                    freshness.stale = Some(StaleReason::Damaged);
                }
                let structure = self.lost.round(structure, |lost| _ = lost.clients.insert(id))?;
                Ok(EstateClient { freshness, link, structure })
            })
            .collect::<Result<Vec<_>, ReadError>>()?;
        Ok(Some(Estate { provider: Some(picture.provider), team: picture.members, clients }))
    }

    pub(crate) fn kept_providers(&self) -> Result<&[KeptProvider], ReadError> {
        let kept = || {
            let mut kept = Vec::new();
            for root in self.provider_roots()? {
                let provider = provider_object::read(&self.opened.cache, root, &self.note).map(Some);
                let provider = self.lost.round(provider, |lost| lost.structure = true)?;
                if provider.as_ref().is_some_and(|provider| !provider.is_whole) {
                    self.lost.add(|lost| lost.structure = true);
                }
                kept.extend(provider);
            }
            Ok(kept)
        };
        once(&self.providers, kept).map(Vec::as_slice)
    }

    /// Where each organization is that the person administers as a member, as far as it was read.
    pub(crate) fn kept_own(&self) -> Result<&BTreeMap<Uuid, Ref>, ReadError> {
        once(&self.own, || {
            let own = self.structure_parts()?.into_iter().find(|part| part.kind == OWN_ORGANIZATIONS);
            let own = own.map_or(Ok(BTreeMap::new()), |own| own_object::read(&self.opened.cache, own));
            self.lost.round(own, |lost| lost.structure = true)
        })
    }

    /// The organizations that the person administers as a member and that no provider here lists as its client.
    fn administered_as_member(&self) -> Result<Vec<OwnOrganization>, ReadError> {
        let providers = self.kept_providers()?;
        let is_client =
            |id| providers.iter().flat_map(|kept| &kept.view.rows).any(|row| row.organization_id == id);
        let mut own = self.organizations()?;
        own.retain(|organization| organization.is_administered_as_member() && !is_client(organization.id));
        Ok(own)
    }

    fn provider_roots(&self) -> Result<Vec<Ref>, ReadError> {
        Ok(self.structure_parts()?.into_iter().filter(|part| part.kind == PROVIDER).collect())
    }

    /// The providers, and the own organizations where there are any. Later versions may add parts of other kinds.
    fn structure_parts(&self) -> Result<Vec<Ref>, ReadError> {
        match self.head.as_ref().and_then(|head| head.structure) {
            Some(root) if root.kind == STRUCTURE => {
                let parts = self.opened.cache.object(root).map(|structure| structure.refs().to_vec());
                self.lost.round(parts.map_err(ReadError::from), |lost| lost.structure = true)
            }
            Some(_) => Err(ReadError::Content("structure")),
            None => Ok(Vec::new()),
        }
    }

    /// Where each provider is.
    pub(crate) fn provider_roots_by_id(&self) -> Result<HashMap<Uuid, Ref>, ReadError> {
        Ok(self.kept_providers()?.iter().map(|kept| (kept.view.provider.id, kept.root)).collect())
    }

    fn provider_root(&self, provider: Uuid) -> Result<Option<Ref>, ReadError> {
        Ok(self.provider_roots_by_id()?.remove(&provider))
    }

    fn read_client(&self, organization: Uuid, client: Ref) -> Result<ClientStructure, ReadError> {
        let keys = self.organization_keys(organization)?.ok();
        client_object::read(&self.opened.cache, client, keys.as_ref())
    }

    /// As it was made at intake; made again when that is gone.
    fn search_text(&self, organization: Uuid, client: Ref) -> Result<ClientSearchText, ReadError> {
        let kept = self.opened.cache.derived(SEARCH_TEXT, client)?;
        match kept.and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
            Some(text) => Ok(text),
            None => Ok(ClientSearchText::new(&self.read_client(organization, client)?)),
        }
    }
}
