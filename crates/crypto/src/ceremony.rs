//! Key ceremonies: the moments when keys are made and handed over (protocol.md §2.7, §5.4).
//!
//! Each returns the new keys beside what goes to the server. Nothing is sent here. Where a ceremony needs an RSA pair
//! there is a second form that takes one, for who makes many and wants to spend the tenth of a second once.

use crate::{AuthorizationHash, Kdf, MasterKey, PrivateKey, PublicKey, SymmetricKey};

/// A new account: what the person keeps and what registration sends.
pub struct NewAccount {
    /// Opens everything of the account.
    pub user_key: SymmetricKey,
    /// Proves the password to the server.
    pub authorization_hash: AuthorizationHash,
    /// `enc`: the user key under the stretched master key.
    pub wrapped_user_key: String,
    /// Base64 of SPKI DER.
    pub public_key: String,
    /// `enc`: PKCS#8 under the user key.
    pub wrapped_private_key: String,
}

/// Makes an account: user key and RSA pair. The salt is the e-mail; it is normalised. Costs one run of the KDF.
pub fn make_account(password: &str, salt: &str, kdf: &Kdf) -> NewAccount {
    make_account_with(password, salt, kdf, &PrivateKey::generate())
}

/// Makes an account around an RSA pair that exists.
pub fn make_account_with(password: &str, salt: &str, kdf: &Kdf, pair: &PrivateKey) -> NewAccount {
    let master_key = MasterKey::derive(password, salt, kdf);
    let user_key = SymmetricKey::generate();
    NewAccount {
        authorization_hash: master_key.authorization_hash(password),
        wrapped_user_key: master_key.seal_user_key(&user_key),
        public_key: pair.public_key().to_base64(),
        wrapped_private_key: user_key.seal_private_key(pair),
        user_key,
    }
}

/// A new provider key and its copy for the admin who makes it.
pub struct NewProviderKey {
    /// Opens the keys of all client organizations.
    pub key: SymmetricKey,
    /// `ukey`: for the admin's own public key; `key` of `/setup`.
    pub wrapped_key: String,
}

/// Makes a provider key, at setup, wrapped for the admin's own public key.
pub fn make_provider_key(admin: &PublicKey) -> NewProviderKey {
    let key = SymmetricKey::generate();
    NewProviderKey { wrapped_key: admin.wrap_key(&key), key }
}

/// A new organization, of a provider or of an owner.
pub struct NewOrganization {
    /// Opens collections and items of the organization.
    pub key: SymmetricKey,
    /// The organization key for who makes it: `enc` under the provider key for a client organization, `ukey` for an
    /// owner's own.
    pub wrapped_key: String,
    /// Base64 of SPKI DER.
    pub public_key: String,
    /// `enc`: PKCS#8 under the organization key.
    pub wrapped_private_key: String,
    /// `enc`: the name of the first collection.
    pub collection_name: String,
}

/// Makes a client organization of a provider, with a first collection.
pub fn make_client_organization(provider_key: &SymmetricKey, collection_name: &str) -> NewOrganization {
    make_client_organization_with(provider_key, collection_name, &PrivateKey::generate())
}

/// Makes a client organization around an RSA pair that exists.
pub fn make_client_organization_with(
    provider_key: &SymmetricKey,
    collection_name: &str,
    pair: &PrivateKey,
) -> NewOrganization {
    make_organization_sealed(collection_name, pair, |key| provider_key.seal_key(key))
}

/// Makes an organization that belongs to a person, with a first collection, around an RSA pair that exists.
pub fn make_organization_with(
    owner: &PublicKey,
    collection_name: &str,
    pair: &PrivateKey,
) -> NewOrganization {
    make_organization_sealed(collection_name, pair, |key| owner.wrap_key(key))
}

/// Hands a provider or organization key to a member who is being confirmed, or a user key to the public key of the
/// organization for account recovery: `ukey`.
pub fn wrap_for_member(key: &SymmetricKey, member: &PublicKey) -> String {
    member.wrap_key(key)
}

/// Makes an item key or attachment key: the key, and its `enc` under the key above it.
pub fn make_item_key(above: &SymmetricKey) -> (SymmetricKey, String) {
    let key = SymmetricKey::generate();
    let wrapped = above.seal_key(&key);
    (key, wrapped)
}

fn make_organization_sealed(
    collection_name: &str,
    pair: &PrivateKey,
    seal: impl FnOnce(&SymmetricKey) -> String,
) -> NewOrganization {
    let key = SymmetricKey::generate();
    NewOrganization {
        wrapped_key: seal(&key),
        public_key: pair.public_key().to_base64(),
        wrapped_private_key: key.seal_private_key(pair),
        collection_name: key.seal_text(collection_name),
        key,
    }
}
