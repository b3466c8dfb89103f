//! One complete head, and the questions that can be asked of it.

mod structure;
mod vault;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use portico_cache::{Cache, Head, HeadNumber, Ref};
use portico_crypto::{PublicKey, SymmetricKey, fingerprint_phrase};
use portico_estate::{ClientSearchText, Freshness, LockPolicies, OwnOrganization, lock_policies};
use portico_protocol::account::ProfileResponse;
use portico_protocol::organization::PolicyResponse;
use portico_vault::{ItemIndex, ItemOverview, VaultNames};
use rayon::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::earlier_key;
use crate::errors::ReadError;
use crate::keychain::{KeyChain, NoKey, OrganizationKeys};
use crate::kinds::CLIENT;
use crate::losses::{Losses, Noticed};
use crate::note::{Note, moment};
use crate::provider_object::{KeptProvider, ProviderView};
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
                    let key = earlier_key.as_ref().unwrap_or(&opened.user_key);
                    vault.overviews_that_open(&opened.cache, key)?
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

    /// When a sync last came through, or when one client was read by itself after it: the date of what is shown.
    pub fn last_read_at(&self) -> Option<OffsetDateTime> {
        self.note.last_read_at().and_then(moment)
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

    /// Whether the account has premium, of its own or through an organization.
    pub fn has_premium(&self) -> Result<bool, ReadError> {
        Ok(self.profile()?.is_some_and(|profile| profile.premium || profile.premium_from_organization))
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
        self.lost.watch(policies.map(Vec::as_slice), |lost| lost.vault = true)
    }

    /// Memberships and provider access, merged, by name.
    pub fn organizations(&self) -> Result<Vec<OwnOrganization>, ReadError> {
        Ok(self.profile()?.map(portico_estate::own_organizations).unwrap_or_default())
    }

    /// The key of an organization, by membership or by provider.
    pub fn organization_key(&self, id: Uuid) -> Result<Result<Arc<SymmetricKey>, NoKey>, ReadError> {
        Ok(match self.facts()? {
            Some(facts) => facts.keys.organization(self.vault_key(), id),
            None => Err(NoKey::NotThere),
        })
    }

    /// What opens the data of an organization.
    pub(crate) fn organization_keys(
        &self,
        id: Uuid,
    ) -> Result<Result<OrganizationKeys<'_>, NoKey>, ReadError> {
        Ok(match self.facts()? {
            Some(facts) => facts.keys.organization_keys(self.vault_key(), id),
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

    /// The phrase that belongs to the person's own key: whoever hands them a key compares it with the one shown there.
    ///
    /// # Errors
    /// See [`ReadError`]; inside, why there is no key.
    pub fn own_fingerprint(&self) -> Result<Result<String, NoKey>, ReadError> {
        let account = self.profile()?.map(|profile| profile.id.to_string());
        let Some(account) = account else { return Ok(Err(NoKey::NotThere)) };
        self.with_own_public_key(|key| fingerprint_phrase(&account, key.spki()))
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
}

/// Makes a value at most once, but may fail. (Two threads may both make it; one is kept.)
fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T, ReadError>) -> Result<&T, ReadError> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}
