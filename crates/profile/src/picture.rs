//! One complete head, and the questions that can be asked of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use portico_cache::{Cache, Head, HeadNumber, Ref};
use portico_crypto::{PublicKey, SymmetricKey};
use portico_estate::{
    ClientSearchText, ClientStructure, Estate, EstateClient, Freshness, LockPolicies, OwnOrganization,
    StaleReason, lock_policies,
};
use portico_protocol::account::ProfileResponse;
use portico_protocol::organization::PolicyResponse;
use portico_vault::{Item, ItemIndex, ItemOverview, SealedItem, VaultNames, attachment_key, open_item};
use rayon::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::attachment_file::SealedAttachment;
use crate::client_object;
use crate::earlier_key;
use crate::errors::{ItemError, ReadError};
use crate::keychain::{KeyChain, NoKey};
use crate::kinds::{CLIENT, OWN_ORGANIZATIONS, PROVIDER, SEARCH_TEXT, STRUCTURE};
use crate::losses::{Losses, Noticed};
use crate::note::{Note, moment};
use crate::own_object;
use crate::provider_object::{self, KeptProvider, ProviderPicture, ProviderView};
use crate::reader_rules::ReaderRules;
use crate::vault_object::VaultParts;

/// What an unlocked account holds open: the store and the user key.
pub(crate) struct Opened {
    pub(crate) cache: Cache,
    pub(crate) user_key: SymmetricKey,
}

/// One complete head of an unlocked account. Overviews are open from the start; everything else is read when first
/// asked for. Holds the account's keys: whoever keeps one beyond its [`crate::Unlocked`] keeps the account open.
pub struct Picture {
    pub(crate) opened: Arc<Opened>,
    pub(crate) head: Option<Head>,
    pub(crate) note: Note,
    items: Arc<Vec<ItemOverview>>,
    vault: Option<VaultParts>,
    /// What the vault was sealed under, where that is not the user key of now.
    earlier_key: Option<SymmetricKey>,
    facts: OnceLock<Option<Facts>>,
    policies: OnceLock<Vec<PolicyResponse>>,
    names: OnceLock<VaultNames>,
    index: OnceLock<ItemIndex>,
    rules: OnceLock<ReaderRules>,
    providers: OnceLock<Vec<KeptProvider>>,
    own: OnceLock<BTreeMap<Uuid, Ref>>,
    views: OnceLock<Vec<ProviderView>>,
    search_texts: OnceLock<Vec<ClientSearchText>>,
    lost: Noticed,
}

/// The account's own facts.
pub(crate) struct Facts {
    pub(crate) profile: ProfileResponse,
    pub(crate) keys: KeyChain,
}

/// One line of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadSummary {
    /// Its number.
    pub number: HeadNumber,
    /// When this structure was first taken in.
    pub taken_at: OffsetDateTime,
}

impl HeadSummary {
    pub(crate) fn of(head: &Head) -> Option<Self> {
        Some(Self { number: head.number, taken_at: moment(head.taken_at.0)? })
    }
}

impl Picture {
    /// Loads a head. `items`: its overviews, where they are open already.
    pub(crate) fn load(
        opened: Arc<Opened>,
        head: Option<Head>,
        items: Option<Arc<Vec<ItemOverview>>>,
    ) -> Result<Self, ReadError> {
        let note = Note::from_bytes(head.as_ref().map_or(&[][..], |head| &head.freshness))?;
        let root = head.as_ref().and_then(|head| head.vault);
        let earlier_key = earlier_key::of(&opened.cache, head.as_ref())?;
        let lost = Noticed::default();
        let parts = root.map(|root| VaultParts::read(&opened.cache, root)).transpose();
        let vault = lost.round(parts, |lost| lost.vault = true)?;
        let items = match (items, &vault) {
            (Some(items), _) => items,
            (None, None) => Arc::default(),
            (None, Some(vault)) => Arc::new(match vault.overviews(&opened.cache) {
                Err(error) if error.is_damage() => {
                    lost.add(|lost| lost.vault = true);
                    vault.overviews_that_open(
                        &opened.cache,
                        earlier_key.as_ref().unwrap_or(&opened.user_key),
                    )?
                }
                overviews => overviews?,
            }),
        };
        Ok(Self {
            opened,
            head,
            note,
            items,
            vault,
            earlier_key,
            facts: OnceLock::new(),
            policies: OnceLock::new(),
            names: OnceLock::new(),
            index: OnceLock::new(),
            rules: OnceLock::new(),
            providers: OnceLock::new(),
            own: OnceLock::new(),
            views: OnceLock::new(),
            search_texts: OnceLock::new(),
            lost,
        })
    }

