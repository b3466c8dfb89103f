//! The keys below the user key: private key, provider keys, organization keys. Opened when first asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use portico_crypto::{OpenError, PrivateKey, SymmetricKey};
use portico_protocol::account::ProfileResponse;
use uuid::Uuid;

/// Why the key of an organization or provider is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// The profile carries none: an invitation that was accepted and not confirmed, say.
    #[error("the key is not here")]
    NotThere,
    #[error("the key does not open: {0}")]
    DoesNotOpen(#[from] OpenError),
}

type Outcome = Result<Arc<SymmetricKey>, NoKey>;

/// Wrapped keys of one profile response, and what was opened of them so far.
#[derive(Default)]
pub(crate) struct KeyChain {
    wrapped_private_key: Option<String>,
    /// By organization: wrapped to the person's own public key.
    of_members: HashMap<Uuid, String>,
    /// By organization: wrapped with the key of a provider.
    of_clients: HashMap<Uuid, (Option<Uuid>, String)>,
    of_providers: HashMap<Uuid, String>,
    private_key: OnceLock<Result<PrivateKey, NoKey>>,
    opened: Mutex<HashMap<Uuid, Outcome>>,
    /// The membership's keys, where what the provider's key should open did not open.
    others: Mutex<HashMap<Uuid, Option<Arc<SymmetricKey>>>>,
}

/// What opens the data of one organization. Both wrappings should hold the same key; where they do not, data may be under
/// either (protocol.md §5.11).
pub(crate) struct OrganizationKeys<'a> {
    chain: &'a KeyChain,
    user_key: &'a SymmetricKey,
    id: Uuid,
    /// The one that counts, and the only one that is written with.
    pub(crate) first: Arc<SymmetricKey>,
}

impl OrganizationKeys<'_> {
    /// Opens with the key that counts, and with the other where that fails: only then it is looked whether there is one.
    pub(crate) fn open<T, E>(&self, open: impl Fn(&Arc<SymmetricKey>) -> Result<T, E>) -> Result<T, E> {
        open(&self.first).or_else(|reason| {
            let other = self.chain.other(self.user_key, self.id, &self.first);
            other.and_then(|other| open(&other).ok()).ok_or(reason)
        })
    }
}

impl KeyChain {
    pub(crate) fn new(profile: &ProfileResponse) -> Self {
        Self {
            wrapped_private_key: profile.wrapped_private_key().map(str::to_owned),
            of_members: profile.memberships().iter().filter_map(|o| Some((o.id, o.key.clone()?))).collect(),
            of_clients: profile
                .provider_organizations
                .iter()
                .filter_map(|client| Some((client.id, (client.provider_id, client.key.clone()?))))
                .collect(),
            of_providers: profile.providers.iter().filter_map(|p| Some((p.id, p.key.clone()?))).collect(),
            private_key: OnceLock::new(),
            opened: Mutex::default(),
            others: Mutex::default(),
        }
    }

    /// What opens the data of an organization: [`KeyChain::organization`], and the other key where there is one.
    pub(crate) fn organization_keys<'a>(
        &'a self,
        user_key: &'a SymmetricKey,
        id: Uuid,
    ) -> Result<OrganizationKeys<'a>, NoKey> {
        Ok(OrganizationKeys { chain: self, user_key, id, first: self.organization(user_key, id)? })
    }

    /// The key of an organization. By the provider's wrapping where there is one (AES, and what the official clients
    /// prefer), else, or when that does not open, by the membership's (RSA).
    pub(crate) fn organization(&self, user_key: &SymmetricKey, id: Uuid) -> Outcome {
        self.remembered(id, || {
            let by_provider = self.of_clients.get(&id).map(|(provider, wrapped)| {
                let provider = provider.ok_or(NoKey::NotThere)?;
                let provider = self.provider(user_key, provider)?;
                Ok(Arc::new(provider.open_key(wrapped)?))
            });
            match (by_provider, self.of_members.get(&id)) {
                (Some(Ok(key)), _) => Ok(key),
                (_, Some(wrapped)) => Ok(Arc::new(self.private_key(user_key)?.open_key(wrapped)?)),
                (Some(Err(reason)), None) => Err(reason),
                (None, None) => Err(NoKey::NotThere),
            }
        })
    }

    /// The membership's key where the provider's is the `first` and another than it. Costs an RSA operation, once.
    pub(crate) fn other(
        &self,
        user_key: &SymmetricKey,
        id: Uuid,
        first: &SymmetricKey,
    ) -> Option<Arc<SymmetricKey>> {
        let wrapped = self.of_members.get(&id).filter(|_| self.of_clients.contains_key(&id))?;
        if let Some(known) = self.others.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return known.clone();
        }
        let key = self.private_key(user_key).ok().and_then(|own| own.open_key(wrapped).ok());
        let other = key.filter(|key| key != first).map(Arc::new);
        self.others.lock().unwrap_or_else(PoisonError::into_inner).insert(id, other.clone());
        other
    }

    pub(crate) fn provider(&self, user_key: &SymmetricKey, id: Uuid) -> Outcome {
        self.remembered(id, || {
            let wrapped = self.of_providers.get(&id).ok_or(NoKey::NotThere)?;
            Ok(Arc::new(self.private_key(user_key)?.open_key(wrapped)?))
        })
    }

    pub(crate) fn private_key(&self, user_key: &SymmetricKey) -> Result<&PrivateKey, NoKey> {
        let open = || {
            let wrapped = self.wrapped_private_key.as_deref().ok_or(NoKey::NotThere)?;
            Ok(user_key.open_private_key(wrapped)?)
        };
        self.private_key.get_or_init(open).as_ref().map_err(|reason| *reason)
    }

    /// Opens at most once. Not under the lock: an organization's key may need a provider's first.
    fn remembered(&self, id: Uuid, open: impl FnOnce() -> Outcome) -> Outcome {
        if let Some(known) = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return known.clone();
        }
        let outcome = open();
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(id, outcome.clone());
        outcome
    }
}
