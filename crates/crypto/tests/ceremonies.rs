//! The ceremonies seen from the other side: what was sent to the server is enough to open everything again.

#![allow(clippy::unwrap_used)]

use portico_crypto::ceremony::{
    make_account, make_client_organization, make_item_key, make_organization_with, make_provider_key,
    wrap_for_member,
};
use portico_crypto::{Kdf, MasterKey, OpenError, PrivateKey, PublicKey, SymmetricKey};

const PASSWORD: &str = "a master password";
const EMAIL: &str = "Ada@Example.com ";

#[test]
fn an_account_opens_with_its_password_and_not_with_another() {
    let kdf = Kdf::pbkdf2(5_000).unwrap();
    let account = make_account(PASSWORD, EMAIL, &kdf);

    let again = MasterKey::derive(PASSWORD, "ada@example.com", &kdf);
    assert!(again.authorization_hash(PASSWORD) == account.authorization_hash);
    assert!(again.local_authorization_hash(PASSWORD) != account.authorization_hash);
    let user_key = again.open_user_key(&account.wrapped_user_key).unwrap();
    assert!(user_key == account.user_key);
    let private = user_key.open_private_key(&account.wrapped_private_key).unwrap();
    assert_eq!(private.public_key().to_base64(), account.public_key);

    let wrong = MasterKey::derive("another password", EMAIL, &kdf);
    assert_eq!(wrong.open_user_key(&account.wrapped_user_key).err(), Some(OpenError::Mac));
    assert!(wrong.authorization_hash("another password") != account.authorization_hash);
}

#[test]
fn a_provider_hands_its_key_on_and_reaches_its_clients() {
    let admin = PrivateKey::generate();
    let service_user = PrivateKey::generate();
    let provider = make_provider_key(admin.public_key());
    assert!(admin.open_key(&provider.wrapped_key).unwrap() == provider.key);

    let fetched = PublicKey::from_base64(&service_user.public_key().to_base64()).unwrap();
    let handed_on = wrap_for_member(&provider.key, &fetched);
    let provider_key = service_user.open_key(&handed_on).unwrap();
    assert_eq!(admin.open_key(&handed_on).err(), Some(OpenError::Rsa));

    let client = make_client_organization(&provider.key, "Default collection");
    let client_key = provider_key.open_key(&client.wrapped_key).unwrap();
    assert!(client_key == client.key);
    assert_eq!(client_key.open_text(&client.collection_name).unwrap().as_str(), "Default collection");
    let pair = client_key.open_private_key(&client.wrapped_private_key).unwrap();
    assert_eq!(pair.public_key().to_base64(), client.public_key);
}

#[test]
fn an_owner_makes_an_organization_and_an_item_has_a_key_of_its_own() {
    let owner = PrivateKey::generate();
    let organization = make_organization_with(owner.public_key(), "Shared", &PrivateKey::generate());
    let key = owner.open_key(&organization.wrapped_key).unwrap();
    assert!(key == organization.key);

    let (item_key, wrapped) = make_item_key(&key);
    assert!(item_key != key);
    assert!(key.open_key(&wrapped).unwrap() == item_key);
}

#[test]
fn no_two_keys_and_no_two_sealings_are_alike() {
    let (one, two) = (SymmetricKey::generate(), SymmetricKey::generate());
    assert!(one != two);
    assert_ne!(one.seal_text("the same"), one.seal_text("the same"));
    assert!(one.expose()[..32] != one.expose()[32..]);
}