    /// Which head this is; `None` before the first sync.
    pub fn head(&self) -> Option<HeadSummary> {
        self.head.as_ref().and_then(HeadSummary::of)
    }

    /// When a sync of everything last came through. Parts may have been read later, and those that had not changed
    /// earlier.
    pub fn synced_at(&self) -> Option<OffsetDateTime> {
        self.note.synced_at.or(self.note.vault_read_at).and_then(moment)
    }

    /// When the vault was read.
    pub fn vault_read_at(&self) -> Option<OffsetDateTime> {
        self.note.vault_read_at.and_then(moment)
    }

    /// The server's revision value of the vault that is here, as it came; `None` when something of it is lost, or hangs
    /// on a user key that was rotated, so that it is read again.
    pub fn revision(&self) -> Option<&str> {
        let is_good = self.vault.is_some() && !self.lost.so_far().vault && !self.is_of_earlier_key();
        self.note.revision.as_deref().filter(|_| is_good)
    }

    /// Whether the vault was read before the user key was rotated.
    pub(crate) fn is_of_earlier_key(&self) -> bool {
        self.earlier_key.is_some()
    }

    /// The user key that opens the vault.
    pub(crate) fn vault_key(&self) -> &SymmetricKey {
        self.earlier_key.as_ref().unwrap_or(&self.opened.user_key)
    }

    /// What is damaged and was read round, as far as it was noticed.
    pub fn losses(&self) -> Losses {
        self.lost.so_far()
    }

    /// When and how well a client, or an own organization, was read.
    pub fn freshness(&self, organization: Uuid) -> Freshness {
        self.note.freshness(organization)
    }

    /// The account's profile; `None` before the first sync.
    ///
    /// # Errors
    /// See [`ReadError`], here and below.
    pub fn profile(&self) -> Result<Option<&ProfileResponse>, ReadError> {
        Ok(self.facts()?.map(|facts| &facts.profile))
    }

    /// What the account's organizations demand of locking.
    pub fn lock_policies(&self) -> Result<LockPolicies, ReadError> {
        Ok(lock_policies(&self.organizations()?, self.policies()?))
    }

    /// The policies of the account's organizations; none before the first sync.
    pub fn policies(&self) -> Result<&[PolicyResponse], ReadError> {
        // What policies forbid must not be allowed because they are lost.
        let Some(vault) = &self.vault else {
            let lost = portico_cache::ReadError::Damaged("vault");
            return if self.head.is_some() { Err(lost.into()) } else { Ok(&[]) };
        };
        let policies = once(&self.policies, || vault.policies(&self.opened.cache));
        if policies.as_ref().is_err_and(|error| error.is_damage()) {
            self.lost.add(|lost| lost.vault = true);
        }
        policies.map(Vec::as_slice)
    }

    /// Memberships and provider access, merged, by name.
    pub fn organizations(&self) -> Result<Vec<OwnOrganization>, ReadError> {
        Ok(self.profile()?.map(portico_estate::own_organizations).unwrap_or_default())
    }

    /// What the list of the vault shows, ordered by id.
    pub fn items(&self) -> &[ItemOverview] {
        &self.items
    }

    pub(crate) fn shared_items(&self) -> Arc<Vec<ItemOverview>> {
        Arc::clone(&self.items)
    }

    /// Order, search and filters over [`Picture::items`], without what a policy hides from this person.
    pub fn item_index(&self) -> Result<&ItemIndex, ReadError> {
        once(&self.index, || {
            let rules = self.reader_rules()?;
            let hides = |item: &ItemOverview| rules.hides(item.kind, item.organization_id);
            Ok(ItemIndex::without(&self.items, self.names()?, hides))
        })
    }

