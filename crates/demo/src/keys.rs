//! The keys of everybody. Who signs in has keys of their own; all others share one pair.
//!
//! Sharing is what lets a provider of 1,000 clients and 100,000 members be made in minutes: an RSA pair costs a tenth
//! of a second, and no reader of the server's answers can tell whether the owner of a public key will ever come.

use portico_crypto::ceremony::{self, NewAccount};
use portico_crypto::{Kdf, KdfError, PrivateKey, PublicKey, SymmetricKey};
use rayon::prelude::*;
use uuid::Uuid;

use crate::plan::{Login, Person, Plan};

/// The costs of the people who sign in: the protocol's default (protocol.md §2.1).
const ITERATIONS: u32 = 600_000;

/// Every key that outlives the making of one organization.
pub(crate) struct Keys {
    pub(crate) kdf: Kdf,
    accounts: Vec<(Uuid, NewAccount, PrivateKey)>,
    /// The pair of everybody who never signs in.
    pub(crate) stock: StockAccount,
    pub(crate) provider_key: SymmetricKey,
    /// The pair that all organizations share: only account recovery would ever need its private half.
    pub(crate) organization_pair: PrivateKey,
}

/// The keys of an account that nobody signs in to.
pub(crate) struct StockAccount {
    pub(crate) user_key: SymmetricKey,
    /// Wrapped by a key that was thrown away.
    pub(crate) wrapped_user_key: String,
    pair: PrivateKey,
    pub(crate) public_key: String,
    pub(crate) wrapped_private_key: String,
}

impl Keys {
    pub(crate) fn make(plan: &Plan) -> Result<Keys, KdfError> {
        let kdf = Kdf::pbkdf2(ITERATIONS)?;
        let logins: Vec<(&Person, &Login)> =
            plan.people.iter().filter_map(|person| Some((person, person.login?))).collect();
        let (accounts, (stock, organization_pair)) = rayon::join(
            || logins.par_iter().map(|(person, login)| make_account(person, login, &kdf)).collect(),
            || rayon::join(StockAccount::make, PrivateKey::generate),
        );
        let provider_key = SymmetricKey::generate();
        Ok(Keys { kdf, accounts, stock, provider_key, organization_pair })
    }

    /// The account of somebody who signs in.
    pub(crate) fn account(&self, person: Uuid) -> Option<&NewAccount> {
        self.accounts.iter().find(|(id, ..)| *id == person).map(|(_, account, _)| account)
    }

    /// The user key of an account, own or shared.
    pub(crate) fn user_key(&self, person: Uuid) -> &SymmetricKey {
        self.account(person).map_or(&self.stock.user_key, |account| &account.user_key)
    }

    /// The public key of an account, own or shared.
    pub(crate) fn public_key(&self, person: Uuid) -> &PublicKey {
        let own = self.accounts.iter().find(|(id, ..)| *id == person);
        own.map_or(&self.stock.pair, |(.., pair)| pair).public_key()
    }

    /// Wraps keys for members. What goes to those who share a pair is made once.
    pub(crate) fn wrapper<'a>(&'a self, key: &'a SymmetricKey) -> Wrapper<'a> {
        Wrapper { keys: self, key, for_stock: None }
    }
}

/// One key on its way to many people.
pub(crate) struct Wrapper<'a> {
    keys: &'a Keys,
    key: &'a SymmetricKey,
    for_stock: Option<String>,
}

impl Wrapper<'_> {
    pub(crate) fn for_person(&mut self, person: Uuid) -> String {
        let wrap = || ceremony::wrap_for_member(self.key, self.keys.public_key(person));
        match self.keys.account(person) {
            Some(_) => wrap(),
            None => self.for_stock.get_or_insert_with(wrap).clone(),
        }
    }
}

fn make_account(person: &Person, login: &Login, kdf: &Kdf) -> (Uuid, NewAccount, PrivateKey) {
    let pair = PrivateKey::generate();
    let account = ceremony::make_account_with(login.password, login.email, kdf, &pair);
    (person.id, account, pair)
}

impl StockAccount {
    fn make() -> StockAccount {
        let pair = PrivateKey::generate();
        let user_key = SymmetricKey::generate();
        StockAccount {
            wrapped_user_key: SymmetricKey::generate().seal_key(&user_key),
            public_key: pair.public_key().to_base64(),
            wrapped_private_key: user_key.seal_private_key(&pair),
            user_key,
            pair,
        }
    }
}