    /// What the policies of the person's organizations demand of whoever reads.
    pub fn reader_rules(&self) -> Result<&ReaderRules, ReadError> {
        once(&self.rules, || {
            // Where the vault is lost there is nothing to hide.
            let policies = if self.vault.is_some() { self.policies()? } else { &[] };
            Ok(ReaderRules::new(policies, &self.organizations()?))
        })
    }

    /// Names of organizations, folders and collections for the vault.
    pub fn names(&self) -> Result<&VaultNames, ReadError> {
        once(&self.names, || match (&self.vault, self.facts()?) {
            (Some(vault), Some(facts)) => {
                let Facts { profile, keys } = facts;
                let names = vault.names(&self.opened.cache, self.vault_key(), profile, keys);
                self.lost.round(names, |lost| lost.vault = true)
            }
            _ => Ok(VaultNames::default()),
        })
    }

    /// Opens one item in full.
    pub fn item(&self, id: Uuid) -> Result<Item, ItemError> {
        self.with_item(id, |sealed, key| Ok(open_item(sealed, key)))
    }

    /// What is needed to fetch and open one file of an item.
    pub fn attachment(&self, item: Uuid, attachment: &str) -> Result<SealedAttachment, ItemError> {
        self.with_item(item, |sealed, owner| {
            let key = attachment_key(sealed, owner, attachment)?;
            let open = open_item(sealed, owner);
            let known = open.attachments().iter().find(|known| known.id == attachment);
            Ok(SealedAttachment {
                item,
                id: attachment.to_owned(),
                size: known.and_then(|known| known.size),
                name: known.and_then(|known| known.file_name.value().cloned()),
                key,
            })
        })
    }

    fn with_item<T>(
        &self,
        id: Uuid,
        answer: impl FnOnce(&SealedItem<'_>, &SymmetricKey) -> Result<T, ItemError>,
    ) -> Result<T, ItemError> {
        let json = self.item_json(id)?.ok_or(ItemError::NotFound)?;
        let sealed = SealedItem::parse(&json).map_err(|_| ReadError::Content("item"))?;
        if self.reader_rules()?.hides(sealed.kind(), sealed.organization_id()) {
            return Err(ItemError::Restricted);
        }
        match sealed.organization_id() {
            None => answer(&sealed, self.vault_key()),
            Some(organization) => answer(&sealed, &*self.organization_key(organization)??),
        }
    }

    /// The server's own JSON of one item, every secret still sealed.
    pub fn item_json(&self, id: Uuid) -> Result<Option<String>, ReadError> {
        let Some(vault) = &self.vault else { return Ok(None) };
        let detail = vault.detail(&self.opened.cache, id);
        if detail.as_ref().is_err_and(ReadError::is_damage) {
            self.lost.add(|lost| lost.vault = true);
        }
        detail
    }

    /// The key of an organization, by membership or by provider.
    pub fn organization_key(&self, id: Uuid) -> Result<Result<Arc<SymmetricKey>, NoKey>, ReadError> {
        Ok(match self.facts()? {
            Some(facts) => facts.keys.organization(self.vault_key(), id),
            None => Err(NoKey::NotThere),
        })
    }

    /// The key of a provider, which opens and wraps those of its clients.
    ///
    /// # Errors
    /// See [`ReadError`]; inside, why there is no key.
    pub fn provider_key(&self, provider: Uuid) -> Result<Result<Arc<SymmetricKey>, NoKey>, ReadError> {
        Ok(match self.facts()? {
            Some(facts) => facts.keys.provider(self.vault_key(), provider),
            None => Err(NoKey::NotThere),
        })
    }

    /// The person's own public key, from the private one: keys that the person makes are wrapped for it.
    ///
    /// # Errors
    /// See [`ReadError`]; inside, why there is no key.
    pub fn with_own_public_key<T>(
        &self,
        wrap: impl FnOnce(&PublicKey) -> T,
    ) -> Result<Result<T, NoKey>, ReadError> {
        Ok(match self.facts()? {
            Some(facts) => {
                let key = facts.keys.private_key(self.vault_key());
                key.map(|key| wrap(key.public_key()))
            }
            None => Err(NoKey::NotThere),
        })
    }

    /// The providers of which the person is a member, with the rows of their clients.
    pub fn providers(&self) -> Result<&[ProviderView], ReadError> {
        let views = once(&self.views, || {
            Ok(self.kept_providers()?.iter().map(|kept| kept.view.clone()).collect::<Vec<_>>())
        })?;
        Ok(views)
    }

    /// A provider as it was received, with its list of clients and its team. `None`: no such provider, or never read.
    pub fn provider_as_read(&self, provider: Uuid) -> Result<Option<ProviderPicture>, ReadError> {
        let Some(root) = self.provider_root(provider)? else { return Ok(None) };
        Ok(Some(provider_object::read_picture(&self.opened.cache, root)?.0))
    }

    /// The structure of one client, or of an organization that the person administers as a member; `None` when it was
    /// never read, or is neither.
    pub fn client(&self, organization: Uuid) -> Result<Option<ClientStructure>, ReadError> {
        let of_provider = self.kept_providers()?.iter().find_map(|kept| kept.clients.get(&organization));
        let client = match of_provider {
            Some(client) => Some(client),
            None => self.kept_own()?.get(&organization),
        };
        let Some(client) = client else { return Ok(None) };
        match self.read_client(organization, *client) {
            Err(error) if error.is_damage() => {
                self.lost.add(|lost| _ = lost.clients.insert(organization));
                Err(ReadError::LostClient { name: self.name_of(organization)? })
            }
            client => client.map(Some),
        }
    }

    fn name_of(&self, organization: Uuid) -> Result<String, ReadError> {
        let rows = self.kept_providers()?.iter().flat_map(|kept| &kept.view.rows);
        let row = rows.filter(|row| row.organization_id == organization).map(|row| row.name.clone()).next();
        let own = || {
            let own = self.organizations().ok()?;
            own.into_iter().find(|own| own.id == organization).map(|own| own.name)
        };
        Ok(row.or_else(own).unwrap_or_else(|| organization.to_string()))
    }

    /// The folded search text of every client, then of every organization that the person administers as a member; one
    /// that was never read has its name.
    pub fn search_texts(&self) -> Result<&[ClientSearchText], ReadError> {
        let texts = once(&self.search_texts, || {
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
                .collect::<Result<Vec<_>, ReadError>>()
        })?;
        Ok(texts)
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

    /// Looks at every object of this head: what does not open is lost, and known to be from now on.
    pub(crate) fn check(&self) -> Result<Losses, ReadError> {
        let Some(head) = &self.head else { return Ok(self.losses()) };
        let cache = &self.opened.cache;
        if let Some(root) = head.vault
            && !cache.is_whole(root, None)?
        {
            self.lost.add(|lost| lost.vault = true);
        }
        if let Some(root) = head.structure
            && !cache.is_whole(root, Some(CLIENT))?
        {
            self.lost.add(|lost| lost.structure = true);
        }
        let mut clients: Vec<(Uuid, Ref)> = self.kept_own()?.iter().map(|(id, root)| (*id, *root)).collect();
        for kept in self.kept_providers()? {
            clients.extend(kept.clients.iter().map(|(id, root)| (*id, *root)));
        }
        clients.into_par_iter().try_for_each(|(id, root)| {
            if !cache.is_whole(root, None)? {
                self.lost.add(|lost| _ = lost.clients.insert(id));
            }
            Ok::<_, ReadError>(())
        })?;
        Ok(self.losses())
    }

    pub(crate) fn facts(&self) -> Result<Option<&Facts>, ReadError> {
        let Some(vault) = &self.vault else { return Ok(None) };
        let facts = once(&self.facts, || {
            let profile = vault.profile(&self.opened.cache).map(Some);
            let profile = self.lost.round(profile, |lost| lost.vault = true)?;
            Ok(profile.map(|profile| Facts { keys: KeyChain::new(&profile), profile }))
        })?;
        Ok(facts.as_ref())
    }

    pub(crate) fn kept_providers(&self) -> Result<&[KeptProvider], ReadError> {
        let kept = once(&self.providers, || {
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
        })?;
        Ok(kept)
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
        let key = self.organization_key(organization)?.ok();
        client_object::read(&self.opened.cache, client, key.as_deref())
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

/// Makes a value at most once, but may fail. (Two threads may both make it; one is kept.)
fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T, ReadError>) -> Result<&T, ReadError> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}
